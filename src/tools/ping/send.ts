// When ping sends: the token arithmetic of intervals and preload, floods, adaptive mode, and what a failed send means
// (iputils ping_common.c: pinger, schedule_exit). Read first: state.ts.
import { strerror } from '../../lib/errno.ts'
import type { Sys } from '../../uapi/program.ts'
import { ICMP_ECHO } from '../../wire/icmp.ts'
import { flush, print } from '../lib/bytes.ts'
import { icmpBytes } from '../lib/sock.ts'
import { takeSocketError } from './receive.ts'
import { ALARM, advanceTransmitted, inFlight, micros, type PingState, stamp } from './state.ts'

/** The smallest gap between packets, in ms. */
const MIN_INTERVAL = 10

/** SCHINT: an interval that a wait can have. */
export function schedulable(interval: number): number {
  return Math.max(interval, MIN_INTERVAL)
}

/** Whole ms between two times as C computes them: seconds and nanoseconds apart. */
function elapsedMs(from: number, to: number): number {
  const SEC = 1_000_000_000
  return (Math.floor(to / SEC) - Math.floor(from / SEC)) * 1000 + Math.trunc(((to % SEC) - (from % SEC)) / 1_000_000)
}

export function updateInterval(sys: Sys, st: PingState): void {
  const estimate = st.rtt > 0 ? Math.trunc(st.rtt / 8) : st.interval * 1000
  st.interval = Math.trunc((estimate + st.rttAddend + 500) / 1000)
  if (sys.uid !== 0 && st.interval < 2) st.interval = 2
}

/** Take tokens for one packet; the ms to wait when there are not enough. */
function takeTokens(sys: Sys, st: PingState): number {
  const now = sys.now()
  if (st.curTime < 0) {
    st.curTime = now
    st.tokens = st.interval * (st.opt.preload - 1)
    return 0
  }
  let tokens = elapsedMs(st.curTime, now)
  if (st.interval === 0 && tokens < MIN_INTERVAL && inFlight(st) >= st.opt.preload) return MIN_INTERVAL - tokens
  tokens = Math.min(tokens + st.tokens, st.interval * st.opt.preload)
  if (tokens < st.interval) return st.interval - tokens
  st.curTime = now
  st.tokens = tokens - st.interval
  return 0
}

/** One probe if it is due. The answer is the ms until the next, ≤ 0 for at once. */
export function pinger(sys: Sys, st: PingState): number {
  const o = st.opt
  if (st.exiting || (o.count > 0 && st.transmitted >= o.count && o.deadline === 0)) return 1000
  const wait = takeTokens(sys, st)
  if (wait > 0) return wait
  if (o.outstanding && st.transmitted > 0 && !st.answered.has(st.transmitted & 0xffff)) {
    print(sys, st.out, `${stamp(sys, st)}no answer yet for icmp_seq=${st.transmitted % 65536}\n`)
    flush(sys, st.out)
  }
  const seq = (st.transmitted + 1) & 0xffff
  st.answered.delete(seq)
  const r = sys.sockets.sendto(st.s, icmpBytes(ICMP_ECHO, 0, st.ident, seq, probeData(sys, st)), {
    addr: st.dst,
    port: 0,
  })
  if (r.ok) {
    st.outOfMemory = 0
    advanceTransmitted(st)
    if (!o.quiet && o.flood) floodMark(sys, st, '.')
    return st.interval - st.tokens
  }
  return sendFailed(sys, st, r.errno)
}

/** The data with the time of sending in its first 16 bytes (struct timeval, little endian) when there is room. */
function probeData(sys: Sys, st: PingState): Uint8Array {
  if (!st.timing) return st.data
  const data = st.data.slice()
  const us = micros(st, sys.now())
  const view = new DataView(data.buffer)
  view.setUint32(0, Math.floor(us / 1_000_000), true)
  view.setUint32(4, 0)
  view.setUint32(8, us % 1_000_000, true)
  view.setUint32(12, 0)
  return data
}

function floodMark(sys: Sys, st: PingState, text: string): void {
  flush(sys, st.out)
  sys.write(1, text)
}

function sendFailed(sys: Sys, st: PingState, errno: Parameters<typeof strerror>[0]): number {
  const o = st.opt
  if (errno === 'ENOBUFS' || errno === 'ENOMEM') {
    st.tokens = 0
    st.rttAddend += st.rtt < 400_000 ? Math.trunc(st.rtt / 8) : 50_000
    if (o.adaptive) updateInterval(sys, st)
    const pause = Math.min(500, schedulable(Math.trunc(st.interval / 2)))
    st.outOfMemory++
    if (st.outOfMemory * pause < o.linger) return pause
    if (!o.quiet && !o.flood) {
      flush(sys, st.out)
      sys.write(2, `ping: sendmsg: ${strerror(errno)}\n`)
    } else if (!o.quiet) floodMark(sys, st, 'E')
  } else if (errno === 'EAGAIN') {
    st.tokens += st.interval
    return MIN_INTERVAL
  } else {
    // A local error was queued (EMSGSIZE) and is told now; an errno without one is counted as a probe and not told.
    // An ICMP error that came back already (OUTPUT rejects) is told, and then the errno too.
    if (takeSocketError(sys, st) === 'icmp' && !o.quiet) {
      if (o.flood) floodMark(sys, st, 'E')
      else {
        flush(sys, st.out)
        sys.write(2, `ping: sendmsg: ${strerror(errno)}\n`)
      }
    }
  }
  advanceTransmitted(st)
  st.tokens = 0
  return schedulable(st.interval)
}

/** After the last probe: how long to wait for its reply. Sets the alarm once. */
export function scheduleExit(sys: Sys, st: PingState, next: number): number {
  const o = st.opt
  if (o.count === 0 || st.transmitted < o.count || o.deadline > 0 || st.waittime > 0) return next
  st.waittime = st.received > 0 ? Math.max(2 * st.tmax, 1000 * st.interval) : o.linger * 1000
  if (st.waittime > 0) sys.setTimer(ALARM, sys.now() + st.waittime * 1000)
  const whole = Math.floor(st.waittime / 1000)
  return Math.max(next, whole)
}

/** How long the main loop sleeps for `next`, in ms. */
export function sleepTime(st: PingState, next: number): number {
  const limit = schedulable(st.interval)
  if (!st.opt.adaptive && next >= limit) return limit
  return next <= MIN_INTERVAL && inFlight(st) > 0 ? MIN_INTERVAL : next
}
