// The part of a process's system calls that needs no descriptors: who it is, what time it is, and the file tree.
// Read first: os/vfs.ts. The rest of uapi's Sys is in os/sys.ts.
import type { FileStat, IoResult } from '../uapi/program.ts'
import type { Netlink, NetnsId } from '../uapi/request.ts'
import type { Sockets } from '../uapi/socket.ts'
import { err, ok } from './openfile.ts'
import type { Os } from './os.ts'
import type { Process } from './process.ts'
import type { Asker } from './virtual.ts'

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
    return this.os.netlink
  }
  /** For questions to the file tree. */
  get who(): Asker {
    return { pid: this.proc.pid, netns: this.proc.netns, cwd: this.proc.cwd, machine: this.os }
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
}
