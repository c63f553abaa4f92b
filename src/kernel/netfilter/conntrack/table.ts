// The connections of one namespace: found by either of their tuples (nf_conntrack_hash, struct netns_ct).
// Read first: conn.ts, hash.ts. nf_conntrack_buckets decides only which connections are neighbours for early_drop.
// Leaves out: one table for all namespaces (here each has its own, of the same size).
import type { Ip4 } from '../../../lib/ip4.ts'
import { IPS_CONFIRMED, IPS_DYING } from '../../../uapi/conntrack.ts'
import type { NetNs } from '../../core/netns.ts'
import { Complaints } from './complaints.ts'
import type { NfConn } from './conn.ts'
import { ConntrackGc } from './gc.ts'
import { TupleHash } from './hash.ts'

/** Counters of `conntrack -S` (struct ip_conntrack_stat). */
export class ConntrackStats {
  found = 0
  invalid = 0
  insert = 0
  insertFailed = 0
  drop = 0
  earlyDrop = 0
  error = 0
  searchRestart = 0
  clashResolve = 0
  chainToolong = 0
}

export class Conntrack {
  readonly net: NetNs
  /** Confirmed connections. */
  count = 0
  /** IP_CT_DIR_… of the tuple that the last find() met. */
  foundDir = 0
  readonly stats = new ConntrackStats()
  /** How often "table full" was said lately. */
  readonly complaints = new Complaints()
  readonly gc: ConntrackGc
  private readonly hash: TupleHash
  /** Who has to know that a connection went: nat's table of sources. */
  onRemove: { removed(ct: NfConn): void } | null = null

  constructor(net: NetNs) {
    this.net = net
    this.hash = new TupleHash(net.kernel.multipathSeed ^ 0x5bd1e995)
    this.gc = new ConntrackGc(net)
  }

  /**
   * __nf_conntrack_find_get: the live connection that has this tuple in one of its directions, which `foundDir` then names; null for none.
   * `zoneO`, `zoneR`: the packet's zone as each direction counts it.
   */
  find(
    src: Ip4,
    dst: Ip4,
    sport: number,
    dport: number,
    protocol: number,
    zoneO: number,
    zoneR: number,
  ): NfConn | null {
    const { hash } = this
    if (hash.size === 0) return null
    const h = hash.hash(src, dst, sport, dport, protocol)
    let place = hash.start(h)
    for (let ct = hash.at(place); ct !== null; ct = hash.at(place)) {
      if (hash.has(place, h)) {
        const dir = directionOf(ct, src, dst, sport, dport, protocol, zoneO, zoneR)
        if (dir >= 0) {
          if (!this.expired(ct)) {
            this.foundDir = dir
            return ct
          }
          // the places behind it move up: begin again
          this.kill(ct)
          place = hash.start(h)
          continue
        }
      }
      place = hash.next(place)
    }
    return null
  }

  /**
   * nf_conntrack_tuple_taken: does a connection other than `ignored` have this tuple? One with the same original tuple does not count: both
   * are the same flow, which is settled when the second is confirmed.
   */
  taken(src: Ip4, dst: Ip4, sport: number, dport: number, protocol: number, ignored: NfConn): boolean {
    const ct = this.find(src, dst, sport, dport, protocol, ignored.oZone, ignored.rZone)
    if (ct === null || ct === ignored || sameOriginal(ct, ignored)) return false
    this.stats.found++
    return true
  }

  /** Put a connection in: both tuples are final from here on. */
  insert(ct: NfConn): void {
    const { hash } = this
    hash.add(hash.hash(ct.oSrc, ct.oDst, ct.oSport, ct.oDport, ct.protocol), ct)
    hash.add(hash.hash(ct.rSrc, ct.rDst, ct.rSport, ct.rDport, ct.protocol), ct)
    this.count++
    ct.status |= IPS_CONFIRMED
    this.gc.start()
  }

  /** Take a connection out; packets that carry it may go on with it. */
  remove(ct: NfConn): void {
    const { hash } = this
    ct.status |= IPS_DYING
    hash.delete(hash.hash(ct.oSrc, ct.oDst, ct.oSport, ct.oDport, ct.protocol), ct)
    hash.delete(hash.hash(ct.rSrc, ct.rDst, ct.rSport, ct.rDport, ct.protocol), ct)
    this.count--
    if (this.onRemove !== null) this.onRemove.removed(ct)
  }

  expired(ct: NfConn): boolean {
    return ct.timeout <= this.net.kernel.sim.now
  }

  /** nf_ct_gc_expired: it timed out and nobody had noticed yet. */
  kill(ct: NfConn): void {
    this.gc.expire(ct)
  }

  /** The connections of `n` neighbouring buckets, bucket by bucket, from the one of this tuple on: where early_drop looks. */
  *neighbours(src: Ip4, dst: Ip4, sport: number, dport: number, protocol: number, n: number): Generator<NfConn[]> {
    const buckets = this.net.kernel.initNet.cfg.sysctl['netfilter.nf_conntrack_buckets']
    const share = 2 ** 32 / buckets
    const first = Math.floor(this.hash.hash(src, dst, sport, dport, protocol) / share)
    for (let i = 0; i < n; i++) {
      const b = (first + i) % buckets
      yield this.hash.inRange(Math.ceil(b * share), Math.ceil((b + 1) * share))
    }
  }

  /** Every confirmed connection, also expired ones that nobody has met since; in the order of their ids. */
  all(): NfConn[] {
    const list: NfConn[] = []
    this.hash.forEach((ct) => {
      list.push(ct)
    })
    list.sort((a, b) => a.id - b.id)
    return list.filter((ct, i) => ct !== list[i - 1])
  }

  /** gc_worker's look at the whole table: what has timed out, in the order of ids. */
  old(): NfConn[] {
    const list: NfConn[] = []
    this.hash.forEach((ct) => {
      if (this.expired(ct)) list.push(ct)
    })
    list.sort((a, b) => a.id - b.id)
    return list.filter((ct, i) => ct !== list[i - 1])
  }

  trim(): void {
    this.hash.trim()
  }
}

/** nf_ct_key_equal: which tuple of the connection this is, -1 for neither. The reply's counts first, as in the kernel's chains. */
function directionOf(
  ct: NfConn,
  src: Ip4,
  dst: Ip4,
  sport: number,
  dport: number,
  protocol: number,
  zoneO: number,
  zoneR: number,
): number {
  if (ct.protocol !== protocol) return -1
  if (ct.rSrc === src && ct.rDst === dst && ct.rSport === sport && ct.rDport === dport && ct.rZone === zoneR) return 1
  if (ct.oSrc === src && ct.oDst === dst && ct.oSport === sport && ct.oDport === dport && ct.oZone === zoneO) return 0
  return -1
}

function sameOriginal(a: NfConn, b: NfConn): boolean {
  return (
    a.oSrc === b.oSrc &&
    a.oDst === b.oDst &&
    a.oSport === b.oSport &&
    a.oDport === b.oDport &&
    a.protocol === b.protocol &&
    a.oZone === b.oZone
  )
}
