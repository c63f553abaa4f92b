// SNAT: another source for a connection (net/netfilter/xt_nat.c). Read first: nat/core.ts.
import { NF_INET_LOCAL_IN, NF_INET_POST_ROUTING } from '../../../uapi/netfilter.ts'
import type { TargetOf } from '../../../uapi/xt_target.ts'
import { nf_nat_setup_info } from '../nat/core.ts'
import { rangeOf } from '../nat/range.ts'
import { NF_NAT_MANIP_SRC } from '../nat/unique.ts'
import { NF_ACCEPT, type TargetOps } from '../xt.ts'

export const snatTarget: TargetOps<TargetOf<'SNAT'>> = Object.freeze({
  name: 'SNAT',
  tables: Object.freeze(['nat'] as const),
  hooks: (1 << NF_INET_POST_ROUTING) | (1 << NF_INET_LOCAL_IN),
  conntrack: true,
  compile(info) {
    const range = rangeOf(info)
    return ({ net, skb }) => (skb.nfct === null ? NF_ACCEPT : nf_nat_setup_info(net, skb.nfct, range, NF_NAT_MANIP_SRC))
  },
} satisfies TargetOps<TargetOf<'SNAT'>>)
