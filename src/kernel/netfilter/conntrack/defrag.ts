// Connection tracking sees whole datagrams only (net/ipv4/netfilter/nf_defrag_ipv4.c).
// The datagram is split again on its way out (ip_do_fragment, by fragMaxSize).
import { IP_CT_UNTRACKED } from '../../../uapi/conntrack.ts'
import { isFragment } from '../../../wire/ipv4.ts'
import type { NetNs } from '../../core/netns.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import { ip_defrag } from '../../ipv4/reassembly.ts'
import { NF_ACCEPT, NF_STOLEN } from '../xt.ts'

/**
 * ipv4_conntrack_defrag: NF_STOLEN while fragments are missing. Packets that are not to be tracked are left as they are;
 * those over lo that have a connection are not (the check is left out where NAT is built in).
 */
export function ipv4_conntrack_defrag(net: NetNs, _hook: number, skb: SkBuff): number {
  if (skb.ctinfo === IP_CT_UNTRACKED || !isFragment(skb.ip)) return NF_ACCEPT
  return ip_defrag(net, skb) ? NF_ACCEPT : NF_STOLEN
}
