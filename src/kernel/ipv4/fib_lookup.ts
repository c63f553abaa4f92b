// The routing decision: rules, then tables by longest prefix (net/ipv4/fib_rules.c, fib_trie.c, fib_semantics.c).
import type { Errno } from '../../lib/errno.ts'
import type { Ip4 } from '../../lib/ip4.ts'
import type { NextHop, Route, Rule } from '../../uapi/route.ts'
import type { NetNs } from '../core/netns.ts'

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
}

/** A compiled entry: one nexthop of one route. Made when the table is compiled, so a lookup allocates nothing. */
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

/**
 * fib_lookup: null and `res` filled when a route was found (unicast, local, broadcast, multicast …), else the errno of
 * the failing entry: ENETUNREACH (nothing found, or no table), EHOSTUNREACH (unreachable), EACCES (prohibit),
 * EINVAL (blackhole). On EHOSTUNREACH, EACCES, EINVAL `res` still names the route or rule responsible.
 * Nexthops that are dead, or linkdown with ignore_routes_with_linkdown, are passed over; res.nexthop is the first alive
 * one matching fl.oif (fib_table_lookup).
 */
export function fib_lookup(_net: NetNs, _fl: Flow, _res: FibResult): Errno | null {
  return 'ENETUNREACH'
}

/** fib_select_multipath: choose among the nexthops of res.route by hash (0 … 2^31-1) and weights, passing over dead ones. */
export function fib_select_multipath(_net: NetNs, _res: FibResult, _hash: number): void {}

/** inet_addr_type: what kind of address this is by table local (dev: only routes through it, or null). */
export function inet_addr_type(_net: NetNs, _addr: Ip4): 'unicast' | 'local' | 'broadcast' | 'multicast' {
  return 'unicast'
}
/** inet_addr_type_dev_table / inet_dev_addr_type: the same, only for entries through the device with that ifindex. */
export function inet_dev_addr_type(
  _net: NetNs,
  _ifindex: number,
  _addr: Ip4,
): 'unicast' | 'local' | 'broadcast' | 'multicast' {
  return 'unicast'
}
