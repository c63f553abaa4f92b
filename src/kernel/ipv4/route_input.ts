// Routing of a received packet: local, forward, or why neither (ip_route_input_slow, net/ipv4/route.c).
// Read first: fib_lookup.ts, validate_source.ts, rtable.ts.
// Leaves out: multicast routing (mc_forwarding).
import type { Errno } from '../../lib/errno.ts'
import { type Ip4, isLimitedBroadcast, isLocalMulticast, isLoopback, isMulticast, isZeronet } from '../../lib/ip4.ts'
import type { DropReason } from '../../uapi/drop.ts'
import type { DropDetail } from '../../uapi/trace.ts'
import { because, bySysctl, kfree_skb } from '../core/drop.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import type { SkBuff } from '../core/skbuff.ts'
import { inet_addr_onlink } from './devinet.ts'
import { FibResult, Flow, fib_lookup, fib_select_multipath } from './fib_lookup.ts'
import { IGMP_ALL_HOSTS } from './multicast.ts'
import { fib_multipath_hash } from './multipath.ts'
import { rtableFor } from './route.ts'
import { traceRoute } from './route_trace.ts'
import { Rtable } from './rtable.ts'
import {
  acceptLocal,
  fib_validate_source,
  rpFilter,
  SOURCE_INVALID,
  SOURCE_LOCAL,
  txRedirects,
} from './validate_source.ts'

/** Why a packet is a martian: what ip_handle_martian_source is told, or errno EINVAL of a bad destination. */
interface Martian {
  readonly martian: DropReason
  readonly errno: Errno
  readonly detail: DropDetail
}

const flow = new Flow()
const result = new FibResult()

function martian(reason: DropReason, errno: Errno, detail: DropDetail): Martian {
  return { martian: reason, errno, detail }
}

/** ip_route_input_noref: the route of a received packet; null when it was dropped as a martian. */
export function ip_route_input(net: NetNs, skb: SkBuff): Rtable | null {
  const ip = skb.ip
  const dev = skb.dev as NetDevice
  const l4 = skb.l4
  let sport = 0
  let dport = 0
  if (l4 !== null && l4.kind !== 'icmp') {
    sport = l4.sport
    dport = l4.dport
  }
  flow.set(ip.dst, ip.src, dev.ifindex, 0, skb.mark, ip.tos & 0x1c, ip.protocol, sport, dport, 0)
  const rt = ip_route_input_slow(net, dev, true)
  if (!(rt instanceof Rtable)) {
    kfree_skb(net, skb, 'ip_rcv_finish_core', rt.martian, rt.detail)
    return null
  }
  if (net.kernel.tr !== null) traceRoute(net, skb, rt, 'input')
  return rt
}

/** The same lookup for a question instead of a packet: `ip route get … iif`. */
export function ip_route_input_lookup(net: NetNs, fl: Flow, dev: NetDevice): Rtable | Errno {
  flow.set(fl.dst, fl.src, dev.ifindex, 0, fl.mark, fl.tos, fl.proto, fl.sport, fl.dport, 0)
  const rt = ip_route_input_slow(net, dev, true)
  if (!(rt instanceof Rtable)) return rt.errno
  return rt.error ?? rt
}

/**
 * The lookup that ARP makes to learn whether a target is local, and by which device a proxied one would be reached
 * (arp_process): `ip` false says that the packet is not IP, which matters for redirects on the same device.
 */
export function ip_route_input_arp(net: NetNs, dst: Ip4, src: Ip4, dev: NetDevice): Rtable | null {
  flow.set(dst, src, dev.ifindex, 0, 0, 0, 0, 0, 0, 0)
  const rt = ip_route_input_slow(net, dev, false)
  return rt instanceof Rtable ? rt : null
}

/** The question is in `flow`; the entry that answers it ends up in `result`. */
function ip_route_input_slow(net: NetNs, dev: NetDevice, isIp: boolean): Rtable | Martian {
  const { dst, src } = flow
  net.routes.check()
  if (isMulticast(dst)) return multicastInput(net, dev)
  if (isMulticast(src) || isLimitedBroadcast(src)) return invalidSource('a multicast or limited broadcast source')
  if (isLimitedBroadcast(dst) || (isZeronet(src) && isZeronet(dst))) return broadcastInput(net, dev, isIp)
  if (isZeronet(src)) return invalidSource('the source is 0.0.0.0')
  if (isZeronet(dst)) return martian('IP_INVALID_DEST', 'EINVAL', because('the destination is 0.0.0.0'))
  if (isLoopback(dst) || isLoopback(src)) {
    if (dev.conf.route_localnet === 0 && net.cfg.confAll.route_localnet === 0) {
      return martian('IP_LOCALNET', 'EINVAL', bySysctl(`ipv4.conf.${dev.name}.route_localnet`, 0))
    }
  }
  const err = fib_lookup(net, flow, result)
  if (err !== null) return dev.forwarding ? unreachable(dev, err, true) : unreachable(dev, 'EHOSTUNREACH')
  switch (result.route!.type) {
    case 'unicast':
      if (!dev.forwarding) return unreachable(dev, 'EHOSTUNREACH')
      return mkroute_input(net, dev, isIp)
    case 'local':
      return localInput(net, dev)
    case 'broadcast':
      return broadcastInput(net, dev, isIp)
    default:
      if (!dev.forwarding) return unreachable(dev, 'EHOSTUNREACH')
      return martian('IP_INVALID_DEST', 'EINVAL', { kind: 'route', route: result.route!, rule: result.rule })
  }
}

function invalidSource(note: string): Martian {
  return martian('IP_INVALID_SOURCE', 'EINVAL', because(note))
}

/** What fib_validate_source's refusal means, and which knob would have let the packet in. */
function sourceRefused(net: NetNs, code: number, src: Ip4, dev: NetDevice): Martian {
  if (code === SOURCE_LOCAL) {
    const note = acceptLocal(net, dev)
      ? 'the way back is a local route'
      : `is an address of this namespace itself, and accept_local is 0 on ${dev.name}`
    return martian('IP_LOCAL_SOURCE', 'EINVAL', { kind: 'address', address: src, note })
  }
  if (code === SOURCE_INVALID) return invalidSource('the way back is no unicast route')
  return martian('IP_RPFILTER', 'EXDEV', bySysctl(`ipv4.conf.${dev.name}.rp_filter`, rpFilter(net, dev)))
}

/** A lookup that failed (`failed`: the result names the entry responsible): the packet goes to ip_error. */
function unreachable(dev: NetDevice, error: Errno, failed = false): Rtable {
  const { route, rule } = failed ? result : EMPTY
  return new Rtable('unreachable', dev, 0, route, null, rule, 0, false, null, error, null, true)
}
const EMPTY = Object.freeze({ route: null, rule: null })

function localInput(net: NetNs, dev: NetDevice): Rtable | Martian {
  const nexthop = result.nexthop!
  const route = result.route!
  const rule = result.rule
  const v = fib_validate_source(net, flow, 0, dev)
  if (v < 0) return sourceRefused(net, v, flow.src, dev)
  const known = net.routes.localInput.get(nexthop)
  if (known !== undefined && known.rule === rule) return known
  const rt = new Rtable('local', net.lo, 0, route, nexthop.nh, rule, route.prefsrc, false, null, null, null, true)
  net.routes.localInput.set(nexthop, rt)
  return rt
}

/** ip_mkroute_input: choose a nexthop, check the source against the way out, decide about a redirect. */
function mkroute_input(net: NetNs, dev: NetDevice, isIp: boolean): Rtable | Martian {
  const { dst, src } = flow
  const route = result.route!
  if (route.nexthops.length > 1) fib_select_multipath(net, result, fib_multipath_hash(net, flow))
  const nexthop = result.nexthop!
  const rule = result.rule
  const out = net.device(nexthop.nh.oif)
  if (out === null) return unreachable(dev, 'EHOSTUNREACH')
  const v = fib_validate_source(net, flow, out.ifindex, dev)
  if (v < 0) return sourceRefused(net, v, src, dev)
  let redirect = false
  if (out === dev) {
    if (isIp)
      redirect =
        v === 1 && txRedirects(net, out) && (sharedMedia(net, out) || inet_addr_onlink(out, src, nexthop.nh.gateway))
    else if (dev.conf.proxy_arp_pvlan === 0 && net.cfg.confAll.proxy_arp_pvlan === 0) return unreachable(dev, 'EINVAL')
  }
  const cache = redirect ? net.routes.redirecting : net.routes.forward
  if (net.routes.exceptions.size !== 0) {
    const e = net.routes.exception(dst, nexthop.nh)
    if (e !== null) return rtableFor('unicast', out, route, nexthop.nh, rule, 0, redirect, e, true)
  }
  const known = cache.get(nexthop)
  if (known !== undefined && known.rule === rule) return known
  const rt = rtableFor('unicast', out, route, nexthop.nh, rule, 0, redirect, null, true)
  cache.set(nexthop, rt)
  return rt
}

/** IN_DEV_SHARED_MEDIA */
export function sharedMedia(net: NetNs, dev: NetDevice): boolean {
  return dev.conf.shared_media !== 0 || net.cfg.confAll.shared_media !== 0
}

/** brd_input: limited and subnet broadcast. */
function broadcastInput(net: NetNs, dev: NetDevice, isIp: boolean): Rtable | Martian {
  const { dst, src } = flow
  if (!isIp) return unreachable(dev, 'EINVAL')
  const limited = isLimitedBroadcast(dst) || isZeronet(dst)
  const route = limited ? null : result.route
  const nh = limited ? null : result.nexthop!.nh
  const rule = limited ? null : result.rule
  if (!isZeronet(src)) {
    const v = fib_validate_source(net, flow, 0, dev)
    if (v < 0) return sourceRefused(net, v, src, dev)
  }
  return new Rtable('broadcast', net.lo, 0, route, nh, rule, 0, false, null, null, null, true)
}

/** ip_route_input_mc: only groups that this machine is in (all hosts, 224.0.0.1) or link-local ones are for us. */
function multicastInput(net: NetNs, dev: NetDevice): Rtable | Martian {
  const { dst, src } = flow
  if (dst !== IGMP_ALL_HOSTS) {
    return martian('NOT_SPECIFIED', 'EINVAL', {
      kind: 'address',
      address: dst,
      note: `is a multicast group that ${dev.name} has not joined`,
    })
  }
  if (isMulticast(src) || isLimitedBroadcast(src)) return invalidSource('a multicast or limited broadcast source')
  if (isLoopback(src) && dev.conf.route_localnet === 0)
    return martian('IP_LOCALNET', 'EINVAL', bySysctl(`ipv4.conf.${dev.name}.route_localnet`, 0))
  if (isZeronet(src)) {
    if (!isLocalMulticast(dst)) return invalidSource('the source is 0.0.0.0')
  } else {
    flow.dst = 0 // ip_mc_validate_source asks for no destination
    const v = fib_validate_source(net, flow, 0, dev)
    if (v < 0) return sourceRefused(net, v, src, dev)
  }
  return new Rtable('multicast', net.lo, 0, null, null, null, 0, false, null, null, null, true)
}
