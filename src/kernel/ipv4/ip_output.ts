// Sending IPv4: from a route to a neighbour (net/ipv4/ip_output.c).
// Read first: rtable.ts. Next: core/neighbour.ts. Fragmentation is in fragment.ts.

import { NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING } from '../../uapi/netfilter.ts'
import type { OriginEvent } from '../../uapi/trace.ts'
import { ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED } from '../../wire/icmp.ts'
import { withIdent } from '../../wire/ipv4.ts'
import { because, kfree_skb } from '../core/drop.ts'
import { neigh_get, neigh_output } from '../core/neighbour.ts'
import type { NetNs } from '../core/netns.ts'
import { IPSKB_EMSGSIZE, IPSKB_FORWARDED, IPSKB_IGNORE_DF, IPSKB_NOBUFS, type SkBuff } from '../core/skbuff.ts'
import { nf_hook } from '../netfilter/hooks.ts'
import { ip_skb_dst_mtu } from '../socket/inet.ts'
import { finishSending, ip_do_fragment } from './fragment.ts'
import { icmp_send, icmp_send_sending } from './icmp.ts'
import { ip_mc_output } from './multicast.ts'
import { traceRoute } from './route_trace.ts'
import type { Rtable } from './rtable.ts'

/** Tell the trace that a packet came into being. `cause` is the packet it answers or was made of, 0 when none. */
export function traceOrigin(net: NetNs, skb: SkBuff, why: OriginEvent['why'], cause: number, fn: string): void {
  const tr = net.kernel.tr
  if (tr === null) return
  const ifindex = skb.dev === null ? 0 : skb.dev.ifindex
  tr.emit({
    kind: 'origin',
    time: net.kernel.sim.now,
    packet: skb.id,
    netns: net.id,
    ifindex,
    fn,
    pkt: skb.packet(),
    cause,
    why,
  })
}

/** __ip_select_ident: an identification for a datagram that may be fragmented. */
export function ip_select_ident(net: NetNs): number {
  return net.routes.nextIdent()
}

/**
 * ip_local_out: send a locally made datagram along a route that the caller looked up. skb.net is a complete Ipv4 header
 * (id 0 without DF: one is chosen); it may be longer than the MTU (fragmented here, or refused when DF is set).
 */
export function ip_local_out(net: NetNs, skb: SkBuff, rt: Rtable, why: OriginEvent['why'] = 'socket', cause = 0): void {
  if (skb.sk > 0 && net.kernel.sim.isResuming) finishSending(net.kernel.sim)
  const ip = skb.ip
  if (ip.id === 0 && !ip.df) skb.net = withIdent(ip, ip_select_ident(net))
  skb.rt = rt
  skb.dev = rt.dev
  if (net.kernel.tr !== null) {
    traceOrigin(net, skb, why, cause, '__ip_local_out')
    traceRoute(net, skb, rt, 'output')
  }
  if (nf_hook(net, NF_INET_LOCAL_OUT, skb, null, rt.dev)) ip_output(net, skb, skb.rt)
}

/** dst_output: ip_output for unicast and local, ip_mc_output (with its copy to ourselves) for multicast and broadcast. */
export function ip_output(net: NetNs, skb: SkBuff, rt: Rtable): void {
  const indev = (skb.cbFlags & IPSKB_FORWARDED) === 0 ? null : skb.dev
  skb.dev = rt.dev
  if (rt.type === 'multicast' || rt.type === 'broadcast') ip_mc_output(net, skb, rt)
  else if (nf_hook(net, NF_INET_POST_ROUTING, skb, indev, rt.dev)) ip_finish_output(net, skb, rt)
}

/**
 * __ip_finish_output, ip_fragment: in fragments when the path is narrower than the datagram, or when it came in fragments and was put
 * together on its way (none of them gets longer); else straight to the neighbour.
 */
export function ip_finish_output(net: NetNs, skb: SkBuff, rt: Rtable): void {
  const len = skb.len
  const { fragMaxSize } = skb
  if (fragMaxSize === 0 && len <= rt.dev.mtu && rt.mtu === 0) {
    ip_finish_output2(net, skb, rt)
    return
  }
  const mtu = ip_skb_dst_mtu(net, skb, rt)
  if (fragMaxSize === 0 && len <= mtu) {
    ip_finish_output2(net, skb, rt)
    return
  }
  const ignoreDf = fragMaxSize === 0 ? (skb.cbFlags & IPSKB_IGNORE_DF) !== 0 : fragMaxSize <= mtu
  if (skb.ip.df && !ignoreDf) {
    skb.cbFlags |= IPSKB_EMSGSIZE
    if (skb.sk > 0) icmp_send_sending(net, skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, mtu)
    else icmp_send(net, skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, mtu)
    kfree_skb(net, skb, 'ip_fragment', 'NOT_SPECIFIED', because(`${len} bytes with DF set, the MTU is ${mtu}`))
    return
  }
  ip_do_fragment(net, skb, mtu, rt)
}

/** The link-layer address of the next hop: gateway, or the destination itself. */
export function ip_finish_output2(net: NetNs, skb: SkBuff, rt: Rtable): void {
  const nexthop = rt.gateway !== 0 ? rt.gateway : skb.ip.dst
  const neigh = neigh_get(net, rt.dev, nexthop)
  if (neigh === null) {
    skb.cbFlags |= IPSKB_NOBUFS
    kfree_skb(net, skb, 'ip_finish_output2', 'NEIGH_CREATEFAIL', { kind: 'neigh', dst: nexthop })
    return
  }
  neigh_output(neigh, skb)
}
