// AF_PACKET sockets: copies of frames as they pass a device, and frames sent as they are (net/packet/af_packet.c).
// Read first: sock.ts; core/dev.ts calls packet_taps. Used by tcpdump and arping.
// Leaves out: ring buffers, fanout, BPF filters (programs filter), SOCK_DGRAM.

import type { Errno } from '../../lib/errno.ts'
import type { SocketId, SocketOwner, SocketResult } from '../../uapi/socket.ts'
import { ETH_P_8021Q, ETH_P_ALL, ETH_P_IP, ethernet } from '../../wire/ethernet.ts'
import type { Packet } from '../../wire/packet.ts'
import { dev_queue_xmit } from '../core/dev.ts'
import { because, kfree_skb } from '../core/drop.ts'
import { changeLink, linkByIndex } from '../core/links.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import { PACKET_LOOPBACK, PACKET_OUTGOING, type SkBuff } from '../core/skbuff.ts'
import { Transaction } from '../core/transaction.ts'
import { DatagramSock, enqueue, receivedFrame } from './datagram.ts'
import { traceDeliver } from './inet.ts'
import { sk_report, sock_error } from './sock.ts'

export class PacketSock extends DatagramSock {
  /** ifindex it is bound to, 0 for all. */
  ifindex = 0
  /** Its promiscuous membership's device, 0 when it has none. */
  promiscIndex = 0
  /** po->running: the hook is in place. */
  running = false
  constructor(inode: SocketId, net: NetNs, protocol: number, owner: SocketOwner) {
    super(inode, 'packet', net, protocol, owner)
  }
}

/** packet_create: with a protocol it listens on every device at once. */
export function packetOpen(sk: PacketSock): void {
  sk.net.sockets.packet.push(sk)
  if (sk.protocol !== 0) register(sk)
}

/** __register_prot_hook */
function register(sk: PacketSock): void {
  if (sk.running) return
  if (sk.ifindex === 0) sk.net.taps.push(sk.inode)
  else sk.net.device(sk.ifindex)?.taps.push(sk.inode)
  sk.running = true
}

function unregister(sk: PacketSock): void {
  if (!sk.running) return
  sk.running = false
  const taps = sk.ifindex === 0 ? sk.net.taps : (sk.net.device(sk.ifindex)?.taps ?? [])
  const i = taps.indexOf(sk.inode)
  if (i >= 0) taps.splice(i, 1)
}

/** packet_do_bind */
export function packetBind(sk: PacketSock, ifindex: number, protocol: number): Errno | null {
  const dev = ifindex === 0 ? null : sk.net.device(ifindex)
  if (ifindex !== 0 && dev === null) return 'ENODEV'
  unregister(sk)
  sk.ifindex = ifindex
  if (protocol !== 0) sk.protocol = protocol
  if (sk.protocol === 0) return null
  if (dev !== null && !dev.up) {
    sk.err = 'ENETDOWN'
    return null
  }
  register(sk)
  return null
}

/** PACKET_ADD_MEMBERSHIP / DROP_MEMBERSHIP with PACKET_MR_PROMISC (dev_set_promiscuity): part of the link's state. */
export function packetPromisc(sk: PacketSock, on: boolean): Errno | null {
  if (on === (sk.promiscIndex !== 0)) return null
  const index = on ? sk.ifindex : sk.promiscIndex
  sk.promiscIndex = on ? index : 0
  if (index === 0) return on ? 'ENODEV' : null
  const tx = new Transaction(sk.net.kernel)
  const link = linkByIndex(tx, sk.net, index)
  if (link === null) return null
  changeLink(tx, sk.net, index, { promiscuity: link.promiscuity + (on ? 1 : -1) })
  tx.commit()
  return null
}

/** packet_snd with a whole frame. */
export function packetSend(sk: PacketSock, frame: Packet, ifindex: number): SocketResult<number> {
  const dev = sk.net.device(ifindex === 0 ? sk.ifindex : ifindex)
  if (dev === null) return { ok: false, errno: 'ENXIO' }
  if (!dev.up) return { ok: false, errno: 'ENETDOWN' }
  const pending = sock_error(sk)
  if (pending !== null) return { ok: false, errno: pending }
  const skb = sk.net.kernel.newSkb(frame)
  skb.eth = frame.eth ?? ethernet(dev.broadcast, dev.mac, ETH_P_IP)
  const vlan = skb.eth.type === ETH_P_8021Q ? 4 : 0
  if (skb.len > dev.mtu + vlan) return { ok: false, errno: 'EMSGSIZE' }
  skb.dev = dev
  skb.sk = sk.inode
  skb.uid = sk.uid
  skb.mark = sk.mark
  traceInjected(sk.net, dev, skb)
  dev_queue_xmit(skb)
  return { ok: true, value: skb.frameLength }
}

function traceInjected(net: NetNs, dev: NetDevice, skb: SkBuff): void {
  const kernel = net.kernel
  if (kernel.tr === null) return
  kernel.tr.emit({
    kind: 'origin',
    time: kernel.sim.now,
    packet: skb.id,
    netns: net.id,
    ifindex: dev.ifindex,
    fn: 'packet_sendmsg',
    pkt: skb.packet(),
    cause: 0,
    why: 'socket',
  })
}

/** dev_queue_xmit_nit and deliver_skb: frames sent go to ETH_P_ALL taps only, and not back to their sender. */
export function packet_taps(dev: NetDevice, skb: SkBuff, outgoing: boolean): void {
  const net = dev.net
  if (net.taps.length !== 0) deliver(net, net.taps, dev, skb, outgoing)
  if (dev.taps.length !== 0) deliver(net, dev.taps, dev, skb, outgoing)
}

function deliver(net: NetNs, taps: readonly number[], dev: NetDevice, skb: SkBuff, outgoing: boolean): void {
  for (let i = 0; i < taps.length; i++) {
    const sk = net.kernel.layer.find(taps[i]!)
    if (sk === null || sk.type !== 'packet') continue
    packet_rcv(sk as PacketSock, dev, skb, outgoing)
  }
}

function packet_rcv(sk: PacketSock, dev: NetDevice, skb: SkBuff, outgoing: boolean): void {
  const eth = skb.eth
  if (sk.protocol !== ETH_P_ALL) {
    if (outgoing || (eth === null ? ETH_P_IP : eth.type) !== sk.protocol) return
  }
  if (outgoing ? skb.sk === sk.inode : skb.pktType === PACKET_LOOPBACK) return
  const type = outgoing ? PACKET_OUTGOING : skb.pktType
  if (!enqueue(sk, receivedFrame(skb, skb.packet(), dev.ifindex, type, sk.net.kernel.sim.now))) {
    const note = `the receive buffer of ${sk.rcvbuf} bytes is full: this capture misses the frame`
    kfree_skb(sk.net, skb, 'packet_rcv', 'PACKET_SOCK_ERROR', because(note))
  } else if (sk.net.kernel.tr !== null && sk.protocol !== ETH_P_ALL) traceDeliver(sk, skb, 'packet_rcv')
}

export function packetClose(sk: PacketSock): void {
  unregister(sk)
  packetPromisc(sk, false)
  const all = sk.net.sockets.packet
  const i = all.indexOf(sk)
  if (i >= 0) all.splice(i, 1)
}

/** packet_notifier: the device went down, came up, or left the namespace. */
export function packetDeviceEvent(net: NetNs, ifindex: number, what: 'down' | 'up' | 'gone'): void {
  for (const sk of net.sockets.packet) {
    if (sk.ifindex !== ifindex) continue
    if (what === 'up') {
      if (sk.protocol !== 0) register(sk)
      continue
    }
    if (sk.running) {
      unregister(sk)
      sk_report(sk, 'ENETDOWN')
    }
    if (what === 'gone') {
      sk.ifindex = -1
      sk.promiscIndex = 0
    }
  }
}
