// -m policy: was the packet protected by IPsec, or will it be (net/netfilter/xt_policy.c)?
// There is no IPsec here: "none" is true of every packet, "ipsec" of none, whatever its elements ask.
import {
  NF_INET_LOCAL_IN,
  NF_INET_LOCAL_OUT,
  NF_INET_POST_ROUTING,
  NF_INET_PRE_ROUTING,
} from '../../../uapi/netfilter.ts'
import type { MatchPolicy } from '../../../uapi/xt.ts'
import { LOG_INFO, printk } from '../klog.ts'
import type { MatchOps, XtCheck } from '../xt.ts'

const INTO = (1 << NF_INET_PRE_ROUTING) | (1 << NF_INET_LOCAL_IN)
const OUT_OF = (1 << NF_INET_POST_ROUTING) | (1 << NF_INET_LOCAL_OUT)

function check(check: XtCheck, { dir }: MatchPolicy): void {
  if ((check.hooks & (dir === 'out' ? INTO : OUT_OF)) === 0) return
  const where =
    dir === 'out'
      ? 'output policy not valid in PREROUTING and INPUT'
      : 'input policy not valid in POSTROUTING and OUTPUT'
  printk(check.net.kernel, LOG_INFO, `xt_policy: ${where}`)
  check.tx.refuse('EINVAL')
}

export const policyMatch: MatchOps<MatchPolicy> = {
  name: 'policy',
  check,
  compile:
    ({ pol }: MatchPolicy) =>
    () =>
      pol === 'none',
}
