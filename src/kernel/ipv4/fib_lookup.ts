// The routing decision: rules, then tables by longest prefix (net/ipv4/fib_rules.c, fib_trie.c, fib_semantics.c).
// Read first: uapi/route.ts; then fib_trie.ts (one table) and fib_rule_match.ts (the rules).
import type { Errno } from '../../lib/errno.ts'
import { type Ip4, isLimitedBroadcast, isMulticast, isZeronet } from '../../lib/ip4.ts'
import { RT_SCOPE_LINK } from '../../uapi/link.ts'
import { NUD_REACHABLE, NUD_VALID } from '../../uapi/neigh.ts'
import {
  type NextHop,
  type Route,
  RT_TABLE_LOCAL,
  RT_TABLE_MAIN,
  RTNH_F_DEAD,
  RTNH_F_LINKDOWN,
  type Rule,
} from '../../uapi/route.ts'
import type { NetNs } from '../core/netns.ts'
import { type FibCache, fibOf } from './fib_cache.ts'
import { fib_rules_lookup } from './fib_rule_match.ts'
import {
  type CompiledFib,
  FIB_FAIL,
  FIB_FOUND,
  fib_table_lookup,
  fibNexthop,
  ip_ignore_linkdown,
  lookupMerged,
} from './fib_trie.ts'

/** struct flowi4: what a lookup is about. Mutable, reused by the packet path. */
export class Flow {
  dst: Ip4 = 0
  src: Ip4 = 0
  /** ifindex: of the input device on input; of lo for locally made packets. */
  iif = 0
  /** ifindex that the answer must leave by, 0 for any. */
  oif = 0
  mark = 0
  tos = 0
  scope = 0
  proto = 0
  sport = 0
  dport = 0
  uid = 0
  /** FLOWI_FLAG_ANYSRC, KNOWN_NH … */
  flags = 0

  /** flowi4_init_output: every field anew, so that a reused flow keeps nothing of the last question. Scope and flags start at 0. */
  set(
    dst: Ip4,
    src: Ip4,
    iif: number,
    oif: number,
    mark: number,
    tos: number,
    proto: number,
    sport: number,
    dport: number,
    uid: number,
  ): this {
    this.dst = dst
    this.src = src
    this.iif = iif
    this.oif = oif
    this.mark = mark
    this.tos = tos
    this.scope = 0
    this.proto = proto
    this.sport = sport
    this.dport = dport
    this.uid = uid
    this.flags = 0
    return this
  }
}

/** A compiled entry: one nexthop of one route. Made once per route, so a lookup allocates nothing. */
export interface FibNexthop {
  readonly route: Route
  readonly nh: NextHop
  readonly index: number
}

/** struct fib_result. Mutable, reused. */
export class FibResult {
  route: Route | null = null
  nexthop: FibNexthop | null = null
  rule: Rule | null = null
  prefixlen = 0
}

/** fib_props[type].error: what an entry of a failing type answers. */
export function routeErrno(route: Route): Errno {
  switch (route.type) {
    case 'unreachable':
      return 'EHOSTUNREACH'
    case 'prohibit':
      return 'EACCES'
    default:
      return 'EINVAL'
  }
}

/**
 * fib_lookup: null and `res` filled when a route was found (unicast, local, broadcast, multicast …), else the errno of
 * the failing entry: ENETUNREACH (nothing found, or a rule "unreachable"), EHOSTUNREACH (route unreachable), EACCES
 * (prohibit), EINVAL (blackhole). On EHOSTUNREACH, EACCES, EINVAL `res` still names the route or rule responsible.
 * Nexthops that are dead, or linkdown with ignore_routes_with_linkdown (unless flags has FIB_LOOKUP_IGNORE_LINKSTATE),
 * are passed over; res.nexthop is the first alive one matching fl.oif (fib_table_lookup).
 */
export function fib_lookup(net: NetNs, fl: Flow, res: FibResult, flags = 0): Errno | null {
  const c = fibOf(net)
  if (!c.merged) return fib_rules_lookup(net, c, fl, res, flags)
  let end = lookupMerged(net, c.local, c.main, fl, res, flags)
  // Table default, where it exists, has the last word even on unreachable, prohibit and blackhole (6.1; later kernels stop).
  if (end !== FIB_FOUND && c.deflt !== null) end = fib_table_lookup(net, c.deflt, fl, res, flags)
  if (end <= FIB_FAIL) {
    res.rule = defaultRule(c, res.route!.table)
    return end === FIB_FOUND ? null : routeErrno(res.route!)
  }
  res.route = null
  res.nexthop = null
  res.rule = null
  return 'ENETUNREACH'
}

/** Which of the three default rules stands for a table. */
function defaultRule(c: FibCache, table: number): Rule | null {
  return c.rules[table === RT_TABLE_LOCAL ? 0 : table === RT_TABLE_MAIN ? 1 : 2] ?? null
}

/** A lookup in one table only; with `id` local or main in both of them while they are one trie. */
export function lookupTable(net: NetNs, id: number, fl: Flow, res: FibResult, flags = 0): number {
  const c = fibOf(net)
  if (c.merged && (id === RT_TABLE_LOCAL || id === RT_TABLE_MAIN)) {
    return lookupMerged(net, c.local, c.main, fl, res, flags)
  }
  return fib_table_lookup(net, c.table(id), fl, res, flags)
}

/** fib_good_nh, for fib_multipath_use_neigh: the gateway's neighbour entry is not known to be bad. */
function fib_good_nh(net: NetNs, nh: NextHop): boolean {
  if (nh.scope !== RT_SCOPE_LINK) return true
  const dev = net.device(nh.oif)
  const state = dev === null ? NUD_REACHABLE : (dev.neigh.entries.get(nh.gateway)?.state ?? NUD_REACHABLE)
  return (state & NUD_VALID) !== 0
}

function usable(net: NetNs, nh: NextHop): boolean {
  if ((nh.flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) === 0) return true
  return (nh.flags & RTNH_F_DEAD) === 0 && !ip_ignore_linkdown(net, nh.oif)
}

/**
 * fib_select_multipath: choose among the nexthops of res.route by hash (0 … 2^31-1) and weights: the first whose share
 * of the hash space (fib_rebalance: cumulated weight over total, rounded) reaches up to the hash. Dead ones have none.
 */
export function fib_select_multipath(net: NetNs, res: FibResult, hash: number): void {
  const route = res.route!
  const nexthops = route.nexthops
  let total = 0
  for (let i = 0; i < nexthops.length; i++) if (usable(net, nexthops[i]!)) total += nexthops[i]!.weight
  const useNeigh = net.cfg.sysctl['ipv4.fib_multipath_use_neigh'] !== 0
  let first = true
  let sum = 0
  for (let i = 0; i < nexthops.length; i++) {
    const nh = nexthops[i]!
    if (!usable(net, nh)) continue
    sum += nh.weight
    if (useNeigh) {
      if (!fib_good_nh(net, nh)) continue
      if (first) res.nexthop = fibNexthop(route, i)
      first = false
    }
    if (hash > Math.floor((sum * 0x80000000 + Math.floor(total / 2)) / total) - 1) continue
    res.nexthop = fibNexthop(route, i)
    return
  }
}

type AddrType = 'unicast' | 'local' | 'broadcast' | 'multicast'

const probe = new Flow()
const found = new FibResult()

function addrType(net: NetNs, addr: Ip4, table: number): AddrType {
  if (isZeronet(addr) || isLimitedBroadcast(addr)) return 'broadcast'
  if (isMulticast(addr)) return 'multicast'
  const c = fibOf(net)
  probe.dst = addr
  const single: CompiledFib | null =
    !c.merged || (table !== RT_TABLE_LOCAL && table !== RT_TABLE_MAIN) ? c.table(table) : null
  // Most addresses are in no local prefix, and table main has only unicast routes: one search answers.
  if (single === null && c.main.ready() && c.local.ready() && !c.main.typed && c.local.find(addr) < 0) return 'unicast'
  const end =
    single === null
      ? lookupMerged(net, c.local, c.main, probe, found, 0)
      : fib_table_lookup(net, single, probe, found, 0)
  if (end !== FIB_FOUND) return 'unicast'
  const route = found.route!
  switch (route.type) {
    case 'local':
    case 'broadcast':
    case 'multicast':
      return route.type
    default:
      return 'unicast'
  }
}

/** inet_addr_type (and inet_addr_type_dev_table, whose device only chooses a VRF's table): what this is by table local. */
export function inet_addr_type(net: NetNs, addr: Ip4): AddrType {
  return addrType(net, addr, RT_TABLE_LOCAL)
}

/** inet_dev_addr_type: the same, but an address of another device is a stranger's (unicast). */
export function inet_dev_addr_type(net: NetNs, ifindex: number, addr: Ip4): AddrType {
  const type = addrType(net, addr, RT_TABLE_LOCAL)
  if (type === 'unicast' || isZeronet(addr) || isLimitedBroadcast(addr) || isMulticast(addr)) return type
  return found.route?.nexthops[0]?.oif === ifindex ? type : 'unicast'
}

/** inet_addr_type_table: the same by another table. */
export function inet_addr_type_table(net: NetNs, addr: Ip4, table: number): AddrType {
  return addrType(net, addr, table)
}
