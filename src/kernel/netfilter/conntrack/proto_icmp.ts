// ICMP as conntrack follows it: queries are connections, errors are RELATED to the one that they quote
// (net/netfilter/nf_conntrack_proto_icmp.c). Read first: tuple.ts.
import { formatIp4 } from '../../../lib/ip4.ts'
import { IP_CT_RELATED, IP_CT_RELATED_REPLY } from '../../../uapi/conntrack.ts'
import { NF_INET_PRE_ROUTING } from '../../../uapi/netfilter.ts'
import { ICMP_ECHO, ICMP_TIMESTAMP, isIcmpError } from '../../../wire/icmp.ts'
import { decodeQuoted } from '../../../wire/quoted.ts'
import type { NetNs } from '../../core/netns.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import { nf_ct_refresh_acct } from './account.ts'
import { ctConf } from './conf.ts'
import type { NfConn } from './conn.ts'
import { nf_ct_l4proto_log_invalid } from './log_invalid.ts'
import { Tuple } from './tuple.ts'

/** Highest type that is known (NR_ICMP_TYPES). */
const NR_ICMP_TYPES = 18
const ICMP_INFO_REQUEST = 15
const ICMP_ADDRESS = 17

/** nf_conntrack_icmp_packet: only queries make connections. Null when valid. */
export function nf_conntrack_icmp_packet(net: NetNs, ct: NfConn, skb: SkBuff): string | null {
  const type = ct.oDport >> 8
  if (type !== ICMP_ECHO && type !== ICMP_TIMESTAMP && type !== ICMP_INFO_REQUEST && type !== ICMP_ADDRESS)
    return `ICMP type ${type} makes no connection`
  nf_ct_refresh_acct(net, ct, skb, ctConf(net).icmp)
  return null
}

const inner = new Tuple()

/** icmp_error_log */
function complain(net: NetNs, skb: SkBuff, reason: string): string {
  nf_ct_l4proto_log_invalid(net, skb, reason)
  return reason
}

/**
 * nf_conntrack_icmpv4_error: '' when the packet is to be tracked as a query, or has its connection now (skb.nfct); else why it is INVALID.
 * `zoneO`, `zoneR`: the zone in which to look for what it quotes.
 */
export function nf_conntrack_icmpv4_error(net: NetNs, skb: SkBuff, hook: number, zoneO: number, zoneR: number): string {
  const h = skb.l4
  if (h === null || h.kind !== 'icmp') return complain(net, skb, 'short packet')
  if (h.badSum && hook === NF_INET_PRE_ROUTING && ctConf(net).checksum)
    return complain(net, skb, 'bad hw icmp checksum')
  if (h.type > NR_ICMP_TYPES) return complain(net, skb, 'invalid icmp type')
  if (!isIcmpError(h.type)) return ''
  const quoted = decodeQuoted(skb.data)
  if (quoted === null || !inner.readQuoted(quoted)) return 'the quoted datagram is cut short'
  if (!inner.invert()) return 'the quoted datagram has no answer that could be tracked'
  const ct = net.nf.ct.find(inner.src, inner.dst, inner.sport, inner.dport, inner.protocol, zoneO, zoneR)
  if (ct === null) return 'it is about no connection that is known'
  const reply = net.nf.ct.foundDir === 1
  // the error has to come back to whom the datagram was from
  const inside = reply ? ct.rDst : ct.oDst
  if (skb.ip.dst !== inside)
    return complain(net, skb, `outer daddr ${formatIp4(skb.ip.dst)} != inner ${formatIp4(inside)}`)
  skb.nfct = ct
  skb.ctinfo = reply ? IP_CT_RELATED_REPLY : IP_CT_RELATED
  return ''
}
