// The choice among several default routes of one metric, by what ARP knows of their gateways (fib_select_default,
// fib_detect_death; net/ipv4/fib_semantics.c). Read first: fib_lookup.ts. Only locally made packets are steered so.
import { RT_SCOPE_LINK } from '../../uapi/link.ts'
import { NUD_INCOMPLETE, NUD_REACHABLE, NUD_VALID } from '../../uapi/neigh.ts'
import { type Route, type RouteTable, RTNH_F_DEAD } from '../../uapi/route.ts'
import type { NetNs } from '../core/netns.ts'
import type { FibResult } from './fib_lookup.ts'
import { prefixIndex } from './fib_table.ts'
import { fibNexthop } from './fib_trie.ts'

/** The last route that would do when none is known to be good, and its place. */
interface Resort {
  route: Route | null
  order: number
}

/** Is this gateway not good enough? `chosen` is the place of the route that was taken last. */
function fib_detect_death(net: NetNs, r: Route, order: number, resort: Resort, chosen: number): boolean {
  const nh = r.nexthops[0]!
  const state = net.device(nh.oif)?.neigh.entries.get(nh.gateway)?.state
  // nobody has asked for it yet: it may be good
  if (state === undefined || state === NUD_REACHABLE) return false
  const valid = (state & NUD_VALID) !== 0
  if (valid && order !== chosen) return false
  if (valid || (resort.order < 0 && order > chosen && state !== NUD_INCOMPLETE)) {
    resort.route = r
    resort.order = order
  }
  return true
}

/** The alternatives: unicast routes by a gateway on the link, with the metric and scope of the one that was found. */
function candidates(table: RouteTable, start: number, found: Route, tos: number): readonly Route[] {
  const list: Route[] = []
  let metric = found.metric
  let lastTos = 0
  for (let i = start; i < table.length; i++) {
    const r = table[i]!
    if (r.dst !== 0 || r.len !== 0) break
    if (r.tos !== 0 && r.tos !== tos) continue
    if (r.metric > metric && r.tos === lastTos) {
      if (lastTos !== 0) continue
      break
    }
    const nh = r.nexthops[0]!
    if (r.nexthops.every((x) => (x.flags & RTNH_F_DEAD) !== 0)) continue
    lastTos = r.tos
    metric = r.metric
    if (r.scope !== found.scope || r.type !== 'unicast' || nh.gateway === 0 || nh.scope !== RT_SCOPE_LINK) continue
    if (list.length === 0 && r !== found) break
    list.push(r)
  }
  return list
}

/** fib_select_default: `res` holds a default route; another of the same metric may take its place. */
export function fib_select_default(net: NetNs, tos: number, res: FibResult): void {
  const found = res.route!
  const table = net.cfg.tables[found.table]!
  const start = prefixIndex(table, 0, 0)
  // tb_num_default
  const second = table[start + 1]
  if (second === undefined || second.len !== 0 || second.dst !== 0) return
  const list = candidates(table, start, found, tos)
  const { defaults } = net.routes
  const chosen = defaults.get(found) ?? -1
  if (list.length < 2) {
    defaults.delete(found)
    return
  }
  const resort: Resort = { route: null, order: -1 }
  let order = 0
  while (order < list.length && fib_detect_death(net, list[order]!, order, resort, chosen)) order++
  const route = order < list.length ? list[order]! : resort.route
  defaults.set(found, order < list.length ? order : resort.order)
  if (route === null) return
  res.route = route
  res.nexthop = fibNexthop(route, 0)
}
