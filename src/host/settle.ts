// When is a packet's story over? When no frame is on its way and nobody waits for a neighbour or a delayed answer.
import type { Machine } from './machine.ts'

/** No frame in flight, no packet queued for an unresolved neighbour, no proxied ARP answer being delayed. */
export function isQuiet(m: Machine): boolean {
  if (m.sim.inFlight > 0 || m.os.hasReady) return false
  for (const net of m.kernel.nets.values()) {
    if (net.neigh.proxyQueue.items.length > 0) return false
    for (const dev of net.devices.values()) {
      for (const n of dev.neigh.entries.values()) if (n.queue.length > 0) return false
    }
  }
  return true
}
