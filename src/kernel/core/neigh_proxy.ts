// Proxy ARP's own tables: addresses answered for others (`ip neigh add proxy`), and the queue in which requests wait a
// random time before they are answered. Reference: pneigh_lookup, pneigh_enqueue, neigh_proxy_process in net/core/neighbour.c.
import type { Ip4 } from '../../lib/ip4.ts'
import type { Timer } from '../../sim/clock.ts'
import { parp_redo } from '../ipv4/arp.ts'
import { because, bySysctl, kfree_skb } from './drop.ts'
import { MS } from './neigh_dev.ts'
import type { NeighTable } from './neighbour.ts'
import type { NetDevice } from './netdevice.ts'
import type { NetNs } from './netns.ts'
import type { SkBuff } from './skbuff.ts'

/** struct pneigh_entry. */
export interface PneighEntry {
  /** Null: on every device. */
  readonly dev: NetDevice | null
  readonly flags: number
  readonly protocol: number
}

interface Waiting {
  readonly skb: SkBuff
  readonly due: number
}

/** tbl->proxy_queue with its timer, one per namespace. */
export class ProxyQueue implements Timer {
  readonly kind: number
  at = -1
  seq = 0
  readonly net: NetNs
  items: Waiting[] = []

  constructor(net: NetNs, kind: number) {
    this.net = net
    this.kind = kind
  }
}

/** The proxy entry that a request for `dst` arriving by `dev` meets: one of the device or one of every device. */
export function pneigh_lookup(tbl: NeighTable, dst: Ip4, dev: NetDevice | null): PneighEntry | null {
  return tbl.proxies.get(dst)?.find((p) => p.dev === dev || p.dev === null) ?? null
}

/** pneigh_lookup with creation: the entry that matched, or a new one, gets these flags and protocol. */
export function pneighSet(tbl: NeighTable, dst: Ip4, dev: NetDevice | null, flags: number, protocol: number): void {
  const list = tbl.proxies.get(dst) ?? []
  const old = pneigh_lookup(tbl, dst, dev)
  if (old === null) tbl.proxies.set(dst, [...list, { dev, flags, protocol }])
  else {
    const entry = { dev: old.dev, flags, protocol: protocol === 0 ? old.protocol : protocol }
    tbl.proxies.set(
      dst,
      list.map((p) => (p === old ? entry : p)),
    )
  }
}

/** pneigh_delete: exactly this device's entry. False when there is none. */
export function pneigh_delete(tbl: NeighTable, dst: Ip4, dev: NetDevice | null): boolean {
  const list = tbl.proxies.get(dst)
  const gone = list?.find((p) => p.dev === dev)
  if (list === undefined || gone === undefined) return false
  if (list.length === 1) tbl.proxies.delete(dst)
  else
    tbl.proxies.set(
      dst,
      list.filter((p) => p !== gone),
    )
  return true
}

export function pneigh_ifdown(tbl: NeighTable, dev: NetDevice): void {
  for (const dst of [...tbl.proxies.keys()]) pneigh_delete(tbl, dst, dev)
}

/** The queued requests of a device are forgotten. */
export function pneigh_queue_purge(tbl: NeighTable, dev: NetDevice): void {
  const q = tbl.proxyQueue
  if (q.items.length === 0) return
  for (const { skb } of q.items) {
    if (skb.dev === dev) kfree_skb(q.net, skb, 'pneigh_queue_purge', 'NOT_SPECIFIED', because(`${dev.name} went down`))
  }
  q.items = q.items.filter((w) => w.skb.dev !== dev)
  dev.neigh.proxyQlen = 0
}

/** pneigh_enqueue: answer after a random time below proxy_delay. Returns that time in ns, or -1 when the queue is full. */
export function pneigh_enqueue(tbl: NeighTable, dev: NetDevice, skb: SkBuff): number {
  const kernel = tbl.net.kernel
  const parms = dev.link.neigh
  if (dev.neigh.proxyQlen > parms.proxy_qlen) {
    const detail = bySysctl(`ipv4.neigh.${dev.name}.proxy_qlen`, parms.proxy_qlen)
    // kfree_skb is its last call: the compiler makes a jump of it, and the tracepoint names the caller
    kfree_skb(tbl.net, skb, 'arp_process', 'NOT_SPECIFIED', detail)
    return -1
  }
  const q = tbl.proxyQueue
  const delay = Math.floor(kernel.random.float() * parms.proxy_delay_ms * MS)
  const due = kernel.sim.now + delay
  q.items.push({ skb, due })
  dev.neigh.proxyQlen++
  if (q.at < 0 || due < q.at) kernel.sim.armWheel(q, due)
  return delay
}

/** neigh_proxy_process: those whose time has come are answered, if the device is still up. */
export function neigh_proxy_process(q: ProxyQueue): void {
  const kernel = q.net.kernel
  const now = kernel.sim.now
  const ready = q.items.filter((w) => w.due <= now)
  q.items = q.items.filter((w) => w.due > now)
  for (const { skb } of ready) {
    const dev = skb.dev as NetDevice
    dev.neigh.proxyQlen--
    if (dev.up && !q.net.dead) parp_redo(q.net, skb)
    else kfree_skb(q.net, skb, 'neigh_proxy_process', 'NOT_SPECIFIED', because(`${dev.name} is down`))
  }
  let next = Number.POSITIVE_INFINITY
  for (const w of q.items) next = Math.min(next, w.due)
  if (next !== Number.POSITIVE_INFINITY) kernel.sim.armWheel(q, next)
}
