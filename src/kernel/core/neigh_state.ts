// The NUD state machine: what packets, answers, time and administrators do to a neighbour (net/core/neighbour.c).
// Read first: neighbour.ts, and RFC 4861 section 7.3 for the states' meaning. ARP's part is in ipv4/arp_neigh.ts.
import type { Mac } from '../../lib/mac.ts'
import {
  NTF_EXT_LEARNED,
  NTF_ROUTER,
  NUD_CONNECTED,
  NUD_DELAY,
  NUD_FAILED,
  NUD_IN_TIMER,
  NUD_INCOMPLETE,
  NUD_NOARP,
  NUD_PERMANENT,
  NUD_PROBE,
  NUD_REACHABLE,
  NUD_STALE,
  NUD_VALID,
} from '../../uapi/neigh.ts'
import { arp_error_report, arp_solicit } from '../ipv4/arp_neigh.ts'
import { bySysctl, kfree_skb } from './drop.ts'
import { MS } from './neigh_dev.ts'
import { updateGcList } from './neigh_gc.ts'
import { neighNotify } from './neigh_info.ts'
import { type Neighbour, neigh_connect, neigh_output, neigh_suspect, reachableTime, traceNeigh } from './neighbour.ts'
import type { SkBuff } from './skbuff.ts'

export const NEIGH_UPDATE_F_OVERRIDE = 0x01
export const NEIGH_UPDATE_F_WEAK_OVERRIDE = 0x02
export const NEIGH_UPDATE_F_OVERRIDE_ISROUTER = 0x04
export const NEIGH_UPDATE_F_USE = 0x10
export const NEIGH_UPDATE_F_EXT_LEARNED = 0x20
export const NEIGH_UPDATE_F_ISROUTER = 0x40
export const NEIGH_UPDATE_F_ADMIN = 0x80

/** HZ / 100: the least time between two looks at an entry. */
const TICK = 10 * MS

function del_timer(n: Neighbour): void {
  if (n.at >= 0) n.dev.net.kernel.sim.cancel(n)
}

function retransTime(n: Neighbour): number {
  return Math.max(n.parms.retrans_time_ms * MS, TICK)
}

/** Unanswered probes after which an entry fails: unicast ones first, multicast (broadcast) ones when nothing is known. */
export function neigh_max_probes(n: Neighbour): number {
  const p = n.parms
  return p.ucast_solicit + p.app_solicit + ((n.state & NUD_PROBE) !== 0 ? p.mcast_resolicit : p.mcast_solicit)
}

/** A packet (or `ip neigh … use`, skb null) wants the entry. True: use its address now. False: `skb` waits or is gone. */
export function __neigh_event_send(n: Neighbour, skb: SkBuff | null): boolean {
  const kernel = n.dev.net.kernel
  const before = n.state
  if (n.dead) {
    if (skb !== null) kfree_skb(n.dev.net, skb, '__neigh_event_send', 'NEIGH_DEAD', { kind: 'neigh', dst: n.dst })
    return false
  }
  if ((before & (NUD_CONNECTED | NUD_DELAY | NUD_PROBE)) !== 0) return true
  let probe = false
  if ((before & NUD_STALE) !== 0) {
    del_timer(n)
    n.state = NUD_DELAY
    n.updated = kernel.sim.now
    kernel.arm(n, n.parms.delay_first_probe_time_ms * MS)
    return true
  }
  if ((before & NUD_INCOMPLETE) === 0) {
    if (n.parms.mcast_solicit + n.parms.app_solicit === 0) {
      refuseToResolve(n, skb)
      return false
    }
    n.probes = n.parms.ucast_solicit
    del_timer(n)
    n.state = NUD_INCOMPLETE
    n.updated = kernel.sim.now
    kernel.arm(n, retransTime(n))
    probe = true
  }
  if (skb !== null) {
    if (kernel.tr !== null) traceNeigh(n, skb.id, before, 'queued', '__neigh_event_send')
    enqueue(n, skb)
  }
  if (probe) neigh_probe(n)
  return false
}

/** No probe is allowed (mcast_solicit and app_solicit 0): the entry fails at once. */
function refuseToResolve(n: Neighbour, skb: SkBuff | null): void {
  n.state = NUD_FAILED
  n.updated = n.dev.net.kernel.sim.now
  if (skb === null) return
  const detail = bySysctl(`ipv4.neigh.${n.dev.name}.mcast_solicit`, 0)
  kfree_skb(n.dev.net, skb, '__neigh_event_send', 'NEIGH_FAILED', detail)
}

/** Into arp_queue; the oldest packets make room (unres_qlen_bytes). */
function enqueue(n: Neighbour, skb: SkBuff): void {
  const size = truesize(skb.len)
  const limit = n.parms.unres_qlen_bytes
  while (n.queueBytes + size > limit) {
    const oldest = n.queue.shift()
    if (oldest === undefined) break
    n.queueBytes -= truesize(oldest.len)
    const detail = bySysctl(`ipv4.neigh.${n.dev.name}.unres_qlen_bytes`, limit)
    kfree_skb(n.dev.net, oldest, '__neigh_event_send', 'NEIGH_QUEUEFULL', detail)
  }
  n.queue.push(skb)
  n.queueBytes += size
}

/** skb->truesize of a datagram of `len` bytes on x86-64: struct sk_buff, and the kmalloc bucket of head, data and shared info. */
export function truesize(len: number): number {
  const headroom = 31
  const sharedInfo = 320
  const skbuff = 256
  let bucket = 512
  const need = ((len + headroom + 63) & ~63) + sharedInfo
  while (bucket < need) bucket *= 2
  return skbuff + bucket
}

/** neigh_probe: ask, in the name of the newest packet that waits. */
function neigh_probe(n: Neighbour): void {
  const skb = n.queue.length === 0 ? null : n.queue[n.queue.length - 1]!
  arp_solicit(n, skb)
  n.probes++
}

/** neigh_invalidate: it failed; those who wait are told. An error report may reach this very entry again. */
function neigh_invalidate(n: Neighbour): void {
  n.updated = n.dev.net.kernel.sim.now
  while (n.state === NUD_FAILED) {
    const skb = n.queue.shift()
    if (skb === undefined) break
    if (n.dev.net.kernel.tr !== null) traceNeigh(n, skb.id, NUD_INCOMPLETE, 'failed', 'neigh_timer_handler')
    arp_error_report(n, skb)
  }
  purgeQueue(n)
}

/** skb_queue_purge of arp_queue: the entry goes, and those who wait with it. */
export function purgeQueue(n: Neighbour): void {
  for (const skb of n.queue) kfree_skb(n.dev.net, skb, 'neigh_destroy', 'QUEUE_PURGE', { kind: 'neigh', dst: n.dst })
  n.queue = []
  n.queueBytes = 0
}

/** neigh_timer_handler */
export function neigh_timer_handler(n: Neighbour): void {
  const kernel = n.dev.net.kernel
  const before = n.state
  if (n.dead || n.dev.net.dead || (before & NUD_IN_TIMER) === 0) return
  let next = kernel.sim.now + retransTime(n)
  let notify = false
  if ((before & NUD_REACHABLE) !== 0) {
    next = reachableExpires(n)
    notify = n.state === NUD_STALE
  } else if ((before & NUD_DELAY) !== 0) {
    next = delayExpires(n)
    notify = true
  }
  if ((n.state & (NUD_INCOMPLETE | NUD_PROBE)) !== 0 && n.probes >= neigh_max_probes(n)) {
    n.state = NUD_FAILED
    if (kernel.tr !== null) traceNeigh(n, 0, before, 'changed', 'neigh_timer_handler')
    neigh_invalidate(n)
    neighNotify(n, false)
    return
  }
  if ((n.state & NUD_IN_TIMER) !== 0) kernel.sim.armWheel(n, Math.max(next, kernel.sim.now + TICK))
  if (n.state !== before && kernel.tr !== null) traceNeigh(n, 0, before, 'changed', 'neigh_timer_handler')
  if ((n.state & (NUD_INCOMPLETE | NUD_PROBE)) !== 0) neigh_probe(n)
  if (notify) neighNotify(n, false)
}

/** NUD_REACHABLE: still alive, or used lately (DELAY), or STALE. Returns when to look again. */
function reachableExpires(n: Neighbour): number {
  const now = n.dev.net.kernel.sim.now
  const until = n.confirmed + reachableTime(n.dev)
  if (now <= until) return until
  const delay = n.parms.delay_first_probe_time_ms * MS
  n.state = now <= n.used + delay ? NUD_DELAY : NUD_STALE
  n.updated = now
  neigh_suspect(n)
  return now + delay
}

/** NUD_DELAY: confirmed by an upper layer meanwhile, or it has to be probed. */
function delayExpires(n: Neighbour): number {
  const now = n.dev.net.kernel.sim.now
  n.updated = now
  if (now <= n.confirmed + n.parms.delay_first_probe_time_ms * MS) {
    n.state = NUD_REACHABLE
    neigh_connect(n)
    return n.confirmed + reachableTime(n.dev)
  }
  n.state = NUD_PROBE
  n.probes = 0
  return now + retransTime(n)
}

/** How neigh_update refuses: EPERM for a static entry, EINVAL when no address is known. */
export type NeighUpdateError = 'EPERM' | 'EINVAL' | 'EDEAD'

/**
 * neigh_update: an answer, a request or an administrator says that the neighbour has `lladdr` (null: not said) and is in
 * state `wanted`. NEIGH_UPDATE_F_OVERRIDE lets another address replace a valid one.
 */
export function neigh_update(n: Neighbour, lladdr: Mac | null, wanted: number, flags: number): NeighUpdateError | null {
  const old = n.state
  const admin = (flags & NEIGH_UPDATE_F_ADMIN) !== 0
  if (n.dead) return 'EDEAD'
  if (!admin && (old & (NUD_NOARP | NUD_PERMANENT)) !== 0) return 'EPERM'
  const wasExempt = n.exemptFromGc
  let notify = admin && updateFlags(n, flags)
  let error: NeighUpdateError | null = null
  if ((flags & NEIGH_UPDATE_F_USE) !== 0) n.state = old & ~NUD_PERMANENT
  else if ((wanted & NUD_VALID) === 0) notify = invalidateTo(n, wanted) || notify
  else if (lladdr === null && (old & NUD_VALID) === 0) error = 'EINVAL'
  else notify = validUpdate(n, lladdr ?? n.lladdr, wanted, flags) || notify
  updateGcList(n, wasExempt)
  if (notify) neighNotify(n, false)
  return error
}

/** neigh_update_flags: an administrator's extern_learn comes and goes with each request. */
function updateFlags(n: Neighbour, flags: number): boolean {
  const want = (flags & NEIGH_UPDATE_F_EXT_LEARNED) !== 0 ? NTF_EXT_LEARNED : 0
  if (((n.flags ^ want) & NTF_EXT_LEARNED) === 0) return false
  n.flags = (n.flags & ~NTF_EXT_LEARNED) | want
  return true
}

/** To NONE, INCOMPLETE or FAILED by decree. True when listeners have to know. */
function invalidateTo(n: Neighbour, wanted: number): boolean {
  const old = n.state
  del_timer(n)
  neigh_suspect(n)
  n.state = wanted
  if (wanted !== old && n.dev.net.kernel.tr !== null) traceNeigh(n, 0, old, 'changed', 'neigh_update')
  if ((old & (NUD_INCOMPLETE | NUD_PROBE)) !== 0 && (wanted & NUD_FAILED) !== 0) {
    neigh_invalidate(n)
    return true
  }
  return (old & NUD_VALID) !== 0
}

/** A valid state is wanted. True when listeners have to know. */
function validUpdate(n: Neighbour, lladdr: Mac, wanted: number, flags: number): boolean {
  const now = n.dev.net.kernel.sim.now
  const old = n.state
  const wasValid = (old & NUD_VALID) !== 0
  const sameAddress = wasValid ? lladdr === n.lladdr : false
  let next = wanted
  let address = lladdr
  if ((wanted & NUD_CONNECTED) !== 0) n.confirmed = now
  if (wasValid && !sameAddress && (flags & NEIGH_UPDATE_F_OVERRIDE) === 0) {
    if ((flags & NEIGH_UPDATE_F_WEAK_OVERRIDE) === 0 || (old & NUD_CONNECTED) === 0) return false
    address = n.lladdr
    next = NUD_STALE
  } else if (sameAddress && wanted === NUD_STALE && (flags & NEIGH_UPDATE_F_ADMIN) === 0) {
    next = old
  }
  const newAddress = !wasValid || address !== n.lladdr
  let notify = false
  if (next !== old || newAddress) n.updated = now
  if (next !== old) {
    changeState(n, next)
    notify = true
  }
  if (newAddress) {
    n.lladdr = address
    n.header = null
    if ((next & NUD_CONNECTED) === 0) n.confirmed = now - 2 * n.parms.base_reachable_time_ms * MS
    notify = true
  }
  if ((next & NUD_CONNECTED) !== 0) neigh_connect(n)
  else neigh_suspect(n)
  if (notify && n.dev.net.kernel.tr !== null) traceNeigh(n, 0, old, 'changed', 'neigh_update')
  if (!wasValid) releaseQueue(n)
  return updateRouter(n, flags) || notify
}

function changeState(n: Neighbour, next: number): void {
  const kernel = n.dev.net.kernel
  del_timer(n)
  if ((next & NUD_PROBE) !== 0) n.probes = 0
  n.state = next
  if ((next & NUD_IN_TIMER) !== 0) kernel.arm(n, (next & NUD_REACHABLE) !== 0 ? reachableTime(n.dev) : 0)
}

/** The address became known: those who waited go out, in order. */
function releaseQueue(n: Neighbour): void {
  while ((n.state & NUD_VALID) !== 0) {
    const skb = n.queue.shift()
    if (skb === undefined) break
    neigh_output(n, skb)
  }
  purgeQueue(n)
}

/** neigh_update_is_router */
function updateRouter(n: Neighbour, flags: number): boolean {
  if ((flags & NEIGH_UPDATE_F_OVERRIDE_ISROUTER) === 0) return false
  const want = (flags & NEIGH_UPDATE_F_ISROUTER) !== 0 ? NTF_ROUTER : 0
  if (((n.flags ^ want) & NTF_ROUTER) === 0) return false
  n.flags = (n.flags & ~NTF_ROUTER) | want
  return true
}
