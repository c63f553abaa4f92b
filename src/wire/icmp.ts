// ICMP (RFC 792, 1122, 1191): type, constants, factory, bytes.
import { i32, put16, put32, u8 } from './bytes.ts'
import { checksum, wrongChecksum } from './checksum.ts'

export const ICMP_ECHOREPLY = 0
export const ICMP_DEST_UNREACH = 3
export const ICMP_SOURCE_QUENCH = 4
export const ICMP_REDIRECT = 5
export const ICMP_ECHO = 8
export const ICMP_TIME_EXCEEDED = 11
export const ICMP_PARAMETERPROB = 12
export const ICMP_TIMESTAMP = 13
export const ICMP_TIMESTAMPREPLY = 14

export const ICMP_NET_UNREACH = 0
export const ICMP_HOST_UNREACH = 1
export const ICMP_PROT_UNREACH = 2
export const ICMP_PORT_UNREACH = 3
export const ICMP_FRAG_NEEDED = 4
export const ICMP_SR_FAILED = 5
export const ICMP_PKT_FILTERED = 13
export const ICMP_EXC_TTL = 0
export const ICMP_EXC_FRAGTIME = 1
export const ICMP_REDIR_HOST = 1

export interface Icmp {
  readonly kind: 'icmp'
  readonly type: number
  readonly code: number
  /**
   * The second 32-bit word of the header: echo id << 16 | sequence; the gateway of a redirect (an Ip4);
   * the next-hop MTU of "fragmentation needed"; 0 elsewhere. Signed 32-bit.
   */
  readonly rest: number
  readonly badSum: boolean
}

/** The data of an echo, or the original datagram inside an error, is the packet's payload. */
export function icmp(type: number, code: number, rest: number, badSum: boolean): Icmp {
  return { kind: 'icmp', type, code, rest, badSum }
}

/** The same message with another echo identifier, which is to an echo what a port is to a datagram (icmp_manip_pkt). */
export function withEchoId(h: Icmp, id: number): Icmp {
  return icmp(h.type, h.code, (id << 16) | (h.rest & 0xffff), h.badSum)
}

/** Errors about another datagram: no ICMP error is ever sent about these (icmp_pointers[].error). */
export function isIcmpError(type: number): boolean {
  return (
    type === ICMP_DEST_UNREACH ||
    type === ICMP_SOURCE_QUENCH ||
    type === ICMP_REDIRECT ||
    type === ICMP_TIME_EXCEEDED ||
    type === ICMP_PARAMETERPROB
  )
}

/** Bytes of an ICMP header. */
export const ICMP_HLEN = 8

/** The whole message; its checksum covers the data. */
export function encodeIcmp(h: Icmp, data: Uint8Array): Uint8Array {
  const b = new Uint8Array(ICMP_HLEN + data.length)
  b[0] = h.type
  b[1] = h.code
  put32(b, 4, h.rest)
  b.set(data, ICMP_HLEN)
  const sum = checksum(b)
  put16(b, 2, h.badSum ? wrongChecksum(sum) : sum)
  return b
}

/** The header of a message, null when it is cut short. */
export function decodeIcmp(b: Uint8Array): Icmp | null {
  if (b.length < ICMP_HLEN) return null
  return icmp(u8(b, 0), u8(b, 1), i32(b, 4), checksum(b) !== 0)
}
