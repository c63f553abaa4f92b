// ICMP: errors about packets and answers to echo (net/ipv4/icmp.c).
// Read first: ip_input.ts. What arrives is handled in icmp_rcv.ts; rate limits in icmp_ratelimit.ts.
// Leaves out: RFC 4884 extensions, source quench (the kernel never sends it).
import type { Errno } from '../../lib/errno.ts'
import type { Ip4 } from '../../lib/ip4.ts'
import { RT_SCOPE_LINK, RT_SCOPE_UNIVERSE } from '../../uapi/link.ts'
import { encodeNet } from '../../wire/codec.ts'
import { type ICMP_ECHOREPLY, type ICMP_TIMESTAMPREPLY, icmp, isIcmpError } from '../../wire/icmp.ts'
import { IP_HLEN, IPPROTO_ICMP, IPPROTO_TCP, ipv4 } from '../../wire/ipv4.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import { PACKET_HOST, SK_CONTROL, type SkBuff } from '../core/skbuff.ts'
import { nf_ct_attach } from '../netfilter/conntrack/core.ts'
import { inet_select_addr } from './devinet.ts'
import { Flow } from './fib_lookup.ts'
import { icmpv4_xrlim_allow } from './icmp_ratelimit.ts'
import { ip_local_out } from './ip_output.ts'
import { dst_mtu, ip_route_output } from './route.ts'
import { Rtable } from './rtable.ts'

/** Bytes of an ICMP header. */
const ICMP_HLEN = 8
/** No ICMP error is longer than this (RFC 1812, 4.3.2.3). */
const ICMP_MAX_DATAGRAM = 576

const flow = new Flow()

/**
 * icmp_send: an ICMP error about `skb` (received, or being sent), with the original header and as much data as fits.
 * Silent where RFC 1122 forbids one: about group frames and addresses, later fragments, other ICMP errors.
 */
export function icmp_send(net: NetNs, skb: SkBuff, type: number, code: number, info: number): void {
  const rt = skb.rt
  if (rt === null || skb.net.kind !== 'ipv4' || net.kernel.icmpLocked) return
  const ip = skb.net
  if (skb.pktType !== PACKET_HOST || rt.type === 'broadcast' || rt.type === 'multicast') return
  if (ip.fragOffset !== 0) return
  if (isIcmpError(type) && ip.protocol === IPPROTO_ICMP && isIcmpOther(icmpTypeOf(skb))) return
  const local = rt.type === 'local'
  let saddr: Ip4 = local ? ip.dst : 0
  if (!local && rt.isInput && net.cfg.sysctl['ipv4.icmp_errors_use_inbound_ifaddr'] !== 0) {
    saddr = inet_select_addr(net, net.device(skb.iif), ip.src, RT_SCOPE_LINK)
  }
  const tos = isIcmpError(type) ? (ip.tos & 0x1e) | 0xc0 : ip.tos
  const mark = net.cfg.sysctl['ipv4.fwmark_reflect'] !== 0 ? skb.mark : 0
  const out = routeFor(net, ip.src, saddr, tos, mark, type, code)
  if (!(out instanceof Rtable)) {
    traceUnanswered(net, skb, 'icmp_send', out)
    return
  }
  const source = flow.src
  if (!icmpv4_xrlim_allow(net, out, type, code, ip.src)) return
  const room = Math.min(dst_mtu(net, out), ICMP_MAX_DATAGRAM) - IP_HLEN - ICMP_HLEN
  const quoted = encodeNet(skb.packet()).subarray(0, room)
  push(net, out, source, ip.src, tos, mark, type, code, info, quoted, skb, 'icmp-error')
}

/**
 * icmp_send about what a process is sending. What a datagram socket is refused comes back while it is still sending: softirqs run
 * before sendmsg(2) returns, so the error is there when the caller learns of EPERM or EMSGSIZE.
 */
export function icmp_send_sending(net: NetNs, skb: SkBuff, type: number, code: number, info: number): void {
  const { kernel } = net
  const before = kernel.loopbackAtOnce
  kernel.loopbackAtOnce = skb.ip.protocol !== IPPROTO_TCP
  icmp_send(net, skb, type, code, info)
  kernel.loopbackAtOnce = before
}

/** The type of an ICMP packet, also of a first fragment or one that is cut short; beyond all types when there is not even that byte. */
function icmpTypeOf(skb: SkBuff): number {
  if (skb.l4 !== null) return skb.l4.kind === 'icmp' ? skb.l4.type : 0
  return skb.data[0] ?? 255
}

/** An ICMP type that no error may be sent about: errors themselves and types the kernel does not know. */
function isIcmpOther(type: number): boolean {
  return isIcmpError(type) || type > 18
}

/** icmp_reply: answer an echo or timestamp request in kind, from the address it was sent to. */
export function icmp_reply(
  net: NetNs,
  skb: SkBuff,
  type: typeof ICMP_ECHOREPLY | typeof ICMP_TIMESTAMPREPLY,
  data: Uint8Array,
): void {
  const ip = skb.ip
  const l4 = skb.l4
  if (l4 === null || l4.kind !== 'icmp' || net.kernel.icmpLocked) return
  const mark = net.cfg.sysctl['ipv4.fwmark_reflect'] !== 0 ? skb.mark : 0
  const out = routeFor(net, ip.src, fib_compute_spec_dst(net, skb), ip.tos, mark, type, 0)
  if (!(out instanceof Rtable)) {
    traceUnanswered(net, skb, 'icmp_reply', out)
    return
  }
  const source = flow.src
  if (!icmpv4_xrlim_allow(net, out, type, 0, ip.src)) return
  push(net, out, source, ip.src, ip.tos, mark, type, 0, l4.rest, data, skb, 'echo-reply')
}

/** No way back to the sender: nothing is sent, and the trace says why. */
function traceUnanswered(net: NetNs, skb: SkBuff, fn: string, errno: Errno): void {
  const ifindex = skb.dev === null ? 0 : skb.dev.ifindex
  net.kernel.tr?.emit({
    kind: 'error',
    time: net.kernel.sim.now,
    packet: skb.id,
    netns: net.id,
    ifindex,
    fn,
    errno,
    dst: skb.ip.src,
  })
}

function routeFor(
  net: NetNs,
  dst: Ip4,
  src: Ip4,
  tos: number,
  mark: number,
  type: number,
  code: number,
): Rtable | Errno {
  return ip_route_output(net, flow.set(dst, src, net.lo.ifindex, 0, mark, tos & 0x1c, IPPROTO_ICMP, type, code, 0))
}

/** icmp_push_reply: build and send. DF is never set (the ICMP sockets do no PMTU discovery). */
export function push(
  net: NetNs,
  rt: Rtable,
  src: Ip4,
  dst: Ip4,
  tos: number,
  mark: number,
  type: number,
  code: number,
  rest: number,
  data: Uint8Array,
  about: SkBuff,
  why: 'icmp-error' | 'echo-reply' | 'icmp-redirect',
): void {
  const ttl = rt.metrics?.hoplimit ?? net.cfg.sysctl['ipv4.ip_default_ttl']
  const len = IP_HLEN + ICMP_HLEN + data.length
  const header = ipv4(src, dst, IPPROTO_ICMP, ttl, tos, 0, false, false, 0, len, null, false)
  const skb = net.kernel.newSkb({ net: header, l4: icmp(type, code, rest, false), data })
  skb.mark = mark
  skb.sk = SK_CONTROL
  // an error is RELATED to the connection of what it is about, even before that is confirmed (icmp_glue_bits)
  if (why !== 'echo-reply') nf_ct_attach(skb, about)
  net.kernel.icmpLocked = true
  try {
    ip_local_out(net, skb, rt, why, about.id)
  } finally {
    net.kernel.icmpLocked = false
  }
}

/** fib_compute_spec_dst: the address of ours that an answer should come from. */
function fib_compute_spec_dst(net: NetNs, skb: SkBuff): Ip4 {
  const rt = skb.rt
  if (rt !== null && rt.type === 'local') return skb.ip.dst
  const dev = skb.dev as NetDevice
  return inet_select_addr(net, dev, skb.ip.src, RT_SCOPE_UNIVERSE)
}
