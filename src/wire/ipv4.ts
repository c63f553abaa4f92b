// The IPv4 header (RFC 791): type, constants, factory, edits.
// Checksums are computed when bytes are wanted; `badSum` remembers a wrong one that came in as bytes. So an edit keeps it:
// RFC 1624's incremental update leaves a right checksum right and a wrong one wrong (test/laws/wire_edit.test.ts).
import type { Ip4 } from '../lib/ip4.ts'
import { i32, put16, put32, u8, u16 } from './bytes.ts'
import { checksum, wrongChecksum } from './checksum.ts'

export const IPPROTO_ICMP = 1
export const IPPROTO_IGMP = 2
export const IPPROTO_IPIP = 4
export const IPPROTO_TCP = 6
export const IPPROTO_UDP = 17
export const IPPROTO_SCTP = 132
export const IPPROTO_RAW = 255

/** Bytes of an IPv4 header without options. */
export const IP_HLEN = 20

export interface Ipv4 {
  readonly kind: 'ipv4'
  readonly src: Ip4
  readonly dst: Ip4
  /** IPPROTO_… */
  readonly protocol: number
  readonly ttl: number
  readonly tos: number
  readonly id: number
  readonly df: boolean
  readonly mf: boolean
  /** Fragment offset in bytes (a multiple of 8). */
  readonly fragOffset: number
  /** Total length in bytes, header included, as the header states it. */
  readonly totalLength: number
  /** Raw option bytes, padded to a multiple of 4, or null. */
  readonly options: Uint8Array | null
  /** True when the header came in as bytes with a wrong checksum. */
  readonly badSum: boolean
}

/** Every field explicit: one object shape for the whole packet path. */
export function ipv4(
  src: Ip4,
  dst: Ip4,
  protocol: number,
  ttl: number,
  tos: number,
  id: number,
  df: boolean,
  mf: boolean,
  fragOffset: number,
  totalLength: number,
  options: Uint8Array | null,
  badSum: boolean,
): Ipv4 {
  return { kind: 'ipv4', src, dst, protocol, ttl, tos, id, df, mf, fragOffset, totalLength, options, badSum }
}

/** Header length in bytes: 20 plus options. */
export function ipv4HeaderLength(ip: Ipv4): number {
  return ip.options === null ? IP_HLEN : IP_HLEN + ip.options.length
}

/** The header with what routers and NAT write anew. */
function edited(ip: Ipv4, src: Ip4, dst: Ip4, ttl: number, tos: number, id: number): Ipv4 {
  const { protocol, df, mf, fragOffset, totalLength, options, badSum } = ip
  return ipv4(src, dst, protocol, ttl, tos, id, df, mf, fragOffset, totalLength, options, badSum)
}

/** The same header after one routed hop (ip_decrease_ttl), or with the TTL that a rule sets. */
export function withTtl(ip: Ipv4, ttl: number): Ipv4 {
  return edited(ip, ip.src, ip.dst, ttl, ip.tos, ip.id)
}

/** The same header with an identification (ip_select_ident). */
export function withIdent(ip: Ipv4, id: number): Ipv4 {
  return edited(ip, ip.src, ip.dst, ip.ttl, ip.tos, id)
}

/** The same header with another TOS byte: DSCP in its upper six bits, ECN in the lower two (ipv4_change_dsfield). */
export function withTos(ip: Ipv4, tos: number): Ipv4 {
  return edited(ip, ip.src, ip.dst, ip.ttl, tos, ip.id)
}

/**
 * The same header between other addresses (nf_nat_ipv4_manip_pkt). UDP and TCP sums cover them too; those headers need no
 * edit for that, because theirs are computed over the new addresses when bytes are wanted.
 */
export function withAddresses(ip: Ipv4, src: Ip4, dst: Ip4): Ipv4 {
  return edited(ip, src, dst, ip.ttl, ip.tos, ip.id)
}

/** The header of another stretch of the datagram, `totalLength` bytes with it: a fragment's, or that of the whole put together again. */
export function withExtent(
  ip: Ipv4,
  df: boolean,
  fragOffset: number,
  mf: boolean,
  totalLength: number,
  options: Uint8Array | null,
  badSum: boolean,
): Ipv4 {
  const { src, dst, protocol, ttl, tos, id } = ip
  return ipv4(src, dst, protocol, ttl, tos, id, df, mf, fragOffset, totalLength, options, badSum)
}

/** A fragment: not the whole datagram (ip_is_fragment). */
export function isFragment(ip: Ipv4): boolean {
  return ip.mf || ip.fragOffset !== 0
}

/** The header's bytes, lengths as the header states them; options are padded to a multiple of 4 and cut at 40. */
export function encodeIpv4(ip: Ipv4): Uint8Array {
  const options = ip.options === null ? 0 : Math.min(40, (ip.options.length + 3) & ~3)
  const b = new Uint8Array(IP_HLEN + options)
  b[0] = 0x40 | (b.length >> 2)
  b[1] = ip.tos
  put16(b, 2, ip.totalLength)
  put16(b, 4, ip.id)
  put16(b, 6, (ip.df ? 0x4000 : 0) | (ip.mf ? 0x2000 : 0) | (ip.fragOffset >> 3))
  b[8] = ip.ttl
  b[9] = ip.protocol
  put32(b, 12, ip.src)
  put32(b, 16, ip.dst)
  if (ip.options !== null) b.set(ip.options.subarray(0, 40), IP_HLEN)
  const sum = checksum(b)
  put16(b, 10, ip.badSum ? wrongChecksum(sum) : sum)
  return b
}

/** The header at the start of `b`, or the reason for which ip_rcv_core drops these bytes (a wrong checksum alone sets badSum). */
export function decodeIpv4Header(b: Uint8Array): Ipv4 | 'IP_INHDR' | 'IP_CSUM' | 'PKT_TOO_SMALL' {
  const hlen = (u8(b, 0) & 15) * 4
  if (b.length < IP_HLEN || u8(b, 0) >> 4 !== 4 || hlen < IP_HLEN || b.length < hlen) return 'IP_INHDR'
  const badSum = checksum(b, 0, hlen) !== 0
  const total = u16(b, 2)
  if (b.length < total) return badSum ? 'IP_CSUM' : 'PKT_TOO_SMALL'
  if (total < hlen) return badSum ? 'IP_CSUM' : 'IP_INHDR'
  return readIpv4Header(b, hlen, badSum)
}

/** The fields of a header whose `hlen` bytes are there (missing ones read as zero). */
export function readIpv4Header(b: Uint8Array, hlen: number, badSum: boolean): Ipv4 {
  const frag = u16(b, 6)
  return ipv4(
    i32(b, 12),
    i32(b, 16),
    u8(b, 9),
    u8(b, 8),
    u8(b, 1),
    u16(b, 4),
    (frag & 0x4000) !== 0,
    (frag & 0x2000) !== 0,
    (frag & 0x1fff) << 3,
    u16(b, 2),
    hlen > IP_HLEN ? b.slice(IP_HLEN, hlen) : null,
    badSum,
  )
}
