// Open file descriptions (struct file): what a descriptor leads to. Shared by dup, by children and by redirections;
// the last close releases what is behind. Plain data, so that machines with open files can be copied.
// Read first: uapi/program.ts, os/node.ts, os/pipe.ts.
import type { Errno } from '../lib/errno.ts'
import type { IoResult } from '../uapi/program.ts'
import type { NetnsId, Notification } from '../uapi/request.ts'
import type { SocketId, Sockets } from '../uapi/socket.ts'
import { NO_BYTES, toBytes } from './bytes.ts'
import type { DeviceKind, FileNode, VirtualRef } from './node.ts'
import type { Pipe } from './pipe.ts'
import type { Process } from './process.ts'
import type { Terminal } from './terminal.ts'

export const ok = <T>(value: T): IoResult<T> => ({ ok: true, value })
export const err = (errno: Errno): { readonly ok: false; readonly errno: Errno } => ({ ok: false, errno })

/** A regular file with a position. */
export class DataFile {
  readonly kind = 'data'
  refs = 0
  readonly node: FileNode
  readonly path: string
  readonly canRead: boolean
  readonly canWrite: boolean
  readonly append: boolean
  pos = 0

  constructor(node: FileNode, path: string, canRead: boolean, canWrite: boolean, append: boolean) {
    this.node = node
    this.path = path
    this.canRead = canRead
    this.canWrite = canWrite
    this.append = append
  }
}

/** A file of /proc or /sys: the content is asked for at the first read. */
export class VirtualFile {
  readonly kind = 'virtual'
  refs = 0
  readonly ref: VirtualRef
  readonly path: string
  readonly canRead: boolean
  readonly canWrite: boolean
  content: Uint8Array | null = null
  pos = 0

  constructor(ref: VirtualRef, path: string, canRead: boolean, canWrite: boolean) {
    this.ref = ref
    this.path = path
    this.canRead = canRead
    this.canWrite = canWrite
  }
}

export class DeviceFile {
  readonly kind = 'device'
  refs = 0
  readonly device: DeviceKind

  constructor(device: DeviceKind) {
    this.device = device
  }
}

export class PipeEnd {
  readonly kind = 'pipe'
  refs = 0
  readonly pipe: Pipe
  readonly canRead: boolean
  readonly canWrite: boolean

  constructor(pipe: Pipe, canRead: boolean, canWrite: boolean) {
    this.pipe = pipe
    this.canRead = canRead
    this.canWrite = canWrite
    if (canRead) pipe.readers++
    if (canWrite) pipe.writers++
  }
}

export class TerminalFile {
  readonly kind = 'terminal'
  refs = 0
  readonly terminal: Terminal
  readonly stream: 1 | 2

  constructor(terminal: Terminal, stream: 1 | 2) {
    this.terminal = terminal
    this.stream = stream
  }
}

export class SocketFile {
  readonly kind = 'socket'
  refs = 0
  readonly socket: SocketId
  readonly waiters = new Set<Process>()

  constructor(socket: SocketId) {
    this.socket = socket
  }
}

/** rtnetlink notifications of one namespace, not yet taken. */
export class MonitorFile {
  readonly kind = 'monitor'
  refs = 0
  readonly netns: NetnsId
  queue: Notification[] = []
  readonly waiters = new Set<Process>()

  constructor(netns: NetnsId) {
    this.netns = netns
  }
}

export type OpenFile = DataFile | VirtualFile | DeviceFile | PipeEnd | TerminalFile | SocketFile | MonitorFile

export interface Ready {
  readonly readable: boolean
  readonly writable: boolean
  readonly error: boolean
}

const ALWAYS: Ready = Object.freeze({ readable: true, writable: true, error: false })

/** poll(2). */
export function pollFile(file: OpenFile, sockets: Sockets): Ready {
  switch (file.kind) {
    case 'data':
    case 'virtual':
    case 'device':
    case 'terminal':
      return ALWAYS
    case 'pipe':
      return {
        readable: file.canRead && file.pipe.readable,
        writable: file.canWrite && file.pipe.writable,
        error: file.canWrite && file.pipe.readers === 0,
      }
    case 'socket': {
      const p = sockets.poll(file.socket)
      return { readable: p.readable || p.hangup || p.error, writable: p.writable || p.error, error: p.error }
    }
    case 'monitor':
      return { readable: file.queue.length > 0, writable: false, error: false }
  }
}

/** Who has to be woken when the file's readiness changes; null when it never does. */
export function waitersOf(file: OpenFile): Set<Process> | null {
  switch (file.kind) {
    case 'pipe':
      return file.pipe.waiters
    case 'socket':
    case 'monitor':
      return file.waiters
    default:
      return null
  }
}

export function readData(file: DataFile, max: number): IoResult<Uint8Array> {
  if (!file.canRead) return err('EBADF')
  const out = file.node.read(file.pos, max)
  file.pos += out.length
  return ok(out)
}

/** `moved`: bytes that were copied for it, to be paid for. */
export function writeData(
  file: DataFile,
  data: string | Uint8Array,
  limit: number,
): { readonly written: number; readonly moved: number } | 'too big' | 'EBADF' {
  if (!file.canWrite) return 'EBADF'
  const bytes = toBytes(data)
  const pos = file.append ? file.node.size : file.pos
  if (pos + bytes.length > limit) return 'too big'
  const moved = bytes.length > 0 ? file.node.writeAt(pos, bytes) : 0
  file.pos = pos + bytes.length
  return { written: bytes.length, moved }
}

const ZEROS = new Uint8Array(65536)

export function readDevice(device: DeviceKind, max: number, random: () => number): IoResult<Uint8Array> {
  switch (device) {
    case 'null':
    case 'tty':
      return ok(NO_BYTES)
    case 'zero':
    case 'full':
      return ok(max >= ZEROS.length ? ZEROS : ZEROS.subarray(0, max))
    case 'random': {
      const out = new Uint8Array(Math.min(max, 1024))
      for (let i = 0; i < out.length; i++) out[i] = Math.floor(random() * 256)
      return ok(out)
    }
  }
}
