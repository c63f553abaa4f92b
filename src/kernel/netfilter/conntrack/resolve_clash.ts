// Two packets of one flow that both made a connection before either was confirmed (nf_ct_resolve_clash, nf_conntrack_core.c).
// In netsim a packet crosses a namespace at one go, so this happens only where one is made inside a hook of another.
import { IPS_DST_NAT_DONE, IPS_DYING, IPS_SRC_NAT_DONE } from '../../../uapi/conntrack.ts'
import { IPPROTO_UDP } from '../../../wire/ipv4.ts'
import { because } from '../../core/drop.ts'
import type { NetNs } from '../../core/netns.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import { NF_ACCEPT, NF_DROP } from '../xt.ts'
import { nf_ct_acct_add } from './account.ts'
import type { NfConn } from './conn.ts'
import { traceConn } from './events.ts'

/** Both are the same flow with the same answers (nf_ct_match). */
function same(a: NfConn, b: NfConn): boolean {
  return (
    a.oSrc === b.oSrc &&
    a.oDst === b.oDst &&
    a.oSport === b.oSport &&
    a.oDport === b.oDport &&
    a.rSrc === b.rSrc &&
    a.rDst === b.rDst &&
    a.rSport === b.rSport &&
    a.rDport === b.rDport &&
    a.oZone === b.oZone &&
    a.rZone === b.rZone
  )
}

/**
 * The loser's packet goes on with the winner's connection when that is not translated or looks the same both ways (UDP: allow_clash);
 * otherwise it is dropped. Leaves out: a loser that differs by its replies alone is not inserted (nf_ct_resolve_clash_harder).
 */
export function nf_ct_resolve_clash(net: NetNs, skb: SkBuff, loser: NfConn, winner: NfConn): number {
  const { stats } = net.nf.ct
  const plain = (winner.status & (IPS_SRC_NAT_DONE | IPS_DST_NAT_DONE)) === 0
  if (loser.protocol === IPPROTO_UDP && (winner.status & IPS_DYING) === 0 && (plain || same(loser, winner))) {
    stats.clashResolve++
    mergeAcct(skb, winner, loser)
    skb.nfct = winner
    if (net.kernel.tr !== null)
      traceConn(net, skb, 'clash', winner, skb.ctinfo, 'it goes on with that one', 'nf_ct_resolve_clash')
    return NF_ACCEPT
  }
  stats.drop++
  stats.insertFailed++
  if (net.kernel.tr !== null) {
    traceConn(net, skb, 'clash', winner, skb.ctinfo, 'the packet is dropped', '__nf_conntrack_confirm')
    net.nf.dropDetail = because('another connection has the same tuple')
  }
  return NF_DROP
}

/** nf_ct_acct_merge */
function mergeAcct(skb: SkBuff, winner: NfConn, loser: NfConn): void {
  if (loser.acct !== null) nf_ct_acct_add(winner, skb)
}
