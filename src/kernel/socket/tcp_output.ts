// Sending TCP segments: headers and options, new data under both windows, retransmission (net/ipv4/tcp_output.c).
// Read first: tcp_sock.ts, tcp_window.ts. Next: tcp_timer.ts. Control segments (SYN, FIN, RST, ACK) are in tcp_control.ts.
// Leaves out: segmentation offload (every segment is at most one MSS), pacing, TCP small queues, Fast Open.
import type { Errno } from '../../lib/errno.ts'
import { concat } from '../../wire/bytes.ts'
import { IP_HLEN, IPPROTO_TCP, ipv4 } from '../../wire/ipv4.ts'
import { TCP_ACK, TCP_FIN, TCP_HLEN, TCP_PSH, TCP_SYN, type Tcp, type TcpOptions, tcp } from '../../wire/tcp.ts'
import { because, kfree_skb } from '../core/drop.ts'
import { ipv4_confirm_neigh, neigh_lookup } from '../core/neighbour.ts'
import { IPSKB_EMSGSIZE, IPSKB_EPERM, IPSKB_NOBUFS } from '../core/skbuff.ts'
import { ip_local_out, ip_select_ident } from '../ipv4/ip_output.ts'
import type { Rtable } from '../ipv4/rtable.ts'
import { flowOf, ownSkb, routeSocket, selectTtl } from './inet.ts'
import { ip_dont_fragment, sk_dst_check, sk_dst_set } from './sock.ts'
import { takeDsack } from './tcp_dsack.ts'
import {
  after,
  armTimer,
  before,
  type Segment,
  seqAdd,
  seqDiff,
  stopTimer,
  TCP_ATO_MIN,
  TCP_INIT_CWND,
  TCP_MAX_QUICKACKS,
  TCP_RTO_MAX,
  TCP_RTO_MIN,
  TCP_SYN_RECV,
  TCP_TIMEOUT_INIT,
  TCP_TIMEOUT_MIN,
  type TcpSock,
  tcp_time_stamp,
} from './tcp_sock.ts'
import { tcp_current_mss, tcp_select_window } from './tcp_window.ts'

/** Bytes of an option with one SACK block and its padding. */
const SACK_ALIGNED = 12
/** A rule dropped it, or there is no route: a negative errno. */
const REFUSED = -1
/** NET_XMIT_DROP */
const CONGESTED = 1

/** The route of a connection: cached, or looked up again (ip_queue_xmit). */
export function routeOf(sk: TcpSock): Rtable | Errno {
  const cached = sk_dst_check(sk)
  if (cached !== null) return cached
  const rt = routeSocket(sk, flowOf(sk, sk.daddr, sk.dport), '__ip_queue_xmit')
  if (typeof rt !== 'string') sk_dst_set(sk, rt)
  return rt
}

/** Bytes that TCP options take in the header, as encoded. */
export function optionBytes(o: TcpOptions | null): number {
  if (o === null) return 0
  let n = 0
  if (o.mss !== null) n += 4
  if (o.timestamps !== null) n += 12
  else if (o.sackPermitted) n += 4
  if (o.windowScale !== null) n += 4
  return o.unknown === null ? n : n + ((o.unknown.length + 3) & ~3)
}

/** tcp_established_options; a full segment has no room for a D-SACK block. */
function establishedOptions(sk: TcpSock, size: number): TcpOptions | null {
  const unknown = sk.dsack !== null && size + SACK_ALIGNED <= sk.mssCache ? takeDsack(sk) : null
  if (!sk.tstampOk && unknown === null) return null
  const timestamps: readonly [number, number] | null = sk.tstampOk
    ? [tcp_time_stamp(sk.net, sk.tsOffset), sk.tsRecent]
    : null
  return { mss: null, windowScale: null, sackPermitted: false, timestamps, unknown }
}

/** __ip_queue_xmit: the IP header of a connection's segment, and out; not 0 when it did not leave, above 0 for want of room (net_xmit_eval). */
export function ip_queue_xmit(sk: TcpSock, th: Tcp, data: Uint8Array): number {
  const net = sk.net
  const rt = routeOf(sk)
  const length = IP_HLEN + TCP_HLEN + optionBytes(th.options) + data.length
  const unreachable = typeof rt === 'string'
  const df = unreachable || ip_dont_fragment(sk, rt)
  if (df) sk.ipId = (sk.ipId + 1) & 0xffff
  const id = df ? sk.ipId : ip_select_ident(net)
  const ttl = unreachable ? 64 : selectTtl(sk, rt)
  const header = ipv4(sk.saddr, sk.daddr, IPPROTO_TCP, ttl, sk.tos, id, df, false, 0, length, null, false)
  const skb = net.kernel.newSkb({ net: header, l4: th, data })
  ownSkb(sk, skb)
  if (unreachable) {
    kfree_skb(net, skb, '__ip_queue_xmit', 'IP_OUTNOROUTES', because(`no route to the peer: ${rt}`))
    return REFUSED
  }
  if (sk.confirmNeigh) {
    sk.confirmNeigh = false
    if (rt.type === 'unicast') ipv4_confirm_neigh(rt.dev, rt.gateway !== 0 ? rt.gateway : sk.daddr)
  }
  ip_local_out(net, skb, rt, 'tcp', sk.cause)
  if ((skb.cbFlags & (IPSKB_EPERM | IPSKB_EMSGSIZE)) !== 0) return REFUSED
  return (skb.cbFlags & IPSKB_NOBUFS) === 0 ? 0 : CONGESTED
}

/** tcp_event_ack_sent: what every segment with ACK does to the acknowledgement state. */
function tcp_event_ack_sent(sk: TcpSock): void {
  if (sk.quick > 0) sk.quick--
  sk.ackPending = false
  sk.ackNow = false
  sk.ackPushed = 0
  stopTimer(sk.net, sk.delackTimer)
}

/** tcp_transmit_skb for everything after the handshake; not 0 when it did not leave. */
export function tcp_transmit(sk: TcpSock, seq: number, flags: number, data: Uint8Array): number {
  const window = tcp_select_window(sk)
  const th = tcp(
    sk.sport,
    sk.dport,
    seq,
    (flags & TCP_ACK) !== 0 ? sk.rcvNxt : 0,
    flags,
    window,
    0,
    establishedOptions(sk, data.length),
    false,
  )
  if ((flags & TCP_ACK) !== 0) tcp_event_ack_sent(sk)
  if (data.length > 0) tcp_event_data_sent(sk)
  return ip_queue_xmit(sk, th, data)
}

/** tcp_event_data_sent: an answer soon after a question makes a conversation ("ping-pong": acks may wait for data). */
function tcp_event_data_sent(sk: TcpSock): void {
  sk.lsndtime = sk.net.kernel.sim.now
  if (sk.lsndtime - sk.lrcvtime < sk.ato && sk.pingpong < 255) sk.pingpong++
}

/** Segments that may be on their way (tcp_packets_in_flight). */
function inFlight(sk: TcpSock): number {
  let lost = 0
  if (sk.caState !== 'open') for (let i = 0; i < sk.sendHead; i++) if (sk.writeQueue[i]!.sent < 0) lost++
  return Math.max(0, sk.sendHead - lost - (sk.caState === 'loss' ? 0 : sk.dupacks))
}

/** The next segment, cut to the MSS (tcp_fragment). */
function cut(sk: TcpSock, index: number, limit: number): Segment {
  const seg = sk.writeQueue[index]!
  if (seg.data.length <= limit) return seg
  const rest: Segment = {
    seq: seqAdd(seg.seq, limit),
    end: seg.end,
    flags: seg.flags,
    data: seg.data.subarray(limit),
    sent: seg.sent,
    retransmitted: seg.retransmitted,
  }
  seg.data = seg.data.subarray(0, limit)
  seg.end = rest.seq
  seg.flags = 0
  sk.writeQueue.splice(index + 1, 0, rest)
  if (index < sk.sendHead) sk.sendHead++
  return seg
}

/** tcp_nagle_test: may a short last segment go while something is unacknowledged (RFC 896, Minshall's variant)? */
function nagleAllows(sk: TcpSock, seg: Segment, mss: number, last: boolean): boolean {
  if (!last || (seg.flags & TCP_FIN) !== 0 || seg.data.length >= mss || sk.nonagle) return true
  return sk.sendHead === 0 || !(after(sk.sndSml, sk.sndUna) && !after(sk.sndSml, sk.sndNxt))
}

/** tcp_write_xmit: send what both windows allow. True when data waits although nothing is in flight (a probe is due). */
function tcp_write_xmit(sk: TcpSock): boolean {
  const mss = tcp_current_mss(sk)
  let sent = 0
  while (sk.sendHead < sk.writeQueue.length) {
    if (inFlight(sk) >= sk.cwnd) break
    const seg = cut(sk, sk.sendHead, mss)
    if (after(seg.end, seqAdd(sk.sndUna, sk.sndWnd))) break
    if (!nagleAllows(sk, seg, mss, sk.sendHead === sk.writeQueue.length - 1)) break
    if (sendNew(sk, seg, mss) !== 0) break
    sent++
  }
  const limited = inFlight(sk) >= sk.cwnd
  if (sent > 0 || limited) tcp_cwnd_validate(sk, limited)
  if (sent > 0) {
    if (sk.retransTimer.due < 0) tcp_rearm_rto(sk)
    tcp_schedule_loss_probe(sk, false)
  }
  return sk.sendHead === 0 && sk.writeQueue.length > 0
}

/** tcp_cwnd_validate: a congestion window that is not used is not to grow (RFC 7661 in spirit). */
function tcp_cwnd_validate(sk: TcpSock, limited: boolean): void {
  const more = !sk.isCwndLimited && sk.sendHead > sk.maxPacketsOut
  if (before(sk.sndUna, sk.cwndUsageSeq) && !limited && !more) return
  sk.isCwndLimited = limited
  sk.maxPacketsOut = sk.sendHead
  sk.cwndUsageSeq = sk.sndNxt
}

/** tcp_slow_start_after_idle_check, tcp_cwnd_restart: what was known of the path is old (RFC 5681, 4.1). */
export function tcp_slow_start_after_idle_check(sk: TcpSock): void {
  let idle = sk.net.kernel.sim.now - sk.lsndtime
  if (sk.sendHead > 0 || idle <= sk.rto) return
  const restart = Math.min(sk.rt?.metrics?.initcwnd ?? TCP_INIT_CWND, sk.cwnd)
  if (sk.ssthresh < 0x7fffffff) sk.ssthresh = Math.max(sk.ssthresh, (sk.cwnd >> 1) + (sk.cwnd >> 2))
  for (idle -= sk.rto; idle > 0 && sk.cwnd > restart; idle -= sk.rto) sk.cwnd >>= 1
  sk.cwnd = Math.max(sk.cwnd, restart)
}

/** What did not leave was not sent: it waits for the next occasion, or the probe timer. */
function sendNew(sk: TcpSock, seg: Segment, mss: number): number {
  const err = tcp_transmit(sk, seg.seq, seg.flags | TCP_ACK, seg.data)
  if (err !== 0) return err
  seg.sent = sk.net.kernel.sim.now
  sk.sendHead++
  sk.sndNxt = seg.end
  if (seg.data.length > 0 && seg.data.length < mss) sk.sndSml = seg.end
  return 0
}

/** __tcp_push_pending_frames, with the timer for a window that is shut. */
export function tcp_push_pending_frames(sk: TcpSock): void {
  if (sk.sendHead >= sk.writeQueue.length) return
  if (tcp_write_xmit(sk)) tcp_check_probe_timer(sk)
}

/** tcp_check_probe_timer: data waits, nothing is in flight: ask the peer for its window after an RTO. */
export function tcp_check_probe_timer(sk: TcpSock): void {
  if (sk.sendHead !== 0 || sk.retransTimer.due >= 0 || sk.probeTimer.due >= 0) return
  armTimer(sk.net, sk.probeTimer, sk.net.kernel.sim.now + Math.max(sk.rto, TCP_RTO_MIN))
}

/** tcp_rearm_rto: after a loss probe's time the wait counts from when the first segment was sent. */
export function tcp_rearm_rto(sk: TcpSock): void {
  const { now } = sk.net.kernel.sim
  const head = sk.writeQueue[0]
  const since = sk.lossProbe && head !== undefined && head.sent >= 0 ? head.sent : now
  sk.lossProbe = false
  if (sk.sendHead === 0) stopTimer(sk.net, sk.retransTimer)
  else armTimer(sk.net, sk.retransTimer, Math.max(since + Math.min(sk.rto, TCP_RTO_MAX), now + 1))
}

/**
 * tcp_schedule_loss_probe (RFC 8985, 7.2): if no acknowledgement comes within two round trips, the last segment goes out again,
 * so that SACK shows what is missing. False when the timer stays as it is.
 */
export function tcp_schedule_loss_probe(sk: TcpSock, advancing: boolean): boolean {
  if (sk.sendHead === 0 || !sk.sackOk || sk.caState !== 'open' || sk.state === TCP_SYN_RECV) return false
  const now = sk.net.kernel.sim.now
  let timeout = TCP_TIMEOUT_INIT
  if (sk.srtt > 0) timeout = 2 * sk.srtt + (sk.sendHead === 1 ? TCP_RTO_MIN : TCP_TIMEOUT_MIN)
  const rto = advancing ? sk.rto : sk.writeQueue[0]!.sent + sk.rto - now
  if (rto > 0) timeout = Math.min(timeout, rto)
  sk.lossProbe = true
  armTimer(sk.net, sk.retransTimer, now + timeout)
  return true
}

/** tcp_send_loss_probe: one new segment when there is one and the peer's window takes it, else the last once more; one at a time. */
export function tcp_send_loss_probe(sk: TcpSock): void {
  if (sk.tlpHighSeq < 0) {
    const mss = tcp_current_mss(sk)
    const next = sk.sendHead < sk.writeQueue.length ? cut(sk, sk.sendHead, mss) : null
    sk.tlpRetrans = next === null || after(next.end, seqAdd(sk.sndUna, sk.sndWnd))
    const err = sk.tlpRetrans ? tcp_retransmit(sk, sk.sendHead - 1) : sendNew(sk, next!, mss)
    if (err === 0) {
      sk.tlpHighSeq = sk.sndNxt
      sk.lossProbe = false
    }
  }
  tcp_rearm_rto(sk)
}

/** tcp_retrans_try_collapse: what follows in flight rides along as far as one segment takes it. */
function collapse(sk: TcpSock, seg: Segment, limit: number): void {
  if ((seg.flags & (TCP_SYN | TCP_FIN)) !== 0) return
  const index = sk.writeQueue.indexOf(seg)
  for (
    let next = sk.writeQueue[index + 1];
    index + 1 < sk.sendHead && next !== undefined;
    next = sk.writeQueue[index + 1]
  ) {
    if (seg.data.length + next.data.length > limit || (seg.flags & TCP_FIN) !== 0) return
    if (after(next.end, seqAdd(sk.sndUna, sk.sndWnd))) return
    seg.data = concat(seg.data, next.data)
    seg.end = next.end
    seg.flags |= next.flags
    sk.writeQueue.splice(index + 1, 1)
    sk.sendHead--
  }
}

/** skb_still_in_host_queue: what was sent still waits here for the neighbour's address; it is not sent a second time. */
export function skb_still_in_host_queue(sk: TcpSock, seg: Segment): boolean {
  const rt = sk_dst_check(sk)
  const n = rt === null ? null : neigh_lookup(rt.dev, rt.gateway !== 0 ? rt.gateway : sk.daddr)
  return n?.queue.some((skb) => skb.sk === sk.inode && (skb.l4 as Tcp).seq === seg.seq) ?? false
}

/** tcp_retransmit_skb: the segment at `index` once more; not 0 when it did not leave. */
export function tcp_retransmit(sk: TcpSock, index: number): number {
  const limit = sk.writeQueue[index]!.data.length > 0 ? tcp_current_mss(sk) : 0
  const seg = limit > 0 ? cut(sk, index, limit) : sk.writeQueue[index]!
  if ((seg.flags & TCP_SYN) !== 0 && seg.data.length === 0 && sk.rcvNxt === 0) return 0
  const now = sk.net.kernel.sim.now
  if (sk.retransStamp < 0) sk.retransStamp = seg.sent < 0 ? now : seg.sent
  if (limit > 0) collapse(sk, seg, limit)
  seg.sent = now
  seg.retransmitted = true
  sk.totalRetrans++
  if (after(seg.seq, seqAdd(sk.sndUna, sk.sndWnd)) && seg.seq !== sk.sndUna) return 0
  const err = tcp_transmit(sk, seg.seq, seg.flags | TCP_ACK, seg.data)
  if (err !== 0) seg.sent = -1
  return err
}

/** tcp_xmit_retransmit_queue: those marked lost (sent < 0), as far as cwnd allows. */
export function tcp_xmit_retransmit_queue(sk: TcpSock): void {
  for (let i = 0; i < sk.sendHead; i++) {
    if (sk.writeQueue[i]!.sent >= 0) continue
    if (inFlight(sk) >= sk.cwnd || tcp_retransmit(sk, i) !== 0) return
  }
}

/** Add bytes to the send queue, filling up an unsent short segment first (tcp_sendmsg_locked). */
export function queueData(sk: TcpSock, data: Uint8Array): void {
  const mss = tcp_current_mss(sk)
  let rest = data
  const tail = sk.writeQueue[sk.writeQueue.length - 1]
  if (tail !== undefined && sk.writeQueue.length > sk.sendHead && tail.data.length > 0 && tail.data.length < mss) {
    const n = Math.min(mss - tail.data.length, rest.length)
    const joined = new Uint8Array(tail.data.length + n)
    joined.set(tail.data)
    joined.set(rest.subarray(0, n), tail.data.length)
    tail.data = joined
    tail.end = seqAdd(tail.seq, joined.length)
    tail.flags = 0
    rest = rest.subarray(n)
    sk.writeSeq = tail.end
  }
  while (rest.length > 0) {
    const part = rest.subarray(0, mss)
    rest = rest.subarray(part.length)
    queueSegment(sk, 0, part)
  }
  sk.writeQueue[sk.writeQueue.length - 1]!.flags |= TCP_PSH
  sk.wmem += data.length
}

/** Append an entry that takes the next sequence numbers. */
export function queueSegment(sk: TcpSock, flags: number, data: Uint8Array): Segment {
  const length = data.length + ((flags & (TCP_SYN | TCP_FIN)) !== 0 ? 1 : 0)
  const seg: Segment = {
    seq: sk.writeSeq,
    end: seqAdd(sk.writeSeq, length),
    flags,
    data,
    sent: -1,
    retransmitted: false,
  }
  sk.writeSeq = seg.end
  sk.writeQueue.push(seg)
  return seg
}

/** tcp_enter_quickack_mode: the next segments are acknowledged at once. */
export function tcp_enter_quickack_mode(sk: TcpSock, max: number): void {
  tcp_incr_quickack(sk, max)
  sk.pingpong = 0
  sk.ato = TCP_ATO_MIN
}

export function tcp_incr_quickack(sk: TcpSock, max: number): void {
  let quick = Math.floor(sk.rcvWnd / (2 * sk.rcvMss))
  if (quick === 0) quick = 2
  quick = Math.min(quick, max, TCP_MAX_QUICKACKS)
  if (quick > sk.quick) sk.quick = quick
}

/** tcp_write_wakeup's data part: as much of the next segment as the window takes; null when it takes nothing, else as tcp_transmit. */
export function probeWithData(sk: TcpSock): number | null {
  if (sk.sendHead >= sk.writeQueue.length) return null
  const room = seqDiff(seqAdd(sk.sndUna, sk.sndWnd), sk.writeQueue[sk.sendHead]!.seq)
  if (room <= 0) return null
  const mss = tcp_current_mss(sk)
  const next = sk.writeQueue[sk.sendHead]!
  const seg = next.data.length > 0 ? cut(sk, sk.sendHead, Math.min(room, mss)) : next
  seg.flags |= TCP_PSH
  const err = sendNew(sk, seg, mss)
  if (err === 0) tcp_rearm_rto(sk)
  return err
}
