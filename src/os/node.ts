// Nodes of the file tree. Plain data; what a node of a virtual file system answers is asked of its provider (os/virtual.ts).
// Read first: os/vfs.ts. Leaves out: hard link counts, owners other than root, time stamps other than mtime.
import { concatBytes, NO_BYTES } from './bytes.ts'

/** Which provider answers below a mount point. */
export type MountKind = 'proc' | 'sys-class-net' | 'sys-devices-net' | 'run-netns'

export type DeviceKind = 'null' | 'zero' | 'full' | 'random' | 'tty'

/** A regular file: chunks are joined when somebody reads. `program` marks an executable of the machine's table. */
export class FileNode {
  readonly type = 'file'
  readonly inode: number
  mode: number
  mtime: number
  program: string | null = null
  private chunks: Uint8Array[] = []
  size = 0

  constructor(inode: number, mode: number, mtime: number) {
    this.inode = inode
    this.mode = mode
    this.mtime = mtime
  }

  bytes(): Uint8Array {
    if (this.chunks.length === 0) return NO_BYTES
    if (this.chunks.length > 1) this.chunks = [concatBytes(this.chunks)]
    return this.chunks[0]!
  }

  replace(data: Uint8Array): void {
    this.chunks = data.length === 0 ? [] : [data]
    this.size = data.length
  }

  /** Write at a position; a gap reads as zeros. */
  writeAt(pos: number, data: Uint8Array): void {
    if (pos === this.size) {
      this.chunks.push(data)
      this.size += data.length
      return
    }
    const out = new Uint8Array(Math.max(this.size, pos + data.length))
    out.set(this.bytes())
    out.set(data, pos)
    this.replace(out)
  }
}

export class DirNode {
  readonly type = 'directory'
  readonly inode: number
  mode: number
  mtime: number
  /** '' is never a name; '.' and '..' are resolved, not stored. */
  readonly entries = new Map<string, Node>()
  /** Names below come from this provider when set. */
  readonly mount: MountKind | null

  constructor(inode: number, mode: number, mtime: number, mount: MountKind | null = null) {
    this.inode = inode
    this.mode = mode
    this.mtime = mtime
    this.mount = mount
  }
}

export class LinkNode {
  readonly type = 'symlink'
  readonly inode: number
  readonly mode = 0o777
  mtime: number
  readonly target: string

  constructor(inode: number, target: string, mtime: number) {
    this.inode = inode
    this.target = target
    this.mtime = mtime
  }
}

export class DeviceNode {
  readonly type = 'char'
  readonly inode: number
  readonly mode = 0o666
  readonly mtime = 0
  readonly device: DeviceKind

  constructor(inode: number, device: DeviceKind) {
    this.inode = inode
    this.device = device
  }
}

/** A named pipe (mkfifo). The pipe itself exists while somebody has it open. */
export class FifoNode {
  readonly type = 'fifo'
  readonly inode: number
  mode: number
  mtime: number

  constructor(inode: number, mode: number, mtime: number) {
    this.inode = inode
    this.mode = mode
    this.mtime = mtime
  }
}

/** A name that a provider answers for: its kind and the path below the mount. */
export class VirtualRef {
  readonly type = 'virtual'
  readonly mount: MountKind
  readonly path: readonly string[]

  constructor(mount: MountKind, path: readonly string[]) {
    this.mount = mount
    this.path = path
  }
}

export type Node = FileNode | DirNode | LinkNode | DeviceNode | FifoNode | VirtualRef
