// grep(1), egrep, fgrep: GNU grep 3.8 in the C locale. Read first: grep_options.ts, lib/regex/regex.ts.
// Matching is done line by line.
import { strerror } from '../../lib/errno.ts'
import { compilePerl, compileRegex, type Regex, type Span } from '../../lib/regex/regex.ts'
import { fail, type MainResult, type Sys, type Wait } from '../../uapi/program.ts'
import { bytesOf, textFrom } from './bytestring.ts'
import { type GrepOptions, parseGrep } from './grep_options.ts'
import { LineReader } from './input.ts'
import { Output } from './output.ts'

/** One of several patterns; a line is selected when any matches. */
type Matcher = readonly Regex[]

export function grep(sys: Sys, argv: readonly string[]): MainResult {
  return start(sys, argv, null)
}

export function egrep(sys: Sys, argv: readonly string[]): MainResult {
  return start(sys, argv, 'E')
}

export function fgrep(sys: Sys, argv: readonly string[]): MainResult {
  return start(sys, argv, 'F')
}

function start(sys: Sys, argv: readonly string[], kind: 'E' | 'F' | null): MainResult {
  const o = parseGrep(sys, argv, kind)
  if (typeof o === 'number') return o
  const matcher: Regex[] = []
  for (const pattern of o.patterns) {
    const re = compileOne(sys, o, pattern)
    if (typeof re === 'string') return fail(sys, `grep: ${re}\n`, 2)
    matcher.push(re)
  }
  return new Grep(sys, o, matcher).run()
}

/** The pattern, or what is wrong with it. */
function compileOne(sys: Sys, o: GrepOptions, pattern: string): Regex | string {
  const source = o.matcher === 'F' ? pattern.replace(/[\\.[*^$]/g, '\\$&') : pattern
  const syntax = o.matcher === 'E' ? 'extended' : 'basic'
  const r =
    o.matcher === 'P'
      ? compilePerl(source, o.icase, sys)
      : compileRegex(source, { syntax, dialect: 'grep', icase: o.icase }, sys)
  if (!r.ok) return textFrom(r.error)
  for (const warning of r.warnings) sys.write(2, `grep: warning: ${warning}\n`)
  return r.regex
}

function isWordByte(c: string | undefined): boolean {
  return c !== undefined && /[A-Za-z0-9_]/.test(c)
}

/** A glob of --include/--exclude as a regular expression. */
function globMatches(sys: Sys, glob: string, name: string): boolean {
  const source = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.')
    .replace(/\[!/g, '[^')
  const r = compileRegex(`^(${bytesOf(source)})$`, { syntax: 'extended', dialect: 'grep' }, sys)
  return r.ok && r.regex.test(bytesOf(name))
}

class Grep {
  private readonly sys: Sys
  private readonly o: GrepOptions
  private readonly matcher: Matcher
  private readonly out: Output
  private code = 1
  private failed = false

  constructor(sys: Sys, o: GrepOptions, matcher: Matcher) {
    this.sys = sys
    this.o = o
    this.matcher = matcher
    this.out = new Output(sys)
    if (o.lineBuffered) this.out.lineBuffered()
  }

  *run(): Generator<Wait, number, void> {
    const files = this.o.files.length > 0 ? this.o.files : [this.o.recursive ? '' : '-']
    for (const name of files) {
      yield* this.file(name, true)
      if (this.o.show === 'nothing' && this.code === 0) break
      if (this.out.failed !== null) break
    }
    yield* this.out.flush()
    return this.failed && !(this.o.show === 'nothing' && this.code === 0) ? 2 : this.code
  }

  private *complain(name: string, text: string): Generator<Wait, void, void> {
    this.failed = true
    if (this.o.silent) return
    yield* this.out.flush()
    this.sys.write(2, `grep: ${name}: ${text}\n`)
  }

  private *file(name: string, operand: boolean): Generator<Wait, void, void> {
    const { sys, o } = this
    if (name === '-') return yield* this.stream(0, o.label)
    const stat = sys.stat(name === '' ? '.' : name)
    if (stat.ok && stat.value.type === 'directory') {
      if (o.recursive) return yield* this.directory(name)
      if (!o.skipDirectories) yield* this.complain(name, strerror('EISDIR'))
      return
    }
    const base = name.slice(name.lastIndexOf('/') + 1)
    if (!this.wanted(operand ? name : base)) return
    const fd = sys.open(name, 'read')
    if (!fd.ok) return yield* this.complain(name, strerror(fd.errno))
    yield* this.stream(fd.value, bytesOf(name))
    sys.close(fd.value)
  }

  private wanted(name: string): boolean {
    const base = name.slice(name.lastIndexOf('/') + 1)
    const hits = (globs: readonly string[]): boolean =>
      globs.some((g) => globMatches(this.sys, g, name) || globMatches(this.sys, g, base))
    if (hits(this.o.exclude)) return false
    return this.o.include.length === 0 || hits(this.o.include)
  }

  private *directory(name: string): Generator<Wait, void, void> {
    const list = this.sys.readDir(name === '' ? '.' : name)
    if (!list.ok) return yield* this.complain(name, strerror(list.errno))
    for (const entry of list.value) {
      if (entry === '.' || entry === '..') continue
      const path = name === '' ? entry : name.endsWith('/') ? name + entry : `${name}/${entry}`
      const stat = this.sys.stat(path)
      if (stat.ok && stat.value.type === 'directory' && this.o.excludeDir.some((g) => globMatches(this.sys, g, entry)))
        continue
      if (stat.ok && stat.value.type !== 'directory' && stat.value.type !== 'file') continue
      yield* this.file(path, false)
    }
  }

  /** The first acceptable match at `from` or later. */
  private find(line: string, from: number): Span | null {
    let best: Span | null = null
    for (const re of this.matcher) {
      const m = this.findOne(re, line, from)
      if (m !== null && (best === null || m.start < best.start || (m.start === best.start && m.end > best.end)))
        best = m
    }
    return best
  }

  private findOne(re: Regex, line: string, from: number): Span | null {
    const { o } = this
    for (let at = from; at <= line.length; ) {
      const m = re.exec(line, at)
      if (m === null) return null
      if (o.line) return m.start === 0 && m.end === line.length ? m : null
      if (!o.word) return m
      // -w: shorter matches at the same place are tried as well, as GNU grep does.
      for (let end = m.end; end > m.start || end === m.end; end--) {
        const fits = end === m.end || re.exec(line.slice(0, end), m.start)?.end === end
        if (fits && !isWordByte(line[m.start - 1]) && !isWordByte(line[end])) return { start: m.start, end }
        if (end === m.start) break
      }
      at = m.start + 1
    }
    return null
  }

  private selected(line: string): boolean {
    const plain = !this.o.word && !this.o.line
    const hit = plain ? this.matcher.some((re) => re.test(line)) : this.find(line, 0) !== null
    return hit !== this.o.invert
  }

  private *stream(fd: number, name: string): Generator<Wait, void, void> {
    const { o, out } = this
    const s: Scan = { name, number: 0, offset: 0, count: 0, before: [], after: 0, lastShown: 0, binary: false }
    const lines = new LineReader(this.sys, fd, o.nulData ? '\0' : '\n')
    while (s.count < o.max) {
      const line = yield* lines.next()
      if (line === null) break
      s.number++
      if (!o.nulData && o.binary !== 'text' && line.includes('\0')) s.binary = true
      if (s.binary && o.binary === 'without-match') return
      if (this.selected(line)) {
        s.count++
        if (!this.hit(s, line)) break
      } else if (o.show === 'lines') this.context(s, line)
      s.offset += line.length + 1
      if (out.due) yield* out.flush()
      if (out.failed !== null) return
    }
    // -m still shows the trailing context of the last line.
    if (s.count >= o.max && s.after > 0) yield* this.trail(s, lines)
    this.finish(s)
    if (out.due) yield* out.flush()
  }

  private *trail(s: Scan, lines: LineReader): Generator<Wait, void, void> {
    while (s.after > 0) {
      const line = yield* lines.next()
      if (line === null) return
      s.number++
      this.context(s, line)
    }
  }

  /** A selected line; false when the rest of the file does not matter. */
  private hit(s: Scan, line: string): boolean {
    const { o } = this
    if (o.show === 'with' || o.show === 'nothing') return false
    if (o.show === 'without') return false
    if (o.show === 'count') return true
    if (s.binary) return false
    if (o.before >= 0 || o.after >= 0) this.separate(s)
    for (const [i, text] of s.before.entries()) {
      if (!o.only) this.emit(s, text, '-', s.number - s.before.length + i, 0)
    }
    s.before = []
    if (!o.only) this.emit(s, line, ':', s.number, s.offset)
    else if (!o.invert) this.parts(s, line)
    s.lastShown = s.number
    s.after = Math.max(0, o.after)
    return true
  }

  private separate(s: Scan): void {
    const gap = s.lastShown > 0 && s.number - s.before.length > s.lastShown + 1
    if ((gap || (s.lastShown === 0 && this.shownBefore)) && this.o.groupSeparator !== null)
      this.out.add(`${this.o.groupSeparator}\n`)
    this.shownBefore = true
  }

  private shownBefore = false

  /** A line that is not selected: shown after a selected one, or kept for the next. */
  private context(s: Scan, line: string): void {
    const { o } = this
    if (s.after > 0) {
      s.after--
      if (!o.only) this.emit(s, line, '-', s.number, s.offset)
      s.lastShown = s.number
    } else if (o.before > 0) {
      s.before.push(line)
      if (s.before.length > o.before) s.before.shift()
    }
  }

  /** -o: each match that is not empty. */
  private parts(s: Scan, line: string): void {
    for (let at = 0; at <= line.length; ) {
      const m = this.find(line, at)
      if (m === null) return
      if (m.end > m.start) this.emit(s, line.slice(m.start, m.end), ':', s.number, s.offset + m.start)
      at = Math.max(m.end, m.start + 1)
    }
  }

  private emit(s: Scan, text: string, mark: ':' | '-', number: number, offset: number): void {
    const { o, out } = this
    if (o.names === true) out.add(s.name + (o.nul ? '\0' : mark))
    const cells: string[] = []
    if (o.numbers) cells.push(o.tab ? String(number).padStart(o.names === true ? 19 : 4) : String(number))
    if (o.offsets) cells.push(String(offset))
    for (const cell of cells) out.add(cell + mark)
    if (o.tab && (cells.length > 0 || o.names === true)) out.add('\t')
    out.add(text + (o.nulData ? '\0' : '\n'))
  }

  private finish(s: Scan): void {
    const { o, out } = this
    if (s.count > 0) this.code = 0
    const end = o.nul ? '\0' : '\n'
    if (o.show === 'count') out.add(`${o.names === true ? s.name + (o.nul ? '\0' : ':') : ''}${s.count}\n`)
    else if ((o.show === 'with' && s.count > 0) || (o.show === 'without' && s.count === 0)) {
      out.add(s.name + end)
    } else if (o.show === 'lines' && s.binary && s.count > 0) out.add(`grep: ${s.name}: binary file matches\n`)
  }
}

/** Where one file's search stands. */
interface Scan {
  readonly name: string
  number: number
  offset: number
  count: number
  before: string[]
  after: number
  lastShown: number
  binary: boolean
}
