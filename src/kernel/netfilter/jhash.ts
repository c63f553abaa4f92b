// The kernel's hash (jhash2, linux/jhash.h: lookup3 by Bob Jenkins, public domain): the order in which a set lists its elements, and which address
// of a range NAT gives. That one has no random seed: the same client gets the same address on every machine, every time.
// Words are as the kernel's u32 on a little-endian machine sees them.
const INITVAL = 0xdeadbeef

function rol(x: number, n: number): number {
  return (x << n) | (x >>> (32 - n))
}

/** jhash2 of `length` (1…4) words; the fourth is always zero (padding of hash:net,net). */
export function jhash2(k0: number, k1: number, k2: number, length: number, initval: number): number {
  let a = (INITVAL + (length << 2) + initval) | 0
  let b = a
  let c = a
  a = (a + k0) | 0
  if (length > 1) b = (b + k1) | 0
  if (length > 2) c = (c + k2) | 0
  if (length > 3) {
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
  }
  // __jhash_final
  c = ((c ^ b) - rol(b, 14)) | 0
  a = ((a ^ c) - rol(c, 11)) | 0
  b = ((b ^ a) - rol(a, 25)) | 0
  c = ((c ^ b) - rol(b, 16)) | 0
  a = ((a ^ c) - rol(c, 4)) | 0
  b = ((b ^ a) - rol(a, 14)) | 0
  c = ((c ^ b) - rol(b, 24)) | 0
  return c >>> 0
}

/** htonl on a little-endian machine: an address as the kernel's u32. */
export function swap32(x: number): number {
  return (x << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24)
}

/** reciprocal_scale: a hash into [0, size). Without floating point's loss above 2^53: in two halves. */
export function reciprocalScale(hash: number, size: number): number {
  const low = (hash & 0xffff) * size
  return Math.floor(((hash >>> 16) * size + Math.floor(low / 0x10000)) / 0x10000)
}
