// TCP over IPv4: received segments to their sockets, and ICMP errors about segments (net/ipv4/tcp_ipv4.c).
// Read first: tcp_hash.ts, tcp_input.ts. RFC 1122 4.2.3.9, RFC 5927 (sequence check of ICMP errors).

import type { Errno } from '../../lib/errno.ts'
import {
  ICMP_DEST_UNREACH,
  ICMP_FRAG_NEEDED,
  ICMP_HOST_UNREACH,
  ICMP_NET_UNREACH,
  ICMP_PARAMETERPROB,
  ICMP_TIME_EXCEEDED,
  type Icmp,
} from '../../wire/icmp.ts'
import { TCP_HLEN, tcpHeaderLength } from '../../wire/tcp.ts'
import { because, kfree_skb } from '../core/drop.ts'
import type { NetNs } from '../core/netns.ts'
import { PACKET_HOST, type SkBuff } from '../core/skbuff.ts'
import { __ip_rt_update_pmtu } from '../ipv4/pmtu.ts'
import { inet_iif } from '../ipv4/rtable.ts'
import { icmp_err_convert, ip_icmp_error } from './errqueue.ts'
import { flowOf } from './inet.ts'
import type { InnerDatagram } from './input.ts'
import { IP_PMTUDISC_DONT, ip_sk_accept_pmtu, sk_report } from './sock.ts'
import { tcp_v4_send_reset } from './tcp_control.ts'
import { inet_lookup_established, inet_lookup_listener } from './tcp_hash.ts'
import { tcp_v4_do_rcv } from './tcp_input.ts'
import { reqsk_drop, tcp_check_req } from './tcp_minisocks.ts'
import { routeOf, tcp_xmit_retransmit_queue } from './tcp_output.ts'
import { after, before, TCP_CLOSE, TCP_LISTEN, TCP_SYN_RECV, TCP_SYN_SENT, type TcpSock } from './tcp_sock.ts'
import { purgeWriteQueue, tcp_done } from './tcp_states.ts'
import { tcp_timewait_state_process } from './tcp_timewait.ts'
import { pathMtu, tcp_sync_mss } from './tcp_window.ts'

/** tcp_v4_rcv */
export function tcp_v4_rcv(net: NetNs, skb: SkBuff): void {
  if (skb.pktType !== PACKET_HOST) {
    kfree_skb(
      net,
      skb,
      'tcp_v4_rcv',
      'NOT_SPECIFIED',
      because('a TCP segment in a frame that is not for this host alone'),
    )
    return
  }
  const th = skb.l4
  if (th === null || th.kind !== 'tcp') {
    // A header that is there but states less than itself is too small; one that is cut short has no reason of its own.
    const short = skb.data.length >= TCP_HLEN && tcpHeaderLength(skb.data) < TCP_HLEN
    kfree_skb(net, skb, 'tcp_v4_rcv', short ? 'PKT_TOO_SMALL' : 'NOT_SPECIFIED', because('no room for a TCP header'))
    return
  }
  if (th.badSum) {
    kfree_skb(net, skb, 'tcp_v4_rcv', 'TCP_CSUM', null)
    return
  }
  const ip = skb.ip
  const entry = inet_lookup_established(net, ip.src, th.sport, ip.dst, th.dport, inet_iif(skb))
  if (entry !== null) {
    switch (entry.kind) {
      case 'sock':
        tcp_v4_do_rcv(entry, skb, th)
        return
      case 'request': {
        const child = tcp_check_req(entry, skb, th)
        if (child !== null) tcp_v4_do_rcv(child, skb, th)
        return
      }
      case 'timewait':
        if (tcp_timewait_state_process(entry, skb, th) === 'done') return
    }
  }
  const listener = inet_lookup_listener(net, ip.src, th.sport, ip.dst, th.dport, inet_iif(skb))
  if (listener !== null) {
    tcp_v4_do_rcv(listener, skb, th)
    return
  }
  tcp_v4_send_reset(net, skb)
  kfree_skb(net, skb, 'tcp_v4_rcv', 'NO_SOCKET', because(`no socket for TCP port ${th.dport}`))
}

/** tcp_v4_err: an ICMP error about a segment of ours. */
export function tcp_v4_err(net: NetNs, skb: SkBuff, inner: InnerDatagram): void {
  const icmp = skb.l4 as Icmp
  const sk =
    inet_lookup_established(net, inner.dst, inner.dport, inner.src, inner.sport, inet_iif(skb)) ??
    inet_lookup_listener(net, inner.dst, inner.dport, inner.src, inner.sport, inet_iif(skb))
  if (sk === null || sk.kind === 'timewait') return
  if (sk.kind === 'request') {
    const hard =
      icmp.type === ICMP_PARAMETERPROB ||
      icmp.type === ICMP_TIME_EXCEEDED ||
      (icmp.type === ICMP_DEST_UNREACH && (icmp.code === ICMP_NET_UNREACH || icmp.code === ICMP_HOST_UNREACH))
    if (hard && inner.seq === sk.sntIsn) reqsk_drop(sk)
    return
  }
  if (sk.state === TCP_CLOSE) return
  if (sk.state !== TCP_LISTEN && (before(inner.seq, sk.sndUna) || after(inner.seq, sk.sndNxt))) return
  if (icmp.type === ICMP_DEST_UNREACH && icmp.code === ICMP_FRAG_NEEDED) {
    if (sk.state !== TCP_LISTEN) tcp_v4_mtu_reduced(sk, icmp.rest & 0xffff)
    return
  }
  const errno = errnoOf(icmp)
  if (errno === null) return
  if (sk.state === TCP_SYN_SENT || sk.state === TCP_SYN_RECV) {
    // Told to everybody, IP_RECVERR or not: a traceroute by SYNs needs no privileges.
    ip_icmp_error(sk, skb, errno, inner, inner.payload, null)
    sk.err = errno
    purgeWriteQueue(sk)
    tcp_done(sk)
    return
  }
  if (sk.recvErr) sk_report(sk, errno)
  else sk.errSoft = errno
}

/** What an ICMP error means to a connection; null for those that mean nothing. */
function errnoOf(icmp: Icmp): Errno | null {
  switch (icmp.type) {
    case ICMP_PARAMETERPROB:
      return 'EPROTO'
    case ICMP_TIME_EXCEEDED:
      return 'EHOSTUNREACH'
    case ICMP_DEST_UNREACH:
      return icmp_err_convert[icmp.code]?.errno ?? null
    default:
      return null
  }
}

/** tcp_v4_mtu_reduced: smaller segments from now on, and what is in flight again (tcp_simple_retransmit). */
function tcp_v4_mtu_reduced(sk: TcpSock, mtu: number): void {
  const before = routeOf(sk)
  if (typeof before !== 'string') __ip_rt_update_pmtu(sk.net, before, flowOf(sk, sk.daddr, sk.dport), mtu)
  const rt = routeOf(sk)
  if (typeof rt === 'string' || sk.pmtudisc === IP_PMTUDISC_DONT || !ip_sk_accept_pmtu(sk)) return
  const path = pathMtu(sk.net, rt)
  if (sk.pmtuCookie <= path) return
  const old = sk.mssCache
  tcp_sync_mss(sk, path)
  if (sk.sendHead > 0 && old > sk.mssCache) tcp_simple_retransmit(sk)
}

/** tcp_simple_retransmit: what was too long is lost; the congestion window stays as it is. */
function tcp_simple_retransmit(sk: TcpSock): void {
  let lost = false
  for (let i = 0; i < sk.sendHead; i++) {
    const seg = sk.writeQueue[i]!
    if (seg.data.length <= sk.mssCache) continue
    seg.sent = -1
    lost = true
  }
  if (!lost) return
  if (sk.caState !== 'loss') {
    sk.highSeq = sk.sndNxt
    sk.ssthresh = Math.max(sk.cwnd >> 1, 2)
    sk.caState = 'loss'
  }
  tcp_xmit_retransmit_queue(sk)
}
