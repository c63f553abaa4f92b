// seq(1), yes(1) and tee(1) of coreutils. seq: -s -w -f; tee: -a -i -p. Refused by name: tee --output-error=MODE.
import { strerror } from '../../lib/errno.ts'
import { fail, type MainResult, type Sys, type Wait } from '../../uapi/program.ts'
import { latin1 } from '../lib/bytes.ts'
import { notModelled } from '../lib/refuse.ts'
import { format } from './awk/format.ts'
import { bytesOf } from './bytestring.ts'
import { readChunk } from './input.ts'
import { complain, parseOptions, usage } from './options.ts'
import { Output } from './output.ts'

const NUMBER = /^[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|0[xX][0-9a-fA-F]+|inf(?:inity)?)$/i

interface Sequence {
  readonly first: number
  readonly step: number
  readonly last: number
  readonly separator: string
  readonly text: (n: number) => string
}

function numberOf(text: string): number {
  if (!/inf/i.test(text)) return Number(text)
  return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

function decimals(text: string): number {
  const m = /^[^.eE]*(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text)
  return m === null || /x/i.test(text) ? 0 : Math.max(0, (m[1]?.length ?? 0) - Number(m[2] ?? 0))
}

export function seq(sys: Sys, argv: readonly string[]): MainResult {
  // Negative operands are numbers, not options.
  let cut = 1
  while (cut < argv.length && /^-[^\d.]/.test(argv[cut]!) && argv[cut] !== '-inf')
    cut += /^-[a-z]*[sf]$/.test(argv[cut]!) ? 2 : 1
  const args = ['seq', ...argv.slice(1, cut), '--', ...argv.slice(cut)]
  const p = parseOptions(sys, args, 's:wf:', [
    { name: 'separator', arg: 'required', opt: 's' },
    { name: 'equal-width', arg: 'none', opt: 'w' },
    { name: 'format', arg: 'required', opt: 'f' },
  ])
  if (typeof p === 'number') return p
  const value = (o: string): string | undefined => p.items.findLast((i) => i.opt === o)?.arg ?? undefined
  const equal = p.items.some((i) => i.opt === 'w')
  const fmt = value('f')
  if (p.rest.length === 0) return usage(sys, 'seq', 'missing operand')
  if (p.rest.length > 3) return usage(sys, 'seq', `extra operand '${p.rest[3]}'`)
  const wrong = fmt === undefined ? null : wrongFormat(fmt)
  if (wrong !== null) return complain(sys, 'seq', wrong)
  const bad = p.rest.find((a) => !NUMBER.test(a))
  if (bad !== undefined) return usage(sys, 'seq', `invalid floating point argument: '${bad}'`)
  if (fmt !== undefined && equal)
    return usage(sys, 'seq', 'format string may not be specified when printing equal width strings')
  const first = p.rest.length > 1 ? p.rest[0]! : '1'
  const step = p.rest.length > 2 ? p.rest[1]! : '1'
  const last = p.rest[p.rest.length - 1]!
  if (numberOf(step) === 0) return usage(sys, 'seq', `invalid Zero increment value: '${step}'`)
  const s = {
    first: numberOf(first),
    step: numberOf(step),
    last: numberOf(last),
    separator: bytesOf(value('s') ?? '\n'),
  }
  const places = Math.max(decimals(first), decimals(step))
  const plain = (n: number): string => (Number.isFinite(n) ? n.toFixed(places) : n > 0 ? 'inf' : '-inf')
  const wide = equal ? Math.max(plain(s.first).length, plain(lastOf(s)).length) : 0
  const padded = (n: number): string => (n < 0 ? `-${plain(-n).padStart(wide - 1, '0')}` : plain(n).padStart(wide, '0'))
  return run(sys, { ...s, text: fmt === undefined ? padded : (n) => format(bytesOf(fmt), [n], '%.6g') })
}

/** The number of the last element; -1 when there is none. */
function count(s: Omit<Sequence, 'text'>): number {
  return Math.floor((s.last - s.first) / s.step + 1e-9)
}

function lastOf(s: Omit<Sequence, 'text'>): number {
  return s.first + Math.max(0, count(s)) * s.step
}

/** What coreutils says about a format; null when it has exactly one directive for a double. */
function wrongFormat(fmt: string): string | null {
  const parts = fmt.replaceAll('%%', '').split('%')
  if (parts.length === 1) return `format '${fmt}' has no % directive`
  const m = /^[-+#0 ']*\d*(?:\.\d*)?L?(.?)/s.exec(parts[1]!)!
  if (m[1] === '') return `format '${fmt}' ends in %`
  if (!'efgEFG'.includes(m[1]!)) return `format '${fmt}' has unknown %${m[1]} directive`
  return parts.length > 2 ? `format '${fmt}' has too many % directives` : null
}

function* run(sys: Sys, s: Sequence): Generator<Wait, number, void> {
  const out = new Output(sys)
  const n = count(s)
  for (let i = 0; i <= n && out.failed === null; i++) {
    sys.charge()
    out.add((i > 0 ? s.separator : '') + s.text(s.first + i * s.step))
    if (out.due) yield* out.flush()
  }
  if (n >= 0) out.add('\n')
  yield* out.flush()
  return 0
}

export function yes(sys: Sys, argv: readonly string[]): MainResult {
  const p = parseOptions(sys, ['yes', ...argv.slice(1)], '+')
  return typeof p === 'number' ? p : repeat(sys, `${bytesOf(p.rest.length === 0 ? 'y' : p.rest.join(' '))}\n`)
}

function* repeat(sys: Sys, line: string): Generator<Wait, number, void> {
  const out = new Output(sys)
  // As many lines at a time as fit into stdio's buffer.
  const block = line.repeat(Math.max(1, Math.floor(4096 / line.length)))
  while (out.failed === null) {
    out.add(block)
    yield* out.flush()
  }
  return fail(sys, `yes: standard output: ${strerror(out.failed)}\n`, 1)
}

export function tee(sys: Sys, argv: readonly string[]): MainResult {
  const p = parseOptions(sys, ['tee', ...argv.slice(1)], 'aip', [
    { name: 'append', arg: 'none', opt: 'a' },
    { name: 'ignore-interrupts', arg: 'none', opt: 'i' },
    { name: 'output-error', arg: 'optional', opt: 'output-error' },
  ])
  if (typeof p === 'number') return p
  if (p.items.some((i) => i.opt === 'output-error')) return fail(sys, notModelled('tee', 'option --output-error'), 1)
  if (p.items.some((i) => i.opt === 'i')) sys.onSignal(['INT'])
  return copy(sys, p.rest, p.items.some((i) => i.opt === 'a') ? 'append' : 'write')
}

function* copy(sys: Sys, names: readonly string[], mode: 'append' | 'write'): Generator<Wait, number, void> {
  let code = 0
  const outs = [new Output(sys)]
  for (const name of names) {
    const r = sys.open(name, mode, true)
    if (r.ok) outs.push(new Output(sys, r.value))
    else {
      sys.write(2, `tee: ${name}: ${strerror(r.errno)}\n`)
      code = 1
    }
  }
  for (;;) {
    const chunk = yield* readChunk(sys, 0)
    if (chunk === null) return code
    const text = latin1(chunk)
    for (const out of outs) {
      out.add(text)
      yield* out.flush()
    }
    if (outs[0]!.failed !== null) return 1
  }
}
