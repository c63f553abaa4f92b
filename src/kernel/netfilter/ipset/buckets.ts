// The buckets of a hash set (struct htable, net/netfilter/ipset/ip_set_hash_gen.h): typed arrays, a place per bucket.

/** HTABLE_REGION_BITS: a lock, and a share of maxelem, for so many buckets. */
const REGION_BITS = 10

/** htable_bits */
export function bitsOf(hashsize: number): number {
  return hashsize <= 1 ? 0 : 32 - Math.clz32(hashsize - 1)
}

export function regionOf(bucket: number): number {
  return bucket >> REGION_BITS
}

/** The buckets: where each one's rows begin, how many it has room for, how many are taken or have been. */
export class Buckets {
  readonly bits: number
  readonly start: Int32Array
  readonly size: Int32Array
  readonly pos: Int32Array
  /** By region (1,024 buckets): elements, and bytes of buckets. */
  readonly elements: Float64Array
  readonly bytes: Float64Array

  constructor(bits: number) {
    this.bits = bits
    const n = 2 ** bits
    this.start = new Int32Array(n)
    this.size = new Int32Array(n)
    this.pos = new Int32Array(n)
    const regions = bits < REGION_BITS ? 1 : 2 ** (bits - REGION_BITS)
    this.elements = new Float64Array(regions)
    this.bytes = new Float64Array(regions)
  }
}
