// The hash that spreads sources over a range of addresses (linux/jhash.h: lookup3 by Bob Jenkins, public domain). It has no random
// seed: the same client gets the same address on every machine, every time.

const INITVAL = 0xdeadbeef

function rol(x: number, n: number): number {
  return (x << n) | (x >>> (32 - n))
}

/** jhash2 of four words, the first given and the others zero, as the kernel hashes an IPv4 address in its union of both families. */
export function jhashAddress(word: number, initval: number): number {
  let a = (INITVAL + (4 << 2) + initval) | 0
  let b = a
  let c = a
  a = (a + word) | 0
  // __jhash_mix
  a = (a - c) ^ rol(c, 4)
  c = (c + b) | 0
  b = (b - a) ^ rol(a, 6)
  a = (a + c) | 0
  c = (c - b) ^ rol(b, 8)
  b = (b + a) | 0
  a = (a - c) ^ rol(c, 16)
  c = (c + b) | 0
  b = (b - a) ^ rol(a, 19)
  a = (a + c) | 0
  c = (c - b) ^ rol(b, 4)
  b = (b + a) | 0
  // __jhash_final; the fourth word is zero
  c = ((c ^ b) - rol(b, 14)) | 0
  a = ((a ^ c) - rol(c, 11)) | 0
  b = ((b ^ a) - rol(a, 25)) | 0
  c = ((c ^ b) - rol(b, 16)) | 0
  a = ((a ^ c) - rol(c, 4)) | 0
  b = ((b ^ a) - rol(a, 14)) | 0
  c = ((c ^ b) - rol(b, 24)) | 0
  return c >>> 0
}

/** An address as the kernel's u32 on a little-endian machine sees it. */
export function byteSwapped(x: number): number {
  return (x << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24) | 0
}

/** reciprocal_scale: a hash into [0, size). Without floating point's loss above 2^53: in two halves. */
export function reciprocalScale(hash: number, size: number): number {
  const low = (hash & 0xffff) * size
  return Math.floor(((hash >>> 16) * size + Math.floor(low / 0x10000)) / 0x10000)
}
