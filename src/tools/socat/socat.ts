// socat(1) 1.7.4.4 as a machine: open two addresses, move data between them; with fork, one session per connection.
// Read first: options.ts, address.ts, state.ts; open.ts and transfer.ts do the work.
// Leaves out processes for forked connections (they are sessions of this one) and fork on the second address.
import { formatIp4 } from '../../lib/ip4.ts'
import type { Machine, ProgramEvent, Sys } from '../../uapi/program.ts'
import { notModelled } from '../lib/refuse.ts'
import { stepLookup, wantsEvent } from '../lib/resolve.ts'
import type { Address } from './address.ts'
import {
  accept,
  afterConnect,
  afterLookup,
  connectTimedOut,
  isEnd,
  newOpening,
  type Opened,
  openEnd,
  type Use,
} from './open.ts'
import { log, parseSocat } from './options.ts'
import { CLOSING, CONNECT, type End, INACTIVE, newSession, type Session, type SocatState, TIMERS } from './state.ts'
import { closeSession, pump, rearm, shownFds } from './transfer.ts'

/** The listener's timers come after those of any session. */
const LISTENER = 1_000_000

function start(sys: Sys, argv: readonly string[]): SocatState | number {
  const opt = parseSocat(sys, argv)
  if (typeof opt === 'number') return opt
  if (opt.right.options['fork'] !== undefined) {
    sys.write(2, notModelled('socat', 'fork on the second address'))
    return 1
  }
  // a partner that has gone is an error of one session, not the end of the listener
  sys.onSignal(['PIPE'])
  return { opt, s: -1, fd: -1, listening: null, sessions: new Map(), nextSession: 0 }
}

function notice(sys: Sys, st: SocatState, text: string): void {
  if (st.opt.level >= 2) log(sys, 'N', text)
}

function useOf(st: SocatState, side: 'left' | 'right'): Use {
  const d = st.opt.direction
  return side === 'left' ? { read: d !== 'left', write: d !== 'right' } : { read: d !== 'right', write: d !== 'left' }
}

/** What the original says before it opens an address. */
function announce(sys: Sys, st: SocatState, a: Address, use: Use): void {
  if (a.kind === 'stdio') {
    const both = use.read && use.write
    notice(
      sys,
      st,
      both ? 'reading from and writing to stdio' : use.read ? 'using stdin for reading' : 'using stdout for writing',
    )
  } else if (a.kind === 'exec' || a.kind === 'system') {
    const how = use.read && use.write ? 'reading and writing' : use.read ? 'reading' : 'writing'
    notice(sys, st, `forking off child, using socket for ${how}`)
  }
}

function openSide(sys: Sys, st: SocatState, ses: Session): void {
  const side = ses.left === null ? 'left' : 'right'
  const address = st.opt[side]
  ses.opening = newOpening(address)
  announce(sys, st, address, useOf(st, side))
  opened(sys, st, ses, openEnd(sys, address, useOf(st, side), ses.opening, ses.id))
}

/** An attempt to open has given something. */
function opened(sys: Sys, st: SocatState, ses: Session, result: Opened): void {
  const o = ses.opening
  if (result === 'pending') {
    if (o?.stage === 'accept')
      notice(sys, st, `listening on AF=2 ${formatIp4(o.bind)}:${sys.sockets.getsockname(o.s).port}`)
    else if (o?.stage === 'connect') {
      notice(sys, st, `opening connection to AF=2 ${formatIp4(o.target)}:${o.address.params[1]}`)
    }
    return
  }
  if (!isEnd(result)) {
    log(sys, 'E', result.error)
    endSession(sys, st, ses, 1)
    return
  }
  ses.opening = null
  told(sys, st, result)
  if (ses.left === null) {
    ses.left = result
    openSide(sys, st, ses)
    return
  }
  ses.right = result
  run(sys, st, ses)
}

/** What the original says once an end is open. */
function told(sys: Sys, st: SocatState, e: End): void {
  if (e.pid > 0) notice(sys, st, `forked off child process ${e.pid}`)
  if (e.address.kind === 'tcp' || e.address.kind === 'udp') {
    const here = sys.sockets.getsockname(e.s)
    notice(sys, st, `successfully connected from local address AF=2 ${formatIp4(here.addr)}:${here.port}`)
  }
}

function run(sys: Sys, st: SocatState, ses: Session): void {
  const left = shownFds(ses, ses.left!)
  const right = shownFds(ses, ses.right!)
  notice(sys, st, `starting data transfer loop with FDs [${left.join()}] and [${right.join()}]`)
  ses.running = true
  move(sys, st, ses)
}

function move(sys: Sys, st: SocatState, ses: Session): void {
  const p = pump(sys, st.opt, ses)
  if (p === 'on') {
    rearm(sys, st.opt, ses)
    return
  }
  endSession(sys, st, ses, p === 'done' ? 0 : 1)
}

/** A session is over; the process too, unless it is one connection of many. */
function endSession(sys: Sys, st: SocatState, ses: Session, code: number): void {
  let status = code
  for (const e of [ses.left, ses.right]) if (status === 0 && e !== null && e.pid > 0) status = childStatus(sys, e.pid)
  const shared = st.listening?.address.kind === 'udp-recvfrom' ? st.fd : -1
  closeSession(sys, ses, shared)
  if (status === 0) notice(sys, st, 'exiting with status 0')
  st.sessions.delete(ses.id)
  if (!ses.child) {
    sys.exit(status)
    return
  }
  if (shared >= 0) sys.watch(shared, true, false)
}

/** A child that has already ended badly makes socat end badly. */
function childStatus(sys: Sys, pid: number): number {
  const code = sys.reap(pid)
  if (code === null || code === 0) return 0
  log(sys, 'E', `waitpid(): child ${pid} exited with status ${code}`)
  return 1
}

/** fork: open the listening socket once. */
function openListener(sys: Sys, st: SocatState): void {
  st.listening = newOpening(st.opt.left)
  listenerOpened(sys, st, openEnd(sys, st.opt.left, useOf(st, 'left'), st.listening, LISTENER))
}

function listenerOpened(sys: Sys, st: SocatState, result: Opened): void {
  const o = st.listening!
  if (typeof result === 'object') {
    if (!isEnd(result)) log(sys, 'E', result.error)
    sys.exit(1)
    return
  }
  if (o.stage !== 'accept') return
  st.s = o.s
  st.fd = o.fd
  notice(sys, st, `listening on AF=2 ${formatIp4(o.bind)}:${sys.sockets.getsockname(o.s).port}`)
}

/** fork: a connection (or a peer's first datagram) becomes a session. */
function acceptSession(sys: Sys, st: SocatState): void {
  for (;;) {
    const o = st.listening!
    const result = accept(sys, o, true)
    if (result === 'pending') return
    if (!isEnd(result)) {
      log(sys, 'E', result.error)
      sys.exit(1)
      return
    }
    acceptNotice(sys, st, result)
    const ses = newSession(++st.nextSession, true)
    st.sessions.set(ses.id, ses)
    ses.left = result
    // UDP-LISTEN gives its socket away and makes another on the same port.
    const given = o.address.kind === 'udp-listen'
    if (given) openListener(sys, st)
    openSide(sys, st, ses)
    if (given) return
  }
}

function acceptNotice(sys: Sys, st: SocatState, e: End): void {
  if (st.opt.level < 2) return
  const peer = sys.sockets.getpeername(e.s)
  const here = sys.sockets.getsockname(e.s)
  if (!peer.ok) return
  const from = `AF=2 ${formatIp4(peer.value.addr)}:${peer.value.port}`
  notice(sys, st, `accepting connection from ${from} on AF=2 ${formatIp4(here.addr)}:${here.port}`)
}

function sessionEvent(sys: Sys, st: SocatState, ses: Session, e: ProgramEvent): void {
  const o = ses.opening
  if (o === null) {
    if (e.kind === 'timer') endSession(sys, st, ses, 0)
    else if (ses.running) move(sys, st, ses)
    return
  }
  if (o.lookup !== null) {
    stepLookup(sys, o.lookup, e)
    opened(sys, st, ses, afterLookup(sys, o, ses.id))
    return
  }
  if (o.stage === 'connect') {
    opened(sys, st, ses, e.kind === 'timer' ? connectTimedOut(o) : afterConnect(sys, o, ses.id))
    return
  }
  const result = accept(sys, o, false)
  if (isEnd(result)) acceptNotice(sys, st, result)
  if (result !== 'pending') opened(sys, st, ses, result)
}

/** Does the event belong to this session? */
function concerns(ses: Session, e: ProgramEvent): boolean {
  if (ses.opening?.lookup != null && wantsEvent(ses.opening.lookup, e)) return true
  if (e.kind === 'timer') {
    const kind = e.id - ses.id * TIMERS
    return kind === CONNECT || kind === CLOSING || kind === INACTIVE
  }
  if (e.kind !== 'ready') return false
  const ends = [ses.left, ses.right]
  return ses.opening?.fd === e.fd || ends.some((x) => x !== null && (x.rfd === e.fd || x.wfd === e.fd))
}

function childEnded(sys: Sys, st: SocatState, pid: number, code: number): void {
  for (const ses of [...st.sessions.values()]) {
    const e = [ses.left, ses.right].find((x) => x !== null && x.pid === pid)
    if (e === undefined || e === null) continue
    e.pid = 0
    if (code === 0) continue
    log(sys, 'E', `waitpid(): child ${pid} exited with status ${code}`)
    if (ses.running) move(sys, st, ses)
    if (st.sessions.has(ses.id)) endSession(sys, st, ses, 1)
  }
}

function step(sys: Sys, st: SocatState, e: ProgramEvent): void {
  if (e.kind === 'start') {
    if (st.opt.left.options['fork'] !== undefined) {
      openListener(sys, st)
      return
    }
    const ses = newSession(0, false)
    st.sessions.set(0, ses)
    openSide(sys, st, ses)
    return
  }
  if (e.kind === 'child') {
    childEnded(sys, st, e.pid, e.code)
    return
  }
  const lookup = st.listening?.lookup ?? null
  if (lookup !== null && wantsEvent(lookup, e)) {
    stepLookup(sys, lookup, e)
    listenerOpened(sys, st, afterLookup(sys, st.listening!, LISTENER))
    return
  }
  for (const ses of [...st.sessions.values()])
    if (concerns(ses, e)) {
      sessionEvent(sys, st, ses, e)
      return
    }
  if (e.kind === 'ready' && e.fd === st.fd) acceptSession(sys, st)
}

export const socat: Machine<SocatState> = { start, step }
