// A routing table compiled for lookups: address intervals found by binary search, each with its chain of covering
// prefixes, longest first (what fib_table_lookup gets by walking and backtracking net/ipv4/fib_trie.c).
// Read first: uapi/route.ts (RouteTable's order), fib_lookup.ts. The compiled form is a cache keyed by the frozen array.
import { type Ip4, maskOf } from '../../lib/ip4.ts'
import { unreachable } from '../../lib/never.ts'
import { type Route, type RouteTable, type RouteType, RTNH_F_DEAD, RTNH_F_LINKDOWN } from '../../uapi/route.ts'
import type { NetNs } from '../core/netns.ts'
import type { FibNexthop, FibResult, Flow } from './fib_lookup.ts'
import { prefixIndex } from './fib_table.ts'

/** How a walk through a table ends: an entry, an entry that fails the lookup, throw, or nothing. */
export const FIB_FOUND = 0
export const FIB_FAIL = 1
export const FIB_THROW = 2
export const FIB_MISS = 3

/** FIB_LOOKUP_IGNORE_LINKSTATE: nexthops without carrier are as good as others. */
export const FIB_LOOKUP_IGNORE_LINKSTATE = 1

/** fib_props[type].error, as a class of its own. */
function routeOutcome(type: RouteType): number {
  switch (type) {
    case 'unicast':
    case 'local':
    case 'broadcast':
    case 'anycast':
    case 'multicast':
      return FIB_FOUND
    case 'throw':
      return FIB_THROW
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
    case 'nat':
      return FIB_FAIL
    default:
      return unreachable(type)
  }
}

const LOWEST = -0x80000000
const HIGHEST = 0x7fffffff
const NO_INTS = new Int32Array(0)
const NO_PATHS: readonly FibNexthop[] = Object.freeze([])
const EMPTY_TABLE: RouteTable = Object.freeze([])

/** Nexthops of a route as result objects: made once per route, so that a lookup allocates nothing. */
const PATHS = new WeakMap<Route, readonly FibNexthop[]>()

function pathsOf(route: Route): readonly FibNexthop[] {
  let paths = PATHS.get(route)
  if (paths === undefined) {
    paths = Object.freeze(route.nexthops.map((nh, index) => Object.freeze({ route, nh, index })))
    PATHS.set(route, paths)
  }
  return paths
}

/** The result object for one nexthop of a route. */
export function fibNexthop(route: Route, index: number): FibNexthop {
  return pathsOf(route)[index]!
}

/** Lookups that a table answers by searching each prefix length, before it is compiled: requests ask once and change it. */
const COMPILE_AFTER = 4

/**
 * Groups are the distinct prefixes of the table, in its order; a group's routes are table[first[g]] … table[first[g+1]-1].
 * Interval i starts at address starts[i] (sign bit flipped, so that signed order is address order) and belongs to the
 * longest prefix group[i], -1 for none; parent[g] is the next shorter prefix that covers g.
 */
export class CompiledFib {
  static readonly shared = true
  readonly table: RouteTable
  private starts = NO_INTS
  private group = NO_INTS
  private intervals = 0
  private first = NO_INTS
  parent = NO_INTS
  len = NO_INTS
  private paths: (readonly FibNexthop[])[] = []
  private outcome = NO_INTS
  /** Some entry is neither unicast nor an error: what matters to inet_addr_type. */
  typed = false
  private asked = 0

  constructor(table: RouteTable) {
    this.table = table
    if (table.length === 0) this.compile()
  }

  /** Worth searching by interval: compiled, or asked often enough to be now. */
  ready(): boolean {
    if (this.intervals !== 0) return true
    if (this.asked++ < COMPILE_AFTER) return false
    this.compile()
    return true
  }

  private compile(): void {
    const table = this.table
    const n = table.length
    const first = new Int32Array(n + 1)
    const len = new Int32Array(n)
    const outcomes = new Int32Array(n)
    const paths = new Array<readonly FibNexthop[]>(n)
    let groups = 0
    let dst = 0
    for (let i = 0; i < n; i++) {
      const r = table[i]!
      const outcome = routeOutcome(r.type)
      outcomes[i] = outcome
      paths[i] = NO_PATHS
      if (outcome === FIB_FOUND && r.type !== 'unicast') this.typed = true
      if (groups > 0 && dst === r.dst && len[groups - 1] === r.len) continue
      dst = r.dst
      first[groups] = i
      len[groups++] = r.len
    }
    first[groups] = n
    this.first = first
    this.len = len
    this.outcome = outcomes
    this.paths = paths
    this.nest(groups)
  }

  /** One sweep over the prefixes with a stack of those that are open. Works on addresses with the sign bit flipped. */
  private nest(groups: number): void {
    const { table, first, len } = this
    const parent = new Int32Array(groups)
    const starts = new Int32Array(2 * groups + 1)
    const group = new Int32Array(2 * groups + 1)
    const stack = new Int32Array(34).fill(-1)
    const ends = new Int32Array(34)
    let depth = 0
    let count = 1
    starts[0] = LOWEST
    group[0] = -1
    for (let from = 0; from <= groups; ) {
      const last = from === groups
      const d = last ? 0 : table[first[from]!]!.dst ^ LOWEST
      while (depth > 0 && (last || ends[depth]! < d)) {
        const end = ends[depth--]!
        if (end === HIGHEST) continue
        if (starts[count - 1] !== end + 1) starts[count++] = end + 1
        group[count - 1] = stack[depth]!
      }
      if (last) break
      let to = from + 1
      while (to < groups && (table[first[to]!]!.dst ^ LOWEST) === d) to++
      // The table has the longest prefix of an address first; they open from the shortest.
      for (let g = to - 1; g >= from; g--) {
        parent[g] = stack[depth]!
        stack[++depth] = g
        ends[depth] = (table[first[g]!]!.dst | ~maskOf(len[g]!)) ^ LOWEST
      }
      if (starts[count - 1] !== d) starts[count++] = d
      group[count - 1] = from
      from = to
    }
    this.parent = parent
    this.starts = starts
    this.group = group
    this.intervals = count
  }

  /** The longest prefix that covers the address: its group, or -1. */
  find(addr: Ip4): number {
    const key = addr ^ LOWEST
    const starts = this.starts
    let lo = 0
    let hi = this.intervals - 1
    while (lo < hi) {
      const mid = (lo + hi + 1) >>> 1
      if (starts[mid]! <= key) lo = mid
      else hi = mid - 1
    }
    return this.group[lo]!
  }

  /** The entries of one prefix in order: the first that suits the flow fills `res`. */
  match(net: NetNs, g: number, fl: Flow, res: FibResult, flags: number): number {
    const table = this.table
    const end = this.first[g + 1]!
    for (let i = this.first[g]!; i < end; i++) {
      const r = table[i]!
      if ((r.tos !== 0 && r.tos !== fl.tos) || r.scope < fl.scope) continue
      const outcome = this.outcome[i]!
      if (outcome !== FIB_FOUND) return failed(r, outcome, res)
      let paths = this.paths[i]!
      if (paths === NO_PATHS) paths = this.paths[i] = pathsOf(r)
      if (choose(net, r, paths, fl.oif, res, flags)) return FIB_FOUND
    }
    return FIB_MISS
  }
}

function failed(r: Route, outcome: number, res: FibResult): number {
  res.route = r
  res.nexthop = null
  res.prefixlen = r.len
  return outcome
}

/** The first good nexthop of an entry. */
function choose(
  net: NetNs,
  r: Route,
  paths: readonly FibNexthop[],
  oif: number,
  res: FibResult,
  flags: number,
): boolean {
  for (let k = 0; k < paths.length; k++) {
    const path = paths[k]!
    if (!fib_lookup_good_nhc(net, path, oif, flags)) continue
    res.route = r
    res.nexthop = path
    res.prefixlen = r.len
    return true
  }
  return false
}

/** One prefix of a table that is not compiled. */
function matchPrefix(net: NetNs, table: RouteTable, len: number, fl: Flow, res: FibResult, flags: number): number {
  const dst = fl.dst & maskOf(len)
  for (let i = prefixIndex(table, dst, len); i < table.length; i++) {
    const r = table[i]!
    if (r.dst !== dst || r.len !== len) break
    if ((r.tos !== 0 && r.tos !== fl.tos) || r.scope < fl.scope) continue
    const outcome = routeOutcome(r.type)
    if (outcome !== FIB_FOUND) return failed(r, outcome, res)
    if (choose(net, r, pathsOf(r), fl.oif, res, flags)) return FIB_FOUND
  }
  return FIB_MISS
}

/** The same answer as by intervals, from the tables as they are: a bisection for each prefix length. */
function lookupPlain(net: NetNs, a: RouteTable, b: RouteTable, fl: Flow, res: FibResult, flags: number): number {
  for (let len = 32; len >= 0; len--) {
    let end = matchPrefix(net, a, len, fl, res, flags)
    if (end !== FIB_MISS) return end
    end = matchPrefix(net, b, len, fl, res, flags)
    if (end !== FIB_MISS) return end
  }
  return FIB_MISS
}

/** The nexthop is alive, has carrier where that matters, and leaves by the device asked for. */
function fib_lookup_good_nhc(net: NetNs, path: FibNexthop, oif: number, flags: number): boolean {
  const nh = path.nh
  if (oif !== 0 && oif !== nh.oif) return false
  if ((nh.flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) === 0) return true
  if ((nh.flags & RTNH_F_DEAD) !== 0) return false
  return (flags & FIB_LOOKUP_IGNORE_LINKSTATE) !== 0 || !ip_ignore_linkdown(net, nh.oif)
}

/** IN_DEV_IGNORE_ROUTES_WITH_LINKDOWN: the device's knob or conf.all's. */
export function ip_ignore_linkdown(net: NetNs, ifindex: number): boolean {
  const dev = net.device(ifindex)
  if (dev === null) return false
  return dev.conf.ignore_routes_with_linkdown !== 0 || net.cfg.confAll.ignore_routes_with_linkdown !== 0
}

/** The longest suitable prefix in one table. */
export function fib_table_lookup(net: NetNs, c: CompiledFib, fl: Flow, res: FibResult, flags: number): number {
  if (!c.ready()) return lookupPlain(net, c.table, EMPTY_TABLE, fl, res, flags)
  for (let g = c.find(fl.dst); g >= 0; g = c.parent[g]!) {
    const end = c.match(net, g, fl, res, flags)
    if (end !== FIB_MISS) return end
  }
  return FIB_MISS
}

/**
 * Tables local and main as the one trie they share until the first change of the rules (fib_trie_unmerge): the longest
 * suitable prefix of both, at equal length local's first.
 */
export function lookupMerged(
  net: NetNs,
  local: CompiledFib,
  main: CompiledFib,
  fl: Flow,
  res: FibResult,
  flags: number,
): number {
  if (!local.ready() || !main.ready()) return lookupPlain(net, local.table, main.table, fl, res, flags)
  let a = local.find(fl.dst)
  let b = main.find(fl.dst)
  while (a >= 0 || b >= 0) {
    let end: number
    if (b < 0 || (a >= 0 && local.len[a]! >= main.len[b]!)) {
      end = local.match(net, a, fl, res, flags)
      a = local.parent[a]!
    } else {
      end = main.match(net, b, fl, res, flags)
      b = main.parent[b]!
    }
    if (end !== FIB_MISS) return end
  }
  return FIB_MISS
}

/** A table that does not exist, or is empty. */
export const NO_FIB = new CompiledFib(EMPTY_TABLE)

/** The compiled form of a table, the known one when it is of this very table. */
export function compiledFor(table: RouteTable | undefined, known: CompiledFib): CompiledFib {
  if (table === undefined || table.length === 0) return NO_FIB
  return known.table === table ? known : new CompiledFib(table)
}
