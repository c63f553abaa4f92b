// The hash of connections by both of their tuples (nf_conntrack_hash): one open table, probed linearly, in the order of the hash, so that a
// range of the kernel's buckets is a range of places here. Read first: conn.ts.
import type { Ip4 } from '../../../lib/ip4.ts'
import type { NfConn } from './conn.ts'

const NOTHING = new Int32Array(0)
const FIRST_BITS = 6

export class TupleHash {
  /** Hash of the tuple at each place; counts only where `conns` has a connection. */
  private hashes: Int32Array = NOTHING
  private conns: (NfConn | null)[] = []
  /** The table has 2 ** bits places; a hash's upper bits are its place. */
  private bits = 0
  /** Tuples in it: two of each connection. */
  size = 0
  readonly seed: number

  constructor(seed: number) {
    this.seed = seed
  }

  /** hash_conntrack_raw, as an unsigned number. */
  hash(src: Ip4, dst: Ip4, sport: number, dport: number, protocol: number): number {
    let h = Math.imul(src ^ this.seed, 0x9e3779b1)
    h = Math.imul(h ^ (h >>> 15) ^ dst, 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13) ^ ((sport << 16) | dport), 0xc2b2ae35)
    h = Math.imul(h ^ (h >>> 16) ^ protocol, 0x27d4eb2f)
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
    return (h ^ (h >>> 13)) >>> 0
  }

  /** Where to look for a hash first; go on with next() while at() is not null. */
  start(hash: number): number {
    return hash >>> (32 - this.bits)
  }
  next(place: number): number {
    return (place + 1) & (this.conns.length - 1)
  }
  at(place: number): NfConn | null {
    return this.conns[place]!
  }
  has(place: number, hash: number): boolean {
    return this.hashes[place] === (hash | 0)
  }

  add(hash: number, ct: NfConn): void {
    if (2 * (this.size + 1) > this.conns.length) this.resize(Math.max(FIRST_BITS, this.bits + 1))
    this.put(hash, ct)
    this.size++
  }

  private put(hash: number, ct: NfConn): void {
    let place = this.start(hash)
    while (this.conns[place] !== null) place = this.next(place)
    this.conns[place] = ct
    this.hashes[place] = hash | 0
  }

  /** Take one place of a connection away; what was pushed behind it moves up. */
  delete(hash: number, ct: NfConn): void {
    const { conns, hashes } = this
    if (this.size === 0) return
    let hole = this.start(hash)
    while (conns[hole] !== ct || !this.has(hole, hash)) {
      if (conns[hole] === null) return
      hole = this.next(hole)
    }
    const mask = conns.length - 1
    for (let i = this.next(hole); conns[i] !== null; i = this.next(i)) {
      const home = this.start(hashes[i]! >>> 0)
      // it may move when its home is not between the hole and it
      if (((i - home) & mask) < ((i - hole) & mask)) continue
      conns[hole] = conns[i]!
      hashes[hole] = hashes[i]!
      hole = i
    }
    conns[hole] = null
    this.size--
  }

  private resize(bits: number): void {
    const { conns, hashes } = this
    this.bits = bits
    this.conns = new Array<NfConn | null>(2 ** bits).fill(null)
    this.hashes = new Int32Array(2 ** bits)
    for (let i = 0; i < conns.length; i++) {
      const ct = conns[i]!
      if (ct !== null) this.put(hashes[i]! >>> 0, ct)
    }
  }

  /** Give memory back after many have gone. */
  trim(): void {
    if (this.size === 0) {
      this.bits = 0
      this.conns = []
      this.hashes = NOTHING
    } else if (this.conns.length > 16 * this.size && this.bits > FIRST_BITS) {
      this.resize(Math.max(FIRST_BITS, Math.ceil(Math.log2(4 * this.size))))
    }
  }

  /** Connections with a tuple whose hash is in [from, to); one may come twice. */
  inRange(from: number, to: number): NfConn[] {
    const found: NfConn[] = []
    if (this.size === 0) return found
    const last = this.start(to - 1)
    for (let place = this.start(from), n = 0; n < this.conns.length; place = this.next(place), n++) {
      const ct = this.conns[place]!
      if (ct === null) {
        if (place >= last) break
        continue
      }
      const hash = this.hashes[place]! >>> 0
      if (hash >= from && hash < to) found.push(ct)
    }
    return found
  }

  /** Every connection, once for each of its tuples. */
  forEach(visit: (ct: NfConn) => void): void {
    for (const ct of this.conns) if (ct !== null) visit(ct)
  }
}
