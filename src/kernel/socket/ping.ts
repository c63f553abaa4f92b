// ICMP echo sockets: SOCK_DGRAM with IPPROTO_ICMP, for users in ping_group_range (net/ipv4/ping.c).
// Read first: sock.ts, inet.ts. The socket's "port" is the echo identifier.
import type { Errno } from '../../lib/errno.ts'
import type { Ip4 } from '../../lib/ip4.ts'
import type { SockAddr, SocketId, SocketOwner, SocketResult } from '../../uapi/socket.ts'
import {
  decodeIcmp,
  ICMP_DEST_UNREACH,
  ICMP_ECHO,
  ICMP_ECHOREPLY,
  ICMP_FRAG_NEEDED,
  ICMP_HLEN,
  type Icmp,
  icmp,
} from '../../wire/icmp.ts'
import { IPPROTO_ICMP } from '../../wire/ipv4.ts'
import { because, kfree_skb } from '../core/drop.ts'
import type { NetNs } from '../core/netns.ts'
import { IPSKB_NOBUFS, type SkBuff } from '../core/skbuff.ts'
import { ip_local_out } from '../ipv4/ip_output.ts'
import { ipv4_update_pmtu } from '../ipv4/pmtu.ts'
import { inet_iif } from '../ipv4/rtable.ts'
import { DatagramSock, enqueue, receivedOf } from './datagram.ts'
import { datagramError, ip_icmp_error } from './errqueue.ts'
import {
  bindAddress,
  flowOf,
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
import { sk_report } from './sock.ts'

export class PingSock extends DatagramSock {
  constructor(inode: SocketId, net: NetNs, owner: SocketOwner) {
    super(inode, 'ping', net, IPPROTO_ICMP, owner)
    // INET_PROTOSW_REUSE: several may bind one identifier, the last to do so gets the replies.
    this.reuseAddr = true
  }
}

/** ping_init_sock: may this group have ping sockets? */
export function pingAllowed(net: NetNs, owner: SocketOwner): boolean {
  const [low, high] = net.cfg.sysctl['ipv4.ping_group_range']
  return owner.gid >= low && owner.gid <= high
}

/** ping_get_port: identifier 0 takes the next free one. */
function getIdent(sk: PingSock, ident: number): boolean {
  const table = sk.net.sockets.ping
  let chosen = ident
  if (ident === 0) {
    chosen = 1 + sk.net.kernel.random.below(0xffff)
    for (let tried = 0; table.has(chosen); tried++) {
      if (tried === 0xffff) return false
      chosen = chosen === 0xffff ? 1 : chosen + 1
    }
  } else if (table.get(ident)?.reuseAddr === false || (table.has(ident) && !sk.reuseAddr)) return false
  sk.sport = chosen
  table.set(chosen, sk)
  return true
}

export function pingBind(sk: PingSock, addr: Ip4, ident: number): Errno | null {
  if (sk.sport !== 0) return 'EINVAL'
  const bad = bindAddress(sk, addr)
  if (bad !== null) return bad
  if (!getIdent(sk, ident)) return 'EADDRINUSE'
  sk.addrLocked = addr !== 0
  return null
}

export function pingConnect(sk: PingSock, to: SockAddr): Errno | null {
  if (sk.sport === 0 && !getIdent(sk, 0)) return 'EAGAIN'
  return ip4_datagram_connect(sk, to.addr, to.port)
}

/** ping_v4_sendmsg: an echo request; the identifier is the socket's, whatever the caller wrote. */
export function ping_v4_sendmsg(sk: PingSock, data: Uint8Array, to: SockAddr | null): SocketResult<number> {
  if (data.length > 0xffff) return { ok: false, errno: 'EMSGSIZE' }
  const given = decodeIcmp(data)
  if (given === null || given.type !== ICMP_ECHO || given.code !== 0) return { ok: false, errno: 'EINVAL' }
  if (to === null && !sk.connected) return { ok: false, errno: 'EDESTADDRREQ' }
  if (sk.sport === 0 && !getIdent(sk, 0)) return { ok: false, errno: 'EAGAIN' }
  const fl = flowOf(sk, to === null ? sk.daddr : to.addr, 0)
  const rt = routeDatagram(sk, fl, 'ping_v4_sendmsg')
  if (typeof rt === 'string') return { ok: false, errno: rt }
  const mtu = socketMtu(sk, rt)
  const refused = refusedDatagram(sk, fl.dst, data.length, mtu)
  if (refused !== null) return { ok: false, errno: refused }
  const skb = sk.net.kernel.newSkb({
    net: makeHeader(sk, rt, fl.src, fl.dst, IPPROTO_ICMP, data.length, mtu),
    l4: icmp(ICMP_ECHO, 0, (sk.sport << 16) | (given.rest & 0xffff), false),
    data: data.subarray(ICMP_HLEN),
  })
  ownDatagram(sk, skb)
  ip_local_out(sk.net, skb, rt)
  // ping_v4_push_pending_frames
  const failed = notSent(sk, skb)
  if (failed !== null) return { ok: false, errno: failed }
  if ((skb.cbFlags & IPSKB_NOBUFS) !== 0) return { ok: false, errno: 'ENOBUFS' }
  return { ok: true, value: data.length }
}

/** ping_lookup: the socket with that identifier, if address and device fit. */
function ping_lookup(net: NetNs, ident: number, daddr: Ip4, dif: number): PingSock | null {
  const sk = net.sockets.ping.get(ident)
  if (sk === undefined) return null
  if (sk.rcvSaddr !== 0 && sk.rcvSaddr !== daddr) return null
  return sk.boundIf !== 0 && sk.boundIf !== dif ? null : sk
}

/** ping_rcv: an echo reply; true when a socket took it. */
export function ping_rcv(net: NetNs, skb: SkBuff): boolean {
  const ih = skb.l4
  if (net.sockets.ping.size === 0 || ih === null || ih.kind !== 'icmp' || ih.type !== ICMP_ECHOREPLY) return false
  const sk = ping_lookup(net, ih.rest >>> 16, skb.ip.dst, inet_iif(skb))
  if (sk === null) return false
  if (!enqueue(sk, receivedOf(skb, skb.data, 0, 0, ih))) {
    kfree_skb(net, skb, 'ping_rcv', 'SOCKET_RCVBUFF', because('the receive buffer is full'))
  } else if (net.kernel.tr !== null) traceDeliver(sk, skb, 'ping_rcv')
  return true
}

/** icmp_err: for ICMP itself; what an answer of the kernel's own met on its way is remembered without a socket. */
export function icmp_err(net: NetNs, skb: SkBuff, inner: InnerDatagram): void {
  const ih = skb.l4 as Icmp
  if (inner.payload[0] === ICMP_ECHOREPLY) {
    const { src, dst, tos, protocol } = inner
    const mark = net.cfg.sysctl['ipv4.fwmark_reflect'] !== 0 ? skb.mark : 0
    if (ih.type === ICMP_DEST_UNREACH && ih.code === ICMP_FRAG_NEEDED)
      ipv4_update_pmtu(net, src, dst, tos, protocol, mark, ih.rest & 0xffff)
  } else if (net.sockets.ping.size !== 0) ping_err(net, skb, inner)
}

/** ping_err: an ICMP error about an echo request of ours. */
function ping_err(net: NetNs, skb: SkBuff, inner: InnerDatagram): void {
  const echo = decodeEchoHeader(inner.payload)
  if (echo === null || echo.type !== ICMP_ECHO) return
  const sk = ping_lookup(net, echo.rest >>> 16, inner.src, inet_iif(skb))
  if (sk === null) return
  const what = datagramError(sk, skb.l4 as Icmp, inner)
  if (what === null) return
  if (sk.recvErr) ip_icmp_error(sk, skb, what.errno, inner, inner.payload.subarray(ICMP_HLEN), echo)
  else if (!what.fatal || !sk.connected) return
  sk_report(sk, what.errno)
}

/** The ICMP header at the start of a quoted payload; null when it is cut short. Its checksum is nobody's business. */
export function decodeEchoHeader(payload: Uint8Array): Icmp | null {
  const h = decodeIcmp(payload)
  return h === null ? null : icmp(h.type, h.code, h.rest, false)
}

export function pingClose(sk: PingSock): void {
  const table = sk.net.sockets.ping
  if (table.get(sk.sport) !== sk) return
  table.delete(sk.sport)
  for (const other of sk.net.kernel.layer.of(sk.net)) {
    if (other instanceof PingSock && other.sport === sk.sport) table.set(sk.sport, other)
  }
}
