// head(1) and tail(1) of coreutils: -n [-+]N, -c [-+]N, -q, -v, -z, -NUM; tail -f, which looks again every second.
// Refused by name: tail -F --retry --pid --max-unchanged-stats.
import type { MainResult, Sys, Wait } from '../../uapi/program.ts'
import { latin1 } from '../lib/bytes.ts'
import { notModelled } from '../lib/refuse.ts'
import { bytesOf } from './bytestring.ts'
import { closeInput, LineReader, openInput, readChunk } from './input.ts'
import { LastPart } from './last_part.ts'
import { complain, parseOptions } from './options.ts'
import { Output } from './output.ts'

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
  /** Seconds between two looks of tail -f. */
  readonly interval: number
  readonly separator: string
  readonly files: readonly string[]
}

const UNITS = 'KMGTPEZY'

/** N with a multiplier: b 512, k and K 1024, kB 1000, M, MiB, MB …; null when it is none. */
function parseCount(text: string): { readonly sign: '' | '-' | '+'; readonly n: number } | null {
  const m = /^([+-]?)(\d+)(?:(b)|([kKMGTPEZY])(B|iB)?)?$/.exec(text)
  if (m === null) return null
  const power = m[4] === undefined ? 0 : UNITS.indexOf(m[4].toUpperCase()) + 1
  const unit = m[3] === 'b' ? 512 : (m[5] === 'B' ? 1000 : 1024) ** power
  return { sign: m[1] as '' | '-' | '+', n: Number(m[2]) * unit }
}

/** The obsolete forms: head -5, tail -5, tail +5, tail -5f. */
function modern(prog: string, argv: readonly string[]): readonly string[] {
  const m = /^([-+])(\d+)([lbc]?)([qvf]*)$/.exec(argv[1] ?? '')
  if (m === null || (prog === 'head' && (m[1] === '+' || m[4]!.includes('f')))) return argv
  const sign = m[1] === '+' ? '+' : ''
  return [prog, m[3] === 'c' ? '-c' : '-n', sign + m[2], ...[...m[4]!].map((c) => `-${c}`), ...argv.slice(2)]
}

function parse(sys: Sys, prog: 'head' | 'tail', argv: readonly string[]): Options | number {
  const p = parseOptions(sys, modern(prog, [prog, ...argv.slice(1)]), prog === 'tail' ? 'n:c:qvzfFs:' : 'n:c:qvz', [
    { name: 'lines', arg: 'required', opt: 'n' },
    { name: 'bytes', arg: 'required', opt: 'c' },
    { name: 'quiet', arg: 'none', opt: 'q' },
    { name: 'silent', arg: 'none', opt: 'q' },
    { name: 'verbose', arg: 'none', opt: 'v' },
    { name: 'zero-terminated', arg: 'none', opt: 'z' },
    ...(prog === 'tail'
      ? ([
          { name: 'follow', arg: 'optional', opt: 'f' },
          { name: 'sleep-interval', arg: 'required', opt: 's' },
          { name: 'retry', arg: 'none', opt: '-retry' },
          { name: 'pid', arg: 'required', opt: '-pid' },
        ] as const)
      : []),
  ])
  if (typeof p === 'number') return p
  let count: Count = { unit: 'lines', n: 10, sign: '' }
  for (const { opt, arg } of p.items) {
    if (opt === 'n' || opt === 'c') {
      const c = parseCount(arg ?? '')
      if (c === null) return complain(sys, prog, `invalid number of ${opt === 'n' ? 'lines' : 'bytes'}: '${arg}'`)
      const sign = prog === (c.sign === '-' ? 'head' : 'tail') ? c.sign : ''
      count = { unit: opt === 'n' ? 'lines' : 'bytes', n: c.n, sign }
    } else if (opt === 's' && !/^\d*\.?\d+$/.test(arg ?? ''))
      return complain(sys, prog, `invalid number of seconds: '${arg}'`)
    else if (opt === 'F' || opt.startsWith('-') || (opt === 'f' && arg !== null && arg !== 'descriptor')) {
      sys.write(2, notModelled(prog, `option -${opt === 'f' ? `-follow=${arg}` : opt}`))
      return 1
    }
  }
  const last = (...opts: string[]): string | undefined => p.items.findLast((i) => opts.includes(i.opt))?.opt
  const interval = Number(p.items.findLast((i) => i.opt === 's')?.arg ?? 1)
  const titles = last('q', 'v')
  return {
    count,
    quiet: titles === 'q',
    verbose: titles === 'v',
    follow: last('f') === 'f',
    interval,
    separator: last('z') === 'z' ? '\0' : '\n',
    files: p.rest.length === 0 ? ['-'] : p.rest,
  }
}

type One = (fd: number, out: Output) => Generator<Wait, void, void>

function* each(sys: Sys, prog: string, o: Options, one: One): Generator<Wait, number, void> {
  let code = 0
  const out = new Output(sys)
  const titled = o.verbose || (o.files.length > 1 && !o.quiet)
  const open: { readonly fd: number; readonly title: string }[] = []
  for (const name of o.files) {
    const fd = yield* openInput(sys, prog, name, out, (n, e) =>
      e === 'Is a directory' ? `error reading '${n}': ${e}` : `cannot open '${n}' for reading: ${e}`,
    )
    if (fd === null) {
      code = 1
      continue
    }
    const title = `==> ${name === '-' ? 'standard input' : bytesOf(name)} <==\n`
    if (titled) out.add(`${open.length === 0 ? '' : '\n'}${title}`)
    open.push({ fd, title: titled ? title : '' })
    yield* one(fd, out)
    yield* out.flush()
    if (!o.follow) closeInput(sys, fd)
    if (out.failed !== null) return 1
  }
  if (o.follow) yield* follow(sys, o, out, open)
  return code
}

export function head(sys: Sys, argv: readonly string[]): MainResult {
  const o = parse(sys, 'head', argv)
  if (typeof o === 'number') return o
  return each(sys, 'head', o, (fd, out) => headOf(sys, fd, o, out))
}

function* headOf(sys: Sys, fd: number, o: Options, out: Output): Generator<Wait, void, void> {
  const { count, separator } = o
  if (count.sign === '-') {
    const last = new LastPart(count.unit, count.n, separator)
    for (let chunk = yield* readChunk(sys, fd); chunk !== null; chunk = yield* readChunk(sys, fd)) {
      for (const gone of last.add(chunk)) out.add(latin1(gone))
      sys.hold(last.size)
      if (out.due) yield* out.flush()
      if (out.failed !== null) return
    }
    const rest = last.text()
    out.add(rest.slice(0, beginning(rest, count, separator)))
    return
  }
  if (count.unit === 'bytes') {
    for (let left = count.n; left > 0; ) {
      const chunk = yield* readChunk(sys, fd)
      if (chunk === null) return
      out.add(latin1(chunk.subarray(0, left)))
      yield* out.flush()
      if (out.failed !== null) return
      left -= chunk.length
    }
    return
  }
  const lines = new LineReader(sys, fd, separator)
  for (let i = 0; i < count.n; i++) {
    const line = yield* lines.next()
    if (line === null) return
    out.add(lines.complete ? line + separator : line)
    if (out.due || lines.held === '') yield* out.flush()
    if (out.failed !== null) return
  }
}

/** Offset of the last N lines. */
function backwards(all: string, n: number, separator: string): number {
  if (n === 0) return all.length
  let at = all.endsWith(separator) ? all.length - 1 : all.length
  for (let left = n; at > 0; left--) {
    const end = all.lastIndexOf(separator, at - 1)
    if (end < 0) return 0
    if (left === 1) return end + 1
    at = end
  }
  return 0
}

/** Offset of the last N lines or bytes. */
function beginning(all: string, count: Count, separator: string): number {
  return count.unit === 'bytes' ? Math.max(0, all.length - count.n) : backwards(all, count.n, separator)
}

export function tail(sys: Sys, argv: readonly string[]): MainResult {
  const o = parse(sys, 'tail', argv)
  if (typeof o === 'number') return o
  return each(sys, 'tail', o, (fd, out) => tailOf(sys, fd, o, out))
}

function* tailOf(sys: Sys, fd: number, o: Options, out: Output): Generator<Wait, void, void> {
  const { count, separator } = o
  if (count.sign === '+') {
    yield* tailFrom(sys, fd, o, out)
    return
  }
  const last = new LastPart(count.unit, count.n, separator)
  for (let chunk = yield* readChunk(sys, fd); chunk !== null; chunk = yield* readChunk(sys, fd)) {
    last.add(chunk)
    sys.hold(last.size)
  }
  const rest = last.text()
  out.add(rest.slice(beginning(rest, count, separator)))
}

/** tail -n +N, -c +N: everything from the N-th line or byte on. */
function* tailFrom(sys: Sys, fd: number, o: Options, out: Output): Generator<Wait, void, void> {
  let left = Math.max(0, o.count.n - 1)
  for (let chunk = yield* readChunk(sys, fd); chunk !== null; chunk = yield* readChunk(sys, fd)) {
    let from = 0
    if (o.count.unit === 'bytes') {
      from = Math.min(left, chunk.length)
      left -= from
    } else {
      for (; left > 0 && from < chunk.length; left--) {
        const end = chunk.indexOf(o.separator.charCodeAt(0), from)
        if (end < 0) break
        from = end + 1
      }
      if (left > 0) continue
    }
    out.add(latin1(chunk.subarray(from)))
    if (out.due) yield* out.flush()
    if (out.failed !== null) return
  }
}

/** tail -f: what files got since; a pipe that was read to its end gets nothing more. */
function* follow(
  sys: Sys,
  o: Options,
  out: Output,
  files: readonly { readonly fd: number; readonly title: string }[],
): Generator<Wait, void, void> {
  let shown = files.length - 1
  while (out.failed === null && files.some((f) => f.fd !== 0)) {
    yield { until: sys.now() + Math.round(o.interval * 1_000_000_000) }
    for (const [i, f] of files.entries()) {
      let more = ''
      for (let r = sys.read(f.fd); r.ok && r.value.length > 0; r = sys.read(f.fd)) more += latin1(r.value)
      if (more === '') continue
      if (i !== shown && f.title !== '') out.add(`\n${f.title}`)
      shown = i
      out.add(more)
      yield* out.flush()
    }
  }
}
