// The end of connections: timeouts that nobody met, deletion, listeners told (gc_worker, nf_ct_delete; net/netfilter/nf_conntrack_core.c).
// Read first: table.ts. The kernel's worker looks at a part of the table every so often; this one at all of it once a minute.
import type { Timer } from '../../../sim/clock.ts'
import { IPS_ASSURED, IPS_DYING } from '../../../uapi/conntrack.ts'
import type { NetNs } from '../../core/netns.ts'
import type { NfConn } from './conn.ts'
import { notifyDestroyed } from './events.ts'
import { tcp_can_early_drop } from './tcp_table.ts'

export const TIMER_CT_GC = 40
/** GC_SCAN_INTERVAL_MAX: the kernel's average of timeouts begins so high that it stays there. */
const INTERVAL = 60e9

export class ConntrackGc implements Timer {
  readonly kind = TIMER_CT_GC
  at = -1
  seq = 0
  /** The table was full: the next run makes room. */
  earlyDrop = false
  readonly net: NetNs

  constructor(net: NetNs) {
    this.net = net
  }

  /** There is something to watch. */
  start(): void {
    if (this.at < 0) this.net.kernel.arm(this, INTERVAL)
  }

  /** A connection whose time is over. */
  expire(ct: NfConn): void {
    nf_ct_delete(this.net, ct, 'it timed out')
  }
}

/** nf_ct_delete: out of the table, listeners told. */
export function nf_ct_delete(net: NetNs, ct: NfConn, reason: string, portid?: number): void {
  if ((ct.status & IPS_DYING) !== 0) return
  net.nf.ct.remove(ct)
  notifyDestroyed(net, ct, reason, portid)
}

/** nf_ct_iterate_cleanup_net: delete what `gone` says. */
export function nf_ct_iterate_cleanup(net: NetNs, gone: (ct: NfConn) => boolean, reason: string): void {
  for (const ct of net.nf.ct.all()) if (gone(ct)) nf_ct_delete(net, ct, reason)
}

/** gc_worker_can_early_drop: not assured, or about to end anyway. */
function gc_worker_can_early_drop(ct: NfConn): boolean {
  return (ct.status & IPS_ASSURED) === 0 || (ct.tcp !== null && tcp_can_early_drop(ct.tcp.state))
}

/** What has timed out goes; also what can be spared, when the table was full since the last time and is still nearly so. */
export function gc_worker(gc: ConntrackGc): void {
  const { net } = gc
  if (net.dead) return
  const table = net.nf.ct
  for (const ct of table.old()) gc.expire(ct)
  const most = Math.floor(net.cfg.sysctl['netfilter.nf_conntrack_max'] / 100) * 95
  if (gc.earlyDrop && most > 0) {
    for (const ct of table.all()) {
      if (table.count < most) break
      if (gc_worker_can_early_drop(ct))
        nf_ct_delete(net, ct, 'the table is nearly full and it can be spared (gc_worker)')
    }
  }
  gc.earlyDrop = false
  table.trim()
  if (table.count > 0) net.kernel.arm(gc, INTERVAL)
}
