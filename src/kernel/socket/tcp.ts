// What programs do with TCP sockets: bind, listen, accept, send, receive, shutdown, close (net/ipv4/tcp.c, af_inet.c).
// Read first: tcp_sock.ts. connect(2) is in tcp_synsent.ts. RFC 9293 3.9.
// Leaves out: SO_LINGER with a time, urgent data, TCP_CORK, splice.
import type { Errno } from '../../lib/errno.ts'
import type { Ip4 } from '../../lib/ip4.ts'
import type { Readiness, Received, SockAddr, SocketOwner, SocketResult } from '../../uapi/socket.ts'
import { inet_bind } from './inet.ts'
import { RCV_SHUTDOWN, SEND_SHUTDOWN, sk_wake, sock_error } from './sock.ts'
import { addHead } from './table.ts'
import { tcp_send_active_reset, tcp_send_fin } from './tcp_control.ts'
import { tcp_cleanup_rbuf } from './tcp_data.ts'
import { dropPort, holdsPort, inet_csk_get_port, inet_unhash } from './tcp_hash.ts'
import { reqsk_drop } from './tcp_minisocks.ts'
import { queueData, tcp_push_pending_frames, tcp_slow_start_after_idle_check } from './tcp_output.ts'
import {
  seqAdd,
  TCP_CLOSE,
  TCP_CLOSE_WAIT,
  TCP_ESTABLISHED,
  TCP_FIN_WAIT1,
  TCP_FIN_WAIT2,
  TCP_LAST_ACK,
  TCP_LISTEN,
  TCP_SYN_RECV,
  TCP_SYN_SENT,
  type TcpSock,
  tcp_set_state,
} from './tcp_sock.ts'
import { purgeWriteQueue, tcp_done } from './tcp_states.ts'
import { tcp_v4_connect } from './tcp_synsent.ts'
import { orphanFinWait2 } from './tcp_timewait.ts'
import { chargeOf } from './tcp_window.ts'

/** One read gives at most that much, as a program's buffer would. */
const READ_MAX = 65_536

export function tcpBind(sk: TcpSock, addr: Ip4, port: number): Errno | null {
  return inet_bind(sk, addr, port, sk.state === TCP_CLOSE && !holdsPort(sk), inet_csk_get_port)
}

/** inet_stream_connect with O_NONBLOCK. */
export function tcpConnect(sk: TcpSock, to: SockAddr): Errno | null {
  if (sk.ss === 'connected') return 'EISCONN'
  switch (sk.state) {
    case TCP_CLOSE:
      break
    case TCP_SYN_SENT:
    case TCP_SYN_RECV:
      return 'EALREADY'
    default: {
      // Asked again once it is up, it is told so first.
      if (sk.ss === 'unconnected') return 'EISCONN'
      sk.ss = 'connected'
      return null
    }
  }
  if (sk.ss === 'connecting') {
    sk.ss = 'unconnected'
    sk.shutdown = 0
    sk.peerDone = false
    return sock_error(sk) ?? 'ECONNABORTED'
  }
  const refused = tcp_v4_connect(sk, to)
  if (refused !== null) return refused
  sk.ss = 'connecting'
  return 'EINPROGRESS'
}

/** inet_listen: on a socket without a port one is chosen. Calling it again changes the backlog. */
export function inet_listen(sk: TcpSock, backlog: number): Errno | null {
  if (sk.ss !== 'unconnected' || (sk.state !== TCP_CLOSE && sk.state !== TCP_LISTEN)) return 'EINVAL'
  const most = sk.net.cfg.sysctl['core.somaxconn']
  sk.backlog = backlog < 0 || backlog > most ? most : backlog
  if (sk.state === TCP_LISTEN) return null
  if (!inet_csk_get_port(sk, sk.sport)) return 'EADDRINUSE'
  sk.shutdown = 0
  tcp_set_state(sk, TCP_LISTEN)
  addHead(sk.net.sockets.tcpListen, sk.sport, sk)
  return null
}

/** inet_csk_accept */
export function inet_csk_accept(sk: TcpSock, owner: SocketOwner): SocketResult<TcpSock> {
  if (sk.state !== TCP_LISTEN) return { ok: false, errno: 'EINVAL' }
  const child = sk.acceptQueue.shift()
  if (child === undefined) return { ok: false, errno: 'EAGAIN' }
  child.parent = null
  child.owner = owner
  child.ss = 'connected'
  return { ok: true, value: child }
}

/** tcp_sendmsg, non-blocking: as many bytes as the send buffer has room for. */
export function tcp_sendmsg(sk: TcpSock, data: Uint8Array): SocketResult<number> {
  if (sk.state !== TCP_ESTABLISHED && sk.state !== TCP_CLOSE_WAIT) {
    const waiting = sk.state === TCP_SYN_SENT || sk.state === TCP_SYN_RECV
    return { ok: false, errno: sock_error(sk) ?? (waiting ? 'EAGAIN' : 'EPIPE') }
  }
  const err = sock_error(sk)
  if (err !== null) return { ok: false, errno: err }
  if ((sk.shutdown & SEND_SHUTDOWN) !== 0) return { ok: false, errno: 'EPIPE' }
  if (data.length === 0) return { ok: true, value: 0 }
  const room = sk.sndbuf - sk.wmem
  if (room <= 0) {
    sk.noSpace = true
    return { ok: false, errno: 'EAGAIN' }
  }
  const n = Math.min(room, data.length)
  if (n < data.length) sk.noSpace = true
  tcp_slow_start_after_idle_check(sk)
  queueData(sk, n === data.length ? data : data.subarray(0, n))
  tcp_push_pending_frames(sk)
  return { ok: true, value: n }
}

/** tcp_recvmsg: what has arrived in order; nothing at the end of the stream. */
export function tcp_recvmsg(sk: TcpSock): SocketResult<Received> {
  if (sk.state === TCP_LISTEN) return { ok: false, errno: 'ENOTCONN' }
  if (sk.receiveQueue.length > 0) {
    const data = takeBytes(sk)
    sk.copiedSeq = seqAdd(sk.copiedSeq, data.length)
    tcp_cleanup_rbuf(sk, data.length)
    return { ok: true, value: chunk(sk, data) }
  }
  if (sk.peerDone) return { ok: true, value: chunk(sk, EMPTY) }
  const err = sock_error(sk)
  if (err !== null) return { ok: false, errno: err }
  if ((sk.shutdown & RCV_SHUTDOWN) !== 0) return { ok: true, value: chunk(sk, EMPTY) }
  if (sk.state === TCP_CLOSE) return { ok: false, errno: 'ENOTCONN' }
  return { ok: false, errno: 'EAGAIN' }
}

const EMPTY = new Uint8Array(0)

function takeBytes(sk: TcpSock): Uint8Array {
  let n = 0
  let size = 0
  while (n < sk.receiveQueue.length) {
    const next = sk.receiveQueue[n]!.length
    if (n > 0 && size + next > READ_MAX) break
    size += next
    n++
  }
  const parts = sk.receiveQueue.splice(0, n)
  for (const p of parts) sk.rmem -= chargeOf(p.length)
  if (parts.length === 1) return parts[0]!
  const all = new Uint8Array(size)
  let at = 0
  for (const p of parts) {
    all.set(p, at)
    at += p.length
  }
  return all
}

function chunk(sk: TcpSock, data: Uint8Array): Received {
  return {
    data,
    from: { addr: sk.daddr, port: sk.dport },
    to: { addr: sk.saddr, port: sk.sport },
    ttl: 0,
    tos: 0,
    ifindex: sk.rt === null ? 0 : sk.rt.dev.ifindex,
    time: sk.lrcvtime,
    icmp: null,
    frame: null,
    packetType: 'host',
    length: data.length,
  }
}

/** Bytes that wait to be read (ss's Recv-Q of a connection). */
export function queuedBytes(sk: TcpSock): number {
  let n = 0
  for (const d of sk.receiveQueue) n += d.length
  return n
}

/** tcp_close_state: the state after our FIN; true when one has to be sent. */
function tcp_close_state(sk: TcpSock): boolean {
  switch (sk.state) {
    case TCP_ESTABLISHED:
    case TCP_SYN_RECV:
      tcp_set_state(sk, TCP_FIN_WAIT1)
      return true
    case TCP_CLOSE_WAIT:
      tcp_set_state(sk, TCP_LAST_ACK)
      return true
    default:
      return false
  }
}

/** inet_shutdown */
export function tcpShutdown(sk: TcpSock, how: number): Errno | null {
  switch (sk.state) {
    case TCP_CLOSE:
      sk.shutdown |= how
      sk_wake(sk)
      return 'ENOTCONN'
    case TCP_LISTEN:
      if ((how & RCV_SHUTDOWN) !== 0) stopListening(sk)
      return null
    case TCP_SYN_SENT:
      purgeWriteQueue(sk)
      tcp_done(sk)
      return null
  }
  const first = (sk.shutdown & SEND_SHUTDOWN) === 0
  sk.shutdown |= how
  if ((how & SEND_SHUTDOWN) !== 0 && first && tcp_close_state(sk)) tcp_send_fin(sk)
  sk_wake(sk)
  return null
}

/** inet_csk_listen_stop: embryonic connections are forgotten, waiting ones are reset. */
function stopListening(sk: TcpSock): void {
  inet_unhash(sk)
  tcp_set_state(sk, TCP_CLOSE)
  for (const bucket of [...sk.net.sockets.tcp.values()]) {
    for (const e of bucket.slice()) if (e.kind === 'request' && e.listener === sk) reqsk_drop(e)
  }
  for (const child of sk.acceptQueue.splice(0)) {
    child.parent = null
    child.owner = null
    if (child.state !== TCP_CLOSE) {
      tcp_send_active_reset(child)
      purgeWriteQueue(child)
      tcp_done(child)
    } else sk.net.kernel.layer.forget(child.inode)
  }
  if (!sk.portLocked) dropPort(sk)
}

/** tcp_close: a reset when data was left unread, else FIN; what remains is an orphan. */
export function tcp_close(sk: TcpSock): void {
  const unread = queuedBytes(sk) > 0
  sk.shutdown = RCV_SHUTDOWN | SEND_SHUTDOWN
  sk.receiveQueue = []
  if (sk.state === TCP_LISTEN) stopListening(sk)
  const { state } = sk
  const connected = state !== TCP_CLOSE && state !== TCP_SYN_SENT
  // what is sent at once is still the process's: sock_orphan comes after it
  if (connected && unread) tcp_send_active_reset(sk)
  else if (connected && state !== TCP_FIN_WAIT2 && tcp_close_state(sk)) tcp_send_fin(sk)
  sk.owner = null
  if (state === TCP_CLOSE) {
    dropPort(sk)
    sk.net.kernel.layer.forget(sk.inode)
  } else if (!connected || unread) {
    purgeWriteQueue(sk)
    tcp_done(sk)
  } else if (state === TCP_FIN_WAIT2) orphanFinWait2(sk)
}

/** tcp_poll */
export function tcp_poll(sk: TcpSock): Readiness {
  if (sk.state === TCP_LISTEN) {
    return { readable: sk.acceptQueue.length > 0, writable: false, error: sk.err !== null, hangup: false }
  }
  const hangup = sk.shutdown === (RCV_SHUTDOWN | SEND_SHUTDOWN) || sk.state === TCP_CLOSE
  const connecting = sk.state === TCP_SYN_SENT
  const error = sk.err !== null || sk.errQueue.length > 0
  const readable = !connecting && (sk.receiveQueue.length > 0 || (sk.shutdown & RCV_SHUTDOWN) !== 0)
  let writable = false
  if (!connecting) {
    writable = (sk.shutdown & SEND_SHUTDOWN) !== 0 || sk.sndbuf - sk.wmem >= sk.wmem >> 1
    if (!writable) sk.noSpace = true
  }
  return { readable, writable: writable || sk.err !== null, error, hangup }
}
