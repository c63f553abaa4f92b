// What a machine's processes are made from: the kernel's port, the options of Os and of a program that the host starts.
import type { Dispatcher, Simulation } from '../sim/clock.ts'
import type { Random } from '../sim/random.ts'
import type { Executable } from '../uapi/program.ts'
import type { Netlink, NetnsId } from '../uapi/request.ts'
import type { Sockets } from '../uapi/socket.ts'
import type { Limits } from './limits.ts'
import type { Terminal } from './terminal.ts'

/** What the processes need of the kernel. The kernel's timers have kinds below TIMER_PROCESS (100). */
export interface KernelPort {
  readonly netlink: Netlink
  readonly sockets: Sockets
  /** Namespaces with listeners of rtnetlink notifications: how many each has. */
  readonly monitors: Map<NetnsId, number>
  /** A new namespace without a name (unshare -n); the child's namespace goes when nobody is in it. */
  createNetns?(): NetnsId
  /** A process has left a namespace: one without a name and without processes ends. */
  putNetns?(netns: NetnsId): void
}

export interface OsOptions {
  readonly sim: Simulation
  readonly random: Random
  readonly kernel: KernelPort
  /** Runs the events of the simulation: hands timers of kind TIMER_PROCESS to Os.timer, the rest to the kernels. */
  readonly dispatcher: Dispatcher
  readonly hostname: string
  /** Programs by name. Frozen: shared between copies of a machine. */
  readonly executables: Readonly<Record<string, Executable>>
  readonly limits?: Partial<Limits>
  /** Wall-clock ns since the epoch at virtual time 0. */
  readonly bootTime?: number
}

export interface HostSpawn {
  readonly netns?: NetnsId
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** What the process reads from its standard input; nothing when absent. */
  readonly stdin?: string
  /** The text of the script that a bash of the host runs: argv[1] is its name, no file. */
  readonly script?: string
  /** Where its output goes; a fresh one when absent. */
  readonly terminal?: Terminal
  readonly tty?: boolean
  readonly uid?: number
}

/** 2024-01-01 00:00:00 UTC */
export const BOOT_TIME = 1_704_067_200_000_000_000
export const FIRST_PID = 1000

export const BOOT_ENV: Readonly<Record<string, string>> = Object.freeze({
  HOME: '/root',
  LANG: 'C.UTF-8',
  LOGNAME: 'root',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  SHELL: '/bin/bash',
  TERM: 'dumb',
  USER: 'root',
})
