// Records of an input by RS, and fields of a record by FS. Read first: POSIX awk, "Regular Expressions", "Variables".

import type { Meter, Regex } from '../../../lib/regex/regex.ts'
import type { Sys, Wait } from '../../../uapi/program.ts'
import { LineReader } from '../input.ts'
import { awkRegex } from './node.ts'
import { AwkError } from './state.ts'

const CACHE_LIMIT = 200

/** Dynamic regular expressions, compiled once. */
export class RegexCache {
  private readonly map = new Map<string, Regex>()
  private readonly meter: Meter

  constructor(meter: Meter) {
    this.meter = meter
  }

  get(source: string): Regex {
    const known = this.map.get(source)
    if (known !== undefined) return known
    const r = awkRegex(source, this.meter)
    if ('error' in r) throw new AwkError(r.error)
    if (this.map.size > CACHE_LIMIT) this.map.clear()
    this.map.set(source, r)
    return r
  }

  /** A separator longer than one character is a regular expression; a single one stands for itself. */
  separator(text: string): Regex {
    return this.get(text.length === 1 && text !== ' ' ? text.replace(/[\\.[\]*^$+?(){}|]/, '\\$&') : text)
  }
}

export class RecordReader {
  private readonly reader: LineReader
  private readonly cache: RegexCache

  constructor(sys: Sys, fd: number, cache: RegexCache) {
    this.reader = new LineReader(sys, fd)
    this.cache = cache
  }

  get fd(): number {
    return this.reader.fd
  }

  /** The next record, or null at the end. */
  *next(rs: string): Generator<Wait, string | null, void> {
    if (rs === '\n') return yield* this.reader.next()
    if (rs === '') return yield* this.paragraph()
    const re = this.cache.separator(rs)
    for (;;) {
      const held = this.reader.held
      const m = re.exec(held)
      // A match at the end of what was read may go on.
      if (m !== null && m.end > m.start && (rs.length === 1 || m.end < held.length)) return this.cut(m.start, m.end)
      if (yield* this.reader.more()) continue
      if (held === '') return null
      return m !== null && m.end > m.start ? this.cut(m.start, m.end) : this.cut(held.length, held.length)
    }
  }

  private cut(end: number, next: number): string {
    return this.reader.take(next).slice(0, end)
  }

  /** RS = "": records are parted by blank lines; newlines at the start and the end do not count. */
  private *paragraph(): Generator<Wait, string | null, void> {
    for (;;) {
      const lead = /^\n+/.exec(this.reader.held)
      if (lead !== null) this.reader.take(lead[0].length)
      const held = this.reader.held
      const m = /\n\n+/.exec(held)
      if (m !== null && m.index + m[0].length < held.length) return this.cut(m.index, m.index + m[0].length)
      if (yield* this.reader.more()) continue
      if (held === '') return null
      return this.cut(held.length, held.length).replace(/\n+$/, '')
    }
  }
}

/** The fields of a text. `lines`: newlines part fields as well (RS = ""). */
export function splitFields(text: string, fs: string, cache: RegexCache, lines = false): string[] {
  if (text === '') return []
  if (fs === ' ') return text.split(/[ \t\n\v\f\r]+/).filter((f, i, all) => f !== '' || (i > 0 && i < all.length - 1))
  if (fs === '') return [...text]
  if (lines) return text.split('\n').flatMap((l) => (fs === '\n' ? [l] : l === '' ? [''] : splitFields(l, fs, cache)))
  if (fs.length === 1) return text.split(fs)
  const re = cache.get(fs)
  const out: string[] = []
  let from = 0
  for (let at = 0; at <= text.length; ) {
    const m = re.exec(text, at)
    if (m === null) break
    if (m.end === m.start) {
      at = m.start + 1
      continue
    }
    out.push(text.slice(from, m.start))
    from = m.end
    at = m.end
  }
  out.push(text.slice(from))
  return out
}
