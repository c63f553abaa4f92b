// What the neighbour machine keeps per device: its entries and struct neigh_parms' run-time part.
// Read first: neighbour.ts. Reference: include/net/neighbour.h (struct neigh_parms).
import type { Ip4 } from '../../lib/ip4.ts'
import type { Neighbour } from './neighbour.ts'

/** Nanoseconds per millisecond and per second. */
export const MS = 1_000_000
export const SECOND = 1_000_000_000

export class NeighDev {
  /** By next hop, in insertion order. */
  readonly entries = new Map<Ip4, Neighbour>()
  /** parms->reachable_time in ns, drawn anew every 300 s and when the base changes. */
  reachableTime = 0
  /** base_reachable_time_ms that reachableTime was drawn from, -1 before the first draw. */
  drawnFrom = -1
  drawnAt = 0
  /** Requests of this device in the proxy queue (parms->qlen). */
  proxyQlen = 0
}
