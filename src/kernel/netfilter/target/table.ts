// Every target, by name: a mapped type over uapi's union, so the compiler names what is missing.
import type { TargetTable } from '../xt.ts'
import { checksumTarget } from './CHECKSUM.ts'
import { classifyTarget } from './CLASSIFY.ts'
import { connmarkTarget } from './CONNMARK.ts'
import { ctTarget } from './CT.ts'
import { dnatTarget } from './DNAT.ts'
import { dscpTarget } from './DSCP.ts'
import { logTarget } from './LOG.ts'
import { markTarget } from './MARK.ts'
import { masqueradeTarget } from './MASQUERADE.ts'
import { netmapTarget } from './NETMAP.ts'
import { nflogTarget } from './NFLOG.ts'
import { notrackTarget } from './NOTRACK.ts'
import { redirectTarget } from './REDIRECT.ts'
import { rejectTarget } from './REJECT.ts'
import { setTarget } from './SET.ts'
import { snatTarget } from './SNAT.ts'
import { tcpmssTarget } from './TCPMSS.ts'
import { tosTarget } from './TOS.ts'
import { traceTarget } from './TRACE.ts'
import { ttlTarget } from './TTL.ts'

export const TARGETS: TargetTable = Object.freeze({
  CHECKSUM: checksumTarget,
  CLASSIFY: classifyTarget,
  CONNMARK: connmarkTarget,
  CT: ctTarget,
  DNAT: dnatTarget,
  DSCP: dscpTarget,
  LOG: logTarget,
  MARK: markTarget,
  MASQUERADE: masqueradeTarget,
  NETMAP: netmapTarget,
  NFLOG: nflogTarget,
  NOTRACK: notrackTarget,
  REDIRECT: redirectTarget,
  REJECT: rejectTarget,
  SET: setTarget,
  SNAT: snatTarget,
  TCPMSS: tcpmssTarget,
  TOS: tosTarget,
  TRACE: traceTarget,
  TTL: ttlTarget,
})
