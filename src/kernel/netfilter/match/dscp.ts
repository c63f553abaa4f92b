// -m dscp: the upper six bits of TOS (net/netfilter/xt_dscp.c; RFC 2474).
import type { MatchDscp } from '../../../uapi/xt.ts'
import type { MatchOps, XtCheck } from '../xt.ts'

const XT_DSCP_MAX = 0x3f

export const dscpMatch: MatchOps<MatchDscp> = {
  name: 'dscp',
  check(check: XtCheck, m: MatchDscp): void {
    if (m.dscp > XT_DSCP_MAX) check.tx.refuse('EDOM')
  },
  compile:
    ({ dscp, invert }: MatchDscp) =>
    (par) =>
      (par.skb.ip.tos >> 2 === dscp) !== invert,
}
