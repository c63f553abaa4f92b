// NFLOG: the packet for the listeners of a netlink group (net/netfilter/xt_NFLOG.c, nfnetlink_log.c). There are none in netsim but the
// trace. Read first: nf_log.ts.
import type { TargetNflog } from '../../../uapi/xt_target.ts'
import { nf_log_group } from '../nf_log.ts'
import { nf_logger_find_get } from '../nf_loggers.ts'
import { type TargetOps, XT_CONTINUE } from '../xt.ts'

export const nflogTarget: TargetOps<TargetNflog> = {
  name: 'NFLOG',
  check: (check) => nf_logger_find_get(check, 'nfnetlink_log'),
  compile:
    ({ group, prefix }: TargetNflog) =>
    (par) => {
      nf_log_group(par, group, prefix)
      return XT_CONTINUE
    },
}
