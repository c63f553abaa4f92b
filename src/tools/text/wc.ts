// wc(1) of coreutils: -l -w -c -m -L, several files with a total, its column widths. In the C locale -m counts bytes.
// Refused by name: --files0-from.
import { fail, type MainResult, type Sys, type Wait } from '../../uapi/program.ts'
import { notModelled } from '../lib/refuse.ts'
import { bytesOf } from './bytestring.ts'
import { closeInput, openInput, readChunk } from './input.ts'
import { parseOptions } from './options.ts'
import { Output } from './output.ts'

/** lines, words, characters, bytes, longest line: the order in which wc prints them. */
type Counts = readonly [number, number, number, number, number]
const LETTERS = 'lwmcL'
const NO_COUNTS: Counts = Object.freeze([0, 0, 0, 0, 0] as const)

export function wc(sys: Sys, argv: readonly string[]): MainResult {
  const p = parseOptions(sys, ['wc', ...argv.slice(1)], 'lwcmL', [
    { name: 'lines', arg: 'none', opt: 'l' },
    { name: 'words', arg: 'none', opt: 'w' },
    { name: 'bytes', arg: 'none', opt: 'c' },
    { name: 'chars', arg: 'none', opt: 'm' },
    { name: 'max-line-length', arg: 'none', opt: 'L' },
    { name: 'files0-from', arg: 'required', opt: 'files0' },
  ])
  if (typeof p === 'number') return p
  const asked = new Set(p.items.map((i) => i.opt))
  if (asked.has('files0')) return fail(sys, notModelled('wc', 'option --files0-from'), 1)
  const shown = [...LETTERS].map((l) => (asked.size === 0 ? 'lwc'.includes(l) : asked.has(l)))
  return run(sys, p.rest, shown)
}

/** Columns are as wide as the total size; 7 where a size is not known; one number of one file stands alone. */
function columnWidth(sys: Sys, operands: readonly string[], shown: readonly boolean[]): number {
  if (shown.filter(Boolean).length === 1 && operands.length <= 1) return 1
  let size = 0
  let least = 1
  for (const name of operands.length === 0 ? ['-'] : operands) {
    const stat = sys.stat(name === '-' ? '/dev/stdin' : name)
    if (!stat.ok && name !== '-') continue
    if (!stat.ok) least = 7
    else if (stat.value.type === 'file') size += stat.value.size
    else least = 7
  }
  return Math.max(least, String(size).length)
}

function* run(sys: Sys, operands: readonly string[], shown: readonly boolean[]): Generator<Wait, number, void> {
  let code = 0
  const out = new Output(sys)
  const width = columnWidth(sys, operands, shown)
  let sum = NO_COUNTS
  const row = (counts: Counts, name: string): void => {
    const cells = counts.filter((_, i) => shown[i]).map((n) => String(n).padStart(width))
    out.add(`${cells.join(' ')}${name === '' ? '' : ` ${name}`}\n`)
  }
  for (const name of operands.length === 0 ? ['-'] : operands) {
    const fd = yield* openInput(sys, 'wc', name, out)
    if (fd === null) {
      code = 1
      // A directory was opened: it has a line of zeros.
      const stat = sys.stat(name)
      if (stat.ok && stat.value.type === 'directory') row(NO_COUNTS, bytesOf(name))
      continue
    }
    const counts = yield* count(sys, fd)
    sum = plus(sum, counts)
    row(counts, operands.length === 0 ? '' : bytesOf(name))
    closeInput(sys, fd)
  }
  if (operands.length > 1) row(sum, 'total')
  yield* out.flush()
  return code
}

function* count(sys: Sys, fd: number): Generator<Wait, Counts, void> {
  const c = new Counter()
  for (let chunk = yield* readChunk(sys, fd); chunk !== null; chunk = yield* readChunk(sys, fd)) c.add(chunk)
  return c.counts()
}

const TAB = 9
const NEWLINE = 10
const SPACE = 32

/** Counts bytes that go by. */
class Counter {
  private lines = 0
  private words = 0
  private bytes = 0
  /** Something that prints was seen since the last blank. */
  private inWord = false
  /** Printed width so far of this line, and the most: tabs go to the next multiple of 8, what does not print takes no room. */
  private column = 0
  private widest = 0

  add(chunk: Uint8Array): void {
    this.bytes += chunk.length
    for (let i = 0; i < chunk.length; i++) {
      const c = chunk[i]!
      if (c > SPACE) {
        if (c > 0x7e) continue
        this.inWord = true
        this.column++
      } else if (c === SPACE || (c >= TAB && c <= 13)) this.blank(c)
    }
  }

  private blank(c: number): void {
    if (this.inWord) this.words++
    this.inWord = false
    if (c === NEWLINE) this.lines++
    if (c === SPACE) this.column++
    else if (c === TAB) this.column += 8 - (this.column % 8)
    else if (c !== 11) {
      this.widest = Math.max(this.widest, this.column)
      this.column = 0
    }
  }

  counts(): Counts {
    const words = this.words + (this.inWord ? 1 : 0)
    return [this.lines, words, this.bytes, this.bytes, Math.max(this.widest, this.column)]
  }
}

function plus(a: Counts, b: Counts): Counts {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], Math.max(a[4], b[4])]
}
