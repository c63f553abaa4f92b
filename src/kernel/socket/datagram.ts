// The receive queue of datagram sockets: udp, ping, raw and packet (net/core/datagram.c, sock_queue_rcv_skb).
// Read first: sock.ts.

import type { Received, SockAddr, SocketResult } from '../../uapi/socket.ts'
import type { Icmp } from '../../wire/icmp.ts'
import { IP_HLEN } from '../../wire/ipv4.ts'
import type { Packet } from '../../wire/packet.ts'
import { PACKET_BROADCAST, PACKET_MULTICAST, PACKET_OTHERHOST, PACKET_OUTGOING, type SkBuff } from '../core/skbuff.ts'
import { inet_iif } from '../ipv4/rtable.ts'
import { Sock, sk_wake, sock_error, truesize } from './sock.ts'

/** A socket with a queue of whole messages. */
export class DatagramSock extends Sock {
  queue: Received[] = []
  /** Index of the next message in `queue`. */
  head = 0
  /** truesize of each queued message, in step with `queue`. */
  sizes: number[] = []
  /** sk_rmem_alloc */
  rmem = 0
  /** Bytes waiting: ss's Recv-Q. */
  queued = 0
  /** udp_sock.forward_deficit: memory read but not yet given back. */
  deficit = 0
}

/** skb->pkt_type by its name. */
function packetTypeName(t: number): Received['packetType'] {
  switch (t) {
    case PACKET_BROADCAST:
      return 'broadcast'
    case PACKET_MULTICAST:
      return 'multicast'
    case PACKET_OTHERHOST:
      return 'otherhost'
    case PACKET_OUTGOING:
      return 'outgoing'
    default:
      return 'host'
  }
}

/** What recvmsg will give for a received IPv4 datagram. */
export function receivedOf(skb: SkBuff, data: Uint8Array, sport: number, dport: number, icmp: Icmp | null): Received {
  const ip = skb.ip
  return {
    data,
    from: { addr: ip.src, port: sport },
    to: { addr: ip.dst, port: dport },
    ttl: ip.ttl,
    tos: ip.tos,
    ifindex: inet_iif(skb),
    time: skb.tstamp,
    icmp,
    frame: null,
    packetType: packetTypeName(skb.pktType),
    length: ip.totalLength,
  }
}

/** What recvmsg will give for a frame. */
export function receivedFrame(skb: SkBuff, frame: Packet, ifindex: number, type: number, time: number): Received {
  return {
    data: frame.data,
    from: NOWHERE,
    to: NOWHERE,
    ttl: 0,
    tos: 0,
    ifindex,
    time,
    icmp: null,
    frame,
    packetType: packetTypeName(type),
    length: skb.frameLength,
  }
}

const NOWHERE: SockAddr = Object.freeze({ addr: 0, port: 0 })

/** Queue a message unless the buffer is over full already (sock_queue_rcv_skb, __udp_enqueue_schedule_skb). */
export function enqueue(sk: DatagramSock, msg: Received): boolean {
  const size = truesize(msg.length - IP_HLEN)
  if (sk.rmem > sk.rcvbuf) return false
  sk.rmem += size
  sk.queued += msg.data.length
  sk.queue.push(msg)
  sk.sizes.push(size)
  sk_wake(sk)
  return true
}

/** udp_rmem_release: memory goes back in pieces of a quarter of the buffer, or when the queue is empty. */
function release(sk: DatagramSock, size: number): void {
  sk.deficit += size
  if (sk.type === 'udp' && sk.deficit < sk.rcvbuf >> 2 && sk.head < sk.queue.length) return
  sk.rmem -= sk.deficit
  sk.deficit = 0
}

/** recvmsg(2) of one message. */
export function receive(sk: DatagramSock): SocketResult<Received> {
  const err = sock_error(sk)
  if (err !== null) return { ok: false, errno: err }
  const msg = sk.queue[sk.head]
  if (msg === undefined) return { ok: false, errno: 'EAGAIN' }
  const size = sk.sizes[sk.head]!
  sk.head++
  sk.queued -= msg.data.length
  if (sk.head === sk.queue.length) {
    sk.queue = []
    sk.sizes = []
    sk.head = 0
  } else if (sk.head === 64) {
    sk.queue = sk.queue.slice(64)
    sk.sizes = sk.sizes.slice(64)
    sk.head = 0
  }
  release(sk, size)
  return { ok: true, value: msg }
}
