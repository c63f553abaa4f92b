// The client's side of a handshake: connect(2), and the answer to its SYN (tcp_v4_connect, tcp_rcv_synsent_state_process).
// Read first: tcp_sock.ts. RFC 9293 3.10.7.3; simultaneous open: 3.5.
import type { Errno } from '../../lib/errno.ts'
import type { SockAddr } from '../../uapi/socket.ts'
import { TCP_ACK, TCP_RST, TCP_SYN, type Tcp } from '../../wire/tcp.ts'
import { because, kfree_skb } from '../core/drop.ts'
import type { SkBuff } from '../core/skbuff.ts'
import { flowOf, routeConnect, traceDeliver } from './inet.ts'
import { sk_dst_set, sk_wake } from './sock.ts'
import { tcp_ack } from './tcp_ack.ts'
import { tcp_connect, tcp_send_ack, tcp_send_synack, tcp_v4_send_reset } from './tcp_control.ts'
import { tcp_data_queue } from './tcp_data.ts'
import { dropPort, inet_hash_connect } from './tcp_hash.ts'
import { initTransfer } from './tcp_input.ts'
import {
  after,
  seqAdd,
  TCP_CLOSE,
  TCP_ESTABLISHED,
  TCP_INIT_CWND,
  TCP_MSS_DEFAULT,
  TCP_SYN_RECV,
  TCP_SYN_SENT,
  TCP_TIMEOUT_INIT,
  TCPOLEN_TSTAMP_ALIGNED,
  type TcpSock,
  tcp_set_state,
} from './tcp_sock.ts'
import { purgeWriteQueue, tcp_reset } from './tcp_states.ts'
import { dst_advmss, pathMtu, tcp_select_initial_window, tcp_sync_mss } from './tcp_window.ts'

/** tcp_v4_connect: null when the SYN is out. */
export function tcp_v4_connect(sk: TcpSock, to: SockAddr): Errno | null {
  const net = sk.net
  resetForConnect(sk)
  const fl = flowOf(sk, to.addr, to.port)
  const rt = routeConnect(sk, fl, 'tcp_v4_connect')
  if (typeof rt === 'string') return rt
  if (rt.type === 'broadcast' || rt.type === 'multicast') return 'ENETUNREACH'
  if (sk.saddr === 0) sk.saddr = fl.src
  if (sk.rcvSaddr === 0) sk.rcvSaddr = sk.saddr
  sk.daddr = fl.dst
  sk.dport = to.port
  tcp_set_state(sk, TCP_SYN_SENT)
  const taken = inet_hash_connect(sk)
  if (taken !== null) {
    tcp_set_state(sk, TCP_CLOSE)
    sk.dport = 0
    sk.daddr = 0
    if (!sk.addrLocked) sk.saddr = sk.rcvSaddr = 0
    return taken
  }
  sk_dst_set(sk, rt)
  const random = net.kernel.random
  sk.iss = random.u32()
  sk.tsOffset = random.u32()
  sk.ipId = random.u32() & 0xffff
  sk.sndUna = sk.sndNxt = sk.writeSeq = sk.sndSml = sk.iss
  sk.advmss = dst_advmss(net, rt)
  sk.mssClamp = 0xffff
  tcp_sync_mss(sk, pathMtu(net, rt))
  const scaling = net.cfg.sysctl['ipv4.tcp_window_scaling'] !== 0
  const w = tcp_select_initial_window(sk, sk.advmss, scaling, rt.metrics?.initrwnd ?? 0)
  sk.rcvWnd = sk.rcvSsthresh = w.rcvWnd
  sk.windowClamp = w.clamp
  sk.rcvWscale = w.wscale
  tcp_connect(sk)
  return null
}

/** A socket whose last attempt failed starts afresh. */
function resetForConnect(sk: TcpSock): void {
  purgeWriteQueue(sk)
  if (!sk.portLocked && sk.sport !== 0) {
    dropPort(sk)
    sk.sport = 0
  }
  if (!sk.addrLocked) sk.saddr = sk.rcvSaddr = 0
  sk.shutdown = 0
  sk.errSoft = null
  sk.rcvNxt = sk.rcvWup = sk.copiedSeq = 0
  sk.receiveQueue = []
  sk.rmem = 0
  sk.ofo = []
  sk.sndWnd = sk.maxWindow = sk.sndWl1 = 0
  sk.rto = TCP_TIMEOUT_INIT
  sk.srtt = sk.backoff = sk.retransmits = 0
  sk.retransStamp = -1
  sk.cwnd = TCP_INIT_CWND
  sk.ssthresh = 0x7fffffff
  sk.caState = 'open'
  sk.tlpHighSeq = -1
  sk.dsack = null
  sk.totalRetrans = sk.dsackDups = 0
  sk.isCwndLimited = false
  sk.maxPacketsOut = 0
  sk.lossProbe = false
  sk.dupacks = 0
  sk.peerDone = false
}

/** tcp_rcv_synsent_state_process */
export function tcp_rcv_synsent_state_process(sk: TcpSock, skb: SkBuff, th: Tcp): void {
  const ack = (th.flags & TCP_ACK) !== 0
  const rst = (th.flags & TCP_RST) !== 0
  if (ack && (!after(th.ack, sk.sndUna) || after(th.ack, sk.sndNxt))) {
    if (!rst) tcp_v4_send_reset(sk.net, skb)
    const note = 'it acknowledges another SYN than was sent'
    kfree_skb(sk.net, skb, 'tcp_v4_do_rcv', 'TCP_INVALID_ACK_SEQUENCE', because(note))
    return
  }
  if (rst) {
    if (!ack) {
      kfree_skb(sk.net, skb, 'tcp_rcv_state_process', 'TCP_RESET', because('a RST without ACK'))
      return
    }
    if (sk.net.kernel.tr !== null) traceDeliver(sk, skb, 'tcp_reset')
    tcp_reset(sk)
    return
  }
  if ((th.flags & TCP_SYN) === 0) {
    const reason = ack ? 'TCP_FLAGS' : 'NOT_SPECIFIED'
    kfree_skb(sk.net, skb, 'tcp_rcv_state_process', reason, because('no SYN in answer to a SYN'))
    return
  }
  if (sk.net.kernel.tr !== null) traceDeliver(sk, skb, 'tcp_rcv_synsent_state_process')
  takeOptions(sk, th)
  sk.rcvNxt = sk.rcvWup = sk.copiedSeq = seqAdd(th.seq, 1)
  sk.sndWl1 = th.seq
  if (ack) synAcked(sk, skb, th)
  else simultaneousOpen(sk, th)
}

/** tcp_parse_options, and what the peer's answer allows. */
function takeOptions(sk: TcpSock, th: Tcp): void {
  const sysctl = sk.net.cfg.sysctl
  const o = th.options
  sk.mssClamp = o?.mss ?? TCP_MSS_DEFAULT
  sk.sackOk = sysctl['ipv4.tcp_sack'] !== 0 && o?.sackPermitted === true
  sk.wscaleOk = sysctl['ipv4.tcp_window_scaling'] !== 0 && o !== null && o.windowScale !== null
  sk.sndWscale = sk.wscaleOk ? Math.min(o?.windowScale ?? 0, 14) : 0
  const ts = sysctl['ipv4.tcp_timestamps'] !== 0 ? (o?.timestamps ?? null) : null
  sk.tstampOk = ts !== null
  if (ts !== null) {
    sk.tsRecent = ts[0]
    sk.tsRecentStamp = sk.net.kernel.sim.now
  }
}

/** The usual answer: SYN and ACK. */
function synAcked(sk: TcpSock, skb: SkBuff, th: Tcp): void {
  if (!sk.wscaleOk) {
    sk.rcvWscale = 0
    sk.windowClamp = Math.min(sk.windowClamp, 0xffff)
  }
  tcp_sync_mss(sk, sk.pmtuCookie)
  tcp_ack(sk, th, true)
  sk.sndWnd = sk.maxWindow = th.window
  tcp_set_state(sk, TCP_ESTABLISHED)
  if (sk.tstampOk) sk.advmss -= TCPOLEN_TSTAMP_ALIGNED
  sk.errSoft = null
  initTransfer(sk)
  tcp_sync_mss(sk, sk.pmtuCookie)
  tcp_send_ack(sk)
  sk_wake(sk)
  if (skb.data.length > 0) tcp_data_queue(sk, skb, th)
}

/** Both sides sent a SYN: answer with SYN-ACK and go on in SYN_RECV. Our window stays scaled, whatever the other side's SYN says. */
function simultaneousOpen(sk: TcpSock, th: Tcp): void {
  tcp_set_state(sk, TCP_SYN_RECV)
  sk.sndWnd = sk.maxWindow = th.window
  tcp_sync_mss(sk, sk.pmtuCookie)
  tcp_send_synack(sk)
}
