// A process: plain data, apart from a running generator. Its system calls are in os/sys.ts, its life in os/os.ts.
import type { Timer } from '../sim/clock.ts'
import type { Machine, Main, MainResult, ProgramEvent, Signal, Wait } from '../uapi/program.ts'
import type { NetnsId } from '../uapi/request.ts'
import type { Node } from './node.ts'
import type { OpenFile } from './openfile.ts'
import type { Os } from './os.ts'

/** Kind of every timer that belongs to a process (kernel timers are below 100). */
export const TIMER_PROCESS = 100
/** Timer id of Wait.until; machines use ids ≥ 0. */
export const WAIT_TIMER = -1

/** signal(7): numbers on x86-64. */
export const SIGNAL_NUMBERS: Readonly<Record<Signal, number>> = Object.freeze({
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
})

/** What a new process counts as: a copy of its parent, or one that runs a program of its own. */
export const FORK_STEPS = 20
export const EXEC_STEPS = 20

/** A timer of one process; its owner finds it again after a copy. */
export class ProcessTimer implements Timer {
  readonly kind = TIMER_PROCESS
  at = -1
  seq = 0
  readonly os: Os
  readonly pid: number
  readonly id: number

  constructor(os: Os, pid: number, id: number) {
    this.os = os
    this.pid = pid
    this.id = id
  }
}

/** What a process runs. */
export type Body =
  | { readonly kind: 'main'; readonly main: Main }
  | { readonly kind: 'generator'; readonly generator: Generator<Wait, number, void> }
  | { readonly kind: 'machine'; readonly machine: Machine<unknown>; state: unknown; started: boolean }

const NO_BINDS: ReadonlyMap<Node, Node> = Object.freeze(new Map<Node, Node>())

export interface Watch {
  readable: boolean
  writable: boolean
}

export class Process {
  readonly pid: number
  ppid: number
  /** Its children in the table, and those of them that have ended and wait to be reaped. */
  readonly children = new Set<number>()
  readonly ended = new Set<number>()
  pgid: number
  netns: NetnsId
  uid = 0
  gid = 0
  cwd = '/root'
  umask = 0o022
  /** Its mount namespace: what is bound over what (os/vfs.ts). The map is replaced, never changed. */
  binds: ReadonlyMap<Node, Node> = NO_BINDS
  argv: readonly string[]
  env: Map<string, string>
  readonly fds = new Map<number, OpenFile>()
  /** Descriptors that exec closes (bash's own copies). */
  readonly cloexec = new Set<number>()
  body: Body
  /** Virtual ns of its start. */
  readonly started: number

  state: 'alive' | 'zombie' = 'alive'
  exitCode = 0
  /** Number of the signal that ended it; 0 when it ended by itself. */
  endSignal = 0
  /** Code with which it ends as soon as it pauses: a signal took it while it ran. */
  dying: number | null = null
  stopped = false
  queued = false
  /** What the generator waits for; null while it is to run on. */
  wait: Wait | null = null
  /** Set when the current wait's time has come. */
  timedOut = false
  /** Machines: what the last turn sent is on its way until then, or until it has arrived. */
  sending = -1
  /** Pipes that it filled beyond their capacity: it goes on when they have room. */
  debt: OpenFile | null = null

  readonly caught = new Set<Signal>()
  readonly ignored = new Set<Signal>()
  pending: Signal[] = []

  /** Machines: descriptors to be stepped for, timers, and what is to be delivered. */
  readonly watches = new Map<number, Watch>()
  readonly timers = new Map<number, ProcessTimer>()
  events: ProgramEvent[] = []

  /** Started by the host: stays a zombie until the host has read its exit code. */
  hostOwned = false
  /** A bash of the host: the text of its script, until it has been read. */
  script: string | null = null

  constructor(pid: number, parent: Process | null, argv: readonly string[], body: Body, now: number) {
    this.pid = pid
    this.ppid = parent?.pid ?? 1
    this.pgid = parent?.pgid ?? pid
    this.netns = parent?.netns ?? 0
    this.argv = argv
    this.env = new Map(parent?.env ?? [])
    this.body = body
    this.started = now
    if (parent !== null) {
      this.uid = parent.uid
      this.gid = parent.gid
      this.cwd = parent.cwd
      this.umask = parent.umask
      this.binds = parent.binds
      for (const s of parent.ignored) this.ignored.add(s)
    }
  }

  /** The command's name as ps shows it (comm: 15 characters). */
  get comm(): string {
    const name = this.argv[0] ?? ''
    return name.slice(name.lastIndexOf('/') + 1).slice(0, 15)
  }
}

/** MainResult of an exec that turned the process into a machine: the process goes on, whatever the caller returns. */
export const BECAME_MACHINE: MainResult = -1
