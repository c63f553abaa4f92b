// diff(1) of diffutils 3.8 for two files: the normal and the unified format, -q -s -i -w -b -B -a --label.
// Read first: Myers, "An O(ND) Difference Algorithm". The times of -u are the current one: files here have none.
// Refused by name: directories, -c -e -n -y -N -D and the other formats.
import { strerror } from '../../lib/errno.ts'
import { fail, type MainResult, type Sys, type Wait } from '../../uapi/program.ts'
import { getopt, type LongOption } from '../lib/getopt.ts'
import { notModelled } from '../lib/refuse.ts'
import { strftime } from './awk/time.ts'
import { bytesOf } from './bytestring.ts'
import { closeInput, readAll } from './input.ts'
import { Output } from './output.ts'

/** Lines a0…a1 of the first file became b0…b1 of the second. */
interface Hunk {
  readonly a0: number
  readonly a1: number
  readonly b0: number
  readonly b1: number
}

interface DiffOptions {
  /** Lines around a change; null is the normal format. */
  readonly context: number | null
  readonly brief: boolean
  readonly same: boolean
  readonly key: (line: string) => string
  readonly blank: boolean
  readonly labels: readonly string[]
  readonly names: readonly [string, string]
}

const LONG: readonly LongOption[] = Object.freeze([
  { name: 'unified', arg: 'optional', opt: 'U' },
  { name: 'brief', arg: 'none', opt: 'q' },
  { name: 'report-identical-files', arg: 'none', opt: 's' },
  { name: 'ignore-case', arg: 'none', opt: 'i' },
  { name: 'ignore-all-space', arg: 'none', opt: 'w' },
  { name: 'ignore-space-change', arg: 'none', opt: 'b' },
  { name: 'ignore-blank-lines', arg: 'none', opt: 'B' },
  { name: 'text', arg: 'none', opt: 'a' },
  { name: 'label', arg: 'required', opt: 'label' },
  { name: 'normal', arg: 'none', opt: 'normal' },
  { name: 'color', arg: 'optional', opt: 'color' },
  { name: 'strip-trailing-cr', arg: 'none', opt: 'cr' },
] as const)

export function diff(sys: Sys, argv: readonly string[]): MainResult {
  const p = getopt(['diff', ...argv.slice(1)], 'uU:qsiwbBarNcC:eny', LONG)
  const try_ = "diff: Try 'diff --help' for more information.\n"
  let context: number | null = null
  for (const { opt, arg, error } of p.items) {
    if (error !== null) return fail(sys, error + try_, 2)
    if (['c', 'C', 'e', 'n', 'y', 'N', 'r'].includes(opt)) return fail(sys, notModelled('diff', `option -${opt}`), 2)
    if (opt === 'color' && arg !== 'never' && arg !== 'auto') return fail(sys, notModelled('diff', '--color'), 2)
    if (opt === 'U' && arg !== null && !/^\d+$/.test(arg))
      return fail(sys, `diff: invalid context length '${arg}'\n${try_}`, 2)
    if (opt === 'u') context = Math.max(context ?? 0, 3)
    if (opt === 'U') context = arg === null ? 3 : Number(arg)
    if (opt === 'normal') context = null
  }
  const [a, b] = p.rest
  if (a === undefined || b === undefined) return fail(sys, `diff: missing operand after '${a ?? 'diff'}'\n${try_}`, 2)
  if (p.rest.length > 2) return fail(sys, `diff: extra operand '${p.rest[2]}'\n${try_}`, 2)
  const has = (o: string): boolean => p.items.some((i) => i.opt === o)
  const key = (line: string): string => {
    let s = has('cr') ? line.replace(/\r\n$/, '\n') : line
    if (has('w')) s = s.replace(/[ \t\v\f\r\n]/g, '')
    else if (has('b')) s = s.replace(/[ \t\v\f\r]+/g, ' ').replace(/ ?\n?$/, '')
    return has('i') ? s.toLowerCase() : s
  }
  return run(sys, {
    context,
    brief: has('q'),
    same: has('s'),
    key,
    blank: has('B'),
    labels: p.items.filter((i) => i.opt === 'label').map((i) => i.arg ?? ''),
    names: [a, b],
  })
}

/** A file's text, or null after its error was reported. */
function* contents(sys: Sys, name: string): Generator<Wait, string | null, void> {
  if (name === '-') return yield* readAll(sys, 0)
  const stat = sys.stat(name)
  const fd = sys.open(name, 'read')
  if (!fd.ok || (stat.ok && stat.value.type === 'directory')) {
    const directory = fd.ok || fd.errno === 'EISDIR'
    if (directory) sys.write(2, notModelled('diff', `comparing the directory ${name}`))
    else sys.write(2, `diff: ${name}: ${strerror(fd.errno)}\n`)
    return null
  }
  const text = yield* readAll(sys, fd.value)
  closeInput(sys, fd.value)
  return text
}

function linesOf(text: string): string[] {
  return text === '' ? [] : (text.match(/[^\n]*\n|[^\n]+$/g) ?? [])
}

function* run(sys: Sys, o: DiffOptions): Generator<Wait, number, void> {
  const texts = [yield* contents(sys, o.names[0]), yield* contents(sys, o.names[1])] as const
  if (texts[0] === null || texts[1] === null) return 2
  const [a, b] = [linesOf(texts[0]), linesOf(texts[1])]
  const all = hunksOf(a.map(o.key), b.map(o.key))
  const empty = (h: Hunk): boolean => [...a.slice(h.a0, h.a1), ...b.slice(h.b0, h.b1)].every((l) => l.trim() === '')
  const hunks = o.blank ? all.filter((h) => !empty(h)) : all
  const out = new Output(sys)
  const [na, nb] = o.names.map(bytesOf) as [string, string]
  if (hunks.length === 0) {
    if (o.same) out.add(`Files ${na} and ${nb} are identical\n`)
  } else if (o.brief) out.add(`Files ${na} and ${nb} differ\n`)
  else if (o.context === null) out.add(hunks.map((h) => normal(h, a, b)).join(''))
  else {
    const stamp = `${strftime('%Y-%m-%d %H:%M:%S', Math.floor(sys.wallClock() / 1e9))}.${String(sys.wallClock() % 1e9).padStart(9, '0')} +0000`
    const head = (mark: string, i: 0 | 1): string =>
      `${mark} ${o.labels[i] === undefined ? `${[na, nb][i]}\t${stamp}` : bytesOf(o.labels[i]!)}\n`
    out.add(head('---', 0) + head('+++', 1) + unified(hunks, a, b, o.context))
  }
  yield* out.flush()
  return hunks.length === 0 ? 0 : 1
}

/** The edit script: Myers' greedy algorithm forwards, then its trace backwards. */
function hunksOf(a: readonly string[], b: readonly string[]): Hunk[] {
  const trace: Map<number, number>[] = []
  let v = new Map<number, number>([[1, 0]])
  const max = a.length + b.length
  search: for (let d = 0; d <= max; d++) {
    trace.push(new Map(v))
    const next = new Map(v)
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (next.get(k - 1) ?? -1) < (next.get(k + 1) ?? -1))
      let x = down ? (next.get(k + 1) ?? 0) : (next.get(k - 1) ?? 0) + 1
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++
      next.set(k, x)
      if (x >= a.length && x - k >= b.length) break search
    }
    v = next
  }
  const removed = new Set<number>()
  const added = new Set<number>()
  let x = a.length
  let y = b.length
  for (let d = trace.length - 1; d > 0; d--) {
    const before = trace[d]!
    const k = x - y
    const down = k === -d || (k !== d && (before.get(k - 1) ?? -1) < (before.get(k + 1) ?? -1))
    const fromK = down ? k + 1 : k - 1
    const fromX = before.get(fromK) ?? 0
    const fromY = fromX - fromK
    if (down) added.add(fromY)
    else removed.add(fromX)
    x = fromX
    y = fromY
  }
  slide(removed, a)
  slide(added, b)
  return collect(removed, added, a.length, b.length)
}

/** As GNU diff: a group of changed lines moves down while the line after it equals its first. */
function slide(changed: Set<number>, lines: readonly string[]): void {
  for (let i = 0; i < lines.length; i++) {
    if (!changed.has(i) || changed.has(i - 1)) continue
    let start = i
    let end = i
    while (changed.has(end)) end++
    while (end < lines.length && lines[start] === lines[end]) {
      changed.delete(start++)
      changed.add(end++)
      while (changed.has(end)) end++
    }
    i = end
  }
}

function collect(removed: ReadonlySet<number>, added: ReadonlySet<number>, n: number, m: number): Hunk[] {
  const out: Hunk[] = []
  for (let i = 0, j = 0; i < n || j < m; ) {
    if (!removed.has(i) && !added.has(j)) {
      i++
      j++
      continue
    }
    const [a0, b0] = [i, j]
    while (removed.has(i)) i++
    while (added.has(j)) j++
    out.push({ a0, a1: i, b0, b1: j })
  }
  return out
}

function marked(mark: string, lines: readonly string[]): string {
  return lines.map((l) => (l.endsWith('\n') ? mark + l : `${mark}${l}\n\\ No newline at end of file\n`)).join('')
}

function normal(h: Hunk, a: readonly string[], b: readonly string[]): string {
  const range = (from: number, to: number): string => (to - from <= 1 ? String(to) : `${from + 1},${to}`)
  const letter = h.a0 === h.a1 ? 'a' : h.b0 === h.b1 ? 'd' : 'c'
  const parts = [marked('< ', a.slice(h.a0, h.a1)), marked('> ', b.slice(h.b0, h.b1))].filter((s) => s !== '')
  return `${range(h.a0, h.a1)}${letter}${range(h.b0, h.b1)}\n${parts.join('---\n')}`
}

function unified(hunks: readonly Hunk[], a: readonly string[], b: readonly string[], context: number): string {
  const groups: Hunk[][] = []
  for (const h of hunks) {
    const group = groups[groups.length - 1]
    if (group !== undefined && h.a0 - group[group.length - 1]!.a1 <= context * 2) group.push(h)
    else groups.push([h])
  }
  const range = (from: number, to: number): string =>
    to - from === 1 ? String(to) : `${to === from ? from : from + 1},${to - from}`
  let out = ''
  for (const group of groups) {
    const [first, last] = [group[0]!, group[group.length - 1]!]
    const before = Math.min(context, first.a0)
    const after = Math.min(context, a.length - last.a1)
    out += `@@ -${range(first.a0 - before, last.a1 + after)} +${range(first.b0 - before, last.b1 + after)} @@\n`
    let at = first.a0 - before
    for (const h of group) {
      out += marked(' ', a.slice(at, h.a0)) + marked('-', a.slice(h.a0, h.a1)) + marked('+', b.slice(h.b0, h.b1))
      at = h.a1
    }
    out += marked(' ', a.slice(at, last.a1 + after))
  }
  return out
}
