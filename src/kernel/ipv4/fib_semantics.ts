// What makes a route valid: the checks of a request in the kernel's order and words, and the route they end in
// (fib_create_info, fib_check_nh, fib_valid_prefsrc, ip_metrics_convert; net/ipv4/fib_semantics.c, metrics.c).
// Read first: the picture of scopes above fib_check_nh in the kernel. Leaves out nexthop objects, encap, realms, via inet6.
import type { Ip4 } from '../../lib/ip4.ts'
import { maskOf } from '../../lib/ip4.ts'
import { unreachable } from '../../lib/never.ts'
import {
  IFF_UP,
  type Link,
  RT_SCOPE_HOST,
  RT_SCOPE_LINK,
  RT_SCOPE_NOWHERE,
  RT_SCOPE_UNIVERSE,
} from '../../uapi/link.ts'
import {
  type NextHop,
  type Route,
  type RouteMetrics,
  type RouteType,
  RT_TABLE_LOCAL,
  RT_TABLE_MAIN,
  RTNH_F_DEAD,
  RTNH_F_LINKDOWN,
  RTNH_F_ONLINK,
  RTNH_F_PERVASIVE,
} from '../../uapi/route.ts'
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'
import { FibResult, Flow, fib_lookup, inet_addr_type_table, lookupTable } from './fib_lookup.ts'
import { FIB_FOUND, FIB_LOOKUP_IGNORE_LINKSTATE } from './fib_trie.ts'

/** LOOPBACK_IFINDEX */
const LOOPBACK_IFINDEX = 1
/** Below this a device has no IPv4 (inetdev_event). */
const IPV4_MIN_MTU = 68

/** struct fib_config, decoded and with devices as indexes. */
export interface FibConfig {
  readonly dst: Ip4
  readonly len: number
  readonly table: number
  readonly tos: number
  readonly metric: number
  readonly type: RouteType
  readonly scope: number
  readonly protocol: number
  readonly prefsrc: Ip4
  readonly gateway: Ip4
  readonly oif: number
  readonly flags: number
  readonly multipath: readonly NexthopConfig[] | null
  readonly metrics: RouteMetrics | null
}

export interface NexthopConfig {
  readonly gateway: Ip4
  readonly oif: number
  readonly weight: number
  readonly flags: number
}

/** fib_props[type].scope: the widest scope that a type may have. */
function widestScope(type: RouteType): number {
  switch (type) {
    case 'unicast':
    case 'multicast':
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
    case 'throw':
      return RT_SCOPE_UNIVERSE
    case 'broadcast':
    case 'anycast':
      return RT_SCOPE_LINK
    case 'local':
      return RT_SCOPE_HOST
    case 'nat':
      return RT_SCOPE_NOWHERE
    default:
      return unreachable(type)
  }
}

function isErrorType(type: RouteType): boolean {
  return type === 'blackhole' || type === 'unreachable' || type === 'prohibit' || type === 'throw'
}

/** fib_valid_key_len */
export function fib_valid_key_len(tx: Transaction, dst: Ip4, len: number): void {
  if (len > 32 || len < 0) tx.refuse('EINVAL', 'Invalid prefix length')
  if ((dst & ~maskOf(len)) !== 0) tx.refuse('EINVAL', 'Invalid prefix for given prefix length')
}

/** fib_create_info: the route that a request describes, or a refusal. */
export function fib_create_info(tx: Transaction, net: NetNs, cfg: FibConfig): Route {
  if (widestScope(cfg.type) > cfg.scope) tx.refuse('EINVAL', 'Invalid scope')
  if ((cfg.flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) !== 0) {
    tx.refuse('EINVAL', 'Invalid rtm_flags - can not contain DEAD or LINKDOWN')
  }
  const metrics = ip_metrics_convert(tx, cfg.metrics)
  const wanted = fib_get_nhs(tx, cfg)
  if (isErrorType(cfg.type)) {
    if (cfg.gateway !== 0 || cfg.oif !== 0 || cfg.multipath !== null) {
      tx.refuse('EINVAL', 'Gateway, device and multipath can not be specified for this route type')
    }
    return route(cfg, [NO_DEVICE], metrics)
  }
  if (cfg.scope > RT_SCOPE_HOST) tx.refuse('EINVAL', 'Invalid scope')
  const nexthops =
    cfg.scope === RT_SCOPE_HOST
      ? [hostNexthop(tx, net, wanted)]
      : wanted.map((nh) => fib_check_nh(tx, net, nh, cfg.table, cfg.scope))
  if (cfg.prefsrc !== 0 && !fib_valid_prefsrc(net, cfg)) tx.refuse('EINVAL', 'Invalid prefsrc address')
  return route(cfg, nexthops, metrics)
}

/** The nexthop of blackhole, unreachable, prohibit and throw. */
const NO_DEVICE: NextHop = Object.freeze({ gateway: 0, oif: 0, weight: 1, flags: 0, scope: RT_SCOPE_UNIVERSE })

function route(cfg: FibConfig, nexthops: readonly NextHop[], metrics: RouteMetrics | null): Route {
  return Object.freeze({
    dst: cfg.dst,
    len: cfg.len,
    table: cfg.table,
    tos: cfg.tos,
    metric: cfg.metric,
    type: cfg.type,
    scope: cfg.scope,
    protocol: cfg.protocol,
    prefsrc: cfg.prefsrc,
    nexthops: Object.freeze(nexthops),
    metrics,
  })
}

/** fib_get_nhs: the nexthops as asked for, one or many. */
function fib_get_nhs(tx: Transaction, cfg: FibConfig): readonly NexthopConfig[] {
  if (cfg.multipath === null) return [{ gateway: cfg.gateway, oif: cfg.oif, weight: 1, flags: cfg.flags }]
  if (cfg.multipath.length === 0) tx.refuse('EINVAL')
  for (const nh of cfg.multipath) {
    if ((nh.flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) !== 0) {
      tx.refuse('EINVAL', 'Invalid flags for nexthop - can not contain DEAD or LINKDOWN')
    }
  }
  const first = cfg.multipath[0]!
  if (cfg.oif !== 0 && cfg.oif !== first.oif) tx.refuse('EINVAL', 'Nexthop device index does not match RTA_OIF')
  if (cfg.gateway !== 0 && cfg.gateway !== first.gateway) {
    tx.refuse('EINVAL', 'Nexthop gateway does not match RTA_GATEWAY or RTA_VIA')
  }
  return cfg.multipath
}

/** A route of scope host: one device, no gateway, nothing to resolve. */
function hostNexthop(tx: Transaction, net: NetNs, wanted: readonly NexthopConfig[]): NextHop {
  if (wanted.length !== 1) tx.refuse('EINVAL', 'Route with host scope can not have multiple nexthops')
  const nh = wanted[0]!
  if (nh.gateway !== 0) tx.refuse('EINVAL', 'Route with host scope can not have a gateway')
  if (net.device(nh.oif) === null) tx.refuse('ENODEV')
  return nexthop(nh, nh.oif, RT_SCOPE_NOWHERE, null)
}

/** `link` says whether there is carrier; null does not ask. */
function nexthop(nh: NexthopConfig, oif: number, scope: number, link: Link | null): NextHop {
  const flags = link !== null && !link.carrier ? nh.flags | RTNH_F_LINKDOWN : nh.flags
  return Object.freeze({ gateway: nh.gateway, oif, weight: nh.weight, flags, scope })
}

function fib_check_nh(tx: Transaction, net: NetNs, nh: NexthopConfig, table: number, scope: number): NextHop {
  if (nh.gateway === 0) return fib_check_nh_nongw(tx, net, nh)
  if ((nh.flags & RTNH_F_ONLINK) !== 0) return checkOnlink(tx, net, nh, scope)
  return fib_check_nh_v4_gw(tx, net, nh, table, scope)
}

function fib_check_nh_nongw(tx: Transaction, net: NetNs, nh: NexthopConfig): NextHop {
  if ((nh.flags & (RTNH_F_PERVASIVE | RTNH_F_ONLINK)) !== 0) {
    tx.refuse('EINVAL', 'Invalid flags for nexthop - PERVASIVE and ONLINK can not be set')
  }
  const link = net.device(nh.oif)?.link
  if (link === undefined || link.mtu < IPV4_MIN_MTU) tx.refuse('ENODEV')
  if ((link.flags & IFF_UP) === 0) tx.refuse('ENETDOWN', 'Device for nexthop is not up')
  return nexthop(nh, nh.oif, RT_SCOPE_HOST, link)
}

/** onlink: the gateway is taken to be on the link whatever the routes say. */
function checkOnlink(tx: Transaction, net: NetNs, nh: NexthopConfig, scope: number): NextHop {
  if (scope >= RT_SCOPE_LINK) tx.refuse('EINVAL', 'Nexthop has invalid scope')
  const link = net.device(nh.oif)?.link
  if (link === undefined) tx.refuse('ENODEV', 'Nexthop device required for onlink')
  if ((link.flags & IFF_UP) === 0) tx.refuse('ENETDOWN', 'Nexthop device is not up')
  // inet_addr_type_dev_table: an address of another device of ours is no gateway either.
  if (inet_addr_type_table(net, nh.gateway, RT_TABLE_LOCAL) !== 'unicast') {
    tx.refuse('EINVAL', 'Nexthop has invalid gateway')
  }
  return nexthop(nh, nh.oif, RT_SCOPE_LINK, link)
}

/** The gateway has to be reached by a route of narrower scope, first looked for in the route's own table. */
function fib_check_nh_v4_gw(tx: Transaction, net: NetNs, nh: NexthopConfig, table: number, scope: number): NextHop {
  const fl = new Flow()
  fl.dst = nh.gateway
  fl.scope = Math.max(scope + 1, RT_SCOPE_LINK)
  fl.oif = nh.oif
  fl.iif = LOOPBACK_IFINDEX
  const res = new FibResult()
  let found = table !== RT_TABLE_MAIN && lookupTable(net, table, fl, res, FIB_LOOKUP_IGNORE_LINKSTATE) === FIB_FOUND
  if (!found) {
    const err = fib_lookup(net, fl, res, FIB_LOOKUP_IGNORE_LINKSTATE)
    if (err !== null) tx.refuse(err, 'Nexthop has invalid gateway')
    found = true
  }
  const via = res.route!
  if (via.type !== 'unicast' && via.type !== 'local') tx.refuse('EINVAL', 'Nexthop has invalid gateway')
  const oif = res.nexthop!.nh.oif
  const link = net.device(oif)?.link
  if (link === undefined) tx.refuse('EINVAL', 'No egress device for nexthop gateway')
  if ((link.flags & IFF_UP) === 0) tx.refuse('ENETDOWN')
  return nexthop(nh, oif, via.scope, link)
}

/** fib_valid_prefsrc: a source has to be an address of this machine, by the route's table or by table local. */
function fib_valid_prefsrc(net: NetNs, cfg: FibConfig): boolean {
  if (cfg.type === 'local' && cfg.dst !== 0 && cfg.prefsrc === cfg.dst) return true
  const table = cfg.table === RT_TABLE_MAIN ? RT_TABLE_LOCAL : cfg.table
  return (
    inet_addr_type_table(net, cfg.prefsrc, table) === 'local' ||
    inet_addr_type_table(net, cfg.prefsrc, RT_TABLE_LOCAL) === 'local'
  )
}

/** Largest values that ip_metrics_convert lets stand; larger ones are cut. */
const LIMITS: RouteMetrics = Object.freeze({ advmss: 65535 - 40, mtu: 65535 - 15, hoplimit: 255 })

/** ip_metrics_convert: zero is "not set". */
function ip_metrics_convert(tx: Transaction, given: RouteMetrics | null): RouteMetrics | null {
  if (given === null) return null
  const out: { -readonly [K in keyof RouteMetrics]: RouteMetrics[K] } = {}
  let any = false
  for (const key of Object.keys(given) as (keyof RouteMetrics)[]) {
    if (key === 'lock') continue
    const v = given[key] ?? 0
    if (!Number.isInteger(v) || v < 0 || v > 0xffffffff) tx.refuse('EINVAL', 'Invalid metric type')
    if (v === 0) continue
    out[key] = Math.min(v, LIMITS[key] ?? v)
    any = true
  }
  if (given.lock !== undefined && given.lock.length > 0) {
    out.lock = Object.freeze([...given.lock])
    any = true
  }
  return any ? Object.freeze(out) : null
}
