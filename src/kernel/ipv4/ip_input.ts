// Receiving IPv4: from the device to local delivery or forwarding (net/ipv4/ip_input.c).
// Read first: core/dev.ts. Next: route.ts (where to), ip_forward.ts, icmp.ts, socket/input.ts.

import { NF_INET_LOCAL_IN, NF_INET_PRE_ROUTING } from '../../uapi/netfilter.ts'
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP, isFragment } from '../../wire/ipv4.ts'
import { because, bySysctl, kfree_skb } from '../core/drop.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import { PACKET_BROADCAST, PACKET_MULTICAST, PACKET_OTHERHOST, type SkBuff } from '../core/skbuff.ts'
import { nf_hook } from '../netfilter/hooks.ts'
import { raw_local_deliver, tcp_v4_rcv, udp_rcv } from '../socket/input.ts'
import { icmp_send } from './icmp.ts'
import { icmp_rcv } from './icmp_rcv.ts'
import { ip_error } from './ip_error.ts'
import { ip_forward } from './ip_forward.ts'
import { ip_defrag } from './reassembly.ts'
import { ip_route_input } from './route.ts'
import type { Rtable } from './rtable.ts'

const ICMP_DEST_UNREACH = 3
const ICMP_PROT_UNREACH = 2

/** ip_rcv: is it for us at all, and is the header sound (ip_rcv_core)? */
export function ip_rcv(net: NetNs, skb: SkBuff): void {
  if (skb.pktType === PACKET_OTHERHOST) {
    skb.dev!.rxOtherhost++
    kfree_skb(net, skb, 'ip_rcv_core', 'OTHERHOST', because('the destination MAC is not the device’s own'))
    return
  }
  const ip = skb.net
  if (ip.kind !== 'ipv4') {
    const reason = ip.kind === 'raw' ? (ip.drop ?? 'IP_INHDR') : 'IP_INHDR'
    kfree_skb(net, skb, 'ip_rcv_core', reason, null)
    return
  }
  if (ip.badSum) {
    kfree_skb(net, skb, 'ip_rcv_core', 'IP_CSUM', null)
    return
  }
  if (nf_hook(net, NF_INET_PRE_ROUTING, skb, skb.dev, null)) ip_rcv_finish(net, skb)
}

/** ip_rcv_finish: route it (unless it came over lo with its route), then dst_input. */
export function ip_rcv_finish(net: NetNs, skb: SkBuff): void {
  let rt = skb.rt
  if (rt === null) {
    rt = ip_route_input(net, skb)
    if (rt === null) return
    skb.rt = rt
  }
  if ((skb.pktType === PACKET_BROADCAST || skb.pktType === PACKET_MULTICAST) && dropsGroupFrame(net, skb, rt)) return
  dst_input(net, skb, rt)
}

/** ip_rcv_finish_core: a frame to a group that holds a packet for one machine only (RFC 1122 3.3.6), where that is not wanted. */
function dropsGroupFrame(net: NetNs, skb: SkBuff, rt: Rtable): boolean {
  const dev = skb.dev as NetDevice
  const wanted = dev.conf.drop_unicast_in_l2_multicast === 0 && net.cfg.confAll.drop_unicast_in_l2_multicast === 0
  if (wanted || rt.type === 'multicast' || rt.type === 'broadcast') return false
  const detail = bySysctl(`ipv4.conf.${dev.name}.drop_unicast_in_l2_multicast`, 1)
  kfree_skb(net, skb, 'ip_rcv_finish_core', 'UNICAST_IN_L2_MULTICAST', detail)
  return true
}

/** What the route's input function is (rth->dst.input). */
function dst_input(net: NetNs, skb: SkBuff, rt: Rtable): void {
  switch (rt.type) {
    case 'unicast':
      ip_forward(net, skb, rt)
      return
    case 'local':
    case 'broadcast':
    case 'multicast':
      ip_local_deliver(net, skb)
      return
    default:
      ip_error(net, skb, rt)
  }
}

/** For this machine: put fragments together first. */
export function ip_local_deliver(net: NetNs, skb: SkBuff): void {
  if (isFragment(skb.ip)) {
    if (!ip_defrag(net, skb)) return
  }
  if (nf_hook(net, NF_INET_LOCAL_IN, skb, skb.dev, null)) ip_local_deliver_finish(net, skb)
}

/** ip_protocol_deliver_rcu: raw sockets first, then the protocol's handler, else protocol unreachable. */
function ip_local_deliver_finish(net: NetNs, skb: SkBuff): void {
  const raw = raw_local_deliver(net, skb)
  switch (skb.ip.protocol) {
    case IPPROTO_UDP:
      udp_rcv(net, skb)
      return
    case IPPROTO_TCP:
      tcp_v4_rcv(net, skb)
      return
    case IPPROTO_ICMP:
      icmp_rcv(net, skb)
      return
    default:
      if (raw) return
      icmp_send(net, skb, ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, 0)
      kfree_skb(
        net,
        skb,
        'ip_local_deliver_finish',
        'IP_NOPROTO',
        because(`no handler and no raw socket for IP protocol ${skb.ip.protocol}`),
      )
  }
}
