// The table is full: somebody else has to go, or the packet (early_drop, __nf_conntrack_alloc; net/netfilter/nf_conntrack_core.c).
// Read first: core.ts, gc.ts (which makes room later).
import type { Ip4 } from '../../../lib/ip4.ts'
import { IPS_ASSURED } from '../../../uapi/conntrack.ts'
import { because } from '../../core/drop.ts'
import type { NetNs } from '../../core/netns.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import { LOG_WARNING, printk } from '../klog.ts'
import { NF_DROP } from '../xt.ts'
import { net_ratelimit } from './complaints.ts'
import { ctConf } from './conf.ts'
import type { NfConn } from './conn.ts'
import { traceConn } from './events.ts'
import { nf_ct_delete } from './gc.ts'
import type { Conntrack } from './table.ts'

/** Buckets in which early_drop looks for connections to give up (NF_CT_EVICTION_RANGE). */
const EVICTION_RANGE = 8

/** early_drop: give up what is not ASSURED in the first of eight buckets that has any, beginning with the tuple's own. */
export function early_drop(
  table: Conntrack,
  src: Ip4,
  dst: Ip4,
  sport: number,
  dport: number,
  protocol: number,
): boolean {
  for (const bucket of table.neighbours(src, dst, sport, dport, protocol, EVICTION_RANGE)) {
    const drops = early_drop_list(table, bucket)
    if (drops === 0) continue
    table.stats.earlyDrop += drops
    return true
  }
  return false
}

function early_drop_list(table: Conntrack, bucket: readonly NfConn[]): number {
  let drops = 0
  for (const ct of new Set(bucket)) {
    if (table.expired(ct)) table.kill(ct)
    else if ((ct.status & IPS_ASSURED) === 0) {
      nf_ct_delete(table.net, ct, 'the table is full and it was not assured (early_drop)')
      drops++
    }
  }
  return drops
}

/** Nothing could be given up: the packet is dropped, and the log says so. */
export function tableFull(net: NetNs, skb: SkBuff): number {
  const table = net.nf.ct
  table.stats.drop++
  table.gc.earlyDrop = true
  if (net_ratelimit(net, table.complaints))
    printk(net.kernel, LOG_WARNING, 'nf_conntrack: nf_conntrack: table full, dropping packet')
  if (net.kernel.tr !== null) {
    const reason = `nf_conntrack_max is ${ctConf(net).max}`
    traceConn(net, skb, 'full', null, -1, reason, '__nf_conntrack_alloc')
    net.nf.dropDetail = because(`the connection table is full: ${reason}`)
  }
  return NF_DROP
}
