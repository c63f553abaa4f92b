// The Internet checksum (RFC 1071) and the pseudo-header of UDP and TCP (RFC 768, 9293).
import type { Ip4 } from '../lib/ip4.ts'
import { u8, u16 } from './bytes.ts'

/** One's complement sum of 16-bit words from `start` (an odd last byte is padded with zero), folded, not inverted. */
function onesSum(b: Uint8Array, start: number, end: number, initial: number): number {
  let sum = initial
  let i = start
  for (; i + 1 < end; i += 2) sum += u16(b, i)
  if (i < end) sum += u8(b, i) << 8
  return fold(sum)
}

function fold(sum: number): number {
  let s = sum
  while (s > 0xffff) s = (s % 0x10000) + Math.floor(s / 0x10000)
  return s
}

/** What belongs in the checksum field when it counts as zero in `b`; 0 when `b` holds a right one. */
export function checksum(b: Uint8Array, start = 0, end = b.length, initial = 0): number {
  return ~onesSum(b, start, end, initial) & 0xffff
}

/** Sum of the pseudo-header: addresses, protocol, length. */
export function pseudoHeader(src: Ip4, dst: Ip4, protocol: number, length: number): number {
  return fold((src >>> 16) + (src & 0xffff) + (dst >>> 16) + (dst & 0xffff) + protocol + length)
}

/** A checksum that is surely wrong where `right` is right (and is not UDP's "none"). */
export function wrongChecksum(right: number): number {
  return right === 1 ? 3 : right ^ 1
}

/** The right value for a field that holds `field` in bytes whose checksum() came out as `rest` (in_cksum_shouldbe). */
export function shouldBe(field: number, rest: number): number {
  return fold(field + rest) === 0 ? 0xffff : fold(field + rest)
}
