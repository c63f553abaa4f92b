// IPv4 addresses as signed 32-bit integers, which V8 keeps unboxed; text stays at the door.
// Read first: docs/architecture.md, "State".
// Leaves out IPv6.
import { Address4 } from 'ip-address'

/** An IPv4 address as a signed 32-bit integer: 192.0.2.1 is 0xc0000201 | 0. */
export type Ip4 = number

/** 127.0.0.1 */
export const INADDR_LOOPBACK: Ip4 = 0x7f000001

/** Dotted quad of an address. */
export function formatIp4(a: Ip4): string {
  return `${a >>> 24}.${(a >>> 16) & 255}.${(a >>> 8) & 255}.${a & 255}`
}

const DOTTED_QUAD = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/

/** A strict dotted quad (four decimal parts) or null. */
export function parseIp4(text: string): Ip4 | null {
  if (!DOTTED_QUAD.test(text) || !Address4.isValid(text)) return null
  return text.split('.').reduce((a, part) => (a << 8) | Number(part), 0)
}

/** A literal known to be valid; throws TypeError otherwise. For constants and tests. */
export function ip4(text: string): Ip4 {
  const a = parseIp4(text)
  if (a === null) throw new TypeError(`not an IPv4 address: ${text}`)
  return a
}

/** The netmask of a prefix length 0…32 as an Ip4. */
export function maskOf(len: number): Ip4 {
  return len === 0 ? 0 : (-1 << (32 - len)) | 0
}

/** True when `a` and `net` are equal where `mask` has ones, whatever the mask (contiguous or not). */
export function inNet(a: Ip4, net: Ip4, mask: Ip4): boolean {
  return ((a ^ net) & mask) === 0
}

/** True when `a` lies in `net/len`. */
export function inPrefix(a: Ip4, net: Ip4, len: number): boolean {
  return inNet(a, net, maskOf(len))
}

/** 127.0.0.0/8 (ipv4_is_loopback). */
export function isLoopback(a: Ip4): boolean {
  return a >>> 24 === 127
}
/** 224.0.0.0/4 (ipv4_is_multicast). */
export function isMulticast(a: Ip4): boolean {
  return a >>> 28 === 14
}
/** 224.0.0.0/24 (ipv4_is_local_multicast). */
export function isLocalMulticast(a: Ip4): boolean {
  return a >>> 8 === 0xe00000
}
/** 0.0.0.0 (ipv4_is_zeronet; the rest of 0/8 is plain unicast since Linux 5.3). */
export function isZeronet(a: Ip4): boolean {
  return a === 0
}
/** 255.255.255.255 (ipv4_is_lbcast). */
export function isLimitedBroadcast(a: Ip4): boolean {
  return a === -1
}
