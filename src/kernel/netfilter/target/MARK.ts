// MARK: the packet's mark (mark_tg, net/netfilter/xt_mark.c, revision 2).
import type { TargetMark } from '../../../uapi/xt_target.ts'
import { traceSet } from '../set_event.ts'
import { type TargetOps, XT_CONTINUE } from '../xt.ts'

export const markTarget: TargetOps<TargetMark> = {
  name: 'MARK',
  compile:
    ({ value, mask }: TargetMark) =>
    (par) => {
      const before = par.skb.mark
      const after = ((before & ~mask) ^ value) >>> 0
      par.skb.mark = after
      traceSet(par, 'mark_tg', 'mark', before, after)
      return XT_CONTINUE
    },
}
