// Telling a sender that its packet was refused (net/ipv4/netfilter/nf_reject_ipv4.c).
// Read first: target/REJECT.ts. Leaves out bridged packets.
import { NF_INET_LOCAL_OUT } from '../../uapi/netfilter.ts'
import { checksum, pseudoHeader } from '../../wire/checksum.ts'
import { ICMP_DEST_UNREACH } from '../../wire/icmp.ts'
import { IP_HLEN, IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP, ipv4 } from '../../wire/ipv4.ts'
import { NO_DATA } from '../../wire/packet.ts'
import { TCP_ACK, TCP_FIN, TCP_HLEN, TCP_RST, TCP_SYN, type Tcp, tcp } from '../../wire/tcp.ts'
import type { NetNs } from '../core/netns.ts'
import type { SkBuff } from '../core/skbuff.ts'
import { icmp_send, icmp_send_sending } from '../ipv4/icmp.ts'
import { ip_local_out } from '../ipv4/ip_output.ts'
import { nf_ct_attach } from './conntrack/core.ts'
import { nf_conntrack_tcp_set_closing } from './conntrack/proto_tcp.ts'
import { routeOfHeader } from './reroute.ts'

/** Protocols whose checksum is none of the Internet's, or not over all of the payload (nf_reject_verify_csum). */
const UNVERIFIED: ReadonlySet<number> = new Set([33, 47, 50, 51, IPPROTO_SCTP, 136])

/** nf_ip_checksum: a datagram that is wrong in itself gets no answer. A first fragment is no whole datagram, so it is wrong. */
function wrongChecksum(skb: SkBuff): boolean {
  const { ip, l4, data } = skb
  if (l4 !== null) return l4.badSum
  if (UNVERIFIED.has(ip.protocol)) return false
  const pseudo = ip.protocol === IPPROTO_TCP || ip.protocol === IPPROTO_UDP
  return checksum(data, 0, data.length, pseudo ? pseudoHeader(ip.src, ip.dst, ip.protocol, data.length) : 0) !== 0
}

/** nf_send_unreach */
export function nf_send_unreach(net: NetNs, skb: SkBuff, code: number, hook: number): void {
  if (skb.ip.fragOffset !== 0 || wrongChecksum(skb)) return
  if (hook === NF_INET_LOCAL_OUT) icmp_send_sending(net, skb, ICMP_DEST_UNREACH, code, 0)
  else icmp_send(net, skb, ICMP_DEST_UNREACH, code, 0)
}

/** nf_reject_ip_tcphdr_put: the reset that the other end would have sent. */
function resetFor(h: Tcp, payload: number): Tcp {
  if ((h.flags & TCP_ACK) !== 0) return tcp(h.dport, h.sport, h.ack, 0, TCP_RST, 0, 0, null, false)
  const counted = ((h.flags & TCP_SYN) !== 0 ? 1 : 0) + ((h.flags & TCP_FIN) !== 0 ? 1 : 0) + payload
  return tcp(h.dport, h.sport, 0, (h.seq + counted) >>> 0, TCP_RST | TCP_ACK, 0, 0, null, false)
}

/** nf_send_reset: none for a reset, for fragments and for what was sent to a group. */
export function nf_send_reset(net: NetNs, old: SkBuff): void {
  const { ip, l4: h, rt, data } = old
  if (ip.fragOffset !== 0 || h === null || h.kind !== 'tcp' || (h.flags & TCP_RST) !== 0 || h.badSum) return
  if (rt === null || rt.type === 'broadcast' || rt.type === 'multicast') return
  const ttl = rt.metrics?.hoplimit ?? net.cfg.sysctl['ipv4.ip_default_ttl']
  const header = ipv4(ip.dst, ip.src, IPPROTO_TCP, ttl, 0, 0, true, false, 0, IP_HLEN + TCP_HLEN, null, false)
  const skb = net.kernel.newSkb({ net: header, l4: resetFor(h, data.length), data: NO_DATA })
  if (net.cfg.sysctl['ipv4.fwmark_reflect'] !== 0) skb.mark = old.mark
  const way = routeOfHeader(net, skb)
  if (way === null) return
  nf_ct_attach(skb, old)
  if (old.nfct !== null) nf_conntrack_tcp_set_closing(net, old.nfct)
  ip_local_out(net, skb, way, 'tcp', old.id)
}
