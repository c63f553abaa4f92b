// Group traffic on output: broadcasts and multicasts also come back to the sender (ip_mc_output, net/ipv4/ip_output.c).
// Leaves out: IGMP, multicast routing and IP_ADD_MEMBERSHIP: the one group that every device is in is 224.0.0.1.
import { ip4 } from '../../lib/ip4.ts'
import { EV_RX } from '../../sim/clock.ts'
import { NF_INET_POST_ROUTING } from '../../uapi/netfilter.ts'
import { because, kfree_skb } from '../core/drop.ts'
import type { NetNs } from '../core/netns.ts'
import { PACKET_LOOPBACK, type SkBuff } from '../core/skbuff.ts'
import { nf_hook } from '../netfilter/hooks.ts'
import { sk_mc_loop } from '../socket/inet.ts'
import { ip_finish_output } from './ip_output.ts'
import type { Rtable } from './rtable.ts'

/** 224.0.0.1: every multicast host is a member. */
export const IGMP_ALL_HOSTS = ip4('224.0.0.1')

export function ip_mc_output(net: NetNs, skb: SkBuff, rt: Rtable): void {
  const dst = skb.ip.dst
  const loops = rt.type === 'broadcast' || (dst === IGMP_ALL_HOSTS && sk_mc_loop(net, skb))
  if (loops) dev_loopback_xmit(net, skb, rt)
  // Only a group that this host is in leaves through here in Linux: another one leaves with whatever TTL it has.
  if (dst === IGMP_ALL_HOSTS && skb.ip.ttl === 0) {
    kfree_skb(net, skb, 'ip_mc_output', 'NOT_SPECIFIED', because('ttl 0: not beyond this host'))
    return
  }
  if (nf_hook(net, NF_INET_POST_ROUTING, skb, null, rt.dev)) ip_finish_output(net, skb, rt)
}

/** A copy for ourselves, received on the outgoing device with its route in place. */
function dev_loopback_xmit(net: NetNs, skb: SkBuff, rt: Rtable): void {
  const copy = skb.clone()
  copy.pktType = PACKET_LOOPBACK
  copy.dev = rt.dev
  copy.rt = rt
  if (!nf_hook(net, NF_INET_POST_ROUTING, copy, null, rt.dev)) return
  net.kernel.sim.post(net.kernel.loLane, EV_RX, rt.dev, copy)
}
