// Neighbours: which link-layer address a next hop has, and the way of a packet through that question.
// Read first: neigh_state.ts (the NUD machine), then neigh_gc.ts, neigh_proxy.ts. Reference: net/core/neighbour.c.
// Leaves out: NTF_MANAGED, application probes to a user-space ARP daemon (app_solicit probes reach nobody).
import type { Ip4 } from '../../lib/ip4.ts'
import type { Mac } from '../../lib/mac.ts'
import type { Timer } from '../../sim/clock.ts'
import {
  NTF_EXT_LEARNED,
  NUD_CONNECTED,
  NUD_FAILED,
  NUD_INCOMPLETE,
  NUD_NONE,
  NUD_PERMANENT,
  NUD_VALID,
} from '../../uapi/neigh.ts'
import type { NeighParms } from '../../uapi/sysctl.ts'
import type { NeighEvent } from '../../uapi/trace.ts'
import { ETH_P_IP, type Ethernet, ethernet } from '../../wire/ethernet.ts'
import { arp_constructor } from '../ipv4/arp_neigh.ts'
import type { Kernel, KernelTimer } from '../kernel.ts'
import { dev_queue_xmit } from './dev.ts'
import { MS, SECOND } from './neigh_dev.ts'
import { armGc, neigh_alloc, neigh_periodic_work, unlinkNeigh } from './neigh_gc.ts'
import { neigh_proxy_process, type PneighEntry, ProxyQueue } from './neigh_proxy.ts'
import { __neigh_event_send, neigh_timer_handler } from './neigh_state.ts'
import type { NetDevice } from './netdevice.ts'
import type { NetNs } from './netns.ts'
import type { SkBuff } from './skbuff.ts'

export const TIMER_NEIGH = 1
export const TIMER_NEIGH_GC = 2
export const TIMER_NEIGH_PROXY = 3

/** struct neighbour. It is its own timer. */
export class Neighbour implements Timer {
  readonly kind = TIMER_NEIGH
  at = -1
  seq = 0
  readonly dst: Ip4
  readonly dev: NetDevice
  /** Order of creation in the machine. */
  readonly serial: number
  lladdr: Mac = 0
  /** NUD_… */
  state = NUD_NONE
  /** NTF_… */
  flags = 0
  protocol = 0
  /** The Ethernet header for IPv4, made once per address: every packet carries the same object. */
  header: Ethernet | null = null
  /** `header` while packets may use it unasked (NUD_CONNECTED), else null: neigh_connect, neigh_suspect. */
  hh: Ethernet | null = null
  /** Virtual ns: a packet asked for it outside NUD_CONNECTED; it proved to be alive; the state or address changed. */
  used: number
  confirmed: number
  updated: number
  probes = 0
  /** Packets that wait for the address (arp_queue), and their truesize. */
  queue: SkBuff[] = []
  queueBytes = 0
  /** Removed from the table. Whoever kept a reference has to look up again. */
  dead = false

  constructor(dst: Ip4, dev: NetDevice, serial: number, now: number) {
    this.dst = dst
    this.dev = dev
    this.serial = serial
    this.used = now
    this.updated = now
    this.confirmed = now - 2 * this.parms.base_reachable_time_ms * MS
  }

  get parms(): NeighParms {
    return this.dev.link.neigh
  }

  /** Permanent and externally learned entries are out of the garbage collector's reach (neigh_update_gc_list). */
  get exemptFromGc(): boolean {
    return (this.state & NUD_PERMANENT) !== 0 || (this.flags & NTF_EXT_LEARNED) !== 0
  }
}

/** Periodic garbage collection of all namespaces' entries (arp_tbl is one table). */
export class NeighGcTimer implements Timer {
  readonly kind = TIMER_NEIGH_GC
  at = -1
  seq = 0
}

/**
 * The neighbours of one namespace; the entries themselves hang on the devices. As in the kernel the limits (gc_thresh)
 * hold for all namespaces together: the counters of the initial namespace's table are the machine's.
 */
export class NeighTable {
  readonly net: NetNs
  /** `ip neigh add proxy`: by address. */
  readonly proxies = new Map<Ip4, PneighEntry[]>()
  readonly proxyQueue: ProxyQueue
  readonly gcTimer = new NeighGcTimer()
  /** Entries of the machine; those that the garbage collector may take; entries ever made. */
  entries = 0
  gcEntries = 0
  serials = 0
  /** Virtual ns of the last forced collection. */
  lastFlush = 0
  /** Allocations refused: "neighbour: arp_cache: neighbor table overflow!". */
  tableFulls = 0

  constructor(net: NetNs) {
    this.net = net
    this.proxyQueue = new ProxyQueue(net, TIMER_NEIGH_PROXY)
  }
}

/** The table whose counters are the machine's. */
export function arpTbl(kernel: Kernel): NeighTable {
  return kernel.net(0).neigh
}

/** neigh_lookup: the entry with exactly this key, or null. (Every next hop of lo shares the entry 0.0.0.0.) */
export function neigh_lookup(dev: NetDevice, dst: Ip4): Neighbour | null {
  return dev.neigh.entries.get(dst) ?? null
}

/** ip_neigh_for_gw: the entry for a next hop on a device, made when absent; null when the table is full. */
export function neigh_get(_net: NetNs, dev: NetDevice, dst: Ip4): Neighbour | null {
  const n = dev.neigh.entries.get(dev.loopback ? 0 : dst)
  return n === undefined ? neigh_create(dev, dst, false) : n
}

/** ___neigh_create: a new entry, NUD_NONE or what the device makes of it (arp_constructor); null when the table is full. */
export function neigh_create(dev: NetDevice, dst: Ip4, exemptFromGc: boolean): Neighbour | null {
  const kernel = dev.net.kernel
  const tbl = arpTbl(kernel)
  if (!neigh_alloc(kernel, tbl, exemptFromGc)) return null
  const key = dev.loopback ? 0 : dst
  const known = dev.neigh.entries.get(key)
  if (known !== undefined) return known
  const n = new Neighbour(key, dev, ++tbl.serials, kernel.sim.now)
  arp_constructor(n)
  if ((n.state & NUD_VALID) !== 0) neigh_connect(n)
  dev.neigh.entries.set(key, n)
  tbl.entries++
  tbl.gcEntries++
  armGc(kernel, tbl)
  return n
}

/** neigh_connect: from now on packets take the header unasked. */
export function neigh_connect(n: Neighbour): void {
  n.hh = neighHeader(n)
}

/** neigh_suspect: packets go through neigh_resolve_output again. */
export function neigh_suspect(n: Neighbour): void {
  n.hh = null
}

function neighHeader(n: Neighbour): Ethernet {
  if (n.header === null) n.header = ethernet(n.lladdr, n.dev.mac, ETH_P_IP)
  return n.header
}

/** neigh_output: write the link-layer header and hand to the device, or queue and resolve. skb.dev is the device. */
export function neigh_output(n: Neighbour, skb: SkBuff): void {
  const hh = n.hh
  if (hh === null) {
    neigh_resolve_output(n, skb)
    return
  }
  skb.eth = hh
  if (n.dev.net.kernel.tr !== null) traceNeigh(n, skb.id, n.state, 'used', 'neigh_hh_output')
  dev_queue_xmit(skb)
}

/** neigh_resolve_output: slow and careful. */
export function neigh_resolve_output(n: Neighbour, skb: SkBuff): void {
  const before = n.state
  if (!neigh_event_send(n, skb)) return
  skb.eth = neighHeader(n)
  if (n.dev.net.kernel.tr !== null) traceNeigh(n, skb.id, before, 'used', 'neigh_resolve_output')
  dev_queue_xmit(skb)
}

/** neigh_event_send: someone wants to use the entry. True when its address can be used now; else `skb` was queued or dropped. */
export function neigh_event_send(n: Neighbour, skb: SkBuff | null): boolean {
  n.used = n.dev.net.kernel.sim.now
  if (!n.dead && (n.state & NUD_CONNECTED) !== 0) return true
  return __neigh_event_send(n, skb)
}

/** neigh_confirm: an upper layer heard from the neighbour (TCP progress, MSG_CONFIRM). */
export function neigh_confirm(n: Neighbour): void {
  n.confirmed = n.dev.net.kernel.sim.now
}

/** __ipv4_confirm_neigh: the same for whoever knows only the device and the next hop. */
export function ipv4_confirm_neigh(dev: NetDevice, nexthop: Ip4): void {
  const n = neigh_lookup(dev, dev.loopback ? 0 : nexthop)
  if (n !== null) neigh_confirm(n)
}

/** neigh_parms' reachable_time in ns: uniform in 0.5 … 1.5 × base_reachable_time, drawn anew every 300 s. */
export function reachableTime(dev: NetDevice): number {
  const kernel = dev.net.kernel
  const base = dev.link.neigh.base_reachable_time_ms
  const nd = dev.neigh
  if (nd.drawnFrom !== base || kernel.sim.now > nd.drawnAt + 300 * SECOND) {
    nd.drawnFrom = base
    nd.drawnAt = kernel.sim.now
    nd.reachableTime = Math.floor((0.5 + kernel.random.float()) * base * MS)
  }
  return nd.reachableTime
}

/** neigh_remove_one: out of the table, unless its timer still holds it. */
export function neigh_remove_one(n: Neighbour): boolean {
  if (n.at >= 0) return false
  unlinkNeigh(n)
  return true
}

/** Emit a neighbour event; only when somebody listens. */
export function traceNeigh(
  n: Neighbour,
  packet: number,
  before: number,
  action: NeighEvent['action'],
  fn: string,
): void {
  const net = n.dev.net
  net.kernel.tr?.emit({
    kind: 'neigh',
    time: net.kernel.sim.now,
    packet,
    netns: net.id,
    ifindex: n.dev.ifindex,
    fn,
    dst: n.dst,
    before,
    state: n.state,
    lladdr: (n.state & NUD_VALID) !== 0 && (n.state & (NUD_INCOMPLETE | NUD_FAILED)) === 0 ? n.lladdr : null,
    action,
  })
}

/** The kernel's timers of this area. */
export function neighTimer(kernel: Kernel, timer: KernelTimer): void {
  if (timer instanceof Neighbour) neigh_timer_handler(timer)
  else if (timer instanceof ProxyQueue) neigh_proxy_process(timer)
  else neigh_periodic_work(kernel, arpTbl(kernel))
}
