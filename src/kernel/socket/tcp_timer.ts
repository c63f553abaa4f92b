// The timers of TCP: retransmission, window probes, delayed ACKs, keepalive, SYN-ACKs, TIME_WAIT (net/ipv4/tcp_timer.c).
// Read first: tcp_sock.ts, tcp_output.ts. RFC 6298, 1122 4.2.3.5-6, 9293 3.8.6.1.
// Leaves out: F-RTO, tcp_mtu_probing. Timers fire on time: the kernel's wheel rounds up, by an eighth at most.
import type { NetNs } from '../core/netns.ts'
import {
  tcp_send_ack,
  tcp_send_active_reset,
  tcp_send_synack,
  tcp_transmit_syn,
  tcp_v4_send_synack,
  tcp_xmit_probe_skb,
} from './tcp_control.ts'
import { reqsk_drop } from './tcp_minisocks.ts'
import { probeWithData, skb_still_in_host_queue, tcp_retransmit, tcp_send_loss_probe } from './tcp_output.ts'
import type { SockTimer } from './tcp_sock.ts'
import {
  armTimer,
  MS,
  stopTimer,
  TCP_ATO_MIN,
  TCP_CLOSE,
  TCP_DELACK_MAX,
  TCP_DELACK_MIN,
  TCP_FIN_WAIT2,
  TCP_LISTEN,
  TCP_PINGPONG_THRESH,
  TCP_RTO_MAX,
  TCP_RTO_MIN,
  TCP_SYN_RECV,
  TCP_SYN_SENT,
  TCP_TIMEOUT_INIT,
  TCP_TIMEWAIT_LEN,
  type TcpRequest,
  type TcpSock,
  TIMER_DELACK,
  TIMER_KEEPALIVE,
  TIMER_PROBE,
  TIMER_RETRANS,
  TIMER_SYNACK,
  TIMER_TIMEWAIT,
  tcp_reno_ssthresh,
} from './tcp_sock.ts'
import { tcp_write_err } from './tcp_states.ts'
import { inet_twsk_kill, tcp_fin_time, tcp_time_wait } from './tcp_timewait.ts'

const SEC = 1000 * MS
/** One jiffy at HZ 250: the shortest that a timer waits. */
const TICK = 4 * MS
/** What did not leave for want of room in a queue here is tried again so much later. */
const TCP_RESOURCE_PROBE_INTERVAL = SEC / 2
/** tcp_orphan_retries with the sysctl at 0, while the peer may be alive. */
const ORPHAN_RETRIES = 8

/** A timer of a connection has come up; one that was moved later meanwhile goes back to the queue. */
export function tcpTimer(net: NetNs, t: SockTimer): void {
  if (t.due < 0) return
  if (t.due > net.kernel.sim.now) {
    net.kernel.sim.armWheel(t, t.due)
    return
  }
  t.due = -1
  const s = t.sock
  switch (s.kind) {
    case 'request':
      if (t.which === TIMER_SYNACK) reqsk_timer(s)
      return
    case 'timewait':
      if (t.which === TIMER_TIMEWAIT) inet_twsk_kill(s)
      return
    case 'sock':
      if (t.which === TIMER_RETRANS && s.lossProbe) tcp_send_loss_probe(s)
      else if (t.which === TIMER_RETRANS) tcp_retransmit_timer(s)
      else if (t.which === TIMER_PROBE) tcp_probe_timer(s)
      else if (t.which === TIMER_DELACK) tcp_delack_timer(s)
      else if (t.which === TIMER_KEEPALIVE) tcp_keepalive_timer(s)
  }
}

/** tcp_model_timeout: how long that many retransmissions take from RTO_MIN on. */
function modelTimeout(retries: number): number {
  const doubling = 9
  if (retries <= doubling) return (2 ** (retries + 1) - 1) * TCP_RTO_MIN
  return (2 ** (doubling + 1) - 1) * TCP_RTO_MIN + (retries - doubling) * TCP_RTO_MAX
}

/** tcp_write_timeout: has it been tried long enough? */
function timedOut(sk: TcpSock): boolean {
  const sysctl = sk.net.cfg.sysctl
  if (sk.state === TCP_SYN_SENT) return sk.retransmits >= sysctl['ipv4.tcp_syn_retries']
  if (sk.retransStamp < 0) return false
  const retries = sk.owner === null ? ORPHAN_RETRIES : sysctl['ipv4.tcp_retries2']
  const limit = sk.userTimeout > 0 ? sk.userTimeout : modelTimeout(retries)
  return sk.net.kernel.sim.now - sk.retransStamp >= limit
}

/** tcp_clamp_rto_to_user_timeout: no later than the user's patience ends. */
function clampToUser(sk: TcpSock, delay: number, since: number): number {
  if (sk.userTimeout === 0 || since < 0) return delay
  return Math.max(1, Math.min(delay, since + sk.userTimeout - sk.net.kernel.sim.now))
}

/** tcp_retransmit_timer: everything in flight counts as lost; start again from the first with one segment. */
function tcp_retransmit_timer(sk: TcpSock): void {
  if (sk.sendHead === 0 || sk.state === TCP_CLOSE) return
  if (timedOut(sk)) {
    tcp_write_err(sk)
    return
  }
  const { cwnd } = sk
  const { sent } = sk.writeQueue[0]!
  const waits = sent >= 0 && skb_still_in_host_queue(sk, sk.writeQueue[0]!)
  tcp_enter_loss(sk)
  sk.retransmits++
  if (waits) {
    sk.writeQueue[0]!.sent = sent
    if (sk.retransStamp < 0) sk.retransStamp = sent
    if (sk.state === TCP_SYN_SENT) sk.cwnd = cwnd
  } else if (sk.state === TCP_SYN_SENT) {
    const seg = sk.writeQueue[0]!
    if (sk.retransStamp < 0) sk.retransStamp = sk.net.kernel.sim.now
    seg.sent = sk.net.kernel.sim.now
    seg.retransmitted = true
    tcp_transmit_syn(sk)
  } else if (sk.state === TCP_SYN_RECV) {
    sk.writeQueue[0]!.sent = sk.net.kernel.sim.now
    tcp_send_synack(sk)
  } else if (tcp_retransmit(sk, 0) > 0) {
    armTimer(sk.net, sk.retransTimer, sk.net.kernel.sim.now + TCP_RESOURCE_PROBE_INTERVAL)
    return
  }
  sk.backoff++
  sk.rto = Math.min(sk.rto * 2, TCP_RTO_MAX)
  armTimer(sk.net, sk.retransTimer, sk.net.kernel.sim.now + clampToUser(sk, sk.rto, sk.retransStamp))
}

/** tcp_enter_loss (RFC 5681, 3.1) */
function tcp_enter_loss(sk: TcpSock): void {
  if (sk.caState !== 'loss') {
    sk.ssthresh = tcp_reno_ssthresh(sk)
    sk.highSeq = sk.sndNxt
  }
  sk.caState = 'loss'
  sk.tlpHighSeq = -1
  sk.cwnd = 1
  sk.cwndCnt = 0
  sk.dupacks = 0
  for (let i = 0; i < sk.sendHead; i++) sk.writeQueue[i]!.sent = -1
}

/** tcp_probe_timer: the peer's window is shut; ask again and again, for as long as it answers. */
function tcp_probe_timer(sk: TcpSock): void {
  if (sk.sendHead > 0 || sk.writeQueue.length === 0 || sk.state === TCP_CLOSE) {
    sk.probesOut = 0
    sk.probesStamp = -1
    return
  }
  const now = sk.net.kernel.sim.now
  if (sk.probesStamp < 0) sk.probesStamp = now
  else if (sk.userTimeout > 0 && now - sk.probesStamp >= sk.userTimeout) {
    tcp_write_err(sk)
    return
  }
  const limit = sk.owner === null ? ORPHAN_RETRIES : sk.net.cfg.sysctl['ipv4.tcp_retries2']
  if (sk.probesOut >= limit) {
    tcp_write_err(sk)
    return
  }
  tcp_send_probe0(sk)
}

/** tcp_send_probe0: what the window takes, else a question about the window. */
function tcp_send_probe0(sk: TcpSock): void {
  const err = probeWithData(sk) ?? tcp_xmit_probe_skb(sk)
  if (sk.sendHead > 0) {
    sk.probesOut = 0
    sk.probesStamp = -1
    sk.backoff = 0
    return
  }
  sk.probesOut++
  if (err <= 0 && sk.backoff < sk.net.cfg.sysctl['ipv4.tcp_retries2']) sk.backoff++
  const when = Math.min(Math.max(sk.rto, TCP_RTO_MIN) * 2 ** sk.backoff, TCP_RTO_MAX)
  const delay = err <= 0 ? when : TCP_RESOURCE_PROBE_INTERVAL
  armTimer(sk.net, sk.probeTimer, sk.net.kernel.sim.now + clampToUser(sk, delay, sk.probesStamp))
}

/** tcp_delack_timer_handler */
function tcp_delack_timer(sk: TcpSock): void {
  if (sk.state === TCP_CLOSE || sk.state === TCP_LISTEN || !sk.ackPending) return
  if (sk.pingpong < TCP_PINGPONG_THRESH) sk.ato = Math.min(sk.ato * 2, sk.rto)
  else {
    sk.pingpong = 0
    sk.ato = TCP_ATO_MIN
  }
  tcp_send_ack(sk)
}

/** tcp_send_delayed_ack: wait for data to ride on, 40 ms at first, 200 ms at most. */
export function tcp_send_delayed_ack(sk: TcpSock): void {
  const now = sk.net.kernel.sim.now
  let ato = sk.ato === 0 ? TICK : sk.ato
  if (ato > TCP_DELACK_MIN) {
    let most = sk.pingpong >= TCP_PINGPONG_THRESH || sk.ackPushed > 0 ? TCP_DELACK_MAX : SEC / 2
    if (sk.srtt !== 0) most = Math.min(most, Math.max(sk.srtt, TCP_DELACK_MIN))
    ato = Math.min(ato, most)
  }
  let timeout = now + ato
  if (sk.delackTimer.due >= 0) {
    if (sk.delackTimer.due <= now + ato / 4) {
      tcp_send_ack(sk)
      return
    }
    timeout = Math.min(timeout, sk.delackTimer.due)
  }
  sk.ackPending = true
  armTimer(sk.net, sk.delackTimer, timeout)
}

/** tcp_keepalive_timer: idle connections with SO_KEEPALIVE. */
function tcp_keepalive_timer(sk: TcpSock): void {
  if (sk.state === TCP_LISTEN || sk.state === TCP_CLOSE || sk.state === TCP_SYN_SENT) return
  if (sk.state === TCP_FIN_WAIT2 && sk.owner === null) {
    tcp_time_wait(sk, TCP_FIN_WAIT2, tcp_fin_time(sk) - TCP_TIMEWAIT_LEN)
    return
  }
  if (!sk.keepAlive) return
  const now = sk.net.kernel.sim.now
  const idle = now - sk.lastReceived
  const wait = keepalive_time_when(sk)
  if (sk.sendHead > 0 || sk.writeQueue.length > 0) {
    armTimer(sk.net, sk.keepaliveTimer, now + wait)
    return
  }
  if (idle < wait) {
    armTimer(sk.net, sk.keepaliveTimer, sk.lastReceived + wait)
    return
  }
  const limit = sk.keepCnt !== 0 ? sk.keepCnt : sk.net.cfg.sysctl['ipv4.tcp_keepalive_probes']
  const user = sk.userTimeout
  if (user > 0 ? idle >= user && sk.keepaliveProbes > 0 : sk.keepaliveProbes >= limit) {
    tcp_send_active_reset(sk)
    tcp_write_err(sk)
    return
  }
  tcp_xmit_probe_skb(sk)
  sk.keepaliveProbes++
  armTimer(sk.net, sk.keepaliveTimer, now + keepalive_intvl_when(sk))
}

function keepalive_time_when(sk: TcpSock): number {
  return sk.keepIdle !== 0 ? sk.keepIdle : sk.net.cfg.sysctl['ipv4.tcp_keepalive_time'] * SEC
}

function keepalive_intvl_when(sk: TcpSock): number {
  return sk.keepIntvl !== 0 ? sk.keepIntvl : sk.net.cfg.sysctl['ipv4.tcp_keepalive_intvl'] * SEC
}

/** Start or stop keepalive (tcp_set_keepalive, inet_csk_reset_keepalive_timer). */
export function tcp_set_keepalive(sk: TcpSock, on: boolean): void {
  if (sk.state === TCP_CLOSE || sk.state === TCP_LISTEN) return
  if (!on) stopTimer(sk.net, sk.keepaliveTimer)
  else armTimer(sk.net, sk.keepaliveTimer, sk.net.kernel.sim.now + keepalive_time_when(sk))
}

/** tcp_sock_set_keepidle: the time that has passed in silence counts. */
export function tcp_sock_set_keepidle(sk: TcpSock): void {
  if (!sk.keepAlive || sk.state === TCP_CLOSE || sk.state === TCP_LISTEN) return
  const { now } = sk.net.kernel.sim
  armTimer(sk.net, sk.keepaliveTimer, Math.max(sk.lastReceived + keepalive_time_when(sk), now))
}

/** reqsk_timer_handler: the SYN-ACK again, up to tcp_synack_retries times. */
function reqsk_timer(req: TcpRequest): void {
  const gone = req.listener.state !== TCP_LISTEN
  if (gone || req.timeouts >= req.net.cfg.sysctl['ipv4.tcp_synack_retries']) {
    reqsk_drop(req)
    return
  }
  req.timeouts++
  tcp_v4_send_synack(req)
  const delay = Math.min(TCP_TIMEOUT_INIT * 2 ** req.timeouts, TCP_RTO_MAX)
  armTimer(req.net, req.timer, req.net.kernel.sim.now + delay)
}
