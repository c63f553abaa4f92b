// Who listens where: the hash tables that received packets are looked up in (udp_table, inet_hashinfo, raw_hashinfo, ping_table).
// Read first: sock.ts. One per namespace; buckets are short arrays, newest first where the kernel adds at the head.
import type { NetNs } from '../core/netns.ts'
import type { PacketSock } from './packet.ts'
import type { PingSock } from './ping.ts'
import type { RawSock } from './raw.ts'
import type { TcpRequest, TcpSock, TcpTimewait } from './tcp_sock.ts'
import type { UdpSock } from './udp.ts'

/** What a TCP segment can belong to besides a listener (struct sock_common in ehash). */
export type TcpEntry = TcpSock | TcpRequest | TcpTimewait

/** Key of a TCP bucket: the two ports. */
export function portsKey(lport: number, rport: number): number {
  return lport * 65536 + rport
}

export class SocketTable {
  readonly net: NetNs
  /** By local port. */
  readonly udp = new Map<number, UdpSock[]>()
  /** By IP protocol. */
  readonly raw = new Map<number, RawSock[]>()
  /** By echo identifier. */
  readonly ping = new Map<number, PingSock>()
  readonly packet: PacketSock[] = []
  /** Listening sockets by port. */
  readonly tcpListen = new Map<number, TcpSock[]>()
  /** Connections, embryonic ones and those in TIME_WAIT, by ports. */
  readonly tcp = new Map<number, TcpEntry[]>()
  /** bhash: who holds a local TCP port. */
  readonly tcpPorts = new Map<number, (TcpSock | TcpTimewait)[]>()
  constructor(net: NetNs) {
    this.net = net
  }
}

/** Put first in a bucket. */
export function addHead<T>(map: Map<number, T[]>, key: number, item: T): void {
  const bucket = map.get(key)
  if (bucket === undefined) map.set(key, [item])
  else bucket.unshift(item)
}

/** Take out of a bucket; the bucket goes when it is empty. */
export function removeFrom<T>(map: Map<number, T[]>, key: number, item: T): void {
  const bucket = map.get(key)
  if (bucket === undefined) return
  const i = bucket.indexOf(item)
  if (i < 0) return
  if (bucket.length === 1) map.delete(key)
  else bucket.splice(i, 1)
}
