// Which of the sockets that share a port a packet is for: the walk that UDP and listening TCP sockets have in common
// (udp4_lib_lookup2, inet_lhash2_lookup), and SO_REUSEPORT groups. Read first: table.ts.
import type { Ip4 } from '../../lib/ip4.ts'
import type { Sock } from './sock.ts'

/** compute_score: how well a socket bound to `bound` fits; negative when the packet is not for it. */
type Score<S> = (sk: S, saddr: Ip4, sport: number, bound: Ip4, dif: number) => number

/** The socket of a bucket that a packet is for: those bound to the address come before those bound to all. */
export function lookupBound<S extends Sock>(
  bucket: readonly S[],
  score: Score<S>,
  saddr: Ip4,
  sport: number,
  daddr: Ip4,
  dport: number,
  dif: number,
): S | null {
  return (
    best(bucket, score, saddr, sport, daddr, dport, daddr, dif) ??
    best(bucket, score, saddr, sport, daddr, dport, 0, dif)
  )
}

/** The first with the highest score; in a group the flow's hash decides, but a connected one is not put to the vote. */
function best<S extends Sock>(
  bucket: readonly S[],
  score: Score<S>,
  saddr: Ip4,
  sport: number,
  daddr: Ip4,
  dport: number,
  bound: Ip4,
  dif: number,
): S | null {
  let found: S | null = null
  let hiscore = -1
  for (let i = 0; i < bucket.length; i++) {
    const sk = bucket[i]!
    const s = score(sk, saddr, sport, bound, dif)
    if (s <= hiscore) continue
    hiscore = s
    found = sk
    if (sk.reusePort && !sk.connected) found = reuseport_select_sock(bucket, sk, flowHash(saddr, sport, daddr, dport))
  }
  return found
}

/** A stable hash of the four-tuple, for SO_REUSEPORT groups. */
function flowHash(saddr: Ip4, sport: number, daddr: Ip4, dport: number): number {
  let h = Math.imul(saddr ^ 0x9e3779b9, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13) ^ daddr, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16) ^ ((sport << 16) | dport), 0x27d4eb2f)
  return (h ^ (h >>> 15)) >>> 0
}

/** One of the group of `sk` by the flow's hash, in the order of binding. */
function reuseport_select_sock<S extends Sock>(bucket: readonly S[], sk: S, hash: number): S {
  const group: S[] = []
  for (let i = bucket.length - 1; i >= 0; i--) {
    const m = bucket[i]!
    if (m.reusePort && m.rcvSaddr === sk.rcvSaddr && m.uid === sk.uid && m.boundIf === sk.boundIf) group.push(m)
  }
  return group[Math.floor((hash / 0x100000000) * group.length)] ?? sk
}
