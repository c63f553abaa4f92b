// head(1) and tail(1) of coreutils: -n [-+]N, -c [-+]N, -q, -v, -NUM; tail -f by descriptor on pipes and files.
// Leaves out: tail -F, --pid, --retry.
import type { MainResult, Sys, Wait } from '../../uapi/program.ts'
import { joinBytes, NO_BYTES } from '../lib/bytes.ts'
import { notModelled } from '../lib/refuse.ts'
import { closeInput, LineReader, openInput, readAll, readChunk } from './input.ts'
import { complain, parseOptions } from './options.ts'

interface Count {
  readonly unit: 'lines' | 'bytes'
  readonly n: number
  /** '-': all but the last N (head); '+': from the N-th on (tail). */
  readonly sign: '' | '-' | '+'
}

interface Options {
  readonly count: Count
  readonly quiet: boolean
  readonly verbose: boolean
  readonly follow: boolean
  readonly files: readonly string[]
}

const SUFFIX: Readonly<Record<string, number>> = Object.freeze({ '': 1, b: 512, k: 1024, K: 1024, M: 1048576, kB: 1000, MB: 1000000 })

function parse(sys: Sys, argv: readonly string[]): Options | number {
  const prog = argv[0]!
  // The obsolete form: head -5, tail -5, tail +5.
  const args = argv.flatMap((a, i) => (i === 1 && /^-\d+$/.test(a) ? ['-n', a.slice(1)] : i === 1 && prog === 'tail' && /^\+\d+$/.test(a) ? ['-n', a] : [a]))
  const p = parseOptions(sys, args, prog === 'tail' ? 'n:c:qvfFs:' : 'n:c:qv', [
    { name: 'lines', arg: 'required', opt: 'n' },
    { name: 'bytes', arg: 'required', opt: 'c' },
    { name: 'quiet', arg: 'none', opt: 'q' },
    { name: 'silent', arg: 'none', opt: 'q' },
    { name: 'verbose', arg: 'none', opt: 'v' },
    ...(prog === 'tail' ? ([{ name: 'follow', arg: 'optional', opt: 'f' }] as const) : []),
  ])
  if (typeof p === 'number') return p
  let count: Count = { unit: 'lines', n: 10, sign: '' }
  let quiet = false
  let verbose = false
  let follow = false
  for (const { opt, arg } of p.items) {
    if (opt === 'n' || opt === 'c') {
      const m = /^([+-]?)(\d+)(b|kB|k|K|MB|M|)$/.exec(arg ?? '')
      if (m === null) return complain(sys, prog, `invalid number of ${opt === 'n' ? 'lines' : 'bytes'}: '${arg}'`)
      const sign = m[1] as Count['sign']
      const plain = prog === 'head' ? (sign === '+' ? '' : sign) : sign === '-' ? '' : sign
      count = { unit: opt === 'n' ? 'lines' : 'bytes', n: Number(m[2]) * (SUFFIX[m[3]!] ?? 1), sign: plain }
    } else if (opt === 'q') quiet = true
    else if (opt === 'v') verbose = true
    else if (opt === 'f') follow = true
    else {
      sys.write(2, notModelled(prog, `option -${opt}`))
      return 1
    }
  }
  return { count, quiet, verbose, follow, files: p.rest.length === 0 ? ['-'] : p.rest }
}

function* each(sys: Sys, argv: readonly string[], o: Options, one: (fd: number) => Generator<Wait, void, void>): Generator<Wait, number, void> {
  let code = 0
  let first = true
  const titled = o.verbose || (o.files.length > 1 && !o.quiet)
  for (const name of o.files) {
    const fd = openInput(sys, argv[0]!, name, (n, e) => `cannot open '${n}' for reading: ${e}`)
    if (fd === null) {
      code = 1
      continue
    }
    if (titled) sys.write(1, `${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`)
    first = false
    yield* one(fd)
    if (!o.follow) closeInput(sys, fd)
  }
  return code
}

export function head(sys: Sys, argv: readonly string[]): MainResult {
  const o = parse(sys, argv)
  if (typeof o === 'number') return o
  return each(sys, argv, o, (fd) => headOf(sys, fd, o.count))
}

function* headOf(sys: Sys, fd: number, count: Count): Generator<Wait, void, void> {
  if (count.sign === '-') {
    const all = yield* readAll(sys, fd)
    sys.write(1, all.subarray(0, count.unit === 'bytes' ? Math.max(0, all.length - count.n) : backwards(all, count.n)))
    return
  }
  if (count.unit === 'bytes') {
    for (let left = count.n; left > 0; ) {
      const chunk = yield* readChunk(sys, fd)
      if (chunk === null) return
      sys.write(1, chunk.subarray(0, left))
      left -= chunk.length
    }
    return
  }
  const lines = new LineReader(sys, fd)
  for (let i = 0; i < count.n; i++) {
    const line = yield* lines.next()
    if (line === null) return
    if (!sys.write(1, lines.complete ? `${line}\n` : line).ok) return
  }
}

/** Offset of the last N lines. */
function backwards(all: Uint8Array, n: number): number {
  if (n === 0) return all.length
  let at = all.length
  if (all[at - 1] === 10) at--
  for (let left = n; ; left--) {
    const nl = all.lastIndexOf(10, at - 1)
    if (at === 0 || nl < 0) return 0
    if (left === 1) return nl + 1
    at = nl
  }
}

/** Offset of the N-th line, counted from 1. */
function forwards(all: Uint8Array, n: number): number {
  let at = 0
  for (let i = 1; i < n; i++) {
    const nl = all.indexOf(10, at)
    if (nl < 0) return all.length
    at = nl + 1
  }
  return at
}

export function tail(sys: Sys, argv: readonly string[]): MainResult {
  const o = parse(sys, argv)
  if (typeof o === 'number') return o
  return each(sys, argv, o, (fd) => tailOf(sys, fd, o))
}

function* tailOf(sys: Sys, fd: number, o: Options): Generator<Wait, void, void> {
  const all = yield* readAll(sys, fd)
  const { unit, n, sign } = o.count
  const from = unit === 'bytes' ? (sign === '+' ? Math.max(0, n - 1) : all.length - n) : sign === '+' ? forwards(all, n) : backwards(all, n)
  sys.write(1, all.subarray(Math.max(0, from)))
  if (o.follow) yield* followOf(sys, fd)
}

/** tail -f looks again every second. */
function* followOf(sys: Sys, fd: number): Generator<Wait, void, void> {
  for (;;) {
    yield { until: sys.now() + 1_000_000_000 }
    let more = NO_BYTES
    for (let r = sys.read(fd); r.ok && r.value.length > 0; r = sys.read(fd)) more = joinBytes(more, r.value)
    if (more.length > 0 && !sys.write(1, more).ok) return
  }
}

