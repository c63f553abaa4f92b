// The address and port range that SNAT, DNAT, MASQUERADE and REDIRECT share (extensions/libxt_NAT.c).
// Read first: extension.ts; uapi/xt_target.ts, NatRange.
import { formatIp4, parseIp4 } from '../../../lib/ip4.ts'
import type { NatRange } from '../../../uapi/xt_target.ts'
import { IPPROTO_ICMP, IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP } from '../../../wire/ipv4.ts'
import { servicePort } from '../../lib/netdb.ts'
import { dottedQuad } from '../address.ts'
import type { Draft, FinalCall, OptionCall } from '../extension.ts'
import { strtoul } from '../number.ts'

const IPPROTO_DCCP = 33
const PORT_MAX = 0xffff

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** xtables_strtoui with an end pointer: the leading number and what is behind it, null when it is none or not within the limits. */
function leadingPort(text: string, min: number): { readonly port: number; readonly rest: string } | null {
  const n = strtoul(text)
  return n === null || n.value < min || n.value > PORT_MAX ? null : { port: n.value, rest: n.rest }
}

/** xtables_service_to_port(name, NULL) */
function servicePortOf(name: string, call: OptionCall): number {
  return servicePort(name, 'tcp') ?? servicePort(name, 'udp') ?? call.problem(`Port \`${name}' not valid`)
}

/** parse_ports: "80", "80-90", "80-90/8080"; a service may stand where one number may. */
function parsePorts(arg: string, call: OptionCall, range: Mutable<NatRange>): void {
  const p = call.rule.protocol
  const allowed =
    p === IPPROTO_TCP || p === IPPROTO_UDP || p === IPPROTO_SCTP || p === IPPROTO_DCCP || p === IPPROTO_ICMP
  if (!allowed) call.problem('Need TCP, UDP, SCTP or DCCP with port specification')
  const first = leadingPort(arg, 0) ?? { port: servicePortOf(arg, call), rest: '' }
  const { port, rest } = first
  range.port = { min: port, max: port }
  if (rest === '') return
  if (rest[0] === ':') call.problem('Invalid port:port syntax - use dash')
  if (rest[0] !== '-') call.problem(`Garbage after port value: \`${rest}'`)
  const last = rest.slice(1)
  const top = leadingPort(last, 0) ?? call.problem(`Port \`${last}' not valid`)
  if (top.port < port) call.problem(`Port range \`${last}' funky`)
  range.port = { min: port, max: top.port }
  if (top.rest === '') return
  if (top.rest[0] !== '/') call.problem(`Garbage after port range: \`${top.rest}'`)
  const base = top.rest.slice(1)
  range.portBase = leadingPort(base, 1)?.port ?? servicePortOf(base, call)
}

/** parse_to: "[address[-address]][:ports]" */
function parseTo(arg: string, call: OptionCall, range: Mutable<NatRange>): void {
  if (arg.includes('[')) call.problem('Invalid address format')
  const at = arg.indexOf(':')
  const colon = at >= 0 && arg.indexOf(':', at + 1) < 0 ? at : -1
  if (colon >= 0) {
    parsePorts(arg.slice(colon + 1), call, range)
    if (colon === 0) return
  }
  const addresses = colon >= 0 ? arg.slice(0, colon) : arg
  const dash = addresses.indexOf('-')
  const min = address(dash < 0 ? addresses : addresses.slice(0, dash), call)
  range.addr = { min, max: dash < 0 ? min : address(addresses.slice(dash + 1), call) }
}

function address(text: string, call: OptionCall): number {
  return dottedQuad(text) ?? parseIp4(text) ?? call.problem(`Bad IP address "${text}"`)
}

/** What a command line says, of each of the four targets; `check` is the target's own final check. */
export class NatDraft<N extends string> implements Draft<NatRange & { readonly name: N }> {
  private readonly info: Mutable<NatRange & { readonly name: N }>
  private readonly check: ((range: NatRange, call: FinalCall) => Partial<NatRange>) | null

  constructor(name: N, check: ((range: NatRange, call: FinalCall) => Partial<NatRange>) | null = null) {
    this.info = {
      name,
      addr: null,
      port: null,
      portBase: null,
      random: false,
      randomFully: false,
      persistent: false,
    } as Mutable<NatRange & { readonly name: N }>
    this.check = check
  }

  parse(call: OptionCall): void {
    const range: Mutable<NatRange> = this.info
    switch (call.entry.name) {
      case 'to-source':
      case 'to-destination':
        parseTo(call.arg, call, range)
        return
      case 'to-ports':
        parsePorts(call.arg, call, range)
        return
      case 'random':
        range.random = true
        return
      case 'random-fully':
        range.randomFully = true
        return
      default:
        range.persistent = true
    }
  }

  finish(call: FinalCall): NatRange & { readonly name: N } {
    const more = this.check?.(this.info, call)
    return more === undefined ? this.info : { ...this.info, ...more }
  }
}

/** sprint_range, without the leading colon when there is no address and `bare`. */
function rangeText(r: NatRange, bare: boolean): string {
  let text = ''
  if (r.addr !== null) {
    text = formatIp4(r.addr.min)
    if (r.addr.max !== r.addr.min) text += `-${formatIp4(r.addr.max)}`
  }
  if (r.port === null) return text
  let ports = `${r.port.min}`
  if (r.port.max !== r.port.min) ports += `-${r.port.max}`
  if (r.portBase !== null) ports += `/${r.portBase}`
  return text === '' && bare ? ports : `${text}:${ports}`
}

/** __NAT_print: `option` before the range, `dashes` before each flag. */
export function printNat(r: NatRange, option: string, dashes: string, bare: boolean): string {
  const parts: string[] = []
  const range = rangeText(r, bare)
  if (range !== '') parts.push(option + range)
  if (r.random) parts.push(`${dashes}random`)
  if (r.randomFully) parts.push(`${dashes}random-fully`)
  if (r.persistent) parts.push(`${dashes}persistent`)
  return parts.join(' ')
}

/** The kernel's older forms have no room for a base: it reads as 0. */
export function withoutBase(r: NatRange): Partial<NatRange> {
  return r.portBase === null ? {} : { portBase: 0 }
}

/** DNAT_fcheck, which REDIRECT uses. */
export function refuseBase(r: NatRange, call: FinalCall): Partial<NatRange> {
  return r.portBase === null ? {} : call.problem('Shifted portmap ranges not supported with this kernel')
}
