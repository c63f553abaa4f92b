// How things are spelled: a renderer gets these as an argument, so that host can bind the tools' own wording.
// Read first: text.ts. The plain ones here need nothing but the events.
import { formatIp4 } from '../lib/ip4.ts'
import { unreachable } from '../lib/never.ts'
import { NUD_NAMES } from '../uapi/neigh.ts'
import type { IptRule } from '../uapi/netfilter.ts'
import {
  type NextHop,
  type Route,
  RT_TABLE_DEFAULT,
  RT_TABLE_LOCAL,
  RT_TABLE_MAIN,
  RTNH_F_ONLINK,
  type Rule,
} from '../uapi/route.ts'
import type { Packet } from '../wire/packet.ts'
import { packetText } from './packet_text.ts'

export interface Printers {
  /** Name of a namespace. */
  netns(id: number): string
  /** Name of a device. */
  device(netns: number, ifindex: number): string
  /** A route by the nexthop that was taken, without its table: "default via 10.0.0.1 dev eth0". */
  route(netns: number, route: Route, nexthop: NextHop | null): string
  /** A routing table: "main", "100". */
  table(id: number): string
  /** A policy rule: "100: from 10.0.0.0/8 lookup 7". */
  rule(rule: Rule): string
  /** A rule of iptables as iptables-save spells it, without "-A CHAIN". */
  iptRule(rule: IptRule): string
  /** A packet in one line. */
  packet(pkt: Packet): string
  /** A NUD_… state: "REACHABLE". */
  neighState(state: number): string
}

export function neighStateName(state: number): string {
  return NUD_NAMES.find(([bit]) => (state & bit) !== 0)?.[1] ?? 'NONE'
}

export function tableName(id: number): string {
  if (id === RT_TABLE_MAIN) return 'main'
  if (id === RT_TABLE_LOCAL) return 'local'
  return id === RT_TABLE_DEFAULT ? 'default' : String(id)
}

function prefixText(addr: number, len: number): string {
  if (len === 0) return 'default'
  return len === 32 ? formatIp4(addr) : `${formatIp4(addr)}/${len}`
}

function routeText(device: (ifindex: number) => string, route: Route, nexthop: NextHop | null): string {
  const type = route.type === 'unicast' ? '' : `${route.type} `
  const words = [`${type}${prefixText(route.dst, route.len)}`]
  if (nexthop !== null && nexthop.gateway !== 0) words.push(`via ${formatIp4(nexthop.gateway)}`)
  if (nexthop !== null && nexthop.oif !== 0) words.push(`dev ${device(nexthop.oif)}`)
  if (nexthop !== null && nexthop.gateway === 0 && route.type === 'unicast') words.push('scope link')
  if (nexthop !== null && (nexthop.flags & RTNH_F_ONLINK) !== 0) words.push('onlink')
  if (route.metric !== 0) words.push(`metric ${route.metric}`)
  return words.join(' ')
}

function ruleText(rule: Rule): string {
  const words = [`${rule.pref}:`]
  if (rule.invert) words.push('not')
  words.push('from', rule.srcLen === 0 ? 'all' : prefixText(rule.src, rule.srcLen))
  if (rule.dstLen !== 0) words.push('to', prefixText(rule.dst, rule.dstLen))
  if (rule.iif !== null) words.push('iif', rule.iif)
  if (rule.oif !== null) words.push('oif', rule.oif)
  if (rule.mark !== 0 || rule.markMask !== 0) words.push('fwmark', `0x${(rule.mark >>> 0).toString(16)}`)
  if (rule.action === 'lookup') words.push('lookup', tableName(rule.table))
  else words.push(rule.action === 'goto' ? `goto ${rule.goto}` : rule.action)
  return words.join(' ')
}

/** Names as a machine knows them; absent ones are shown by number. */
export interface Names {
  readonly netns?: ReadonlyMap<number, string>
  /** By namespace, then ifindex. */
  readonly devices?: ReadonlyMap<number, ReadonlyMap<number, string>>
}

/** What a rule does, where nobody knows how to spell what it asks. */
function targetText({ target }: IptRule): string {
  switch (target.kind) {
    case 'none':
      return 'no target'
    case 'verdict':
      return `-j ${target.verdict}`
    case 'chain':
      return `${target.goto ? '-g' : '-j'} ${target.chain}`
    case 'target':
      return `-j ${target.target.name}`
    default:
      return unreachable(target)
  }
}

/** Printers that need no tools. */
export function plainPrinters(names: Names = {}): Printers {
  const device = (netns: number, ifindex: number): string =>
    names.devices?.get(netns)?.get(ifindex) ?? (ifindex === 1 ? 'lo' : `if${ifindex}`)
  return {
    netns: (id) => names.netns?.get(id) ?? `netns${id}`,
    device,
    route: (netns, route, nexthop) => routeText((i) => device(netns, i), route, nexthop),
    table: tableName,
    rule: ruleText,
    iptRule: targetText,
    packet: packetText,
    neighState: neighStateName,
  }
}
