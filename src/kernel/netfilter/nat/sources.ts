// Connections by the source that they began with: one source keeps one translation where that is possible
// (nf_nat_bysource, net/netfilter/nf_nat_core.c). Read first: conntrack/conn.ts.
import type { Ip4 } from '../../../lib/ip4.ts'
import type { NfConn } from '../conntrack/conn.ts'

/** hash_by_src, of what connections have in common that came from one socket. */
function key(src: Ip4, sport: number, protocol: number): number {
  let h = Math.imul(src, 0x9e3779b1) ^ ((sport << 8) | protocol)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  return h ^ (h >>> 13)
}

export class NatSources {
  /** The newest connection of each bucket. */
  private readonly buckets = new Map<number, NfConn>()

  /** The first of the connections that may have this source: walk on by nextBySource. */
  first(src: Ip4, sport: number, protocol: number): NfConn | null {
    return this.buckets.get(key(src, sport, protocol)) ?? null
  }

  add(ct: NfConn): void {
    const k = key(ct.oSrc, ct.oSport, ct.protocol)
    const first = this.buckets.get(k) ?? null
    ct.nextBySource = first
    if (first !== null) first.prevBySource = ct
    this.buckets.set(k, ct)
  }

  /** nf_nat_cleanup_conntrack: the connection went. One that was never added is not in the way. */
  removed(ct: NfConn): void {
    const { prevBySource: prev, nextBySource: next } = ct
    if (prev !== null) prev.nextBySource = next
    else {
      const k = key(ct.oSrc, ct.oSport, ct.protocol)
      if (this.buckets.get(k) !== ct) return
      if (next === null) this.buckets.delete(k)
      else this.buckets.set(k, next)
    }
    if (next !== null) next.prevBySource = prev
    ct.nextBySource = null
    ct.prevBySource = null
  }
}
