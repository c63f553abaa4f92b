// Routing of locally made packets, and what a route says about MTUs (net/ipv4/route.c).
// Read first: fib_lookup.ts, rtable.ts. Received packets: route_input.ts.
import type { Errno } from '../../lib/errno.ts'
import {
  INADDR_LOOPBACK,
  type Ip4,
  isLimitedBroadcast,
  isLocalMulticast,
  isLoopback,
  isMulticast,
  isZeronet,
} from '../../lib/ip4.ts'
import { RT_SCOPE_HOST, RT_SCOPE_LINK } from '../../uapi/link.ts'
import type { NextHop, Route, Rule } from '../../uapi/route.ts'
import { IPPROTO_IGMP } from '../../wire/ipv4.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import { inet_select_addr } from './devinet.ts'
import { fib_select_default } from './fib_default.ts'
import { FibResult, type Flow, fib_lookup, fib_select_multipath, inet_addr_type } from './fib_lookup.ts'
import { fib_multipath_hash } from './multipath.ts'
import { type RouteException, Rtable, type RtType } from './rtable.ts'

export { ip_route_input, ip_route_input_arp, ip_route_input_lookup } from './route_input.ts'

/** The caller binds to any source (FLOWI_FLAG_ANYSRC): IP_HDRINCL, transparent sockets. */
export const FLOWI_FLAG_ANYSRC = 1

const result = new FibResult()

/** A gateway counts only when it is itself on-link (nhc_scope, rt_set_nexthop); one inside a local subnet does not. */
function nexthopGateway(nh: NextHop): Ip4 {
  return nh.scope === RT_SCOPE_LINK ? nh.gateway : 0
}

/** rt_set_nexthop: a routing decision with the gateway and the metrics of its route, or of an exception to it. */
export function rtableFor(
  type: RtType,
  dev: NetDevice,
  route: Route,
  nh: NextHop,
  rule: Rule | null,
  prefsrc: Ip4,
  redirect: boolean,
  e: RouteException | null,
  isInput: boolean,
): Rtable {
  // What is for an address of another device is made anew each time (do_cache).
  if (e !== null && (type !== 'local' || nh.oif === dev.ifindex)) e.bound = true
  const gateway = e !== null && e.gateway !== 0 ? e.gateway : nexthopGateway(nh)
  return new Rtable(type, dev, gateway, route, nh, rule, prefsrc, redirect, route.metrics, null, e, isInput)
}

/**
 * ip_route_output_key: the way out for a flow. Fills fl.src (when it was 0), fl.dst (0 means this machine) and fl.oif, and
 * returns the route, or the errno a socket call answers with (ENETUNREACH, EHOSTUNREACH, EACCES, EINVAL, ENODEV).
 */
export function ip_route_output(net: NetNs, fl: Flow): Rtable | Errno {
  net.routes.check()
  let dev: NetDevice | null = null
  if (fl.src !== 0) {
    if (isMulticast(fl.src) || isLimitedBroadcast(fl.src)) return 'EINVAL'
    if (fl.oif === 0 && (isMulticast(fl.dst) || isLimitedBroadcast(fl.dst))) {
      // Without a device given, group traffic leaves by the device that has the source address.
      dev = net.routes.deviceOf(fl.src)
      if (dev === null) return 'ENETUNREACH'
      fl.oif = dev.ifindex
      return mkroute_output(net, fl, dev, false)
    }
    if ((fl.flags & FLOWI_FLAG_ANYSRC) === 0 && !isLocalSource(net, fl.src)) return 'ENETUNREACH'
  }
  if (fl.oif !== 0) {
    dev = net.device(fl.oif)
    if (dev === null) return 'ENODEV'
    if (!dev.up) return 'ENETUNREACH'
    if (isLocalMulticast(fl.dst) || isLimitedBroadcast(fl.dst) || fl.proto === IPPROTO_IGMP) {
      if (fl.src === 0) fl.src = inet_select_addr(net, dev, 0, RT_SCOPE_LINK)
      return mkroute_output(net, fl, dev, false)
    }
    if (fl.src === 0) {
      if (isMulticast(fl.dst)) fl.src = inet_select_addr(net, dev, 0, fl.scope)
      else if (fl.dst === 0) fl.src = inet_select_addr(net, dev, 0, RT_SCOPE_HOST)
    }
  }
  if (fl.dst === 0) {
    fl.dst = fl.src
    if (fl.dst === 0) {
      fl.dst = INADDR_LOOPBACK
      fl.src = INADDR_LOOPBACK
    }
    fl.oif = net.lo.ifindex
    return new Rtable('local', net.lo, 0, null, null, null, fl.src, false, null, null, null, false)
  }
  return lookupOutput(net, fl, dev)
}

/** __ip_dev_find finds a device: the address of a link, or what table local says is local. */
function isLocalSource(net: NetNs, src: Ip4): boolean {
  return net.routes.isLocalAddress(src) || inet_addr_type(net, src) === 'local'
}

function lookupOutput(net: NetNs, fl: Flow, bound: NetDevice | null): Rtable | Errno {
  fl.iif = net.lo.ifindex
  const err = fib_lookup(net, fl, result)
  if (err !== null) {
    if (bound === null || fl.oif === 0) return err
    // "Apparently, routing tables are wrong. Assume, that the destination is on link." (ip_route_output_key_hash_rcu)
    if (fl.src === 0) fl.src = inet_select_addr(net, bound, 0, RT_SCOPE_LINK)
    return mkroute_output(net, fl, bound, false)
  }
  const route = result.route!
  if (route.type === 'local') {
    if (fl.src === 0) fl.src = route.prefsrc !== 0 ? route.prefsrc : fl.dst
    fl.oif = net.lo.ifindex
    const nh = result.nexthop!.nh
    const e = net.routes.exception(fl.dst, nh)
    return rtableFor('local', net.lo, route, nh, result.rule, fl.src, false, e, false)
  }
  if (fl.oif === 0) fib_select_path(net, result, fl)
  const { prefsrc, scope } = result.route!
  const nh = result.nexthop!.nh
  const dev = net.device(nh.oif)
  if (dev === null) return 'ENETUNREACH'
  if (fl.src === 0) fl.src = prefsrc !== 0 ? prefsrc : inet_select_addr(net, dev, nh.gateway, scope)
  fl.oif = dev.ifindex
  return mkroute_output(net, fl, dev, true)
}

/** fib_select_path: which of several nexthops, or of several default routes. */
export function fib_select_path(net: NetNs, result: FibResult, fl: Flow): void {
  const route = result.route!
  if (route.nexthops.length > 1) fib_select_multipath(net, result, fib_multipath_hash(net, fl))
  else if (result.prefixlen === 0 && route.type === 'unicast') fib_select_default(net, fl.tos, result)
}

/** __mkroute_output: the last checks on the address pair, and the kind of the route. */
function mkroute_output(net: NetNs, fl: Flow, dev: NetDevice, found: boolean): Rtable | Errno {
  if (isLoopback(fl.src) && !dev.loopback && dev.conf.route_localnet === 0 && net.cfg.confAll.route_localnet === 0)
    return 'EINVAL'
  let type: RtType = 'unicast'
  if (isLimitedBroadcast(fl.dst) || (found && result.route!.type === 'broadcast')) type = 'broadcast'
  else if (isMulticast(fl.dst)) type = 'multicast'
  else if (isZeronet(fl.dst)) return 'EINVAL'
  else if (dev.loopback) type = 'local'
  if (!found) return new Rtable(type, dev, 0, null, null, null, fl.src, false, null, null, null, false)
  const route = result.route!
  const nexthop = result.nexthop!
  // "If multicast route do not exist use default one, but do not gateway in this case. Yes, it is hack." (__mkroute_output)
  // What goes to 255.255.255.255 belongs to no route either.
  const ungated = isLimitedBroadcast(fl.dst) || (type === 'multicast' && result.prefixlen < 4)
  if (ungated) return new Rtable(type, dev, 0, route, nexthop.nh, result.rule, fl.src, false, null, null, null, false)
  const e = type === 'unicast' ? net.routes.exception(fl.dst, nexthop.nh) : null
  if (e === null) {
    const known = net.routes.output.get(nexthop)
    if (known !== undefined && known.rule === result.rule && known.type === type && known.prefsrc === fl.src)
      return known
  }
  const rt = rtableFor(type, dev, route, nexthop.nh, result.rule, fl.src, false, e, false)
  if (e === null) net.routes.output.set(nexthop, rt)
  return rt
}

/** ipv4_mtu: the MTU of the path in bytes, for a sender. */
export function dst_mtu(_net: NetNs, rt: Rtable): number {
  const dev = rt.dev.mtu
  if (rt.mtu === 0) return dev
  return rt.mtu < dev || rt.mtuLocked || rt.exception === null ? rt.mtu : dev
}

/** ip_dst_mtu_maybe_forward: a forwarder goes by the device's MTU unless ip_forward_use_pmtu or a locked metric says otherwise. */
export function ip_dst_mtu_maybe_forward(net: NetNs, rt: Rtable, forwarding: boolean): number {
  if (net.cfg.sysctl['ipv4.ip_forward_use_pmtu'] !== 0 || (rt.mtuLocked && rt.mtu !== 0) || !forwarding)
    return dst_mtu(net, rt)
  const metric = rt.metrics?.mtu ?? 0
  return metric !== 0 ? metric : rt.dev.mtu
}
