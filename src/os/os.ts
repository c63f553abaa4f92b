// The processes of one machine: table, run queue, signals, descriptors' ends, and the driver that alternates processes with
// the simulation. The clock moves only when every process is blocked. Read first: uapi/program.ts, os/process.ts.
// Leaves out preemption (a process runs until it waits), sessions and job-control stops by the terminal.
import { LimitError } from '../lib/errors.ts'
import { EV_TIMER, SimulationPaused } from '../sim/clock.ts'
import type { Random } from '../sim/random.ts'
import type { Executable, IoResult, Signal, SpawnOptions } from '../uapi/program.ts'
import type { Netlink, NetnsId, Notification } from '../uapi/request.ts'
import type { SocketId, SocketOwner, Sockets, Upcalls } from '../uapi/socket.ts'
import { resolveCommand, searchCommand } from './commands.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { DeviceFile, err, MonitorFile, type OpenFile, ok, PipeEnd, SocketFile, TerminalFile } from './openfile.ts'
import { BOOT_ENV, BOOT_TIME, FIRST_PID, type HostSpawn, type KernelPort, type OsOptions } from './options.ts'
import type { Pipe } from './pipe.ts'
import {
  type Body,
  EXEC_STEPS,
  FORK_STEPS,
  Process,
  type ProcessTimer,
  SIGNAL_NUMBERS,
  TIMER_PROCESS,
} from './process.ts'
import { bootFiles } from './rootfs.ts'
import { stepProcess } from './run.ts'
import { RunQueue } from './runqueue.ts'
import { ProcessSys } from './sys.ts'
import { Terminal } from './terminal.ts'
import { Vfs } from './vfs.ts'
import type { MachineView } from './virtual.ts'

export class Os extends RunQueue implements Upcalls, MachineView {
  readonly random: Random
  readonly kernel: KernelPort
  readonly executables: Readonly<Record<string, Executable>>
  readonly bootTime: number
  hostname: string
  readonly vfs = new Vfs()
  readonly socketFiles = new Map<SocketId, SocketFile>()
  readonly fifos = new Map<number, Pipe>()
  /** How many living processes are in each namespace. */
  private readonly inhabitants = new Map<NetnsId, number>()
  private monitors: MonitorFile[] = []
  private lastPid = FIRST_PID - 1

  constructor(options: OsOptions) {
    super(options.sim, options.dispatcher, Object.freeze({ ...DEFAULT_LIMITS, ...options.limits }))
    this.random = options.random
    this.kernel = options.kernel
    this.hostname = options.hostname
    this.executables = options.executables
    this.bootTime = options.bootTime ?? BOOT_TIME
    bootFiles(this.vfs, this.hostname, Object.keys(this.executables), this.bootTime)
  }

  get now(): number {
    return this.sim.now
  }
  get netlink(): Netlink {
    return this.kernel.netlink
  }
  get sockets(): Sockets {
    return this.kernel.sockets
  }
  setHostname(name: string): void {
    this.hostname = name
  }

  // --- the host's door -----------------------------------------------------------------------------------------

  /** Start a program as init would. ENOENT, EACCES when there is none of that name. */
  spawn(
    argv: readonly string[],
    options: HostSpawn = {},
  ): IoResult<{ readonly pid: number; readonly terminal: Terminal }> {
    const env = options.env ?? BOOT_ENV
    const proc = this.create(null, argv, { kind: 'main', main: () => 127 })
    proc.env = new Map(Object.entries(env))
    proc.hostOwned = true
    proc.script = options.script ?? null
    if (options.netns !== undefined) this.enter(proc, options.netns)
    if (options.cwd !== undefined) proc.cwd = options.cwd
    if (options.uid !== undefined) proc.uid = proc.gid = options.uid
    const sys = new ProcessSys(this, proc)
    const found = resolveCommand(sys, argv, env['PATH'])
    if (!found.ok) {
      this.count(proc.netns, -1)
      this.remove(proc)
      return found
    }
    proc.argv = found.value.argv
    proc.body = bodyOf(found.value.executable)
    const terminal = options.terminal ?? new Terminal(this.limits.output, options.tty ?? false)
    sys.install(options.stdin === undefined ? new DeviceFile('null') : sys.textFile(options.stdin), 0)
    sys.install(new TerminalFile(terminal, 1), 1)
    sys.install(new TerminalFile(terminal, 2), 2)
    this.ready(proc)
    return ok({ pid: proc.pid, terminal })
  }

  /** Run processes and events until a process that the host started has ended; gives its exit code. Throws LimitError. */
  runToExit(pid: number): number {
    this.begin()
    try {
      for (;;) {
        this.runWoken()
        const p = this.processes.get(pid)
        if (p === undefined) return 0
        if (p.state === 'zombie') {
          this.remove(p)
          return p.exitCode
        }
        this.advance(Number.POSITIVE_INFINITY, true)
      }
    } catch (e) {
      // A replay that stands still here leaves everything as it is.
      if (e instanceof SimulationPaused) throw e
      this.killTree(pid)
      // What it left behind is still of its group.
      for (const p of [...this.processes.values()]) if (p.pgid === pid) this.end(p, 128 + SIGNAL_NUMBERS.KILL)
      this.processes.delete(pid)
      throw e
    }
  }

  /** Run processes and events while a condition holds; false when the process has ended. Throws LimitError. */
  runWhile(condition: () => boolean, pid: number): boolean {
    this.begin()
    try {
      for (this.runWoken(); condition(); this.runWoken()) this.advance(Number.POSITIVE_INFINITY, true)
    } catch (e) {
      for (const c of [...(this.processes.get(pid)?.children ?? [])]) this.killTree(c)
      throw e
    }
    return this.processes.get(pid)?.state === 'alive'
  }

  /** Run processes and events of the next `ns` of virtual time. Throws LimitError. */
  runFor(ns: number): void {
    this.begin()
    const until = this.sim.now + ns
    do this.runWoken()
    while (this.advance(until, false))
    this.sim.advance(until)
  }

  /** Run what is ready, or else one event; false when nothing is left to do. */
  step(): boolean {
    if (this.hasReady && !this.sim.arriving) {
      this.begin()
      this.runReady()
      return true
    }
    return this.sim.step(Number.POSITIVE_INFINITY, this.dispatcher)
  }

  /** Processes that fork() and snapshot() cannot copy, as "PID name": running scripts and text tools. */
  scripts(): readonly string[] {
    const out: string[] = []
    for (const p of this.processes.values()) {
      if (p.state === 'alive' && p.body.kind !== 'machine') out.push(`${p.pid} ${p.argv.join(' ')}`)
    }
    return out
  }

  hasScripts(): boolean {
    return this.scripts().length > 0
  }

  protected override turn(p: Process): void {
    stepProcess(this, p)
  }

  // --- life and death ------------------------------------------------------------------------------------------

  private create(parent: Process | null, argv: readonly string[], body: Body): Process {
    if (this.processes.size >= this.limits.processes) {
      throw new LimitError('processes', this.limits.processes, `more than ${this.limits.processes} processes`)
    }
    const p = new Process(++this.lastPid, parent, argv, body, this.sim.now)
    this.processes.set(p.pid, p)
    parent?.children.add(p.pid)
    this.count(p.netns, 1)
    return p
  }

  /** Out of the table. */
  private remove(p: Process): void {
    this.processes.delete(p.pid)
    const parent = this.processes.get(p.ppid)
    parent?.children.delete(p.pid)
    parent?.ended.delete(p.pid)
  }

  private count(netns: NetnsId, change: number): void {
    const n = (this.inhabitants.get(netns) ?? 0) + change
    if (n === 0) this.inhabitants.delete(netns)
    else this.inhabitants.set(netns, n)
  }

  private enter(p: Process, netns: NetnsId): void {
    this.count(p.netns, -1)
    p.netns = netns
    this.count(netns, 1)
  }

  spawnChild(sys: ProcessSys, argv: readonly string[], options: SpawnOptions): IoResult<Process> {
    const parent = sys.proc
    this.charge(options.body === undefined ? EXEC_STEPS : FORK_STEPS)
    let body: Body
    let args = argv
    if (options.body !== undefined) body = { kind: 'main', main: options.body }
    else {
      const found = resolveCommand(sys, argv, options.env?.['PATH'] ?? parent.env.get('PATH'))
      if (!found.ok) return found
      body = bodyOf(found.value.executable)
      args = found.value.argv
    }
    const p = this.create(parent, args, body)
    if (options.netns !== undefined) this.enter(p, options.netns)
    if (options.env !== undefined) p.env = new Map(Object.entries(options.env))
    if (options.cwd !== undefined) p.cwd = options.cwd
    if (options.uid !== undefined) p.uid = options.uid
    if (options.gid !== undefined) p.gid = options.gid
    if (options.group === true) p.pgid = p.pid
    for (const s of options.ignore ?? []) p.ignored.add(s)
    for (const [to, from] of Object.entries(options.fds ?? { 0: 0, 1: 1, 2: 2 })) {
      const file = parent.fds.get(from)
      if (file === undefined) continue
      file.refs++
      p.fds.set(Number(to), file)
    }
    this.ready(p)
    return ok(p)
  }

  lookup(sys: ProcessSys, argv: readonly string[], path: string | undefined): ReturnType<typeof resolveCommand> {
    return resolveCommand(sys, argv, path)
  }

  findCommand(sys: ProcessSys, name: string, path: string | undefined): IoResult<string> {
    return searchCommand(sys, name, path)
  }

  /** The process ends: descriptors close, children go to init, the parent learns of it. */
  override end(p: Process, code: number): void {
    if (p.state !== 'alive') return
    p.state = 'zombie'
    p.exitCode = code
    this.count(p.netns, -1)
    for (const fd of [...p.fds.keys()]) new ProcessSys(this, p).close(fd)
    for (const t of p.timers.values()) this.sim.cancel(t)
    p.timers.clear()
    p.body = { kind: 'main', main: () => code }
    p.wait = null
    if (!this.netnsBusy(p.netns)) this.kernel.putNetns?.(p.netns)
    for (const pid of p.ended) this.processes.delete(pid)
    for (const pid of p.children) {
      const c = this.processes.get(pid)
      if (c !== undefined) c.ppid = 1
    }
    p.ended.clear()
    p.children.clear()
    if (p.hostOwned) return
    const parent = this.processes.get(p.ppid)
    if (parent === undefined || parent.state !== 'alive') {
      this.remove(p)
      return
    }
    parent.ended.add(p.pid)
    if (parent.body.kind === 'machine') parent.events.push({ kind: 'child', pid: p.pid, code })
    if (parent.caught.has('CHLD')) parent.pending.push('CHLD')
    this.ready(parent)
  }

  /** Take a child that has ended out of the table; null while it runs. */
  reap(parent: Process, pid: number): Process | null {
    const p = this.processes.get(pid)
    if (p === undefined || p.ppid !== parent.pid || p.state !== 'zombie') return null
    this.remove(p)
    return p
  }

  /** A process and its descendants, the youngest generation first. */
  private killTree(pid: number): void {
    const all = [pid]
    for (let i = 0; i < all.length; i++) all.push(...(this.processes.get(all[i]!)?.children ?? []))
    for (const one of all.reverse()) {
      const p = this.processes.get(one)
      if (p !== undefined) this.end(p, 128 + SIGNAL_NUMBERS.KILL)
    }
  }

  // --- signals -------------------------------------------------------------------------------------------------

  /** kill(2) by a process; pid < 0 is a group, 0 the caller's own group. */
  kill(by: Process, pid: number, signal: Signal | null): IoResult<null> {
    const group = pid === 0 ? by.pgid : pid < -1 ? -pid : null
    const targets = group === null ? [] : [...this.processes.values()].filter((p) => p.pgid === group)
    const one = group === null ? this.processes.get(pid) : undefined
    if (one !== undefined) targets.push(one)
    if (targets.length === 0) return err('ESRCH')
    if (signal !== null) for (const p of targets) this.signal(p, signal)
    return ok(null)
  }

  /** kill(2) from outside the machine. */
  killFromHost(pid: number, signal: Signal): void {
    const p = this.processes.get(pid)
    if (p !== undefined) this.signal(p, signal)
  }

  /** Deliver a signal: to the program that catches it, or the default action of signal(7). */
  signal(p: Process, signal: Signal): void {
    if (p.state !== 'alive') return
    if (signal === 'CONT' || signal === 'STOP') {
      p.stopped = signal === 'STOP'
      if (!p.stopped) this.ready(p)
      if (!p.caught.has(signal)) return
    } else if (signal === 'KILL') {
      this.terminate(p, 'KILL')
      return
    }
    if (p.caught.has(signal)) {
      if (p.body.kind === 'machine') p.events.push({ kind: 'signal', signal })
      else p.pending.push(signal)
      this.ready(p)
    } else if (!p.ignored.has(signal) && signal !== 'CHLD') this.terminate(p, signal)
  }

  private terminate(p: Process, signal: Signal): void {
    const code = 128 + SIGNAL_NUMBERS[signal]
    // A process that is running is in the middle of its own code: it ends when it pauses.
    p.endSignal = SIGNAL_NUMBERS[signal]
    if (p === this.current) p.dying ??= code
    else this.end(p, code)
  }

  // --- what the kernel and the simulation say ------------------------------------------------------------------

  wake(_owner: SocketOwner, socket: SocketId): void {
    const file = this.socketFiles.get(socket)
    if (file !== undefined) this.wakeAll(file.waiters)
  }

  /** A namespace that lost its name lives on while a process is in it. */
  netnsBusy(netns: NetnsId): boolean {
    return this.inhabitants.has(netns)
  }

  /** setns(2) */
  setNetns(p: Process, netns: NetnsId): void {
    const before = p.netns
    this.enter(p, netns)
    if (before !== netns && !this.netnsBusy(before)) this.kernel.putNetns?.(before)
  }

  /** rtnetlink notifications, for ip monitor. */
  notify(netns: NetnsId, n: Notification): void {
    for (const m of this.monitors) {
      if (m.netns !== netns) continue
      m.queue.push(n)
      this.wakeAll(m.waiters)
    }
  }

  addMonitor(file: MonitorFile): void {
    this.monitors.push(file)
    this.kernel.monitors.set(file.netns, (this.kernel.monitors.get(file.netns) ?? 0) + 1)
  }

  /** A timer of one of the processes has gone off (kind TIMER_PROCESS). */
  timer(t: ProcessTimer): void {
    const p = this.processes.get(t.pid)
    if (p === undefined || p.state !== 'alive' || p.timers.get(t.id) !== t) return
    p.timers.delete(t.id)
    if (t.id >= 0) p.events.push({ kind: 'timer', id: t.id })
    else p.timedOut = true
    this.ready(p)
  }

  /** An event of the simulation that belongs to a process; false when it is somebody else's. */
  static dispatch(kind: number, a: object): boolean {
    if (kind !== EV_TIMER || (a as { readonly kind?: number }).kind !== TIMER_PROCESS) return false
    const timer = a as ProcessTimer
    timer.os.timer(timer)
    return true
  }

  /** One reference to an open file less; the last one releases what is behind. */
  release(file: OpenFile): void {
    if (--file.refs > 0) return
    if (file instanceof PipeEnd) {
      if (file.canRead) file.pipe.readers--
      if (file.canWrite) file.pipe.writers--
      this.wakeAll(file.pipe.waiters)
    } else if (file instanceof SocketFile) {
      this.socketFiles.delete(file.socket)
      this.sockets.close(file.socket)
    } else if (file instanceof MonitorFile) {
      this.monitors = this.monitors.filter((m) => m !== file)
      this.kernel.monitors.set(file.netns, (this.kernel.monitors.get(file.netns) ?? 1) - 1)
    }
  }
}

function bodyOf(executable: Executable): Body {
  if (executable.kind === 'main') return { kind: 'main', main: executable.main }
  return { kind: 'machine', machine: executable.machine, state: null, started: false }
}
