// How connections end: errors, resets, the last reference (tcp_done, tcp_reset, tcp_write_err in net/ipv4/tcp*.c).
// Read first: tcp_sock.ts. TIME_WAIT is in tcp_timewait.ts.
import type { Errno } from '../../lib/errno.ts'
import { RCV_SHUTDOWN, SEND_SHUTDOWN, sk_wake } from './sock.ts'
import { dropPort, inet_unhash } from './tcp_hash.ts'
import { stopTimer, TCP_CLOSE, TCP_CLOSE_WAIT, TCP_SYN_SENT, type TcpSock, tcp_set_state } from './tcp_sock.ts'

/** tcp_write_queue_purge */
export function purgeWriteQueue(sk: TcpSock): void {
  sk.writeQueue = []
  sk.sendHead = 0
  sk.wmem = 0
}

/** tcp_clear_xmit_timers and the keepalive. */
export function stopTimers(sk: TcpSock): void {
  stopTimer(sk.net, sk.retransTimer)
  stopTimer(sk.net, sk.probeTimer)
  stopTimer(sk.net, sk.delackTimer)
  stopTimer(sk.net, sk.keepaliveTimer)
}

/** tcp_done: the connection is over; an orphan disappears, a socket with an owner stays behind, closed. */
export function tcp_done(sk: TcpSock): void {
  stopTimers(sk)
  if (sk.state !== TCP_CLOSE) {
    inet_unhash(sk)
    tcp_set_state(sk, TCP_CLOSE)
  }
  sk.shutdown = RCV_SHUTDOWN | SEND_SHUTDOWN
  if (!sk.portLocked || sk.owner === null) dropPort(sk)
  if (sk.owner === null && sk.parent === null) sk.net.kernel.layer.forget(sk.inode)
  else sk_wake(sk)
}

/** tcp_reset: a RST came. What the owner is told depends on where the connection was. */
export function tcp_reset(sk: TcpSock): void {
  let errno: Errno
  switch (sk.state) {
    case TCP_SYN_SENT:
      errno = 'ECONNREFUSED'
      break
    case TCP_CLOSE_WAIT:
      errno = 'EPIPE'
      break
    case TCP_CLOSE:
      return
    default:
      errno = 'ECONNRESET'
  }
  sk.err = errno
  purgeWriteQueue(sk)
  tcp_done(sk)
}

/** tcp_write_err: given up sending. */
export function tcp_write_err(sk: TcpSock): void {
  sk.err = sk.errSoft ?? 'ETIMEDOUT'
  purgeWriteQueue(sk)
  tcp_done(sk)
}
