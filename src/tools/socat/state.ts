// What a running socat remembers: its sessions (the children that "fork" makes in the original), each with two ends.
// Plain data: copied by fork() while it runs.
import type { Ip4 } from '../../lib/ip4.ts'
import type { SockAddr } from '../../uapi/socket.ts'
import type { Lookup } from '../lib/resolve.ts'
import type { Address } from './address.ts'
import type { SocatOptions } from './options.ts'

/** Timers of session n are n * 8 + one of these. */
export const LOOKUP = 0
export const CONNECT = 1
export const CLOSING = 2
export const INACTIVE = 3
export const TIMERS = 8

/** One opened side. */
export interface End {
  readonly address: Address
  /** -1: cannot be read (written). */
  rfd: number
  wfd: number
  /** Socket behind both, -1 for files and pipes. */
  readonly s: number
  /** Child process, 0 for none. */
  pid: number
  /** Datagrams go there; null: the socket is connected or no datagram socket. */
  peer: SockAddr | null
  /** First datagram, read before the end was opened. */
  first: Uint8Array | null
  /** One datagram only (RECVFROM). */
  readonly single: boolean
  /** Reading is over. */
  eof: boolean
}

/** An end that is being opened. */
export interface Opening {
  readonly address: Address
  stage: 'lookup' | 'bind' | 'connect' | 'accept'
  lookup: Lookup | null
  target: Ip4
  bind: Ip4
  s: number
  fd: number
}

export interface Session {
  readonly id: number
  /** True for one of the connections of a forking listener. */
  readonly child: boolean
  left: End | null
  right: End | null
  opening: Opening | null
  /** Data read on one side that the other has not taken. */
  toRight: Uint8Array
  toLeft: Uint8Array
  closing: boolean
  running: boolean
}

export interface SocatState {
  readonly opt: SocatOptions
  /** The listening socket of a fork, -1 when none. */
  s: number
  fd: number
  listening: Opening | null
  readonly sessions: Map<number, Session>
  nextSession: number
}

export function newSession(id: number, child: boolean): Session {
  return {
    id,
    child,
    left: null,
    right: null,
    opening: null,
    toRight: new Uint8Array(0),
    toLeft: new Uint8Array(0),
    closing: false,
    running: false,
  }
}
