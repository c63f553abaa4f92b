// Raw IPv4 sockets: copies of every datagram of a protocol, and sending with or without one's own header (net/ipv4/raw.c).
// Read first: sock.ts, inet.ts. Leaves out ICMP_FILTER (programs look at the type themselves) and IP_ROUTER_ALERT.
import type { Errno } from '../../lib/errno.ts'
import type { Ip4 } from '../../lib/ip4.ts'
import type { SockAddr, SocketId, SocketOwner, SocketResult } from '../../uapi/socket.ts'
import { decodeIpv4, decodeTransport, encodeTransport } from '../../wire/codec.ts'
import { ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, ICMP_HLEN, type Icmp } from '../../wire/icmp.ts'
import { IP_HLEN, IPPROTO_ICMP, IPPROTO_RAW, type Ipv4, ipv4 } from '../../wire/ipv4.ts'
import { because, kfree_skb } from '../core/drop.ts'
import type { NetNs } from '../core/netns.ts'
import type { SkBuff } from '../core/skbuff.ts'
import { ip_local_out } from '../ipv4/ip_output.ts'
import { inet_iif, type Rtable } from '../ipv4/rtable.ts'
import { DatagramSock, enqueue, receivedOf } from './datagram.ts'
import { datagramError, ip_icmp_error } from './errqueue.ts'
import {
  bindAddress,
  flowOf,
  ip4_datagram_connect,
  makeHeader,
  notSent,
  ownDatagram,
  ownSkb,
  refusedDatagram,
  routeDatagram,
  socketMtu,
  tooLong,
  traceDeliver,
} from './inet.ts'
import type { InnerDatagram } from './input.ts'
import { decodeEchoHeader } from './ping.ts'
import { sk_report, sock_error } from './sock.ts'
import { addHead, removeFrom } from './table.ts'

export class RawSock extends DatagramSock {
  constructor(inode: SocketId, net: NetNs, protocol: number, owner: SocketOwner) {
    super(inode, 'raw', net, protocol, owner)
    this.hdrIncl = protocol === IPPROTO_RAW
    this.sport = protocol
  }
}

/** raw_hash_sk: from its creation on it hears its protocol. */
export function rawOpen(sk: RawSock): void {
  addHead(sk.net.sockets.raw, sk.protocol, sk)
}

export function rawClose(sk: RawSock): void {
  removeFrom(sk.net.sockets.raw, sk.protocol, sk)
}

/** raw_bind */
export function rawBind(sk: RawSock, addr: Ip4): Errno | null {
  if (sk.connected) return 'EINVAL'
  const bad = bindAddress(sk, addr)
  if (bad !== null) return bad
  sk.addrLocked = addr !== 0
  return null
}

export function rawConnect(sk: RawSock, to: SockAddr): Errno | null {
  return ip4_datagram_connect(sk, to.addr, to.port)
}

/** raw_sendmsg */
export function raw_sendmsg(sk: RawSock, data: Uint8Array, to: SockAddr | null): SocketResult<number> {
  if (data.length > 0xffff) return { ok: false, errno: 'EMSGSIZE' }
  if (to === null && !sk.connected) return { ok: false, errno: 'EDESTADDRREQ' }
  const fl = flowOf(sk, to === null ? sk.daddr : to.addr, 0)
  fl.sport = 0
  const rt = routeDatagram(sk, fl, 'raw_sendmsg')
  if (typeof rt === 'string') return { ok: false, errno: rt }
  if (sk.hdrIncl) return raw_send_hdrinc(sk, data, rt, fl.src, fl.dst)
  const mtu = socketMtu(sk, rt)
  const refused = refusedDatagram(sk, fl.dst, data.length, mtu)
  if (refused !== null) return { ok: false, errno: refused }
  const failed = transmit(sk, makeHeader(sk, rt, fl.src, fl.dst, sk.protocol, data.length, mtu), data, rt)
  return failed === null ? { ok: true, value: data.length } : { ok: false, errno: failed }
}

/** raw_send_hdrinc: the caller's own header; source, length and identification are filled in where they are 0. */
function raw_send_hdrinc(sk: RawSock, data: Uint8Array, rt: Rtable, src: Ip4, dst: Ip4): SocketResult<number> {
  if (data.length > rt.dev.mtu) return { ok: false, errno: tooLong(sk, dst, rt.dev.mtu, 'raw_send_hdrinc') }
  const hlen = ((data[0] ?? 0) & 15) * 4
  if (data.length < IP_HLEN || hlen < IP_HLEN || hlen > data.length) return { ok: false, errno: 'EINVAL' }
  const pending = sock_error(sk)
  if (pending !== null) return { ok: false, errno: pending }
  const stated = new Uint8Array(data)
  stated[2] = data.length >>> 8
  stated[3] = data.length
  const given = decodeIpv4(stated).net
  if (given.kind !== 'ipv4') return { ok: false, errno: 'EINVAL' }
  const header = ipv4(
    given.src === 0 ? src : given.src,
    given.dst,
    given.protocol,
    given.ttl,
    given.tos,
    given.id,
    given.df,
    given.mf,
    given.fragOffset,
    data.length,
    given.options,
    false,
  )
  const failed = transmit(sk, header, data.subarray(hlen), rt)
  return failed === null ? { ok: true, value: data.length } : { ok: false, errno: failed }
}

/** Null, or why the sender is told that it did not leave. */
function transmit(sk: RawSock, header: Ipv4, payload: Uint8Array, rt: Rtable): Errno | null {
  const { l4, data } = decodeTransport(header, payload)
  const skb = sk.net.kernel.newSkb({ net: header, l4, data })
  if (sk.hdrIncl) ownSkb(sk, skb)
  else ownDatagram(sk, skb)
  ip_local_out(sk.net, skb, rt)
  return notSent(sk, skb)
}

/** raw_v4_match */
function raw_v4_match(sk: RawSock, saddr: Ip4, daddr: Ip4, dif: number): boolean {
  return (
    (sk.daddr === 0 || sk.daddr === saddr) &&
    (sk.rcvSaddr === 0 || sk.rcvSaddr === daddr) &&
    (sk.boundIf === 0 || sk.boundIf === dif)
  )
}

/** raw_local_deliver: a copy for each matching socket; true when there was one. */
export function raw_local_deliver(net: NetNs, skb: SkBuff): boolean {
  if (net.sockets.raw.size === 0) return false
  const ip = skb.ip
  const bucket = net.sockets.raw.get(ip.protocol)
  if (bucket === undefined) return false
  const dif = inet_iif(skb)
  let delivered = false
  for (let i = 0; i < bucket.length; i++) {
    const sk = bucket[i]!
    if (!raw_v4_match(sk, ip.src, ip.dst, dif)) continue
    delivered = true
    raw_rcv(sk, skb, ip)
  }
  return delivered
}

function raw_rcv(sk: RawSock, skb: SkBuff, ip: Ipv4): void {
  const l4 = skb.l4
  const echo = ip.protocol === IPPROTO_ICMP && l4 !== null && l4.kind === 'icmp' ? l4 : null
  const data = echo !== null ? skb.data : encodeTransport(ip, l4, skb.data)
  if (!enqueue(sk, receivedOf(skb, data, 0, 0, echo))) {
    const note = `the receive buffer of ${sk.rcvbuf} bytes is full`
    kfree_skb(sk.net, skb, 'raw_rcv_skb', 'SOCKET_RCVBUFF', because(note))
  } else if (sk.net.kernel.tr !== null) traceDeliver(sk, skb, 'raw_rcv')
}

/** raw_icmp_error: every raw socket that could have sent the quoted datagram. */
export function raw_icmp_error(net: NetNs, skb: SkBuff, inner: InnerDatagram): void {
  const bucket = net.sockets.raw.get(inner.protocol)
  if (bucket === undefined) return
  for (const sk of bucket.slice()) if (raw_v4_match(sk, inner.dst, inner.src, skb.iif)) raw_err(sk, skb, inner)
}

function raw_err(sk: RawSock, skb: SkBuff, inner: InnerDatagram): void {
  const icmp = skb.l4 as Icmp
  const tooBig = icmp.type === ICMP_DEST_UNREACH && icmp.code === ICMP_FRAG_NEEDED
  const what = datagramError(sk, icmp, inner)
  if ((!sk.recvErr && !sk.connected) || (what === null && !tooBig)) return
  const errno = what === null ? 'EMSGSIZE' : what.errno
  if (sk.recvErr) {
    const echo = inner.protocol === IPPROTO_ICMP ? decodeEchoHeader(inner.payload) : null
    ip_icmp_error(sk, skb, errno, inner, echo === null ? inner.payload : inner.payload.subarray(ICMP_HLEN), echo)
  } else if (what === null || !what.fatal) return
  sk_report(sk, errno)
}
