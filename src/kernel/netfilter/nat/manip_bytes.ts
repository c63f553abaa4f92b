// The same change in bytes: in the datagram that an ICMP error quotes, and of protocols that netsim does not decode
// (l4proto_manip_pkt, net/netfilter/nf_nat_proto.c). Checksums are updated, not computed (RFC 1624): what was wrong stays wrong.
// Read first: manip.ts.
import type { Ip4 } from '../../../lib/ip4.ts'
import { put16, put32, u8, u16 } from '../../../wire/bytes.ts'
import { ICMP_ECHO, ICMP_ECHOREPLY, ICMP_HLEN, ICMP_TIMESTAMP, ICMP_TIMESTAMPREPLY } from '../../../wire/icmp.ts'
import { IP_HLEN, IPPROTO_ICMP, IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP } from '../../../wire/ipv4.ts'
import { TCP_HLEN } from '../../../wire/tcp.ts'
import { UDP_HLEN } from '../../../wire/udp.ts'
import { sctpChecksum } from './sctp_checksum.ts'

const IPPROTO_DCCP = 33
const IPPROTO_UDPLITE = 136
const SCTP_HLEN = 12
const DCCP_HLEN = 12
/** What an ICMP error quotes at least of a transport header. */
const QUOTED = 8

/** HC' = ~(~HC + ~m + m') (RFC 1624, eqn. 3), for one 16-bit word. */
function updatedSum(sum: number, before: number, after: number): number {
  let s = (~sum & 0xffff) + (~before & 0xffff) + after
  s = (s & 0xffff) + (s >>> 16)
  s = (s & 0xffff) + (s >>> 16)
  return ~s & 0xffff
}

function updatedSum32(sum: number, before: Ip4, after: Ip4): number {
  return updatedSum(updatedSum(sum, before >>> 16, after >>> 16), before & 0xffff, after & 0xffff)
}

/** Bytes of the header that have to be there for its checksum to be there, and where that is. */
function checksumAt(protocol: number): { readonly at: number; readonly header: number } {
  switch (protocol) {
    case IPPROTO_TCP:
      return TCP_SUM
    case IPPROTO_DCCP:
      return DCCP_SUM
    default:
      return UDP_SUM
  }
}
const TCP_SUM = Object.freeze({ at: 16, header: TCP_HLEN })
const UDP_SUM = Object.freeze({ at: 6, header: UDP_HLEN })
const DCCP_SUM = Object.freeze({ at: 6, header: DCCP_HLEN })

/**
 * A copy of `b` in which the transport header at `off` has another port (query id for ICMP); its checksum follows that and the change of
 * an address from `before` to `after`. Null when too little of the header is there.
 */
export function manipBytes(
  protocol: number,
  b: Uint8Array,
  off: number,
  before: Ip4,
  after: Ip4,
  port: number,
  source: boolean,
): Uint8Array | null {
  if (protocol === IPPROTO_ICMP) return manipIcmp(b, off, port)
  const known =
    protocol === IPPROTO_TCP ||
    protocol === IPPROTO_UDP ||
    protocol === IPPROTO_UDPLITE ||
    protocol === IPPROTO_DCCP ||
    protocol === IPPROTO_SCTP
  if (!known) return b
  if (b.length < off + QUOTED) return null
  const r = b.slice()
  const at = off + (source ? 0 : 2)
  const old = u16(r, at)
  put16(r, at, port)
  if (protocol === IPPROTO_SCTP) {
    if (r.length >= off + SCTP_HLEN) r.set(sctpChecksum(r, off), off + 8)
    return r
  }
  const sum = checksumAt(protocol)
  if (r.length < off + sum.header) return r
  const field = u16(r, off + sum.at)
  // UDP without a checksum stays so
  if (protocol === IPPROTO_UDP && field === 0) return r
  const next = updatedSum(updatedSum32(field, before, after), old, port)
  const udp = protocol === IPPROTO_UDP || protocol === IPPROTO_UDPLITE
  put16(r, off + sum.at, udp && next === 0 ? 0xffff : next)
  return r
}

const ICMP_INFO_REQUEST = 15
const ICMP_ADDRESSREPLY = 18

/** Messages with an identifier. */
export function isQuery(type: number): boolean {
  return (
    type === ICMP_ECHO ||
    type === ICMP_ECHOREPLY ||
    type === ICMP_TIMESTAMP ||
    type === ICMP_TIMESTAMPREPLY ||
    (type >= ICMP_INFO_REQUEST && type <= ICMP_ADDRESSREPLY)
  )
}

/** icmp_manip_pkt */
function manipIcmp(b: Uint8Array, off: number, id: number): Uint8Array | null {
  if (b.length < off + ICMP_HLEN) return null
  if (!isQuery(u8(b, off))) return b
  const r = b.slice()
  put16(r, off + 2, updatedSum(u16(r, off + 2), u16(r, off + 4), id))
  put16(r, off + 4, id)
  return r
}

/** nf_nat_ipv4_manip_pkt on a whole datagram in bytes, quoted in an error: another address and port. Null when too little is there. */
export function manipQuoted(
  b: Uint8Array,
  protocol: number,
  addr: Ip4,
  port: number,
  source: boolean,
): Uint8Array | null {
  if (b.length < IP_HLEN) return null
  const at = source ? 12 : 16
  const before = (u16(b, at) << 16) | u16(b, at + 2)
  const changed = manipBytes(protocol, b, (u8(b, 0) & 15) * 4, before, addr, port, source)
  if (changed === null) return null
  const r = changed === b ? b.slice() : changed
  put16(r, 10, updatedSum32(u16(r, 10), before, addr))
  put32(r, at, addr)
  return r
}
