// Control segments: SYN, SYN-ACK, ACK, FIN, RST, window probes (net/ipv4/tcp_output.c, tcp_ipv4.c).
// Read first: tcp_output.ts. RFC 9293 3.5, 3.10.7.1 (which RST answers what), 5961 (challenge ACKs).

import { IP_HLEN, IPPROTO_TCP, ipv4 } from '../../wire/ipv4.ts'
import { NO_DATA } from '../../wire/packet.ts'
import { TCP_ACK, TCP_FIN, TCP_HLEN, TCP_RST, TCP_SYN, type Tcp, type TcpOptions, tcp } from '../../wire/tcp.ts'
import type { NetNs } from '../core/netns.ts'
import { SK_CONTROL, type SkBuff } from '../core/skbuff.ts'
import { Flow } from '../ipv4/fib_lookup.ts'
import { ip_local_out } from '../ipv4/ip_output.ts'
import { ip_route_output } from '../ipv4/route.ts'
import {
  ip_queue_xmit,
  optionBytes,
  queueSegment,
  tcp_push_pending_frames,
  tcp_rearm_rto,
  tcp_transmit,
} from './tcp_output.ts'
import {
  seqAdd,
  TCP_INVALID_RATELIMIT,
  type TcpRequest,
  type TcpSock,
  type TcpTimewait,
  tcp_time_stamp,
} from './tcp_sock.ts'

/** tcp_send_ack */
export function tcp_send_ack(sk: TcpSock): void {
  tcp_transmit(sk, sk.sndNxt, TCP_ACK, NO_DATA)
}

/** tcp_send_fin: queue a FIN behind what waits, or on its last unsent segment, and push. */
export function tcp_send_fin(sk: TcpSock): void {
  const tail = sk.writeQueue[sk.writeQueue.length - 1]
  if (tail !== undefined && sk.writeQueue.length > sk.sendHead) {
    tail.flags |= TCP_FIN
    tail.end = seqAdd(tail.end, 1)
    sk.writeSeq = tail.end
  } else queueSegment(sk, TCP_FIN, NO_DATA)
  tcp_push_pending_frames(sk)
}

/** tcp_send_active_reset: the user closed with data unread, or gives up. */
export function tcp_send_active_reset(sk: TcpSock): void {
  tcp_transmit(sk, sk.sndNxt, TCP_RST | TCP_ACK, NO_DATA)
}

/** tcp_xmit_probe_skb: an old sequence number that the peer has to answer; not 0 when it did not leave. */
export function tcp_xmit_probe_skb(sk: TcpSock): number {
  return tcp_transmit(sk, seqAdd(sk.sndUna, -1), TCP_ACK, NO_DATA)
}

/** tcp_send_challenge_ack, at most one per half second and connection. */
export function tcp_send_challenge_ack(sk: TcpSock): void {
  if (oowRateLimited(sk.net, sk)) return
  tcp_send_ack(sk)
}

/** tcp_oow_rate_limited for answers to segments without data. */
export function oowRateLimited(net: NetNs, entry: { lastOow: number }): boolean {
  const now = net.kernel.sim.now
  if (entry.lastOow >= 0 && now - entry.lastOow < TCP_INVALID_RATELIMIT) return true
  entry.lastOow = now
  return false
}

/** tcp_syn_options: what a SYN offers. */
function offer(sk: TcpSock): TcpOptions {
  const sysctl = sk.net.cfg.sysctl
  const withTs = sysctl['ipv4.tcp_timestamps'] !== 0
  return {
    mss: sk.advmss,
    windowScale: sysctl['ipv4.tcp_window_scaling'] !== 0 ? sk.rcvWscale : null,
    sackPermitted: sysctl['ipv4.tcp_sack'] !== 0,
    timestamps: withTs ? [tcp_time_stamp(sk.net, sk.tsOffset), sk.tsRecent] : null,
    unknown: null,
  }
}

/** The SYN of connect(2), also when it is sent again. */
export function tcp_transmit_syn(sk: TcpSock): void {
  const th = tcp(sk.sport, sk.dport, sk.iss, 0, TCP_SYN, Math.min(sk.rcvWnd, 0xffff), 0, offer(sk), false)
  ip_queue_xmit(sk, th, NO_DATA)
}

/** tcp_connect's last part: the SYN goes out and its timer starts. */
export function tcp_connect(sk: TcpSock): void {
  const seg = queueSegment(sk, TCP_SYN, NO_DATA)
  seg.sent = sk.net.kernel.sim.now
  sk.sendHead = 1
  sk.sndNxt = sk.writeSeq
  tcp_transmit_syn(sk)
  tcp_rearm_rto(sk)
}

/** tcp_send_synack, the answer of a simultaneous open: our SYN once more, with ACK; it offers what the SYN did. */
export function tcp_send_synack(sk: TcpSock): void {
  const window = Math.min(sk.rcvWnd, 0xffff)
  const th = tcp(sk.sport, sk.dport, sk.iss, sk.rcvNxt, TCP_SYN | TCP_ACK, window, 0, offer(sk), false)
  ip_queue_xmit(sk, th, NO_DATA)
}

/** tcp_v4_send_synack: the listener's answer to a SYN, for a connection that is not one yet. */
export function tcp_v4_send_synack(req: TcpRequest): void {
  const options: TcpOptions = {
    mss: req.advmss,
    windowScale: req.wscaleOk ? req.rcvWscale : null,
    sackPermitted: req.sackOk,
    timestamps: req.tstampOk ? [tcp_time_stamp(req.net, req.tsOffset), req.tsRecent] : null,
    unknown: null,
  }
  const th = tcp(
    req.sport,
    req.dport,
    req.sntIsn,
    seqAdd(req.rcvIsn, 1),
    TCP_SYN | TCP_ACK,
    Math.min(req.rcvWnd, 0xffff),
    0,
    options,
    false,
  )
  req.synackSent = req.net.kernel.sim.now
  reply(req.net, req, th, req.listener.ttl, req.listener.inode, req.cause)
}

/** Where an answer outside a connection goes, and from which of our addresses. */
interface ReplyPath {
  readonly saddr: number
  readonly daddr: number
  readonly tos: number
  readonly mark: number
  readonly ifindex: number
}

/** ip_send_unicast_reply: a lone segment with DF and identification 0. */
function reply(net: NetNs, path: ReplyPath, th: Tcp, ttl: number, inode: number, cause: number): void {
  const { saddr, daddr, mark, ifindex } = path
  const fl = new Flow().set(daddr, saddr, 1, ifindex, mark, path.tos & 0x1e, IPPROTO_TCP, th.sport, th.dport, 0)
  const rt = ip_route_output(net, fl)
  if (typeof rt === 'string') return
  const length = IP_HLEN + TCP_HLEN + optionBytes(th.options)
  const hops = ttl >= 0 ? ttl : (rt.metrics?.hoplimit ?? net.cfg.sysctl['ipv4.ip_default_ttl'])
  // without the ECN bits
  const header = ipv4(saddr, daddr, IPPROTO_TCP, hops, path.tos & 0xfc, 0, true, false, 0, length, null, false)
  const skb = net.kernel.newSkb({ net: header, l4: th, data: NO_DATA })
  skb.sk = inode
  skb.mark = mark
  ip_local_out(net, skb, rt, 'tcp', cause)
}

/** tcp_v4_send_reset: to a segment that nobody wants (never to a RST, nor to what was not for our own address). */
export function tcp_v4_send_reset(net: NetNs, skb: SkBuff): void {
  const th = skb.l4 as Tcp
  if ((th.flags & TCP_RST) !== 0 || (skb.rt !== null && skb.rt.type !== 'local')) return
  const acked = (th.flags & TCP_ACK) !== 0
  const length = ((th.flags & TCP_SYN) !== 0 ? 1 : 0) + ((th.flags & TCP_FIN) !== 0 ? 1 : 0) + skb.data.length
  const answer = tcp(
    th.dport,
    th.sport,
    acked ? th.ack : 0,
    acked ? 0 : seqAdd(th.seq, length),
    acked ? TCP_RST : TCP_RST | TCP_ACK,
    0,
    0,
    null,
    false,
  )
  const ip = skb.ip
  const mark = net.cfg.sysctl['ipv4.fwmark_reflect'] !== 0 ? skb.mark : 0
  reply(net, { saddr: ip.dst, daddr: ip.src, tos: ip.tos, mark, ifindex: 0 }, answer, -1, SK_CONTROL, skb.id)
}

/** tcp_v4_reqsk_send_ack: "your segment does not fit the handshake under way". */
export function tcp_v4_reqsk_send_ack(req: TcpRequest, skb: SkBuff): void {
  const timestamps: readonly [number, number] | null = req.tstampOk
    ? [tcp_time_stamp(req.net, req.tsOffset), req.tsRecent]
    : null
  const window = Math.floor(req.rcvWnd / 2 ** req.rcvWscale)
  sendAck(req.net, req, seqAdd(req.sntIsn, 1), seqAdd(req.rcvIsn, 1), window, timestamps, skb.id)
}

/** tcp_v4_timewait_ack */
export function tcp_v4_timewait_ack(tw: TcpTimewait, skb: SkBuff): void {
  const timestamps: readonly [number, number] | null = tw.tstampOk
    ? [tcp_time_stamp(tw.net, tw.tsOffset), tw.tsRecent]
    : null
  const window = Math.floor(tw.rcvWnd / 2 ** tw.rcvWscale)
  const path = { ...pathOf(tw), ifindex: tw.boundIf }
  sendAck(tw.net, path, tw.sndNxt, tw.rcvNxt, window, timestamps, skb.id)
}

function pathOf(tw: TcpTimewait): Omit<ReplyPath, 'ifindex'> & { sport: number; dport: number } {
  return { saddr: tw.saddr, daddr: tw.daddr, tos: tw.tos, mark: tw.mark, sport: tw.sport, dport: tw.dport }
}

/** tcp_v4_send_ack: a bare ACK outside a full connection. */
function sendAck(
  net: NetNs,
  path: ReplyPath & { readonly sport: number; readonly dport: number },
  seq: number,
  ack: number,
  window: number,
  timestamps: readonly [number, number] | null,
  cause: number,
): void {
  const options: TcpOptions | null =
    timestamps === null ? null : { mss: null, windowScale: null, sackPermitted: false, timestamps, unknown: null }
  reply(net, path, tcp(path.sport, path.dport, seq, ack, TCP_ACK, window, 0, options, false), -1, SK_CONTROL, cause)
}
