// What a user does to a machine, as data: the journal's entries, and how each is carried out. Replaying the entries of a
// journal over a copy of an earlier machine gives the same machine again.
// Read first: host.ts.

import { handlers } from '../kernel/handlers.ts'
import type { HostSpawn } from '../os/options.ts'
import type { NetnsId, Op, Operations, Result } from '../uapi/request.ts'
import type { SockAddr } from '../uapi/socket.ts'
import type { Packet } from '../wire/packet.ts'
import { inject } from './inject.ts'
import type { Machine } from './machine.ts'
import { type Datagram, sendDatagram } from './send.ts'

/** One request to the kernel (every operation of uapi/request.ts). */
type RequestOperation = {
  [K in Op]: { readonly kind: 'request'; readonly netns: NetnsId; readonly op: K; readonly req: Operations[K]['req'] }
}[Op]

export type Operation =
  | RequestOperation
  /** Start a program; `wait` runs the machine until it has ended. */
  | {
      readonly kind: 'spawn'
      readonly netns: NetnsId
      readonly argv: readonly string[]
      /** A script of the host: argv is bash, its name, its arguments. */
      readonly script: string | null
      readonly stdin: string | null
      readonly env: Readonly<Record<string, string>> | null
      readonly wait: boolean
    }
  /** Let virtual time pass. */
  | { readonly kind: 'run'; readonly ns: number }
  /** One event. */
  | { readonly kind: 'step' }
  /** A frame out of nowhere into a device. */
  | { readonly kind: 'inject'; readonly netns: NetnsId; readonly ifindex: number; readonly frame: Packet }
  /** One datagram or connection attempt from a socket of the host's own, followed to its end. */
  | { readonly kind: 'send'; readonly netns: NetnsId; readonly datagram: Datagram; readonly to: SockAddr }
  | { readonly kind: 'kill'; readonly pid: number }

/** Does the kernel know a request of this name? */
export function isOperation(op: string): op is Op {
  return Object.hasOwn(handlers, op)
}

export interface Ran {
  readonly pid: number
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  /** Both in the order of writing. */
  readonly output: string
}

/** Ask the kernel; the answer's type follows from the operation. */
export function request<K extends Op>(
  m: Machine,
  netns: NetnsId,
  op: K,
  req: Operations[K]['req'],
): Result<Operations[K]['reply']> {
  return m.kernel.request(netns, op, req)
}

export type SpawnOperation = Extract<Operation, { kind: 'spawn' }>

/** How the machine starts it. */
export function spawnOptions(o: SpawnOperation): HostSpawn {
  return {
    netns: o.netns,
    ...(o.script === null ? {} : { script: o.script }),
    ...(o.stdin === null ? {} : { stdin: o.stdin }),
    ...(o.env === null ? {} : { env: o.env }),
  }
}

/** Start a program and, if asked, run the machine until it ends. ENOENT is exit code 127, as a shell would answer. */
export function spawn(m: Machine, o: SpawnOperation): Ran {
  const started = m.os.spawn(o.argv, spawnOptions(o))
  if (!started.ok) {
    const text = `${o.argv[0]}: ${started.errno === 'ENOENT' ? 'command not found' : 'Permission denied'}\n`
    return { pid: 0, exitCode: started.errno === 'ENOENT' ? 127 : 126, stdout: '', stderr: text, output: text }
  }
  const { pid, terminal } = started.value
  const exitCode = o.wait ? m.os.runToExit(pid) : null
  return { pid, exitCode, stdout: terminal.stdout, stderr: terminal.stderr, output: terminal.text }
}

/** Carry out an operation whose answer nobody waits for: the replay. */
export function replay(m: Machine, o: Operation): void {
  switch (o.kind) {
    case 'request':
      m.kernel.request(o.netns, o.op, o.req as never)
      return
    case 'spawn':
      spawn(m, o)
      return
    case 'run':
      m.os.runFor(o.ns)
      return
    case 'step':
      m.os.step()
      return
    case 'inject':
      inject(m, o.netns, o.ifindex, o.frame)
      return
    case 'send':
      sendDatagram(m, o.netns, o.datagram, o.to)
      return
    case 'kill':
      m.os.killFromHost(o.pid, 'TERM')
  }
}
