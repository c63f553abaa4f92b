// Proxy ARP: when a router answers for an address that is not its own (arp_fwd_proxy, arp_fwd_pvlan in net/ipv4/arp.c).
// Read first: arp.ts. The words name the condition that decided, as the trace shows it.
import { formatIp4, type Ip4 } from '../../lib/ip4.ts'
import { pneigh_lookup } from '../core/neigh_proxy.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import { maxConf, orConf } from './arp_neigh.ts'
import type { Rtable } from './rtable.ts'

/** May `dev` answer for `tip`, which is reached by the unicast route `rt`? The condition that allows it, or null. */
export function proxyGrant(net: NetNs, dev: NetDevice, rt: Rtable, sip: Ip4, tip: Ip4): string | null {
  if (arp_fwd_proxy(dev, rt)) {
    return `proxy_arp is 1 on ${dev.name} and the route to ${formatIp4(tip)} leaves by ${rt.dev.name}`
  }
  if (arp_fwd_pvlan(dev, rt, sip, tip)) {
    return `proxy_arp_pvlan is 1 on ${dev.name} and the route to ${formatIp4(tip)} leaves by the same device`
  }
  if (rt.dev !== dev && pneigh_lookup(net.neigh, tip, dev) !== null) {
    return `a proxy entry for ${formatIp4(tip)} exists and its route leaves by ${rt.dev.name}`
  }
  return null
}

/** Another device, proxy_arp on, and not the same medium (medium_id 0: every device its own; -1: never). */
function arp_fwd_proxy(dev: NetDevice, rt: Rtable): boolean {
  if (rt.dev === dev || !orConf(dev, 'proxy_arp')) return false
  const imi = dev.conf.medium_id
  if (imi === 0) return true
  if (imi === -1) return false
  const omi = rt.dev.conf.medium_id
  return omi !== imi && omi !== -1
}

/** RFC 3069: back out of the same device, but not to probes for the asker's own address. */
function arp_fwd_pvlan(dev: NetDevice, rt: Rtable, sip: Ip4, tip: Ip4): boolean {
  return rt.dev === dev && sip !== tip && orConf(dev, 'proxy_arp_pvlan')
}

/** Why a request for an address that is not ours stays unanswered: the first condition of proxy ARP that does not hold. */
export function whyNoProxy(net: NetNs, dev: NetDevice, rt: Rtable | null, sip: Ip4, tip: Ip4): string {
  const t = formatIp4(tip)
  if (rt === null) return `the sender ${formatIp4(sip)} is not a valid source on ${dev.name} (martian or rp_filter)`
  if (!dev.forwarding) return `${t} is not an address of this machine, and forwarding is 0 on ${dev.name}`
  if (rt.type === 'unreachable') return failedRoute(rt, t)
  if (rt.type !== 'unicast') return `${t} is a ${rt.type} address here`
  if (rt.dev === dev) return sameDevice(t)
  const proxied = pneigh_lookup(net.neigh, tip, dev) !== null
  if (!proxied && !orConf(dev, 'proxy_arp')) {
    return `${t} is not an address of this machine, and proxy_arp is ${maxConf(dev, 'proxy_arp')} on ${dev.name}`
  }
  return `medium_id ${dev.conf.medium_id} on ${dev.name} and ${rt.dev.conf.medium_id} on ${rt.dev.name} are one medium`
}

/** A lookup that ended without a way: a same-device route is refused to ARP with EINVAL, everything else is no route. */
function failedRoute(rt: Rtable, target: string): string {
  if (rt.error === 'EINVAL' && rt.route === null) return sameDevice(target)
  return rt.route === null ? `there is no route to ${target}` : `the route to ${target} is of type ${rt.route.type}`
}

function sameDevice(target: string): string {
  return `the route to ${target} leaves by the same device`
}
