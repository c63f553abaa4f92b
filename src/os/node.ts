// Nodes of the file tree. Plain data; what a node of a virtual file system answers is asked of its provider (os/virtual.ts).
// Read first: os/vfs.ts. Leaves out: hard link counts, owners other than root, time stamps other than mtime.
import { concatBytes, NO_BYTES } from './bytes.ts'

/** Which provider answers below a mount point. */
export type MountKind = 'proc' | 'sys-class-net' | 'sys-devices-net' | 'run-netns'

export type DeviceKind = 'null' | 'zero' | 'full' | 'random' | 'tty'

/** So many chunks are joined into one of the next level: a file of n appended pieces is a few times log n chunks. */
const FAN = 32

/** A regular file, in chunks. `program` marks an executable of the machine's table. */
export class FileNode {
  readonly type = 'file'
  readonly inode: number
  mode: number
  mtime: number
  program: string | null = null
  private chunks: Uint8Array[] = []
  /** How many chunks at the end are of each level: pieces as written, FAN of them joined, FAN of those … */
  private levels: number[] = []
  size = 0

  constructor(inode: number, mode: number, mtime: number) {
    this.inode = inode
    this.mode = mode
    this.mtime = mtime
  }

  /** Up to `max` bytes from a position on. */
  read(pos: number, max: number): Uint8Array {
    const parts: Uint8Array[] = []
    let left = Math.min(max, this.size - pos)
    let at = 0
    for (let i = 0; left > 0 && i < this.chunks.length; i++) {
      const chunk = this.chunks[i]!
      const from = Math.max(0, pos - at)
      at += chunk.length
      if (from >= chunk.length) continue
      const part = chunk.subarray(from, from + left)
      parts.push(part)
      left -= part.length
    }
    return parts.length === 0 ? NO_BYTES : concatBytes(parts)
  }

  replace(data: Uint8Array): void {
    this.chunks = data.length === 0 ? [] : [data]
    this.levels = []
    this.size = data.length
  }

  /** Write at a position; a gap reads as zeros. Gives how many bytes were moved for it. */
  writeAt(pos: number, data: Uint8Array): number {
    if (pos === this.size) {
      this.append(data)
      return data.length
    }
    const out = new Uint8Array(Math.max(this.size, pos + data.length))
    out.set(this.read(0, this.size))
    out.set(data, pos)
    this.replace(out)
    return out.length
  }

  private append(data: Uint8Array): void {
    this.chunks.push(data)
    this.size += data.length
    for (let level = 0; ; level++) {
      this.levels[level] = (this.levels[level] ?? 0) + 1
      if (this.levels[level] !== FAN) return
      this.levels[level] = 0
      this.chunks.push(concatBytes(this.chunks.splice(-FAN)))
    }
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
