// nc's transfer between standard streams and the network: OpenBSD nc's readwrite(), driven by readiness.
// Read first: state.ts. Four ends (stdin, net out, net in, stdout), two buffers; the comments name what closes what.
import type { ProgramEvent, Sys } from '../../uapi/program.ts'
import { joinBytes, NO_BYTES } from '../lib/bytes.ts'
import { type NcState, PAUSE, SECOND, WAIT } from './state.ts'

const BUFSIZE = 16384

/** Begin: all four ends open, unless stdin is detached. */
export function startRelay(sys: Sys, st: NcState): void {
  st.phase = 'relay'
  st.stdin = !st.opt.detach
  st.netOut = true
  st.netIn = true
  st.stdout = true
  st.toNet = NO_BYTES
  if (st.peeked !== null) {
    st.toStdout = st.peeked
    st.peeked = null
    countReceived(sys, st)
  } else st.toStdout = NO_BYTES
  rearm(sys, st)
}

/** The transfer is over (readwrite returns). */
function over(st: NcState): boolean {
  const empty = st.toNet.length === 0 && st.toStdout.length === 0
  if (!st.stdin && !st.netIn && empty) return true
  if (!st.netOut && !st.stdout) return true
  return st.opt.listen && !st.netIn && empty
}

/** Watch what can make progress, and restart the idle timer; ends the transfer when nothing is left. */
function rearm(sys: Sys, st: NcState): void {
  if (over(st)) {
    stopRelay(sys, st)
    st.phase = 'relayed'
    return
  }
  const netOut = st.netOut && st.toNet.length > 0
  if (st.stdin && st.toNet.length < BUFSIZE) sys.watch(0, true, false)
  else sys.unwatch(0)
  // Errors and hang-ups are reported as long as either end is polled.
  if (st.netIn || st.netOut) sys.watch(st.fd, st.netIn && st.toStdout.length < BUFSIZE, netOut)
  else sys.unwatch(st.fd)
  if (st.stdout && st.toStdout.length > 0) sys.watch(1, false, true)
  else sys.unwatch(1)
  if (st.opt.timeout >= 0) sys.setTimer(WAIT, sys.now() + st.opt.timeout * SECOND)
}

function stopRelay(sys: Sys, st: NcState): void {
  sys.unwatch(0)
  sys.unwatch(1)
  sys.unwatch(st.fd)
  sys.clearTimer(WAIT)
  sys.clearTimer(PAUSE)
}

export function stepRelay(sys: Sys, st: NcState, e: ProgramEvent): void {
  if (e.kind === 'timer' && e.id === WAIT) {
    stopRelay(sys, st)
    st.phase = 'relayed'
    return
  }
  if (e.kind === 'timer' && e.id === PAUSE) st.pausing = false
  if (st.pausing) return
  if (e.kind === 'ready') {
    if (e.fd === 0) readStdin(sys, st)
    else if (e.fd === st.fd) serveNet(sys, st)
    else if (e.fd === 1) writeStdout(sys, st)
  }
  if (!st.stdin && st.toNet.length === 0 && st.netOut) {
    if (st.opt.shutdown) sys.sockets.shutdown(st.s, 'write')
    st.netOut = false
  }
  if (!st.netIn && st.toStdout.length === 0) st.stdout = false
  if (st.pausing) stopRelay(sys, st)
  if (st.pausing) sys.setTimer(PAUSE, sys.now() + st.opt.interval * SECOND)
  else rearm(sys, st)
}

function readStdin(sys: Sys, st: NcState): void {
  if (!st.stdin || st.toNet.length >= BUFSIZE) return
  const r = sys.read(0, BUFSIZE - st.toNet.length)
  if (!r.ok) {
    if (r.errno !== 'EAGAIN') st.stdin = false
  } else if (r.value.length === 0) st.stdin = false
  else st.toNet = joinBytes(st.toNet, st.opt.crlf ? withCrlf(r.value) : r.value)
}

/** -C: every line feed becomes CR LF. */
function withCrlf(data: Uint8Array): Uint8Array {
  const out: number[] = []
  for (const b of data) {
    if (b === 10) out.push(13)
    out.push(b)
  }
  return Uint8Array.from(out)
}

function serveNet(sys: Sys, st: NcState): void {
  const p = sys.sockets.poll(st.s)
  if (p.error && !p.readable) {
    st.netIn = false
    st.netOut = false
  }
  if (p.hangup) {
    if (st.netOut && st.opt.shutdown) sys.sockets.shutdown(st.s, 'write')
    st.netOut = false
    if (!p.readable) st.netIn = false
  }
  if (p.error) st.netOut = false
  if (!st.netOut) st.stdin = false
  if (p.readable && st.netIn && st.toStdout.length < BUFSIZE) readNet(sys, st)
  if (st.netOut && p.writable && st.toNet.length > 0) writeNet(sys, st)
}

function readNet(sys: Sys, st: NcState): void {
  const r = sys.sockets.recv(st.s)
  if (!r.ok) {
    if (r.errno !== 'EAGAIN') {
      st.netIn = false
      st.netOut = false
      st.stdin = false
    }
    return
  }
  if (r.value.data.length === 0) {
    sys.sockets.shutdown(st.s, 'read')
    st.netIn = false
    return
  }
  st.toStdout = joinBytes(st.toStdout, r.value.data)
  countReceived(sys, st)
}

/** -W: no more after so many packets. */
function countReceived(sys: Sys, st: NcState): void {
  st.receivedCount++
  if (st.opt.receiveLimit > 0 && st.receivedCount >= st.opt.receiveLimit) {
    sys.sockets.shutdown(st.s, 'read')
    st.netIn = false
  }
}

function writeNet(sys: Sys, st: NcState): void {
  let data = st.toNet
  if (st.opt.interval > 0) {
    const end = data.indexOf(10)
    if (end >= 0) data = data.subarray(0, end + 1)
  }
  const r = sys.sockets.send(st.s, data)
  if (!r.ok) {
    if (r.errno !== 'EAGAIN') {
      st.netOut = false
      st.stdin = false
      st.toNet = NO_BYTES
    }
    return
  }
  st.toNet = st.toNet.subarray(r.value)
  if (st.opt.interval > 0) st.pausing = true
}

function writeStdout(sys: Sys, st: NcState): void {
  const r = sys.write(1, st.toStdout)
  if (r.ok) st.toStdout = st.toStdout.subarray(r.value)
  else if (r.errno !== 'EAGAIN') {
    st.stdout = false
    st.toStdout = NO_BYTES
    sys.sockets.shutdown(st.s, 'read')
    st.netIn = false
  }
}
