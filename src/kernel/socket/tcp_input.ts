// Segments of a connection by its state (tcp_rcv_established, tcp_rcv_state_process, tcp_rcv_synsent_state_process,
// tcp_validate_incoming in net/ipv4/tcp_input.c). Read first: tcp_sock.ts. Next: tcp_ack.ts, tcp_data.ts.
// RFC 9293 3.10.7, RFC 5961, RFC 7323. Leaves out: urgent data, Fast Open.
import type { DropReason } from '../../uapi/drop.ts'
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, type Tcp } from '../../wire/tcp.ts'
import { because, kfree_skb } from '../core/drop.ts'
import type { SkBuff } from '../core/skbuff.ts'
import { traceDeliver } from './inet.ts'
import { RCV_SHUTDOWN, SEND_SHUTDOWN, sk_wake } from './sock.ts'
import { tcp_ack, tcp_rtt_sample } from './tcp_ack.ts'
import { oowRateLimited, tcp_send_ack, tcp_send_challenge_ack, tcp_v4_send_reset } from './tcp_control.ts'
import { tcp_ack_snd_check, tcp_data_queue } from './tcp_data.ts'
import { tcp_dsack_set } from './tcp_dsack.ts'
import { tcp_conn_request } from './tcp_minisocks.ts'
import { tcp_enter_quickack_mode, tcp_push_pending_frames } from './tcp_output.ts'
import {
  after,
  before,
  seqAdd,
  seqDiff,
  stopTimer,
  TCP_CLOSE,
  TCP_CLOSE_WAIT,
  TCP_CLOSING,
  TCP_ESTABLISHED,
  TCP_FIN_WAIT1,
  TCP_FIN_WAIT2,
  TCP_INIT_CWND,
  TCP_LAST_ACK,
  TCP_LISTEN,
  TCP_MAX_QUICKACKS,
  TCP_SYN_RECV,
  TCP_SYN_SENT,
  TCP_TIME_WAIT,
  TCPOLEN_TSTAMP_ALIGNED,
  type TcpSock,
  tcp_set_state,
} from './tcp_sock.ts'
import { tcp_done, tcp_reset } from './tcp_states.ts'
import { tcp_rcv_synsent_state_process } from './tcp_synsent.ts'
import { tcp_set_keepalive } from './tcp_timer.ts'
import { orphanFinWait2, tcp_time_wait } from './tcp_timewait.ts'
import { tcp_init_buffer_space, tcp_receive_window } from './tcp_window.ts'

function drop(sk: TcpSock, skb: SkBuff, fn: string, reason: DropReason, note: string): void {
  kfree_skb(sk.net, skb, fn, reason, because(note))
}

/** tcp_v4_do_rcv */
export function tcp_v4_do_rcv(sk: TcpSock, skb: SkBuff, th: Tcp): void {
  sk.lastReceived = sk.net.kernel.sim.now
  sk.keepaliveProbes = 0
  sk.cause = skb.id
  if (sk.state === TCP_ESTABLISHED) tcp_rcv_established(sk, skb, th)
  else tcp_rcv_state_process(sk, skb, th)
  sk.cause = 0
}

function tcp_rcv_established(sk: TcpSock, skb: SkBuff, th: Tcp): void {
  if ((th.flags & (TCP_ACK | TCP_RST | TCP_SYN)) === 0) {
    drop(sk, skb, 'tcp_v4_do_rcv', 'TCP_FLAGS', 'neither ACK nor RST nor SYN')
    return
  }
  if (!tcp_validate_incoming(sk, skb, th)) return
  const expected = predicted(sk, skb, th)
  const bad = tcp_ack(sk, th, hasPayload(skb, th))
  if (bad !== null && !(expected && bad === 'TCP_TOO_OLD_ACK')) {
    drop(sk, skb, 'tcp_v4_do_rcv', bad, ackNote(sk, th))
    return
  }
  tcp_data_queue(sk, skb, th)
  tcp_push_pending_frames(sk)
  if (sk.state !== TCP_CLOSE) tcp_ack_snd_check(sk)
}

/** Header prediction: what is next in line with an unchanged window is taken, whatever old number it acknowledges. */
function predicted(sk: TcpSock, skb: SkBuff, th: Tcp): boolean {
  const plain = (th.flags & ~TCP_PSH) === TCP_ACK && th.seq === sk.rcvNxt && th.window * 2 ** sk.sndWscale === sk.sndWnd
  return plain && sk.ofo.length === 0 && skb.data.length <= tcp_receive_window(sk)
}

function hasPayload(skb: SkBuff, th: Tcp): boolean {
  return skb.data.length > 0 || (th.flags & (TCP_SYN | TCP_FIN)) !== 0
}

function ackNote(sk: TcpSock, th: Tcp): string {
  return `it acknowledges ${th.ack}, sent is ${sk.sndUna} to ${sk.sndNxt}`
}

/** tcp_validate_incoming: timestamps, window, RST, SYN. False when the segment is done with. */
function tcp_validate_incoming(sk: TcpSock, skb: SkBuff, th: Tcp): boolean {
  const rst = (th.flags & TCP_RST) !== 0
  const syn = (th.flags & TCP_SYN) !== 0
  const ts = sk.tstampOk ? (th.options?.timestamps ?? null) : null
  const end = seqAdd(th.seq, skb.data.length + (syn ? 1 : 0) + ((th.flags & TCP_FIN) !== 0 ? 1 : 0))
  if (ts !== null && !rst && sk.tsRecentStamp >= 0 && before(ts[0], sk.tsRecent) && !isDupAck(sk, skb, th)) {
    if (syn) return challenge(sk, skb)
    tcp_send_dupack(sk, th, end)
    drop(sk, skb, 'tcp_validate_incoming', 'TCP_RFC7323_PAWS', 'its timestamp is older than the last one seen')
    return false
  }
  const wrong = tcp_sequence(sk, th.seq, end)
  if (wrong !== null && !(rst && th.seq === sk.rcvNxt)) {
    if (rst) {
      drop(sk, skb, 'tcp_validate_incoming', wrong, 'a RST out of the window')
      return false
    }
    if (syn) return challenge(sk, skb)
    tcp_send_dupack(sk, th, end)
    drop(sk, skb, 'tcp_validate_incoming', wrong, `expected is ${sk.rcvNxt}, it has ${th.seq}`)
    return false
  }
  if (rst) {
    if (th.seq === sk.rcvNxt) {
      if (sk.net.kernel.tr !== null) traceDeliver(sk, skb, 'tcp_reset')
      tcp_reset(sk)
    } else {
      tcp_send_challenge_ack(sk)
      drop(sk, skb, 'tcp_validate_incoming', 'TCP_RESET', 'a RST in the window but not at its edge (RFC 5961)')
    }
    return false
  }
  if (syn && !isSimultaneousAnswer(sk, th)) return challenge(sk, skb)
  if (ts !== null && !after(th.seq, sk.rcvWup)) {
    sk.tsRecent = ts[0]
    sk.tsRecentStamp = sk.net.kernel.sim.now
  }
  return true
}

/** tcp_send_dupack: where we are, and what of it was here before; at most every half second to segments that bring nothing. */
function tcp_send_dupack(sk: TcpSock, th: Tcp, end: number): void {
  if (end === th.seq && oowRateLimited(sk.net, sk)) return
  if (end !== th.seq && before(th.seq, sk.rcvNxt)) {
    tcp_enter_quickack_mode(sk, TCP_MAX_QUICKACKS)
    tcp_dsack_set(sk, th.seq, after(end, sk.rcvNxt) ? sk.rcvNxt : end)
  }
  tcp_send_ack(sk)
}

/** tcp_disordered_ack: a pure duplicate ACK may come late. */
function isDupAck(sk: TcpSock, skb: SkBuff, th: Tcp): boolean {
  return skb.data.length === 0 && th.flags === TCP_ACK && th.seq === sk.rcvNxt && th.ack === sk.sndUna
}

/** The peer's SYN-ACK when both sides opened at once. */
function isSimultaneousAnswer(sk: TcpSock, th: Tcp): boolean {
  const ours = sk.state === TCP_SYN_RECV && sk.parent === null && (th.flags & TCP_ACK) !== 0
  return ours && seqAdd(th.seq, 1) === sk.rcvNxt && th.ack === sk.sndNxt
}

/** RFC 5961, 4.2: a SYN in a connection is answered with where we are. */
function challenge(sk: TcpSock, skb: SkBuff): false {
  tcp_send_challenge_ack(sk)
  drop(sk, skb, 'tcp_validate_incoming', 'TCP_INVALID_SYN', 'a SYN in a connection that is up')
  return false
}

/** tcp_sequence: does any of it lie in the window? */
function tcp_sequence(sk: TcpSock, seq: number, end: number): DropReason | null {
  if (before(end, sk.rcvWup)) return 'TCP_OLD_SEQUENCE'
  if (after(seq, seqAdd(sk.rcvNxt, tcp_receive_window(sk)))) return 'TCP_INVALID_SEQUENCE'
  return null
}

/** tcp_rcv_state_process: every state but ESTABLISHED and TIME_WAIT. */
export function tcp_rcv_state_process(sk: TcpSock, skb: SkBuff, th: Tcp): void {
  switch (sk.state) {
    case TCP_CLOSE:
      drop(sk, skb, 'tcp_rcv_state_process', 'TCP_CLOSE', 'the socket is closed')
      return
    case TCP_LISTEN:
      listenRcv(sk, skb, th)
      return
    case TCP_SYN_SENT:
      tcp_rcv_synsent_state_process(sk, skb, th)
      return
  }
  if ((th.flags & (TCP_ACK | TCP_RST | TCP_SYN)) === 0) {
    drop(sk, skb, 'tcp_rcv_state_process', 'TCP_FLAGS', 'neither ACK nor RST nor SYN')
    return
  }
  if (!tcp_validate_incoming(sk, skb, th)) return
  const bad = tcp_ack(sk, th, hasPayload(skb, th))
  if (bad !== null || before(th.ack, sk.sndUna)) {
    if (sk.state === TCP_SYN_RECV) {
      tcp_v4_send_reset(sk.net, skb)
      drop(sk, skb, 'tcp_v4_do_rcv', bad ?? 'TCP_OLD_ACK', ackNote(sk, th))
      return
    }
    if (bad !== null) {
      tcp_send_challenge_ack(sk)
      drop(sk, skb, 'tcp_rcv_state_process', bad, ackNote(sk, th))
      return
    }
  }
  if (!ackInState(sk, skb, th)) return
  textInState(sk, skb, th)
}

function listenRcv(sk: TcpSock, skb: SkBuff, th: Tcp): void {
  if ((th.flags & TCP_RST) !== 0) {
    drop(sk, skb, 'tcp_rcv_state_process', 'TCP_RESET', 'a RST for a listening socket')
  } else if ((th.flags & TCP_ACK) !== 0) {
    tcp_v4_send_reset(sk.net, skb)
    drop(sk, skb, 'tcp_v4_do_rcv', 'TCP_FLAGS', 'an ACK for a listening socket')
  } else if ((th.flags & TCP_SYN) === 0 || (th.flags & TCP_FIN) !== 0) {
    drop(sk, skb, 'tcp_rcv_state_process', 'TCP_FLAGS', 'not a SYN, and the socket listens')
  } else {
    if (sk.net.kernel.tr !== null) traceDeliver(sk, skb, 'tcp_conn_request')
    tcp_conn_request(sk, skb, th)
  }
}

/** Step five, the ACK field: what an acknowledgement moves on. False when the segment is done with. */
function ackInState(sk: TcpSock, skb: SkBuff, th: Tcp): boolean {
  const allAcked = sk.sndUna === sk.writeSeq
  switch (sk.state) {
    case TCP_SYN_RECV:
      becomeEstablished(sk, th)
      return true
    case TCP_FIN_WAIT1:
      if (!allAcked) return true
      return finAcked(sk, skb, th)
    case TCP_CLOSING:
      if (!allAcked) return true
      tcp_time_wait(sk, TCP_TIME_WAIT)
      return false
    case TCP_LAST_ACK:
      if (!allAcked) return true
      if (sk.net.kernel.tr !== null) traceDeliver(sk, skb, 'tcp_ack')
      tcp_done(sk)
      return false
    default:
      return true
  }
}

/** Our FIN has arrived: FIN_WAIT2, for an orphan as a shadow of itself. */
function finAcked(sk: TcpSock, skb: SkBuff, th: Tcp): boolean {
  tcp_set_state(sk, TCP_FIN_WAIT2)
  sk.shutdown |= SEND_SHUTDOWN
  if (sk.owner !== null) {
    sk_wake(sk)
    return true
  }
  const end = seqAdd(th.seq, skb.data.length)
  if (skb.data.length > 0 && after(end, sk.rcvNxt)) {
    abortOnData(sk, skb)
    return false
  }
  if ((th.flags & TCP_FIN) !== 0) return true
  if (sk.net.kernel.tr !== null) traceDeliver(sk, skb, 'tcp_ack')
  orphanFinWait2(sk)
  return false
}

/** SYN_RECV to ESTABLISHED: the third segment of the handshake, or its like in a simultaneous open. */
function becomeEstablished(sk: TcpSock, th: Tcp): void {
  const net = sk.net
  tcp_set_state(sk, TCP_ESTABLISHED)
  sk.sndUna = th.ack
  sk.sndWnd = th.window * 2 ** sk.sndWscale
  sk.sndWl1 = th.seq
  sk.maxWindow = Math.max(sk.maxWindow, sk.sndWnd)
  if (sk.tstampOk) sk.advmss -= TCPOLEN_TSTAMP_ALIGNED
  if (sk.retransStamp >= 0 && sk.parent !== null) tcp_rtt_sample(sk, net.kernel.sim.now - sk.retransStamp)
  sk.retransStamp = -1
  initTransfer(sk)
  const parent = sk.parent
  if (parent === null) sk_wake(sk)
  else if (parent.state === TCP_LISTEN) {
    parent.acceptQueue.push(sk)
    sk_wake(parent)
  }
}

/** tcp_init_transfer */
export function initTransfer(sk: TcpSock): void {
  const initcwnd = sk.rt?.metrics?.initcwnd
  if (initcwnd !== undefined) sk.cwnd = initcwnd
  else if (sk.cwnd !== 1) sk.cwnd = TCP_INIT_CWND
  tcp_init_buffer_space(sk)
  sk.lrcvtime = sk.lsndtime = sk.net.kernel.sim.now
  sk.rcvMss = Math.min(sk.advmss, sk.mssCache, sk.rcvWnd >> 1, 536)
  if (sk.keepAlive) tcp_set_keepalive(sk, true)
  stopTimer(sk.net, sk.probeTimer)
}

/** Data for a socket that nobody can read from any more. */
function abortOnData(sk: TcpSock, skb: SkBuff): void {
  tcp_v4_send_reset(sk.net, skb)
  drop(sk, skb, 'tcp_v4_do_rcv', 'TCP_ABORT_ON_DATA', 'data for a connection whose process has closed it')
  tcp_done(sk)
}

/** Step seven: the segment's text. */
function textInState(sk: TcpSock, skb: SkBuff, th: Tcp): void {
  switch (sk.state) {
    case TCP_CLOSE_WAIT:
    case TCP_CLOSING:
    case TCP_LAST_ACK:
      if (before(th.seq, sk.rcvNxt)) tcp_data_queue(sk, skb, th)
      else if (skb.data.length > 0) drop(sk, skb, 'tcp_rcv_state_process', 'NOT_SPECIFIED', 'data after a FIN')
      else if (sk.net.kernel.tr !== null) traceDeliver(sk, skb, 'tcp_ack')
      break
    case TCP_FIN_WAIT1:
    case TCP_FIN_WAIT2:
      if ((sk.shutdown & RCV_SHUTDOWN) !== 0 && skb.data.length > 0) {
        if (seqDiff(seqAdd(th.seq, skb.data.length), sk.rcvNxt) > 0) {
          abortOnData(sk, skb)
          return
        }
      }
      tcp_data_queue(sk, skb, th)
      break
    default:
      tcp_data_queue(sk, skb, th)
  }
  if (sk.state === TCP_CLOSE) return
  tcp_push_pending_frames(sk)
  tcp_ack_snd_check(sk)
}
