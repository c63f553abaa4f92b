// Which UDP socket a datagram is for, and who may have which port (udp4_lib_lookup2, compute_score, udp_lib_get_port).
// Read first: udp.ts.
import type { Ip4 } from '../../lib/ip4.ts'
import type { NetNs } from '../core/netns.ts'
import { addressesClash, devicesClash, portRange } from './inet.ts'
import { addHead } from './table.ts'
import type { UdpSock } from './udp.ts'

const NONE: readonly UdpSock[] = Object.freeze([])

/** compute_score: -1 when the socket is not for this datagram, else how well it fits. */
function compute_score(sk: UdpSock, saddr: Ip4, sport: number, daddr: Ip4, dif: number): number {
  if (sk.rcvSaddr !== daddr) return -1
  let score = 2
  if (sk.daddr !== 0) {
    if (sk.daddr !== saddr) return -1
    score += 4
  }
  if (sk.dport !== 0) {
    if (sk.dport !== sport) return -1
    score += 4
  }
  if (sk.boundIf !== 0) {
    if (sk.boundIf !== dif) return -1
    score += 4
  }
  return score
}

/** A stable hash of the four-tuple, for SO_REUSEPORT groups. */
export function flowHash(saddr: Ip4, sport: number, daddr: Ip4, dport: number): number {
  let h = Math.imul(saddr ^ 0x9e3779b9, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13) ^ daddr, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16) ^ ((sport << 16) | dport), 0x27d4eb2f)
  return (h ^ (h >>> 15)) >>> 0
}

/** reuseport_select_sock: one of the group of `sk` by the flow's hash, in the order of binding. */
export function selectOfGroup<
  S extends { readonly rcvSaddr: Ip4; readonly reusePort: boolean; readonly uid: number; readonly boundIf: number },
>(bucket: readonly S[], sk: S, hash: number): S {
  const group: S[] = []
  for (let i = bucket.length - 1; i >= 0; i--) {
    const m = bucket[i]!
    if (m.reusePort && m.rcvSaddr === sk.rcvSaddr && m.uid === sk.uid && m.boundIf === sk.boundIf) group.push(m)
  }
  return group[Math.floor((hash / 0x100000000) * group.length)] ?? sk
}

/** udp4_lib_lookup2: the best among those bound to that address; a connected one is not put to the vote. */
function lookup2(
  bucket: readonly UdpSock[],
  saddr: Ip4,
  sport: number,
  daddr: Ip4,
  dport: number,
  bound: Ip4,
  dif: number,
): UdpSock | null {
  let best: UdpSock | null = null
  let badness = 0
  for (let i = 0; i < bucket.length; i++) {
    const sk = bucket[i]!
    const score = compute_score(sk, saddr, sport, bound, dif)
    if (score <= badness) continue
    badness = score
    best = sk
    if (sk.reusePort && !sk.connected) best = selectOfGroup(bucket, sk, flowHash(saddr, sport, daddr, dport))
  }
  return best
}

/** __udp4_lib_lookup: sockets bound to the address come before those bound to all. */
export function udp_lib_lookup(
  net: NetNs,
  saddr: Ip4,
  sport: number,
  daddr: Ip4,
  dport: number,
  dif: number,
): UdpSock | null {
  const bucket = net.sockets.udp.get(dport)
  if (bucket === undefined) return null
  return lookup2(bucket, saddr, sport, daddr, dport, daddr, dif) ?? lookup2(bucket, saddr, sport, daddr, dport, 0, dif)
}

/** __udp_is_mcast_sock for a whole bucket. */
export function udpMulticastSockets(
  net: NetNs,
  saddr: Ip4,
  sport: number,
  daddr: Ip4,
  dport: number,
  dif: number,
): readonly UdpSock[] {
  const bucket = net.sockets.udp.get(dport)
  if (bucket === undefined) return NONE
  return bucket.filter(
    (sk) =>
      (sk.daddr === 0 || sk.daddr === saddr) &&
      (sk.dport === 0 || sk.dport === sport) &&
      (sk.rcvSaddr === 0 || sk.rcvSaddr === daddr) &&
      (sk.boundIf === 0 || sk.boundIf === dif),
  )
}

/** udp_lib_lport_inuse: does somebody hold the port in a way that excludes `sk`? */
function inUse(sk: UdpSock, port: number): boolean {
  const bucket = sk.net.sockets.udp.get(port)
  if (bucket === undefined) return false
  return bucket.some(
    (o) =>
      o !== sk &&
      (!o.reuseAddr || !sk.reuseAddr) &&
      devicesClash(o.boundIf, sk.boundIf) &&
      addressesClash(o.rcvSaddr, sk.rcvSaddr) &&
      !(o.reusePort && sk.reusePort && o.uid === sk.uid),
  )
}

/** udp_lib_get_port: take a port (0 asks for a free one of ip_local_port_range); false when there is none. */
export function udp_lib_get_port(sk: UdpSock, port: number): boolean {
  let chosen = port
  if (port === 0) {
    const [low, count, offset] = portRange(sk.net)
    let tried = 0
    while (tried < count && inUse(sk, low + ((offset + tried) % count))) tried++
    if (tried === count) return false
    chosen = low + ((offset + tried) % count)
  } else if (inUse(sk, port)) return false
  sk.sport = chosen
  addHead(sk.net.sockets.udp, chosen, sk)
  return true
}
