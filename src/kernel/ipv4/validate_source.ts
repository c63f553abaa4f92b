// Reverse path filter and martian sources: may a packet with this source come in here (fib_validate_source,
// net/ipv4/fib_frontend.c; RFC 3704)?
import { RT_SCOPE_HOST } from '../../uapi/link.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import { FibResult, Flow, fib_lookup } from './fib_lookup.ts'

/** The source is an address of this machine (EINVAL, reason IP_LOCAL_SOURCE). */
export const SOURCE_LOCAL = -1
/** The way back does not lead through the device (EXDEV, reason IP_RPFILTER). */
export const SOURCE_RPF = -2
/** The source's address is of a kind that no packet may have (EINVAL). */
export const SOURCE_INVALID = -3

const flow = new Flow()
const result = new FibResult()

/** IN_DEV_RPFILTER: the stricter of conf.all and the device. */
export function rpFilter(net: NetNs, dev: NetDevice): number {
  const all = net.cfg.confAll.rp_filter
  return Math.max(dev.conf.rp_filter, all)
}

/** IN_DEV_ORCONF */
export function acceptLocal(net: NetNs, dev: NetDevice): boolean {
  return dev.conf.accept_local !== 0 || net.cfg.confAll.accept_local !== 0
}

/** IN_DEV_TX_REDIRECTS: either knob on a host, both while forwarding counts (IN_DEV_ORCONF of send_redirects). */
export function txRedirects(net: NetNs, dev: NetDevice): boolean {
  return dev.conf.send_redirects !== 0 || net.cfg.confAll.send_redirects !== 0
}

/**
 * fib_validate_source: negative when the packet is a martian; 1 when the source is on-link through that device
 * (nhc_scope >= RT_SCOPE_HOST: a redirect makes sense), else 0. `fl` is the flow of the packet, as it came in by `dev`; `oif`
 * is the way out of a forwarded one, 0 for local.
 */
export function fib_validate_source(net: NetNs, fl: Flow, oif: number, dev: NetDevice): number {
  const rpf = rpFilter(net, dev)
  if (rpf === 0 && (dev.ifindex !== oif || !txRedirects(net, dev))) {
    if (acceptLocal(net, dev)) return 0
    if (!net.routes.fullSourceCheck) return net.routes.isLocalAddress(fl.src) ? SOURCE_LOCAL : 0
  }
  return __fib_validate_source(net, fl, oif, dev, rpf)
}

function __fib_validate_source(net: NetNs, fl: Flow, oif: number, dev: NetDevice, rpf: number): number {
  const marked = dev.conf.src_valid_mark !== 0 || net.cfg.confAll.src_valid_mark !== 0
  flow.set(fl.src, fl.dst, oif !== 0 ? oif : 1, 0, marked ? fl.mark : 0, fl.tos, 0, 0, 0, 0)
  const noAddr = dev.link.addrs.length === 0
  if (fib_lookup(net, flow, result) !== null) return rpf !== 0 ? SOURCE_RPF : 0
  const route = result.route!
  if (route.type !== 'unicast' && (route.type !== 'local' || !acceptLocal(net, dev))) {
    return route.type === 'local' ? SOURCE_LOCAL : SOURCE_INVALID
  }
  let match = false
  for (const nh of route.nexthops) if (nh.oif === dev.ifindex) match = true
  if (route.type === 'local' && dev.loopback) match = true
  if (match) return result.nexthop!.nh.scope >= RT_SCOPE_HOST ? 1 : 0
  if (noAddr) return rpf !== 0 ? SOURCE_RPF : 0
  if (rpf === 1) return SOURCE_RPF
  flow.oif = dev.ifindex
  if (fib_lookup(net, flow, result) === null && result.route!.type === 'unicast') {
    return result.nexthop!.nh.scope >= RT_SCOPE_HOST ? 1 : 0
  }
  return 0
}
