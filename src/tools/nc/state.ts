// What a running nc remembers. Plain data: copied by fork() while it runs.
import type { Ip4 } from '../../lib/ip4.ts'
import type { SockAddr } from '../../uapi/socket.ts'
import type { Lookup } from '../lib/resolve.ts'
import type { NcOptions } from './options.ts'

export const SECOND = 1_000_000_000
/** Timer ids: -w, -i and sleeps, name look-ups, -q, what comes after the last write. */
export const WAIT = 1
export const PAUSE = 2
export const LOOKUP = 3
export const QUIT = 4
export const AGAIN = 5

/** What a finished look-up is for. */
export type LookupPurpose = 'target' | 'source' | 'listening' | 'received'

export interface NcState {
  readonly opt: NcOptions
  phase: 'lookup' | 'connect' | 'probe' | 'accept' | 'relay' | 'relayed' | 'quit'
  lookup: Lookup | null
  purpose: LookupPurpose
  /** Exit code so far. */
  code: number
  target: Ip4
  source: Ip4
  /** Index into opt.ports. */
  port: number
  /** Listening socket. */
  ls: number
  lfd: number
  /** The connection. */
  s: number
  fd: number
  peer: SockAddr
  /** First datagram of a UDP listener, read before connect(). */
  peeked: Uint8Array | null
  /** Probes of -uv sent, but for the first one. */
  probes: number
  stdin: boolean
  netOut: boolean
  netIn: boolean
  stdout: boolean
  toNet: Uint8Array
  /** -C: a line's text has gone, its CR LF is next whatever happens. */
  newline: boolean
  toStdout: Uint8Array
  pausing: boolean
  receivedCount: number
}
