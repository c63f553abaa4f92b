// TIME_WAIT, and FIN_WAIT2 without an owner: the remains of a connection (net/ipv4/tcp_minisocks.c, inet_timewait_sock.c).
// Read first: tcp_sock.ts. RFC 9293 3.6.1, RFC 1337, RFC 6191 (a new SYN ends TIME_WAIT).
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type Tcp } from '../../wire/tcp.ts'
import { because, kfree_skb } from '../core/drop.ts'
import type { SkBuff } from '../core/skbuff.ts'
import { addHead } from './table.ts'
import { oowRateLimited, tcp_v4_send_reset, tcp_v4_timewait_ack } from './tcp_control.ts'
import { dropPort, inet_ehash_insert, inet_unhash } from './tcp_hash.ts'
import {
  after,
  armTimer,
  before,
  SECOND,
  seqAdd,
  stopTimer,
  TCP_FIN_WAIT2,
  TCP_TIME_WAIT,
  TCP_TIMEWAIT_LEN,
  type TcpSock,
  TcpTimewait,
} from './tcp_sock.ts'
import { tcp_done } from './tcp_states.ts'

/** tcp_fin_time: how long an orphan waits for the peer's FIN. */
export function tcp_fin_time(sk: TcpSock): number {
  return sk.net.cfg.sysctl['ipv4.tcp_fin_timeout'] * SECOND
}

/** An orphan enters FIN_WAIT2: as a shadow for up to a minute, for longer it first stays what it is. */
export function orphanFinWait2(sk: TcpSock): void {
  const time = tcp_fin_time(sk)
  if (time <= TCP_TIMEWAIT_LEN) tcp_time_wait(sk, TCP_FIN_WAIT2, time)
  else armTimer(sk.net, sk.keepaliveTimer, sk.net.kernel.sim.now + time - TCP_TIMEWAIT_LEN)
}

/** tcp_time_wait: the connection goes, its shadow stays for a minute. */
export function tcp_time_wait(sk: TcpSock, substate: number, length = TCP_TIMEWAIT_LEN): void {
  const tw = new TcpTimewait(sk, substate)
  addHead(sk.net.sockets.tcpPorts, sk.sport, tw)
  tcp_done(sk)
  inet_ehash_insert(tw)
  armTimer(tw.net, tw.timer, tw.net.kernel.sim.now + length)
}

/** inet_twsk_kill */
export function inet_twsk_kill(tw: TcpTimewait): void {
  stopTimer(tw.net, tw.timer)
  inet_unhash(tw)
  dropPort(tw)
}

function rearm(tw: TcpTimewait): void {
  armTimer(tw.net, tw.timer, tw.net.kernel.sim.now + TCP_TIMEWAIT_LEN)
}

/** What tcp_v4_rcv does with the segment next. */
type TimewaitVerdict = 'done' | 'syn'

/** tcp_timewait_state_process: answers, or says that a new connection may begin. */
export function tcp_timewait_state_process(tw: TcpTimewait, skb: SkBuff, th: Tcp): TimewaitVerdict {
  const ts = tw.tstampOk ? (th.options?.timestamps ?? null) : null
  const paws = ts !== null && tw.tsRecentStamp >= 0 && before(ts[0], tw.tsRecent) && (th.flags & TCP_RST) === 0
  return tw.substate === TCP_FIN_WAIT2 ? finWait2(tw, skb, th, paws) : timeWait(tw, skb, th, paws)
}

function endOf(skb: SkBuff, th: Tcp): number {
  return seqAdd(th.seq, skb.data.length + ((th.flags & TCP_SYN) !== 0 ? 1 : 0) + ((th.flags & TCP_FIN) !== 0 ? 1 : 0))
}

/** An orphan in FIN_WAIT2: only the peer's FIN is waited for. */
function finWait2(tw: TcpTimewait, skb: SkBuff, th: Tcp, paws: boolean): TimewaitVerdict {
  const end = endOf(skb, th)
  const inWindow = !after(th.seq, seqAdd(tw.rcvNxt, tw.rcvWnd)) && !before(end, tw.rcvNxt)
  if (paws || !inWindow) {
    if (!oowRateLimited(tw.net, tw)) tcp_v4_timewait_ack(tw, skb)
    return drop(tw, skb, paws ? 'TCP_RFC7323_TW_PAWS' : 'NOT_SPECIFIED')
  }
  if ((th.flags & TCP_RST) !== 0) {
    inet_twsk_kill(tw)
    return 'done'
  }
  if ((th.flags & TCP_SYN) !== 0 && !before(th.seq, tw.rcvNxt)) return resetAndKill(tw, skb)
  if ((th.flags & TCP_ACK) === 0 || !after(end, tw.rcvNxt) || end === th.seq) return 'done'
  if ((th.flags & TCP_FIN) === 0 || end !== seqAdd(tw.rcvNxt, 1)) return resetAndKill(tw, skb)
  tw.substate = TCP_TIME_WAIT
  tw.rcvNxt = end
  const ts = th.options?.timestamps ?? null
  if (ts !== null) tw.tsRecent = ts[0]
  rearm(tw)
  tcp_v4_timewait_ack(tw, skb)
  return 'done'
}

/** Data for a process that has gone away. */
function resetAndKill(tw: TcpTimewait, skb: SkBuff): TimewaitVerdict {
  tcp_v4_send_reset(tw.net, skb)
  inet_twsk_kill(tw)
  return drop(tw, skb, 'NOT_SPECIFIED')
}

function timeWait(tw: TcpTimewait, skb: SkBuff, th: Tcp, paws: boolean): TimewaitVerdict {
  const end = endOf(skb, th)
  const rst = (th.flags & TCP_RST) !== 0
  if (!paws && th.seq === tw.rcvNxt && (th.seq === end || rst)) {
    if (rst) inet_twsk_kill(tw)
    else rearm(tw)
    return 'done'
  }
  const ts = th.options?.timestamps ?? null
  const newer =
    after(th.seq, tw.rcvNxt) || (tw.tstampOk && ts !== null && tw.tsRecentStamp >= 0 && after(ts[0], tw.tsRecent))
  if ((th.flags & (TCP_SYN | TCP_RST | TCP_ACK)) === TCP_SYN && !paws && newer) {
    inet_twsk_kill(tw)
    return 'syn'
  }
  if (rst) return drop(tw, skb, 'NOT_SPECIFIED')
  if (paws || (th.flags & TCP_ACK) !== 0) rearm(tw)
  if (!oowRateLimited(tw.net, tw)) tcp_v4_timewait_ack(tw, skb)
  return drop(tw, skb, paws ? 'TCP_RFC7323_TW_PAWS' : 'NOT_SPECIFIED')
}

function drop(tw: TcpTimewait, skb: SkBuff, reason: 'NOT_SPECIFIED' | 'TCP_RFC7323_TW_PAWS'): TimewaitVerdict {
  kfree_skb(tw.net, skb, 'tcp_v4_rcv', reason, because('the connection is over and in TIME_WAIT'))
  return 'done'
}
