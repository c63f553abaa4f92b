// LOG: a line about the packet for dmesg (net/netfilter/xt_LOG.c). Read first: nf_log.ts.
import type { TargetLog } from '../../../uapi/xt_target.ts'
import { nf_log_packet } from '../nf_log.ts'
import { NF_LOG_IPOPT, NF_LOG_MACDECODE, NF_LOG_TCPOPT, NF_LOG_TCPSEQ, NF_LOG_UID } from '../nf_log_syslog.ts'
import { nf_logger_find_get } from '../nf_loggers.ts'
import { type TargetOps, XT_CONTINUE } from '../xt.ts'

function flagsOf(info: TargetLog): number {
  return (
    (info.tcpSequence ? NF_LOG_TCPSEQ : 0) |
    (info.tcpOptions ? NF_LOG_TCPOPT : 0) |
    (info.ipOptions ? NF_LOG_IPOPT : 0) |
    (info.uid ? NF_LOG_UID : 0) |
    (info.macDecode ? NF_LOG_MACDECODE : 0)
  )
}

export const logTarget: TargetOps<TargetLog> = {
  name: 'LOG',
  check: (check) => nf_logger_find_get(check, 'nf_log_syslog'),
  compile(info: TargetLog) {
    const flags = flagsOf(info)
    return (par) => {
      nf_log_packet(par, info.level, flags, info.prefix, 'log_tg')
      return XT_CONTINUE
    }
  },
}
