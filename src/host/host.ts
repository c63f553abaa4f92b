// A simulated Linux machine: the object that users hold. Commands, scripts, typed requests, packets, time and copies.
// Read first: docs/architecture.md. Namespaces are handed out by netns(); what a user does is kept in a journal, so that
// any earlier point can be reached again.
import { ArgumentError, CommandError } from '../lib/errors.ts'
import type { Limits } from '../os/limits.ts'
import type { Trace } from '../trace/trace.ts'
import type { NetnsId, Op, Operations, Result } from '../uapi/request.ts'
import type { TraceEvent } from '../uapi/trace.ts'
import { executables } from './executables.ts'
import { History } from './history.ts'
import { Machine } from './machine.ts'
import { Netns } from './netns.ts'
import { type Operation, type Ran, request, type SpawnOperation, spawn } from './operations.ts'
import { type StreamListener, streamProgram } from './stream.ts'
import { startTrace, type TraceOptions, type Tracing } from './tracing.ts'

export interface HostOptions {
  /** Seed of all random numbers (MACs, ports, delays). Default 1: the same commands give the same run. */
  readonly seed?: number
  /** What one run may use: steps, events, virtual time, processes, output bytes. Defaults in docs/limits.md. */
  readonly limits?: Partial<Limits>
}

/** What a command or script printed, and its exit code. */
export interface RunResult {
  readonly stdout: string
  readonly stderr: string
  /** Both streams in the order of writing, as a terminal shows them. */
  readonly output: string
  readonly exitCode: number
}

/** How a script is run. */
export interface ScriptOptions {
  /** $1 … */
  readonly args?: readonly string[]
  /** $0, the file that its messages name. Without one the script is the text of `bash -c`. */
  readonly name?: string
  /** What it reads from its standard input; nothing when absent. */
  readonly stdin?: string
}

/** A program that was started and goes on by itself (`start`). */
export interface Running {
  readonly pid: number
  /** End it (SIGTERM). */
  kill(): void
}

function scriptOperation(netns: NetnsId, script: string, o: ScriptOptions): SpawnOperation {
  const args = o.args ?? []
  const start =
    o.name === undefined
      ? { argv: ['bash', '-c', script, 'bash', ...args], script: null }
      : { argv: ['bash', o.name, ...args], script }
  return { kind: 'spawn', netns, ...start, stdin: o.stdin ?? null, env: null, wait: true }
}

/** A point to which a machine can return: opaque, immutable, independent of what happens later. */
export class Snapshot {
  /** @internal */
  readonly machine: Machine
  /** @internal */
  constructor(machine: Machine) {
    this.machine = machine
  }
}

export class Host {
  /** The machine's hostname; also the name of its initial namespace in traces. */
  readonly name: string
  private machine: Machine
  private readonly history: History
  private tracing: Tracing | null = null

  constructor(name = 'node1', options: HostOptions = {}) {
    this.name = name
    this.machine = new Machine({ hostname: name, seed: options.seed ?? 1, executables, limits: options.limits ?? {} })
    this.history = new History(this.machine)
  }

  // --- commands --------------------------------------------------------------------------------------------------

  /**
   * Run one command line as root in bash; its output. Throws {@link CommandError} when the exit code is not 0, and
   * LimitError when a stated limit is reached.
   */
  exec(line: string): RunResult {
    return this.execIn(0, line)
  }

  /** Run a whole bash script; never throws for its exit code. `args` are $1, $2 …, `name` is $0. */
  sh(script: string, options: ScriptOptions = {}): RunResult {
    return this.shIn(0, script, options)
  }

  /** Start a program that goes on by itself (a server, an endless ping); it is copied by snapshot() and fork(). */
  start(line: string): Running {
    return this.startIn(0, line)
  }

  /**
   * Run a whole script in front of a listener that hears its output as it is written, and tells each packet's story when
   * it is over. Returns the exit code.
   */
  stream(script: string, listener: StreamListener, options: ScriptOptions = {}): number {
    const operation = scriptOperation(0, script, options)
    return this.perform(operation, () => streamProgram(this.machine, this.name, operation, listener))
  }

  // --- namespaces ------------------------------------------------------------------------------------------------

  /** The machine's initial namespace. */
  get root(): Netns {
    return new Netns(this, null)
  }

  /** A namespace by its name (`ip netns add NAME`). Throws ArgumentError when there is none. */
  netns(name: string): Netns {
    this.netnsId(name)
    return new Netns(this, name)
  }

  /** Create a named namespace. Throws RequestError when the name is taken. */
  addNetns(name: string): Netns {
    new Netns(this, null).request('netns.add', { name })
    return new Netns(this, name)
  }

  // --- time ------------------------------------------------------------------------------------------------------

  /** Virtual time in ns since boot. */
  get now(): number {
    return this.machine.sim.now
  }

  /**
   * Operations and events so far: a position that back() and goTo() understand. It stands for the moment at which nothing
   * more happens without another event or operation.
   */
  get position(): number {
    return this.machine.position
  }

  /** Let virtual time pass, in seconds. */
  run(seconds: number): void {
    if (!(seconds >= 0) || !Number.isFinite(seconds)) throw new ArgumentError(`not a duration in seconds: ${seconds}`)
    this.perform({ kind: 'run', ns: Math.round(seconds * 1e9) }, () =>
      this.machine.os.runFor(Math.round(seconds * 1e9)),
    )
  }

  /** One event; false when nothing is left to happen. */
  step(): boolean {
    return this.perform({ kind: 'step' }, () => this.machine.os.step())
  }

  /** Back by so many positions (operations and events): the nearest earlier copy and a replay from there. */
  back(count = 1): void {
    this.goTo(this.position - count)
  }

  /** Go to an earlier position; inside a script it is replayed up to that point and stands still there. */
  goTo(position: number): void {
    this.machine.atRest()
    this.machine = this.history.goTo(position)
    this.tracing = null
  }

  // --- copies ----------------------------------------------------------------------------------------------------

  /** The machine as it is, programs under way included. Throws NetsimError RUNNING_SCRIPT while a script is running. */
  snapshot(): Snapshot {
    return new Snapshot(this.machine.clone())
  }

  /** Make this machine what it was. The journal starts again here. */
  restore(s: Snapshot): void {
    this.machine.atRest()
    this.machine = s.machine.clone()
    this.history.restart(this.machine)
    this.tracing = null
  }

  /** A second machine in the same state, for what-if questions. */
  fork(name = this.name): Host {
    const copy = new Host(name)
    copy.machine = this.machine.clone()
    copy.history.restart(copy.machine)
    return copy
  }

  // --- traces ----------------------------------------------------------------------------------------------------

  /** Record what happens to packets from here on, until the returned function is called and gives the trace. */
  trace(options: TraceOptions = {}): () => Trace {
    const tracing = startTrace(this.machine, this.name, options)
    const outer = this.tracing
    this.tracing = tracing
    return () => {
      this.tracing = outer
      return tracing.stop()
    }
  }

  /** Hand every event to a function as it happens, keeping none. Returns how to stop. */
  onEvent(listener: (event: TraceEvent) => void): () => void {
    const stop = this.trace({ listener, keep: false })
    return () => void stop()
  }

  // --- used by Netns and the command line --------------------------------------------------------------------------

  /** @internal */
  get current(): Machine {
    return this.machine
  }

  /** @internal */
  netnsId(name: string | null): NetnsId {
    if (name === null) return 0
    const id = this.machine.kernel.netnsNames.get(name)
    if (id === undefined) throw new ArgumentError(`there is no network namespace "${name}" on ${this.name}`)
    return id
  }

  /** @internal NAMESPACE-DEVICE of a device, for file names. */
  deviceName(netns: NetnsId, ifindex: number): string {
    const { nets, netnsNames } = this.machine.kernel
    let name = netns === 0 ? this.name : `netns${netns}`
    for (const [n, id] of netnsNames) if (id === netns) name = n
    return `${name}-${nets.get(netns)?.device(ifindex)?.name ?? `if${ifindex}`}`
  }

  /** @internal Enter an operation in the journal and carry it out. */
  perform<T>(operation: Operation, action: () => T): T {
    this.machine.atRest()
    this.history.enter(this.machine, operation)
    return action()
  }

  /** @internal */
  ask<K extends Op>(netns: NetnsId, op: K, req: Operations[K]['req']): Result<Operations[K]['reply']> {
    const entry = { kind: 'request', netns, op, req } as unknown as Operation
    return this.perform(entry, () => request(this.machine, netns, op, req))
  }

  /** @internal */
  spawnIn(netns: NetnsId, argv: readonly string[], wait: boolean, stdin: string | null = null): Ran {
    const operation = { kind: 'spawn', netns, argv, script: null, stdin, env: null, wait } as const
    return this.perform(operation, () => spawn(this.machine, operation))
  }

  /** @internal */
  execIn(netns: NetnsId, line: string): RunResult {
    const r = this.spawnIn(netns, ['bash', '-c', line], true)
    const exitCode = r.exitCode ?? 0
    if (exitCode !== 0) throw new CommandError(line, exitCode, r.stdout, r.stderr)
    return { stdout: r.stdout, stderr: r.stderr, output: r.output, exitCode }
  }

  /** @internal */
  shIn(netns: NetnsId, script: string, options: ScriptOptions): RunResult {
    const operation = scriptOperation(netns, script, options)
    const r = this.perform(operation, () => spawn(this.machine, operation))
    return { stdout: r.stdout, stderr: r.stderr, output: r.output, exitCode: r.exitCode ?? 0 }
  }

  /** @internal */
  startIn(netns: NetnsId, line: string): Running {
    const r = this.spawnIn(netns, ['bash', '-c', `exec ${line}`], false)
    this.machine.os.begin()
    this.machine.os.runReady()
    const pid = r.pid
    return { pid, kill: () => this.perform({ kind: 'kill', pid }, () => this.machine.os.killFromHost(pid, 'TERM')) }
  }
}
