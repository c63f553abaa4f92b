// UDP (RFC 768): type, factory, bytes.
import { put16, u16 } from './bytes.ts'
import { checksum, pseudoHeader, wrongChecksum } from './checksum.ts'
import { IPPROTO_UDP, type Ipv4 } from './ipv4.ts'

/** Bytes of a UDP header. */
export const UDP_HLEN = 8

export interface Udp {
  readonly kind: 'udp'
  readonly sport: number
  readonly dport: number
  /** Header and payload in bytes, as the header states it. */
  readonly length: number
  /** True when the datagram came in as bytes with a wrong checksum. */
  readonly badSum: boolean
}

export function udp(sport: number, dport: number, length: number, badSum: boolean): Udp {
  return { kind: 'udp', sport, dport, length, badSum }
}

/** The same header between other ports (udp_manip_pkt). */
export function withUdpPorts(h: Udp, sport: number, dport: number): Udp {
  return udp(sport, dport, h.length, h.badSum)
}

/** Bytes the checksum covers: what the header states, or all there is when that cannot be. */
function covered(length: number, there: number): number {
  return length >= UDP_HLEN && length <= there ? length : there
}

/** The whole datagram; a checksum that comes out as 0 is sent as 0xffff. */
export function encodeUdp(ip: Ipv4, h: Udp, data: Uint8Array): Uint8Array {
  const b = new Uint8Array(UDP_HLEN + data.length)
  put16(b, 0, h.sport)
  put16(b, 2, h.dport)
  put16(b, 4, h.length)
  b.set(data, UDP_HLEN)
  const n = covered(h.length, b.length)
  const sum = checksum(b, 0, n, pseudoHeader(ip.src, ip.dst, IPPROTO_UDP, n)) || 0xffff
  put16(b, 6, h.badSum ? wrongChecksum(sum) : sum)
  return b
}

/**
 * The header of a datagram, null when it is cut short. A checksum of 0 is none, and where the stated length cannot be
 * there is none to check (udp_rcv looks at the length first).
 */
export function decodeUdp(ip: Ipv4, b: Uint8Array): Udp | null {
  if (b.length < UDP_HLEN) return null
  const length = u16(b, 4)
  const checkable = u16(b, 6) !== 0 && length >= UDP_HLEN && length <= b.length
  const bad = checkable && checksum(b, 0, length, pseudoHeader(ip.src, ip.dst, IPPROTO_UDP, length)) !== 0
  return udp(u16(b, 0), u16(b, 2), length, bad)
}
