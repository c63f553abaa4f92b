// The listener's side of a handshake: SYN to SYN-ACK to a new socket (tcp_conn_request, tcp_check_req, tcp_v4_syn_recv_sock).
// Read first: tcp_sock.ts. RFC 9293 3.10.7.2.
// Leaves out: SYN cookies (a full SYN queue drops), Fast Open, TCP_DEFER_ACCEPT.

import type { DropReason } from '../../uapi/drop.ts'
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type Tcp } from '../../wire/tcp.ts'
import { because, kfree_skb } from '../core/drop.ts'
import type { SkBuff } from '../core/skbuff.ts'
import { flowOf, routeSocket } from './inet.ts'
import { sk_dst_set } from './sock.ts'
import { oowRateLimited, tcp_v4_reqsk_send_ack, tcp_v4_send_reset, tcp_v4_send_synack } from './tcp_control.ts'
import { holdPort, inet_ehash_insert, inet_unhash } from './tcp_hash.ts'
import {
  after,
  armTimer,
  before,
  seqAdd,
  stopTimer,
  TCP_MSS_DEFAULT,
  TCP_SYN_RECV,
  TCP_TIMEOUT_INIT,
  TCPOLEN_TSTAMP_ALIGNED,
  TcpRequest,
  TcpSock,
  tcp_set_state,
} from './tcp_sock.ts'
import { dst_advmss, pathMtu, tcp_select_initial_window, tcp_sync_mss } from './tcp_window.ts'

function drop(sk: TcpSock, skb: SkBuff, fn: string, reason: DropReason, note: string): void {
  kfree_skb(sk.net, skb, fn, reason, because(note))
}

/** sk_acceptq_is_full */
function acceptQueueFull(sk: TcpSock): boolean {
  return sk.acceptQueue.length > sk.backlog
}

/** tcp_conn_request: a SYN for a listener. */
export function tcp_conn_request(sk: TcpSock, skb: SkBuff, th: Tcp): void {
  if (skb.rt !== null && (skb.rt.type === 'broadcast' || skb.rt.type === 'multicast')) {
    drop(sk, skb, 'tcp_v4_conn_request', 'NOT_SPECIFIED', 'no connection to a broadcast or multicast address')
    return
  }
  if (sk.synQueue >= sk.backlog && sk.synQueue > 0) {
    drop(
      sk,
      skb,
      'tcp_conn_request',
      'NOT_SPECIFIED',
      `${sk.synQueue} connections are being made, the backlog is ${sk.backlog}`,
    )
    return
  }
  if (acceptQueueFull(sk)) {
    const note = `${sk.acceptQueue.length} connections wait for accept, the backlog is ${sk.backlog}`
    drop(sk, skb, 'tcp_conn_request', 'TCP_LISTEN_OVERFLOW', note)
    return
  }
  const req = makeRequest(sk, skb, th)
  const fl = flowOf(sk, req.daddr, req.dport)
  fl.src = req.saddr
  const rt = routeSocket(sk, fl, 'inet_csk_route_req')
  if (typeof rt === 'string') {
    drop(sk, skb, 'tcp_conn_request', 'IP_OUTNOROUTES', 'no route back to the sender of the SYN')
    return
  }
  req.advmss = dst_advmss(sk.net, rt)
  const mss = req.advmss - (req.tstampOk ? TCPOLEN_TSTAMP_ALIGNED : 0)
  const w = tcp_select_initial_window(sk, mss, req.wscaleOk, rt.metrics?.initrwnd ?? 0)
  req.rcvWnd = w.rcvWnd
  req.windowClamp = w.clamp
  req.rcvWscale = w.wscale
  inet_ehash_insert(req)
  sk.synQueue++
  armTimer(sk.net, req.timer, sk.net.kernel.sim.now + TCP_TIMEOUT_INIT)
  tcp_v4_send_synack(req)
}

function makeRequest(sk: TcpSock, skb: SkBuff, th: Tcp): TcpRequest {
  const req = new TcpRequest(sk)
  const sysctl = sk.net.cfg.sysctl
  const random = sk.net.kernel.random
  const o = th.options
  req.saddr = skb.ip.dst
  req.sport = th.dport
  req.daddr = skb.ip.src
  req.dport = th.sport
  req.ifindex = sk.boundIf
  req.mark = sysctl['ipv4.tcp_fwmark_accept'] !== 0 ? skb.mark : sk.mark
  req.tos = sk.tos
  req.rcvIsn = th.seq
  req.sntIsn = random.u32()
  req.mss = o?.mss ?? TCP_MSS_DEFAULT
  req.wscaleOk = sysctl['ipv4.tcp_window_scaling'] !== 0 && o !== null && o.windowScale !== null
  req.sndWscale = req.wscaleOk ? Math.min(o?.windowScale ?? 0, 14) : 0
  req.tstampOk = sysctl['ipv4.tcp_timestamps'] !== 0 && o !== null && o.timestamps !== null
  req.sackOk = sysctl['ipv4.tcp_sack'] !== 0 && o?.sackPermitted === true
  req.tsRecent = req.tstampOk ? (o?.timestamps?.[0] ?? 0) : 0
  req.tsOffset = random.u32()
  req.cause = skb.id
  return req
}

/** inet_csk_reqsk_queue_drop */
export function reqsk_drop(req: TcpRequest): void {
  stopTimer(req.net, req.timer)
  inet_unhash(req)
  req.listener.synQueue--
}

/** tcp_check_req: a segment for an embryonic connection. The child when it completes the handshake, else null. */
export function tcp_check_req(req: TcpRequest, skb: SkBuff, th: Tcp): TcpSock | null {
  const sk = req.listener
  const flags = th.flags & (TCP_RST | TCP_SYN | TCP_ACK)
  const ts = req.tstampOk ? (th.options?.timestamps ?? null) : null
  const paws = ts !== null && (flags & TCP_RST) === 0 && before(ts[0], req.tsRecent)
  if (th.seq === req.rcvIsn && flags === TCP_SYN && !paws) {
    if (!oowRateLimited(sk.net, req)) tcp_v4_send_synack(req)
    drop(sk, skb, 'tcp_v4_rcv', 'NOT_SPECIFIED', 'the SYN again: the SYN-ACK goes out again')
    return null
  }
  if ((flags & TCP_ACK) !== 0 && th.ack !== seqAdd(req.sntIsn, 1)) {
    tcp_v4_send_reset(sk.net, skb)
    drop(sk, skb, 'tcp_v4_do_rcv', 'TCP_FLAGS', 'it acknowledges another SYN-ACK than was sent')
    return null
  }
  const end = seqAdd(th.seq, skb.data.length + ((th.flags & TCP_FIN) !== 0 ? 1 : 0) + ((flags & TCP_SYN) !== 0 ? 1 : 0))
  const first = seqAdd(req.rcvIsn, 1)
  if (paws || before(end, first) || after(th.seq, seqAdd(first, req.rcvWnd))) {
    if ((flags & TCP_RST) === 0 && !oowRateLimited(sk.net, req)) tcp_v4_reqsk_send_ack(req, skb)
    const reason = paws ? 'TCP_RFC7323_PAWS' : 'TCP_OVERWINDOW'
    drop(sk, skb, 'tcp_v4_rcv', reason, 'out of the window of a connection being made')
    return null
  }
  if (ts !== null && !after(th.seq, first)) req.tsRecent = ts[0]
  if ((flags & (TCP_RST | TCP_SYN)) !== 0) {
    if ((flags & TCP_RST) === 0) tcp_v4_send_reset(sk.net, skb)
    reqsk_drop(req)
    drop(sk, skb, 'tcp_v4_rcv', 'NOT_SPECIFIED', 'the peer gave the connection up')
    return null
  }
  if ((flags & TCP_ACK) === 0) {
    drop(sk, skb, 'tcp_v4_rcv', 'NOT_SPECIFIED', 'no ACK')
    return null
  }
  if (acceptQueueFull(sk)) {
    const note = `${sk.acceptQueue.length} connections wait for accept, the backlog is ${sk.backlog}`
    if (sk.net.cfg.sysctl['ipv4.tcp_abort_on_overflow'] !== 0) {
      tcp_v4_send_reset(sk.net, skb)
      reqsk_drop(req)
    }
    drop(sk, skb, 'tcp_v4_rcv', 'TCP_LISTEN_OVERFLOW', note)
    return null
  }
  reqsk_drop(req)
  return tcp_create_openreq_child(req, th)
}

/** tcp_v4_syn_recv_sock: the new socket, still in SYN_RECV; the caller feeds it the segment that made it. */
function tcp_create_openreq_child(req: TcpRequest, th: Tcp): TcpSock {
  const from = req.listener
  const net = from.net
  const sk = new TcpSock(net.kernel.nextInode(), net, from.owner)
  net.kernel.layer.adopt(sk)
  inheritOptions(sk, from)
  sk.parent = from
  sk.rcvSaddr = sk.saddr = req.saddr
  sk.daddr = req.daddr
  sk.dport = req.dport
  sk.mark = req.mark
  sk.ipId = net.kernel.random.u32() & 0xffff
  sk.iss = req.sntIsn
  sk.sndUna = sk.sndNxt = sk.writeSeq = sk.sndSml = seqAdd(req.sntIsn, 1)
  sk.rcvNxt = sk.rcvWup = sk.copiedSeq = seqAdd(req.rcvIsn, 1)
  sk.rcvWnd = req.rcvWnd
  sk.rcvSsthresh = req.rcvWnd
  sk.windowClamp = req.windowClamp
  sk.wscaleOk = req.wscaleOk
  sk.sndWscale = req.sndWscale
  sk.rcvWscale = req.rcvWscale
  sk.tstampOk = req.tstampOk
  sk.sackOk = req.sackOk
  sk.tsOffset = req.tsOffset
  sk.tsRecent = req.tsRecent
  if (req.tstampOk) sk.tsRecentStamp = net.kernel.sim.now
  sk.sndWnd = th.window * 2 ** sk.sndWscale
  sk.maxWindow = sk.sndWnd
  sk.mssClamp = req.mss
  sk.advmss = req.advmss
  // Sampled by tcp_rcv_state_process: the SYN-ACK's round trip.
  sk.retransStamp = req.timeouts === 0 ? req.synackSent : -1
  sk.cwnd = req.timeouts > 1 ? 1 : sk.cwnd
  const rt = routeSocket(sk, flowOf(sk, sk.daddr, sk.dport), 'inet_csk_route_child_sock')
  if (typeof rt !== 'string') {
    sk_dst_set(sk, rt)
    tcp_sync_mss(sk, pathMtu(net, rt))
  }
  holdPort(sk, req.sport)
  tcp_set_state(sk, TCP_SYN_RECV)
  inet_ehash_insert(sk)
  return sk
}

/** What sk_clone_lock copies of the listener's options. */
function inheritOptions(sk: TcpSock, from: TcpSock): void {
  sk.uid = from.uid
  sk.boundIf = from.boundIf
  sk.ttl = from.ttl
  sk.tos = from.tos
  sk.reuseAddr = from.reuseAddr
  sk.reusePort = from.reusePort
  sk.keepAlive = from.keepAlive
  sk.keepIdle = from.keepIdle
  sk.keepIntvl = from.keepIntvl
  sk.keepCnt = from.keepCnt
  sk.userTimeout = from.userTimeout
  sk.nonagle = from.nonagle
  sk.pmtudisc = from.pmtudisc
  sk.recvErr = from.recvErr
  sk.rcvbuf = from.rcvbuf
  sk.sndbuf = from.sndbuf
  sk.bufLocked = from.bufLocked
}
