// The end of a packet that is not delivered: nothing disappears silently (kfree_skb_reason, net/core/skbuff.c).
import type { DropReason } from '../../uapi/drop.ts'
import type { DropDetail } from '../../uapi/trace.ts'
import type { NetNs } from './netns.ts'
import type { SkBuff } from './skbuff.ts'

/** Drop `skb` in `net`: `fn` is the kernel's function that the tracepoint skb:kfree_skb names. */
export function kfree_skb(net: NetNs, skb: SkBuff, fn: string, reason: DropReason, detail: DropDetail | null): void {
  const tr = net.kernel.tr
  if (tr === null) return
  tr.emit({
    kind: 'drop',
    time: net.kernel.sim.now,
    packet: skb.id,
    netns: net.id,
    ifindex: skb.dev === null ? 0 : skb.dev.ifindex,
    fn,
    reason,
    pkt: skb.packet(),
    detail,
  })
}

/** A drop explained by a knob: its path below net. and its value. */
export function bySysctl(name: string, value: number): DropDetail {
  return { kind: 'sysctl', name, value }
}

/** A drop explained in words. */
export function because(note: string): DropDetail {
  return { kind: 'text', note }
}
