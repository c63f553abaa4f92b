// ICMP that arrives: echo, errors for our sockets, redirects, timestamps (icmp_rcv and icmp_pointers, net/ipv4/icmp.c).
// Read first: ip_input.ts, icmp.ts.
import { checksum } from '../../wire/checksum.ts'
import {
  ICMP_DEST_UNREACH,
  ICMP_ECHO,
  ICMP_ECHOREPLY,
  ICMP_FRAG_NEEDED,
  ICMP_PARAMETERPROB,
  ICMP_REDIRECT,
  ICMP_SOURCE_QUENCH,
  ICMP_SR_FAILED,
  ICMP_TIME_EXCEEDED,
  ICMP_TIMESTAMP,
  ICMP_TIMESTAMPREPLY,
  type Icmp,
} from '../../wire/icmp.ts'
import { IP_HLEN, IPPROTO_ICMP } from '../../wire/ipv4.ts'
import { decodeQuoted } from '../../wire/quoted.ts'
import { because, bySysctl, kfree_skb } from '../core/drop.ts'
import type { NetNs } from '../core/netns.ts'
import type { SkBuff } from '../core/skbuff.ts'
import { icmpErrorToSockets, ping_rcv } from '../socket/input.ts'
import { icmp_reply } from './icmp.ts'
import { icmp_redirect } from './redirect.ts'

/** Highest type that the kernel knows (NR_ICMP_TYPES). */
const NR_ICMP_TYPES = 18
/** Highest code of destination unreachable that it knows (NR_ICMP_UNREACH). */
const NR_ICMP_UNREACH = 15
/** What an error has to quote behind the IP header for the protocols' handlers (RFC 792). */
const QUOTED_PAYLOAD = 8
const DAY_MS = 86_400_000

/** icmp_rcv: an ICMP packet for this machine. */
export function icmp_rcv(net: NetNs, skb: SkBuff): void {
  const h = skb.l4
  if (h === null || h.kind !== 'icmp') {
    const sound = checksum(skb.data) === 0
    kfree_skb(net, skb, 'icmp_rcv', sound ? 'NOT_SPECIFIED' : 'ICMP_CSUM', because('no room for an ICMP header'))
    return
  }
  if (h.badSum) {
    kfree_skb(net, skb, 'icmp_rcv', 'ICMP_CSUM', null)
    return
  }
  traceDeliver(net, skb)
  if (h.type === ICMP_ECHOREPLY) {
    if (!ping_rcv(net, skb) && !net.sockets.raw.has(IPPROTO_ICMP)) {
      kfree_skb(net, skb, 'ping_rcv', 'NO_SOCKET', because('no ping or raw socket waits for this echo reply'))
    }
    return
  }
  if (h.type > NR_ICMP_TYPES) {
    kfree_skb(net, skb, 'icmp_rcv', 'UNHANDLED_PROTO', because(`ICMP type ${h.type} is unknown`))
    return
  }
  if (skb.rt !== null && (skb.rt.type === 'broadcast' || skb.rt.type === 'multicast') && !groupAllowed(net, skb, h))
    return
  switch (h.type) {
    case ICMP_ECHO:
      icmp_echo(net, skb)
      return
    case ICMP_TIMESTAMP:
      icmp_timestamp(net, skb)
      return
    case ICMP_DEST_UNREACH:
    case ICMP_TIME_EXCEEDED:
    case ICMP_SOURCE_QUENCH:
    case ICMP_PARAMETERPROB:
      icmp_unreach(net, skb, h)
      return
    case ICMP_REDIRECT:
      icmp_redirect(net, skb)
      return
    default:
      kfree_skb(net, skb, 'icmp_discard', 'NOT_SPECIFIED', because(`ICMP type ${h.type} has no meaning to the kernel`))
  }
}

/** RFC 1122 3.2.2.6: echo to a broadcast is answered only when icmp_echo_ignore_broadcasts is off; other queries never. */
function groupAllowed(net: NetNs, skb: SkBuff, h: Icmp): boolean {
  const ignore = net.cfg.sysctl['ipv4.icmp_echo_ignore_broadcasts']
  if ((h.type === ICMP_ECHO || h.type === ICMP_TIMESTAMP) && ignore !== 0) {
    kfree_skb(net, skb, 'icmp_rcv', 'INVALID_PROTO', bySysctl('ipv4.icmp_echo_ignore_broadcasts', ignore))
    return false
  }
  if (h.type === ICMP_ECHO || h.type === ICMP_TIMESTAMP) return true
  kfree_skb(net, skb, 'icmp_rcv', 'INVALID_PROTO', because(`ICMP type ${h.type} to a group address`))
  return false
}

function icmp_echo(net: NetNs, skb: SkBuff): void {
  const ignore = net.cfg.sysctl['ipv4.icmp_echo_ignore_all']
  if (ignore !== 0) {
    kfree_skb(net, skb, 'icmp_echo', 'NOT_SPECIFIED', bySysctl('ipv4.icmp_echo_ignore_all', ignore))
    return
  }
  icmp_reply(net, skb, ICMP_ECHOREPLY, skb.data)
}

/** Times are milliseconds since midnight UT. */
function icmp_timestamp(net: NetNs, skb: SkBuff): void {
  if (skb.data.length < 12) {
    kfree_skb(net, skb, 'icmp_timestamp', 'PKT_TOO_SMALL', null)
    return
  }
  const data = skb.data.slice()
  const view = new DataView(data.buffer, data.byteOffset)
  const ms = Math.floor(net.kernel.sim.now / 1_000_000) % DAY_MS
  view.setUint32(4, ms)
  view.setUint32(8, ms)
  icmp_reply(net, skb, ICMP_TIMESTAMPREPLY, data)
}

/** Errors about what this machine sent: to the protocol's handler, which knows the socket and learns the path MTU. */
function icmp_unreach(net: NetNs, skb: SkBuff, h: Icmp): void {
  const quoted = skb.data
  if (quoted.length < IP_HLEN) {
    kfree_skb(net, skb, 'icmp_rcv', 'NOT_SPECIFIED', because('the quoted IP header is cut short'))
    return
  }
  if ((quoted[0]! & 15) * 4 < IP_HLEN) {
    kfree_skb(net, skb, 'icmp_rcv', 'IP_INHDR', because('the quoted IP header is shorter than an IP header can be'))
    return
  }
  if (h.type === ICMP_DEST_UNREACH && h.code > NR_ICMP_UNREACH) {
    kfree_skb(
      net,
      skb,
      'icmp_unreach',
      'NOT_SPECIFIED',
      because(`code ${h.code} of destination unreachable is unknown`),
    )
    return
  }
  const inner = decodeQuoted(quoted)
  if (inner === null || inner.payload.length < QUOTED_PAYLOAD) {
    kfree_skb(net, skb, 'icmp_unreach', 'NOT_SPECIFIED', because('the quoted datagram is cut short'))
    return
  }
  if (h.type === ICMP_DEST_UNREACH && h.code === ICMP_FRAG_NEEDED && net.cfg.sysctl['ipv4.ip_no_pmtu_disc'] !== 0)
    return
  if (h.type === ICMP_DEST_UNREACH && h.code === ICMP_SR_FAILED) return
  icmpErrorToSockets(net, skb, {
    protocol: inner.protocol,
    src: inner.ip.src,
    dst: inner.ip.dst,
    tos: inner.ip.tos,
    sport: inner.sport,
    dport: inner.dport,
    seq: inner.seq,
    payload: inner.payload,
  })
}

function traceDeliver(net: NetNs, skb: SkBuff): void {
  net.kernel.tr?.emit({
    kind: 'deliver',
    time: net.kernel.sim.now,
    packet: skb.id,
    netns: net.id,
    ifindex: skb.dev === null ? 0 : skb.dev.ifindex,
    fn: 'icmp_rcv',
    protocol: 'icmp',
    pkt: skb.packet(),
    socket: 0,
    owner: '',
  })
}
