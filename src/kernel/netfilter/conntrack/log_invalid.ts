// What conntrack says of packets it does not like, when net.netfilter.nf_conntrack_log_invalid asks for it
// (nf_l4proto_log_invalid, nf_ct_l4proto_log_invalid; net/netfilter/nf_conntrack_proto.c).
import type { NetNs } from '../../core/netns.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import { nf_log_invalid } from '../nf_log.ts'
import { ctConf } from './conf.ts'

/** The sysctl names one protocol, or 255 for all of them. */
export function nf_ct_l4proto_log_invalid(net: NetNs, skb: SkBuff, reason: string): void {
  const which = ctConf(net).logInvalid
  if (which === 0 || (which !== 255 && which !== skb.ip.protocol)) return
  nf_log_invalid(net, skb, `nf_ct_proto_${skb.ip.protocol}: ${reason} `)
}
