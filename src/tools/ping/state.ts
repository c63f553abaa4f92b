// What a running ping remembers: counters, clocks, and the small arithmetic of sequence numbers in flight.
// Read first: options.ts. Plain data: copied by fork() while the ping runs.
import type { Ip4 } from '../../lib/ip4.ts'
import type { Sys } from '../../uapi/program.ts'
import type { Received, SocketError } from '../../uapi/socket.ts'
import type { Stdout } from '../lib/bytes.ts'
import type { Lookup } from '../lib/resolve.ts'
import type { PingOptions } from './options.ts'

/** Timer ids. */
export const WAKE = 1
export const ALARM = 2
export const LOOKUP = 3

/** Something received whose sender's name is being looked up. */
export type Held =
  | { readonly kind: 'reply'; readonly reply: Received }
  | { readonly kind: 'error'; readonly error: SocketError }

export interface PingState {
  readonly opt: PingOptions
  readonly out: Stdout
  phase: 'resolve' | 'run' | 'name'
  lookup: Lookup | null
  held: Held | null
  /** How the sender of the held item is printed. */
  heldName: string
  host: string
  dst: Ip4
  src: Ip4
  s: number
  fd: number
  raw: boolean
  ident: number
  multicast: boolean
  numeric: boolean
  /** Wall-clock microseconds at virtual time 0. */
  bootMicros: number
  /** The data bytes after the ICMP header, timestamp area included. */
  data: Uint8Array
  timing: boolean
  interval: number
  transmitted: number
  received: number
  repeats: number
  checksum: number
  errors: number
  /** Sequence numbers (mod 65536) that were answered. */
  readonly answered: Set<number>
  acked: number
  pipesize: number
  tmin: number
  tmax: number
  tsum: number
  tsum2: number
  rtt: number
  rttAddend: number
  startTime: number
  /** When the last token was taken; -1 before the first probe. */
  curTime: number
  tokens: number
  outOfMemory: number
  /** Microseconds of the wait after the last probe, 0 before it is decided. */
  waittime: number
  /** The raw socket's ICMP filter no longer lets errors through: they come by the error queue. */
  errorsByQueue: boolean
  exiting: boolean
  snapshot: boolean
}

/** Wall clock in whole microseconds (exact: the epoch part is rounded once). */
export function micros(st: PingState, time: number): number {
  return st.bootMicros + Math.floor(time / 1000)
}

export function inFlight(st: PingState): number {
  const diff = ((st.transmitted & 0xffff) - st.acked) & 0xffff
  return diff <= 0x7fff ? diff : st.transmitted - st.received - st.errors
}

export function acknowledge(st: PingState, seq: number): void {
  const diff = (st.transmitted & 0xffff) - seq
  if (diff > 0x7fff) return
  if (diff + 1 > st.pipesize) st.pipesize = diff + 1
  const ahead = ((seq - st.acked) << 16) >> 16
  if (ahead > 0 || (st.transmitted & 0xffff) - st.acked > 0x7fff) st.acked = seq
}

export function advanceTransmitted(st: PingState): void {
  st.transmitted++
  if ((st.transmitted & 0xffff) - st.acked > 0x7fff) st.acked = ((st.transmitted & 0xffff) + 1) & 0xffff
}

/** -D: "[seconds.micros] ". */
export function stamp(sys: Sys, st: PingState): string {
  if (!st.opt.timestamps) return ''
  const us = micros(st, sys.now())
  return `[${Math.floor(us / 1_000_000)}.${String(us % 1_000_000).padStart(6, '0')}] `
}
