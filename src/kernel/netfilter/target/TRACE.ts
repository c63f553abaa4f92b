// TRACE: from here on every rule that the packet meets is logged (trace_tg, net/netfilter/xt_TRACE.c). Read first: nf_log.ts.
import type { TargetTrace } from '../../../uapi/xt_target.ts'
import { nf_logger_find_get } from '../nf_loggers.ts'
import { type TargetOps, XT_CONTINUE } from '../xt.ts'

export const traceTarget: TargetOps<TargetTrace> = {
  name: 'TRACE',
  tables: Object.freeze(['raw'] as const),
  check: (check) => nf_logger_find_get(check, 'nf_log_syslog'),
  compile: () => (par) => {
    par.skb.nfTrace = true
    return XT_CONTINUE
  },
}
