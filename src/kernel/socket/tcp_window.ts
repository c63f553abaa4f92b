// Segment sizes and windows: MSS from the path MTU, the window offered to the peer, buffer sizes (net/ipv4/tcp_output.c).
// Read first: tcp_sock.ts. RFC 9293 3.8.6, RFC 7323 2.
// Leaves out: automatic growth of the receive buffer (tcp_rcv_space_adjust): the window stays within tcp_rmem[1].

import { IP_HLEN } from '../../wire/ipv4.ts'
import { TCP_HLEN } from '../../wire/tcp.ts'
import type { NetNs } from '../core/netns.ts'
import { dst_mtu } from '../ipv4/route.ts'
import type { Rtable } from '../ipv4/rtable.ts'
import { sk_dst_check } from './sock.ts'
import {
  seqDiff,
  TCP_INIT_CWND,
  TCP_MAX_WSCALE,
  TCP_MSS_DEFAULT,
  TCPOLEN_TSTAMP_ALIGNED,
  type TcpSock,
} from './tcp_sock.ts'

const HEADERS = IP_HLEN + TCP_HLEN
const IP_MAX_MTU = 0xffff
const SOCK_SNDBUF_LOCK = 1
const SOCK_RCVBUF_LOCK = 2
/** SKB_TRUESIZE(MAX_TCP_HEADER) on x86-64: 1,024 bytes of head, 256 of struct sk_buff. */
const TCP_SKB_TRUESIZE = 1280
/** net.ipv4.tcp_min_snd_mss */
const TCP_MIN_SND_MSS = 48

/** ipv4_mtu, at most what an IPv4 header can state. */
export function pathMtu(net: NetNs, rt: Rtable): number {
  return Math.min(dst_mtu(net, rt), IP_MAX_MTU)
}

/** ipv4_default_advmss, or the route's advmss metric. */
export function dst_advmss(net: NetNs, rt: Rtable): number {
  const metric = rt.metrics?.advmss
  if (metric !== undefined) return metric
  return Math.max(pathMtu(net, rt) - HEADERS, net.cfg.sysctl['ipv4.route.min_adv_mss'])
}

/** tcp_win_from_space with tcp_adv_win_scale 1: half of a buffer is overhead. */
function tcp_win_from_space(space: number): number {
  return space - (space >> 1)
}

export function tcp_full_space(sk: TcpSock): number {
  return tcp_win_from_space(sk.rcvbuf)
}

function tcp_space(sk: TcpSock): number {
  return tcp_win_from_space(Math.max(0, sk.rcvbuf - sk.rmem))
}

/** What a received run of bytes costs in the buffer: a sender's skb has its header in 1 KB, and the bytes in page fragments. */
export function chargeOf(bytes: number): number {
  return TCP_SKB_TRUESIZE + bytes
}

/** tcp_init_buffer_space: one segment of the buffer stays in reserve. */
export function tcp_init_buffer_space(sk: TcpSock): void {
  tcp_sndbuf_expand(sk)
  const most = tcp_full_space(sk)
  if (sk.windowClamp >= most) sk.windowClamp = most
  if (sk.windowClamp > 2 * sk.advmss && sk.windowClamp + sk.advmss > most) {
    sk.windowClamp = Math.max(2 * sk.advmss, most - sk.advmss)
  }
  sk.rcvSsthresh = Math.min(sk.rcvSsthresh, sk.windowClamp)
}

/** tcp_sync_mss: the MSS for a path MTU, without options that every segment carries. */
export function tcp_sync_mss(sk: TcpSock, pmtu: number): number {
  let mss = Math.min(pmtu - HEADERS, sk.mssClamp)
  mss = Math.max(mss, TCP_MIN_SND_MSS)
  if (sk.tstampOk) mss -= TCPOLEN_TSTAMP_ALIGNED
  const half = sk.maxWindow > TCP_MSS_DEFAULT ? sk.maxWindow >> 1 : sk.maxWindow
  if (half !== 0 && mss > half) mss = Math.max(half, 68 - TCP_HLEN)
  sk.pmtuCookie = pmtu
  sk.mssCache = mss
  return mss
}

/** tcp_current_mss: follows what was learned about the path. */
export function tcp_current_mss(sk: TcpSock): number {
  const rt = sk_dst_check(sk)
  if (rt !== null) {
    const mtu = pathMtu(sk.net, rt)
    if (mtu !== sk.pmtuCookie) return tcp_sync_mss(sk, mtu)
  }
  return sk.mssCache
}

interface InitialWindow {
  readonly rcvWnd: number
  readonly clamp: number
  readonly wscale: number
}

/** tcp_select_initial_window; a buffer that the user chose (SO_RCVBUF) limits the window for good. */
export function tcp_select_initial_window(
  sk: TcpSock,
  mss: number,
  wscaleOk: boolean,
  initRcvWnd: number,
): InitialWindow {
  const sysctl = sk.net.cfg.sysctl
  let space = tcp_full_space(sk)
  const clamp = (sk.bufLocked & SOCK_RCVBUF_LOCK) !== 0 ? space : 0xffff * 2 ** TCP_MAX_WSCALE
  if (space > mss) space -= space % mss
  let rcvWnd = Math.min(space, 0xffff)
  if (initRcvWnd !== 0) rcvWnd = Math.min(rcvWnd, initRcvWnd * mss)
  let wscale = 0
  if (wscaleOk) {
    const largest = Math.min(Math.max(space, sysctl['ipv4.tcp_rmem'][2], sysctl['core.rmem_max']), clamp)
    wscale = Math.min(Math.max(Math.floor(Math.log2(largest)) - 15, 0), TCP_MAX_WSCALE)
  }
  return { rcvWnd, clamp: Math.min(0xffff * 2 ** wscale, clamp), wscale }
}

/** tcp_receive_window: what the peer may still send by what it was told. */
export function tcp_receive_window(sk: TcpSock): number {
  return Math.max(seqDiff((sk.rcvWup + sk.rcvWnd) >>> 0, sk.rcvNxt), 0)
}

function alignUp(n: number, shift: number): number {
  const unit = 2 ** shift
  return Math.ceil(n / unit) * unit
}

/** __tcp_select_window: what could be offered now (silly window avoidance, RFC 9293 3.8.6.2.2). */
export function __tcp_select_window(sk: TcpSock): number {
  const allowed = tcp_full_space(sk)
  const full = Math.min(sk.windowClamp, allowed)
  const mss = Math.min(sk.rcvMss, full)
  if (mss <= 0) return 0
  let free = tcp_space(sk)
  if (free < full >> 1) {
    sk.quick = 0
    free -= free % 2 ** sk.rcvWscale
    if (free < allowed >> 4 || free < mss) return 0
  }
  if (free > sk.rcvSsthresh) free = sk.rcvSsthresh
  if (sk.rcvWscale !== 0) return alignUp(free, sk.rcvWscale)
  const window = sk.rcvWnd
  if (window <= free - mss || window > free) return free - (free % mss)
  if (mss === full && free > window + (full >> 1)) return free
  return window
}

/** tcp_select_window: offer a window, never less than promised, and give the header's value. */
export function tcp_select_window(sk: TcpSock): number {
  const current = tcp_receive_window(sk)
  let window = __tcp_select_window(sk)
  if (window < current) window = alignUp(current, sk.rcvWscale)
  sk.rcvWnd = window
  sk.rcvWup = sk.rcvNxt
  return Math.min(Math.floor(window / 2 ** sk.rcvWscale), 0xffff)
}

/** tcp_grow_window: full segments let the offered window grow towards the buffer. */
export function tcp_grow_window(sk: TcpSock, length: number): void {
  const room = Math.min(sk.windowClamp, tcp_space(sk)) - sk.rcvSsthresh
  if (room <= 0 || tcp_win_from_space(chargeOf(length)) > length) return
  sk.rcvSsthresh += Math.min(room, Math.max(2 * sk.advmss, 2 * length))
}

/** tcp_sndbuf_expand: room for two windows of segments, up to tcp_wmem[2]. */
export function tcp_sndbuf_expand(sk: TcpSock): void {
  if ((sk.bufLocked & SOCK_SNDBUF_LOCK) !== 0) return
  const perMss = 2 ** Math.ceil(Math.log2(Math.max(sk.mssClamp, sk.mssCache) + 640)) + 256
  const want = 2 * Math.max(TCP_INIT_CWND, sk.cwnd) * perMss
  if (want > sk.sndbuf) sk.sndbuf = Math.min(want, sk.net.cfg.sysctl['ipv4.tcp_wmem'][2])
}
