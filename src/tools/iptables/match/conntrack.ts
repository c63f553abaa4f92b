// -m conntrack (extensions/libxt_conntrack.c, revision 3).
// Read first: ct_words.ts.
import { formatIp4 } from '../../../lib/ip4.ts'
import type { AddrMask, MatchConntrack, Range } from '../../../uapi/xt.ts'
import type { Extension, FinalCall, OptionCall, OptionEntry, OptionValue, PrintedRule } from '../extension.ts'
import { prefixOf } from '../values.ts'
import { CT_STATES, parseWords, STATUSES, stateNames, statusNames } from './ct_words.ts'
import { badValue, DataDraft, joined, type Mutable, not } from './draft.ts'

const HELP = `conntrack match options:
[!] --ctstate {INVALID|ESTABLISHED|NEW|RELATED|UNTRACKED|SNAT|DNAT}[,...]
                               State(s) to match
[!] --ctproto proto            Protocol to match; by number or name, e.g. "tcp"
[!] --ctorigsrc address[/mask]
[!] --ctorigdst address[/mask]
[!] --ctreplsrc address[/mask]
[!] --ctrepldst address[/mask]
                               Original/Reply source/destination address
[!] --ctorigsrcport port
[!] --ctorigdstport port
[!] --ctreplsrcport port
[!] --ctrepldstport port
                               TCP/UDP/SCTP orig./reply source/destination port
[!] --ctstatus {NONE|EXPECTED|SEEN_REPLY|ASSURED|CONFIRMED}[,...]
                               Status(es) to match
[!] --ctexpire time[:time]     Match remaining lifetime in seconds against
                               value or range of values (inclusive)
    --ctdir {ORIGINAL|REPLY}   Flow direction of packet
`

const ADDRESSES = Object.freeze({
  ctorigsrc: 'origSrc',
  ctorigdst: 'origDst',
  ctreplsrc: 'replSrc',
  ctrepldst: 'replDst',
} as const)

const PORTS = Object.freeze({
  ctorigsrcport: 'origSrcPort',
  ctorigdstport: 'origDstPort',
  ctreplsrcport: 'replSrcPort',
  ctrepldstport: 'replDstPort',
} as const)

function isKey<T extends object>(table: T, name: string): name is Extract<keyof T, string> {
  return Object.hasOwn(table, name)
}

function rangeOf(value: OptionValue, invert: boolean): Range | null {
  if (value.type !== 'range') return null
  const min = value.values[0]!
  return { min, max: value.values[1] ?? min, invert }
}

function set(info: Mutable<MatchConntrack>, call: OptionCall): void {
  const { arg, invert, value } = call
  const { name } = call.entry
  if (isKey(ADDRESSES, name)) {
    if (value.type === 'address') info[ADDRESSES[name]] = { addr: value.addr, mask: value.mask, invert }
  } else if (isKey(PORTS, name)) info[PORTS[name]] = rangeOf(value, invert)
  else if (name === 'ctstate')
    info.state = { mask: parseWords(arg, CT_STATES, (rest) => call.problem(`Bad ctstate "${rest}"`)), invert }
  else if (name === 'ctstatus')
    info.status = { mask: parseWords(arg, STATUSES, (rest) => call.problem(`Bad ctstatus "${rest}"`)), invert }
  else if (name === 'ctexpire') info.expire = rangeOf(value, invert)
  else if (name === 'ctdir') info.direction = direction(call)
  else if (value.type === 'number') {
    // the real one looks for XT_INV_PROTO in its own flags, where that bit stands for "! --ctstatus"
    if (value.value === 0 && info.status?.invert === true) call.problem('conntrack: rule would never match protocol')
    info.proto = { protocol: value.value, invert }
  }
}

function direction(call: OptionCall): 'ORIGINAL' | 'REPLY' {
  const word = call.arg.toUpperCase()
  return word === 'ORIGINAL' || word === 'REPLY' ? word : badValue(call, 'conntrack', '--ctdir', call.arg)
}

function check(_: MatchConntrack, call: FinalCall): void {
  if (call.seen.size === 0) call.problem('conntrack: At least one option is required')
}

/** conntrack_dump_addr; `rule` null: numbers only. */
function addressText(a: AddrMask, rule: PrintedRule | null): string {
  if (rule !== null && a.addr === 0) return 'anywhere'
  const len = prefixOf(a.mask)
  const tail = len === 32 ? '' : `/${len ?? formatIp4(a.mask)}`
  return (rule === null ? formatIp4(a.addr) : rule.names.nameOf(a.addr)) + tail
}

const rangeText = (r: Range): string => (r.min === r.max ? `${r.min}` : `${r.min}:${r.max}`)
/** A greatest port of 0 stands for none. */
const portsText = (r: Range): string => (r.max === 0 ? `${r.min}` : rangeText(r))

/** conntrack_dump */
function dump(m: MatchConntrack, prefix: string, rule: PrintedRule | null): string {
  const part = <T extends { readonly invert: boolean }>(name: string, v: T | null, text: (v: T) => string): string =>
    v === null ? '' : `${not(v.invert)}${prefix}${name} ${text(v)}`
  const address = (a: AddrMask): string => addressText(a, rule)
  return joined([
    part('ctstate', m.state, (s) => stateNames(s.mask)),
    part('ctproto', m.proto, (p) => String(p.protocol)),
    part('ctorigsrc', m.origSrc, address),
    part('ctorigdst', m.origDst, address),
    part('ctreplsrc', m.replSrc, address),
    part('ctrepldst', m.replDst, address),
    part('ctorigsrcport', m.origSrcPort, portsText),
    part('ctorigdstport', m.origDstPort, portsText),
    part('ctreplsrcport', m.replSrcPort, portsText),
    part('ctrepldstport', m.replDstPort, portsText),
    part('ctstatus', m.status, (s) => statusNames(s.mask)),
    part('ctexpire', m.expire, rangeText),
    m.direction === null ? '' : `${prefix}ctdir ${m.direction}`,
  ])
}

const NOTHING: MatchConntrack = Object.freeze({
  name: 'conntrack',
  state: null,
  proto: null,
  origSrc: null,
  origDst: null,
  replSrc: null,
  replDst: null,
  origSrcPort: null,
  origDstPort: null,
  replSrcPort: null,
  replDstPort: null,
  status: null,
  expire: null,
  direction: null,
})

const OPTIONS: readonly OptionEntry[] = Object.freeze([
  { name: 'ctstate', type: 'string', invert: true },
  { name: 'ctproto', type: 'protocol', invert: true },
  ...Object.keys(ADDRESSES).map((name): OptionEntry => ({ name, type: 'hostmask', invert: true })),
  { name: 'ctstatus', type: 'string', invert: true },
  { name: 'ctexpire', type: 'uint32rc', invert: true },
  ...Object.keys(PORTS).map((name): OptionEntry => ({ name, type: 'portrc', invert: true })),
  { name: 'ctdir', type: 'string' },
])

export const conntrackExtension: Extension<MatchConntrack> = Object.freeze({
  name: 'conntrack',
  options: OPTIONS,
  help: HELP,
  begin: () => new DataDraft<MatchConntrack>(NOTHING, set, check),
  print: (info, { numeric }, rule) => dump(info, '', numeric ? null : (rule ?? null)),
  save: (info) => dump(info, '--', null),
} satisfies Extension<MatchConntrack>)
