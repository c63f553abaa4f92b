// ICMP errors about translated connections: the error itself and the datagram that it quotes are translated, so that the sender recognises
// what it sent (nf_nat_icmp_reply_translation, net/netfilter/nf_nat_proto.c). Read first: core.ts, manip_bytes.ts.
import { IPS_DST_NAT, IPS_DST_NAT_DONE, IPS_SRC_NAT, IPS_SRC_NAT_DONE } from '../../../uapi/conntrack.ts'
import { ICMP_REDIRECT } from '../../../wire/icmp.ts'
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP } from '../../../wire/ipv4.ts'
import { NO_DATA, type Packet, type Transport } from '../../../wire/packet.ts'
import { decodeQuoted, type Quoted } from '../../../wire/quoted.ts'
import { tcp } from '../../../wire/tcp.ts'
import { udp } from '../../../wire/udp.ts'
import { because } from '../../core/drop.ts'
import type { NetNs } from '../../core/netns.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import type { NfConn } from '../conntrack/conn.ts'
import { Tuple } from '../conntrack/tuple.ts'
import { isReply, manipOf, statusBit } from './core.ts'
import { nf_nat_ipv4_manip_pkt, otherTuple, targetTuple, traceNat } from './manip.ts'
import { manipQuoted } from './manip_bytes.ts'
import { type Manip, NF_NAT_MANIP_DST, NF_NAT_MANIP_SRC } from './unique.ts'

const NAT = IPS_SRC_NAT | IPS_DST_NAT
const DONE = IPS_SRC_NAT_DONE | IPS_DST_NAT_DONE

const tuple = new Tuple()

/** nf_nat_icmp_reply_translation: false when the error has to be dropped. */
export function nf_nat_icmp_reply_translation(net: NetNs, skb: SkBuff, hook: number): boolean {
  const ct = skb.nfct
  const h = skb.l4
  if (ct === null || h === null || h.kind !== 'icmp') return true
  if (h.badSum) return refuse(net, 'an ICMP error with a wrong checksum cannot be translated')
  // a redirect would tell the sender about hosts that it does not know of
  if (h.type === ICMP_REDIRECT && ((ct.status & DONE) !== DONE || (ct.status & NAT) !== 0))
    return refuse(net, 'nat refuses redirects of a translated connection')
  const manip = manipOf(hook)
  const replies = isReply(skb.ctinfo)
  if ((ct.status & statusBit(manip, replies)) === 0) return true
  if (!translateQuoted(net, skb, ct, manip, replies))
    return refuse(net, 'too little of a quoted datagram to translate it')
  return nf_nat_ipv4_manip_pkt(net, skb, ct, targetTuple(tuple, ct, replies), manip, false)
}

function refuse(net: NetNs, why: string): false {
  if (net.kernel.tr !== null) net.nf.dropDetail = because(why)
  return false
}

/** The quoted datagram goes the other way: its source is what the error's destination is, and the reverse. */
function translateQuoted(net: NetNs, skb: SkBuff, ct: NfConn, manip: Manip, replies: boolean): boolean {
  const inner: Manip = manip === NF_NAT_MANIP_SRC ? NF_NAT_MANIP_DST : NF_NAT_MANIP_SRC
  const source = inner === NF_NAT_MANIP_SRC
  const t = otherTuple(tuple, ct, replies)
  const icmp = skb.data
  // the id of an ICMP query is the same in both directions
  const port = source || t.protocol === IPPROTO_ICMP ? t.sport : t.dport
  const quoted = manipQuoted(icmp, t.protocol, source ? t.src : t.dst, port, source)
  if (quoted === null) return false
  skb.data = quoted
  if (net.kernel.tr !== null) {
    const before = decodeQuoted(icmp)
    const after = decodeQuoted(quoted)
    if (before !== null && after !== null) traceNat(net, skb, ct, inner, true, shown(before), shown(after))
  }
  return true
}

/** The quoted datagram as the trace shows it, as far as it is there. */
function shown(q: Quoted): Packet {
  return { eth: null, net: q.ip, l4: shownTransport(q), data: NO_DATA }
}

function shownTransport(q: Quoted): Transport | null {
  switch (q.protocol) {
    case IPPROTO_TCP:
      return tcp(q.sport, q.dport, q.seq, 0, 0, 0, 0, null, false)
    case IPPROTO_UDP:
      return udp(q.sport, q.dport, q.payload.length, false)
    default:
      return q.icmp
  }
}
