// Reassembly of fragments (net/ipv4/ip_fragment.c; RFC 815, RFC 5722's rule on overlaps).
// Memory limits count payload bytes (the kernel counts truesize).
import type { Ip4 } from '../../lib/ip4.ts'
import type { Timer } from '../../sim/clock.ts'
import { decodeTransport } from '../../wire/codec.ts'
import { ICMP_EXC_FRAGTIME, ICMP_TIME_EXCEEDED } from '../../wire/icmp.ts'
import type { Ipv4 } from '../../wire/ipv4.ts'
import { because, kfree_skb } from '../core/drop.ts'
import type { NetNs } from '../core/netns.ts'
import type { SkBuff } from '../core/skbuff.ts'
import type { Kernel, KernelTimer } from '../kernel.ts'
import { reassembledHeader } from './fragment.ts'
import { icmp_send } from './icmp.ts'
import { traceOrigin } from './ip_output.ts'

export const TIMER_FRAG = 10

/** struct ipq: the fragments of one datagram that have come so far, by offset. */
class FragmentQueue implements Timer {
  readonly kind = TIMER_FRAG
  at = -1
  seq = 0
  readonly net: NetNs
  readonly key: string
  parts: SkBuff[] = []
  /** Length of the whole payload once the last fragment is here, else -1. */
  total = -1
  bytes = 0
  maxSize = 0

  constructor(net: NetNs, key: string) {
    this.net = net
    this.key = key
  }
}

/** Datagrams of one namespace that wait for their missing fragments. */
export class FragmentQueues {
  readonly net: NetNs
  readonly queues = new Map<string, FragmentQueue>()
  bytes = 0

  constructor(net: NetNs) {
    this.net = net
  }
}

function keyOf(src: Ip4, dst: Ip4, id: number, protocol: number): string {
  return `${src} ${dst} ${id} ${protocol}`
}

/** ip_defrag: keep a fragment; true when `skb` has become the whole datagram. */
export function ip_defrag(net: NetNs, skb: SkBuff): boolean {
  const ip = skb.ip
  const table = net.frags
  const key = keyOf(ip.src, ip.dst, ip.id, ip.protocol)
  let q = table.queues.get(key)
  if (q === undefined) {
    if (table.bytes > net.cfg.sysctl['ipv4.ipfrag_high_thresh']) {
      kfree_skb(net, skb, 'ip_defrag', 'NOT_SPECIFIED', because('ipfrag_high_thresh is reached'))
      return false
    }
    q = new FragmentQueue(net, key)
    table.queues.set(key, q)
    net.kernel.arm(q, net.cfg.sysctl['ipv4.ipfrag_time'] * 1e9)
  }
  if (!ip_frag_queue(net, q, skb, ip)) return false
  if (q.total < 0 || q.bytes < q.total) {
    traceFragments(net, skb, q.parts.length, null)
    return false
  }
  finish(net, q, skb)
  return true
}

/** ip_frag_queue: in order of offset; an exact duplicate is dropped, an overlap ends the whole datagram. */
function ip_frag_queue(net: NetNs, q: FragmentQueue, skb: SkBuff, ip: Ipv4): boolean {
  const start = ip.fragOffset
  let data = skb.data
  if (ip.mf && data.length % 8 !== 0) data = data.subarray(0, data.length & ~7)
  const end = start + data.length
  if (end === start || (!ip.mf && q.total >= 0 && end !== q.total) || (ip.mf && q.total >= 0 && end > q.total)) {
    kfree_skb(net, skb, 'ip_defrag', 'NOT_SPECIFIED', because('it does not fit the fragments that are here'))
    return false
  }
  let i = q.parts.length
  while (i > 0 && q.parts[i - 1]!.ip.fragOffset > start) i--
  const before = q.parts[i - 1]
  const after = q.parts[i]
  if (before !== undefined && before.ip.fragOffset === start && before.data.length === data.length) {
    kfree_skb(net, skb, 'ip_defrag', 'DUP_FRAG', null)
    return false
  }
  if (
    (before !== undefined && before.ip.fragOffset + before.data.length > start) ||
    (after !== undefined && after.ip.fragOffset < end)
  ) {
    release(q)
    const note = because('it overlaps another fragment: the whole datagram is given up (RFC 5722)')
    kfree_skb(net, skb, 'ip_defrag', 'DUP_FRAG', note)
    for (const p of q.parts)
      kfree_skb(net, p, 'inet_frag_rbtree_purge', 'DUP_FRAG', because('another fragment overlaps it'))
    return false
  }
  const part = skb.clone()
  part.data = data
  q.parts.splice(i, 0, part)
  q.bytes += data.length
  q.net.frags.bytes += data.length
  if (!ip.mf) q.total = end
  if (skb.len > q.maxSize) q.maxSize = skb.len
  return true
}

/** ip_frag_reasm: the first fragment's header, everybody's bytes. */
function finish(net: NetNs, q: FragmentQueue, skb: SkBuff): void {
  const body = new Uint8Array(q.total)
  for (const p of q.parts) body.set(p.data, p.ip.fragOffset)
  const first = q.parts[0]!
  const pieces = net.kernel.tr === null ? null : q.parts.map((p) => p.id)
  release(q)
  const header = reassembledHeader(first.ip, body.length)
  const { l4, data } = decodeTransport(header, body)
  skb.id = net.kernel.nextPacketId()
  skb.net = header
  skb.l4 = l4
  skb.data = data
  skb.fragMaxSize = q.maxSize
  if (pieces === null) return
  traceOrigin(net, skb, 'reassembled', first.id, 'ip_frag_reasm')
  traceFragments(net, skb, pieces.length, pieces)
}

function release(q: FragmentQueue): void {
  q.net.kernel.sim.cancel(q)
  q.net.frags.queues.delete(q.key)
  q.net.frags.bytes -= q.bytes
}

/** ip_expire: the missing ones never came. The sender is told when the first fragment is here (RFC 792). */
export function fragTimer(_kernel: Kernel, timer: KernelTimer): void {
  const q = timer as FragmentQueue
  const net = q.net
  release(q)
  const first = q.parts[0]
  const head = first !== undefined && first.ip.fragOffset === 0 ? first : null
  if (head !== null) icmp_send(net, head, ICMP_TIME_EXCEEDED, ICMP_EXC_FRAGTIME, 0)
  const note = because(`not all fragments came within ${net.cfg.sysctl['ipv4.ipfrag_time']} s (ipfrag_time)`)
  for (const p of q.parts)
    kfree_skb(net, p, p === head ? 'ip_expire' : 'inet_frag_rbtree_purge', 'FRAG_REASM_TIMEOUT', note)
}

/** One more waits (`parts` null), or the datagram is whole again and these were its pieces. */
function traceFragments(net: NetNs, skb: SkBuff, fragments: number, parts: readonly number[] | null): void {
  net.kernel.tr?.emit({
    kind: 'fragment',
    time: net.kernel.sim.now,
    packet: skb.id,
    netns: net.id,
    ifindex: skb.iif,
    fn: parts === null ? 'ip_frag_queue' : 'ip_frag_reasm',
    action: parts === null ? 'queued' : 'reassembled',
    mtu: 0,
    fragments,
    ...(parts === null ? null : { parts }),
  })
}
