// Giving a packet the addresses and ports of its connection's other direction (nf_nat_manip_pkt, net/netfilter/nf_nat_proto.c).
// Read first: core.ts. Headers are replaced, never edited; checksums come of themselves. Ports of protocols that netsim does not decode
// are bytes: manip_bytes.ts.
import type { Ip4 } from '../../../lib/ip4.ts'
import { withEchoId } from '../../../wire/icmp.ts'
import { withAddresses } from '../../../wire/ipv4.ts'
import type { Packet, Transport } from '../../../wire/packet.ts'
import { withTcpPorts } from '../../../wire/tcp.ts'
import { withUdpPorts } from '../../../wire/udp.ts'
import type { NetNs } from '../../core/netns.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import type { NfConn } from '../conntrack/conn.ts'
import { Tuple } from '../conntrack/tuple.ts'
import { isQuery, manipBytes } from './manip_bytes.ts'
import { hasPorts, type Manip, NF_NAT_MANIP_SRC } from './unique.ts'

/** How packets of a direction look after their translation: the inverse of the other direction's tuple. */
export function targetTuple(t: Tuple, ct: NfConn, replies: boolean): Tuple {
  otherTuple(t, ct, replies)
  t.invert()
  return t
}

/** The other direction's tuple as it is. */
export function otherTuple(t: Tuple, ct: NfConn, replies: boolean): Tuple {
  t.protocol = ct.protocol
  t.src = replies ? ct.oSrc : ct.rSrc
  t.dst = replies ? ct.oDst : ct.rDst
  t.sport = replies ? ct.oSport : ct.rSport
  t.dport = replies ? ct.oDport : ct.rDport
  return t
}

const target = new Tuple()

/** nf_nat_manip_pkt: false when the packet is too short to be changed. */
export function nf_nat_manip_pkt(net: NetNs, skb: SkBuff, ct: NfConn, manip: Manip, replies: boolean): boolean {
  return nf_nat_ipv4_manip_pkt(net, skb, ct, targetTuple(target, ct, replies), manip, true)
}

/** nf_nat_ipv4_manip_pkt; `ports` false for an ICMP error, which has none of its own. */
export function nf_nat_ipv4_manip_pkt(
  net: NetNs,
  skb: SkBuff,
  ct: NfConn,
  t: Tuple,
  manip: Manip,
  ports: boolean,
): boolean {
  const { ip, l4, data } = skb
  const source = manip === NF_NAT_MANIP_SRC
  const addr: Ip4 = source ? t.src : t.dst
  let header = l4
  let bytes = data
  if (ports && l4 !== null) header = manipTransport(l4, t, source)
  else if (ports && hasPorts(t.protocol)) {
    const port = source ? t.sport : t.dport
    const edited = manipBytes(t.protocol, data, 0, source ? ip.src : ip.dst, addr, port, source)
    if (edited === null) return false
    bytes = edited
  }
  if (addr === (source ? ip.src : ip.dst) && header === l4 && bytes === data) return true
  const before = net.kernel.tr === null ? null : skb.packet()
  skb.net = source ? withAddresses(ip, addr, ip.dst) : withAddresses(ip, ip.src, addr)
  skb.l4 = header
  skb.data = bytes
  if (before !== null) traceNat(net, skb, ct, manip, false, before, skb.packet())
  return true
}

/** tcp_manip_pkt, udp_manip_pkt, icmp_manip_pkt; the same header when nothing changes. */
function manipTransport(h: Transport, t: Tuple, source: boolean): Transport {
  if (h.kind === 'icmp') return h.rest >>> 16 === t.sport || !isQuery(h.type) ? h : withEchoId(h, t.sport)
  const sport = source ? t.sport : h.sport
  const dport = source ? h.dport : t.dport
  if (sport === h.sport && dport === h.dport) return h
  return h.kind === 'tcp' ? withTcpPorts(h, sport, dport) : withUdpPorts(h, sport, dport)
}

/** Call only while someone listens to the trace. */
export function traceNat(
  net: NetNs,
  skb: SkBuff,
  ct: NfConn,
  manip: Manip,
  inner: boolean,
  before: Packet,
  after: Packet,
): void {
  net.kernel.tr?.emit({
    kind: 'nat',
    time: net.kernel.sim.now,
    packet: skb.id,
    netns: net.id,
    ifindex: skb.dev === null ? 0 : skb.dev.ifindex,
    fn: inner ? 'nf_nat_icmp_reply_translation' : 'nf_nat_manip_pkt',
    manip: manip === NF_NAT_MANIP_SRC ? 'source' : 'destination',
    conn: ct.id,
    inner,
    before,
    after,
  })
}
