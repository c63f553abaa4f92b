// Small steps around uapi/socket.ts that every network program takes: a socket behind a descriptor, ICMP bytes, devices.
import { type Errno, strerror } from '../../lib/errno.ts'
import type { Sys } from '../../uapi/program.ts'
import type { SocketId, SocketType } from '../../uapi/socket.ts'

export interface OpenSocket {
  readonly s: SocketId
  readonly fd: number
}

/** The process as the owner of a socket; `name` is what ss -p shows. */
export function owner(sys: Sys, name: string): { pid: number; name: string; uid: number; gid: number } {
  return { pid: sys.pid, name, uid: sys.uid, gid: sys.gid }
}

export function openSocket(sys: Sys, type: SocketType, protocol: number, name: string): OpenSocket | Errno {
  const r = sys.sockets.socket(sys.netns, type, protocol, owner(sys, name))
  return r.ok ? { s: r.value, fd: sys.socketFd(r.value) } : r.errno
}

export function isErrno(x: OpenSocket | Errno): x is Errno {
  return typeof x === 'string'
}

/** "prog: what: strerror" with a newline: glibc's error(…, errno, …) and BSD's err(). */
export function perror(prog: string, what: string, errno: Errno): string {
  return `${prog}: ${what}: ${strerror(errno)}\n`
}

/** An ICMP message without options as bytes, checksum included. */
export function icmpBytes(type: number, code: number, id: number, seq: number, data: Uint8Array): Uint8Array {
  const b = new Uint8Array(8 + data.length)
  b[0] = type
  b[1] = code
  b[4] = id >>> 8
  b[5] = id & 255
  b[6] = seq >>> 8
  b[7] = seq & 255
  b.set(data, 8)
  const sum = internetChecksum(b)
  b[2] = sum >>> 8
  b[3] = sum & 255
  return b
}

/** RFC 1071. */
export function internetChecksum(b: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < b.length; i += 2) sum += (b[i]! << 8) | (b[i + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

export function readU16(b: Uint8Array, at: number): number {
  return ((b[at] ?? 0) << 8) | (b[at + 1] ?? 0)
}

export function readI32(b: Uint8Array, at: number): number {
  return ((b[at] ?? 0) << 24) | ((b[at + 1] ?? 0) << 16) | ((b[at + 2] ?? 0) << 8) | (b[at + 3] ?? 0) | 0
}
