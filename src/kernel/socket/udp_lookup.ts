// Which UDP socket a datagram is for, and who may have which port (compute_score, udp_lib_get_port).
// Read first: udp.ts, lookup.ts.
import type { Ip4 } from '../../lib/ip4.ts'
import type { NetNs } from '../core/netns.ts'
import { addressesClash, devicesClash, portRange } from './inet.ts'
import { lookupBound } from './lookup.ts'
import { addHead } from './table.ts'
import type { UdpSock } from './udp.ts'

const NONE: readonly UdpSock[] = Object.freeze([])

/** compute_score: -1 when the socket is not for this datagram, else how well it fits. */
function compute_score(sk: UdpSock, saddr: Ip4, sport: number, bound: Ip4, dif: number): number {
  if (sk.rcvSaddr !== bound) return -1
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

/** __udp4_lib_lookup */
export function udp_lib_lookup(
  net: NetNs,
  saddr: Ip4,
  sport: number,
  daddr: Ip4,
  dport: number,
  dif: number,
): UdpSock | null {
  const bucket = net.sockets.udp.get(dport)
  return bucket === undefined ? null : lookupBound(bucket, compute_score, saddr, sport, daddr, dport, dif)
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
