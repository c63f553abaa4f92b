// What every socket is made of: addresses, options, buffers, pending errors (struct sock, struct inet_sock).
// Read first: uapi/socket.ts. Next: datagram.ts (udp, ping, raw, packet), tcp_sock.ts.
// Leaves out: socket filters (BPF), memory cgroups, busy polling.
import type { Errno } from '../../lib/errno.ts'
import type { Ip4 } from '../../lib/ip4.ts'
import type { SocketError, SocketId, SocketOwner, SocketType } from '../../uapi/socket.ts'
import type { NetNs } from '../core/netns.ts'
import type { Rtable } from '../ipv4/rtable.ts'

/** IP_PMTUDISC_… */
export const IP_PMTUDISC_DONT = 0
const IP_PMTUDISC_WANT = 1
export const IP_PMTUDISC_DO = 2
export const IP_PMTUDISC_PROBE = 3
const IP_PMTUDISC_INTERFACE = 4
export const IP_PMTUDISC_OMIT = 5

export const RCV_SHUTDOWN = 1
export const SEND_SHUTDOWN = 2

/** Smallest buffers that SO_RCVBUF and SO_SNDBUF give (SOCK_MIN_RCVBUF, SOCK_MIN_SNDBUF). */
export const SOCK_MIN_RCVBUF = 2304
export const SOCK_MIN_SNDBUF = 4608

export class Sock {
  readonly inode: SocketId
  readonly type: SocketType
  readonly net: NetNs
  /** IP protocol, or the EtherType of a packet socket. */
  protocol: number
  /** Null once no process holds it (an orphan of TCP). */
  owner: SocketOwner | null
  uid: number
  /** inet_rcv_saddr: what it is bound to, 0 for every address. */
  rcvSaddr: Ip4 = 0
  /** inet_saddr: the source of what it sends, 0 when routing chooses. */
  saddr: Ip4 = 0
  sport = 0
  daddr: Ip4 = 0
  dport = 0
  /** connect(2) was done: datagram sockets in TCP_ESTABLISHED. */
  connected = false
  /** SOCK_BINDADDR_LOCK, SOCK_BINDPORT_LOCK: bind(2) named them. */
  addrLocked = false
  portLocked = false
  /** SO_BINDTODEVICE's ifindex, 0 for none. */
  boundIf = 0
  mark = 0
  /** -1: the namespace's default. */
  ttl = -1
  tos = 0
  mcTtl = 1
  mcIndex = 0
  mcAddr: Ip4 = 0
  mcLoop = true
  broadcast = false
  reuseAddr = false
  reusePort = false
  pmtudisc: number
  recvErr = false
  hdrIncl = false
  rcvbuf: number
  sndbuf: number
  /** SO_RCVBUF or SO_SNDBUF was given: no automatic tuning. */
  bufLocked = 0
  /** sk_err: given by the next call, then forgotten. */
  err: Errno | null = null
  /** sk_err_soft: why it does not get through, told when it gives up. */
  errSoft: Errno | null = null
  errQueue: SocketError[] = []
  shutdown = 0
  /** sk_dst_cache, and what it was made for. */
  rt: Rtable | null = null
  rtCfg: object | null = null
  rtGen = -1
  /** inet_id: IP identification of connected sockets. */
  ipId = 0

  constructor(inode: SocketId, type: SocketType, net: NetNs, protocol: number, owner: SocketOwner | null) {
    this.inode = inode
    this.type = type
    this.net = net
    this.protocol = protocol
    this.owner = owner
    this.uid = owner === null ? 0 : owner.uid
    const sysctl = net.cfg.sysctl
    this.pmtudisc = sysctl['ipv4.ip_no_pmtu_disc'] !== 0 ? IP_PMTUDISC_DONT : IP_PMTUDISC_WANT
    this.rcvbuf = sysctl['core.rmem_default']
    this.sndbuf = sysctl['core.wmem_default']
  }
}

/** sk->sk_state_change and its kin: tell the owner to poll again. */
export function sk_wake(sk: Sock): void {
  if (sk.owner !== null) sk.net.kernel.upcalls?.wake(sk.owner, sk.inode)
}

/** sock_error: the pending error, once. */
export function sock_error(sk: Sock): Errno | null {
  const e = sk.err
  sk.err = null
  return e
}

/** Set sk_err and tell the owner (sk_error_report). */
export function sk_report(sk: Sock, errno: Errno): void {
  sk.err = errno
  sk_wake(sk)
}

/** sk_dst_check: the cached route while nothing has changed, else null. */
export function sk_dst_check(sk: Sock): Rtable | null {
  const rt = sk.rt
  if (rt === null) return null
  const net = sk.net
  if (sk.rtCfg !== net.cfg || sk.rtGen !== net.routes.genid) return null
  const e = rt.exception
  if (e !== null && e.expires !== 0 && e.expires <= net.kernel.sim.now) return null
  return rt
}

export function sk_dst_set(sk: Sock, rt: Rtable | null): void {
  sk.rt = rt
  sk.rtCfg = sk.net.cfg
  sk.rtGen = sk.net.routes.genid
}

/** The kernel's ip_sk_ignore_df: longer than the MTU is fragmented here. */
export function ip_sk_ignore_df(sk: Sock): boolean {
  return sk.pmtudisc < IP_PMTUDISC_DO || sk.pmtudisc === IP_PMTUDISC_OMIT
}

/** ip_sk_accept_pmtu: is "fragmentation needed" believed? */
export function ip_sk_accept_pmtu(sk: Sock): boolean {
  return sk.pmtudisc !== IP_PMTUDISC_INTERFACE && sk.pmtudisc !== IP_PMTUDISC_OMIT
}

/** ip_sk_use_pmtu: else the device's MTU counts, whatever is known of the path. */
export function ip_sk_use_pmtu(sk: Sock): boolean {
  return sk.pmtudisc < IP_PMTUDISC_PROBE
}

/** ip_dont_fragment: DF on what fits. */
export function ip_dont_fragment(sk: Sock, rt: Rtable): boolean {
  return sk.pmtudisc === IP_PMTUDISC_DO || (sk.pmtudisc === IP_PMTUDISC_WANT && !rt.mtuLocked)
}

/**
 * skb->truesize of a datagram of that many bytes after the IP header's 20 (alloc_skb's size classes, Linux 6.1 x86-64):
 * what it costs in the receiver's buffer.
 */
export function truesize(len: number): number {
  const need = len + 51 + 320
  if (need > 16_384) return len + 828
  let bucket = 512
  while (bucket < need) bucket *= 2
  return bucket + 256
}

/** The owner's name in a trace. */
export function ownerName(sk: Sock): string {
  return sk.owner === null ? '' : sk.owner.name
}
