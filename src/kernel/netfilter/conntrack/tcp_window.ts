// Is a segment within the windows that were announced? (tcp_in_window; net/netfilter/nf_conntrack_proto_tcp.c, after Guido van
// Rooij, "Real Stateful TCP Packet Filtering in IP Filter".) Read first: tcp_track.ts.
//
//   I    seq       <= sender.maxEnd                       not beyond what the receiver's window allows
//   II   seq + len >= sender.end - receiver.maxWin        not older than a window
//   III  sack      <= receiver.end                        acknowledges only what was sent
//   IV   sack      >= receiver.end - MAXACKWINDOW         not an overly old acknowledgement
//
// Leaves out: sequence numbers that helpers have shifted (nf_ct_seq_offset).
import { u32 } from '../../../wire/bytes.ts'
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type Tcp, type TcpOptions } from '../../../wire/tcp.ts'
import { TCPOPT_SACK } from '../../../wire/tcp_options.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import { SYN_RECV, SYN_SENT, TCP_ACK_SET } from './tcp_table.ts'
import {
  IP_CT_TCP_FLAG_BE_LIBERAL,
  IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED,
  IP_CT_TCP_FLAG_MAXACK_SET,
  IP_CT_TCP_FLAG_SACK_PERM,
  IP_CT_TCP_FLAG_WINDOW_SCALE,
  type TcpTrack,
} from './tcp_track.ts'

/** enum nf_ct_tcp_action. IGNORE: the packet may pass, but it changes nothing. */
export const NFCT_TCP_IGNORE = 0
export const NFCT_TCP_INVALID = 1
export const NFCT_TCP_ACCEPT = 2

const MAXACKWINCONST = 66000
const TCP_MAX_WSCALE = 14

/** Why the last tcp_in_window did not say ACCEPT. */
export let windowReason = ''

/** before(): sequence numbers wrap around. */
export function before(a: number, b: number): boolean {
  return ((a - b) | 0) < 0
}

function after(a: number, b: number): boolean {
  return ((b - a) | 0) < 0
}

/** segment_seq_plus_len */
export function segmentEnd(h: Tcp, skb: SkBuff): number {
  return (h.seq + skb.data.length + ((h.flags & TCP_SYN) !== 0 ? 1 : 0) + ((h.flags & TCP_FIN) !== 0 ? 1 : 0)) | 0
}

/** tcp_options: what a SYN's options say of its sender; nothing changes when there are none at all. */
export function tcp_options(t: TcpTrack, dir: number, options: TcpOptions | null): void {
  if (options === null) return
  let flags = t.flags(dir) & IP_CT_TCP_FLAG_BE_LIBERAL
  if (options.sackPermitted) flags |= IP_CT_TCP_FLAG_SACK_PERM
  if (options.windowScale !== null) flags |= IP_CT_TCP_FLAG_WINDOW_SCALE
  t.setScale(dir, Math.min(options.windowScale ?? 0, TCP_MAX_WSCALE))
  t.setFlags(dir, flags)
}

/** tcp_sack: the highest right edge of the SACK blocks, `ack` when none is beyond it. */
function tcp_sack(options: TcpOptions | null, ack: number): number {
  const b = options === null ? null : options.unknown
  if (b === null) return ack
  let sack = ack
  for (let i = 0; i + 1 < b.length; i += b[i + 1]!) {
    const size = b[i + 1]!
    if (size < 2 || i + size > b.length) break
    if (b[i] !== TCPOPT_SACK || size < 10 || (size - 2) % 8 !== 0) continue
    for (let at = i + 2; at < i + size; at += 8) {
      const edge = u32(b, at + 4) | 0
      if (after(edge, sack)) sack = edge
    }
    break
  }
  return sack
}

/** tcp_init_sender: a SYN begins a direction. Scaling counts only when both sides offer it (RFC 7323). */
function tcp_init_sender(t: TcpTrack, dir: number, h: Tcp, end: number): void {
  t.setEnd(dir, end)
  t.setMaxEnd(dir, end)
  t.setMaxWin(dir, h.window === 0 ? 1 : h.window)
  tcp_options(t, dir, h.options)
  if (dir === 1 && (t.flags(0) & t.flags(1) & IP_CT_TCP_FLAG_WINDOW_SCALE) === 0) {
    t.setScale(0, 0)
    t.setScale(1, 0)
  }
}

/** We are in the middle of a connection whose beginning was not seen: its own numbers are believed. */
function pickUp(t: TcpTrack, dir: number, end: number, win: number, sack: number): void {
  const receiver = 1 - dir
  const scaled = win << t.scale(dir)
  t.setEnd(dir, end)
  t.setMaxWin(dir, scaled === 0 ? 1 : scaled)
  t.setMaxEnd(dir, end + t.maxWin(dir))
  if (t.maxWin(receiver) === 0) {
    t.setEnd(receiver, sack)
    t.setMaxEnd(receiver, sack)
  } else if (sack === ((t.end(receiver) + 1) | 0)) {
    // likely the answer to a keepalive
    t.setEnd(receiver, t.end(receiver) + 1)
  }
}

/** nf_tcp_log_invalid: to be liberal is to let it pass and to learn from it. */
function complain(t: TcpTrack, dir: number, liberal: boolean, action: number, reason: string): number {
  if (liberal || (t.flags(dir) & IP_CT_TCP_FLAG_BE_LIBERAL) !== 0) return NFCT_TCP_ACCEPT
  windowReason = reason
  return action
}

const unsigned = (n: number): number => n >>> 0

/** `index`: TCP_…_SET of the segment. `liberal`: nf_conntrack_tcp_be_liberal. */
export function tcp_in_window(t: TcpTrack, dir: number, index: number, skb: SkBuff, h: Tcp, liberal: boolean): number {
  const receiver = 1 - dir
  const syn = (h.flags & TCP_SYN) !== 0
  const hasAck = (h.flags & TCP_ACK) !== 0
  const rst = (h.flags & TCP_RST) !== 0
  let seq = h.seq | 0
  let ack = h.ack | 0
  let sack = (t.flags(receiver) & IP_CT_TCP_FLAG_SACK_PERM) !== 0 ? tcp_sack(h.options, ack) : ack
  let end = segmentEnd(h, skb)

  if (t.maxWin(dir) === 0) {
    if (syn) {
      tcp_init_sender(t, dir, h, end)
      if (!hasAck) return NFCT_TCP_ACCEPT
    } else pickUp(t, dir, end, h.window, sack)
  } else if (syn && after(end, t.end(dir)) && (t.state === SYN_SENT || t.state === SYN_RECV)) {
    // the end was reinitialised: larger numbers than before (RFC 9293, 3.4.2)
    tcp_init_sender(t, dir, h, end)
    if (dir === 1 && !hasAck) return NFCT_TCP_ACCEPT
  }

  // without ACK, or in a reset with ACK 0, the number counts as right
  if (!hasAck || (rst && ack === 0)) ack = sack = t.end(receiver)
  // a reset that answers a SYN
  if (rst && seq === 0 && t.state === SYN_SENT) seq = end = t.end(dir)

  const lowestAck = (t.end(receiver) - Math.max(t.maxWin(dir), MAXACKWINCONST) - 1) | 0
  const lowestEnd = (t.end(dir) - t.maxWin(receiver) - 1) | 0
  const reachesWindow = after(end, lowestEnd)
  const ackSeen = before(sack, t.end(receiver) + 1)
  if (!before(seq, t.maxEnd(dir) + 1)) {
    const overshot = unsigned(end - t.maxEnd(dir) + 1)
    const inReceiveWindow = t.maxWin(receiver) !== 0 && reachesWindow
    if (inReceiveWindow && after(sack, lowestAck) && overshot <= t.maxWin(receiver) && ackSeen) {
      // some stacks send more than the window allows; its acknowledgement is to be believed
      t.setEnd(dir, end)
      t.addFlag(dir, IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED)
      return complain(t, dir, liberal, NFCT_TCP_IGNORE, `${overshot} bytes more than expected`)
    }
    const bound = unsigned(t.maxEnd(dir) + 1)
    const reason = `SEQ is over upper bound ${bound} (over the window of the receiver)`
    return complain(t, dir, liberal, NFCT_TCP_INVALID, reason)
  }
  if (!ackSeen) {
    const reason = `ACK is over upper bound ${unsigned(t.end(receiver) + 1)} (ACKed data not seen yet)`
    return complain(t, dir, liberal, NFCT_TCP_INVALID, reason)
  }
  if (t.maxWin(receiver) !== 0 && !reachesWindow) {
    const reason = `SEQ is under lower bound ${unsigned(lowestEnd)} (already ACKed data retransmitted)`
    return complain(t, dir, liberal, NFCT_TCP_IGNORE, reason)
  }
  if (!after(sack, lowestAck)) {
    const reason = `ignored ACK under lower bound ${unsigned(lowestAck)} (possible overly delayed)`
    return complain(t, dir, liberal, NFCT_TCP_IGNORE, reason)
  }
  learn(t, dir, h, end, ack, sack)
  if (index === TCP_ACK_SET) countRepetition(t, dir, seq, ack, end, h.window)
  return NFCT_TCP_ACCEPT
}

/** A segment within the windows tells what its sender has sent, what it has got, and how much more it takes. */
function learn(t: TcpTrack, dir: number, h: Tcp, end: number, ack: number, sack: number): void {
  const receiver = 1 - dir
  const win = (h.flags & TCP_SYN) !== 0 ? h.window : h.window << t.scale(dir)
  const spread = unsigned(win + (sack - ack))
  if (t.maxWin(dir) < spread) t.setMaxWin(dir, spread)
  if (after(end, t.end(dir))) {
    t.setEnd(dir, end)
    t.addFlag(dir, IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED)
  }
  if ((h.flags & TCP_ACK) !== 0) {
    if ((t.flags(dir) & IP_CT_TCP_FLAG_MAXACK_SET) === 0 || after(ack, t.maxAck(dir))) t.setMaxAck(dir, ack)
    t.addFlag(dir, IP_CT_TCP_FLAG_MAXACK_SET)
  }
  if (t.maxWin(receiver) !== 0 && after(end, t.maxEnd(dir)))
    t.setMaxWin(receiver, t.maxWin(receiver) + unsigned(end - t.maxEnd(dir)))
  if (after(sack + win, t.maxEnd(receiver) - 1)) t.setMaxEnd(receiver, sack + win + (win === 0 ? 1 : 0))
  if (ack === t.end(receiver)) t.removeFlag(receiver, IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED)
}

function countRepetition(t: TcpTrack, dir: number, seq: number, ack: number, end: number, win: number): void {
  if (t.lastDir === dir && t.lastSeq === seq && t.lastAck === ack && t.lastEnd === end && t.lastWin === win) {
    t.retrans++
    return
  }
  t.lastDir = dir
  t.lastSeq = seq
  t.lastAck = ack
  t.lastEnd = end
  t.lastWin = win
  t.retrans = 0
}
