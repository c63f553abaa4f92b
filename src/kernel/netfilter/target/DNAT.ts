// DNAT: another destination for a connection (net/netfilter/xt_nat.c). Read first: nat/core.ts.
import { NF_INET_LOCAL_OUT, NF_INET_PRE_ROUTING } from '../../../uapi/netfilter.ts'
import type { TargetOf } from '../../../uapi/xt_target.ts'
import { nf_nat_setup_info } from '../nat/core.ts'
import { rangeOf } from '../nat/range.ts'
import { NF_NAT_MANIP_DST } from '../nat/unique.ts'
import { NF_ACCEPT, type TargetOps } from '../xt.ts'

export const dnatTarget: TargetOps<TargetOf<'DNAT'>> = Object.freeze({
  name: 'DNAT',
  tables: Object.freeze(['nat'] as const),
  hooks: (1 << NF_INET_PRE_ROUTING) | (1 << NF_INET_LOCAL_OUT),
  conntrack: true,
  compile(info) {
    const range = rangeOf(info)
    return ({ net, skb }) => (skb.nfct === null ? NF_ACCEPT : nf_nat_setup_info(net, skb.nfct, range, NF_NAT_MANIP_DST))
  },
} satisfies TargetOps<TargetOf<'DNAT'>>)
