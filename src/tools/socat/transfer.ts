// socat's transfer loop: copies both ways, passes half-closes on, waits -t for the other side, and ends.
// Read first: state.ts, socat(1) on -t and -T. The buffers hold what one side read and the other has not taken.
import { type Errno, strerror } from '../../lib/errno.ts'
import { formatIp4 } from '../../lib/ip4.ts'
import type { Sys } from '../../uapi/program.ts'
import { latin1, NO_BYTES } from '../lib/bytes.ts'
import { dateTime, log, type SocatOptions } from './options.ts'
import { CLOSING, type End, INACTIVE, type Session, TIMERS } from './state.ts'

/** The descriptors that the original would have: 0 and 1 for stdio, then 5, and 6 for the second (or an accepted) one. */
export function shownFds(ses: Session, e: End): readonly [number, number] {
  if (e.address.kind === 'stdio') return [e.rfd < 0 ? 1 : 0, e.wfd < 0 ? 0 : 1]
  const first = ses.child ? e === ses.right : e === ses.left || ses.left?.address.kind === 'stdio'
  return first ? [5, 5] : [6, 6]
}

/** How a pump ended: going on, over, or over with an error. */
export type Progress = 'on' | 'done' | 'failed'

/** Watch what can move, and restart the timers; call after every step. */
export function rearm(sys: Sys, opt: SocatOptions, ses: Session): void {
  const { left, right } = ses
  if (left === null || right === null) return
  const wants = new Map<number, { r: boolean; w: boolean }>()
  const want = (fd: number, r: boolean, w: boolean): void => {
    if (fd < 0) return
    const x = wants.get(fd) ?? { r: false, w: false }
    wants.set(fd, { r: x.r || r, w: x.w || w })
  }
  want(left.rfd, canRead(left, opt.direction !== 'left') && ses.toRight.length === 0, false)
  want(right.rfd, canRead(right, opt.direction !== 'right') && ses.toLeft.length === 0, false)
  want(right.wfd, false, ses.toRight.length > 0)
  want(left.wfd, false, ses.toLeft.length > 0)
  for (const [fd, x] of wants) {
    if (x.r || x.w) sys.watch(fd, x.r, x.w)
    else sys.unwatch(fd)
  }
  if (ses.closing) sys.setTimer(ses.id * TIMERS + CLOSING, sys.now() + opt.closeWait)
  if (opt.inactivity > 0) sys.setTimer(ses.id * TIMERS + INACTIVE, sys.now() + opt.inactivity)
}

function canRead(e: End, used: boolean): boolean {
  return used && !e.eof && e.rfd >= 0
}

/** Move what can be moved in both directions. */
export function pump(sys: Sys, opt: SocatOptions, ses: Session): Progress {
  const left = ses.left!
  const right = ses.right!
  if (opt.direction !== 'left') {
    const p = oneWay(sys, opt, ses, left, right, true)
    if (p !== 'on') return p
  }
  if (opt.direction !== 'right') {
    const p = oneWay(sys, opt, ses, right, left, false)
    if (p !== 'on') return p
  }
  const leftOver = (opt.direction === 'left' || left.eof || left.rfd < 0) && ses.toRight.length === 0
  const rightOver = (opt.direction === 'right' || right.eof || right.rfd < 0) && ses.toLeft.length === 0
  return leftOver && rightOver ? 'done' : 'on'
}

function oneWay(sys: Sys, opt: SocatOptions, ses: Session, from: End, to: End, rightward: boolean): Progress {
  for (;;) {
    const waiting = rightward ? ses.toRight : ses.toLeft
    if (waiting.length > 0) {
      const r = writeTo(sys, to, waiting)
      if (typeof r === 'string') {
        if (r === 'EAGAIN') return 'on'
        log(sys, 'E', `${writeCall(ses, to, waiting.length)}: ${strerror(r)}`)
        return 'failed'
      }
      hold(ses, rightward, waiting.subarray(r))
      // One transfer a turn; what was received before it opened has no readiness to come back for.
      if (to.s >= 0 && !from.single && from.first === null) return 'on'
      continue
    }
    if (from.eof || from.rfd < 0) return 'on'
    const data = readFrom(sys, from, opt.blockSize)
    if (typeof data === 'string') {
      if (data === 'EAGAIN') return 'on'
      log(sys, 'E', `read(${shownFds(ses, from)[0]}, 0x55555555, ${opt.blockSize}): ${strerror(data)}`)
      return 'failed'
    }
    if (data === null) {
      if (from.address.options['ignoreeof'] !== undefined) return 'on'
      endOfFile(sys, opt, ses, from, to, rightward)
      return 'on'
    }
    dump(sys, opt, data, rightward)
    hold(ses, rightward, translate(data, from, to))
  }
}

/** The system call that failed, as the original's log writes it. */
function writeCall(ses: Session, to: End, length: number): string {
  const head = `(${shownFds(ses, to)[1]}, 0x55555555, ${length}`
  if (to.peer === null) return `write${head})`
  return `sendto${head}, 0, AF=2 ${formatIp4(to.peer.addr)}:${to.peer.port}, 16)`
}

function hold(ses: Session, rightward: boolean, data: Uint8Array): void {
  if (rightward) ses.toRight = data
  else ses.toLeft = data
}

/** Bytes, null at the end of the stream, or an errno. */
function readFrom(sys: Sys, e: End, max: number): Uint8Array | null | Errno {
  if (e.first !== null) {
    const data = e.first
    e.first = null
    return data
  }
  if (e.single) return null
  if (e.s < 0) {
    const r = sys.read(e.rfd, max)
    return r.ok ? (r.value.length === 0 ? null : r.value) : r.errno
  }
  const r = sys.sockets.recv(e.s)
  if (!r.ok) return r.errno
  const stream = e.address.kind.startsWith('tcp')
  if (r.value.data.length === 0) return stream ? null : 'EAGAIN'
  if (e.address.kind === 'udp-sendto' && e.peer !== null && !e.address.name.toLowerCase().endsWith('datagram')) {
    // SENDTO takes answers from its peer only.
    if (r.value.from.addr !== e.peer.addr || r.value.from.port !== e.peer.port) return 'EAGAIN'
  }
  return r.value.data
}

/** Bytes taken, or an errno. */
function writeTo(sys: Sys, e: End, data: Uint8Array): number | Errno {
  if (e.wfd < 0) return data.length
  if (e.s < 0) {
    const r = sys.write(e.wfd, data)
    return r.ok ? r.value : r.errno
  }
  const r = e.peer === null ? sys.sockets.send(e.s, data) : sys.sockets.sendto(e.s, data, e.peer)
  return r.ok ? r.value : r.errno
}

/** One side has nothing more: tell the other, and begin the wait of -t. */
function endOfFile(sys: Sys, opt: SocatOptions, ses: Session, from: End, to: End, rightward: boolean): void {
  from.eof = true
  sys.unwatch(from.rfd)
  if (opt.level >= 2) log(sys, 'N', `socket ${rightward ? 1 : 2} (fd ${shownFds(ses, from)[0]}) is at EOF`)
  ses.closing = true
  const o = to.address.options
  if (o['shut-none'] !== undefined || to.wfd < 0) return
  if (to.s >= 0) {
    // An unconnected socket goes on: shutdown(2) would answer ENOTCONN and shut it all the same.
    if (to.peer !== null && o['shut-down'] === undefined) return
    sys.sockets.shutdown(to.s, o['shut-down'] !== undefined ? 'both' : 'write')
    return
  }
  if (to.pid > 0 || to.address.kind === 'exec' || to.address.kind === 'system') {
    sys.unwatch(to.wfd)
    sys.close(to.wfd)
    to.wfd = -1
  }
}

/** crnl: LF on the other side is CR LF on this one. */
function translate(data: Uint8Array, from: End, to: End): Uint8Array {
  const fromCr = from.address.options['crnl'] !== undefined
  const toCr = to.address.options['crnl'] !== undefined
  if (fromCr === toCr) return data
  const out: number[] = []
  for (const b of data) {
    if (b === 10 && toCr) out.push(13)
    if (b !== 13 || toCr) out.push(b)
  }
  return Uint8Array.from(out)
}

/** -v and -x: what passed, on stderr. */
function dump(sys: Sys, opt: SocatOptions, data: Uint8Array, rightward: boolean): void {
  if (!opt.verbose && !opt.hex) return
  const micros = Math.floor((sys.wallClock() % 1_000_000_000) / 1000)
  const head = `${rightward ? '>' : '<'} ${dateTime(sys.wallClock())}.${String(micros).padStart(9, '0')}`
  let text = `${head}  length=${data.length} from=0 to=${data.length - 1}\n`
  if (opt.hex) {
    for (const b of data) text += ` ${b.toString(16).padStart(2, '0')}`
    text += '\n'
  }
  if (opt.verbose) text += readable(data)
  sys.write(2, text)
}

const ESCAPES: Readonly<Record<string, string>> = Object.freeze({
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
  '\0': '\\0',
  '\x07': '\\a',
})

function readable(data: Uint8Array): string {
  return latin1(data).replace(/[^\n\x20-\x5b\x5d-\x7e]/g, (c) => ESCAPES[c] ?? '.')
}

/** Close both ends; datagram listeners that go on serving keep their socket. */
export function closeSession(sys: Sys, ses: Session, keepFd: number): void {
  for (const e of [ses.left, ses.right]) {
    if (e === null) continue
    for (const fd of new Set([e.rfd, e.wfd])) {
      if (fd < 0) continue
      if (fd !== keepFd) sys.unwatch(fd)
      if (fd > 2 && fd !== keepFd) sys.close(fd)
    }
  }
  sys.clearTimer(ses.id * TIMERS + CLOSING)
  sys.clearTimer(ses.id * TIMERS + INACTIVE)
  ses.toLeft = NO_BYTES
  ses.toRight = NO_BYTES
}
