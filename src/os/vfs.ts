// The file tree of one machine: path resolution with symbolic links and mount points, and the operations on names.
// Read first: os/node.ts; what lies below /proc and /sys: os/virtual.ts. Leaves out: permissions (programs run as root).
import type { Errno } from '../lib/errno.ts'
import type { FileStat, IoResult } from '../uapi/program.ts'
import { DirNode, FifoNode, FileNode, LinkNode, type Node, VirtualRef } from './node.ts'
import { err, ok } from './openfile.ts'
import { type Asker, type VirtualNode, virtualLookup } from './virtual.ts'

const MAX_LINKS = 40
const NAME_MAX = 255

export interface Resolved {
  /** The directory that holds (or would hold) the last name; null for the root and for virtual files. */
  readonly parent: DirNode | null
  readonly name: string
  /** Null when the name does not exist in an existing directory. */
  readonly node: Node | null
  /** Absolute path without symbolic links on the way. */
  readonly path: string
}

interface Walk {
  dirs: DirNode[]
  names: string[]
  virtual: VirtualRef | null
}

export class Vfs {
  private lastInode = 1
  readonly root: DirNode

  constructor() {
    this.root = new DirNode(this.inode(), 0o755, 0)
  }

  inode(): number {
    return ++this.lastInode
  }

  /** Walk to a name. `follow`: resolve a symbolic link at the end too. */
  resolve(who: Asker, path: string, follow: boolean): IoResult<Resolved> {
    if (path === '') return err('ENOENT')
    const absolute = path.startsWith('/') ? path : `${who.cwd}/${path}`
    // A deep tree is walked from its root for every name.
    who.machine.charge(absolute.length >> 4)
    const w: Walk = { dirs: [this.root], names: [], virtual: null }
    let todo = absolute.split('/').filter((s) => s !== '' && s !== '.')
    const mustBeDir = /\/\.?$/.test(path)
    let links = 0
    while (todo.length > 0) {
      const name = todo.shift()!
      const last = todo.length === 0
      if (name.length > NAME_MAX) return err('ENAMETOOLONG')
      if (name === '..') {
        up(w)
        continue
      }
      const node = child(w, who, name)
      if (node === null) return last && w.virtual === null ? this.absent(w, name) : err('ENOENT')
      const target = linkTarget(node, who)
      if (target !== null && (!last || follow || mustBeDir)) {
        if (++links > MAX_LINKS) return err('ELOOP')
        if (target.startsWith('/')) Object.assign(w, { dirs: [this.root], names: [], virtual: null })
        todo = [...target.split('/').filter((s) => s !== '' && s !== '.'), ...todo]
        continue
      }
      if (!last || mustBeDir) {
        if (!enter(w, who, node, name)) return err('ENOTDIR')
        continue
      }
      return this.found(w, who, node, name)
    }
    return ok(here(w))
  }

  private absent(w: Walk, name: string): IoResult<Resolved> {
    const dir = w.dirs[w.dirs.length - 1]!
    const path = `/${[...w.names, name].join('/')}`
    return ok({ parent: dir.mount === null ? dir : null, name, node: null, path })
  }

  private found(w: Walk, who: Asker, node: Node, name: string): IoResult<Resolved> {
    const parent = w.virtual === null ? w.dirs[w.dirs.length - 1]! : null
    if (node.type === 'directory' || (node.type === 'virtual' && virtualLookup(node, who)?.type === 'directory')) {
      enter(w, who, node, name)
      return ok(here(w))
    }
    return ok({ parent, name, node, path: `/${[...w.names, name].join('/')}` })
  }

  /** Names in a directory, sorted by byte order. */
  list(who: Asker, path: string): IoResult<readonly string[]> {
    const r = this.resolve(who, path, true)
    if (!r.ok) return r
    const node = r.value.node
    if (node === null) return err('ENOENT')
    const names = new Set<string>()
    if (node.type === 'directory') for (const k of node.entries.keys()) names.add(k)
    const v = virtualOf(node, who)
    if (v?.type === 'directory') for (const k of v.list()) names.add(k)
    else if (node.type !== 'directory') return err('ENOTDIR')
    return ok([...names].sort((a, b) => (a < b ? -1 : 1)))
  }

  stat(who: Asker, path: string, follow: boolean): IoResult<FileStat & { readonly mtime: number }> {
    const r = this.resolve(who, path, follow)
    if (!r.ok) return r
    const node = r.value.node
    if (node === null) return err('ENOENT')
    switch (node.type) {
      case 'virtual': {
        const v = virtualLookup(node, who)
        if (v === null) return err('ENOENT')
        const mode = v.type === 'file' ? v.mode : v.type === 'symlink' ? 0o777 : 0o555
        return ok({
          type: v.type,
          size: v.type === 'file' ? v.size : 0,
          mode,
          inode: virtualInode(r.value.path),
          mtime: 0,
        })
      }
      case 'file':
        return ok({ type: 'file', size: node.size, mode: node.mode, inode: node.inode, mtime: node.mtime })
      case 'directory':
        return ok({ type: 'directory', size: 4096, mode: node.mode, inode: node.inode, mtime: node.mtime })
      case 'symlink':
        return ok({ type: 'symlink', size: node.target.length, mode: node.mode, inode: node.inode, mtime: node.mtime })
      case 'char':
        return ok({ type: 'char', size: 0, mode: node.mode, inode: node.inode, mtime: node.mtime })
      case 'fifo':
        return ok({ type: 'fifo', size: 0, mode: node.mode, inode: node.inode, mtime: node.mtime })
    }
  }

  readlink(who: Asker, path: string): IoResult<string> {
    const r = this.resolve(who, path, false)
    if (!r.ok) return r
    if (r.value.node === null) return err('ENOENT')
    const target = linkTarget(r.value.node, who)
    return target === null ? err('EINVAL') : ok(target)
  }

  /** A place for a new name, or why not. */
  private vacancy(who: Asker, path: string): IoResult<{ readonly dir: DirNode; readonly name: string }> {
    const r = this.resolve(who, path, false)
    if (!r.ok) return r
    if (r.value.node !== null) return err('EEXIST')
    if (r.value.parent === null) return err('EPERM')
    return ok({ dir: r.value.parent, name: r.value.name })
  }

  private add(who: Asker, path: string, make: () => Node): IoResult<null> {
    const v = this.vacancy(who, path)
    if (!v.ok) return v
    v.value.dir.entries.set(v.value.name, make())
    return ok(null)
  }

  createFile(who: Asker, path: string, mode: number, now: number): IoResult<FileNode> {
    const r = this.resolve(who, path, true)
    if (!r.ok) return r
    if (path.endsWith('/')) return err('EISDIR')
    if (r.value.parent === null) return err(r.value.path.startsWith('/proc') ? 'ENOENT' : 'EACCES')
    const node = new FileNode(this.inode(), mode, now)
    r.value.parent.entries.set(r.value.name, node)
    return ok(node)
  }

  mkdir(who: Asker, path: string, mode: number, now: number): IoResult<null> {
    return this.add(who, path.replace(/(.)\/+$/, '$1'), () => new DirNode(this.inode(), mode, now))
  }

  mkfifo(who: Asker, path: string, mode: number, now: number): IoResult<null> {
    return this.add(who, path, () => new FifoNode(this.inode(), mode, now))
  }

  symlink(who: Asker, target: string, path: string, now: number): IoResult<null> {
    return this.add(who, path, () => new LinkNode(this.inode(), target, now))
  }

  link(who: Asker, from: string, to: string): IoResult<null> {
    const r = this.resolve(who, from, false)
    if (!r.ok) return r
    const node = r.value.node
    if (node === null) return err('ENOENT')
    if (node.type === 'directory' || node.type === 'virtual') return err('EPERM')
    return this.add(who, to, () => node)
  }

  unlink(who: Asker, path: string): IoResult<null> {
    const r = this.resolve(who, path, false)
    if (!r.ok) return r
    if (r.value.node === null) return err('ENOENT')
    if (virtualOf(r.value.node, who)?.type === 'file') return err('EPERM')
    if (isBound(r.value)) return err('EBUSY')
    if (r.value.node.type === 'directory') return err('EISDIR')
    if (r.value.parent === null) return err('EPERM')
    r.value.parent.entries.delete(r.value.name)
    return ok(null)
  }

  rmdir(who: Asker, path: string): IoResult<null> {
    const r = this.resolve(who, path, false)
    if (!r.ok) return r
    const node = r.value.node
    if (node === null) return err('ENOENT')
    if (node.type !== 'directory') return err('ENOTDIR')
    if (node.mount !== null || r.value.parent === null || isBound(r.value)) return err('EBUSY')
    if (node.entries.size > 0) return err('ENOTEMPTY')
    r.value.parent.entries.delete(r.value.name)
    return ok(null)
  }

  rename(who: Asker, from: string, to: string): IoResult<null> {
    const f = this.resolve(who, from, false)
    if (!f.ok) return f
    const t = this.resolve(who, to, false)
    if (!t.ok) return t
    if (f.value.node === null) return err('ENOENT')
    if (f.value.parent === null || t.value.parent === null) return err('EXDEV')
    if (isBound(f.value) || isBound(t.value)) return err('EBUSY')
    const problem = renameProblem(f.value, t.value)
    if (problem !== null) return err(problem)
    if (f.value.node === t.value.node) return ok(null)
    f.value.parent.entries.delete(f.value.name)
    t.value.parent.entries.set(t.value.name, f.value.node)
    return ok(null)
  }

  /** The binds of `who` with one more: what `source` names covers what `target` names without them. */
  bind(who: Asker, source: string, target: string): IoResult<ReadonlyMap<Node, Node>> {
    const s = this.resolve(who, source, true)
    if (!s.ok) return s
    const t = this.resolve({ ...who, binds: new Map() }, target, true)
    if (!t.ok) return t
    const [above, below] = [s.value.node, t.value.node]
    if (above === null || below === null) return err('ENOENT')
    if ((above.type === 'directory') !== (below.type === 'directory')) return err('ENOTDIR')
    return ok(new Map([...(who.binds ?? []), [below, above]]))
  }

  chmod(who: Asker, path: string, mode: number): IoResult<null> {
    const r = this.resolve(who, path, true)
    if (!r.ok) return r
    const node = r.value.node
    if (node === null) return err('ENOENT')
    if (node.type === 'file' || node.type === 'directory' || node.type === 'fifo') node.mode = mode
    else if (node.type === 'virtual') return err('EPERM')
    return ok(null)
  }
}

/** Does something else lie over the name's own node? */
function isBound(r: Resolved): boolean {
  return r.node !== null && r.parent !== null && r.parent.entries.get(r.name) !== r.node
}

function renameProblem(from: Resolved, to: Resolved): Errno | null {
  if (from.node?.type === 'directory') {
    if (to.path.startsWith(`${from.path}/`)) return 'EINVAL'
    if (to.node !== null && to.node.type !== 'directory') return 'ENOTDIR'
    if (to.node?.type === 'directory' && to.node.entries.size > 0) return 'ENOTEMPTY'
    return null
  }
  return to.node?.type === 'directory' ? 'EISDIR' : null
}

function here(w: Walk): Resolved {
  const path = `/${w.names.join('/')}`
  const name = w.names[w.names.length - 1] ?? '/'
  if (w.virtual !== null) return { parent: null, name, node: w.virtual, path }
  const parent = w.dirs.length > 1 ? w.dirs[w.dirs.length - 2]! : null
  return { parent, name, node: w.dirs[w.dirs.length - 1]!, path }
}

function up(w: Walk): void {
  if (w.names.length === 0) return
  w.names.pop()
  if (w.virtual !== null && w.virtual.path.length > 1) {
    w.virtual = new VirtualRef(w.virtual.mount, w.virtual.path.slice(0, -1))
  } else if (w.virtual !== null) w.virtual = null
  else w.dirs.pop()
}

function child(w: Walk, who: Asker, name: string): Node | null {
  const dir = w.dirs[w.dirs.length - 1]!
  if (w.virtual === null) {
    const node = dir.entries.get(name)
    if (node !== undefined) return who.binds?.get(node) ?? node
    if (dir.mount === null) return null
  }
  const ref = new VirtualRef(w.virtual?.mount ?? dir.mount!, [...(w.virtual?.path ?? []), name])
  return virtualLookup(ref, who) === null ? null : ref
}

function enter(w: Walk, who: Asker, node: Node, name: string): boolean {
  if (node.type === 'directory') w.dirs.push(node)
  else if (node.type === 'virtual' && virtualLookup(node, who)?.type === 'directory') w.virtual = node
  else return false
  w.names.push(name)
  return true
}

function linkTarget(node: Node, who: Asker): string | null {
  if (node.type === 'symlink') return node.target
  if (node.type !== 'virtual') return null
  const v = virtualLookup(node, who)
  return v?.type === 'symlink' ? v.target : null
}

/** What a provider says of a node: of a virtual file, or of the mount point itself. */
function virtualOf(node: Node, who: Asker): VirtualNode | null {
  if (node.type === 'virtual') return virtualLookup(node, who)
  if (node.type === 'directory' && node.mount !== null) return virtualLookup(new VirtualRef(node.mount, []), who)
  return null
}

/** A stable number for a path below /proc or /sys (FNV-1a). */
function virtualInode(path: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < path.length; i++) h = Math.imul(h ^ path.charCodeAt(i), 0x01000193)
  return h >>> 0
}
