// UDP sockets: ports, sending, receiving, errors (net/ipv4/udp.c; RFC 768).
// Read first: sock.ts, inet.ts. The lookup of received datagrams is in udp_lookup.ts.
// Leaves out: UDP-Lite, encapsulation sockets, GSO/GRO, corking, group memberships.
import type { Errno } from '../../lib/errno.ts'
import type { Ip4 } from '../../lib/ip4.ts'
import type { SockAddr, SocketId, SocketOwner, SocketResult } from '../../uapi/socket.ts'
import { ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, type Icmp } from '../../wire/icmp.ts'
import { IPPROTO_UDP } from '../../wire/ipv4.ts'
import { UDP_HLEN, type Udp, udp } from '../../wire/udp.ts'
import { because, kfree_skb } from '../core/drop.ts'
import type { NetNs } from '../core/netns.ts'
import type { SkBuff } from '../core/skbuff.ts'
import { icmp_send } from '../ipv4/icmp.ts'
import { ip_local_out } from '../ipv4/ip_output.ts'
import { inet_iif, type Rtable } from '../ipv4/rtable.ts'
import { DatagramSock, enqueue, receivedOf } from './datagram.ts'
import { datagramError, ip_icmp_error } from './errqueue.ts'
import {
  flowOf,
  inet_bind,
  ip4_datagram_connect,
  makeHeader,
  notSent,
  ownDatagram,
  refusedDatagram,
  routeDatagram,
  socketMtu,
  traceDeliver,
} from './inet.ts'
import type { InnerDatagram } from './input.ts'
import { sk_dst_check, sk_dst_set, sk_report } from './sock.ts'
import { removeFrom } from './table.ts'
import { udp_lib_get_port, udp_lib_lookup, udpMulticastSockets } from './udp_lookup.ts'

export class UdpSock extends DatagramSock {
  constructor(inode: SocketId, net: NetNs, owner: SocketOwner) {
    super(inode, 'udp', net, IPPROTO_UDP, owner)
  }
}

export function udpBind(sk: UdpSock, addr: Ip4, port: number): Errno | null {
  return inet_bind(sk, addr, port, sk.sport === 0, udp_lib_get_port)
}

export function udpConnect(sk: UdpSock, to: SockAddr): Errno | null {
  if (sk.sport === 0 && !udp_lib_get_port(sk, 0)) return 'EAGAIN'
  return ip4_datagram_connect(sk, to.addr, to.port)
}

/** udp_sendmsg. `to` null: to the connected peer; `source`: the sender's choice, 0 for none. */
export function udp_sendmsg(sk: UdpSock, data: Uint8Array, to: SockAddr | null, source: Ip4 = 0): SocketResult<number> {
  if (data.length > 0xffff) return { ok: false, errno: 'EMSGSIZE' }
  if (to === null) {
    if (!sk.connected) return { ok: false, errno: 'EDESTADDRREQ' }
    if (sk.sport === 0 && !udp_lib_get_port(sk, 0)) return { ok: false, errno: 'EAGAIN' }
    const cached = sk_dst_check(sk)
    if (cached !== null) return sendAlong(sk, data, cached, sk.saddr, sk.daddr, sk.dport)
  } else {
    if (to.port === 0) return { ok: false, errno: 'EINVAL' }
    if (sk.sport === 0 && !udp_lib_get_port(sk, 0)) return { ok: false, errno: 'EAGAIN' }
  }
  const dport = to === null ? sk.dport : to.port
  const fl = flowOf(sk, to === null ? sk.daddr : to.addr, dport)
  if (source !== 0) fl.src = source
  const rt = routeDatagram(sk, fl, 'udp_sendmsg')
  if (typeof rt === 'string') return { ok: false, errno: rt }
  if (to === null) sk_dst_set(sk, rt)
  return sendAlong(sk, data, rt, fl.src, fl.dst, dport)
}

/** ip_make_skb + udp_send_skb: the checks of __ip_append_data, the headers, and out. */
function sendAlong(sk: UdpSock, data: Uint8Array, rt: Rtable, src: Ip4, dst: Ip4, dport: number): SocketResult<number> {
  const length = UDP_HLEN + data.length
  const mtu = socketMtu(sk, rt)
  const refused = refusedDatagram(sk, dst, length, mtu)
  if (refused !== null) return { ok: false, errno: refused }
  const net = sk.net
  const skb = net.kernel.newSkb({
    net: makeHeader(sk, rt, src, dst, IPPROTO_UDP, length, mtu),
    l4: udp(sk.sport, dport, length, false),
    data,
  })
  ownDatagram(sk, skb)
  ip_local_out(net, skb, rt)
  const failed = notSent(sk, skb)
  if (failed !== null) return { ok: false, errno: failed }
  return { ok: true, value: data.length }
}

/** __udp4_lib_rcv */
export function udp_rcv(net: NetNs, skb: SkBuff): void {
  const uh = skb.l4
  if (uh === null || uh.kind !== 'udp') {
    kfree_skb(net, skb, '__udp4_lib_rcv', 'NOT_SPECIFIED', because('no room for a UDP header'))
    return
  }
  const there = UDP_HLEN + skb.data.length
  if (uh.length > there || uh.length < UDP_HLEN) {
    const note = `the UDP header says ${uh.length} bytes, ${there} are there`
    kfree_skb(net, skb, '__udp4_lib_rcv', 'PKT_TOO_SMALL', because(note))
    return
  }
  const rt = skb.rt
  if (rt !== null && (rt.type === 'broadcast' || rt.type === 'multicast')) {
    deliverToAll(net, skb, uh)
    return
  }
  const ip = skb.ip
  const sk = udp_lib_lookup(net, ip.src, uh.sport, ip.dst, uh.dport, inet_iif(skb))
  if (sk !== null) {
    udp_queue_rcv_skb(sk, skb, uh)
    return
  }
  if (uh.badSum) {
    kfree_skb(net, skb, '__udp4_lib_rcv', 'UDP_CSUM', null)
    return
  }
  skb.resetConntrack()
  icmp_send(net, skb, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0)
  kfree_skb(net, skb, '__udp4_lib_rcv', 'NO_SOCKET', because(`no socket is bound to UDP port ${uh.dport}`))
}

/** __udp4_lib_mcast_deliver: broadcast and multicast go to every matching socket. */
function deliverToAll(net: NetNs, skb: SkBuff, uh: Udp): void {
  const ip = skb.ip
  const sockets = udpMulticastSockets(net, ip.src, uh.sport, ip.dst, uh.dport, skb.iif)
  for (const sk of sockets) udp_queue_rcv_skb(sk, skb, uh)
  if (sockets.length > 0) return
  const note = `no socket on UDP port ${uh.dport} takes this broadcast or multicast`
  kfree_skb(net, skb, '__udp4_lib_rcv', 'NOT_SPECIFIED', because(note))
}

/** udp_queue_rcv_skb, with the checksum that recvmsg would find wrong. */
function udp_queue_rcv_skb(sk: UdpSock, skb: SkBuff, uh: Udp): void {
  if (uh.badSum) {
    kfree_skb(sk.net, skb, '__udp4_lib_rcv', 'UDP_CSUM', null)
    return
  }
  const length = uh.length - UDP_HLEN
  const data = skb.data.length === length ? skb.data : skb.data.subarray(0, length)
  if (!enqueue(sk, receivedOf(skb, data, uh.sport, uh.dport, null))) {
    const note = `the receive buffer of ${sk.rcvbuf} bytes is full`
    kfree_skb(sk.net, skb, 'udp_queue_rcv_one_skb', 'SOCKET_RCVBUFF', because(note))
    return
  }
  if (sk.net.kernel.tr !== null) traceDeliver(sk, skb, 'udp_queue_rcv_skb')
}

/** udp_err: an ICMP error about a datagram that one of our sockets sent. */
export function udp_err(net: NetNs, skb: SkBuff, inner: InnerDatagram): void {
  const icmp = skb.l4 as Icmp
  const sk = udp_lib_lookup(net, inner.dst, inner.dport, inner.src, inner.sport, skb.iif)
  if (sk === null) return
  const what = datagramError(sk, icmp, inner)
  if (what === null) return
  if (sk.recvErr) ip_icmp_error(sk, skb, what.errno, inner, inner.payload.subarray(UDP_HLEN), null)
  else if (!what.fatal || !sk.connected) return
  sk_report(sk, what.errno)
}

export function udpClose(sk: UdpSock): void {
  if (sk.sport !== 0) removeFrom(sk.net.sockets.udp, sk.sport, sk)
}
