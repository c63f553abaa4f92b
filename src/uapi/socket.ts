// Sockets as programs see them: socket(7), ip(7), tcp(7), udp(7), raw(7), packet(7), in non-blocking form.
// A call that would block answers EAGAIN (EINPROGRESS for connect); readiness comes as a wake-up of the owning process.
import type { Errno } from '../lib/errno.ts'
import type { Ip4 } from '../lib/ip4.ts'
import type { Icmp } from '../wire/icmp.ts'
import type { Packet } from '../wire/packet.ts'
import type { NetnsId } from './request.ts'

/** ping: SOCK_DGRAM/IPPROTO_ICMP. raw: SOCK_RAW with an IP protocol. packet: AF_PACKET/SOCK_RAW (tcpdump, arping). */
export type SocketType = 'udp' | 'tcp' | 'ping' | 'raw' | 'packet'

/** TCP_ESTABLISHED … TCP_CLOSING (include/net/tcp_states.h) as ss names them. */
export const SOCKET_STATES = Object.freeze([
  'ESTAB',
  'SYN-SENT',
  'SYN-RECV',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'TIME-WAIT',
  'UNCONN',
  'CLOSE-WAIT',
  'LAST-ACK',
  'LISTEN',
  'CLOSING',
] as const)
export type SocketState = (typeof SOCKET_STATES)[number]

export interface SockAddr {
  readonly addr: Ip4
  readonly port: number
}

/** For AF_PACKET sockets. */
export interface SockAddrLl {
  readonly ifindex: number
  /** EtherType filter, ETH_P_ALL for everything. */
  readonly protocol: number
}

export type SocketResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errno: Errno }

/** One received datagram (udp, ping, raw) or stream chunk (tcp; `from` is the peer). Empty tcp data is end of stream. */
export interface Received {
  readonly data: Uint8Array
  readonly from: SockAddr
  readonly to: SockAddr
  /** Of the header: for ping's output and IP_RECVTTL. */
  readonly ttl: number
  readonly tos: number
  /** ifindex it came in by. */
  readonly ifindex: number
  /** Virtual time of arrival in ns (SO_TIMESTAMP). */
  readonly time: number
  /** ping and raw icmp sockets: the ICMP header; data is what follows it. */
  readonly icmp: Icmp | null
  /** packet sockets: the frame, and whether it was sent or received here (PACKET_HOST, PACKET_OUTGOING …). */
  readonly frame: Packet | null
  readonly packetType: 'host' | 'broadcast' | 'multicast' | 'otherhost' | 'outgoing'
  /** Original length in bytes of the frame or datagram. */
  readonly length: number
}

/** One entry of the error queue (IP_RECVERR): an ICMP error about something this socket sent, or a local error. */
export interface SocketError {
  readonly errno: Errno
  /** SO_EE_ORIGIN_ICMP or SO_EE_ORIGIN_LOCAL. */
  readonly origin: 'icmp' | 'local'
  readonly type: number
  readonly code: number
  /** ee_info: the MTU of EMSGSIZE. */
  readonly info: number
  /** Who sent the ICMP error. */
  readonly offender: Ip4
  /** Destination of the offending datagram. */
  readonly dst: SockAddr
  /** Payload of the offending datagram, as quoted (after its transport header; an echo's ICMP header is in `icmp`). */
  readonly data: Uint8Array
  readonly icmp: Icmp | null
}

/** setsockopt, by the names of socket(7), ip(7), tcp(7). */
export interface SocketOptions {
  /** SO_BINDTODEVICE: a device name, '' to unbind. */
  readonly bindToDevice?: string
  readonly mark?: number
  readonly broadcast?: boolean
  readonly reuseAddr?: boolean
  readonly reusePort?: boolean
  readonly keepAlive?: boolean
  readonly ttl?: number
  readonly tos?: number
  /** IP_MULTICAST_TTL, IP_MULTICAST_IF, IP_MULTICAST_LOOP */
  readonly multicastTtl?: number
  readonly multicastIf?: Ip4
  readonly multicastLoop?: boolean
  /** IP_PMTUDISC_DONT 0, WANT 1, DO 2, PROBE 3, INTERFACE 4, OMIT 5. */
  readonly mtuDiscover?: number
  readonly recvErr?: boolean
  readonly noDelay?: boolean
  /** TCP_KEEPIDLE and TCP_KEEPINTVL in seconds, TCP_KEEPCNT in probes. */
  readonly keepIdle?: number
  readonly keepIntvl?: number
  readonly keepCnt?: number
  /** TCP_USER_TIMEOUT in ms, 0 for none. */
  readonly userTimeout?: number
  readonly rcvBuf?: number
  readonly sndBuf?: number
  /** raw: the caller supplies the IP header (IP_HDRINCL). */
  readonly hdrIncl?: boolean
  /** packet sockets: promiscuous membership (PACKET_MR_PROMISC). */
  readonly promisc?: boolean
}

/** What poll(2) would say. */
export interface Readiness {
  readonly readable: boolean
  readonly writable: boolean
  /** SO_ERROR or error queue. */
  readonly error: boolean
  readonly hangup: boolean
}

/** A socket's handle: its inode number, unique in the machine. Processes hold it behind a file descriptor. */
export type SocketId = number

/** Who owns a socket; the kernel wakes it through Upcalls.wake. */
export interface SocketOwner {
  readonly pid: number
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** The kernel's socket layer (kernel/socket). Every call is immediate; errors are errnos. */
export interface Sockets {
  /** `protocol`: IP protocol of a raw socket, EtherType of a packet socket; 0 otherwise. */
  socket(netns: NetnsId, type: SocketType, protocol: number, owner: SocketOwner): SocketResult<SocketId>
  bind(s: SocketId, addr: SockAddr): SocketResult<null>
  /** packet sockets. */
  bindLl(s: SocketId, addr: SockAddrLl): SocketResult<null>
  /** tcp: EINPROGRESS, then writable, or error with SO_ERROR. */
  connect(s: SocketId, addr: SockAddr): SocketResult<null>
  listen(s: SocketId, backlog: number): SocketResult<null>
  accept(s: SocketId, owner: SocketOwner): SocketResult<{ readonly socket: SocketId; readonly peer: SockAddr }>
  /** tcp and connected datagram sockets. Bytes accepted; EAGAIN when the send buffer is full. */
  send(s: SocketId, data: Uint8Array): SocketResult<number>
  /**
   * udp: payload; ping: ICMP header + data as bytes; raw: IP payload (or whole datagram with hdrIncl).
   * `source`, for udp: IP_PKTINFO's ipi_spec_dst.
   */
  sendto(s: SocketId, data: Uint8Array, to: SockAddr, source?: Ip4): SocketResult<number>
  /** packet sockets: a whole frame. */
  sendFrame(s: SocketId, frame: Packet, ifindex: number): SocketResult<number>
  recv(s: SocketId): SocketResult<Received>
  recvError(s: SocketId): SocketResult<SocketError>
  /** SO_ERROR: the pending error, cleared by reading; null when none. */
  takeError(s: SocketId): Errno | null
  shutdown(s: SocketId, how: 'read' | 'write' | 'both'): SocketResult<null>
  close(s: SocketId): void
  setOptions(s: SocketId, options: SocketOptions): SocketResult<null>
  getsockname(s: SocketId): SockAddr
  getpeername(s: SocketId): SocketResult<SockAddr>
  /** IP_MTU of a connected socket. */
  pathMtu(s: SocketId): SocketResult<number>
  poll(s: SocketId): Readiness
}

/** What the kernel calls upward. */
export interface Upcalls {
  /** Something about the socket changed (poll again). */
  wake(owner: SocketOwner, socket: SocketId): void
  /** Does a process live in the namespace? One that lost its name is then kept until Kernel.putNetns. */
  netnsBusy?(netns: NetnsId): boolean
  /** Count work for the limit of steps; throws LimitError beyond it. */
  charge?(steps: number): void
}

/** A socket as ss(8) sees it. */
export interface SocketInfo {
  readonly netid: 'tcp' | 'udp' | 'icmp' | 'raw'
  /** UNCONN or ESTAB for all but TCP. */
  readonly state: SocketState
  readonly recvQ: number
  readonly sendQ: number
  readonly local: Ip4
  readonly lport: number
  readonly remote: Ip4
  readonly rport: number
  readonly ifindex: number
  readonly uid: number
  readonly inode: number
  readonly processes: readonly { readonly name: string; readonly pid: number; readonly fd: number }[]
}
