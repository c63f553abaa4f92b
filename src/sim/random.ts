// Seeded random numbers (xoshiro128**, D. Blackman and S. Vigna, public domain): the same seed gives the same run.

export class Random {
  private a: number
  private b: number
  private c: number
  private d: number

  /** Any integer seed; spread by splitmix32. */
  constructor(seed: number) {
    let s = seed | 0
    const next = (): number => {
      s = (s + 0x9e3779b9) | 0
      let z = s
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
      return (z ^ (z >>> 16)) | 0
    }
    this.a = next()
    this.b = next()
    this.c = next()
    this.d = next() | 1
  }

  /** Unsigned 32-bit. */
  u32(): number {
    const x = Math.imul(this.b, 5)
    const r = Math.imul((x << 7) | (x >>> 25), 9)
    const t = this.b << 9
    this.c ^= this.a
    this.d ^= this.b
    this.b ^= this.c
    this.a ^= this.d
    this.c ^= t
    this.d = (this.d << 11) | (this.d >>> 21)
    return r >>> 0
  }

  /** Uniform in [0, 1). */
  float(): number {
    return this.u32() / 0x100000000
  }

  /** Uniform integer in [0, n). */
  below(n: number): number {
    return Math.floor(this.float() * n)
  }
}
