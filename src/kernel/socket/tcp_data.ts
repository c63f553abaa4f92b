// Received bytes of a connection: in order, out of order, FIN, and when to acknowledge (tcp_data_queue in net/ipv4/tcp_input.c).
// Read first: tcp_sock.ts. RFC 9293 3.10.7.4, 1122 4.2.3.2 (delayed ACK).
// Leaves out: urgent data, SACK blocks in our ACKs (but for D-SACK: tcp_dsack.ts).
import type { DropReason } from '../../uapi/drop.ts'
import { TCP_FIN, TCP_PSH, TCP_SYN, type Tcp } from '../../wire/tcp.ts'
import { because, kfree_skb } from '../core/drop.ts'
import type { SkBuff } from '../core/skbuff.ts'
import { traceDeliver } from './inet.ts'
import { RCV_SHUTDOWN, sk_wake } from './sock.ts'
import { tcp_send_ack } from './tcp_control.ts'
import { tcp_dsack_set } from './tcp_dsack.ts'
import { tcp_enter_quickack_mode, tcp_incr_quickack } from './tcp_output.ts'
import {
  after,
  before,
  type OutOfOrder,
  seqAdd,
  seqDiff,
  TCP_ATO_MIN,
  TCP_CLOSE_WAIT,
  TCP_CLOSING,
  TCP_ESTABLISHED,
  TCP_FIN_WAIT1,
  TCP_FIN_WAIT2,
  TCP_MAX_QUICKACKS,
  TCP_PINGPONG_THRESH,
  TCP_SYN_RECV,
  TCP_TIME_WAIT,
  type TcpSock,
  tcp_set_state,
} from './tcp_sock.ts'
import { tcp_send_delayed_ack } from './tcp_timer.ts'
import { tcp_time_wait } from './tcp_timewait.ts'
import { __tcp_select_window, chargeOf, tcp_grow_window, tcp_receive_window } from './tcp_window.ts'

function drop(sk: TcpSock, skb: SkBuff, reason: DropReason, note: string): void {
  const fn = sk.state === TCP_ESTABLISHED ? 'tcp_rcv_established' : 'tcp_rcv_state_process'
  kfree_skb(sk.net, skb, fn, reason, because(note))
}

/** tcp_data_queue */
export function tcp_data_queue(sk: TcpSock, skb: SkBuff, th: Tcp): void {
  const fin = (th.flags & TCP_FIN) !== 0
  // The SYN of a simultaneous open's answer counts, and is old.
  const syn = (th.flags & TCP_SYN) !== 0 ? 1 : 0
  const end = seqAdd(th.seq, syn + skb.data.length + (fin ? 1 : 0))
  if (end === th.seq) {
    if (sk.net.kernel.tr !== null) traceDeliver(sk, skb, 'tcp_ack')
    return
  }
  const window = tcp_receive_window(sk)
  if (th.seq === sk.rcvNxt && window === 0 && skb.data.length > 0) {
    outOfWindow(sk)
    drop(sk, skb, 'TCP_ZEROWINDOW', 'the receive window is shut: nobody reads')
    return
  }
  if (!after(end, sk.rcvNxt)) {
    tcp_dsack_set(sk, th.seq, end)
    outOfWindow(sk)
    drop(sk, skb, 'TCP_OLD_DATA', 'all of it was received before')
    return
  }
  if (!before(th.seq, seqAdd(sk.rcvNxt, window))) {
    outOfWindow(sk)
    drop(sk, skb, 'TCP_OVERWINDOW', `beyond the receive window of ${window} bytes`)
    return
  }
  if (after(th.seq, sk.rcvNxt)) {
    queueOutOfOrder(sk, skb, th, end, fin)
    return
  }
  if (sk.net.kernel.tr !== null) traceDeliver(sk, skb, 'tcp_queue_rcv')
  const skip = seqDiff(sk.rcvNxt, th.seq)
  if (skip > 0) tcp_dsack_set(sk, th.seq, sk.rcvNxt)
  tcp_event_data_recv(sk, skb.data.length, th.flags)
  take(sk, skip === 0 ? skb.data : skb.data.subarray(skip), fin)
  drainOutOfOrder(sk)
  sk_wake(sk)
}

function outOfWindow(sk: TcpSock): void {
  tcp_enter_quickack_mode(sk, TCP_MAX_QUICKACKS)
  sk.ackPending = true
  sk.ackNow = true
}

/** tcp_queue_rcv: in sequence. */
function take(sk: TcpSock, data: Uint8Array, fin: boolean): void {
  if (data.length > 0) {
    sk.receiveQueue.push(data)
    sk.rmem += chargeOf(data.length)
    sk.rcvNxt = seqAdd(sk.rcvNxt, data.length)
  }
  if (fin) {
    sk.rcvNxt = seqAdd(sk.rcvNxt, 1)
    tcp_fin(sk)
  }
}

/** tcp_data_queue_ofo: keep it, and say at once what is missing. */
function queueOutOfOrder(sk: TcpSock, skb: SkBuff, th: Tcp, end: number, fin: boolean): void {
  sk.ackPending = true
  sk.ackNow = true
  if (sk.ofo.some((o) => !before(th.seq, o.seq) && !after(end, o.end))) {
    tcp_dsack_set(sk, th.seq, end)
    kfree_skb(sk.net, skb, 'tcp_data_queue', 'TCP_OFOMERGE', because('all of it waits in the out-of-order queue'))
    return
  }
  if (sk.net.kernel.tr !== null) traceDeliver(sk, skb, 'tcp_data_queue_ofo')
  const entry: OutOfOrder = { seq: th.seq, end, data: skb.data, fin }
  let i = sk.ofo.length
  while (i > 0 && after(sk.ofo[i - 1]!.seq, entry.seq)) i--
  sk.ofo.splice(i, 0, entry)
  sk.rmem += chargeOf(skb.data.length)
}

/** tcp_ofo_queue: what has become the next in sequence. */
function drainOutOfOrder(sk: TcpSock): void {
  for (let o = sk.ofo[0]; o !== undefined && !after(o.seq, sk.rcvNxt); o = sk.ofo[0]) {
    sk.ofo.shift()
    sk.rmem -= chargeOf(o.data.length)
    if (after(o.end, sk.rcvNxt)) take(sk, o.data.subarray(seqDiff(sk.rcvNxt, o.seq)), o.fin)
    if (sk.ofo.length === 0) sk.ackNow = true
  }
}

/** tcp_event_data_recv: measures the sender's segments and the time between them (tcp_measure_rcv_mss). */
function tcp_event_data_recv(sk: TcpSock, length: number, flags: number): void {
  if (length === 0) return
  const now = sk.net.kernel.sim.now
  sk.ackPending = true
  if (length >= sk.rcvMss) sk.rcvMss = Math.min(length, sk.advmss)
  else sk.ackPushed++
  if ((flags & TCP_PSH) !== 0 && sk.ackPushed === 0) sk.ackPushed = 1
  if (sk.ato === 0) {
    tcp_incr_quickack(sk, TCP_MAX_QUICKACKS)
    sk.ato = TCP_ATO_MIN
  } else {
    const m = now - sk.lrcvtime
    if (m <= TCP_ATO_MIN / 2) sk.ato = sk.ato / 2 + TCP_ATO_MIN / 2
    else if (m < sk.ato) sk.ato = Math.min(sk.ato / 2 + m, sk.rto)
    else if (m > sk.rto) tcp_incr_quickack(sk, TCP_MAX_QUICKACKS)
  }
  sk.lrcvtime = now
  if (length >= 128) tcp_grow_window(sk, length)
}

/** tcp_fin: the peer has no more to say. */
function tcp_fin(sk: TcpSock): void {
  sk.ackPending = true
  sk.shutdown |= RCV_SHUTDOWN
  sk.peerDone = true
  sk.ofo = []
  switch (sk.state) {
    case TCP_SYN_RECV:
    case TCP_ESTABLISHED:
      tcp_set_state(sk, TCP_CLOSE_WAIT)
      sk.pingpong = TCP_PINGPONG_THRESH
      break
    case TCP_FIN_WAIT1:
      tcp_send_ack(sk)
      tcp_set_state(sk, TCP_CLOSING)
      break
    case TCP_FIN_WAIT2:
      tcp_send_ack(sk)
      tcp_time_wait(sk, TCP_TIME_WAIT)
      break
    default:
      break
  }
  sk_wake(sk)
}

/** __tcp_ack_snd_check: at once after two segments, in quick-ack mode or with a hole, else later. */
export function tcp_ack_snd_check(sk: TcpSock): void {
  if (!sk.ackPending) return
  const twoSegments =
    seqDiff(sk.rcvNxt, sk.rcvWup) > sk.rcvMss && (sk.receiveQueue.length === 0 || __tcp_select_window(sk) >= sk.rcvWnd)
  const quick = sk.quick > 0 && sk.pingpong < TCP_PINGPONG_THRESH
  if (twoSegments || quick || sk.ackNow || sk.ofo.length > 0) tcp_send_ack(sk)
  else tcp_send_delayed_ack(sk)
}

/** tcp_cleanup_rbuf: the user has read; acknowledge what waits, or tell of a window that opened. */
export function tcp_cleanup_rbuf(sk: TcpSock, copied: number): void {
  let now = false
  if (sk.ackPending) {
    const interactive = sk.ackPushed > 1 || (sk.ackPushed > 0 && sk.pingpong < TCP_PINGPONG_THRESH)
    now = seqDiff(sk.rcvNxt, sk.rcvWup) > sk.rcvMss || (copied > 0 && interactive && sk.receiveQueue.length === 0)
  }
  if (copied > 0 && !now && (sk.shutdown & RCV_SHUTDOWN) === 0) {
    const offered = tcp_receive_window(sk)
    if (2 * offered <= sk.windowClamp) {
      const next = __tcp_select_window(sk)
      now = next !== 0 && next >= 2 * offered
    }
  }
  if (now) tcp_send_ack(sk)
}
