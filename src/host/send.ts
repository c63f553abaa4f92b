// One packet from a socket of the host's own, followed to its end: the question "what would happen to it?".
import type { Errno } from '../lib/errno.ts'
import { SimulationPaused } from '../sim/clock.ts'
import type { NetnsId } from '../uapi/request.ts'
import type { SockAddr, SocketId, SocketOptions, SocketOwner } from '../uapi/socket.ts'
import { encodeIcmp, ICMP_ECHO, icmp } from '../wire/icmp.ts'
import type { Machine } from './machine.ts'
import { isQuiet } from './settle.ts'

/** What is sent. `data` is the payload; a tcp one is a connection attempt, closed again when it is established. */
export interface Datagram {
  readonly protocol: 'udp' | 'icmp' | 'tcp'
  readonly source: SockAddr | null
  readonly data: Uint8Array
  readonly options: SocketOptions
}

/** Virtual ns that a packet is followed: longer than ARP and ICMP need to report that nobody is there. */
const FOLLOW = 8_000_000_000
/** A connection attempt is given up like `nc -w 5`. */
const CONNECT = 5_000_000_000

const OWNER: SocketOwner = Object.freeze({ pid: 0, name: 'netsim', uid: 0, gid: 0 })

/** Send it; null when the kernel took it, else the errno of the call that refused, which the trace has as an event too. */
export function sendDatagram(m: Machine, netns: NetnsId, d: Datagram, to: SockAddr): Errno | null {
  const sockets = m.kernel.sockets
  const made = sockets.socket(netns, d.protocol === 'icmp' ? 'raw' : d.protocol, d.protocol === 'icmp' ? 1 : 0, OWNER)
  if (!made.ok) return refused(m, netns, to, made.errno, 'socket')
  const s = made.value
  let errno: Errno | null
  try {
    errno = prepare(m, netns, s, d, to) ?? (d.protocol === 'tcp' ? attempt(m, s, to) : transmit(m, netns, s, d, to))
  } catch (e) {
    // A replay that stands still inside: the socket is open there.
    if (!(e instanceof SimulationPaused)) sockets.close(s)
    throw e
  }
  sockets.close(s)
  if (d.protocol === 'tcp') m.settle(m.sim.now + CONNECT, () => isQuiet(m))
  return errno
}

function prepare(m: Machine, netns: NetnsId, s: SocketId, d: Datagram, to: SockAddr): Errno | null {
  const set = m.kernel.sockets.setOptions(s, { recvErr: true, ...d.options })
  if (!set.ok) return refused(m, netns, to, set.errno, 'setsockopt')
  if (d.source === null) return null
  const bound = m.kernel.sockets.bind(s, d.source)
  return bound.ok ? null : refused(m, netns, to, bound.errno, 'bind')
}

/** A system call that failed before the kernel made any packet: the trace hears of it from here. */
function refused(m: Machine, netns: NetnsId, to: SockAddr, errno: Errno, fn: string): Errno {
  m.kernel.tr?.emit({ kind: 'error', time: m.sim.now, packet: 0, netns, ifindex: 0, fn, errno, dst: to.addr })
  return errno
}

/** The longest payload that an IPv4 datagram can have. */
const LONGEST = 65_507

function transmit(m: Machine, netns: NetnsId, s: SocketId, d: Datagram, to: SockAddr): Errno | null {
  if (d.data.length > LONGEST) return refused(m, netns, to, 'EMSGSIZE', 'sendto')
  const data = d.protocol === 'icmp' ? echoRequest(d.data) : d.data
  const sent = m.kernel.sockets.sendto(s, data, to)
  if (!sent.ok) return sent.errno
  m.settle(m.sim.now + FOLLOW, () => isQuiet(m))
  return null
}

function attempt(m: Machine, s: SocketId, to: SockAddr): Errno | null {
  const c = m.kernel.sockets.connect(s, to)
  if (!c.ok && c.errno !== 'EINPROGRESS') return c.errno
  m.settle(m.sim.now + CONNECT, () => {
    const p = m.kernel.sockets.poll(s)
    return p.writable || p.error || p.hangup
  })
  return m.kernel.sockets.takeError(s)
}

/** An echo request, id 1 and sequence 1, as the bytes of an ICMP message. */
function echoRequest(data: Uint8Array): Uint8Array {
  return encodeIcmp(icmp(ICMP_ECHO, 0, 0x10001, false), data)
}
