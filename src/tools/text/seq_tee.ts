// seq(1) and tee(1) of coreutils. seq: -s -w -f; tee: -a -i.
import { strerror } from '../../lib/errno.ts'
import type { MainResult, Sys, Wait } from '../../uapi/program.ts'
import { notModelled } from '../lib/refuse.ts'
import { readChunk } from './input.ts'
import { parseOptions, usage } from './options.ts'

export function seq(sys: Sys, argv: readonly string[]): MainResult {
  // Negative operands are numbers, not options.
  const cut = argv.findIndex((a, i) => i > 0 && /^-[\d.]/.test(a))
  const args = cut < 0 ? argv : [...argv.slice(0, cut), '--', ...argv.slice(cut)]
  const p = parseOptions(sys, args, '+s:wf:', [
    { name: 'separator', arg: 'required', opt: 's' },
    { name: 'equal-width', arg: 'none', opt: 'w' },
    { name: 'format', arg: 'required', opt: 'f' },
  ])
  if (typeof p === 'number') return p
  const separator = p.items.find((i) => i.opt === 's')?.arg ?? '\n'
  if (p.items.some((i) => i.opt === 'f')) return (sys.write(2, notModelled('seq', 'option -f')), 1)
  const bad = p.rest.find((a) => !/^[+-]?(\d+\.?\d*|\.\d+)$/.test(a))
  if (p.rest.length === 0) return usage(sys, 'seq', 'missing operand')
  if (p.rest.length > 3) return usage(sys, 'seq', `extra operand '${p.rest[3]}'`)
  if (bad !== undefined) return usage(sys, 'seq', `invalid floating point argument: '${bad}'`)
  const [first, step, last] = p.rest.length === 1 ? ['1', '1', p.rest[0]!] : p.rest.length === 2 ? [p.rest[0]!, '1', p.rest[1]!] : (p.rest as [string, string, string])
  if (Number(step) === 0) return usage(sys, 'seq', `invalid Zero increment value: '${step}'`)
  const places = Math.max(decimals(first), decimals(step))
  const out: string[] = []
  const n = Math.floor((Number(last) - Number(first)) / Number(step) + 1e-9)
  for (let i = 0; i <= n; i++) out.push((Number(first) + i * Number(step)).toFixed(places))
  if (p.items.some((i) => i.opt === 'w')) {
    const width = Math.max(...out.map((s) => s.length))
    for (let i = 0; i < out.length; i++) out[i] = out[i]!.startsWith('-') ? `-${out[i]!.slice(1).padStart(width - 1, '0')}` : out[i]!.padStart(width, '0')
  }
  if (out.length > 0) sys.write(1, `${out.join(separator)}\n`)
  return 0
}

function decimals(text: string): number {
  const dot = text.indexOf('.')
  return dot < 0 ? 0 : text.length - dot - 1
}

export function tee(sys: Sys, argv: readonly string[]): MainResult {
  const p = parseOptions(sys, argv, 'ai', [
    { name: 'append', arg: 'none', opt: 'a' },
    { name: 'ignore-interrupts', arg: 'none', opt: 'i' },
  ])
  if (typeof p === 'number') return p
  if (p.items.some((i) => i.opt === 'i')) sys.onSignal(['INT'])
  return copy(sys, p.rest, p.items.some((i) => i.opt === 'a') ? 'append' : 'write')
}

function* copy(sys: Sys, names: readonly string[], mode: 'append' | 'write'): Generator<Wait, number, void> {
  let code = 0
  const fds = [1]
  for (const name of names) {
    const r = sys.open(name, mode, true)
    if (r.ok) fds.push(r.value)
    else {
      sys.write(2, `tee: ${name}: ${strerror(r.errno)}\n`)
      code = 1
    }
  }
  for (;;) {
    const chunk = yield* readChunk(sys, 0)
    if (chunk === null) return code
    for (const fd of fds) sys.write(fd, chunk)
  }
}
