// Local ports of TCP and the lookup of segments (net/ipv4/inet_hashtables.c, inet_connection_sock.c).
// Read first: table.ts, tcp_sock.ts.
import type { Errno } from '../../lib/errno.ts'
import type { Ip4 } from '../../lib/ip4.ts'
import type { NetNs } from '../core/netns.ts'
import { addressesClash, devicesClash, portRange } from './inet.ts'
import { lookupBound } from './lookup.ts'
import { addHead, portsKey, removeFrom, type TcpEntry } from './table.ts'
import { TCP_LISTEN, type TcpSock, type TcpTimewait } from './tcp_sock.ts'

/** inet_csk_bind_conflict: may `sk` share a port with `o`? */
function clashes(sk: TcpSock, o: TcpSock | TcpTimewait): boolean {
  if (sk === o || !devicesClash(sk.boundIf, o.boundIf)) return false
  const listening = o.kind === 'sock' && o.state === TCP_LISTEN
  if (sk.reuseAddr && o.reuseAddr && !listening) return false
  if (sk.reusePort && o.reusePort && (o.kind === 'timewait' || o.uid === sk.uid)) return false
  return addressesClash(sk.rcvSaddr, o.rcvSaddr)
}

function portFree(sk: TcpSock, port: number): boolean {
  const owners = sk.net.sockets.tcpPorts.get(port)
  return owners === undefined || !owners.some((o) => clashes(sk, o))
}

/** Hold a local port (inet_bind_hash). */
export function holdPort(sk: TcpSock, port: number): void {
  sk.sport = port
  addHead(sk.net.sockets.tcpPorts, port, sk)
}

/** inet_num: does it hold the port that it shows? One whose connection is over has given it back. */
export function holdsPort(sk: TcpSock): boolean {
  return sk.sport !== 0 && sk.net.sockets.tcpPorts.get(sk.sport)?.includes(sk) === true
}

/** inet_put_port */
export function dropPort(sk: TcpSock | TcpTimewait): void {
  removeFrom(sk.net.sockets.tcpPorts, sk.sport, sk)
}

/** A port of ip_local_port_range that will do: those at an offset of one parity are tried before the others. Null when none does. */
function choosePort(sk: TcpSock, parity: 0 | 1, willDo: (sk: TcpSock, port: number) => boolean): number | null {
  const [low, count, start] = portRange(sk.net)
  for (const p of [parity, 1 - parity]) {
    for (let i = 0; i < count; i++) {
      const offset = (start + i) % count
      if ((offset & 1) === p && willDo(sk, low + offset)) return low + offset
    }
  }
  return null
}

/** inet_csk_get_port: bind(2)'s choice; with 0 an odd port of the range first, so that connect(2) keeps the even ones. */
export function inet_csk_get_port(sk: TcpSock, port: number): boolean {
  if (port !== 0) {
    if (!portFree(sk, port)) return false
    if (!holdsPort(sk)) holdPort(sk, port)
    return true
  }
  const chosen = choosePort(sk, 1, portFree)
  if (chosen === null) return false
  holdPort(sk, chosen)
  return true
}

/** __inet_check_established: is the four-tuple taken? A TIME_WAIT entry on loopback gives way after a second (tcp_tw_reuse 2). */
function tupleTaken(sk: TcpSock, port: number): boolean {
  const bucket = sk.net.sockets.tcp.get(portsKey(port, sk.dport))
  return bucket?.some((o) => entryMatches(o, sk.rcvSaddr, sk.daddr, sk.boundIf)) === true
}

/** __inet_hash_connect: a port for an outgoing connection; ports of bound sockets are passed over. */
export function inet_hash_connect(sk: TcpSock): Errno | null {
  if (sk.sport !== 0) {
    if (tupleTaken(sk, sk.sport)) return 'EADDRNOTAVAIL'
    inet_ehash_insert(sk)
    return null
  }
  const chosen = choosePort(sk, 0, portUsable)
  if (chosen === null) return 'EADDRNOTAVAIL'
  holdPort(sk, chosen)
  inet_ehash_insert(sk)
  return null
}

/** A port held only by outgoing connections may serve another destination. */
function portUsable(sk: TcpSock, port: number): boolean {
  const owners = sk.net.sockets.tcpPorts.get(port)
  if (owners === undefined) return true
  for (const o of owners)
    if (o.kind === 'sock' && (o.portLocked || o.state === TCP_LISTEN || o.daddr === 0)) return false
  return !tupleTaken(sk, port)
}

export function inet_ehash_insert(e: TcpEntry): void {
  addHead(e.net.sockets.tcp, portsKey(e.sport, e.dport), e)
}

export function inet_unhash(e: TcpEntry): void {
  if (e.kind === 'sock' && e.state === TCP_LISTEN) removeFrom(e.net.sockets.tcpListen, e.sport, e)
  else removeFrom(e.net.sockets.tcp, portsKey(e.sport, e.dport), e)
}

function entryMatches(e: TcpEntry, local: Ip4, remote: Ip4, dif: number): boolean {
  const bound = e.kind === 'request' ? e.ifindex : e.boundIf
  const mine = e.kind === 'request' ? e.saddr : e.rcvSaddr
  return mine === local && e.daddr === remote && (bound === 0 || bound === dif)
}

/** __inet_lookup_established */
export function inet_lookup_established(
  net: NetNs,
  remote: Ip4,
  rport: number,
  local: Ip4,
  lport: number,
  dif: number,
): TcpEntry | null {
  const bucket = net.sockets.tcp.get(portsKey(lport, rport))
  if (bucket === undefined) return null
  for (let i = 0; i < bucket.length; i++) {
    const e = bucket[i]!
    if (entryMatches(e, local, remote, dif)) return e
  }
  return null
}

/** __inet_lookup_listener: one bound to the address before one bound to all; to a device before to none. */
export function inet_lookup_listener(
  net: NetNs,
  saddr: Ip4,
  sport: number,
  daddr: Ip4,
  dport: number,
  dif: number,
): TcpSock | null {
  const bucket = net.sockets.tcpListen.get(dport)
  return bucket === undefined ? null : lookupBound(bucket, compute_score, saddr, sport, daddr, dport, dif)
}

/** compute_score: its peer, where it still has one from a connection that failed, does not count. */
function compute_score(sk: TcpSock, _saddr: Ip4, _sport: number, bound: Ip4, dif: number): number {
  if (sk.rcvSaddr !== bound || (sk.boundIf !== 0 && sk.boundIf !== dif)) return -1
  return sk.boundIf !== 0 ? 2 : 1
}
