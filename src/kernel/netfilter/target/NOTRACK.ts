// NOTRACK: the tool's other name for CT --notrack; the kernel only knows CT. Read first: CT.ts.
import type { TargetNotrack } from '../../../uapi/xt_target.ts'
import type { TargetOps, XtCheck } from '../xt.ts'
import { notrack } from './CT.ts'

export const notrackTarget: TargetOps<TargetNotrack> = {
  name: 'NOTRACK',
  check(check: XtCheck): void {
    if (check.table === 'raw') return
    check.log(`x_tables: ip_tables: CT target: only valid in raw table, not ${check.table}`, 'xt_check_target')
    check.tx.refuse('EINVAL')
  },
  compile: () => notrack,
}
