// The system calls of one process: uapi's Sys, and what only the shell and the process tools need beyond it.
// Read first: uapi/program.ts, os/process_calls.ts (who it is, the file tree). Files: os/openfile.ts; processes: os/os.ts.

import type { IoResult, MainResult, OpenMode, ProgramEvent, SpawnOptions, Sys } from '../uapi/program.ts'
import type { NetnsId, Notification } from '../uapi/request.ts'
import { concatBytes, NO_BYTES, toBytes, toText } from './bytes.ts'
import { openPath } from './open.ts'
import {
  err,
  MonitorFile,
  type OpenFile,
  ok,
  PipeEnd,
  readData,
  readDevice,
  SocketFile,
  waitersOf,
  writeData,
} from './openfile.ts'
import { PIPE_CAPACITY, Pipe } from './pipe.ts'
import { BECAME_MACHINE, EXEC_STEPS, ProcessTimer } from './process.ts'
import { ProcessCalls } from './process_calls.ts'
import { virtualLookup } from './virtual.ts'

/** Moving so many bytes counts as a step: 256 where they are kept or looked at, 4 KiB on their way to and from sockets. */
const CHARGE_SHIFT = 8
const SOCKET_SHIFT = 12
const RANDOM_STEPS = 20
/** Looking through, or copying, 16 descriptors counts as a step. */
const FDS_SHIFT = 4

export class ProcessSys extends ProcessCalls implements Sys {
  // --- descriptors ---------------------------------------------------------------------------------------------

  /** The open file behind a descriptor. */
  file(fd: number): OpenFile | undefined {
    return this.proc.fds.get(fd)
  }

  /** Put a file at a descriptor; the lowest free one from `from` when `fd` is null. */
  install(file: OpenFile, fd: number | null, from = 0): number {
    let at = fd ?? from
    if (fd === null) {
      while (this.proc.fds.has(at)) at++
      this.charge((at - from) >> FDS_SHIFT)
    } else this.close(at)
    file.refs++
    this.proc.fds.set(at, file)
    return at
  }

  write(fd: number, data: string | Uint8Array): IoResult<number> {
    const file = this.proc.fds.get(fd)
    if (file === undefined) return err('EBADF')
    if (this.proc.dying !== null) return err('EPIPE')
    this.os.charge(1 + (data.length >> (file.kind === 'socket' ? SOCKET_SHIFT : CHARGE_SHIFT)))
    switch (file.kind) {
      case 'terminal':
        file.terminal.write(file.stream, data)
        return ok(data.length)
      case 'pipe':
        return this.writePipe(file, toBytes(data))
      case 'data': {
        const r = writeData(file, data, this.os.limits.fileSize)
        if (r === 'EBADF') return err(r)
        if (r === 'too big') throw this.tooLarge(file.path)
        // Overwriting a part copies the file: byte arrays are never edited.
        if (r.moved > r.written) this.os.charge(r.moved >> SOCKET_SHIFT)
        return ok(r.written)
      }
      case 'device':
        return file.device === 'full' ? err('ENOSPC') : ok(data.length)
      case 'virtual': {
        if (!file.canWrite) return err('EBADF')
        const node = virtualLookup(file.ref, this.who)
        if (node === null || node.type !== 'file') return err('EIO')
        const r = node.write(typeof data === 'string' ? data : toText(data))
        return r.ok ? ok(data.length) : r
      }
      case 'socket':
        return this.os.sockets.send(file.socket, toBytes(data))
      case 'monitor':
        return err('EOPNOTSUPP')
    }
  }

  private writePipe(end: PipeEnd, data: Uint8Array): IoResult<number> {
    const pipe = end.pipe
    if (!end.canWrite) return err('EBADF')
    if (pipe.readers === 0) {
      this.os.signal(this.proc, 'PIPE')
      return err('EPIPE')
    }
    let chunk = data
    if (this.proc.body.kind === 'machine') {
      const room = PIPE_CAPACITY - pipe.size
      if (room <= 0) return err('EAGAIN')
      chunk = data.length > room ? data.slice(0, room) : data
    } else if (pipe.size + data.length >= PIPE_CAPACITY) this.proc.debt = end
    if (pipe.size + chunk.length > this.os.limits.fileSize) throw this.tooLarge('a pipe')
    pipe.push(chunk)
    this.os.wakeAll(pipe.waiters)
    return ok(chunk.length)
  }

  read(fd: number, max = 65536): IoResult<Uint8Array> {
    const file = this.proc.fds.get(fd)
    if (file === undefined) return err('EBADF')
    const r = this.readFrom(fd, file, max)
    const n = r.ok ? r.value.length : 0
    this.os.charge(1 + (n >> (file.kind === 'socket' ? SOCKET_SHIFT : CHARGE_SHIFT)))
    return r
  }

  private readFrom(fd: number, file: OpenFile, max: number): IoResult<Uint8Array> {
    switch (file.kind) {
      case 'terminal':
        return ok(NO_BYTES)
      case 'pipe': {
        if (!file.canRead) return err('EBADF')
        if (file.pipe.size === 0) return file.pipe.writers === 0 ? ok(NO_BYTES) : err('EAGAIN')
        const out = file.pipe.take(max)
        this.os.wakeAll(file.pipe.waiters)
        return ok(out)
      }
      case 'data':
        return readData(file, max)
      case 'device':
        // Random numbers are drawn byte by byte.
        if (file.device === 'random') this.os.charge(RANDOM_STEPS)
        return readDevice(file.device, max, () => this.random())
      case 'virtual': {
        const all = this.virtualContent(fd)
        if (!all.ok) return all
        const out = all.value.subarray(file.pos, file.pos + max)
        file.pos += out.length
        return ok(out)
      }
      case 'socket': {
        const r = this.os.sockets.recv(file.socket)
        return r.ok ? ok(r.value.data) : r
      }
      case 'monitor':
        return err('EOPNOTSUPP')
    }
  }

  private virtualContent(fd: number): IoResult<Uint8Array> {
    const file = this.proc.fds.get(fd)
    if (file?.kind !== 'virtual' || !file.canRead) return err('EBADF')
    if (file.content === null || file.pos === 0) {
      const node = virtualLookup(file.ref, this.who)
      if (node === null || node.type !== 'file') return err('ENOENT')
      const r = node.read()
      if (!r.ok) return r
      file.content = toBytes(r.value)
    }
    return ok(file.content)
  }

  /** What can be read at once, up to a pipe's capacity, without taking it: the shell and `read` find the end of a line so. */
  peek(fd: number): IoResult<{ readonly data: Uint8Array; readonly eof: boolean }> {
    const file = this.proc.fds.get(fd)
    if (file === undefined) return err('EBADF')
    switch (file.kind) {
      case 'pipe':
        if (!file.canRead) return err('EBADF')
        return ok(front(file.pipe.peek(), file.pipe.size, file.pipe.writers === 0))
      case 'data':
        if (!file.canRead) return err('EBADF')
        return ok(front(file.node.read(file.pos, PIPE_CAPACITY), file.node.size - file.pos, true))
      case 'virtual': {
        const all = this.virtualContent(fd)
        return all.ok ? ok({ data: all.value.subarray(file.pos), eof: true }) : all
      }
      default:
        return ok({ data: NO_BYTES, eof: true })
    }
  }

  isatty(fd: number): boolean {
    const file = this.proc.fds.get(fd)
    return file?.kind === 'terminal' && file.terminal.tty
  }

  open(path: string, mode: OpenMode, create = mode !== 'read'): IoResult<number> {
    const r = openPath(this, path, mode, create, false)
    return r.ok ? ok(this.install(r.value, null)) : r
  }

  close(fd: number): void {
    const file = this.proc.fds.get(fd)
    if (file === undefined) return
    this.proc.fds.delete(fd)
    this.proc.cloexec.delete(fd)
    this.proc.watches.delete(fd)
    this.os.release(file)
  }

  dup2(from: number, to: number): IoResult<null> {
    const file = this.proc.fds.get(from)
    if (file === undefined) return err('EBADF')
    if (from !== to) this.install(file, to)
    return ok(null)
  }

  pipe(): IoResult<readonly [number, number]> {
    const pipe = new Pipe()
    const r = this.install(new PipeEnd(pipe, true, false), null)
    return ok([r, this.install(new PipeEnd(pipe, false, true), null)])
  }

  /** All descriptors to hand on to a child, onto the same numbers. */
  inheritable(): Record<number, number> {
    const out: Record<number, number> = {}
    for (const fd of this.proc.fds.keys()) if (!this.proc.cloexec.has(fd)) out[fd] = fd
    return out
  }

  // --- whole files --------------------------------------------------------------------------------------------

  readFile(path: string): IoResult<string> {
    const opened = openPath(this, path, 'read', false, false)
    if (!opened.ok) return opened
    const fd = this.install(opened.value, null, 10)
    const chunks: Uint8Array[] = []
    let result: IoResult<string> | null = null
    for (;;) {
      const r = this.read(fd)
      if (!r.ok) {
        result = r.errno === 'EAGAIN' ? null : r
        break
      }
      if (r.value.length === 0 || opened.value.kind === 'device') break
      chunks.push(r.value)
    }
    this.close(fd)
    return result ?? ok(toText(concatBytes(chunks.length === 0 ? [NO_BYTES] : chunks)))
  }

  writeFile(path: string, text: string): IoResult<null> {
    const fd = this.open(path, 'write')
    if (!fd.ok) return fd
    const r = this.write(fd.value, text)
    this.close(fd.value)
    return r.ok ? ok(null) : r
  }

  // --- sockets and notifications -------------------------------------------------------------------------------

  socketFd(socket: number): number {
    const file = new SocketFile(socket)
    this.os.socketFiles.set(socket, file)
    return this.install(file, null)
  }
  fdSocket(fd: number): number | null {
    const file = this.proc.fds.get(fd)
    return file?.kind === 'socket' ? file.socket : null
  }
  monitor(): number {
    const file = new MonitorFile(this.proc.netns)
    this.os.addMonitor(file)
    return this.install(file, null)
  }
  takeNotifications(fd: number): readonly Notification[] {
    const file = this.proc.fds.get(fd)
    if (file?.kind !== 'monitor') return []
    const out = file.queue
    file.queue = []
    return out
  }

  // --- machines ------------------------------------------------------------------------------------------------

  watch(fd: number, readable: boolean, writable: boolean): void {
    this.proc.watches.set(fd, { readable, writable })
  }
  unwatch(fd: number): void {
    const file = this.proc.fds.get(fd)
    if (file !== undefined) waitersOf(file)?.delete(this.proc)
    this.proc.watches.delete(fd)
  }
  setTimer(id: number, at: number): void {
    let timer = this.proc.timers.get(id)
    if (timer === undefined) this.proc.timers.set(id, (timer = new ProcessTimer(this.os, this.proc.pid, id)))
    this.os.sim.arm(timer, at)
  }
  clearTimer(id: number): void {
    const timer = this.proc.timers.get(id)
    if (timer !== undefined) this.os.sim.cancel(timer)
    this.proc.timers.delete(id)
    // A timer that has gone off and was not delivered yet counts as cleared.
    this.proc.events = this.proc.events.filter((e: ProgramEvent) => e.kind !== 'timer' || e.id !== id)
  }
  exit(code: number): void {
    // A signal that took it meanwhile (SIGPIPE) is what ended it.
    this.os.end(this.proc, this.proc.dying ?? code & 255)
  }

  // --- processes -----------------------------------------------------------------------------------------------

  spawn(argv: readonly string[], options: SpawnOptions = {}): IoResult<number> {
    const r = this.os.spawnChild(this, argv, options)
    return r.ok ? ok(r.value.pid) : r
  }

  exec(argv: readonly string[], options: { readonly netns?: NetnsId } = {}): IoResult<MainResult> {
    this.os.charge(EXEC_STEPS)
    const found = this.os.lookup(this, argv, this.proc.env.get('PATH'))
    if (!found.ok) return found
    const proc = this.proc
    if (options.netns !== undefined) this.os.setNetns(proc, options.netns)
    proc.argv = found.value.argv
    proc.caught.clear()
    proc.pending = []
    for (const fd of [...proc.cloexec]) this.close(fd)
    const exe = found.value.executable
    if (exe.kind === 'main') return ok(exe.main(this, proc.argv))
    proc.body = { kind: 'machine', machine: exe.machine, state: null, started: false }
    this.os.ready(proc)
    return ok(BECAME_MACHINE)
  }

  which(name: string): boolean {
    return this.os.lookup(this, [name], this.proc.env.get('PATH')).ok
  }

  /** Is there a command of that name, and where? ENOENT or EACCES as execve would say. */
  find(name: string, path: string | undefined): IoResult<string> {
    return this.os.findCommand(this, name, path)
  }

  /** True when the process must pause: a pipe is over-full, or a signal is about to end it. */
  get mustPause(): boolean {
    return this.proc.debt !== null || this.proc.dying !== null || this.proc.stopped
  }

  /** Open with O_EXCL where asked (bash's noclobber); gives the file, not a descriptor. */
  openFile(path: string, mode: OpenMode, exclusive = false): IoResult<OpenFile> {
    return openPath(this, path, mode, mode !== 'read', exclusive)
  }

  /** A readable file over a text that is there already (here-documents). */
  textFile(text: string): OpenFile {
    const pipe = new Pipe()
    const bytes = toBytes(text)
    this.hold(bytes.length)
    pipe.push(bytes)
    return new PipeEnd(pipe, true, false)
  }

  /** A shallow copy of the descriptor table, to be given back by restoreFds. */
  saveFds(): Map<number, OpenFile> {
    this.charge(this.proc.fds.size >> FDS_SHIFT)
    for (const f of this.proc.fds.values()) f.refs++
    return new Map(this.proc.fds)
  }

  restoreFds(saved: ReadonlyMap<number, OpenFile>): void {
    const now = [...this.proc.fds.values()]
    this.proc.fds.clear()
    for (const [fd, f] of saved) this.proc.fds.set(fd, f)
    for (const f of now) this.os.release(f)
  }
}

/** `eof`: nothing will come behind what there is, and all of that is seen. */
function front(
  data: Uint8Array,
  available: number,
  last: boolean,
): { readonly data: Uint8Array; readonly eof: boolean } {
  return { data, eof: last && data.length >= available }
}

/** The process behind a Sys: for the shell and the process tools, which run on this Os only. */
export function processOf(sys: Sys): ProcessSys {
  if (sys instanceof ProcessSys) return sys
  throw new TypeError('this program needs the processes of os/')
}
