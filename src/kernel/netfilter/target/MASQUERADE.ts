// MASQUERADE: SNAT with the address of the outgoing device (net/netfilter/xt_MASQUERADE.c). Read first: nat/masquerade.ts.
import { NF_INET_POST_ROUTING } from '../../../uapi/netfilter.ts'
import type { TargetOf } from '../../../uapi/xt_target.ts'
import { nf_nat_masquerade_ipv4 } from '../nat/masquerade.ts'
import { rangeOf } from '../nat/range.ts'
import type { TargetOps } from '../xt.ts'

export const masqueradeTarget: TargetOps<TargetOf<'MASQUERADE'>> = Object.freeze({
  name: 'MASQUERADE',
  tables: Object.freeze(['nat'] as const),
  hooks: 1 << NF_INET_POST_ROUTING,
  conntrack: true,
  check(check, info) {
    if (info.addr !== null) check.tx.refuse('EINVAL')
  },
  compile(info) {
    const range = rangeOf(info)
    return (par) => nf_nat_masquerade_ipv4(par, range)
  },
} satisfies TargetOps<TargetOf<'MASQUERADE'>>)
