// Telling the trace that a target changed a number of a packet or of its connection.
import type { NfSetEvent } from '../../uapi/trace.ts'
import type { XtPar } from './xt.ts'

/** Nothing is told when nobody listens or nothing changed. */
export function traceSet(par: XtPar, fn: string, field: NfSetEvent['field'], before: number, after: number): void {
  const { net, skb } = par
  const tr = net.kernel.tr
  if (tr === null || before === after) return
  const ifindex = skb.dev === null ? 0 : skb.dev.ifindex
  tr.emit({
    kind: 'nf-set',
    time: net.kernel.sim.now,
    packet: skb.id,
    netns: net.id,
    ifindex,
    fn,
    field,
    before,
    after,
  })
}
