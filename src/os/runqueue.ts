// The run queue of one machine, first in first out, and the driver that alternates it with the simulation's events.
// Read first: os/process.ts. What a turn is: os/run.ts; how a process ends: os/os.ts.
import { LimitError } from '../lib/errors.ts'
import type { Dispatcher, Simulation } from '../sim/clock.ts'
import type { Limits } from './limits.ts'
import { type Process, SIGNAL_NUMBERS } from './process.ts'

/** Nested function calls that always fit; the value that a 'depth' error states. */
const STACK_DEPTH = 100
/** Processes that the message of a 'blocked' error names. */
const SHOWN = 10

export abstract class RunQueue {
  readonly sim: Simulation
  readonly dispatcher: Dispatcher
  readonly limits: Limits
  readonly processes = new Map<number, Process>()
  private queue: Process[] = []
  private head = 0
  /** A network program that has sent and has more to do: nobody else runs before it. */
  private busy: Process | null = null
  /** Counters of the current run, checked against the limits. */
  private steps = 0
  private firstEvent = 0
  private deadline = 0
  /** Who is running now; null between processes. */
  current: Process | null = null

  constructor(sim: Simulation, dispatcher: Dispatcher, limits: Limits) {
    this.sim = sim
    this.dispatcher = dispatcher
    this.limits = limits
    this.begin()
  }

  /** Give one process its turn. */
  protected abstract turn(p: Process): void
  abstract end(p: Process, code: number): void

  /** Start counting a run's steps, events and virtual time afresh. */
  begin(): void {
    this.steps = 0
    this.firstEvent = this.sim.steps
    this.deadline = this.sim.now + this.limits.virtualTime
  }

  /** One event not later than `until`. With `needed`, having none is a LimitError: everybody waits for nothing. */
  protected advance(until: number, needed: boolean): boolean {
    if (this.sim.steps - this.firstEvent > this.limits.events) {
      throw new LimitError('events', this.limits.events, `more than ${this.limits.events} simulation events in one run`)
    }
    if (this.sim.step(Math.min(until, this.deadline), this.dispatcher)) return true
    if (this.sim.next() >= 0 && this.deadline <= until) {
      const hours = this.limits.virtualTime / 3_600_000_000_000
      throw new LimitError('virtualTime', this.limits.virtualTime, `still running after ${hours} hours of virtual time`)
    }
    if (!needed) return false
    const alive = [...this.processes.values()].filter((p) => p.state === 'alive')
    const more = alive.length > SHOWN ? ` and ${alive.length - SHOWN} more` : ''
    const names =
      alive
        .slice(0, SHOWN)
        .map((p) => `${p.comm} (${p.pid})`)
        .join(', ') + more
    throw new LimitError('blocked', alive.length, `every process waits for something that cannot happen: ${names}`)
  }

  // --- run queue -----------------------------------------------------------------------------------------------

  get hasReady(): boolean {
    return this.busy === null ? this.head < this.queue.length : !this.isSending(this.busy)
  }

  /**
   * On Linux a frame crosses veths and routers within the system call that sends it, and an answer of the other kernel is there
   * when the call returns; whom it wakes comes later. So a network program that has sent goes on when nothing is on its way any more.
   */
  private isSending(p: Process): boolean {
    return p.state === 'alive' && this.sim.now < p.sending && this.sim.inFlight > 0
  }

  ready(p: Process): void {
    if (p.queued || p.state !== 'alive') return
    p.queued = true
    this.queue.push(p)
  }

  /** Wake everybody who waits for a change of something. */
  wakeAll(waiters: Set<Process>): void {
    if (waiters.size === 0) return
    const all = [...waiters]
    waiters.clear()
    for (const p of all) this.ready(p)
  }

  /** The limit that an error of a process stands for, or null. The engine's own stack is what recursion in a script uses up. */
  limitOf(e: unknown, p: Process): LimitError | null {
    if (e instanceof LimitError) return e
    if (!(e instanceof RangeError)) return null
    if (/string length|count value|array length|allocation/i.test(e.message))
      return new LimitError('fileSize', this.limits.fileSize, `${p.comm} (${p.pid}): a text or array is too large`)
    return new LimitError('depth', STACK_DEPTH, `${p.comm} (${p.pid}): nested too deeply`)
  }

  /** Frames that arrive together are one softirq's: whom the first one wakes runs when all of them have been received. */
  runWoken(): void {
    if (!this.sim.arriving) this.runReady()
  }

  /** Run processes until all are blocked, or one's frames are on their way. */
  runReady(): void {
    for (let p = this.next(); p !== null; p = this.next()) {
      p.queued = false
      if (p.state !== 'alive') continue
      this.current = p
      try {
        this.charge()
        this.turn(p)
      } catch (e) {
        this.current = null
        this.end(p, 128 + SIGNAL_NUMBERS.KILL)
        throw this.limitOf(e, p) ?? e
      }
      this.current = null
      if (p.queued && this.isSending(p)) this.busy = p
    }
  }

  /** Who is to run now. */
  private next(): Process | null {
    while (this.busy === null) {
      const p = this.queue[this.head]
      if (p === undefined) {
        this.queue = []
        this.head = 0
        return null
      }
      this.head++
      if (this.head > 1024 && this.head * 2 > this.queue.length) {
        this.queue = this.queue.slice(this.head)
        this.head = 0
      }
      // It was busy, and has had this turn already.
      if (!p.queued) continue
      if (!this.isSending(p)) return p
      this.busy = p
    }
    const p = this.busy
    if (this.isSending(p)) return null
    this.busy = null
    return p
  }

  /** Count work against the run's limit of steps; a step stands for about a microsecond of the host's time. */
  charge(steps = 1): void {
    // What the host does between runs is not a script's work.
    if (this.current === null) return
    this.steps += steps
    if (this.steps > this.limits.steps) {
      throw new LimitError(
        'steps',
        this.limits.steps,
        `more than ${this.limits.steps} steps in one run (an endless loop?)`,
      )
    }
  }
}
