// The part of a process's system calls that needs no descriptors: who it is, what time it is, the file tree, its children.
// Read first: os/vfs.ts. The rest of uapi's Sys is in os/sys.ts.
import { LimitError } from '../lib/errors.ts'
import type { FileStat, IoResult, Signal } from '../uapi/program.ts'
import type { Netlink, NetnsId } from '../uapi/request.ts'
import type { Sockets } from '../uapi/socket.ts'
import { err, ok } from './openfile.ts'
import type { Os } from './os.ts'
import type { Process } from './process.ts'
import type { Asker } from './virtual.ts'

/** What a request to the kernel costs. */
const NETLINK_STEPS = 40

export class ProcessCalls {
  readonly os: Os
  readonly proc: Process

  constructor(os: Os, proc: Process) {
    this.os = os
    this.proc = proc
  }

  get pid(): number {
    return this.proc.pid
  }
  get ppid(): number {
    return this.proc.ppid
  }
  get netns(): NetnsId {
    return this.proc.netns
  }
  get uid(): number {
    return this.proc.uid
  }
  get gid(): number {
    return this.proc.gid
  }
  get sockets(): Sockets {
    return this.os.sockets
  }
  get netlink(): Netlink {
    this.os.charge(NETLINK_STEPS)
    return this.os.netlink
  }
  /** For questions to the file tree. */
  get who(): Asker {
    return { pid: this.proc.pid, netns: this.proc.netns, cwd: this.proc.cwd, machine: this.os, binds: this.proc.binds }
  }

  now(): number {
    return this.os.now
  }
  wallClock(): number {
    return this.os.bootTime + this.os.now
  }
  random(): number {
    return this.os.random.float()
  }
  hostname(): string {
    return this.os.hostname
  }

  readDir(path: string): IoResult<readonly string[]> {
    return this.os.vfs.list(this.who, path)
  }
  stat(path: string): IoResult<FileStat & { readonly mtime: number }> {
    return this.os.vfs.stat(this.who, path, true)
  }
  lstat(path: string): IoResult<FileStat & { readonly mtime: number }> {
    return this.os.vfs.stat(this.who, path, false)
  }
  mkdir(path: string, mode = 0o777): IoResult<null> {
    return this.os.vfs.mkdir(this.who, path, mode & ~this.proc.umask, this.wallClock())
  }
  unlink(path: string): IoResult<null> {
    return this.os.vfs.unlink(this.who, path)
  }
  rmdir(path: string): IoResult<null> {
    return this.os.vfs.rmdir(this.who, path)
  }
  rename(from: string, to: string): IoResult<null> {
    return this.os.vfs.rename(this.who, from, to)
  }
  symlink(target: string, path: string): IoResult<null> {
    return this.os.vfs.symlink(this.who, target, path, this.wallClock())
  }
  link(from: string, to: string): IoResult<null> {
    return this.os.vfs.link(this.who, from, to)
  }
  bind(source: string, target: string): IoResult<null> {
    const r = this.os.vfs.bind(this.who, source, target)
    if (!r.ok) return r
    this.proc.binds = r.value
    return ok(null)
  }
  unbind(): void {
    this.proc.binds = this.os.processes.get(this.proc.ppid)?.binds ?? new Map()
  }
  readlink(path: string): IoResult<string> {
    return this.os.vfs.readlink(this.who, path)
  }
  mkfifo(path: string): IoResult<null> {
    return this.os.vfs.mkfifo(this.who, path, 0o666 & ~this.proc.umask, this.wallClock())
  }
  chmod(path: string, mode: number): IoResult<null> {
    return this.os.vfs.chmod(this.who, path, mode)
  }
  /** Absolute path without symbolic links; the last name need not exist. */
  realpath(path: string): IoResult<string> {
    const r = this.os.vfs.resolve(this.who, path, true)
    return r.ok ? ok(r.value.path) : r
  }
  /** Set the modification time to now. */
  touch(path: string): void {
    const r = this.os.vfs.resolve(this.who, path, true)
    const node = r.ok ? r.value.node : null
    if (node?.type === 'file' || node?.type === 'directory') node.mtime = this.wallClock()
  }
  cwd(): string {
    return this.proc.cwd
  }
  chdir(path: string): IoResult<null> {
    const r = this.os.vfs.resolve(this.who, path, true)
    if (!r.ok) return r
    const s = this.os.vfs.stat(this.who, path, true)
    if (!s.ok) return s
    if (s.value.type !== 'directory') return err('ENOTDIR')
    this.proc.cwd = r.value.path
    return ok(null)
  }
  env(name: string): string | undefined {
    return this.proc.env.get(name)
  }

  // --- children and signals -----------------------------------------------------------------------------------

  reap(pid: number): number | null {
    return this.os.reap(this.proc, pid)?.exitCode ?? null
  }
  /** As reap, with the signal that ended the child (0: none). */
  reapStatus(pid: number): { readonly code: number; readonly signal: number } | null {
    const p = this.os.reap(this.proc, pid)
    return p === null ? null : { code: p.exitCode, signal: p.endSignal }
  }
  /** Children that have ended and were not reaped yet. */
  endedChildren(): readonly number[] {
    return [...this.proc.ended]
  }
  /** How many children are in the process table, ended or not. */
  get childCount(): number {
    return this.proc.children.size
  }
  /** Is that a child of this process, ended or not? */
  isChild(pid: number): boolean {
    return this.os.processes.get(pid)?.ppid === this.proc.pid
  }
  kill(pid: number, signal: Signal): IoResult<null> {
    return this.os.kill(this.proc, pid, signal)
  }
  onSignal(signals: readonly Signal[]): void {
    this.proc.caught.clear()
    for (const s of signals) this.proc.caught.add(s)
  }
  takeSignal(): Signal | null {
    return this.proc.pending.shift() ?? null
  }
  pids(netns: NetnsId): readonly number[] {
    const out: number[] = []
    for (const p of this.os.processes.values()) if (p.netns === netns && p.state === 'alive') out.push(p.pid)
    return out
  }

  // --- limits ---------------------------------------------------------------------------------------------------

  /** Count steps of a script; throws LimitError beyond the run's limit. */
  charge(steps = 1): void {
    this.os.charge(steps)
  }

  protected tooLarge(what: string): LimitError {
    const { fileSize } = this.os.limits
    return new LimitError('fileSize', fileSize, `${what}: more than ${fileSize} bytes`)
  }

  hold(bytes: number): void {
    if (bytes > this.os.limits.fileSize) throw this.tooLarge(`${this.proc.comm} (${this.pid}), held in memory`)
  }
}
