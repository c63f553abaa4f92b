// TOS: the type-of-service byte (tos_tg, net/netfilter/xt_DSCP.c).
import type { TargetTos } from '../../../uapi/xt_target.ts'
import { withTos } from '../../../wire/ipv4.ts'
import { traceSet } from '../set_event.ts'
import { type TargetOps, XT_CONTINUE } from '../xt.ts'

export const tosTarget: TargetOps<TargetTos> = {
  name: 'TOS',
  tables: Object.freeze(['mangle'] as const),
  compile:
    ({ value, mask }: TargetTos) =>
    (par) => {
      const { ip } = par.skb
      const tos = ((ip.tos & ~mask) ^ value) & 0xff
      if (tos === ip.tos) return XT_CONTINUE
      par.skb.net = withTos(ip, tos)
      traceSet(par, 'tos_tg', 'tos', ip.tos, tos)
      return XT_CONTINUE
    },
}
