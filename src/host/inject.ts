// A frame out of nowhere: received by a device as if its peer had sent it.
import { netif_receive_skb } from '../kernel/core/dev.ts'
import { traceOrigin } from '../kernel/ipv4/ip_output.ts'
import { ArgumentError } from '../lib/errors.ts'
import type { NetnsId } from '../uapi/request.ts'
import { encodePacket } from '../wire/codec.ts'
import type { Packet } from '../wire/packet.ts'
import type { Machine } from './machine.ts'
import { isQuiet } from './settle.ts'

/** Virtual ns that an injected frame, and what it causes, is followed. */
const FOLLOW = 10_000_000_000

/** A packet given as headers, when it can stand on a wire. Throws ArgumentError. */
export function checkedPacket(p: Packet): Packet {
  try {
    encodePacket(p)
  } catch {
    throw new ArgumentError('a frame is bytes (Uint8Array) or a packet of headers (decodeFrame)')
  }
  return p
}

export function inject(m: Machine, netns: NetnsId, ifindex: number, frame: Packet): void {
  const net = m.kernel.net(netns)
  const dev = net.device(ifindex)
  if (dev === null) return
  const skb = m.kernel.newSkb(frame)
  skb.eth = frame.eth
  skb.dev = dev
  traceOrigin(net, skb, 'injected', 0, 'netif_receive_skb')
  netif_receive_skb(dev, skb)
  m.settle(m.sim.now + FOLLOW, () => isQuiet(m))
}
