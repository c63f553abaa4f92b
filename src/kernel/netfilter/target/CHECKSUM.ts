// CHECKSUM: fills in what checksum offload would; here checksums are made when bytes are wanted, so nothing is left to do
// (net/netfilter/xt_CHECKSUM.c).

import type { TargetChecksum } from '../../../uapi/xt_target.ts'
import { IPPROTO_UDP } from '../../../wire/ipv4.ts'
import { LOG_WARNING, printkOnce } from '../klog.ts'
import { type TargetOps, XT_CONTINUE, type XtCheck } from '../xt.ts'

const ADVICE =
  'xt_CHECKSUM: CHECKSUM should be avoided.  If really needed, restrict with "-p udp" and only use in OUTPUT'

export const checksumTarget: TargetOps<TargetChecksum> = {
  name: 'CHECKSUM',
  tables: Object.freeze(['mangle'] as const),
  check(check: XtCheck): void {
    if (check.protocol === IPPROTO_UDP && !check.protocolInverted) return
    printkOnce(check.net.kernel, LOG_WARNING, ADVICE)
  },
  compile: () => () => XT_CONTINUE,
}
