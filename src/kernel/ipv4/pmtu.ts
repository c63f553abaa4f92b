// Path MTUs learned from "fragmentation needed" (ip_rt_update_pmtu and its kin, net/ipv4/route.c; RFC 1191).
// Read first: route.ts, rtable.ts. What is learned is an exception to a route (RouteCache).
import type { Ip4 } from '../../lib/ip4.ts'
import type { NetNs } from '../core/netns.ts'
import { FibResult, Flow, fib_lookup } from './fib_lookup.ts'
import { dst_mtu, fib_select_path, ip_route_output } from './route.ts'
import { Rtable } from './rtable.ts'

const flow = new Flow()
const result = new FibResult()

/**
 * __ip_rt_update_pmtu: remember `mtu` for fl.dst, as an exception to the route that `fl` finds: asked anew, so that a flow which
 * ip_route_output has bound to lo finds no route of an address on another device, and nothing is kept. Values below route.min_pmtu
 * are raised to it and locked; a locked mtu metric and a larger MTU than that of `rt` are left alone.
 */
export function __ip_rt_update_pmtu(net: NetNs, rt: Rtable, fl: Flow, mtu: number): void {
  if (rt.metrics?.lock?.includes('mtu') === true) return
  const old = dst_mtu(net, rt)
  if (old < mtu) return
  const now = net.kernel.sim.now
  const lifetime = net.cfg.sysctl['ipv4.route.mtu_expires'] * 1e9
  const min = net.cfg.sysctl['ipv4.route.min_pmtu']
  const mtuLocked = mtu < min
  const value = mtuLocked ? Math.min(old, min) : mtu
  const before = rt.exception
  if (!mtuLocked && before !== null && before.mtu === value && before.expires - now >= lifetime / 2) return
  if (fib_lookup(net, fl, result) !== null) return
  const { dst } = fl
  fib_select_path(net, result, fl)
  const { nh } = result.nexthop!
  const gateway = net.routes.exception(dst, nh)?.gateway ?? 0
  net.routes.learn(nh, { dst, mtu: value, mtuLocked, gateway, expires: now + lifetime })
  net.kernel.tr?.emit({
    kind: 'exception',
    time: now,
    packet: 0,
    netns: net.id,
    ifindex: rt.dev.ifindex,
    fn: '__ip_rt_update_pmtu',
    dst,
    mtu: value,
    gateway: 0,
  })
}

/** ipv4_update_pmtu: for a datagram from `src` to `dst` that no socket sent. */
export function ipv4_update_pmtu(
  net: NetNs,
  src: Ip4,
  dst: Ip4,
  tos: number,
  protocol: number,
  mark: number,
  mtu: number,
): void {
  flow.set(dst, src, net.lo.ifindex, 0, mark, tos & 0x1c, protocol, 0, 0, 0)
  const rt = ip_route_output(net, flow)
  if (rt instanceof Rtable) __ip_rt_update_pmtu(net, rt, flow, mtu)
}
