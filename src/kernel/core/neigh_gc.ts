// How neighbours go: limits and garbage collection, devices that go down, change their address or lose their carrier.
// Read first: neighbour.ts. Reference: neigh_forced_gc, neigh_periodic_work, neigh_flush_dev in net/core/neighbour.c.
import {
  NTF_EXT_LEARNED,
  NUD_FAILED,
  NUD_IN_TIMER,
  NUD_NOARP,
  NUD_NONE,
  NUD_PERMANENT,
  NUD_VALID,
} from '../../uapi/neigh.ts'
import type { Kernel } from '../kernel.ts'
import { MS, SECOND } from './neigh_dev.ts'
import { neighNotify } from './neigh_info.ts'
import { pneigh_ifdown, pneigh_queue_purge } from './neigh_proxy.ts'
import { purgeQueue } from './neigh_state.ts'
import { arpTbl, type Neighbour, type NeighTable, neigh_suspect } from './neighbour.ts'
import type { NetDevice } from './netdevice.ts'
import type { NetNs } from './netns.ts'

/** May one more entry be made (neigh_alloc)? Above gc_thresh2 at most every 5 s, above gc_thresh3 always, old ones go first. */
export function neigh_alloc(kernel: Kernel, tbl: NeighTable, exemptFromGc: boolean): boolean {
  if (exemptFromGc) return true
  const sysctl = tbl.net.cfg.sysctl
  const entries = tbl.gcEntries
  const thresh3 = sysctl['ipv4.neigh.default.gc_thresh3']
  const overSoft = entries >= sysctl['ipv4.neigh.default.gc_thresh2'] && kernel.sim.now > tbl.lastFlush + 5 * SECOND
  if (entries < thresh3 && !overSoft) return true
  if (neigh_forced_gc(kernel, tbl) === 0 && entries >= thresh3) {
    tbl.tableFulls++
    return false
  }
  return true
}

/** Remove what nobody holds and what did not change for 5 s, oldest first, down to gc_thresh2. */
function neigh_forced_gc(kernel: Kernel, tbl: NeighTable): number {
  const maxClean = tbl.gcEntries - tbl.net.cfg.sysctl['ipv4.neigh.default.gc_thresh2']
  const now = kernel.sim.now
  let shrunk = 0
  const all = allNeighbours(kernel).sort((a, b) => a.serial - b.serial)
  for (const n of all) {
    if (n.exemptFromGc || n.at >= 0) continue
    if (n.state !== NUD_FAILED && n.state !== NUD_NOARP && n.updated >= now - 5 * SECOND) continue
    unlinkNeigh(n)
    shrunk++
    if (shrunk >= maxClean) break
  }
  tbl.lastFlush = now
  return shrunk
}

function allNeighbours(kernel: Kernel): Neighbour[] {
  const all: Neighbour[] = []
  kernel.nets.forEach((net) => {
    net.devices.forEach((dev) => {
      dev.neigh.entries.forEach((n) => {
        all.push(n)
      })
    })
  })
  return all
}

/** Below gc_thresh1 the kernel's periodic work collects nothing, so its timer is armed only from there on. */
export function armGc(kernel: Kernel, tbl: NeighTable): void {
  if (tbl.gcTimer.at >= 0 || tbl.gcEntries === 0) return
  if (tbl.entries < tbl.net.cfg.sysctl['ipv4.neigh.default.gc_thresh1']) return
  const period = Math.max(1, (tbl.net.cfg.neighDefault.base_reachable_time_ms * MS) / 2)
  kernel.sim.armWheel(tbl.gcTimer, (Math.floor(kernel.sim.now / period) + 1) * period)
}

/** neigh_periodic_work: FAILED entries, and those unused for gc_stale_time. */
export function neigh_periodic_work(kernel: Kernel, tbl: NeighTable): void {
  if (tbl.entries >= tbl.net.cfg.sysctl['ipv4.neigh.default.gc_thresh1']) {
    const now = kernel.sim.now
    for (const n of allNeighbours(kernel)) {
      if ((n.state & (NUD_PERMANENT | NUD_IN_TIMER)) !== 0 || (n.flags & NTF_EXT_LEARNED) !== 0) continue
      if (n.used < n.confirmed) n.used = n.confirmed
      if (n.state === NUD_FAILED || now >= n.used + n.parms.gc_stale_time_ms * MS) unlinkNeigh(n)
    }
  }
  armGc(kernel, tbl)
}

/** neigh_update_gc_list: the state or flags changed; is the collector still allowed to take it? */
export function updateGcList(n: Neighbour, wasExempt: boolean): void {
  if (n.dead || wasExempt === n.exemptFromGc) return
  const kernel = n.dev.net.kernel
  const tbl = arpTbl(kernel)
  tbl.gcEntries += wasExempt ? 1 : -1
  armGc(kernel, tbl)
}

/** Out of its table (neigh_mark_dead, neigh_cleanup_and_release). */
export function unlinkNeigh(n: Neighbour): void {
  const kernel = n.dev.net.kernel
  const tbl = arpTbl(kernel)
  n.dev.neigh.entries.delete(n.dst)
  tbl.entries--
  if (!n.exemptFromGc) tbl.gcEntries--
  if (n.at >= 0) kernel.sim.cancel(n)
  neighNotify(n, true)
  n.dead = true
  neigh_suspect(n)
  purgeQueue(n)
  n.state = (n.state & NUD_VALID) !== 0 ? NUD_NOARP : NUD_NONE
}

/** neigh_flush_dev */
function neigh_flush_dev(dev: NetDevice, skipPermanent: boolean): void {
  for (const n of [...dev.neigh.entries.values()]) {
    if (skipPermanent && (n.state & NUD_PERMANENT) !== 0) continue
    unlinkNeigh(n)
  }
}

/**
 * neigh_ifdown: entries, proxy entries and queued requests of a device go. With `carrierOnly` (neigh_carrier_down)
 * permanent entries stay, and nothing happens where arp_evict_nocarrier is 0. Every device of a namespace that ends
 * has to pass here.
 */
export function neigh_ifdown(net: NetNs, dev: NetDevice, carrierOnly: boolean): void {
  if (carrierOnly && (net.cfg.confAll.arp_evict_nocarrier === 0 || dev.conf.arp_evict_nocarrier === 0)) return
  neigh_flush_dev(dev, carrierOnly)
  pneigh_ifdown(net.neigh, dev)
  pneigh_queue_purge(net.neigh, dev)
}

/** neigh_changeaddr: the device's own address or its NOARP flag changed; all its entries go. */
export function neigh_changeaddr(_net: NetNs, dev: NetDevice): void {
  neigh_flush_dev(dev, false)
}
