// How a route is spelled: ip route's lines and JSON objects, in the order of iproute2's print_route.
// Read first: print_env.ts. Leaves out what the kernel model has not: realms, encapsulations, nexthop ids.
import { formatIp4, type Ip4 } from '../../lib/ip4.ts'
import type { RouteGetReply } from '../../uapi/request.ts'
import {
  type NextHop,
  ROUTE_METRICS,
  type Route,
  type RouteMetrics,
  type RouteType,
  RT_TABLE_MAIN,
  RTNH_F_DEAD,
  RTNH_F_LINKDOWN,
  RTNH_F_OFFLOAD,
  RTNH_F_ONLINK,
  RTNH_F_PERVASIVE,
  RTPROT_BOOT,
} from '../../uapi/route.ts'
import { type PrintEnv, plainEnv } from './print_env.ts'

/** RTN_*: the types in the kernel's order, RTN_UNICAST is 1. */
export const ROUTE_TYPES: readonly RouteType[] = Object.freeze([
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'nat',
])

/** What the selectors of a listing make superfluous, and so is not printed. */
export interface RouteShown {
  readonly table: boolean
  readonly tos: boolean
  readonly gateway: boolean
  readonly dev: boolean
  readonly protocol: boolean
  readonly scope: boolean
  readonly prefsrc: boolean
  readonly metric: boolean
}

export const SHOW_ALL: RouteShown = Object.freeze({
  table: true,
  tos: true,
  gateway: true,
  dev: true,
  protocol: true,
  scope: true,
  prefsrc: true,
  metric: true,
})

const FLAG_WORDS: readonly (readonly [number, string])[] = Object.freeze([
  [RTNH_F_DEAD, 'dead'],
  [RTNH_F_ONLINK, 'onlink'],
  [RTNH_F_PERVASIVE, 'pervasive'],
  [RTNH_F_OFFLOAD, 'offload'],
  [RTNH_F_LINKDOWN, 'linkdown'],
] as const)

/** print_rt_flags */
function printFlags(env: PrintEnv, flags: number, more: readonly string[] = []): void {
  env.out.openArray('flags')
  for (const [bit, word] of FLAG_WORDS) if (flags & bit) env.out.field(null, word, `${word} `)
  for (const word of more) env.out.field(null, word, `${word} `)
  env.out.closeArray()
}

function printGateway(env: PrintEnv, gateway: Ip4): void {
  const host = env.host(gateway)
  env.out.text('via ')
  env.out.field('gateway', host, `${host} `, 'inet')
}

function printDevice(env: PrintEnv, key: 'dev' | 'iif', ifindex: number): void {
  const name = env.name(ifindex)
  env.out.text(`${key} `)
  env.out.field(key, name, `${name} `, 'ifname')
}

/** Milliseconds, or seconds from one second on. */
function milliseconds(ms: number): string {
  return ms >= 1000 ? `${Number((ms / 1000).toPrecision(6))}s` : `${ms}ms`
}

/** print_rta_metrics; the kernel keeps rtt in eighths and rttvar in quarters of a millisecond. */
function printMetrics(env: PrintEnv, m: RouteMetrics): void {
  env.out.openArray('metrics')
  env.out.openObject()
  for (const name of ROUTE_METRICS) {
    const value = m[name]
    const locked = m.lock?.includes(name) === true
    if (value === undefined && !locked) continue
    const raw = value ?? 0
    env.out.text(`${name} ${locked ? 'lock ' : ''}`)
    const shown = name === 'rtt' ? Math.floor(raw / 8) : name === 'rttvar' ? Math.floor(raw / 4) : raw
    const isTime = name === 'rtt' || name === 'rttvar' || name === 'rto_min'
    env.out.field(name, shown, `${isTime ? milliseconds(shown) : shown} `)
  }
  env.out.closeObject()
  env.out.closeArray()
}

function printNextHops(env: PrintEnv, hops: readonly NextHop[]): void {
  env.out.openArray('nexthops')
  for (const hop of hops) {
    env.out.openObject()
    env.out.text(`${env.out.separator}\tnexthop `)
    if (hop.gateway !== 0) printGateway(env, hop.gateway)
    const dev = env.name(hop.oif)
    env.out.field('dev', dev, `dev ${dev} `)
    env.out.field('weight', hop.weight, `weight ${hop.weight} `)
    printFlags(env, hop.flags)
    env.out.closeObject()
  }
  env.out.closeArray()
}

export function routeTypeName(env: PrintEnv, type: RouteType): string {
  return env.names.numeric ? String(ROUTE_TYPES.indexOf(type) + 1) : type
}

/** Type and destination. */
function printHead(env: PrintEnv, r: Route): void {
  if (r.type !== 'unicast' || env.opt.details) {
    const type = routeTypeName(env, r.type)
    env.out.field('type', type, `${type} `)
  }
  const dst = r.len === 0 ? 'default' : r.len === 32 ? env.host(r.dst) : `${formatIp4(r.dst)}/${r.len}`
  env.out.field('dst', dst, `${dst} `, r.len === 0 ? undefined : 'inet')
}

/** From the gateway to the table: where it leads. */
function printWay(env: PrintEnv, r: Route, shown: RouteShown): void {
  const { out, names } = env
  if (r.tos !== 0 && shown.tos) {
    const tos = names.dsfieldName(r.tos)
    out.field('tos', tos, `tos ${tos} `)
  }
  const hop = r.nexthops.length === 1 ? r.nexthops[0] : undefined
  if (hop !== undefined && hop.gateway !== 0 && shown.gateway) printGateway(env, hop.gateway)
  if (hop !== undefined && hop.oif !== 0 && shown.dev) printDevice(env, 'dev', hop.oif)
  if (r.table !== 0 && (r.table !== RT_TABLE_MAIN || env.opt.details) && shown.table) {
    const table = names.tableName(r.table)
    out.field('table', table, `table ${table} `)
  }
}

function printOrigin(env: PrintEnv, r: Route, shown: RouteShown): void {
  const { out, names } = env
  if ((r.protocol !== RTPROT_BOOT || env.opt.details) && shown.protocol) {
    const proto = names.protoName(r.protocol)
    out.field('protocol', proto, `proto ${proto} `)
  }
  if ((r.scope !== 0 || env.opt.details) && shown.scope) {
    const scope = names.scopeName(r.scope)
    out.field('scope', scope, `scope ${scope} `)
  }
}

function printPrefsrc(env: PrintEnv, prefsrc: Ip4): void {
  const text = formatIp4(prefsrc)
  env.out.text('src ')
  env.out.field('prefsrc', text, `${text} `, 'inet')
}

/** An entry of a table. Ends with a newline. */
export function printRoute(env: PrintEnv, r: Route, shown: RouteShown = SHOW_ALL, deleted = false): void {
  const { out } = env
  out.openObject()
  if (deleted) out.field('deleted', true, 'Deleted ')
  printHead(env, r)
  printWay(env, r, shown)
  printOrigin(env, r, shown)
  if (r.prefsrc !== 0 && shown.prefsrc) printPrefsrc(env, r.prefsrc)
  if (r.metric !== 0 && shown.metric) out.field('metric', r.metric, `metric ${r.metric} `)
  printFlags(env, r.nexthops.length === 1 ? r.nexthops[0]!.flags : 0)
  if (r.metrics !== null) printMetrics(env, r.metrics)
  if (r.nexthops.length > 1) printNextHops(env, r.nexthops)
  out.text('\n')
  out.closeObject()
}

/** RTCF_* as "cache <local,brd>" has them, in iproute2's order. */
const CACHE_WORDS = Object.freeze(['local', 'reject', 'mc', 'brd', 'redirected', 'redirect', 'notify'] as const)

function printCache(env: PrintEnv, g: RouteGetReply): void {
  const { out } = env
  const words = CACHE_WORDS.filter((w) => g.cacheFlags.includes(w))
  out.text(`${out.separator}    cache ${words.length > 0 ? `<${words.join(',')}> ` : ''}`)
  out.openArray('cache')
  for (const w of words) out.member(null, w)
  out.closeArray()
  if (g.expires !== null && g.expires !== 0) out.field('expires', g.expires, `expires ${g.expires}sec `)
}

function cloneMetrics(g: RouteGetReply): RouteMetrics | null {
  if (g.mtu === null) return g.route.metrics
  const lock = [...(g.route.metrics?.lock ?? []), ...(g.mtuLock ? ['mtu'] : [])]
  return { ...g.route.metrics, mtu: g.mtu, ...(lock.length > 0 ? { lock } : {}) }
}

/** The answer of ip route get, or a line of ip route show cache. `uid` says whether the kernel tells one. */
export function printClone(env: PrintEnv, g: RouteGetReply, uid: boolean, shown: RouteShown = SHOW_ALL): void {
  const { out } = env
  const r = g.route
  out.openObject()
  printHead(env, r)
  if (g.src !== null) {
    const from = env.host(g.src)
    out.field('from', from, `from ${from} `, 'inet')
  }
  printWay(env, r, shown)
  if (r.prefsrc !== 0 && r.prefsrc !== g.src) printPrefsrc(env, r.prefsrc)
  // RTCF_MULTICAST and RTM_F_OFFLOAD_FAILED are the same bit, and iproute2 6.1 says both
  const offload = g.cacheFlags.includes('mc') ? ['rt_offload_failed'] : []
  printFlags(env, r.nexthops[0]!.flags, offload)
  if (g.mark !== 0) {
    const mark = g.mark >>> 0
    out.field('mark', mark, `mark ${mark >= 16 ? `0x${mark.toString(16)}` : mark} `)
  }
  if (uid) out.field('uid', g.uid, `uid ${g.uid} `)
  printCache(env, g)
  const metrics = cloneMetrics(g)
  if (metrics !== null) printMetrics(env, metrics)
  if (g.iif !== null) printDevice(env, 'iif', g.iif)
  out.text('\n')
  out.closeObject()
}

/** The line of a listing, without the newline and with its trailing space; multipath routes have several lines. */
export function formatRoute(r: Route, device: (ifindex: number) => string): string {
  const env = plainEnv(device)
  printRoute(env, r)
  return env.out.take().slice(0, -1)
}
