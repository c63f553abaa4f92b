// Forwarding: TTL, MTU, redirect, then out (net/ipv4/ip_forward.c).
// Read first: ip_input.ts. Next: ip_output.ts.
// Leaves out: source routing and router alert options.

import { NF_INET_FORWARD } from '../../uapi/netfilter.ts'
import { ICMP_DEST_UNREACH, ICMP_EXC_TTL, ICMP_FRAG_NEEDED, ICMP_TIME_EXCEEDED } from '../../wire/icmp.ts'
import { withTtl } from '../../wire/ipv4.ts'
import { because, kfree_skb } from '../core/drop.ts'
import type { NetNs } from '../core/netns.ts'
import { IPSKB_FORWARDED, PACKET_HOST, type SkBuff } from '../core/skbuff.ts'
import { nf_hook } from '../netfilter/hooks.ts'
import { icmp_send } from './icmp.ts'
import { ip_output } from './ip_output.ts'
import { ip_rt_send_redirect } from './redirect.ts'
import { ip_dst_mtu_maybe_forward } from './route.ts'
import type { Rtable } from './rtable.ts'

export function ip_forward(net: NetNs, skb: SkBuff, rt: Rtable): void {
  if (skb.pktType !== PACKET_HOST) {
    kfree_skb(net, skb, 'ip_forward', 'NOT_SPECIFIED', because('a frame to a group address is not forwarded'))
    return
  }
  const ip = skb.ip
  if (ip.ttl <= 1) {
    icmp_send(net, skb, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0)
    kfree_skb(net, skb, 'ip_forward', 'IP_INHDR', because(`ttl ${ip.ttl} would become 0`))
    return
  }
  skb.cbFlags |= IPSKB_FORWARDED
  const mtu = ip_dst_mtu_maybe_forward(net, rt, true)
  // of a datagram that was put together on its way only its longest fragment counts (ip_exceeds_mtu)
  if (ip.df && skb.len > mtu && (skb.fragMaxSize === 0 || skb.fragMaxSize > mtu)) {
    icmp_send(net, skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, mtu)
    kfree_skb(net, skb, 'ip_forward', 'PKT_TOO_BIG', because(`${skb.len} bytes with DF set, the path's MTU is ${mtu}`))
    return
  }
  skb.net = withTtl(ip, ip.ttl - 1)
  const tr = net.kernel.tr
  if (tr !== null) {
    tr.emit({
      kind: 'forward',
      time: net.kernel.sim.now,
      packet: skb.id,
      netns: net.id,
      ifindex: rt.dev.ifindex,
      fn: 'ip_forward',
      ttl: ip.ttl,
      newTtl: ip.ttl - 1,
    })
  }
  if (rt.doRedirect) ip_rt_send_redirect(net, skb, rt)
  if (nf_hook(net, NF_INET_FORWARD, skb, skb.dev, rt.dev)) ip_output(net, skb, skb.rt ?? rt)
}
