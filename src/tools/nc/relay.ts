// nc's transfer between standard streams and the network: OpenBSD nc's readwrite(), driven by readiness.
// Read first: state.ts. Four ends (stdin, net out, net in, stdout), two buffers; the comments name what closes what.
import { strerror } from '../../lib/errno.ts'
import type { ProgramEvent, Sys } from '../../uapi/program.ts'
import { joinBytes, NO_BYTES } from '../lib/bytes.ts'
import { AGAIN, type NcState, PAUSE, SECOND, WAIT } from './state.ts'

const BUFSIZE = 16384
const CR = 13
const LF = 10
const CRLF = Uint8Array.of(CR, LF)

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
  sys.clearTimer(AGAIN)
}

export function stepRelay(sys: Sys, st: NcState, e: ProgramEvent): void {
  if (e.kind === 'timer' && e.id === WAIT) {
    stopRelay(sys, st)
    st.phase = 'relayed'
    return
  }
  if (e.kind === 'timer' && e.id === PAUSE) st.pausing = false
  if (st.pausing) return
  const waiting = st.toNet.length
  if (st.newline) writeNet(sys, st)
  else if (e.kind === 'ready') {
    if (e.fd === 0) readStdin(sys, st)
    else if (e.fd === st.fd) serveNet(sys, st)
    else if (e.fd === 1) writeStdout(sys, st)
  }
  if (st.phase === 'quit') return
  if (st.newline) sys.setTimer(AGAIN, sys.now())
  else if (!st.stdin && st.toNet.length === 0 && st.netOut && waiting > 0) sys.setTimer(AGAIN, sys.now())
  else if (!st.stdin && st.toNet.length === 0 && st.netOut) {
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
  else st.toNet = joinBytes(st.toNet, r.value)
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

/** With -i and -C line by line; with -C the end of a line is a write of its own, CR LF, unless the line has both. */
function writeNet(sys: Sys, st: NcState): void {
  const { crlf, interval } = st.opt
  const at = interval > 0 || crlf ? st.toNet.indexOf(LF) : -1
  const ends = at >= 0 && (!crlf || at === 0 || st.toNet[at - 1] === CR)
  const line = at < 0 ? st.toNet : st.toNet.subarray(0, ends ? at + 1 : at)
  const bare = crlf && at === 0
  const r = sys.sockets.send(st.s, bare ? CRLF : line)
  if (!r.ok && bare && r.errno !== 'EAGAIN') {
    sys.write(2, `nc: write failed (0/2): ${strerror(r.errno)}\n`)
    st.phase = 'quit'
    sys.exit(1)
    return
  }
  if (!r.ok) {
    if (r.errno !== 'EAGAIN') {
      st.netOut = false
      st.stdin = false
      st.toNet = NO_BYTES
    }
    return
  }
  st.toNet = st.toNet.subarray(bare ? 1 : r.value)
  st.newline = at > 0 && !ends && r.value === line.length
  if (interval > 0 && ends) st.pausing = true
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
