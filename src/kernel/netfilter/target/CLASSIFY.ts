// CLASSIFY: the packet's priority, by which a qdisc finds its class (classify_tg, net/netfilter/xt_CLASSIFY.c).
import { NF_INET_FORWARD, NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING } from '../../../uapi/netfilter.ts'
import type { TargetClassify } from '../../../uapi/xt_target.ts'
import { traceSet } from '../set_event.ts'
import { type TargetOps, XT_CONTINUE } from '../xt.ts'

export const classifyTarget: TargetOps<TargetClassify> = {
  name: 'CLASSIFY',
  hooks: (1 << NF_INET_LOCAL_OUT) | (1 << NF_INET_FORWARD) | (1 << NF_INET_POST_ROUTING),
  compile:
    ({ priority }: TargetClassify) =>
    (par) => {
      const before = par.skb.priority
      par.skb.priority = priority
      traceSet(par, 'classify_tg', 'priority', before, priority)
      return XT_CONTINUE
    },
}
