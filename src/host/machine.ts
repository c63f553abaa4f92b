// One machine as a single graph of plain data: clock, random numbers, kernel and processes. sim/clone copies it whole.
// Read first: docs/architecture.md, "Time" and "State".

import { Kernel } from '../kernel/kernel.ts'
import { LimitError, NetsimError } from '../lib/errors.ts'
import type { Limits } from '../os/limits.ts'
import { Os } from '../os/os.ts'
import { type ProcessTimer, TIMER_PROCESS } from '../os/process.ts'
import { type Dispatcher, EV_TIMER, Simulation, type Timer } from '../sim/clock.ts'
import { cloneGraph } from '../sim/clone.ts'
import { Random } from '../sim/random.ts'
import type { Executable } from '../uapi/program.ts'
import type { NetnsId } from '../uapi/request.ts'

export interface MachineOptions {
  readonly hostname: string
  readonly seed: number
  readonly executables: Readonly<Record<string, Executable>>
  readonly limits: Partial<Limits>
}

export interface Observer {
  beforeEvent(): void
}

export class Machine implements Dispatcher {
  readonly sim = new Simulation()
  readonly random: Random
  readonly kernel: Kernel
  readonly os: Os
  /** Told before each timer, when every process waits: for those who show a run while it goes on. */
  observer: Observer | null = null
  /** True while a listener hears an event: the machine is in the middle of something, so it can be looked at, not changed. */
  listening = false
  /** Operations of the journal that have begun. */
  operations = 0

  constructor(options: MachineOptions) {
    this.random = new Random(options.seed)
    this.kernel = new Kernel(this.sim, this.random)
    this.os = new Os({
      sim: this.sim,
      random: this.random,
      kernel: new KernelDoor(this.kernel),
      dispatcher: this,
      hostname: options.hostname,
      executables: options.executables,
      limits: options.limits,
    })
    this.kernel.upcalls = this.os
    this.kernel.monitorSink = this.os
  }

  /** Operations and events so far: a point on the timeline. */
  get position(): number {
    return this.operations + this.sim.steps
  }

  dispatch(kind: number, a: object, b: object | null): void {
    if (this.observer !== null && kind === EV_TIMER) this.observer.beforeEvent()
    if (!this.kernel.dispatch(kind, a, b) && kind === EV_TIMER && (a as Timer).kind === TIMER_PROCESS)
      this.os.timer(a as ProcessTimer)
  }

  /** A copy with its programs running. Scripts cannot be copied: they are refused by name. */
  clone(): Machine {
    const scripts = this.os.scripts()
    if (scripts.length > 0) {
      throw new NetsimError('RUNNING_SCRIPT', `a running script cannot be copied: ${scripts.join(', ')}`)
    }
    this.atRest()
    const { observer } = this
    const listener = this.kernel.tr
    this.kernel.tr = null
    this.observer = null
    try {
      return cloneGraph(this)
    } finally {
      this.kernel.tr = listener
      this.observer = observer
    }
  }

  /** Throws NetsimError LISTENING inside a listener. */
  atRest(): void {
    if (this.listening)
      throw new NetsimError('LISTENING', 'a listener can look at the machine, but not change or copy it')
  }

  /** Call a listener; it must come back to the machine as it left it. */
  tell(listener: () => void): void {
    this.listening = true
    try {
      listener()
    } finally {
      this.listening = false
    }
  }

  /** Run events, no processes waited for, until none is left before `until` (virtual ns). Throws LimitError. */
  settle(until: number, done: () => boolean): void {
    const first = this.sim.steps
    const limit = this.os.limits.events
    this.os.begin()
    this.os.runReady()
    while (!done() && this.sim.step(until, this)) {
      this.os.runWoken()
      if (this.sim.steps - first > limit)
        throw new LimitError('events', limit, `more than ${limit} simulation events in one run`)
    }
  }
}

/** The kernel as processes reach it (KernelPort), by reference so that a copy reaches its own. */
class KernelDoor {
  readonly kernel: Kernel
  constructor(kernel: Kernel) {
    this.kernel = kernel
  }
  get netlink(): Kernel {
    return this.kernel
  }
  get sockets(): Kernel['sockets'] {
    return this.kernel.sockets
  }
  get monitors(): Kernel['monitors'] {
    return this.kernel.monitors
  }
  createNetns(): NetnsId {
    return this.kernel.newNetns()
  }
  putNetns(netns: NetnsId): void {
    this.kernel.putNetns(netns)
  }
}
