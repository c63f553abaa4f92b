// ICMP redirects: telling a neighbour of a better first hop, and believing one (ip_rt_send_redirect, __ip_do_redirect,
// net/ipv4/route.c; RFC 1122 3.2.2.2).
import { type Ip4, isLimitedBroadcast, isMulticast, isZeronet } from '../../lib/ip4.ts'
import { NUD_VALID } from '../../uapi/neigh.ts'
import { type NextHop, RTNH_F_DEAD } from '../../uapi/route.ts'
import { ICMP_REDIR_HOST, ICMP_REDIRECT } from '../../wire/icmp.ts'
import { IP_HLEN } from '../../wire/ipv4.ts'
import { decodeQuoted, type Quoted } from '../../wire/quoted.ts'
import { because, bySysctl, kfree_skb } from '../core/drop.ts'
import { neigh_event_send, neigh_get } from '../core/neighbour.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import type { SkBuff } from '../core/skbuff.ts'
import { inet_addr_onlink } from './devinet.ts'
import { Flow, inet_addr_type } from './fib_lookup.ts'
import { icmp_send } from './icmp.ts'
import { inet_getpeer } from './inetpeer.ts'
import { ip_route_output } from './route.ts'
import { sharedMedia } from './route_input.ts'
import { Rtable } from './rtable.ts'

/** redirect_load (HZ/50), redirect_number, redirect_silence of /proc/sys/net/ipv4/route, in ms. */
const REDIRECT_LOAD_MS = 20
const REDIRECT_NUMBER = 9
const REDIRECT_SILENCE_MS = REDIRECT_LOAD_MS << (REDIRECT_NUMBER + 1)

/** ip_rt_gc_timeout (RT_GC_TIMEOUT): how long a redirect is believed. */
const REDIRECT_LIFETIME = 300_000_000_000

const flow = new Flow()

/** Tell the sender to use the gateway itself; exponentially less often, silent after nine ignored ones. */
export function ip_rt_send_redirect(net: NetNs, skb: SkBuff, rt: Rtable): void {
  const ip = skb.ip
  const now = net.kernel.sim.now / 1_000_000
  const gateway = rt.gateway !== 0 ? rt.gateway : ip.dst
  const peer = inet_getpeer(net, ip.src)
  if (now > peer.last + REDIRECT_SILENCE_MS) {
    peer.tokens = 0
    peer.redirects = 0
  }
  if (peer.redirects >= REDIRECT_NUMBER) {
    peer.last = now
    return
  }
  if (peer.redirects !== 0 && now <= peer.last + (REDIRECT_LOAD_MS << peer.redirects)) return
  icmp_send(net, skb, ICMP_REDIRECT, ICMP_REDIR_HOST, gateway)
  peer.last = now
  peer.redirects++
}

/** The route that the quoted packet takes: a redirect is about that one. */
function routeOfQuoted(net: NetNs, inner: Quoted): Rtable | null {
  const { ip, protocol, sport, dport } = inner
  const rt = ip_route_output(
    net,
    flow.set(ip.dst, ip.src, net.lo.ifindex, 0, 0, ip.tos & 0x1c, protocol, sport, dport, 0),
  )
  return rt instanceof Rtable && rt.route !== null ? rt : null
}

/** ip_fib_check_default: some route has this address as a gateway on that device. */
function isKnownGateway(net: NetNs, dev: NetDevice, gateway: Ip4): boolean {
  const uses = (nh: NextHop): boolean =>
    nh.gateway === gateway && nh.oif === dev.ifindex && (nh.flags & RTNH_F_DEAD) === 0
  return Object.values(net.cfg.tables).some((table) => table.some((r) => r.nexthops.some(uses)))
}

/** Why a redirect is not believed, or null. */
function refusal(net: NetNs, dev: NetDevice, from: Ip4, gateway: Ip4, rt: Rtable | null): string | null {
  if (rt === null) return 'there is no route to the destination'
  if (rt.dev !== dev || rt.gateway !== from) return 'it does not come from the gateway in use'
  if (gateway === from || isMulticast(gateway) || isLimitedBroadcast(gateway) || isZeronet(gateway)) {
    return 'the new gateway is no better one'
  }
  if (sharedMedia(net, dev)) {
    return inet_addr_type(net, gateway) === 'unicast' ? null : 'the new gateway is no unicast address'
  }
  if (!inet_addr_onlink(dev, gateway, from)) return 'the new gateway is not on the link'
  const secure = dev.conf.secure_redirects !== 0 || net.cfg.confAll.secure_redirects !== 0
  return secure && !isKnownGateway(net, dev, gateway) ? 'secure_redirects: no route has that gateway' : null
}

/** The new gateway's neighbour entry is good: else ARP asks for it, and a later redirect may be believed. */
function gatewayAnswers(net: NetNs, dev: NetDevice, gateway: Ip4): boolean {
  const neigh = neigh_get(net, dev, gateway)
  if (neigh === null || (neigh.state & NUD_VALID) !== 0) return neigh !== null
  neigh_event_send(neigh, null)
  return false
}

/** icmp_redirect → ip_do_redirect: change the next hop of one destination, when the redirect is to be believed. */
export function icmp_redirect(net: NetNs, skb: SkBuff): void {
  const h = skb.l4
  const inner = decodeQuoted(skb.data)
  if (h === null || h.kind !== 'icmp' || inner === null) {
    // Too short for an IP header is a reason of its own; the rest the kernel ignores without one.
    const short = skb.data.length < IP_HLEN
    const note = because('the quoted datagram is cut short')
    kfree_skb(net, skb, short ? 'icmp_rcv' : 'icmp_redirect', short ? 'PKT_TOO_SMALL' : 'NOT_SPECIFIED', note)
    return
  }
  const dev = skb.dev as NetDevice
  const gateway = h.rest
  if (!rxRedirects(net, dev)) {
    const detail = bySysctl(`ipv4.conf.${dev.name}.accept_redirects`, dev.conf.accept_redirects)
    kfree_skb(net, skb, '__ip_do_redirect', 'NOT_SPECIFIED', detail)
    return
  }
  const rt = routeOfQuoted(net, inner)
  let why = refusal(net, dev, skb.ip.src, gateway, rt)
  if (why === null && !gatewayAnswers(net, dev, gateway)) why = 'the new gateway has not answered ARP yet'
  if (why !== null || rt === null) {
    kfree_skb(net, skb, '__ip_do_redirect', 'NOT_SPECIFIED', because(why ?? ''))
    return
  }
  believe(net, skb, rt, inner.ip.dst, gateway)
}

/** update_or_create_fnhe */
function believe(net: NetNs, skb: SkBuff, rt: Rtable, dst: Ip4, gateway: Ip4): void {
  net.routes.learn(rt.nexthop!, {
    dst,
    mtu: rt.exception?.mtu ?? 0,
    mtuLocked: rt.exception?.mtuLocked ?? false,
    gateway,
    expires: net.kernel.sim.now + REDIRECT_LIFETIME,
  })
  net.kernel.tr?.emit({
    kind: 'exception',
    time: net.kernel.sim.now,
    packet: skb.id,
    netns: net.id,
    ifindex: rt.dev.ifindex,
    fn: '__ip_do_redirect',
    dst,
    mtu: 0,
    gateway,
  })
}

/** IN_DEV_RX_REDIRECTS: a router believes only when both knobs are on, a host when one is. */
function rxRedirects(net: NetNs, dev: NetDevice): boolean {
  const all = net.cfg.confAll.accept_redirects !== 0
  const own = dev.conf.accept_redirects !== 0
  return dev.forwarding ? all && own : all || own
}
