// What the IPv4 sockets share: binding to addresses and ports, routes of sockets, headers (net/ipv4/af_inet.c, datagram.c).
// Read first: sock.ts.
import type { Errno } from '../../lib/errno.ts'
import { type Ip4, isMulticast } from '../../lib/ip4.ts'
import { IP_HLEN, type Ipv4, ipv4 } from '../../wire/ipv4.ts'
import type { NetNs } from '../core/netns.ts'
import { IPSKB_EMSGSIZE, IPSKB_EPERM, IPSKB_IGNORE_DF, IPSKB_NOBUFS, type SkBuff } from '../core/skbuff.ts'
import { Flow, inet_addr_type } from '../ipv4/fib_lookup.ts'
import { ip_select_ident } from '../ipv4/ip_output.ts'
import { dst_mtu, ip_route_output } from '../ipv4/route.ts'
import type { Rtable } from '../ipv4/rtable.ts'
import { ip_local_error } from './errqueue.ts'
import {
  IP_PMTUDISC_DO,
  IP_PMTUDISC_PROBE,
  ip_dont_fragment,
  ip_sk_ignore_df,
  ip_sk_use_pmtu,
  ownerName,
  type Sock,
  sk_dst_set,
  sock_error,
} from './sock.ts'

/** inet_addr_valid_or_nonlocal: may a socket be bound to it? Null when it may. */
function checkBindAddress(net: NetNs, addr: Ip4): Errno | null {
  if (addr === 0 || net.cfg.sysctl['ipv4.ip_nonlocal_bind'] !== 0) return null
  return inet_addr_type(net, addr) === 'unicast' ? 'EADDRNOTAVAIL' : null
}

/** __inet_bind of UDP and TCP: null when bound. `fresh` says that the socket may still be; `getPort` takes the port. */
export function inet_bind<S extends Sock>(
  sk: S,
  addr: Ip4,
  port: number,
  fresh: boolean,
  getPort: (sk: S, port: number) => boolean,
): Errno | null {
  const net = sk.net
  const bad = checkBindAddress(net, addr)
  if (bad !== null) return bad
  if (port !== 0 && port < net.cfg.sysctl['ipv4.ip_unprivileged_port_start'] && sk.uid !== 0) return 'EACCES'
  if (!fresh) return 'EINVAL'
  setBindAddress(sk, addr)
  if (!getPort(sk, port)) {
    sk.rcvSaddr = sk.saddr = 0
    return 'EADDRINUSE'
  }
  sk.addrLocked = addr !== 0
  sk.portLocked = port !== 0
  return null
}

/** Take the address of a socket without a port (ping_bind, raw_bind). Null when fine. */
export function bindAddress(sk: Sock, addr: Ip4): Errno | null {
  const bad = checkBindAddress(sk.net, addr)
  if (bad === null) setBindAddress(sk, addr)
  return bad
}

/** A group or broadcast address is no source. */
function setBindAddress(sk: Sock, addr: Ip4): void {
  sk.rcvSaddr = addr
  const type = addr === 0 ? 'local' : inet_addr_type(sk.net, addr)
  sk.saddr = type === 'multicast' || type === 'broadcast' ? 0 : addr
}

/** inet_rcv_saddr_equal with wildcards: could one datagram be for both? */
export function addressesClash(a: Ip4, b: Ip4): boolean {
  return a === 0 || b === 0 || a === b
}

/** Same device, or one of them on any. */
export function devicesClash(a: number, b: number): boolean {
  return a === 0 || b === 0 || a === b
}

/** A random starting point in ip_local_port_range: [low, count, offset]. */
export function portRange(net: NetNs): readonly [number, number, number] {
  const [low, high] = net.cfg.sysctl['ipv4.ip_local_port_range']
  const count = high - low + 1
  return [low, count, net.kernel.random.below(count)]
}

/** The flow of a socket towards a destination, before routing. */
export function flowOf(sk: Sock, dst: Ip4, dport: number): Flow {
  const tos = sk.tos & 0x1e
  const fl = new Flow().set(dst, sk.saddr, 1, sk.boundIf, sk.mark, tos, sk.protocol, sk.sport, dport, sk.uid)
  if (isMulticast(dst)) {
    if (fl.oif === 0) fl.oif = sk.mcIndex
    if (fl.src === 0) fl.src = sk.mcAddr
  }
  return fl
}

/** ip_route_output_flow for a socket; a failure is told to the trace. */
export function routeSocket(sk: Sock, fl: Flow, fn: string): Rtable | Errno {
  const rt = ip_route_output(sk.net, fl)
  if (typeof rt === 'string') traceError(sk.net, rt, fl.dst, fn)
  return rt
}

/**
 * ip_route_connect: a first lookup chooses the source, a second one asks again with it, so that rules about the source hold. What is
 * decided is left in `fl`.
 */
export function routeConnect(sk: Sock, fl: Flow, fn: string): Rtable | Errno {
  if (fl.src !== 0 && fl.dst !== 0) return routeSocket(sk, fl, fn)
  const { oif } = fl
  const first = routeSocket(sk, fl, fn)
  if (typeof first === 'string') return first
  fl.oif = oif
  return routeSocket(sk, fl, fn)
}

/** routeSocket for a datagram, which goes to a broadcast address only with SO_BROADCAST. */
export function routeDatagram(sk: Sock, fl: Flow, fn: string): Rtable | Errno {
  return broadcastAllowed(sk, routeSocket(sk, fl, fn))
}

function broadcastAllowed(sk: Sock, rt: Rtable | Errno): Rtable | Errno {
  return typeof rt !== 'string' && rt.type === 'broadcast' && !sk.broadcast ? 'EACCES' : rt
}

/** The checks of __ip_append_data on `length` bytes after the IP header, then a pending error. Null when they may go. */
export function refusedDatagram(sk: Sock, dst: Ip4, length: number, mtu: number): Errno | null {
  if (IP_HLEN + length > (ip_sk_ignore_df(sk) ? 0xffff : mtu)) return tooLong(sk, dst, mtu, '__ip_append_data')
  return sk.err === null ? null : sock_error(sk)
}

/** EMSGSIZE, told to the error queue and the trace. */
export function tooLong(sk: Sock, dst: Ip4, mtu: number, fn: string): Errno {
  ip_local_error(sk, 'EMSGSIZE', dst, sk.dport, mtu)
  traceError(sk.net, 'EMSGSIZE', dst, fn)
  return 'EMSGSIZE'
}

function traceError(net: NetNs, errno: Errno, dst: Ip4, fn: string): void {
  const kernel = net.kernel
  if (kernel.tr === null) return
  kernel.tr.emit({ kind: 'error', time: kernel.sim.now, packet: 0, netns: net.id, ifindex: 0, fn, errno, dst })
}

/** The MTU that limits a socket on a route. */
export function socketMtu(sk: Sock, rt: Rtable): number {
  return Math.min(ip_sk_use_pmtu(sk) ? dst_mtu(sk.net, rt) : rt.dev.mtu, 0xffff)
}

/** ip_select_ttl, with the multicast TTL for groups. */
export function selectTtl(sk: Sock, rt: Rtable): number {
  if (rt.type === 'multicast') return sk.mcTtl
  if (sk.ttl >= 0) return sk.ttl
  return rt.metrics?.hoplimit ?? sk.net.cfg.sysctl['ipv4.ip_default_ttl']
}

/** __ip_make_skb's header for a datagram of `length` bytes after it; `mtu` decides about DF. */
export function makeHeader(sk: Sock, rt: Rtable, src: Ip4, dst: Ip4, proto: number, length: number, mtu: number): Ipv4 {
  const total = IP_HLEN + length
  const df =
    sk.pmtudisc === IP_PMTUDISC_DO || sk.pmtudisc === IP_PMTUDISC_PROBE || (total <= mtu && ip_dont_fragment(sk, rt))
  let id = 0
  if (!df || ip_sk_ignore_df(sk)) id = ip_select_ident(sk.net)
  else if (sk.daddr !== 0) id = sk.ipId = (sk.ipId + 1) & 0xffff
  return ipv4(src, dst, proto, selectTtl(sk, rt), sk.tos, id, df, false, 0, total, null, false)
}

/** sk_mc_loop: do our own members of the group hear what this packet's socket sends (IP_MULTICAST_LOOP)? */
export function sk_mc_loop(net: NetNs, skb: SkBuff): boolean {
  const sk = skb.sk === 0 ? null : net.kernel.layer.find(skb.sk)
  return sk === null || sk.mcLoop
}

/** ip_skb_dst_mtu: how long may this packet be on its way out? */
export function ip_skb_dst_mtu(net: NetNs, skb: SkBuff, rt: Rtable): number {
  const sk = skb.sk <= 0 ? null : net.kernel.layer.find(skb.sk)
  return sk === null ? dst_mtu(net, rt) : socketMtu(sk, rt)
}

/** ip_send_skb: why a datagram did not leave, as its sender is told; for want of memory only with IP_RECVERR. */
export function notSent(sk: Sock, skb: SkBuff): Errno | null {
  if ((skb.cbFlags & IPSKB_EPERM) !== 0) return 'EPERM'
  if ((skb.cbFlags & IPSKB_EMSGSIZE) !== 0) return 'EMSGSIZE'
  return (skb.cbFlags & IPSKB_NOBUFS) !== 0 && sk.recvErr ? 'ENOBUFS' : null
}

/** Mark a fresh packet as the socket's. */
export function ownSkb(sk: Sock, skb: SkBuff): void {
  skb.sk = sk.inode
  skb.uid = sk.uid
  skb.mark = sk.mark
}

/** Mark what __ip_make_skb makes: a datagram that may have to be fragmented on its way. */
export function ownDatagram(sk: Sock, skb: SkBuff): void {
  ownSkb(sk, skb)
  if (ip_sk_ignore_df(sk)) skb.cbFlags |= IPSKB_IGNORE_DF
}

/** __ip4_datagram_connect: choose route and source, and remember the peer. */
export function ip4_datagram_connect(sk: Sock, dst: Ip4, dport: number): Errno | null {
  const fl = flowOf(sk, dst, dport)
  const rt = broadcastAllowed(sk, routeConnect(sk, fl, 'ip4_datagram_connect'))
  if (typeof rt === 'string') return rt
  if (sk.saddr === 0) sk.saddr = fl.src
  if (sk.rcvSaddr === 0) sk.rcvSaddr = fl.src
  sk.daddr = fl.dst
  sk.dport = dport
  sk.connected = true
  sk.ipId = sk.net.kernel.random.u32() & 0xffff
  sk_dst_set(sk, rt)
  return null
}

/** Tell the trace that a socket took a packet. */
export function traceDeliver(sk: Sock, skb: SkBuff, fn: string): void {
  const kernel = sk.net.kernel
  if (kernel.tr === null) return
  kernel.tr.emit({
    kind: 'deliver',
    time: kernel.sim.now,
    packet: skb.id,
    netns: sk.net.id,
    ifindex: skb.dev === null ? 0 : skb.dev.ifindex,
    fn,
    protocol: sk.type,
    pkt: skb.packet(),
    socket: sk.inode,
    owner: ownerName(sk),
  })
}
