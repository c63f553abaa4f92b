// TCP as conntrack follows it: what a segment makes of the state, the timeout and the connection's life
// (nf_conntrack_tcp_packet; net/netfilter/nf_conntrack_proto_tcp.c). Read first: tcp_table.ts, tcp_window.ts.
// Leaves out: the SYN proxy, timeouts by policy (nfct timeout), offloaded flows.
import {
  IPS_ASSURED,
  IPS_CONFIRMED,
  IPS_FIXED_TIMEOUT,
  IPS_SEEN_REPLY,
  TCP_CONNTRACK_STATES,
} from '../../../uapi/conntrack.ts'
import { NF_INET_PRE_ROUTING } from '../../../uapi/netfilter.ts'
import type { Tcp } from '../../../wire/tcp.ts'
import type { NetNs } from '../../core/netns.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import { HZ } from '../jiffies.ts'
import { nf_ct_acct_add, nf_ct_refresh_acct } from './account.ts'
import { type CtConf, ctConf } from './conf.ts'
import type { NfConn } from './conn.ts'
import { IPCT_ASSURED, IPCT_PROTOINFO, nf_conntrack_event_cache } from './events.ts'
import { nf_ct_delete } from './gc.ts'
import { nf_ct_l4proto_log_invalid } from './log_invalid.ts'
import {
  CLOSE,
  ESTABLISHED,
  FIN_WAIT,
  get_conntrack_index,
  IGNORE,
  isValidFlags,
  LAST_ACK,
  MAX,
  NONE,
  SYN_RECV,
  SYN_SENT,
  SYN_SENT2,
  TCP_ACK_SET,
  TCP_CONNTRACKS,
  TCP_FIN_SET,
  TCP_NONE_SET,
  TCP_RST_SET,
  TCP_SYN_SET,
  TCP_SYNACK_SET,
  TIME_WAIT,
  tcp_can_early_drop,
} from './tcp_table.ts'
import {
  IP_CT_EXP_CHALLENGE_ACK,
  IP_CT_TCP_FLAG_BE_LIBERAL,
  IP_CT_TCP_FLAG_CLOSE_INIT,
  IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED,
  IP_CT_TCP_FLAG_MAXACK_SET,
  IP_CT_TCP_FLAG_SACK_PERM,
  IP_CT_TCP_SIMULTANEOUS_OPEN,
  TcpTrack,
} from './tcp_track.ts'
import {
  before,
  NFCT_TCP_ACCEPT,
  NFCT_TCP_IGNORE,
  segmentEnd,
  tcp_in_window,
  tcp_options,
  windowReason,
} from './tcp_window.ts'

export { TcpTrack }

/** Not a reason but a request: look again, the old connection is gone (-NF_REPEAT). */
export const REOPEN = 'reopen'

/** What a state's rules decide before the window is looked at. */
const CHECK_WINDOW = 0
const IN_WINDOW = 1
const LET_PASS = 2

/** tcp_error: why a segment is INVALID whatever its connection, null when it is sound. */
function tcp_error(conf: CtConf, h: Tcp, hook: number): string | null {
  if (h.badSum && hook === NF_INET_PRE_ROUTING && conf.checksum) return 'bad checksum'
  return isValidFlags(h.flags) ? null : 'invalid tcp flag combination'
}

/** The packet is INVALID, and the log hears of it. */
function complain(net: NetNs, skb: SkBuff, reason: string): string {
  nf_ct_l4proto_log_invalid(net, skb, reason)
  return reason
}

/** tcp_new: may this segment begin a connection? One in the middle of a connection may, unless nf_conntrack_tcp_loose is 0. */
function tcp_new(conf: CtConf, h: Tcp, skb: SkBuff): TcpTrack | null {
  const state = TCP_CONNTRACKS[0]![get_conntrack_index(h.flags)]![NONE]!
  if (state >= MAX || (state !== SYN_SENT && !conf.loose)) return null
  const t = new TcpTrack()
  const end = segmentEnd(h, skb)
  t.setEnd(0, end)
  t.setMaxWin(0, h.window === 0 ? 1 : h.window)
  if (state === SYN_SENT) {
    t.setMaxEnd(0, end)
    tcp_options(t, 0, h.options)
  } else {
    // window scales are not known any more: SACK and liberal checking are assumed
    t.setMaxEnd(0, end + t.maxWin(0))
    t.setFlags(0, IP_CT_TCP_FLAG_SACK_PERM | IP_CT_TCP_FLAG_BE_LIBERAL)
    t.setFlags(1, IP_CT_TCP_FLAG_SACK_PERM | IP_CT_TCP_FLAG_BE_LIBERAL)
  }
  t.lastIndex = TCP_NONE_SET
  return t
}

/** A new SYN on a closed connection: the old one goes when it was closed from here or reset by who sends the SYN now. */
function mayReopen(t: TcpTrack, dir: number): boolean {
  const closed = ((t.flags(0) | t.flags(1)) & IP_CT_TCP_FLAG_CLOSE_INIT) !== 0
  return closed || (t.lastDir === dir && t.lastIndex === TCP_RST_SET)
}

/** A SYN/ACK that acknowledges a SYN which was ignored: the ends agree, the tracker was out of step. */
function isAnswerToIgnored(t: TcpTrack, dir: number, index: number, h: Tcp): boolean {
  return index === TCP_SYNACK_SET && t.lastIndex === TCP_SYN_SET && t.lastDir !== dir && (h.ack | 0) === t.lastEnd
}

function getInStep(t: TcpTrack, dir: number): void {
  const sender = t.lastDir
  t.setEnd(sender, t.lastEnd)
  t.setMaxEnd(sender, t.lastEnd)
  t.setMaxWin(sender, t.lastWin === 0 ? 1 : t.lastWin)
  t.setScale(sender, t.lastWscale)
  t.lastFlags &= ~IP_CT_EXP_CHALLENGE_ACK
  t.setFlags(sender, t.lastFlags)
  t.reset(dir)
}

const SYN_OPTIONS = new TcpTrack()

/** Remember a segment that goes by without changing the state; the answer to it will tell. */
function remember(t: TcpTrack, dir: number, index: number, h: Tcp, skb: SkBuff): void {
  t.lastIndex = index
  t.lastDir = dir
  t.lastSeq = h.seq | 0
  t.lastEnd = segmentEnd(h, skb)
  t.lastWin = h.window
  if (index === TCP_SYN_SET && dir === 0) {
    SYN_OPTIONS.reset(0)
    tcp_options(SYN_OPTIONS, 0, h.options)
    t.lastWscale = SYN_OPTIONS.scale(0)
    // a SYN during LAST_ACK may be answered by a challenge ACK, which is not the last one (RFC 5961)
    t.lastFlags = SYN_OPTIONS.flags(0) | (t.state === LAST_ACK ? IP_CT_EXP_CHALLENGE_ACK : 0)
  }
  if (t.state === SYN_SENT && index === TCP_ACK_SET && dir === 1) t.lastAck = h.ack | 0
}

/** A reset's number has to be the one that the other side expects; otherwise the state stays, for a challenge ACK to settle it. */
type RstVerdict = 'close' | 'keep' | 'invalid'

function judgeRst(conf: CtConf, ct: NfConn, t: TcpTrack, dir: number, h: Tcp): RstVerdict {
  const seq = h.seq | 0
  const expected = t.maxAck(1 - dir)
  const established = t.state === ESTABLISHED && (ct.status & IPS_ASSURED) !== 0
  if (seq === 0 && !established) return 'close'
  if (before(seq, expected) && !conf.ignoreInvalidRst) return 'invalid'
  if (!established || seq === expected) return 'close'
  // the last of a train: data, then the reset
  if (t.lastIndex === TCP_ACK_SET && t.lastDir === dir && seq === t.lastEnd) return 'close'
  return 'keep'
}

/** A reset in answer to what was let pass before: the window says nothing about it. */
function answersIgnored(ct: NfConn, t: TcpTrack, h: Tcp): boolean {
  const synIgnored = (ct.status & IPS_SEEN_REPLY) !== 0 && t.lastIndex === TCP_SYN_SET
  const halfOpen = (ct.status & IPS_ASSURED) === 0 && t.lastIndex === TCP_ACK_SET
  if ((synIgnored || halfOpen) && (h.ack | 0) === t.lastEnd) return true
  return t.state === SYN_SENT && t.lastIndex === TCP_ACK_SET && t.lastDir === 1 && (h.seq | 0) === t.lastAck
}

/** The state after the segment, and what is left to do; module variables, because this is met by every segment. */
let newState = 0
let oldState = 0

/** The rules that the table cannot express. A text: INVALID; REOPEN. */
function decide(net: NetNs, ct: NfConn, t: TcpTrack, dir: number, index: number, h: Tcp, skb: SkBuff): number | string {
  switch (newState) {
    case SYN_SENT:
      if (oldState < TIME_WAIT) return CHECK_WINDOW
      if (mayReopen(t, dir)) {
        nf_ct_delete(net, ct, 'a SYN opens it anew')
        return REOPEN
      }
      return letPass(net, t, dir, index, h, skb)
    case IGNORE:
      return letPass(net, t, dir, index, h, skb)
    case MAX:
      return `packet (index ${index}) in dir ${dir} invalid, state ${TCP_CONNTRACK_STATES[oldState]}`
    case TIME_WAIT:
      if (
        oldState === LAST_ACK &&
        index === TCP_ACK_SET &&
        t.lastDir !== dir &&
        t.lastIndex === TCP_SYN_SET &&
        (t.lastFlags & IP_CT_EXP_CHALLENGE_ACK) !== 0
      ) {
        t.lastFlags &= ~IP_CT_EXP_CHALLENGE_ACK
        nf_ct_l4proto_log_invalid(net, skb, 'challenge-ack ignored')
        return LET_PASS
      }
      return CHECK_WINDOW
    case SYN_SENT2:
      t.lastFlags |= IP_CT_TCP_SIMULTANEOUS_OPEN
      return CHECK_WINDOW
    case SYN_RECV:
      if (dir === 1 && index === TCP_ACK_SET && (t.lastFlags & IP_CT_TCP_SIMULTANEOUS_OPEN) !== 0)
        newState = ESTABLISHED
      return CHECK_WINDOW
    case CLOSE:
      return index === TCP_RST_SET ? closeByReset(net, ct, t, dir, h) : CHECK_WINDOW
    default:
      return CHECK_WINDOW
  }
}

function letPass(net: NetNs, t: TcpTrack, dir: number, index: number, h: Tcp, skb: SkBuff): number {
  if (isAnswerToIgnored(t, dir, index, h)) {
    oldState = SYN_SENT
    newState = SYN_RECV
    getInStep(t, dir)
    return CHECK_WINDOW
  }
  remember(t, dir, index, h, skb)
  const state = TCP_CONNTRACK_STATES[oldState]
  nf_ct_l4proto_log_invalid(net, skb, `packet (index ${index}) in dir ${dir} ignored, state ${state}`)
  return LET_PASS
}

function closeByReset(net: NetNs, ct: NfConn, t: TcpTrack, dir: number, h: Tcp): number | string {
  if (tcp_can_early_drop(t.state)) return IN_WINDOW
  if ((t.flags(1 - dir) & IP_CT_TCP_FLAG_MAXACK_SET) !== 0 && t.lastIndex !== TCP_SYN_SET) {
    const verdict = judgeRst(ctConf(net), ct, t, dir, h)
    if (verdict === 'invalid') return 'invalid rst'
    if (verdict === 'close') return CHECK_WINDOW
    newState = oldState
  }
  return answersIgnored(ct, t, h) ? IN_WINDOW : CHECK_WINDOW
}

/** nf_tcp_handle_invalid: a FIN or RST out of the window, answered by the other side's, ends a connection that was lost sight of. */
function nf_tcp_handle_invalid(net: NetNs, ct: NfConn, t: TcpTrack, dir: number, index: number, skb: SkBuff): void {
  if ((ct.status & IPS_ASSURED) === 0 || (ct.status & IPS_FIXED_TIMEOUT) !== 0) return
  if (index !== TCP_RST_SET && index !== TCP_FIN_SET) return
  if (t.lastDir === dir || (t.lastIndex !== TCP_FIN_SET && t.lastIndex !== TCP_RST_SET)) {
    t.lastIndex = index
    t.lastDir = dir
    return
  }
  const { now } = net.kernel.sim
  const left = ct.timeout - now
  const { tcpUnack } = ctConf(net)
  if (left < 120e9 || left <= tcpUnack) return
  const ticks = (tcpUnack / 1e9) * HZ
  const text = `packet (index ${index}, dir ${dir}) response for index ${t.lastIndex} lower timeout to ${ticks}`
  nf_ct_l4proto_log_invalid(net, skb, text)
  ct.timeout = now + tcpUnack
}

/** How long a connection in this state may be silent. */
function timeoutOf(conf: CtConf, t: TcpTrack, index: number, state: number): number {
  const usual = conf.tcp[state]!
  if (t.retrans >= conf.maxRetrans && usual > conf.tcpRetrans) return conf.tcpRetrans
  if (index === TCP_RST_SET) return conf.tcp[CLOSE]!
  const unacknowledged = ((t.flags(0) | t.flags(1)) & IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED) !== 0
  if (unacknowledged && usual > conf.tcpUnack) return conf.tcpUnack
  if (t.lastWin === 0 && usual > conf.tcpRetrans) return conf.tcpRetrans
  return usual
}

/** nf_conntrack_tcp_packet: null when the packet is valid, REOPEN, or why it is INVALID. */
export function nf_conntrack_tcp_packet(net: NetNs, ct: NfConn, skb: SkBuff, hook: number, dir: number): string | null {
  const h = skb.l4
  if (h === null || h.kind !== 'tcp') return 'truncated packet'
  const conf = ctConf(net)
  const wrong = tcp_error(conf, h, hook)
  if (wrong !== null) return complain(net, skb, wrong)
  if ((ct.status & IPS_CONFIRMED) === 0) {
    ct.tcp = tcp_new(conf, h, skb)
    if (ct.tcp === null)
      return conf.loose ? 'it cannot begin a connection' : 'it does not begin a connection, and loose is 0'
  }
  const t = ct.tcp!
  const index = get_conntrack_index(h.flags)
  oldState = t.state
  newState = TCP_CONNTRACKS[dir]![index]![oldState]!
  const decision = decide(net, ct, t, dir, index, h, skb)
  if (typeof decision === 'string') return decision === REOPEN ? REOPEN : complain(net, skb, decision)
  if (decision === LET_PASS) return null
  if (decision === CHECK_WINDOW) {
    const action = tcp_in_window(t, dir, index, skb, h, conf.beLiberal)
    if (action !== NFCT_TCP_ACCEPT) {
      if (action === NFCT_TCP_IGNORE) {
        nf_ct_l4proto_log_invalid(net, skb, windowReason)
        return null
      }
      complain(net, skb, windowReason)
      nf_tcp_handle_invalid(net, ct, t, dir, index, skb)
      return windowReason
    }
  }
  t.lastIndex = index
  t.lastDir = dir
  t.state = newState
  if (oldState !== newState && newState === FIN_WAIT) t.addFlag(dir, IP_CT_TCP_FLAG_CLOSE_INIT)
  goOn(net, conf, ct, t, index, skb)
  return null
}

/** The segment counts: events, the connection's timeout, ASSURED. */
function goOn(net: NetNs, conf: CtConf, ct: NfConn, t: TcpTrack, index: number, skb: SkBuff): void {
  let timeout = timeoutOf(conf, t, index, newState)
  if (newState !== oldState) nf_conntrack_event_cache(net, ct, IPCT_PROTOINFO)
  if ((ct.status & IPS_SEEN_REPLY) === 0) {
    if (index === TCP_RST_SET) {
      // the only answer is a reset: there is no connection
      nf_ct_acct_add(ct, skb)
      nf_ct_delete(net, ct, 'its only answer was a reset')
      return
    }
    // a SYN sent again does not keep the entry (and its NAT) alive
    if (index === TCP_SYN_SET && oldState === SYN_SENT) return
    if (newState === ESTABLISHED && timeout > conf.tcpUnack) timeout = conf.tcpUnack
  } else if (
    (ct.status & IPS_ASSURED) === 0 &&
    (oldState === SYN_RECV || oldState === ESTABLISHED) &&
    newState === ESTABLISHED
  ) {
    ct.status |= IPS_ASSURED
    nf_conntrack_event_cache(net, ct, IPCT_ASSURED)
  }
  nf_ct_refresh_acct(net, ct, skb, timeout)
}

/** nf_conntrack_tcp_set_closing: a rule reset the connection. */
export function nf_conntrack_tcp_set_closing(net: NetNs, ct: NfConn): void {
  const t = ct.tcp
  if (t === null || (ct.status & IPS_CONFIRMED) === 0) return
  const before = t.state
  t.state = CLOSE
  if (before === CLOSE || (ct.status & IPS_FIXED_TIMEOUT) !== 0) return
  ct.timeout = net.kernel.sim.now + ctConf(net).tcp[CLOSE]!
  nf_conntrack_event_cache(net, ct, IPCT_PROTOINFO)
}
