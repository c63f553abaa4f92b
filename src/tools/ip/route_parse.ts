// The words of a route: what ip route add|del|… takes, and what a listing shows. Both become the same draft; they differ
// in what an absent word means (route_modify.ts, text.ts). Read first: args.ts, prefix.ts, route_metrics.ts.
// Leaves out (refused by name): encap, nhid, realms, as, from, vrf, expires, pref, ttl-propagate, congctl, features,
// fastopen_no_cookie, gateways of other families.
import type { Ip4 } from '../../lib/ip4.ts'
import {
  type RouteType,
  RTNH_F_DEAD,
  RTNH_F_LINKDOWN,
  RTNH_F_OFFLOAD,
  RTNH_F_ONLINK,
  RTNH_F_PERVASIVE,
} from '../../uapi/route.ts'
import { ToolExit } from '../lib/exit.ts'
import { type Args, matches } from './args.ts'
import { duplicateOrGarbage, EXIT_USAGE, invalidArgument, noDevice, notModelled } from './exit.ts'
import { ROUTE_HELP, usage } from './help.ts'
import type { Names } from './names.ts'
import { parseU32, strtol } from './numbers.ts'
import { type Family, parseAddr, parsePrefix } from './prefix.ts'
import type { DeviceNames } from './print_env.ts'
import { type MetricsDraft, takeEarlyMetric, takeLateMetric } from './route_metrics.ts'
import { ROUTE_TYPES } from './route_print.ts'

export interface NextHopDraft {
  gateway?: Ip4
  oif?: number
  weight?: number
  flags: number
}

/** What was said. */
export interface RouteDraft {
  family: Family
  /** Null until a destination is seen. */
  dst: { readonly addr: Ip4; readonly len: number } | null
  type?: RouteType
  table?: number
  tos?: number
  metric?: number
  protocol?: number
  scope?: number
  prefsrc?: Ip4
  gateway?: Ip4
  /** Name of the device, looked up when everything has been read. */
  dev?: string
  flags: number
  readonly metrics: MetricsDraft
  /** Null when no "nexthop" was said. */
  nexthops: NextHopDraft[] | null
}

interface RouteWords {
  readonly names: Names
  readonly devices: DeviceNames
  /** Accept the words that only listings have: dead, linkdown, pervasive, offload. */
  readonly listed: boolean
}

/** rtnl_rtntype_a2n; null when the word is no type. */
export function parseRouteType(word: string): RouteType | 'xresolve' | null {
  for (const t of ['local', 'nat', 'throw'] as const) if (word === t) return t
  if (word === 'brd') return 'broadcast'
  const short = ['broadcast', 'anycast', 'multicast', 'prohibit', 'unreachable', 'blackhole', 'xresolve', 'unicast']
  const found = short.find((t) => matches(word, t))
  if (found !== undefined) return found as RouteType | 'xresolve'
  const n = strtol(word)
  if (n === null || n.rest !== '') return null
  return ROUTE_TYPES[n.value - 1] ?? (n.value === 11 ? 'xresolve' : null)
}

const LISTED_FLAGS: Readonly<Record<string, number>> = Object.freeze({
  dead: RTNH_F_DEAD,
  linkdown: RTNH_F_LINKDOWN,
  pervasive: RTNH_F_PERVASIVE,
  offload: RTNH_F_OFFLOAD,
})

/** The bit of a flag word, 0 when it is none. */
const flagOf = (word: string, listed: boolean): number =>
  word === 'onlink' ? RTNH_F_ONLINK : listed ? (LISTED_FLAGS[word] ?? 0) : 0

/** "via [inet] ADDRESS" after its keyword. */
function takeGateway(args: Args, d: RouteDraft): Ip4 {
  let text = args.next()
  if (['inet6', 'mpls', 'bridge', 'link'].includes(text)) notModelled(`a gateway of family ${text}`)
  let family = d.family
  if (text === 'inet') {
    family = 'inet'
    text = args.next()
  }
  const a = parseAddr(text, family)
  if (d.family === 'unspec') d.family = a.family
  return a.addr
}

function takeWeight(args: Args): number {
  const text = args.next()
  const w = parseU32(text)
  return w === null || w === 0 || w > 256 ? invalidArgument('"weight" is invalid\n', text) : w
}

/** One next hop after its keyword; stops at the next "nexthop" and at what it does not know. */
function takeNextHop(args: Args, d: RouteDraft, words: RouteWords): NextHopDraft {
  const hop: NextHopDraft = { flags: 0 }
  while (args.more) {
    const key = args.peek
    const flag = flagOf(key, words.listed)
    if (flag === 0 && !['via', 'dev', 'weight'].includes(key)) {
      if (key === 'encap' || key === 'as' || matches(key, 'realms')) notModelled(`ip route nexthop ${key}`)
      break
    }
    args.take()
    if (flag !== 0) hop.flags |= flag
    else if (key === 'via') hop.gateway = takeGateway(args, d)
    else if (key === 'weight') hop.weight = takeWeight(args)
    else {
      const name = args.next()
      hop.oif = words.devices.index(name)
      if (hop.oif === 0) throw new ToolExit(`Cannot find device "${name}"\nError: cannot parse nexthop\n`, EXIT_USAGE)
    }
  }
  return hop
}

function takeNextHops(args: Args, d: RouteDraft, words: RouteWords): NextHopDraft[] {
  const hops: NextHopDraft[] = []
  while (args.more) {
    const key = args.take()
    if (key !== 'nexthop') {
      throw new ToolExit(`Error: "nexthop" or end of line is expected instead of "${key}"\n`, EXIT_USAGE)
    }
    if (!args.more) throw new ToolExit('Error: unexpected end of line after "nexthop"\n', EXIT_USAGE)
    hops.push(takeNextHop(args, d, words))
  }
  return hops
}

/** A value that a table of names knows. */
function takeName(args: Args, id: (text: string) => number | null, message: string): number {
  const text = args.next()
  return id(text) ?? invalidArgument(message, text)
}

/** Options of the real tool that the model has not. */
function refuseOption(key: string): void {
  const whole = ['as', 'from', 'expires', 'nhid', 'encap', 'ttl-propagate']
  const short = ['features', 'congctl', 'realms', 'pref', 'fastopen_no_cookie']
  if (whole.includes(key) || short.some((w) => matches(key, w))) notModelled(`ip route ${key}`)
}

/** [ to ] [ TYPE ] PREFIX, whose first word was taken already. */
function takeDestination(first: string, args: Args, d: RouteDraft): void {
  let word = first === 'to' ? args.next() : first
  if (!/^[0-9]/.test(word)) {
    const type = parseRouteType(word)
    if (type !== null) {
      // a route type without a function in Linux
      if (type === 'xresolve') notModelled('ip route xresolve')
      d.type = type
      word = args.next()
    }
  }
  if (matches(word, 'help')) usage(ROUTE_HELP)
  if (d.dst !== null) duplicateOrGarbage('to', word)
  const p = parsePrefix(word, d.family)
  if (d.family === 'unspec') d.family = p.family
  d.dst = { addr: p.addr, len: p.len }
}

/** What is said by name before the metrics. True when `key` was understood. */
function takeNamed(key: string, args: Args, d: RouteDraft, names: Names): boolean {
  if (key === 'src') {
    const a = parseAddr(args.next(), d.family)
    if (d.family === 'unspec') d.family = a.family
    d.prefsrc = a.addr
  } else if (key === 'via') {
    if (d.gateway !== undefined) invalidArgument('use nexthop syntax to specify multiple via\n', key)
    d.gateway = takeGateway(args, d)
  } else if (key === 'tos' || matches(key, 'dsfield')) {
    d.tos = takeName(args, names.dsfieldId, '"tos" value is invalid\n')
  } else if (matches(key, 'metric') || matches(key, 'priority') || key === 'preference') {
    d.metric = takeName(args, parseU32, '"metric" value is invalid\n')
  } else if (key === 'scope') d.scope = takeName(args, names.scopeId, 'invalid "scope" value\n')
  else return false
  return true
}

/** What is said by name after the metrics. */
function takeNamedLate(key: string, args: Args, d: RouteDraft, words: RouteWords): boolean {
  const { names } = words
  const flag = flagOf(key, words.listed)
  if (flag !== 0) d.flags |= flag
  else if (matches(key, 'protocol')) d.protocol = takeName(args, names.protoId, '"protocol" value is invalid\n')
  else if (matches(key, 'table')) d.table = takeName(args, names.tableId, '"table" value is invalid\n')
  else if (matches(key, 'vrf')) invalidArgument('Invalid VRF\n', args.next())
  else if (key === 'dev' || key === 'oif') d.dev = args.next()
  else return false
  return true
}

/** iproute_modify's loop: everything up to the end or the next hops, which are read last. */
export function parseRouteDraft(args: Args, family: Family, words: RouteWords): RouteDraft {
  const d: RouteDraft = { family, dst: null, flags: 0, metrics: { values: {}, lock: [] }, nexthops: null }
  let multipath = false
  while (args.more) {
    if (args.peek === 'nexthop') {
      multipath = true
      break
    }
    const key = args.take()
    if (takeNamed(key, args, d, words.names)) continue
    if (takeEarlyMetric(key, args, d.metrics, words.listed)) continue
    if (takeLateMetric(key, args, d.metrics, words.listed)) continue
    if (takeNamedLate(key, args, d, words)) continue
    refuseOption(key)
    takeDestination(key, args, d)
  }
  if (d.dst === null) usage(ROUTE_HELP)
  if (d.dev !== undefined && words.devices.index(d.dev) === 0) noDevice(d.dev)
  if (multipath) d.nexthops = takeNextHops(args, d, words)
  return d
}
