// How many ICMP errors may leave: per destination (icmp_ratelimit, icmp_ratemask) and in all (icmp_msgs_per_sec,
// icmp_msgs_burst); net/ipv4/icmp.c. Read first: inetpeer.ts.
import type { Ip4 } from '../../lib/ip4.ts'
import { ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED } from '../../wire/icmp.ts'
import type { NetNs } from '../core/netns.ts'
import { inet_peer_xrlim_allow } from './inetpeer.ts'
import type { Rtable } from './rtable.ts'

/** XRLIM_BURST_FACTOR */
const BURST_FACTOR = 6
const MS = 1_000_000

/** The machine-wide credit. */
export class IcmpLimits {
  credit = 0
  stamp = -1
}

/** icmp_global_allow: messages per second of all kinds, refilled at most 20 times a second. */
function icmp_global_allow(net: NetNs): boolean {
  const limits = net.kernel.icmpLimits
  const now = net.kernel.sim.now / MS
  const burst = net.cfg.sysctl['ipv4.icmp_msgs_burst']
  if (limits.stamp < 0) limits.credit = burst
  const delta = Math.min(limits.stamp < 0 ? 0 : now - limits.stamp, 1000)
  if (limits.stamp < 0 || delta >= 20) {
    limits.credit = Math.min(limits.credit + (net.cfg.sysctl['ipv4.icmp_msgs_per_sec'] * delta) / 1000, burst)
    limits.stamp = now
  }
  if (limits.credit < 1) return false
  limits.credit--
  return true
}

/** icmpv4_xrlim_allow: types outside the mask, PMTU messages and the loopback are free. */
export function icmpv4_xrlim_allow(net: NetNs, rt: Rtable, type: number, code: number, dst: Ip4): boolean {
  const cfg = net.cfg.sysctl
  if (type > 18 || ((1 << type) & cfg['ipv4.icmp_ratemask']) === 0) return true
  if (type === ICMP_DEST_UNREACH && code === ICMP_FRAG_NEEDED) return true
  if (!icmp_global_allow(net)) return false
  if (rt.dev.loopback) return true
  return inet_peer_xrlim_allow(net, dst, cfg['ipv4.icmp_ratelimit'], BURST_FACTOR)
}
