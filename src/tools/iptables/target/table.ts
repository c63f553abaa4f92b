// Every target extension by name, as the tool spells it. A new one is a line here; the type names what is missing.
import type { TargetExtensions } from '../extension.ts'
import { checksumTargetExtension } from './CHECKSUM.ts'
import { classifyTargetExtension } from './CLASSIFY.ts'
import { connmarkTargetExtension } from './CONNMARK.ts'
import { ctTargetExtension } from './CT.ts'
import { dnatTargetExtension } from './DNAT.ts'
import { dscpTargetExtension } from './DSCP.ts'
import { logTargetExtension } from './LOG.ts'
import { markTargetExtension } from './MARK.ts'
import { masqueradeTargetExtension } from './MASQUERADE.ts'
import { netmapTargetExtension } from './NETMAP.ts'
import { nflogTargetExtension } from './NFLOG.ts'
import { notrackTargetExtension } from './NOTRACK.ts'
import { redirectTargetExtension } from './REDIRECT.ts'
import { rejectTargetExtension } from './REJECT.ts'
import { setTargetExtension } from './SET.ts'
import { snatTargetExtension } from './SNAT.ts'
import { tcpmssTargetExtension } from './TCPMSS.ts'
import { tosTargetExtension } from './TOS.ts'
import { traceTargetExtension } from './TRACE.ts'
import { ttlTargetExtension } from './TTL.ts'

export const TARGETS: TargetExtensions = Object.freeze({
  CHECKSUM: checksumTargetExtension,
  CLASSIFY: classifyTargetExtension,
  CONNMARK: connmarkTargetExtension,
  CT: ctTargetExtension,
  DNAT: dnatTargetExtension,
  DSCP: dscpTargetExtension,
  LOG: logTargetExtension,
  MARK: markTargetExtension,
  MASQUERADE: masqueradeTargetExtension,
  NETMAP: netmapTargetExtension,
  NFLOG: nflogTargetExtension,
  NOTRACK: notrackTargetExtension,
  REDIRECT: redirectTargetExtension,
  REJECT: rejectTargetExtension,
  SET: setTargetExtension,
  SNAT: snatTargetExtension,
  TCPMSS: tcpmssTargetExtension,
  TOS: tosTargetExtension,
  TRACE: traceTargetExtension,
  TTL: ttlTargetExtension,
})
