// DSCP: the upper six bits of the TOS byte; the two of ECN stay (dscp_tg, net/netfilter/xt_DSCP.c; RFC 2474, 3168).
import type { TargetDscp } from '../../../uapi/xt_target.ts'
import { withTos } from '../../../wire/ipv4.ts'
import { traceSet } from '../set_event.ts'
import { type TargetOps, XT_CONTINUE } from '../xt.ts'

export const dscpTarget: TargetOps<TargetDscp> = {
  name: 'DSCP',
  tables: Object.freeze(['mangle'] as const),
  compile:
    ({ dscp }: TargetDscp) =>
    (par) => {
      const { ip } = par.skb
      if (ip.tos >> 2 === dscp) return XT_CONTINUE
      const tos = (dscp << 2) | (ip.tos & 3)
      par.skb.net = withTos(ip, tos)
      traceSet(par, 'dscp_tg', 'tos', ip.tos, tos)
      return XT_CONTINUE
    },
}
