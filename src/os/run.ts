// One turn of a process: start it, resume its generator when what it waits for holds, or step its machine.
// Read first: os/process.ts, os/os.ts.
import type { Wait } from '../uapi/program.ts'
import { pollFile, waitersOf } from './openfile.ts'
import type { Os } from './os.ts'
import { type Process, ProcessTimer, WAIT_TIMER } from './process.ts'
import { ProcessSys } from './sys.ts'

/** Give a process its turn. */
export function stepProcess(os: Os, p: Process): void {
  if (p.dying !== null) {
    os.end(p, p.dying)
    return
  }
  if (p.stopped) return
  if (p.debt !== null && !repaid(os, p)) return
  if (startsLater(os, p)) return
  if (p.body.kind === 'machine') stepMachine(os, p)
  else stepMain(os, p)
}

/** What fork and exec take when frames are on their way, and a system call that sends at most, in ns: a few crossings of a veth. */
const START_DELAY = 100_000

/**
 * Frames on their way arrive before a new process begins, as on Linux, where fork and exec take far longer than a veth:
 * counters read after a program has ended show its last packets too. What the host itself starts begins at once (looking at
 * a machine does not move its clock), and so does what a network program starts: the two belong together.
 */
function startsLater(os: Os, p: Process): boolean {
  const begun = p.body.kind === 'generator' || (p.body.kind === 'machine' && p.body.started)
  if (begun || p.timedOut || p.hostOwned) return false
  if (os.processes.get(p.ppid)?.body.kind === 'machine') return false
  if (p.timers.has(WAIT_TIMER)) return true
  if (os.sim.inFlight === 0) return false
  const timer = new ProcessTimer(os, p.pid, WAIT_TIMER)
  p.timers.set(WAIT_TIMER, timer)
  os.sim.arm(timer, os.now + START_DELAY)
  return true
}

/** A writer that filled a pipe beyond its capacity goes on when there is room again. */
function repaid(os: Os, p: Process): boolean {
  const file = p.debt!
  const r = pollFile(file, os.sockets)
  if (!r.writable && !r.error) {
    waitersOf(file)?.add(p)
    return false
  }
  p.debt = null
  return true
}

function stepMain(os: Os, p: Process): void {
  const sys = new ProcessSys(os, p)
  if (p.body.kind === 'main') {
    const result = p.body.main(sys, p.argv)
    if (typeof result === 'number') {
      finish(os, p, result)
      return
    }
    p.body = { kind: 'generator', generator: result }
  } else if (p.wait !== null && p.pending.length === 0 && !holds(os, p, p.wait)) {
    listen(os, p, p.wait)
    return
  }
  if (p.body.kind !== 'generator') return
  forget(os, p)
  const r = p.body.generator.next()
  if (r.done === true) {
    finish(os, p, r.value)
    return
  }
  if (p.state !== 'alive') return
  p.wait = r.value
  if (p.dying !== null) os.end(p, p.dying)
  else if (p.pending.length > 0 || holds(os, p, r.value)) os.ready(p)
  else listen(os, p, r.value)
}

function finish(os: Os, p: Process, code: number): void {
  if (p.dying !== null) os.end(p, p.dying)
  // exec has turned it into a machine: the code that exec's caller returned means nothing.
  else if (p.body.kind === 'machine') os.ready(p)
  else os.end(p, code & 255)
}

function isEmpty(w: Wait): boolean {
  return w.readable === undefined && w.writable === undefined && w.until === undefined && w.children === undefined
}

/** Does any part of the wait hold now? */
function holds(os: Os, p: Process, w: Wait): boolean {
  if (isEmpty(w) || p.timedOut || (w.until !== undefined && w.until <= os.now)) return true
  for (const fd of w.readable ?? []) {
    const file = p.fds.get(fd)
    if (file === undefined || pollFile(file, os.sockets).readable) return true
  }
  for (const fd of w.writable ?? []) {
    const file = p.fds.get(fd)
    if (file === undefined) return true
    const r = pollFile(file, os.sockets)
    if (r.writable || r.error) return true
  }
  return w.children !== undefined && childEnded(os, p, w.children)
}

function childEnded(os: Os, p: Process, pids: readonly number[]): boolean {
  if (pids.length > 0) {
    return pids.some((pid) => {
      const c = os.processes.get(pid)
      return c === undefined || c.ppid !== p.pid || c.state === 'zombie'
    })
  }
  return p.ended.size > 0 || p.children.size === 0
}

/** Be woken when something about the wait changes. */
function listen(os: Os, p: Process, w: Wait): void {
  for (const fd of [...(w.readable ?? []), ...(w.writable ?? [])]) {
    const file = p.fds.get(fd)
    if (file !== undefined) waitersOf(file)?.add(p)
  }
  if (w.until !== undefined && w.until !== Number.POSITIVE_INFINITY && !p.timers.has(WAIT_TIMER)) {
    const timer = new ProcessTimer(os, p.pid, WAIT_TIMER)
    p.timers.set(WAIT_TIMER, timer)
    os.sim.arm(timer, w.until)
  }
}

function forget(os: Os, p: Process): void {
  const w = p.wait
  p.wait = null
  p.timedOut = false
  if (w === null) return
  for (const fd of [...(w.readable ?? []), ...(w.writable ?? [])]) {
    const file = p.fds.get(fd)
    if (file !== undefined) waitersOf(file)?.delete(p)
  }
  const timer = p.timers.get(WAIT_TIMER)
  if (timer === undefined) return
  os.sim.cancel(timer)
  p.timers.delete(WAIT_TIMER)
}

/** What a turn of a network program costs, with what the kernel does for it. */
const MACHINE_STEPS = 6

function stepMachine(os: Os, p: Process): void {
  const body = p.body
  if (body.kind !== 'machine') return
  os.charge(MACHINE_STEPS)
  const sys = new ProcessSys(os, p)
  const before = os.sim.inFlight
  const hasSent = (): boolean => os.sim.inFlight > before
  if (!body.started) {
    body.started = true
    const state = body.machine.start(sys, p.argv)
    if (over(os, p)) return
    if (typeof state === 'number') {
      os.end(p, state & 255)
      return
    }
    body.state = state
    body.machine.step(sys, state, { kind: 'start' })
    if (over(os, p)) return
  }
  while (!hasSent() && p.events.length > 0) {
    body.machine.step(sys, body.state, p.events.shift()!)
    if (over(os, p)) return
  }
  for (const fd of [...p.watches.keys()].sort((a, b) => a - b)) {
    if (hasSent()) break
    const ready = watched(os, p, fd)
    if (ready === null) continue
    body.machine.step(sys, body.state, { kind: 'ready', fd, ...ready })
    if (over(os, p)) return
  }
  if (hasSent()) p.sending = os.now + START_DELAY
  if (p.events.length > 0) os.ready(p)
  for (const fd of p.watches.keys()) {
    if (watched(os, p, fd) !== null) os.ready(p)
    const file = p.fds.get(fd)
    if (file !== undefined) waitersOf(file)?.add(p)
  }
}

/** True when the machine's process has ended, or a signal took it meanwhile. */
function over(os: Os, p: Process): boolean {
  if (p.dying !== null) os.end(p, p.dying)
  return p.state !== 'alive'
}

/** What a watched descriptor is ready for, of what the machine asked; null when for nothing. */
function watched(
  os: Os,
  p: Process,
  fd: number,
): { readonly readable: boolean; readonly writable: boolean; readonly error: boolean } | null {
  const watch = p.watches.get(fd)
  const file = p.fds.get(fd)
  if (watch === undefined || file === undefined) return null
  const r = pollFile(file, os.sockets)
  const readable = r.readable && watch.readable
  const writable = r.writable && watch.writable
  return readable || writable || r.error ? { readable, writable, error: r.error } : null
}
