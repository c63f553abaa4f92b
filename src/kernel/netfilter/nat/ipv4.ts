// NAT at its four hooks (net/netfilter/nf_nat_proto.c). Read first: hooks.ts, core.ts. ICMP errors are in icmp_reply.ts.
import { IP_CT_RELATED, IP_CT_RELATED_REPLY } from '../../../uapi/conntrack.ts'
import { NF_INET_LOCAL_OUT, NF_INET_PRE_ROUTING } from '../../../uapi/netfilter.ts'
import { IPPROTO_ICMP } from '../../../wire/ipv4.ts'
import type { NetDevice } from '../../core/netdevice.ts'
import type { NetNs } from '../../core/netns.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import { ip_route_me_harder } from '../reroute.ts'
import { NF_ACCEPT, NF_DROP } from '../xt.ts'
import { isReply, nf_nat_inet_fn } from './core.ts'
import { nf_nat_icmp_reply_translation } from './icmp_reply.ts'

/** What runs at a hook: PREROUTING and OUTPUT change destinations, INPUT and POSTROUTING sources. */
export function nf_nat_ipv4(
  net: NetNs,
  hook: number,
  skb: SkBuff,
  indev: NetDevice | null,
  out: NetDevice | null,
): number {
  if (skb.nfct === null) return NF_ACCEPT
  switch (hook) {
    case NF_INET_PRE_ROUTING:
      return nf_nat_ipv4_pre_routing(net, hook, skb, indev, out)
    case NF_INET_LOCAL_OUT:
      return nf_nat_ipv4_local_fn(net, hook, skb, indev, out)
    default:
      return nf_nat_ipv4_fn(net, hook, skb, indev, out)
  }
}

/** nf_nat_ipv4_fn: at INPUT, and at POSTROUTING (nf_nat_ipv4_out does the same and looks at IPsec policies). */
function nf_nat_ipv4_fn(net: NetNs, hook: number, skb: SkBuff, indev: NetDevice | null, out: NetDevice | null): number {
  if ((skb.ctinfo === IP_CT_RELATED || skb.ctinfo === IP_CT_RELATED_REPLY) && skb.ip.protocol === IPPROTO_ICMP)
    return nf_nat_icmp_reply_translation(net, skb, hook) ? NF_ACCEPT : NF_DROP
  return nf_nat_inet_fn(net, hook, skb, indev, out)
}

/** nf_nat_ipv4_pre_routing: a packet that came over lo has a route already; another destination needs another. */
function nf_nat_ipv4_pre_routing(
  net: NetNs,
  hook: number,
  skb: SkBuff,
  indev: NetDevice | null,
  out: NetDevice | null,
): number {
  const { dst } = skb.ip
  const verdict = nf_nat_ipv4_fn(net, hook, skb, indev, out)
  if (verdict === NF_ACCEPT && skb.ip.dst !== dst) skb.rt = null
  return verdict
}

/** nf_nat_ipv4_local_fn: each packet of a connection with another destination is routed to that. */
function nf_nat_ipv4_local_fn(
  net: NetNs,
  hook: number,
  skb: SkBuff,
  indev: NetDevice | null,
  out: NetDevice | null,
): number {
  const verdict = nf_nat_ipv4_fn(net, hook, skb, indev, out)
  const ct = skb.nfct
  if (verdict !== NF_ACCEPT || ct === null) return verdict
  const changed = isReply(skb.ctinfo) ? ct.rDst !== ct.oSrc : ct.oDst !== ct.rSrc
  return !changed || ip_route_me_harder(net, skb) ? NF_ACCEPT : NF_DROP
}
