// Receiving and sending frames: the core of net/core/dev.c.
// Read first: skbuff.ts, netdevice.ts. What a device does with a frame is in device/xmit.ts.
// Leaves out: GRO/GSO, RPS, ingress and egress qdiscs (sched/).
import { isGroupMac } from '../../lib/mac.ts'
import { ETH_HLEN, ETH_P_ARP, ETH_P_IP } from '../../wire/ethernet.ts'
import { dev_hard_start_xmit } from '../device/xmit.ts'
import { arp_rcv } from '../ipv4/arp.ts'
import { ip_rcv } from '../ipv4/ip_input.ts'
import { packet_taps } from '../socket/input.ts'
import { because, kfree_skb } from './drop.ts'
import type { NetDevice } from './netdevice.ts'
import {
  IPSKB_XMIT_CN,
  PACKET_BROADCAST,
  PACKET_HOST,
  PACKET_LOOPBACK,
  PACKET_MULTICAST,
  PACKET_OTHERHOST,
  type SkBuff,
} from './skbuff.ts'

/** A frame has arrived at a device: statistics, taps, then the protocol's handler. */
export function netif_receive_skb(dev: NetDevice, skb: SkBuff): void {
  const net = dev.net
  skb.dev = dev
  skb.iif = dev.ifindex
  if (skb.pktType === PACKET_LOOPBACK) {
    // ip_mc_output's copy to ourselves: no driver, no statistics, no taps
    ip_rcv(net, skb)
    return
  }
  if (net.dead || !dev.up) {
    kfree_skb(
      net,
      skb,
      '__dev_forward_skb2',
      'NOT_SPECIFIED',
      because(`${dev.name} went down while the frame was on its way`),
    )
    return
  }
  dev.rxPackets++
  dev.rxBytes += dev.loopback ? skb.len : ETH_HLEN + skb.len
  skb.tstamp = net.kernel.sim.now
  skb.pktType = eth_type_trans(dev, skb)
  const tr = net.kernel.tr
  if (tr !== null) {
    tr.emit({
      kind: 'receive',
      time: net.kernel.sim.now,
      packet: skb.id,
      netns: net.id,
      ifindex: dev.ifindex,
      fn: 'netif_receive_skb',
      pkt: skb.packet(),
    })
  }
  if (net.taps.length !== 0 || dev.taps.length !== 0) packet_taps(dev, skb, false)
  const eth = skb.eth
  const type = eth === null ? ETH_P_IP : eth.type
  if (type === ETH_P_IP) ip_rcv(net, skb)
  else if (type === ETH_P_ARP) arp_rcv(net, skb)
  else {
    dev.rxDropped++
    const word = `no protocol is registered for EtherType 0x${type.toString(16).padStart(4, '0')}`
    kfree_skb(net, skb, '__netif_receive_skb_core', 'UNHANDLED_PROTO', because(word))
  }
}

/** skb->pkt_type from the destination MAC (net/ethernet/eth.c); lo's too, whose one neighbour may have been given another MAC. */
function eth_type_trans(dev: NetDevice, skb: SkBuff): number {
  const eth = skb.eth
  if (eth === null || eth.dst === dev.mac) return PACKET_HOST
  if (isGroupMac(eth.dst)) return eth.dst === dev.broadcast ? PACKET_BROADCAST : PACKET_MULTICAST
  return PACKET_OTHERHOST
}

/** Hand a frame (link-layer header in place, skb.dev the way out) to its device (__dev_queue_xmit with a noqueue root). */
export function dev_queue_xmit(skb: SkBuff): void {
  const dev = skb.dev as NetDevice
  const net = dev.net
  if (!dev.up || !dev.running) {
    dev.txDropped++
    skb.cbFlags |= IPSKB_XMIT_CN
    const note = dev.up
      ? `${dev.name} has no carrier: its queue is stopped (qdisc noop) until the peer is up`
      : `${dev.name} is down`
    kfree_skb(net, skb, '__dev_queue_xmit', 'QDISC_DROP', because(note))
    return
  }
  if (net.taps.length !== 0 || dev.taps.length !== 0) packet_taps(dev, skb, true)
  const tr = net.kernel.tr
  if (tr !== null) {
    const peer = dev.peer
    tr.emit({
      kind: 'xmit',
      time: net.kernel.sim.now,
      packet: skb.id,
      netns: net.id,
      ifindex: dev.ifindex,
      fn: 'dev_hard_start_xmit',
      pkt: skb.packet(),
      eth: skb.eth,
      peer: dev.loopback
        ? { netns: net.id, ifindex: dev.ifindex }
        : peer === null
          ? null
          : { netns: peer.net.id, ifindex: peer.ifindex },
    })
  }
  dev_hard_start_xmit(dev, skb)
}
