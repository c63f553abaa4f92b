// bitmap:ip and bitmap:port: a bit per address or port of a range (net/netfilter/ipset/ip_set_bitmap_gen.h, ip_set_bitmap_ip.c,
// ip_set_bitmap_port.c). Read first: extensions.ts.
import type { SetHeader } from '../../../uapi/ipset.ts'
import { type ElementExt, Extensions, elementSize, gcPeriod, type MatchOpt } from './extensions.ts'

/** sizeof(struct bitmap_ip), sizeof(struct bitmap_port) */
const BASE = Object.freeze({ 'bitmap:ip': 88, 'bitmap:port': 72 })

export class BitmapSet {
  /** The range, unsigned; how many addresses an element stands for (netmask). */
  readonly from: number
  readonly to: number
  readonly hosts: number
  readonly length: number
  private readonly members: Int16Array
  readonly ext: Extensions
  private count = 0
  private readonly base: number
  private readonly dsize: number
  private readonly born: number
  private collected = 0

  constructor(h: SetHeader, type: 'bitmap:ip' | 'bitmap:port', length: number, now: number) {
    this.from = h.from
    this.to = h.to
    this.hosts = type === 'bitmap:ip' ? 2 ** (32 - h.netmask) : 1
    this.length = length
    this.members = new Int16Array(length)
    this.ext = new Extensions(h, length)
    this.base = BASE[type]
    this.dsize = elementSize(h, 0, 0)
    this.born = now
  }

  /** set->elements: with those that have expired and are not yet collected. */
  get elements(): number {
    return this.count
  }

  get memsize(): number {
    return this.base + 8 * Math.ceil(this.length / 64) + this.length * this.dsize + this.ext.commentBytes
  }

  id(value: number): number {
    return Math.floor((value - this.from) / this.hosts)
  }

  /** mtype_add; false when it is there already. */
  add(id: number, ext: ElementExt, exist: boolean, now: number): boolean {
    if (this.members[id] === 1) {
      if (!this.ext.expired(id, now) && !exist) return false
      this.count--
      this.ext.destroy(id)
    }
    this.members[id] = 1
    this.count++
    this.ext.write(id, ext, now)
    return true
  }

  /** mtype_del; false when it is not there. */
  del(id: number, now: number): boolean {
    if (this.members[id] === 0) return false
    this.members[id] = 0
    this.count--
    this.ext.destroy(id)
    return !this.ext.expired(id, now)
  }

  test(id: number, now: number, opt: MatchOpt | null): boolean {
    return this.members[id] === 1 && this.ext.matches(id, now, opt)
  }

  collect(now: number): void {
    if (this.ext.timeout === null) return
    const period = gcPeriod(this.ext.timeout)
    const runs = Math.floor((now - this.born) / period)
    if (runs === this.collected) return
    this.collected = runs
    for (let id = 0; id < this.length; id++) {
      if (this.members[id] === 0 || !this.ext.expired(id, this.born + runs * period)) continue
      this.members[id] = 0
      this.count--
      this.ext.destroy(id)
    }
  }

  live(now: number): number[] {
    const out: number[] = []
    for (let id = 0; id < this.length; id++) if (this.members[id] === 1 && !this.ext.expired(id, now)) out.push(id)
    return out
  }

  flush(): void {
    this.members.fill(0)
    this.count = 0
    this.ext.comments?.fill(null)
    this.ext.commentBytes = 0
  }
}
