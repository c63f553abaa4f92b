// REDIRECT: DNAT to this machine itself (net/netfilter/xt_REDIRECT.c). Read first: nat/redirect.ts.
import { NF_INET_LOCAL_OUT, NF_INET_PRE_ROUTING } from '../../../uapi/netfilter.ts'
import type { TargetOf } from '../../../uapi/xt_target.ts'
import { LOG_INFO, printk } from '../klog.ts'
import { rangeOf } from '../nat/range.ts'
import { nf_nat_redirect_ipv4 } from '../nat/redirect.ts'
import type { TargetOps } from '../xt.ts'

export const redirectTarget: TargetOps<TargetOf<'REDIRECT'>> = Object.freeze({
  name: 'REDIRECT',
  tables: Object.freeze(['nat'] as const),
  hooks: (1 << NF_INET_PRE_ROUTING) | (1 << NF_INET_LOCAL_OUT),
  conntrack: true,
  check(check, info) {
    if (info.addr === null) return
    printk(check.net.kernel, LOG_INFO, 'xt_REDIRECT: bad MAP_IPS.')
    check.tx.refuse('EINVAL')
  },
  compile(info) {
    const range = rangeOf(info)
    return (par) => nf_nat_redirect_ipv4(par, range)
  },
} satisfies TargetOps<TargetOf<'REDIRECT'>>)
