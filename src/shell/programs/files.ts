// Programs that change the file tree: mkdir, rmdir, rm, mv, cp, touch, ln, mktemp, mkfifo, chmod, chown.
// Leaves out owners and groups (chown is accepted for root only), time stamps of touch -d/-t, interactive questions.
import { type Errno, strerror } from '../../lib/errno.ts'
import { type ProcessSys, processOf } from '../../os/sys.ts'
import type { IoResult, Main, Sys } from '../../uapi/program.ts'
import { missingOperand, parseOptions } from './options.ts'

/** Run over arguments, reporting each failure; the exit code. */
function overAll(sys: Sys, args: readonly string[], one: (p: ProcessSys, arg: string) => string | null): number {
  let status = 0
  for (const a of args) {
    const complaint = one(processOf(sys), a)
    if (complaint === null) continue
    sys.write(2, `${complaint}\n`)
    status = 1
  }
  return status
}

const failed = (text: string, r: IoResult<unknown>): string | null => (r.ok ? null : `${text}: ${strerror(r.errno)}`)

export const mkdir: Main = (sys, argv) => {
  const o = parseOptions(sys, argv, {
    short: { p: false, m: true, v: false },
    long: { parents: 'p', mode: 'm', verbose: 'v' },
  })
  if (typeof o === 'number') return o
  if (o.args.length === 0) return missingOperand(sys, 'mkdir')
  const mode = Number.parseInt(o.flags.get('m') ?? '777', 8)
  return overAll(sys, o.args, (p, path) => {
    if (!o.flags.has('p')) return failed(`mkdir: cannot create directory '${path}'`, p.mkdir(path, mode))
    const parts = path.split('/')
    for (let i = 1; i <= parts.length; i++) {
      const sub = parts.slice(0, i).join('/')
      if (sub === '') continue
      const s = p.stat(sub)
      if (s.ok && s.value.type === 'directory') continue
      const r = p.mkdir(sub, mode)
      if (!r.ok)
        return `mkdir: cannot create directory '${sub}': ${strerror(s.ok ? (i < parts.length ? 'ENOTDIR' : 'EEXIST') : r.errno)}`
    }
    return null
  })
}

export const rmdir: Main = (sys, argv) => {
  const o = parseOptions(sys, argv, { short: { p: false, v: false } })
  if (typeof o === 'number') return o
  if (o.args.length === 0) return missingOperand(sys, 'rmdir')
  return overAll(sys, o.args, (p, path) => failed(`rmdir: failed to remove '${path}'`, p.rmdir(path)))
}

/** Remove a name and everything below it; the first failure's message. */
function removeTree(p: ProcessSys, path: string): string | null {
  const s = p.lstat(path)
  if (s.ok && s.value.type === 'directory') {
    const names = p.readDir(path)
    for (const n of names.ok ? names.value : []) {
      const complaint = removeTree(p, `${path}/${n}`)
      if (complaint !== null) return complaint
    }
    return failed(`rm: cannot remove '${path}'`, p.rmdir(path))
  }
  return failed(`rm: cannot remove '${path}'`, p.unlink(path))
}

export const rm: Main = (sys, argv) => {
  const long = { force: 'f', recursive: 'r', dir: 'd', verbose: 'v' }
  const o = parseOptions(sys, argv, { short: { f: false, r: false, R: false, d: false, v: false, i: false }, long })
  if (typeof o === 'number') return o
  const force = o.flags.has('f')
  if (o.flags.has('i')) {
    sys.write(2, 'rm: -i: questions are not modelled by netsim\n')
    return 1
  }
  if (o.args.length === 0) return force ? 0 : missingOperand(sys, 'rm')
  return overAll(sys, o.args, (p, path) => {
    const s = p.lstat(path)
    if (!s.ok && force && (s.errno === 'ENOENT' || s.errno === 'ENOTDIR')) return null
    if (o.flags.has('r') || o.flags.has('R')) return removeTree(p, path)
    if (s.ok && s.value.type === 'directory') {
      return o.flags.has('d')
        ? failed(`rm: cannot remove '${path}'`, p.rmdir(path))
        : `rm: cannot remove '${path}': Is a directory`
    }
    return failed(`rm: cannot remove '${path}'`, p.unlink(path))
  })
}

const baseOf = (path: string): string => path.replace(/\/+$/, '').replace(/^.*\//, '')

/** Source and target pairs of cp, mv, ln: into a directory when the target is one. */
function pairs(
  sys: Sys,
  name: string,
  args: readonly string[],
  into: string | undefined,
  noDir: boolean,
): [string, string][] | number {
  if (args.length === 0) return missingOperandFile(sys, name)
  const list = into === undefined ? args.slice(0, -1) : args
  const target = into ?? args[args.length - 1]!
  const s = sys.stat(target)
  const isDir = s.ok && s.value.type === 'directory' && !noDir
  if (list.length === 0) {
    if (name === 'ln') return [[target, `./${baseOf(target)}`]]
    sys.write(
      2,
      `${name}: missing destination file operand after '${target}'\nTry '${name} --help' for more information.\n`,
    )
    return 1
  }
  if (list.length > 1 && !isDir) {
    sys.write(2, `${name}: target '${target}'${s.ok ? ' is not a directory' : ': No such file or directory'}\n`)
    return 1
  }
  return list.map((from) => [from, isDir ? `${target.replace(/(.)\/+$/, '$1')}/${baseOf(from)}` : target])
}

function missingOperandFile(sys: Sys, name: string): number {
  sys.write(2, `${name}: missing file operand\nTry '${name} --help' for more information.\n`)
  return 1
}

function copyTree(p: ProcessSys, from: string, to: string, recursive: boolean, keepLinks: boolean): string | null {
  const s = keepLinks ? p.lstat(from) : p.stat(from)
  if (!s.ok) return `cp: cannot stat '${from}': ${strerror(s.errno)}`
  if (s.value.type === 'symlink') {
    const target = p.readlink(from)
    return target.ok ? failed(`cp: cannot create symbolic link '${to}'`, p.symlink(target.value, to)) : null
  }
  if (s.value.type === 'directory') {
    if (!recursive) return `cp: -r not specified; omitting directory '${from}'`
    const made = p.mkdir(to)
    if (!made.ok && made.errno !== 'EEXIST') return `cp: cannot create directory '${to}': ${strerror(made.errno)}`
    const names = p.readDir(from)
    for (const n of names.ok ? names.value : []) {
      const complaint = copyTree(p, `${from}/${n}`, `${to}/${n}`, true, keepLinks)
      if (complaint !== null) return complaint
    }
    return null
  }
  const text = p.open(from, 'read')
  if (!text.ok) return `cp: cannot open '${from}' for reading: ${strerror(text.errno)}`
  const out = p.open(to, 'write')
  if (!out.ok) {
    p.close(text.value)
    return `cp: cannot create regular file '${to}': ${strerror(out.errno)}`
  }
  for (let r = p.read(text.value); r.ok && r.value.length > 0; r = p.read(text.value)) p.write(out.value, r.value)
  p.close(text.value)
  p.close(out.value)
  p.chmod(to, s.value.mode)
  return null
}

export const cp: Main = (sys, argv) => {
  const short = { r: false, R: false, a: false, p: false, f: false, v: false, t: true, T: false, n: false, d: false }
  const long = { recursive: 'r', archive: 'a', force: 'f', verbose: 'v', 'target-directory': 't' }
  const o = parseOptions(sys, argv, { short, long })
  if (typeof o === 'number') return o
  const list = pairs(sys, 'cp', o.args, o.flags.get('t'), o.flags.has('T'))
  if (typeof list === 'number') return list
  const deep = o.flags.has('r') || o.flags.has('R') || o.flags.has('a')
  let status = 0
  for (const [from, to] of list) {
    if (o.flags.has('n') && sys.stat(to).ok) continue
    const complaint = copyTree(processOf(sys), from, to, deep, o.flags.has('a') || o.flags.has('d'))
    if (complaint === null) continue
    sys.write(2, `${complaint}\n`)
    status = 1
  }
  return status
}

export const mv: Main = (sys, argv) => {
  const o = parseOptions(sys, argv, {
    short: { f: false, v: false, n: false, t: true, T: false },
    long: { force: 'f' },
  })
  if (typeof o === 'number') return o
  const list = pairs(sys, 'mv', o.args, o.flags.get('t'), o.flags.has('T'))
  if (typeof list === 'number') return list
  let status = 0
  for (const [from, to] of list) {
    if (o.flags.has('n') && sys.stat(to).ok) continue
    const r = sys.rename(from, to)
    if (r.ok) continue
    const text =
      r.errno === 'ENOENT' && !processOf(sys).lstat(from).ok
        ? `cannot stat '${from}'`
        : `cannot move '${from}' to '${to}'`
    sys.write(2, `mv: ${text}: ${strerror(r.errno)}\n`)
    status = 1
  }
  return status
}

export const ln: Main = (sys, argv) => {
  const short = { s: false, f: false, n: false, v: false, T: false, t: true, r: false }
  const o = parseOptions(sys, argv, { short, long: { symbolic: 's', force: 'f', 'no-dereference': 'n' } })
  if (typeof o === 'number') return o
  if (o.flags.has('r')) {
    sys.write(2, 'ln: -r: not modelled by netsim\n')
    return 1
  }
  const p = processOf(sys)
  const list = pairs(
    sys,
    'ln',
    o.args,
    o.flags.get('t'),
    o.flags.has('T') || (o.flags.has('n') && p.readlink(o.args[o.args.length - 1] ?? '').ok),
  )
  if (typeof list === 'number') return list
  let status = 0
  for (const [from, to] of list) {
    if (o.flags.has('f') && p.lstat(to).ok) p.unlink(to)
    const r = o.flags.has('s') ? p.symlink(from, to) : p.link(from, to)
    if (r.ok) continue
    const kind = o.flags.has('s') ? 'symbolic' : 'hard'
    const missing = !o.flags.has('s') && r.errno === 'ENOENT' && !p.lstat(from).ok
    sys.write(
      2,
      missing
        ? `ln: failed to access '${from}': ${strerror(r.errno)}\n`
        : `ln: failed to create ${kind} link '${to}'${kind === 'hard' ? ` => '${from}'` : ''}: ${strerror(r.errno)}\n`,
    )
    status = 1
  }
  return status
}

export const touch: Main = (sys, argv) => {
  const o = parseOptions(sys, argv, { short: { c: false, a: false, m: false }, long: { 'no-create': 'c' } })
  if (typeof o === 'number') return o
  if (o.args.length === 0) return missingOperandFile(sys, 'touch')
  return overAll(sys, o.args, (p, path) => {
    const s = p.stat(path)
    if (s.ok) {
      p.touch(path)
      return null
    }
    if (o.flags.has('c')) return null
    const fd = p.open(path, 'append')
    if (fd.ok) p.close(fd.value)
    return failed(`touch: cannot touch '${path}'`, fd)
  })
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export const mktemp: Main = (sys, argv) => {
  const long = { directory: 'd', 'dry-run': 'u', tmpdir: 'p', quiet: 'q', suffix: 'S' }
  const o = parseOptions(sys, argv, { short: { d: false, u: false, p: true, q: false, t: false, S: true }, long })
  if (typeof o === 'number') return o
  const given = o.args[0]
  const dir = o.flags.get('p') ?? (given === undefined || o.flags.has('t') ? (sys.env('TMPDIR') ?? '/tmp') : null)
  const template = (given ?? 'tmp.XXXXXXXXXX') + (o.flags.get('S') ?? '')
  const m = /^(.*?)(X{3,})([^X]*)$/s.exec(template)
  if (m === null) {
    sys.write(2, `mktemp: too few X's in template '${template}'\n`)
    return 1
  }
  let random = ''
  for (let i = 0; i < m[2]!.length; i++) random += LETTERS[Math.floor(sys.random() * LETTERS.length)]
  const path = `${dir === null ? '' : `${dir}/`}${m[1]}${random}${m[3]}`
  const p = processOf(sys)
  let r: IoResult<unknown> = { ok: true, value: null }
  if (o.flags.has('d')) r = p.mkdir(path, 0o700)
  else if (!o.flags.has('u')) {
    r = sys.writeFile(path, '')
    if (r.ok) p.chmod(path, 0o600)
  }
  if (!r.ok) {
    const kind = o.flags.has('d') ? 'directory' : 'file'
    if (!o.flags.has('q'))
      sys.write(
        2,
        `mktemp: failed to create ${kind} via template '${dir === null ? '' : `${dir}/`}${template}': ${strerror(r.errno)}\n`,
      )
    return 1
  }
  sys.write(1, `${path}\n`)
  return 0
}

export const mkfifo: Main = (sys, argv) => {
  const o = parseOptions(sys, argv, { short: { m: true } })
  if (typeof o === 'number') return o
  if (o.args.length === 0) return missingOperand(sys, 'mkfifo')
  return overAll(sys, o.args, (p, path) => failed(`mkfifo: cannot create fifo '${path}'`, p.mkfifo(path)))
}

/** A mode argument: octal, or u+x,go-w …; null when it is neither. */
export function newMode(spec: string, old: number): number | null {
  if (/^[0-7]{1,5}$/.test(spec)) return Number.parseInt(spec, 8)
  let mode = old
  for (const clause of spec.split(',')) {
    const m = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause)
    if (m === null) return null
    const who = m[1] === '' || m[1]!.includes('a') ? 'ugo' : m[1]!
    for (const w of who) {
      const shift = w === 'u' ? 6 : w === 'g' ? 3 : 0
      let bits = 0
      for (const c of m[3]!)
        bits |= c === 'r' ? 4 : c === 'w' ? 2 : c === 'x' || (c === 'X' && (old & 0o111) !== 0) ? 1 : 0
      if (m[2] === '+') mode |= bits << shift
      else if (m[2] === '-') mode &= ~(bits << shift)
      else mode = (mode & ~(7 << shift)) | (bits << shift)
    }
  }
  return mode
}

export const chmod: Main = (sys, argv) => {
  const args = argv.slice(1).filter((a) => !/^-[Rfvc]+$/.test(a))
  const [spec, ...paths] = args
  if (spec === undefined) return missingOperand(sys, 'chmod')
  if (paths.length === 0) return missingOperand(sys, 'chmod', spec)
  if (newMode(spec, 0) === null) {
    sys.write(2, `chmod: invalid mode: '${spec}'\nTry 'chmod --help' for more information.\n`)
    return 1
  }
  const recursive = argv.some((a) => /^-[a-zA-Z]*R/.test(a))
  const change = (p: ProcessSys, path: string): string | null => {
    const s = p.stat(path)
    if (!s.ok) return `chmod: cannot access '${path}': ${strerror(s.errno)}`
    const done = failed(`chmod: changing permissions of '${path}'`, p.chmod(path, newMode(spec, s.value.mode)!))
    if (done !== null || !recursive || s.value.type !== 'directory') return done
    const names = p.readDir(path)
    for (const n of names.ok ? names.value : []) change(p, `${path}/${n}`)
    return null
  }
  return overAll(sys, paths, change)
}

/** Everything belongs to root here: only giving things to root is accepted. */
export const chown: Main = (sys, argv) => {
  const [owner, ...paths] = argv.slice(1).filter((a) => !a.startsWith('-'))
  if (owner === undefined || paths.length === 0) return missingOperand(sys, argv[0]!, owner)
  if (!/^(root|0)?([:.](root|0)?)?$/.test(owner)) {
    sys.write(2, `${argv[0]}: owners other than root are not modelled by netsim: '${owner}'\n`)
    return 1
  }
  return overAll(sys, paths, (p, path) => {
    const s = p.stat(path)
    const errno: Errno | null = s.ok ? null : s.errno
    return errno === null ? null : `${argv[0]}: cannot access '${path}': ${strerror(errno)}`
  })
}
