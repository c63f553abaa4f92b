// `ip route get` (inet_rtm_getroute, rt_fill_info) and the listing of learned exceptions (ip route show cache).
// Read first: route.ts, rtable.ts. The reply is a route made up for the answer, or with fibmatch the table's entry.
import type { Ip4 } from '../../lib/ip4.ts'
import { RT_SCOPE_UNIVERSE } from '../../uapi/link.ts'
import type { RouteGet, RouteGetReply } from '../../uapi/request.ts'
import {
  type Route,
  type RouteType,
  RT_TABLE_LOCAL,
  RT_TABLE_MAIN,
  RTNH_F_DEAD,
  RTPROT_UNSPEC,
} from '../../uapi/route.ts'
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP } from '../../wire/ipv4.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'
import { fibOf } from './fib_cache.ts'
import { devIndex, shownRoute } from './fib_frontend.ts'
import { Flow } from './fib_lookup.ts'
import { IGMP_ALL_HOSTS } from './multicast.ts'
import { ip_route_input_lookup, ip_route_output, rtableFor } from './route.ts'
import { Rtable } from './rtable.ts'

/** IPTOS_RT_MASK */
const TOS_MASK = 0x1c

export function inet_rtm_getroute(tx: Transaction, net: NetNs, req: RouteGet): RouteGetReply {
  const proto = req.ipproto ?? 0
  if (proto !== 0 && proto !== IPPROTO_TCP && proto !== IPPROTO_UDP && proto !== IPPROTO_ICMP) {
    tx.refuse('EOPNOTSUPP', 'Unsupported ip proto')
  }
  const oif = devIndex(tx, net, req.oif)
  const iif = devIndex(tx, net, req.iif)
  const { src = 0, mark = 0, uid = 0, sport = 0, dport = 0 } = req
  const fl = new Flow().set(req.dst, src, iif, oif, mark, (req.tos ?? 0) & TOS_MASK, proto, sport, dport, uid)
  const rt = iif === 0 ? ip_route_output(net, fl) : lookupInput(tx, net, fl, iif)
  if (!(rt instanceof Rtable)) tx.refuse(rt)
  if (rt.error !== null) tx.refuse(rt.error)
  const base = {
    fibmatch: req.fibmatch === true,
    src: req.src ?? null,
    iif: iif === 0 ? null : iif,
    mark: fl.mark,
    uid: fl.uid,
  }
  if (req.fibmatch === true) {
    // No entry decided (limited broadcast, a device taken at its word): there is none to show.
    if (rt.route === null) tx.refuse('EHOSTUNREACH')
    const route = { ...shownRoute(net, rt.route), table: answeringTable(net, rt) }
    return { ...base, route, cacheFlags: [], expires: null, mtu: null, mtuLock: false }
  }
  return { ...base, ...rt_fill_info(net, rt, req, fl, base.iif !== null) }
}

function lookupInput(tx: Transaction, net: NetNs, fl: Flow, iif: number): ReturnType<typeof ip_route_input_lookup> {
  const dev: NetDevice | null = net.device(iif)
  if (dev === null) tx.refuse('ENODEV')
  return ip_route_input_lookup(net, fl, dev)
}

/** RTM_F_LOOKUP_TABLE: while tables local and main are one trie, it is found as main. */
function answeringTable(net: NetNs, rt: Rtable): number {
  if (rt.route === null) return 0
  return rt.route.table === RT_TABLE_LOCAL && fibOf(net).merged ? RT_TABLE_MAIN : rt.route.table
}

/** RTN_* of the answer: what is sent out by lo stays here, but is of the type of its entry. */
function answerType(rt: Rtable, dst: Ip4): RouteType {
  if (rt.type !== 'local' || rt.route?.type === 'local' || (rt.route === null && dst === 0)) return rt.type
  return 'unicast'
}

type Filled = Pick<RouteGetReply, 'route' | 'cacheFlags' | 'expires' | 'mtu' | 'mtuLock'>

/** rt_fill_info: the answer as a host route. The chosen source is named unless it was asked for. */
function rt_fill_info(net: NetNs, rt: Rtable, req: RouteGet, fl: Flow, input: boolean): Filled {
  const prefsrc = !input && fl.src !== (req.src ?? 0) ? fl.src : 0
  const dst = req.dst
  const now = net.kernel.sim.now
  const e = rt.exception
  const expires = e !== null && e.expires !== 0 ? Math.max(0, Math.floor((e.expires - now) / 1e9)) : null
  const learned = e !== null && e.mtu !== 0 && expires !== null
  const route: Route = {
    dst,
    len: 32,
    table: answeringTable(net, rt),
    tos: rt.route?.tos ?? 0,
    metric: 0,
    type: answerType(rt, dst),
    scope: RT_SCOPE_UNIVERSE,
    protocol: RTPROT_UNSPEC,
    prefsrc,
    nexthops: [{ gateway: rt.gateway, oif: rt.dev.ifindex, weight: 1, flags: 0, scope: RT_SCOPE_UNIVERSE }],
    metrics: rt.metrics,
  }
  return {
    route,
    cacheFlags: cacheFlags(rt, dst),
    expires,
    mtu: learned ? e.mtu : null,
    mtuLock: learned && e.mtuLocked,
  }
}

/** rt_flags as iproute2 words them, in its order. */
function cacheFlags(rt: Rtable, dst: Ip4): readonly string[] {
  const flags: string[] = []
  if (rt.type === 'local' || rt.type === 'broadcast') flags.push('local')
  if (rt.type === 'broadcast') flags.push('brd')
  if (rt.type === 'multicast') {
    if (rt.isInput || dst === IGMP_ALL_HOSTS) flags.push('local')
    flags.push('mc')
  }
  if (rt.exception !== null && rt.exception.gateway !== 0) flags.push('redirected')
  if (rt.doRedirect) flags.push('redirect')
  return flags
}

/** fib_dump_info_fnhe: the exceptions of a table's routes that are alive and have been used, each as the route that was made of it. */
export function listExceptions(net: NetNs, table: number): RouteGetReply[] {
  const replies: RouteGetReply[] = []
  for (const route of net.cfg.tables[table] ?? [])
    for (const nh of route.nexthops) {
      const dev = route.type === 'local' ? net.lo : net.device(nh.oif)
      if (dev === null || (nh.flags & RTNH_F_DEAD) !== 0) continue
      for (const dst of net.routes.exceptions.get(nh)?.keys() ?? []) {
        const e = net.routes.exception(dst, nh)
        if (e === null || !e.bound) continue
        const rt = rtableFor(route.type === 'local' ? 'local' : 'unicast', dev, route, nh, null, 0, false, e, false)
        const filled = rt_fill_info(net, rt, { dst }, new Flow(), true)
        replies.push({
          ...filled,
          route: { ...filled.route, table },
          fibmatch: false,
          src: null,
          iif: null,
          mark: 0,
          uid: 0,
        })
      }
    }
  return replies
}
