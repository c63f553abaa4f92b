// Programs that show something of the file tree or of a name: ls, stat, readlink, realpath, dirname, basename, pwd, which.
// Leaves out ls's colours, columns and sorting options other than -t -r -S; stat's file system mode.
import { strerror } from '../../lib/errno.ts'
import { type ProcessSys, processOf } from '../../os/sys.ts'
import type { FileStat, Main, Sys } from '../../uapi/program.ts'
import { dateText } from './date_format.ts'
import { missingOperand, parseOptions } from './options.ts'

type Stat = FileStat & { readonly mtime: number }

const TYPE_LETTERS: Readonly<Record<FileStat['type'], string>> = Object.freeze({
  file: '-',
  directory: 'd',
  symlink: 'l',
  char: 'c',
  fifo: 'p',
  socket: 's',
})

const TYPE_NAMES: Readonly<Record<FileStat['type'], string>> = Object.freeze({
  file: 'regular file',
  directory: 'directory',
  symlink: 'symbolic link',
  char: 'character special file',
  fifo: 'fifo',
  socket: 'socket',
})

function modeText(s: Stat): string {
  const bits = [...'rwxrwxrwx'].map((c, i) => ((s.mode >> (8 - i)) & 1 ? c : '-'))
  if ((s.mode & 0o1000) !== 0) bits[8] = bits[8] === 'x' ? 't' : 'T'
  return TYPE_LETTERS[s.type] + bits.join('')
}

function longLine(p: ProcessSys, path: string, shown: string, s: Stat, width: number): string {
  const links = s.type === 'directory' ? 2 : 1
  const target = s.type === 'symlink' ? p.readlink(path) : null
  const arrow = target?.ok === true ? ` -> ${target.value}` : ''
  const when = dateText('%b %e %H:%M', s.mtime === 0 ? p.os.bootTime : s.mtime)
  return `${modeText(s)} ${links} root root ${String(s.size).padStart(width)} ${when} ${shown}${arrow}\n`
}

interface Entry {
  readonly path: string
  readonly shown: string
  readonly stat: Stat
}

function listEntries(p: ProcessSys, entries: Entry[], flags: ReadonlyMap<string, string>): string {
  if (flags.has('t')) entries.sort((a, b) => b.stat.mtime - a.stat.mtime)
  if (flags.has('S')) entries.sort((a, b) => b.stat.size - a.stat.size)
  if (flags.has('r')) entries.reverse()
  const mark = (e: Entry): string => (flags.has('F') || flags.has('p') ? (e.stat.type === 'directory' ? '/' : '') : '')
  if (!flags.has('l')) return entries.map((e) => `${e.shown}${mark(e)}\n`).join('')
  const width = Math.max(0, ...entries.map((e) => String(e.stat.size).length))
  return entries.map((e) => longLine(p, e.path, e.shown + mark(e), e.stat, width)).join('')
}

function directoryText(p: ProcessSys, path: string, flags: ReadonlyMap<string, string>): string | null {
  const names = p.readDir(path)
  if (!names.ok) return null
  const all = flags.has('a') ? ['.', '..', ...names.value] : [...names.value]
  const visible = all.filter((n) => !n.startsWith('.') || flags.has('a') || flags.has('A'))
  const entries: Entry[] = []
  for (const n of visible) {
    const full = `${path.replace(/(.)\/+$/, '$1')}/${n}`
    const s = p.lstat(full)
    if (s.ok) entries.push({ path: full, shown: n, stat: s.value })
  }
  const blocks = entries.reduce(
    (sum, e) => sum + (e.stat.type === 'file' || e.stat.type === 'directory' ? Math.ceil(e.stat.size / 4096) * 4 : 0),
    0,
  )
  return (
    (flags.has('l') ? `total ${path.startsWith('/proc') || path.startsWith('/sys') ? 0 : blocks}\n` : '') +
    listEntries(p, entries, flags)
  )
}

export const ls: Main = (sys, argv) => {
  const short = {
    l: false,
    '1': false,
    a: false,
    A: false,
    d: false,
    t: false,
    r: false,
    S: false,
    F: false,
    p: false,
    h: false,
    R: false,
    C: false,
  }
  const o = parseOptions(sys, argv, {
    short,
    long: { all: 'a', 'almost-all': 'A', directory: 'd', reverse: 'r' },
    code: 2,
  })
  if (typeof o === 'number') return o
  if (o.flags.has('R') || o.flags.has('h')) {
    sys.write(2, `ls: -${o.flags.has('R') ? 'R' : 'h'}: not modelled by netsim\n`)
    return 2
  }
  const p = processOf(sys)
  const paths = o.args.length === 0 ? ['.'] : [...o.args].sort()
  const files: Entry[] = []
  const dirs: string[] = []
  let status = 0
  for (const path of paths) {
    const s = o.flags.has('l') || o.flags.has('d') ? p.lstat(path) : p.stat(path)
    const final = s.ok ? s : p.lstat(path)
    if (!final.ok) {
      sys.write(2, `ls: cannot access '${path}': ${strerror(final.errno)}\n`)
      status = 2
    } else if (final.value.type === 'directory' && !o.flags.has('d')) dirs.push(path)
    else files.push({ path, shown: path, stat: final.value })
  }
  let out = listEntries(p, files, o.flags)
  for (const d of dirs) {
    const head = paths.length > 1 ? `${out === '' ? '' : '\n'}${d}:\n` : ''
    out += head + (directoryText(p, d, o.flags) ?? '')
  }
  sys.write(1, out)
  return status
}

function statField(c: string, path: string, s: Stat): string {
  switch (c) {
    case 'a':
      return (s.mode & 0o7777).toString(8)
    case 'A':
      return modeText(s)
    case 'n':
      return path
    case 'N':
      return `'${path}'`
    case 's':
      return String(s.size)
    case 'i':
      return String(s.inode)
    case 'F':
      return s.type === 'file' && s.size === 0 ? 'regular empty file' : TYPE_NAMES[s.type]
    case 'u':
    case 'g':
      return '0'
    case 'U':
    case 'G':
      return 'root'
    case 'Y':
      return String(Math.floor(s.mtime / 1e9))
    case 'y':
      return dateText('%F %T.%N %z', s.mtime)
    case 'h':
      return '1'
    case '%':
      return '%'
    default:
      return '?'
  }
}

export const stat: Main = (sys, argv) => {
  const o = parseOptions(sys, argv, {
    short: { c: true, L: false, f: false, t: false },
    long: { format: 'c', printf: 'c', dereference: 'L' },
  })
  if (typeof o === 'number') return o
  if (o.flags.has('f') || o.flags.has('t')) {
    sys.write(2, 'stat: -f and -t are not modelled by netsim\n')
    return 1
  }
  if (o.args.length === 0) return missingOperand(sys, 'stat')
  const p = processOf(sys)
  let status = 0
  const format =
    o.flags.get('c') ??
    '  File: %n\n  Size: %s\tBlocks: 8\tIO Block: 4096   %F\nDevice: 0,1\tInode: %i\tLinks: %h\nAccess: (%a/%A)  Uid: (0/root)   Gid: (0/root)\nModify: %y'
  for (const path of o.args) {
    const s = o.flags.has('L') ? p.stat(path) : p.lstat(path)
    if (!s.ok) {
      sys.write(2, `stat: cannot statx '${path}': ${strerror(s.errno)}\n`)
      status = 1
    } else sys.write(1, `${format.replace(/%([a-zA-Z%])/g, (_, c: string) => statField(c, path, s.value))}\n`)
  }
  return status
}

export const readlink: Main = (sys, argv) => {
  const o = parseOptions(sys, argv, { short: { f: false, e: false, m: false, n: false, q: false, s: false, v: false } })
  if (typeof o === 'number') return o
  if (o.args.length === 0) return missingOperand(sys, 'readlink')
  const p = processOf(sys)
  let status = 0
  for (const path of o.args) {
    const full = o.flags.has('f') || o.flags.has('e') || o.flags.has('m')
    const r = full ? p.realpath(path) : p.readlink(path)
    if (!r.ok || (o.flags.has('e') && !p.stat(path).ok)) status = 1
    else sys.write(1, r.value + (o.flags.has('n') ? '' : '\n'))
  }
  return status
}

export const realpath: Main = (sys, argv) => {
  const o = parseOptions(sys, argv, { short: { e: false, m: false, q: false, s: false } })
  if (typeof o === 'number') return o
  if (o.args.length === 0) return missingOperand(sys, 'realpath')
  const p = processOf(sys)
  let status = 0
  for (const path of o.args) {
    const r = p.realpath(path)
    if (r.ok && !(o.flags.has('e') && !p.stat(path).ok)) sys.write(1, `${r.value}\n`)
    else {
      if (!o.flags.has('q')) sys.write(2, `realpath: ${path}: ${strerror(r.ok ? 'ENOENT' : r.errno)}\n`)
      status = 1
    }
  }
  return status
}

export const dirname: Main = (sys, argv) => {
  const args = argv.slice(1).filter((a) => a !== '-z' && a !== '--')
  if (args.length === 0) return missingOperand(sys, 'dirname')
  for (const a of args) {
    const cut = a.replace(/(.)\/+$/, '$1').replace(/\/*[^/]*$/, '')
    sys.write(1, `${cut !== '' ? cut : a.startsWith('/') ? '/' : '.'}\n`)
  }
  return 0
}

export const basename: Main = (sys, argv) => {
  const o = parseOptions(sys, argv, { short: { a: false, s: true, z: false }, long: { multiple: 'a', suffix: 's' } })
  if (typeof o === 'number') return o
  if (o.args.length === 0) return missingOperand(sys, 'basename')
  const many = o.flags.has('a') || o.flags.has('s')
  const suffix = o.flags.get('s') ?? (many ? '' : (o.args[1] ?? ''))
  if (!many && o.args.length > 2) {
    sys.write(2, `basename: extra operand '${o.args[2]}'\nTry 'basename --help' for more information.\n`)
    return 1
  }
  for (const a of many ? o.args : o.args.slice(0, 1)) {
    const name = a.replace(/(.)\/+$/, '$1').replace(/^.*\/(?=.)/, '')
    sys.write(
      1,
      `${suffix !== '' && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`,
    )
  }
  return 0
}

export const pwd: Main = (sys) => {
  sys.write(1, `${sys.cwd()}\n`)
  return 0
}

export const which: Main = (sys: Sys, argv) => {
  const p = processOf(sys)
  let status = argv.length === 1 ? 1 : 0
  for (const name of argv.slice(1).filter((a) => a !== '-a')) {
    const r = p.find(name, sys.env('PATH'))
    if (r.ok) sys.write(1, `${r.value}\n`)
    else status = 1
  }
  return status
}
