// Timeouts begin anew with each packet; packets and bytes are counted (__nf_ct_refresh_acct, nf_conntrack_acct.c).
import { IP_CT_ESTABLISHED_REPLY, IPS_CONFIRMED, IPS_FIXED_TIMEOUT } from '../../../uapi/conntrack.ts'
import type { NetNs } from '../../core/netns.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import { ctConf } from './conf.ts'
import type { NfConn } from './conn.ts'

/** __nf_ct_refresh_acct: `timeout` in ns from now; before it is confirmed the length is kept. */
export function nf_ct_refresh_acct(net: NetNs, ct: NfConn, skb: SkBuff, timeout: number): void {
  if ((ct.status & IPS_FIXED_TIMEOUT) === 0) {
    ct.timeout = (ct.status & IPS_CONFIRMED) === 0 ? timeout : net.kernel.sim.now + timeout
  }
  if (ct.acct !== null || ctConf(net).acct) nf_ct_acct_add(ct, skb)
}

/** nf_ct_acct_add: a connection that was made while accounting was off has no counters. */
export function nf_ct_acct_add(ct: NfConn, skb: SkBuff): void {
  const a = ct.acct
  if (a === null) return
  const i = skb.ctinfo >= IP_CT_ESTABLISHED_REPLY ? 2 : 0
  a[i]!++
  a[i + 1]! += skb.len
}
