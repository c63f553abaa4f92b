// The hash table of the hash types (net/netfilter/ipset/ip_set_hash_gen.h of Linux 6.1): buckets that are arrays, doubled when one is full.
// Bucket by bucket as the kernel has it, because the order of a listing, the memory it tells and what forceadd evicts follow from it.
// Read first: layout.ts, extensions.ts. Rows of a bucket lie one after another in typed arrays; a key is at most three words.
import type { SetHeader } from '../../../uapi/ipset.ts'
import { jhash2 } from '../jhash.ts'
import { Buckets, bitsOf, regionOf } from './buckets.ts'
import { type ElementExt, type Extensions, elementSize, gcPeriod, type MatchOpt } from './extensions.ts'
import { cidrOf, type HashType, Key, LAYOUTS, type Layout, narrow, narrowSecond } from './layout.ts'
import { NOMATCH, Rows, USED } from './rows.ts'

/** AHASH_INIT_SIZE; sizeof(struct hbucket); sizeof(struct ip_set_region) of a kernel for one CPU. */
const INIT_SIZE = 2
const BUCKET_SIZE = 32
const REGION_SIZE = 16
const MAX_BITS = 31

/** 'again': the bucket is full, the table has to grow (EAGAIN). */
export type AddResult = 'ok' | 'exist' | 'full' | 'again'

const scratch = new Key()

export class HashSet {
  readonly layout: Layout
  readonly maxelem: number
  readonly initval: number
  readonly bucketsize: number
  readonly forceadd: boolean
  /** Bytes of an element with its extensions. */
  readonly dsize: number
  private table: Buckets
  private readonly rows: Rows
  /** How many elements have a first, a second net of that prefix length. */
  readonly nets = new Int32Array(33)
  readonly nets2 = new Int32Array(33)
  private readonly born: number
  private collected = 0

  constructor(h: SetHeader, type: HashType, initval: number, now: number) {
    this.layout = LAYOUTS[type]
    this.maxelem = h.maxelem
    this.initval = initval
    this.bucketsize = h.bucketsize
    this.forceadd = h.forceadd
    this.dsize = elementSize(h, this.layout.size, this.layout.align)
    this.table = new Buckets(bitsOf(h.hashsize))
    this.rows = new Rows(h, this.layout)
    this.born = now
  }

  get ext(): Extensions {
    return this.rows.ext
  }

  /** The key that stands in a row. */
  keyAt(row: number, key: Key): Key {
    return this.rows.keyAt(row, key)
  }

  get hashsize(): number {
    return 2 ** this.table.bits
  }

  /** Bytes as `ipset list` tells them (mtype_ahash_memsize and ext_size). */
  get memsize(): number {
    const { bytes } = this.table
    return this.layout.base + bytes.length * REGION_SIZE + bytes.reduce((a, b) => a + b, 0) + this.ext.commentBytes
  }

  private bucketOf(key: Key, t: Buckets): number {
    const mask = t.start.length - 1
    return jhash2(key.k0, key.k1, key.k2, this.layout.hashWords, this.initval) & mask
  }

  nomatchAt(row: number): boolean {
    return (this.rows.flags[row]! & NOMATCH) !== 0
  }

  private countNets(key: Key, by: 1 | -1): void {
    const { type, nets } = this.layout
    if (nets === 0) return
    const cidr = cidrOf(type, key.k1, key.k2, 0)
    this.nets[cidr] = this.nets[cidr]! + by
    if (nets === 1) return
    const second = cidrOf(type, key.k1, key.k2, 1)
    this.nets2[second] = this.nets2[second]! + by
  }

  /** The row of exactly this element, expired or not; -1 without. */
  private find(key: Key): number {
    const t = this.table
    const bucket = this.bucketOf(key, t)
    const start = t.start[bucket]!
    const end = start + t.pos[bucket]!
    for (let row = start; row < end; row++)
      if ((this.rows.flags[row]! & USED) !== 0 && this.rows.equal(row, key)) return row
    return -1
  }

  /** Has the set no room? Then what has expired in the region goes first. */
  private crowded(region: number, now: number): boolean {
    const t = this.table
    if (t.elements[region]! < Math.floor(this.maxelem / t.elements.length)) return false
    if (this.ext.expires !== null) this.expire(region, now)
    return t.elements.reduce((a, b) => a + b, 0) >= this.maxelem
  }

  /** mtype_add */
  add(key: Key, nomatch: boolean, ext: ElementExt, exist: boolean, now: number): AddResult {
    const t = this.table
    const bucket = this.bucketOf(key, t)
    const region = regionOf(bucket)
    const full = this.crowded(region, now)
    const force = full && this.forceadd
    if (t.size[bucket] === 0) {
      if (full) return 'full'
      t.start[bucket] = this.rows.allocate(INIT_SIZE)
      t.size[bucket] = INIT_SIZE
      this.countBytes(region, 1)
      return this.occupy(t.start[bucket]! + t.pos[bucket]!++, key, nomatch, ext, region, now)
    }
    const start = t.start[bucket]!
    let reuse = -1
    for (let row = start; row < start + t.pos[bucket]!; row++) {
      if ((this.rows.flags[row]! & USED) === 0) {
        if (reuse < 0) reuse = row
        continue
      }
      const expired = this.ext.expired(row, now)
      if (this.rows.equal(row, key)) {
        if (!exist && !expired) return 'exist'
        this.overwrite(row, nomatch, ext, now)
        return 'ok'
      }
      if (expired && reuse < 0) reuse = row
    }
    if (reuse < 0 && force) reuse = start
    if (reuse >= 0) {
      if ((this.rows.flags[reuse]! & USED) !== 0) this.vacate(reuse, region)
      return this.occupy(reuse, key, nomatch, ext, region, now)
    }
    if (full) return 'full'
    if (t.pos[bucket]! >= t.size[bucket]!) {
      if (t.size[bucket]! >= this.bucketsize) return 'again'
      this.widen(bucket)
    }
    return this.occupy(t.start[bucket]! + t.pos[bucket]!++, key, nomatch, ext, region, now)
  }

  private overwrite(row: number, nomatch: boolean, ext: ElementExt, now: number): void {
    this.rows.flags[row] = USED | (nomatch ? NOMATCH : 0)
    this.ext.write(row, ext, now)
  }

  private occupy(row: number, key: Key, nomatch: boolean, ext: ElementExt, region: number, now: number): 'ok' {
    this.rows.writeKey(row, key)
    this.countNets(key, 1)
    this.table.elements[region]!++
    this.overwrite(row, nomatch, ext, now)
    return 'ok'
  }

  private vacate(row: number, region: number): void {
    this.countNets(this.rows.keyAt(row, scratch), -1)
    this.ext.destroy(row)
    this.rows.flags[row] = 0
    this.table.elements[region]!--
  }

  /** ext_size(AHASH_INIT_SIZE, dsize), whatever the step: the head of the bucket is counted with each, as in the kernel. */
  private countBytes(region: number, by: 1 | -1): void {
    this.table.bytes[region] = this.table.bytes[region]! + by * (BUCKET_SIZE + INIT_SIZE * this.dsize)
  }

  private widen(bucket: number): void {
    const t = this.table
    const old = t.start[bucket]!
    const size = t.size[bucket]!
    const start = this.rows.allocate(size + INIT_SIZE)
    for (let i = 0; i < size; i++) this.rows.copy(old + i, start + i)
    this.rows.release(old, size)
    t.start[bucket] = start
    t.size[bucket] = size + INIT_SIZE
    this.countBytes(regionOf(bucket), 1)
  }

  /** mtype_del; false when it is not there. */
  del(key: Key, now: number): boolean {
    const row = this.find(key)
    if (row < 0 || this.ext.expired(row, now)) return false
    const t = this.table
    const bucket = this.bucketOf(key, t)
    this.vacate(row, regionOf(bucket))
    if (row + 1 === t.start[bucket]! + t.pos[bucket]!) t.pos[bucket]!--
    this.shrink(bucket, false)
    return true
  }

  /** What is left of a bucket moves together once there are holes enough. */
  private shrink(bucket: number, expiring: boolean): void {
    const t = this.table
    const start = t.start[bucket]!
    const size = t.size[bucket]!
    const pos = t.pos[bucket]!
    let holes = 0
    for (let row = start; row < start + pos; row++) if ((this.rows.flags[row]! & USED) === 0) holes++
    const gone = expiring ? holes >= INIT_SIZE && holes >= size : holes === pos
    if (gone) {
      t.bytes[regionOf(bucket)]! -= BUCKET_SIZE + size * this.dsize
      t.size[bucket] = 0
      t.pos[bucket] = 0
      this.rows.release(start, size)
    } else if (holes >= INIT_SIZE && size > INIT_SIZE) this.compact(bucket)
  }

  private compact(bucket: number): void {
    const t = this.table
    const old = t.start[bucket]!
    const size = t.size[bucket]!
    const start = this.rows.allocate(size - INIT_SIZE)
    let kept = 0
    for (let row = old; row < old + t.pos[bucket]!; row++)
      if ((this.rows.flags[row]! & USED) !== 0) this.rows.copy(row, start + kept++)
    this.rows.release(old, size)
    t.start[bucket] = start
    t.size[bucket] = size - INIT_SIZE
    t.pos[bucket] = kept
    this.countBytes(regionOf(bucket), -1)
  }

  /** mtype_resize: twice as many buckets, or more until all fit. False when there can be no more. */
  resize(now: number): boolean {
    for (let bits = this.table.bits + 1; bits <= MAX_BITS; bits++) {
      const next = new Buckets(bits)
      const old = this.table
      const fits = this.moveAll(old, next, now)
      this.releaseAll(fits ? old : next)
      if (!fits) continue
      this.table = next
      return true
    }
    return false
  }

  private moveAll(from: Buckets, to: Buckets, now: number): boolean {
    for (let b = 0; b < from.start.length; b++)
      for (let i = 0; i < from.pos[b]!; i++) {
        const row = from.start[b]! + i
        if ((this.rows.flags[row]! & USED) !== 0 && !this.ext.expired(row, now) && !this.moveRow(row, to)) return false
      }
    return true
  }

  private moveRow(row: number, t: Buckets): boolean {
    const bucket = this.bucketOf(this.rows.keyAt(row, scratch), t)
    const region = regionOf(bucket)
    const size = t.size[bucket]!
    const step = BUCKET_SIZE + INIT_SIZE * this.dsize
    if (t.pos[bucket]! >= size) {
      if (size >= this.bucketsize) return false
      const start = this.rows.allocate(size + INIT_SIZE)
      for (let i = 0; i < size; i++) this.rows.copy(t.start[bucket]! + i, start + i)
      if (size > 0) this.rows.release(t.start[bucket]!, size)
      t.start[bucket] = start
      t.size[bucket] = size + INIT_SIZE
      t.bytes[region]! += step
    }
    this.rows.copy(row, t.start[bucket]! + t.pos[bucket]!++)
    t.elements[region]!++
    return true
  }

  private releaseAll(t: Buckets): void {
    for (let b = 0; b < t.start.length; b++) if (t.size[b]! > 0) this.rows.release(t.start[b]!, t.size[b]!)
  }

  /** mtype_gc_do: what has expired in a region goes. */
  private expire(region: number, now: number): void {
    const t = this.table
    const per = t.start.length / t.elements.length
    for (let b = region * per; b < (region + 1) * per; b++) {
      let some = false
      for (let i = 0; i < t.pos[b]!; i++) {
        const row = t.start[b]! + i
        if ((this.rows.flags[row]! & USED) === 0 || !this.ext.expired(row, now)) continue
        this.vacate(row, region)
        some = true
      }
      if (some) this.shrink(b, true)
    }
  }

  /** The garbage collector's runs since the last look, all at once: it can only be seen in the memory that a listing tells. */
  collect(now: number): void {
    if (this.ext.timeout === null) return
    const period = gcPeriod(this.ext.timeout)
    const runs = Math.floor((now - this.born) / period)
    if (runs === this.collected) return
    this.collected = runs
    for (let r = 0; r < this.table.elements.length; r++) this.expire(r, this.born + runs * period)
  }

  /** mtype_test: 1 in the set, 0 not, -1 in it as an exception (nomatch). A single address is looked for in nets of all sizes. */
  test(key: Key, now: number, opt: MatchOpt | null): number {
    const { type, nets } = this.layout
    if (nets === 1 && cidrOf(type, key.k1, key.k2, 0) === 32) return this.testNets(key, now, opt)
    if (nets === 2 && key.k2 >>> 16 === 0x2020) return this.testPairs(key, now, opt)
    return this.answer(this.find(key), now, opt)
  }

  private answer(row: number, now: number, opt: MatchOpt | null): number {
    if (row < 0 || !this.ext.matches(row, now, opt)) return 0
    return (this.rows.flags[row]! & NOMATCH) !== 0 ? -1 : 1
  }

  /** mtype_test_cidrs: the longest prefix first. */
  private testNets(key: Key, now: number, opt: MatchOpt | null): number {
    const { type } = this.layout
    for (let cidr = 32; cidr > 0; cidr--) {
      if (this.nets[cidr] === 0) continue
      narrow(type, key, cidr)
      const found = this.answer(this.find(key), now, opt)
      if (found !== 0) return found
    }
    return 0
  }

  private testPairs(key: Key, now: number, opt: MatchOpt | null): number {
    const { k0, k1, k2 } = key
    for (let first = 32; first > 0; first--) {
      if (this.nets[first] === 0) continue
      key.set(k0, k1, k2)
      narrow('hash:net,net', key, first)
      for (let second = 32; second > 0; second--) {
        if (this.nets2[second] === 0) continue
        narrowSecond(key, second)
        const found = this.answer(this.find(key), now, opt)
        if (found !== 0) return found
      }
    }
    return 0
  }

  /** INIT_CIDR: the longest first (second) net there is, 32 without any: what a packet's address is added as. */
  longest(second: boolean): number {
    const nets = second ? this.nets2 : this.nets
    for (let cidr = 32; cidr > 0; cidr--) if (nets[cidr]! > 0) return cidr
    return 32
  }

  /** Rows in the order of a listing, without what has expired. */
  live(now: number): number[] {
    const t = this.table
    const out: number[] = []
    for (let b = 0; b < t.start.length; b++)
      for (let i = 0; i < t.pos[b]!; i++) {
        const row = t.start[b]! + i
        if ((this.rows.flags[row]! & USED) !== 0 && !this.ext.expired(row, now)) out.push(row)
      }
    return out
  }

  /** mtype_flush */
  flush(): void {
    this.table = new Buckets(this.table.bits)
    this.rows.clear()
    this.nets.fill(0)
    this.nets2.fill(0)
  }
}
