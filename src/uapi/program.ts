// Programs: what runs in a process. Two forms, both synchronous:
// - Main: a function, or a generator that yields what it waits for (ip, sysctl, grep, the shell itself);
// - Machine: plain data + step(), for network programs, so that fork() and snapshot() copy them while they run.
import type { Errno } from '../lib/errno.ts'
import type { Netlink, NetnsId, Notification } from './request.ts'
import type { Sockets } from './socket.ts'

export type Signal =
  | 'INT'
  | 'TERM'
  | 'KILL'
  | 'QUIT'
  | 'HUP'
  | 'ALRM'
  | 'PIPE'
  | 'CHLD'
  | 'USR1'
  | 'USR2'
  | 'STOP'
  | 'CONT'

/** What a generator waits for. It is resumed when any one of them holds. */
export interface Wait {
  /** Descriptors to become readable (data, end of file or error) or writable. */
  readonly readable?: readonly number[]
  readonly writable?: readonly number[]
  /** Virtual time in ns. */
  readonly until?: number
  /** Some child to exit (any when empty). */
  readonly children?: readonly number[]
}

export type MainResult = number | Generator<Wait, number, void>

/** Exit code, as a value or at a generator's end. */
export type Main = (sys: Sys, argv: readonly string[]) => MainResult

/** Why a Machine is stepped. */
export type ProgramEvent =
  | { readonly kind: 'start' }
  /** A descriptor the machine watches is ready (level-triggered: repeated until it is no longer watched or ready). */
  | {
      readonly kind: 'ready'
      readonly fd: number
      readonly readable: boolean
      readonly writable: boolean
      readonly error: boolean
    }
  | { readonly kind: 'timer'; readonly id: number }
  | { readonly kind: 'signal'; readonly signal: Signal }
  | { readonly kind: 'child'; readonly pid: number; readonly code: number }

/** A network program: `state` is plain data (no closures, no class instances), all behaviour is in `step`. */
export interface Machine<S> {
  /** Parse argv; a number is an immediate exit code (usage error already written to stderr). */
  start(sys: Sys, argv: readonly string[]): S | number
  step(sys: Sys, state: S, event: ProgramEvent): void
}

/** An executable found by name. */
export type Executable =
  | { readonly kind: 'main'; readonly main: Main }
  | { readonly kind: 'machine'; readonly machine: Machine<unknown> }

export type IoResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errno: Errno }

export interface FileStat {
  readonly type: 'file' | 'directory' | 'symlink' | 'char' | 'fifo' | 'socket'
  readonly size: number
  readonly mode: number
  readonly inode: number
}

export type OpenMode = 'read' | 'write' | 'append' | 'readwrite'

/**
 * The system calls of one process. Descriptors 0, 1, 2 are open at start. Text is UTF-8.
 * Reads and writes never block: EAGAIN means wait (yield {readable:[fd]} in a generator, watch(fd) in a machine).
 */
export interface Sys {
  readonly pid: number
  readonly ppid: number
  /** The namespace the process is in. */
  readonly netns: NetnsId
  readonly uid: number
  readonly gid: number
  /** Virtual time in ns since boot. */
  now(): number
  /** Wall-clock time in ns since the epoch: boot time of the simulation + now(). */
  wallClock(): number
  /** Uniform in [0, 1), from the machine's seed. */
  random(): number
  /** Hostname of the machine. */
  hostname(): string

  /** Buffered nowhere: what is written is there at once. Strings are UTF-8. EPIPE raises SIGPIPE as on Linux. */
  write(fd: number, data: string | Uint8Array): IoResult<number>
  /** Up to `max` bytes (default 65536); empty is end of file. */
  read(fd: number, max?: number): IoResult<Uint8Array>
  /** Whole text of what stdin etc. holds so far is read by looping; true when fd is a terminal. */
  isatty(fd: number): boolean
  open(path: string, mode: OpenMode, create?: boolean): IoResult<number>
  close(fd: number): void
  dup2(from: number, to: number): IoResult<null>
  pipe(): IoResult<readonly [number, number]>
  /** Whole file as text. */
  readFile(path: string): IoResult<string>
  writeFile(path: string, text: string): IoResult<null>
  readDir(path: string): IoResult<readonly string[]>
  stat(path: string): IoResult<FileStat>
  mkdir(path: string): IoResult<null>
  unlink(path: string): IoResult<null>
  rmdir(path: string): IoResult<null>
  rename(from: string, to: string): IoResult<null>
  symlink(target: string, path: string): IoResult<null>
  /** mount(2) with MS_BIND in a mount namespace of this process and its later children: nobody else sees it. */
  bind(source: string, target: string): IoResult<null>
  /** Back to the mount namespace of the parent. */
  unbind(): void
  /** What a symbolic link says. */
  readlink(path: string): IoResult<string>
  cwd(): string
  chdir(path: string): IoResult<null>
  env(name: string): string | undefined

  /** Sockets become descriptors: socketFd gives one, fdSocket the kernel's id behind it (null when it is not a socket). */
  socketFd(socket: number): number
  fdSocket(fd: number): number | null
  readonly sockets: Sockets
  readonly netlink: Netlink
  /** Subscribe to rtnetlink notifications of the own namespace (ip monitor): a descriptor whose reads are drained by takeNotifications. */
  monitor(): number
  takeNotifications(fd: number): readonly Notification[]

  /** machines only: be stepped while fd is readable / writable. */
  watch(fd: number, readable: boolean, writable: boolean): void
  unwatch(fd: number): void
  /** machines only: step with {kind: 'timer', id} at that virtual time; setting an id again moves it. */
  setTimer(id: number, at: number): void
  clearTimer(id: number): void
  /** machines only: end of the process. Mains return their code instead. */
  exit(code: number): void

  /**
   * Start a child running argv (found by name among the executables, or a script file, or bash for `bash -c`),
   * with the given descriptors as its 0, 1, 2 … ; others are closed. ENOENT when there is no such program.
   */
  spawn(argv: readonly string[], options?: SpawnOptions): IoResult<number>
  /**
   * execve(2) with another namespace (ip netns exec): the calling Main returns this value at once and the process
   * goes on as argv. ENOENT when there is no such program.
   */
  exec(argv: readonly string[], options?: { readonly netns?: NetnsId }): IoResult<MainResult>
  /** Exit code of a child that has ended (128 + n when a signal ended it), null while it runs; reaps it. */
  reap(pid: number): number | null
  kill(pid: number, signal: Signal): IoResult<null>
  /** Signals this process has been sent and catches; without a handler the default action is taken by the system. */
  onSignal(signals: readonly Signal[]): void
  takeSignal(): Signal | null
  /** PIDs of the processes in a namespace (ip netns pids). */
  pids(netns: NetnsId): readonly number[]
  /** Count work that no system call counts (a loop of an interpreter). Throws LimitError beyond the run's limit of steps. */
  charge(steps?: number): void
  /** A program keeps so many bytes of its input. Throws LimitError (fileSize) when they are more than a file may have. */
  hold(bytes: number): void
  /** Is there an executable of that name? */
  which(name: string): boolean
}

export interface SpawnOptions {
  readonly netns?: NetnsId
  /** Child descriptor → own descriptor. Default: 0, 1, 2 shared. */
  readonly fds?: Readonly<Record<number, number>>
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** A new process group, as bash's & makes with job control; used by kill of a group. */
  readonly group?: boolean
  /** Ignore SIGINT/SIGHUP (nohup, background jobs). */
  readonly ignore?: readonly Signal[]
  readonly uid?: number
  readonly gid?: number
  /** Body instead of an executable: the shell's subshells and pipeline stages. argv is then for ps only. */
  readonly body?: Main
}

/** Write to stderr and give the code: how tools end on an error. */
export function fail(sys: Sys, message: string, code: number): number {
  sys.write(2, message)
  return code
}
