// -m policy (extensions/libxt_policy.c). Read first: uapi/xt.ts, MatchPolicy.
import { formatIp4 } from '../../../lib/ip4.ts'
import type { AddrMask, MatchPolicy, PolicyElement } from '../../../uapi/xt.ts'
import type { Draft, Extension, FinalCall, OptionCall } from '../extension.ts'
import { protocolName } from '../protocols.ts'
import { prefixOf } from '../values.ts'
import { joined, type Mutable, not } from './draft.ts'

const HELP = `policy match options:
  --dir in|out			match policy applied during decapsulation/
				policy to be applied during encapsulation
  --pol none|ipsec		match policy
  --strict 			match entire policy instead of single element
				at any position
These options may be used repeatedly, to describe policy elements:
[!] --reqid reqid		match reqid
[!] --spi spi			match SPI
[!] --proto proto		match protocol (ah/esp/ipcomp)
[!] --mode mode 		match mode (transport/tunnel)
[!] --tunnel-src addr/mask	match tunnel source
[!] --tunnel-dst addr/mask	match tunnel destination
  --next 			begin next element in policy
`

/** XT_POLICY_MAX_ELEM */
const MOST = 4
const IPPROTO_ESP = 50
const IPPROTO_AH = 51
const IPPROTO_COMP = 108

type Element = Mutable<PolicyElement>

const emptyElement = (): Element => ({
  reqid: null,
  spi: null,
  proto: null,
  mode: null,
  tunnelSrc: null,
  tunnelDst: null,
})

function mode(arg: string, call: OptionCall): 'transport' | 'tunnel' {
  return arg === 'transport' || arg === 'tunnel' ? arg : call.problem(`policy match: invalid mode "${arg}"`)
}

/** One option of an element; given twice it is an error. */
function setElement(e: Element, call: OptionCall): void {
  const { value, invert, entry } = call
  const once = (before: object | null): void => {
    if (before !== null) call.problem(`policy match: double --${entry.name} option`)
  }
  switch (entry.name) {
    case 'reqid':
    case 'spi':
      once(e[entry.name])
      if (value.type === 'number') e[entry.name] = { value: value.value, mask: 0xffffffff, invert }
      break
    case 'proto':
      once(e.proto)
      if (value.type === 'number') {
        const protocol = value.value & 0xff
        if (protocol !== IPPROTO_AH && protocol !== IPPROTO_ESP && protocol !== IPPROTO_COMP)
          call.problem('policy match: protocol must be ah/esp/ipcomp')
        e.proto = { protocol, invert }
      }
      break
    case 'mode':
      once(e.mode)
      e.mode = { mode: mode(call.arg, call), invert }
      break
    case 'tunnel-src':
      once(e.tunnelSrc)
      if (value.type === 'address') e.tunnelSrc = { addr: value.addr, mask: value.mask, invert }
      break
    default:
      once(e.tunnelDst)
      if (value.type === 'address') e.tunnelDst = { addr: value.addr, mask: value.mask, invert }
  }
}

class PolicyDraft implements Draft<MatchPolicy> {
  private dir: 'in' | 'out' | null = null
  private none = false
  private strict = false
  private readonly elements: Element[] = [emptyElement()]

  parse(call: OptionCall): void {
    const { arg } = call
    switch (call.entry.name) {
      case 'dir':
        this.dir = arg === 'in' || arg === 'out' ? arg : call.problem(`policy_match: invalid dir "${arg}"`)
        break
      case 'pol':
        this.none = arg === 'none'
        if (!this.none && arg !== 'ipsec') call.problem(`policy match: invalid policy "${arg}"`)
        break
      case 'strict':
        this.strict = true
        break
      case 'next':
        if (this.elements.length === MOST) call.problem('policy match: maximum policy depth reached')
        this.elements.push(emptyElement())
        break
      default:
        setElement(this.elements[this.elements.length - 1]!, call)
    }
  }

  finish(call: FinalCall): MatchPolicy {
    const { none, strict, elements } = this
    const dir = this.dir ?? call.problem('policy match: neither --dir in nor --dir out specified')
    if (none) {
      if (strict) call.problem('policy match: policy none but --strict given')
      if (elements.length !== 1) call.problem('policy match: policy none but policy given')
    } else for (const [i, e] of elements.entries()) this.checkElement(e, i, call)
    const kept = none ? [] : elements.map((e) => Object.freeze(e))
    return { name: 'policy', dir, pol: none ? 'none' : 'ipsec', strict, elements: Object.freeze(kept) }
  }

  private checkElement(e: Element, i: number, call: FinalCall): void {
    if (this.strict && Object.values(e).every((field) => field === null))
      call.problem(
        `policy match: empty policy element ${i}. --strict is in effect, but at least one of ` +
          'reqid, spi, tunnel-src, tunnel-dst, proto or mode is required.',
      )
    if (e.tunnelSrc === null && e.tunnelDst === null) return
    if (e.mode !== null && (e.mode.mode === 'tunnel') === e.mode.invert)
      call.problem('policy match: --tunnel-src/--tunnel-dst is only valid in tunnel mode')
  }
}

/** xtables_ipmask_to_numeric: nothing for a whole address. */
function address(a: AddrMask): string {
  const len = prefixOf(a.mask)
  return formatIp4(a.addr) + (len === 32 ? '' : `/${len ?? formatIp4(a.mask)}`)
}

function elementText(e: PolicyElement, p: string, numeric: boolean): string[] {
  const out: string[] = []
  if (e.reqid !== null) out.push(`${not(e.reqid.invert)}${p}reqid ${e.reqid.value}`)
  if (e.spi !== null) out.push(`${not(e.spi.invert)}${p}spi 0x${e.spi.value.toString(16)}`)
  if (e.proto !== null) {
    const name = numeric ? null : protocolName(e.proto.protocol)
    out.push(`${not(e.proto.invert)}${p}proto ${name ?? e.proto.protocol}`)
  }
  if (e.mode !== null) out.push(`${not(e.mode.invert)}${p}mode ${e.mode.mode}`)
  if (e.tunnelDst !== null) out.push(`${not(e.tunnelDst.invert)}${p}tunnel-dst ${address(e.tunnelDst)}`)
  if (e.tunnelSrc !== null) out.push(`${not(e.tunnelSrc.invert)}${p}tunnel-src ${address(e.tunnelSrc)}`)
  return out
}

function flags(m: MatchPolicy, p: string): string {
  return `${p}dir ${m.dir} ${p}pol ${m.pol}${m.strict ? ` ${p}strict` : ''}`
}

export const policyExtension: Extension<MatchPolicy> = Object.freeze({
  name: 'policy',
  options: Object.freeze([
    { name: 'dir', type: 'string' },
    { name: 'pol', type: 'string' },
    { name: 'strict', type: 'none' },
    { name: 'reqid', type: 'uint32', multi: true, invert: true },
    { name: 'spi', type: 'uint32', multi: true, invert: true },
    { name: 'tunnel-src', type: 'hostmask', multi: true, invert: true },
    { name: 'tunnel-dst', type: 'hostmask', multi: true, invert: true },
    { name: 'proto', type: 'protocol', multi: true, invert: true },
    { name: 'mode', type: 'string', multi: true, invert: true },
    { name: 'next', type: 'none', multi: true, also: ['strict'] },
  ] as const),
  help: HELP,
  begin: () => new PolicyDraft(),
  print: (m, o) => {
    const many = m.elements.length > 1
    const parts = m.elements.flatMap((e, i) => [many ? `[${i}]` : '', ...elementText(e, '', o.numeric)])
    return joined(['policy match', flags(m, ''), ...parts])
  },
  save: (m) => {
    const last = m.elements.length - 1
    const parts = m.elements.flatMap((e, i) => [...elementText(e, '--', false), i < last ? '--next' : ''])
    return joined([flags(m, '--'), ...parts])
  },
} satisfies Extension<MatchPolicy>)
