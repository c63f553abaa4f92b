// -m iprange (extensions/libxt_iprange.c).
import { formatIp4, type Ip4 } from '../../../lib/ip4.ts'
import type { MatchIprange } from '../../../uapi/xt.ts'
import { numericAddress } from '../address.ts'
import type { Extension, FinalCall, OptionCall } from '../extension.ts'
import { badValue, DataDraft, joined, type Mutable, not } from './draft.ts'

const HELP = `iprange match options:
[!] --src-range ip[-ip]    Match source IP in the specified range
[!] --dst-range ip[-ip]    Match destination IP in the specified range
`

type Side = MatchIprange['src']

function address(text: string, call: OptionCall): Ip4 {
  return numericAddress(text, false) ?? badValue(call, 'iprange', `--${call.entry.name}`, text)
}

function parseRange(call: OptionCall): Side {
  const { arg, invert } = call
  const dash = arg.indexOf('-')
  if (dash < 0) {
    const one = address(arg, call)
    return { from: one, to: one, invert }
  }
  const from = address(arg.slice(0, dash), call)
  const to = address(arg.slice(dash + 1), call)
  if (from >>> 0 > to >>> 0) call.sys.write(2, `xt_iprange: range ${arg} is reversed and will never match\n`)
  return { from, to, invert }
}

function set(info: Mutable<MatchIprange>, call: OptionCall): void {
  if (call.entry.name === 'src-range') info.src = parseRange(call)
  else info.dst = parseRange(call)
}

function check(_: MatchIprange, call: FinalCall): void {
  if (call.seen.size === 0) call.problem("iprange match: You must specify `--src-range' or `--dst-range'")
}

const rangeText = (s: { from: Ip4; to: Ip4 }): string => `${formatIp4(s.from)}-${formatIp4(s.to)}`
const printed = (label: string, s: Side): string => (s === null ? '' : `${label} ${not(s.invert)}${rangeText(s)}`)
const saved = (option: string, s: Side): string => (s === null ? '' : `${not(s.invert)}${option} ${rangeText(s)}`)

const NOTHING: MatchIprange = Object.freeze({ name: 'iprange', src: null, dst: null })

export const iprangeExtension: Extension<MatchIprange> = Object.freeze({
  name: 'iprange',
  options: Object.freeze([
    { name: 'src-range', type: 'string', invert: true },
    { name: 'dst-range', type: 'string', invert: true },
  ] as const),
  help: HELP,
  begin: () => new DataDraft<MatchIprange>(NOTHING, set, check),
  print: ({ src, dst }) => joined([printed('source IP range', src), printed('destination IP range', dst)]),
  save: ({ src, dst }) => joined([saved('--src-range', src), saved('--dst-range', dst)]),
} satisfies Extension<MatchIprange>)
