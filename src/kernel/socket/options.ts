// setsockopt(2) by the names of uapi/socket.ts (net/core/sock.c, net/ipv4/ip_sockglue.c, tcp.c, af_packet.c).
// Every value is checked before any is set.

import type { Errno } from '../../lib/errno.ts'
import type { SocketOptions } from '../../uapi/socket.ts'
import { allLinks } from '../core/link_list.ts'
import { inet_addr_type } from '../ipv4/fib_lookup.ts'
import { PacketSock, packetPromisc } from './packet.ts'
import { IP_PMTUDISC_OMIT, SOCK_MIN_RCVBUF, SOCK_MIN_SNDBUF, type Sock } from './sock.ts'
import { tcp_push_pending_frames } from './tcp_output.ts'
import { MS, SECOND, TcpSock } from './tcp_sock.ts'
import { tcp_set_keepalive, tcp_sock_set_keepidle } from './tcp_timer.ts'

export function setSocketOptions(sk: Sock, o: SocketOptions): Errno | null {
  const bad = check(sk, o)
  if (bad !== null) return bad
  general(sk, o)
  ip(sk, o)
  if (sk instanceof TcpSock) tcp(sk, o)
  if (o.promisc !== undefined && sk instanceof PacketSock) return packetPromisc(sk, o.promisc)
  return null
}

const TCP_ONLY = Object.freeze(['noDelay', 'keepIdle', 'keepIntvl', 'keepCnt', 'userTimeout'] as const)

function outside(v: number | undefined, low: number, high: number): boolean {
  return v !== undefined && (v < low || v > high)
}

function check(sk: Sock, o: SocketOptions): Errno | null {
  if (o.bindToDevice !== undefined && o.bindToDevice !== '' && !sk.net.byName.has(o.bindToDevice)) return 'ENODEV'
  if (o.mark !== undefined && sk.uid !== 0) return 'EPERM'
  if (outside(o.ttl, 1, 255) || outside(o.multicastTtl, 0, 255)) return 'EINVAL'
  if (outside(o.tos, 0, 255) || outside(o.mtuDiscover, 0, IP_PMTUDISC_OMIT)) return 'EINVAL'
  if (o.multicastIf !== undefined && o.multicastIf !== 0 && inet_addr_type(sk.net, o.multicastIf) !== 'local') {
    return 'EADDRNOTAVAIL'
  }
  const tcpOnly = TCP_ONLY.some((name) => o[name] !== undefined) && sk.type !== 'tcp'
  if (outside(o.keepIdle, 1, 32_767) || outside(o.keepIntvl, 1, 32_767) || outside(o.keepCnt, 1, 127)) return 'EINVAL'
  if (o.userTimeout !== undefined && o.userTimeout < 0) return 'EINVAL'
  const rawOnly = o.hdrIncl !== undefined && sk.type !== 'raw'
  const packetOnly = o.promisc !== undefined && sk.type !== 'packet'
  return tcpOnly || rawOnly || packetOnly ? 'ENOPROTOOPT' : null
}

/** SOL_SOCKET */
function general(sk: Sock, o: SocketOptions): void {
  const sysctl = sk.net.cfg.sysctl
  if (o.bindToDevice !== undefined) {
    sk.boundIf = o.bindToDevice === '' ? 0 : (sk.net.byName.get(o.bindToDevice)?.ifindex ?? 0)
    sk.rt = null
  }
  if (o.mark !== undefined && o.mark !== sk.mark) {
    sk.mark = o.mark | 0
    sk.rt = null
  }
  if (o.broadcast !== undefined) sk.broadcast = o.broadcast
  if (o.reuseAddr !== undefined) sk.reuseAddr = o.reuseAddr
  if (o.reusePort !== undefined) sk.reusePort = o.reusePort
  if (o.rcvBuf !== undefined) {
    sk.rcvbuf = Math.max(Math.min(o.rcvBuf, sysctl['core.rmem_max']) * 2, SOCK_MIN_RCVBUF)
    sk.bufLocked |= 2
  }
  if (o.sndBuf !== undefined) {
    sk.sndbuf = Math.max(Math.min(o.sndBuf, sysctl['core.wmem_max']) * 2, SOCK_MIN_SNDBUF)
    sk.bufLocked |= 1
  }
}

/** SOL_IP */
function ip(sk: Sock, o: SocketOptions): void {
  if (o.ttl !== undefined) sk.ttl = o.ttl
  if (o.tos !== undefined && o.tos !== sk.tos) {
    sk.tos = sk.type === 'tcp' ? (o.tos & ~3) | (sk.tos & 3) : o.tos
    sk.rt = null
  }
  if (o.multicastTtl !== undefined) sk.mcTtl = o.multicastTtl
  if (o.multicastLoop !== undefined) sk.mcLoop = o.multicastLoop
  if (o.multicastIf !== undefined) {
    sk.mcAddr = o.multicastIf
    sk.mcIndex = 0
    for (const link of allLinks(sk.net.cfg.links)) {
      if (o.multicastIf !== 0 && link.addrs.some((a) => a.local === o.multicastIf)) sk.mcIndex = link.ifindex
    }
  }
  if (o.mtuDiscover !== undefined) sk.pmtudisc = o.mtuDiscover
  if (o.recvErr !== undefined) {
    sk.recvErr = o.recvErr
    if (!o.recvErr) sk.errQueue = []
  }
  if (o.hdrIncl !== undefined) sk.hdrIncl = o.hdrIncl
}

/** SOL_TCP and SO_KEEPALIVE. */
function tcp(sk: TcpSock, o: SocketOptions): void {
  if (o.keepIntvl !== undefined) sk.keepIntvl = o.keepIntvl * SECOND
  if (o.keepCnt !== undefined) sk.keepCnt = o.keepCnt
  if (o.userTimeout !== undefined) sk.userTimeout = o.userTimeout * MS
  if (o.keepIdle !== undefined) {
    sk.keepIdle = o.keepIdle * SECOND
    tcp_sock_set_keepidle(sk)
  }
  if (o.keepAlive !== undefined) {
    if (o.keepAlive !== sk.keepAlive) tcp_set_keepalive(sk, o.keepAlive)
    sk.keepAlive = o.keepAlive
  }
  if (o.noDelay !== undefined) {
    sk.nonagle = o.noDelay
    if (o.noDelay) tcp_push_pending_frames(sk)
  }
}
