// The socket calls: who they go to by type (net/socket.c, net/ipv4/af_inet.c).
// Read first: uapi/socket.ts, sock.ts. One file per protocol does the work.
import type { Errno } from '../../lib/errno.ts'
import type { Ip4 } from '../../lib/ip4.ts'
import type { NetnsId } from '../../uapi/request.ts'
import type {
  Readiness,
  Received,
  SockAddr,
  SockAddrLl,
  SocketError,
  SocketId,
  SocketOptions,
  SocketOwner,
  SocketResult,
  Sockets,
  SocketType,
} from '../../uapi/socket.ts'
import type { Packet } from '../../wire/packet.ts'
import type { NetNs } from '../core/netns.ts'
import type { Kernel, KernelTimer } from '../kernel.ts'
import { receive } from './datagram.ts'
import { dequeueError } from './errqueue.ts'
import { flowOf, routeSocket } from './inet.ts'
import { setSocketOptions } from './options.ts'
import { PacketSock, packetBind, packetClose, packetOpen, packetSend } from './packet.ts'
import { PingSock, ping_v4_sendmsg, pingAllowed, pingBind, pingClose, pingConnect } from './ping.ts'
import { RawSock, raw_sendmsg, rawBind, rawClose, rawConnect, rawOpen } from './raw.ts'
import { RCV_SHUTDOWN, SEND_SHUTDOWN, type Sock, sk_dst_check, sk_dst_set, sk_wake, sock_error } from './sock.ts'
import {
  inet_csk_accept,
  inet_listen,
  tcp_close,
  tcp_poll,
  tcp_recvmsg,
  tcp_sendmsg,
  tcpBind,
  tcpConnect,
  tcpShutdown,
} from './tcp.ts'
import { SOCKET_TIMER_KIND, type SockTimer, TCP_CLOSE, TCP_SYN_SENT, TcpSock } from './tcp_sock.ts'
import { tcpTimer } from './tcp_timer.ts'
import { pathMtu as mtuOf } from './tcp_window.ts'
import { UdpSock, udp_sendmsg, udpBind, udpClose, udpConnect } from './udp.ts'

export const TIMER_SOCKET: number = SOCKET_TIMER_KIND

type AnySock = UdpSock | PingSock | RawSock | PacketSock | TcpSock

function result(errno: Errno | null): SocketResult<null> {
  return errno === null ? DONE : { ok: false, errno }
}

const DONE: SocketResult<null> = Object.freeze({ ok: true, value: null })
const BAD: SocketResult<never> = Object.freeze({ ok: false, errno: 'EBADF' })
const UNSUPPORTED: SocketResult<never> = Object.freeze({ ok: false, errno: 'EOPNOTSUPP' })
const IDLE: Readiness = Object.freeze({ readable: false, writable: false, error: true, hangup: true })

export class SocketLayer implements Sockets {
  readonly kernel: Kernel
  /** Every socket of the machine by inode. */
  private readonly all = new Map<SocketId, Sock>()

  constructor(kernel: Kernel) {
    this.kernel = kernel
  }

  find(s: SocketId): Sock | null {
    return this.all.get(s) ?? null
  }

  /** The sockets of a namespace, in order of creation. */
  of(net: NetNs): Sock[] {
    const found: Sock[] = []
    for (const sk of this.all.values()) if (sk.net === net) found.push(sk)
    return found
  }

  /** @internal A socket made by the kernel itself (a connection in the accept queue). */
  adopt(sk: Sock): void {
    this.all.set(sk.inode, sk)
  }

  /** @internal The last reference is gone. */
  forget(s: SocketId): void {
    this.all.delete(s)
  }

  private get(s: SocketId): AnySock | null {
    const sk = this.all.get(s)
    return sk === undefined || sk.owner === null ? null : (sk as AnySock)
  }

  socket(netns: NetnsId, type: SocketType, protocol: number, owner: SocketOwner): SocketResult<SocketId> {
    const net = this.kernel.net(netns)
    const inode = this.kernel.nextInode()
    let sk: AnySock
    switch (type) {
      case 'udp':
        sk = new UdpSock(inode, net, owner)
        break
      case 'tcp':
        sk = new TcpSock(inode, net, owner)
        break
      case 'ping':
        if (!pingAllowed(net, owner)) return { ok: false, errno: 'EACCES' }
        sk = new PingSock(inode, net, owner)
        break
      case 'raw':
        if (owner.uid !== 0) return { ok: false, errno: 'EPERM' }
        if (protocol <= 0 || protocol > 255) return { ok: false, errno: 'EPROTONOSUPPORT' }
        sk = new RawSock(inode, net, protocol, owner)
        rawOpen(sk)
        break
      case 'packet':
        if (owner.uid !== 0) return { ok: false, errno: 'EPERM' }
        sk = new PacketSock(inode, net, protocol, owner)
    }
    this.all.set(inode, sk)
    if (sk instanceof PacketSock) packetOpen(sk)
    return { ok: true, value: inode }
  }

  bind(s: SocketId, addr: SockAddr): SocketResult<null> {
    const sk = this.get(s)
    if (sk === null) return BAD
    switch (sk.type) {
      case 'udp':
        return result(udpBind(sk as UdpSock, addr.addr, addr.port))
      case 'tcp':
        return result(tcpBind(sk as TcpSock, addr.addr, addr.port))
      case 'ping':
        return result(pingBind(sk as PingSock, addr.addr, addr.port))
      case 'raw':
        return result(rawBind(sk as RawSock, addr.addr))
      case 'packet':
        return { ok: false, errno: 'EINVAL' }
    }
  }

  bindLl(s: SocketId, addr: SockAddrLl): SocketResult<null> {
    const sk = this.get(s)
    if (sk === null) return BAD
    if (!(sk instanceof PacketSock)) return { ok: false, errno: 'EAFNOSUPPORT' }
    return result(packetBind(sk, addr.ifindex, addr.protocol))
  }

  connect(s: SocketId, addr: SockAddr): SocketResult<null> {
    const sk = this.get(s)
    if (sk === null) return BAD
    switch (sk.type) {
      case 'udp':
        return result(udpConnect(sk as UdpSock, addr))
      case 'tcp':
        return result(tcpConnect(sk as TcpSock, addr))
      case 'ping':
        return result(pingConnect(sk as PingSock, addr))
      case 'raw':
        return result(rawConnect(sk as RawSock, addr))
      case 'packet':
        return UNSUPPORTED
    }
  }

  listen(s: SocketId, backlog: number): SocketResult<null> {
    const sk = this.get(s)
    if (sk === null) return BAD
    return sk instanceof TcpSock ? result(inet_listen(sk, backlog)) : UNSUPPORTED
  }

  accept(s: SocketId, owner: SocketOwner): SocketResult<{ readonly socket: SocketId; readonly peer: SockAddr }> {
    const sk = this.get(s)
    if (sk === null) return BAD
    if (!(sk instanceof TcpSock)) return UNSUPPORTED
    const got = inet_csk_accept(sk, owner)
    if (!got.ok) return got
    return { ok: true, value: { socket: got.value.inode, peer: { addr: got.value.daddr, port: got.value.dport } } }
  }

  send(s: SocketId, data: Uint8Array): SocketResult<number> {
    return this.transmit(s, data, null)
  }

  sendto(s: SocketId, data: Uint8Array, to: SockAddr, source: Ip4 = 0): SocketResult<number> {
    return this.transmit(s, data, to, source)
  }

  private transmit(s: SocketId, data: Uint8Array, to: SockAddr | null, source: Ip4 = 0): SocketResult<number> {
    const sk = this.get(s)
    if (sk === null) return BAD
    if ((sk.shutdown & SEND_SHUTDOWN) !== 0 && sk.type !== 'tcp') return { ok: false, errno: 'EPIPE' }
    switch (sk.type) {
      case 'udp':
        return udp_sendmsg(sk as UdpSock, data, to, source)
      case 'tcp':
        return tcp_sendmsg(sk as TcpSock, data)
      case 'ping':
        return ping_v4_sendmsg(sk as PingSock, data, to)
      case 'raw':
        return raw_sendmsg(sk as RawSock, data, to)
      case 'packet':
        return { ok: false, errno: 'EINVAL' }
    }
  }

  sendFrame(s: SocketId, frame: Packet, ifindex: number): SocketResult<number> {
    const sk = this.get(s)
    if (sk === null) return BAD
    return sk instanceof PacketSock ? packetSend(sk, frame, ifindex) : UNSUPPORTED
  }

  recv(s: SocketId): SocketResult<Received> {
    const sk = this.get(s)
    if (sk === null) return BAD
    return sk instanceof TcpSock ? tcp_recvmsg(sk) : receive(sk)
  }

  recvError(s: SocketId): SocketResult<SocketError> {
    const sk = this.get(s)
    if (sk === null) return BAD
    const e = dequeueError(sk)
    return e === null ? { ok: false, errno: 'EAGAIN' } : { ok: true, value: e }
  }

  takeError(s: SocketId): Errno | null {
    const sk = this.get(s)
    if (sk === null) return null
    const err = sock_error(sk) ?? sk.errSoft
    sk.errSoft = null
    return err
  }

  shutdown(s: SocketId, how: 'read' | 'write' | 'both'): SocketResult<null> {
    const sk = this.get(s)
    if (sk === null) return BAD
    const mask = how === 'read' ? RCV_SHUTDOWN : how === 'write' ? SEND_SHUTDOWN : RCV_SHUTDOWN | SEND_SHUTDOWN
    if (sk instanceof TcpSock) return result(tcpShutdown(sk, mask))
    if (sk.type === 'packet') return UNSUPPORTED
    sk.shutdown |= mask
    sk_wake(sk)
    return sk.connected ? DONE : { ok: false, errno: 'ENOTCONN' }
  }

  close(s: SocketId): void {
    const sk = this.get(s)
    if (sk === null) return
    if (sk instanceof TcpSock) {
      tcp_close(sk)
      return
    }
    this.all.delete(s)
    switch (sk.type) {
      case 'udp':
        udpClose(sk as UdpSock)
        return
      case 'ping':
        pingClose(sk as PingSock)
        return
      case 'raw':
        rawClose(sk as RawSock)
        return
      case 'packet':
        packetClose(sk as PacketSock)
    }
  }

  setOptions(s: SocketId, options: SocketOptions): SocketResult<null> {
    const sk = this.get(s)
    return sk === null ? BAD : result(setSocketOptions(sk, options))
  }

  getsockname(s: SocketId): SockAddr {
    const sk = this.find(s)
    return sk === null ? { addr: 0, port: 0 } : { addr: sk.rcvSaddr !== 0 ? sk.rcvSaddr : sk.saddr, port: sk.sport }
  }

  getpeername(s: SocketId): SocketResult<SockAddr> {
    const sk = this.get(s)
    if (sk === null) return BAD
    if (sk.dport === 0 || !hasPeer(sk)) return { ok: false, errno: 'ENOTCONN' }
    return { ok: true, value: { addr: sk.daddr, port: sk.dport } }
  }

  pathMtu(s: SocketId): SocketResult<number> {
    const sk = this.get(s)
    if (sk === null) return BAD
    if (sk.daddr === 0) return { ok: false, errno: 'ENOTCONN' }
    let rt = sk_dst_check(sk)
    if (rt === null) {
      const found = routeSocket(sk, flowOf(sk, sk.daddr, sk.dport), 'do_ip_getsockopt')
      if (typeof found === 'string') return { ok: false, errno: 'ENOTCONN' }
      rt = found
      sk_dst_set(sk, rt)
    }
    return { ok: true, value: mtuOf(sk.net, rt) }
  }

  poll(s: SocketId): Readiness {
    const sk = this.get(s)
    if (sk === null) return IDLE
    if (sk instanceof TcpSock) return tcp_poll(sk)
    const error = sk.err !== null || sk.errQueue.length > 0
    const shut = (sk.shutdown & RCV_SHUTDOWN) !== 0
    const hangup = sk.shutdown === (RCV_SHUTDOWN | SEND_SHUTDOWN)
    return { readable: sk.head < sk.queue.length || shut, writable: true, error, hangup }
  }
}

function hasPeer(sk: AnySock): boolean {
  return sk instanceof TcpSock ? sk.state !== TCP_CLOSE && sk.state !== TCP_SYN_SENT : sk.connected
}

export function socketTimer(_kernel: Kernel, timer: KernelTimer): void {
  const t = timer as SockTimer
  tcpTimer(t.sock.net, t)
}
