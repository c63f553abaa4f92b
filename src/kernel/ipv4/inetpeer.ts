// What is remembered of a host by its address, for all that is limited about it: ICMP errors to it, errors about its packets that no route
// takes, redirects to it share one clock (struct inet_peer, net/ipv4/inetpeer.c). Leaves out that entries age.
import type { Ip4 } from '../../lib/ip4.ts'
import type { NetNs } from '../core/netns.ts'

const MS = 1_000_000
/** A fresh entry counts as last used a minute ago (inet_getpeer), so its bucket starts full. */
const IDLE_MS = 60_000

export interface InetPeer {
  /** rate_tokens, in ms of credit. */
  tokens: number
  /** rate_last, in ms since boot. */
  last: number
  /** n_redirects: how many it was told. */
  redirects: number
}

export function inet_getpeer(net: NetNs, address: Ip4): InetPeer {
  const { peers } = net.routes
  let peer = peers.get(address)
  if (peer === undefined) {
    peer = { tokens: 0, last: net.kernel.sim.now / MS - IDLE_MS, redirects: 0 }
    peers.set(address, peer)
  }
  return peer
}

/** inet_peer_xrlim_allow, and ip_error's bucket: `timeout` ms of credit buy one message; at most `burst` messages are saved up. */
export function inet_peer_xrlim_allow(net: NetNs, address: Ip4, timeout: number, burst: number): boolean {
  const peer = inet_getpeer(net, address)
  const now = net.kernel.sim.now / MS
  const credit = Math.min(peer.tokens + (now - peer.last), burst * timeout)
  peer.last = now
  const allowed = credit >= timeout
  peer.tokens = allowed ? credit - timeout : credit
  return allowed
}
