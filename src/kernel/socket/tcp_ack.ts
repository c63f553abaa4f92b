// What an acknowledgement does: the send window, the queue, RTT, congestion window, fast retransmit (tcp_ack in net/ipv4/tcp_input.c).
// Read first: tcp_sock.ts, tcp_output.ts. RFC 5681, 6298, 6582 (NewReno).
// Leaves out: SACK scoreboards, PRR, CUBIC (Linux's default grows differently on long paths), ECN, F-RTO, undo.
import type { DropReason } from '../../uapi/drop.ts'
import type { Tcp } from '../../wire/tcp.ts'
import { sk_wake } from './sock.ts'
import { tcp_send_challenge_ack } from './tcp_control.ts'
import { tcp_dsack_seen } from './tcp_dsack.ts'
import { tcp_rearm_rto, tcp_retransmit, tcp_schedule_loss_probe, tcp_xmit_retransmit_queue } from './tcp_output.ts'
import {
  after,
  armTimer,
  before,
  MS,
  type Segment,
  seqAdd,
  stopTimer,
  TCP_RTO_MAX,
  TCP_RTO_MIN,
  type TcpSock,
  tcp_reno_ssthresh,
  tcp_time_stamp,
} from './tcp_sock.ts'
import { tcp_sndbuf_expand, tcp_sync_mss } from './tcp_window.ts'

const DUPACK_THRESHOLD = 3

/** tcp_rtt_estimator and tcp_set_rto (RFC 6298; the variance term is never below 200 ms). */
export function tcp_rtt_sample(sk: TcpSock, sample: number): void {
  const m = Math.max(sample, 1)
  if (sk.srtt === 0) {
    sk.srtt = m
    sk.mdev = m / 2
  } else {
    const d = m - sk.srtt
    sk.srtt += d / 8
    sk.mdev += (Math.abs(d) - sk.mdev) / 4
  }
  sk.rttvar = Math.max(4 * sk.mdev, TCP_RTO_MIN)
  sk.rto = Math.min(Math.round(sk.srtt + sk.rttvar), TCP_RTO_MAX)
  sk.backoff = 0
}

/** tcp_ack. Null when the acknowledgement is in order, else why the segment is to be dropped. */
export function tcp_ack(sk: TcpSock, th: Tcp, hasData: boolean): DropReason | null {
  const ack = th.ack
  if (before(ack, sk.sndUna)) {
    // RFC 5961 5.2, and nothing from before this connection
    const acked = (sk.sndUna - sk.iss) >>> 0
    if (before(ack, seqAdd(sk.sndUna, -Math.min(sk.maxWindow, acked)))) {
      tcp_send_challenge_ack(sk)
      return 'TCP_TOO_OLD_ACK'
    }
    return null
  }
  if (after(ack, sk.sndNxt)) return 'TCP_ACK_UNSENT_DATA'
  const una = sk.sndUna
  const inFlightBefore = sk.sendHead
  const windowChanged = updateWindow(sk, th, ack, hasData)
  sk.probesOut = 0
  const twice = tcp_dsack_seen(sk, th.options, ack)
  const advanced = after(ack, una)
  const duplicate = !advanced && !hasData && !windowChanged
  if (advanced) {
    sk.sndUna = ack
    sk.retransmits = 0
    sk.confirmNeigh = true
    newlyAcked(sk, th, ack, twice)
  } else if (sk.tlpHighSeq >= 0) tcp_process_tlp_ack(sk, ack, twice, duplicate)
  if (duplicate && inFlightBefore > 0 && twice < 0) duplicateAck(sk)
  if (inFlightBefore === 0) ackProbe(sk)
  if (sk.caState !== 'open') tcp_xmit_retransmit_queue(sk)
  return null
}

/** tcp_ack_update_window; true when the peer's window moved. */
function updateWindow(sk: TcpSock, th: Tcp, ack: number, hasData: boolean): boolean {
  const window = th.window * 2 ** sk.sndWscale
  const may =
    after(ack, sk.sndUna) || after(th.seq, sk.sndWl1) || (th.seq === sk.sndWl1 && (window > sk.sndWnd || window === 0))
  if (!may) return hasData
  sk.sndWl1 = th.seq
  if (window === sk.sndWnd) return false
  sk.sndWnd = window
  if (window > sk.maxWindow) {
    sk.maxWindow = window
    tcp_sync_mss(sk, sk.pmtuCookie)
  }
  return true
}

/** tcp_ack_probe: nothing is in flight; a window that opened ends the probing. */
function ackProbe(sk: TcpSock): void {
  const next = sk.writeQueue[0]
  if (next === undefined) {
    stopTimer(sk.net, sk.probeTimer)
    return
  }
  if (!after(next.end, seqAdd(sk.sndUna, sk.sndWnd))) {
    sk.backoff = 0
    sk.probesStamp = -1
    stopTimer(sk.net, sk.probeTimer)
    return
  }
  // Still shut: the wait begins anew with each answer.
  const wait = Math.min(Math.max(sk.rto, TCP_RTO_MIN) * 2 ** sk.backoff, TCP_RTO_MAX)
  armTimer(sk.net, sk.probeTimer, sk.net.kernel.sim.now + wait)
}

/** tcp_clean_rtx_queue, RTT, and the congestion window. */
function newlyAcked(sk: TcpSock, th: Tcp, ack: number, twice: number): void {
  const { count, sample } = cleanQueue(sk, ack)
  const echo = sk.tstampOk ? (th.options?.timestamps ?? null) : null
  if (sample >= 0) tcp_rtt_sample(sk, sample)
  else if (echo !== null && echo[1] !== 0) {
    const delta = (tcp_time_stamp(sk.net, sk.tsOffset) - echo[1]) | 0
    if (delta >= 0) tcp_rtt_sample(sk, Math.max(delta, 1) * MS)
  }
  sk.retransStamp = sk.caState === 'open' ? -1 : sk.retransStamp
  if (sk.tlpHighSeq >= 0) tcp_process_tlp_ack(sk, ack, twice, false)
  if (sk.caState !== 'open' && recovered(sk, ack)) leaveRecovery(sk)
  else if (sk.caState === 'recovery' && before(ack, sk.highSeq)) partialAck(sk, count)
  if (sk.caState !== 'recovery') grow(sk, count + (twice < 0 ? 0 : 1))
  if (!tcp_schedule_loss_probe(sk, true)) tcp_rearm_rto(sk)
  tcp_check_space(sk)
}

/** Take acknowledged segments off the queue: how many, and the age of the newest that was sent only once (-1: none). */
function cleanQueue(sk: TcpSock, ack: number): { readonly count: number; readonly sample: number } {
  const now = sk.net.kernel.sim.now
  let count = 0
  let sample = -1
  while (count < sk.sendHead) {
    const seg = sk.writeQueue[count]!
    if (after(seg.end, ack)) {
      trimHead(sk, seg, ack)
      break
    }
    if (!seg.retransmitted && seg.sent >= 0) sample = now - seg.sent
    sk.wmem -= seg.data.length
    count++
  }
  if (count > 0) {
    sk.writeQueue.splice(0, count)
    sk.sendHead -= count
  }
  return { count, sample }
}

/**
 * tcp_process_tlp_ack (RFC 8985, 7.4): when the peer has had the last segment twice, the probe was needless. When it acknowledges
 * what was sent after the probe without having said so, the probe repaired a loss, which counts as one.
 */
function tcp_process_tlp_ack(sk: TcpSock, ack: number, twice: number, duplicate: boolean): void {
  if (before(ack, sk.tlpHighSeq)) return
  if (!sk.tlpRetrans || twice === sk.tlpHighSeq || (duplicate && ack === sk.tlpHighSeq)) sk.tlpHighSeq = -1
  else if (after(ack, sk.tlpHighSeq)) {
    sk.tlpHighSeq = -1
    sk.ssthresh = tcp_reno_ssthresh(sk)
    sk.cwnd = sk.ssthresh
    sk.cwndCnt = 0
  }
}

/** tcp_is_cwnd_limited */
function tcp_is_cwnd_limited(sk: TcpSock): boolean {
  return sk.isCwndLimited || (sk.cwnd < sk.ssthresh && sk.cwnd < 2 * sk.maxPacketsOut)
}

/** tcp_trim_head: part of a segment was acknowledged. */
function trimHead(sk: TcpSock, seg: Segment, ack: number): void {
  const n = (ack - seg.seq) | 0
  if (n <= 0) return
  seg.data = seg.data.subarray(n)
  seg.seq = ack
  sk.wmem -= n
}

/** tcp_reno_cong_avoid: slow start below ssthresh, then one segment per window; a window that is not used does not grow. */
function grow(sk: TcpSock, acked: number): void {
  sk.dupacks = 0
  if (!tcp_is_cwnd_limited(sk)) return
  if (sk.cwnd < sk.ssthresh) {
    sk.cwnd = Math.min(sk.cwnd + acked, sk.ssthresh)
    return
  }
  sk.cwndCnt += acked
  if (sk.cwndCnt >= sk.cwnd) {
    sk.cwndCnt -= sk.cwnd
    sk.cwnd++
  }
}

/** tcp_is_non_sack_preventing_reopen: without SACK something beyond what was out at the loss must be acknowledged. */
function recovered(sk: TcpSock, ack: number): boolean {
  return sk.sackOk ? !before(ack, sk.highSeq) : after(ack, sk.highSeq)
}

/** tcp_try_to_undo aside: everything that was outstanding at the loss has arrived. */
function leaveRecovery(sk: TcpSock): void {
  if (sk.caState === 'recovery') sk.cwnd = sk.ssthresh
  sk.caState = 'open'
  sk.dupacks = 0
  sk.retransStamp = -1
  for (let i = 0; i < sk.sendHead; i++) {
    const seg = sk.writeQueue[i]!
    if (seg.sent < 0) seg.sent = sk.net.kernel.sim.now
  }
}

/** RFC 6582, 3.2 step 3: the next hole is lost too. */
function partialAck(sk: TcpSock, acked: number): void {
  // Part of a segment that was repeated whole: the rest of it is on its way.
  if (acked === 0) return
  sk.dupacks = Math.max(0, sk.dupacks - acked + 1)
  if (sk.sendHead > 0) tcp_retransmit(sk, 0)
}

/** tcp_fastretrans_alert: the third duplicate means a loss. */
function duplicateAck(sk: TcpSock): void {
  sk.dupacks++
  if (sk.caState !== 'open' || sk.dupacks < DUPACK_THRESHOLD) return
  sk.caState = 'recovery'
  sk.highSeq = sk.sndNxt
  sk.ssthresh = tcp_reno_ssthresh(sk)
  sk.cwnd = sk.ssthresh
  sk.cwndCnt = 0
  tcp_retransmit(sk, 0)
  sk.lossProbe = false
  tcp_rearm_rto(sk)
}

/** tcp_check_space: a writer that found no room may go on (sk_stream_write_space: when a third is free). */
function tcp_check_space(sk: TcpSock): void {
  if (sk.writeQueue.length > 0) tcp_sndbuf_expand(sk)
  if (!sk.noSpace || sk.sndbuf - sk.wmem < sk.wmem >> 1) return
  sk.noSpace = false
  sk_wake(sk)
}
