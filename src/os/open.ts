// open(2): from a path to an open file. Special names (/dev/stdin, /dev/fd/N) lead to the process's own descriptors.
// Leaves out access modes (programs run as root) and named pipes that block until the other end is opened.
import type { IoResult, OpenMode } from '../uapi/program.ts'
import { NO_BYTES } from './bytes.ts'
import { DataFile, DeviceFile, err, type OpenFile, ok, PipeEnd, VirtualFile } from './openfile.ts'
import { Pipe } from './pipe.ts'
import type { ProcessSys } from './sys.ts'
import { virtualLookup } from './virtual.ts'

/** What finding, or making, a file costs. */
const OPEN_STEPS = 8

const OWN = Object.freeze({ '/dev/stdin': 0, '/dev/stdout': 1, '/dev/stderr': 2 })

/** The descriptor that a path of the process's own names, or null. */
function ownDescriptor(sys: ProcessSys, path: string): number | null {
  const fixed = (OWN as Readonly<Record<string, number>>)[path]
  if (fixed !== undefined) return fixed
  const m = /^(?:\/dev\/fd|\/proc\/(self|\d+)\/fd)\/(\d+)$/.exec(path)
  if (m === null || (m[1] !== undefined && m[1] !== 'self' && Number(m[1]) !== sys.pid)) return null
  return Number(m[2])
}

/** A second opening of a file that a descriptor has open: regular files get a position of their own, as on Linux. */
function reopen(file: OpenFile, canRead: boolean, canWrite: boolean, append: boolean): OpenFile {
  if (file.kind === 'data') return new DataFile(file.node, file.path, canRead, canWrite, append)
  if (file.kind === 'pipe') return new PipeEnd(file.pipe, canRead, canWrite)
  return file
}

export function openPath(
  sys: ProcessSys,
  path: string,
  mode: OpenMode,
  create: boolean,
  exclusive: boolean,
): IoResult<OpenFile> {
  sys.charge(OPEN_STEPS)
  const canRead = mode === 'read' || mode === 'readwrite'
  const canWrite = mode !== 'read'
  const own = ownDescriptor(sys, path)
  if (own !== null) {
    const file = sys.file(own)
    return file === undefined ? err('ENOENT') : ok(reopen(file, canRead, canWrite, mode === 'append'))
  }
  const r = sys.os.vfs.resolve(sys.who, path, true)
  if (!r.ok) return r
  let node = r.value.node
  if (node === null) {
    if (!create) return err('ENOENT')
    const made = sys.os.vfs.createFile(sys.who, path, 0o666 & ~sys.proc.umask, sys.wallClock())
    if (!made.ok) return made
    node = made.value
  } else if (exclusive && node.type === 'file') return err('EEXIST')
  switch (node.type) {
    case 'file':
      if (mode === 'write') node.replace(NO_BYTES)
      if (canWrite) node.mtime = sys.wallClock()
      return ok(new DataFile(node, r.value.path, canRead, canWrite, mode === 'append'))
    case 'directory':
      return err('EISDIR')
    case 'symlink':
      return err('ELOOP')
    case 'char':
      return ok(new DeviceFile(node.device))
    case 'fifo': {
      const pipe = sys.os.fifos.get(node.inode) ?? new Pipe()
      sys.os.fifos.set(node.inode, pipe)
      return ok(new PipeEnd(pipe, canRead, canWrite))
    }
    case 'virtual': {
      const v = virtualLookup(node, sys.who)
      if (v === null) return err('ENOENT')
      if (v.type !== 'file') return err('EISDIR')
      if (canWrite && (v.mode & 0o222) === 0) return err('EACCES')
      return ok(new VirtualFile(node, r.value.path, canRead, canWrite))
    }
  }
}
