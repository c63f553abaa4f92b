// The rows of a hash set: keys, flags and extensions of its elements, a bucket's one after another (what kzalloc gives a struct hbucket).
// Read first: hash.ts. Typed arrays that grow together; blocks that are given up are handed out again by their size.
import type { SetHeader } from '../../../uapi/ipset.ts'
import { Extensions } from './extensions.ts'
import type { Key, Layout } from './layout.ts'

export const USED = 1
export const NOMATCH = 2

export class Rows {
  private readonly layout: Layout
  private words: Int32Array
  flags: Int16Array
  readonly ext: Extensions
  /** Rows that have ever been handed out, and blocks of rows that are free, by half their length. */
  private count = 0
  private free: number[][] = []

  constructor(h: SetHeader, layout: Layout) {
    this.layout = layout
    this.words = new Int32Array(16 * layout.words)
    this.flags = new Int16Array(16)
    this.ext = new Extensions(h, 16)
  }

  equal(row: number, key: Key): boolean {
    const { words } = this
    switch (this.layout.words) {
      case 1:
        return words[row] === key.k0
      case 2:
        return words[2 * row] === key.k0 && words[2 * row + 1] === key.k1
      default:
        return words[3 * row] === key.k0 && words[3 * row + 1] === key.k1 && words[3 * row + 2] === key.k2
    }
  }

  /** The key that stands in a row. */
  keyAt(row: number, key: Key): Key {
    const n = this.layout.words
    const w = this.words
    return key.set(w[n * row]!, n > 1 ? w[n * row + 1]! : 0, n > 2 ? w[n * row + 2]! : 0)
  }

  writeKey(row: number, key: Key): void {
    const n = this.layout.words
    this.words[n * row] = key.k0
    if (n > 1) this.words[n * row + 1] = key.k1
    if (n > 2) this.words[n * row + 2] = key.k2
  }

  /** kzalloc of a bucket for `size` elements. */
  allocate(size: number): number {
    const start = this.free[size / 2]?.pop() ?? this.append(size)
    for (let row = start; row < start + size; row++) {
      this.flags[row] = 0
      this.ext.zero(row)
    }
    return start
  }

  private append(size: number): number {
    const start = this.count
    this.count += size
    if (this.count > this.flags.length) {
      const rows = Math.max(2 * this.flags.length, this.count)
      const words = new Int32Array(rows * this.layout.words)
      words.set(this.words)
      const flags = new Int16Array(rows)
      flags.set(this.flags)
      this.words = words
      this.flags = flags
      this.ext.grow(rows)
    }
    return start
  }

  release(start: number, size: number): void {
    const half = size / 2
    while (this.free.length <= half) this.free.push([])
    this.free[half]!.push(start)
  }

  copy(from: number, to: number): void {
    const n = this.layout.words
    this.words.copyWithin(n * to, n * from, n * from + n)
    this.flags[to] = this.flags[from]!
    this.ext.copyFrom(this.ext, from, to)
  }

  /** All are given up. */
  clear(): void {
    this.count = 0
    this.free = []
    this.ext.commentBytes = 0
  }
}
