// sysctl(8) of procps-ng 4.0.2 over the files of /proc/sys.
// Read first: text.ts, settings.ts. Leaves out -d's old meanings; -o and -x do nothing, as in the original.
import { strerror } from '../../lib/errno.ts'
import { compileRegex, type Regex } from '../../lib/regex/regex.ts'
import { fail, type Main, type Sys } from '../../uapi/program.ts'
import { textOf } from '../lib/bytes.ts'
import { getopt, type LongOption } from '../lib/getopt.ts'
import { parseFile, parseSetting, type Setting } from './settings.ts'
import { keyToPath, pathToKey, SYSCTL_USAGE } from './text.ts'

const ROOT = '/proc/sys/'

/** Files that a listing leaves out unless --deprecated asks for them. */
const DEPRECATED: readonly string[] = Object.freeze(['base_reachable_time', 'retrans_time'])

const LONG: readonly LongOption[] = Object.freeze([
  { name: 'all', arg: 'none', opt: 'a' },
  { name: 'deprecated', arg: 'none', opt: 'deprecated' },
  { name: 'dry-run', arg: 'none', opt: 'dry-run' },
  { name: 'binary', arg: 'none', opt: 'b' },
  { name: 'ignore', arg: 'none', opt: 'e' },
  { name: 'names', arg: 'none', opt: 'N' },
  { name: 'values', arg: 'none', opt: 'n' },
  { name: 'load', arg: 'optional', opt: 'p' },
  { name: 'quiet', arg: 'none', opt: 'q' },
  { name: 'write', arg: 'none', opt: 'w' },
  { name: 'system', arg: 'none', opt: 'system' },
  { name: 'pattern', arg: 'required', opt: 'r' },
  { name: 'help', arg: 'none', opt: 'h' },
  { name: 'version', arg: 'none', opt: 'V' },
])

interface Mode {
  names: boolean
  values: boolean
  binary: boolean
  ignore: boolean
  quiet: boolean
  write: boolean
  dryRun: boolean
  all: boolean
  load: boolean
  system: boolean
  deprecated: boolean
  /** A file given to -p itself. */
  file: string | null
  pattern: Pick<Regex, 'test'> | null
}

function parse(sys: Sys, argv: readonly string[]): { readonly mode: Mode; readonly rest: readonly string[] } | number {
  const m: Mode = {
    names: false,
    values: false,
    binary: false,
    ignore: false,
    quiet: false,
    write: false,
    dryRun: false,
    all: false,
    load: false,
    system: false,
    deprecated: false,
    file: null,
    pattern: null,
  }
  if (argv.length < 2) return fail(sys, SYSCTL_USAGE, 1)
  const { items, rest } = getopt(['sysctl', ...argv.slice(1)], 'bneNwfp::qoxaAXr:Vdh', LONG)
  for (const { opt, arg, error } of items) {
    if (error !== null) return fail(sys, error + SYSCTL_USAGE, 0)
    switch (opt) {
      case 'h':
      case 'd':
        sys.write(1, SYSCTL_USAGE)
        return 0
      case 'V':
        sys.write(1, 'sysctl from procps-ng 4.0.2\n')
        return 0
      case 'b':
        m.binary = true
        m.values = true
        break
      case 'n':
        m.values = true
        break
      case 'e':
        m.ignore = true
        break
      case 'N':
        m.names = true
        break
      case 'w':
        m.write = true
        break
      case 'q':
        m.quiet = true
        break
      case 'a':
      case 'A':
      case 'X':
        m.all = true
        break
      case 'p':
      case 'f':
        m.load = true
        m.file = arg ?? m.file
        break
      case 'r':
        m.pattern = compile(sys, arg ?? '')
        break
      case 'dry-run':
        m.dryRun = true
        break
      case 'deprecated':
        m.deprecated = true
        break
      case 'system':
        m.system = true
        break
    }
  }
  return { mode: m, rest }
}

/** An extended regular expression; one that does not compile matches nothing. */
function compile(sys: Sys, text: string): Pick<Regex, 'test'> {
  const r = compileRegex(text, { syntax: 'extended', dialect: 'regcomp' }, sys)
  return r.ok ? r.regex : { test: () => false }
}

/** Print one variable; multi-line values repeat the name. */
function show(sys: Sys, m: Mode, path: string): void {
  const key = pathToKey(path)
  if (m.pattern !== null && !m.pattern.test(key)) return
  if (m.names) {
    sys.write(1, `${key}\n`)
    return
  }
  const r = sys.readFile(ROOT + path)
  if (!r.ok) {
    if (r.errno === 'EACCES' || r.errno === 'EPERM') {
      const stat = sys.stat(ROOT + path)
      if (stat.ok && (stat.value.mode & 0o444) !== 0) sys.write(2, `sysctl: permission denied on key '${key}'\n`)
    } else if (r.errno !== 'EINVAL') sys.write(2, `sysctl: reading key "${key}": ${strerror(r.errno)}\n`)
    return
  }
  const text = r.value.replace(/\n$/, '')
  if (m.binary) sys.write(1, text)
  else for (const line of text.split('\n')) sys.write(1, m.values ? `${line}\n` : `${key} = ${line}\n`)
}

/** All variables below a directory, in the directory's order. */
function showTree(sys: Sys, m: Mode, dir: string): void {
  const names = sys.readDir(ROOT + dir)
  for (const name of names.ok ? names.value : []) {
    const path = dir === '' ? name : `${dir}/${name}`
    const stat = sys.stat(ROOT + path)
    if (!stat.ok || (!m.deprecated && DEPRECATED.includes(name))) continue
    if (stat.value.type === 'directory') showTree(sys, m, path)
    else if ((stat.value.mode & 0o444) !== 0) show(sys, m, path)
  }
}

function missing(sys: Sys, m: Mode, path: string): number {
  if (m.ignore) return 0
  sys.write(2, `sysctl: cannot stat ${ROOT}${path}: No such file or directory\n`)
  return 1
}

function readKey(sys: Sys, m: Mode, key: string): number {
  const path = keyToPath(key).replace(/\/$/, '')
  const stat = sys.stat(ROOT + path)
  if (!stat.ok) return missing(sys, m, path)
  if (stat.value.type === 'directory') showTree(sys, m, path)
  else show(sys, m, path)
  return 0
}

function echo(sys: Sys, m: Mode, key: string, value: string): void {
  if (m.quiet) return
  if (m.binary) sys.write(1, value)
  else sys.write(1, m.values || m.names ? `${value}\n` : `${key} = ${value}\n`)
}

function writeSetting(sys: Sys, m: Mode, setting: Setting): number {
  const { path, value } = setting
  const key = pathToKey(path)
  if (path === '' && value === '') return 1
  if (path === '') return fail(sys, `sysctl: Path is not under /proc/sys/: ${ROOT}\n`, 1)
  if (m.pattern !== null && !m.pattern.test(key)) return 0
  const stat = sys.stat(ROOT + path)
  if (!stat.ok) {
    const code = missing(sys, m, path)
    return setting.ignoreErrors ? 0 : code
  }
  // procps itself refuses a file that its owner may not write, with this text and success.
  if ((stat.value.mode & 0o222) === 0) return fail(sys, `sysctl: setting key "${key}": Invalid argument\n`, 0)
  if (stat.value.type === 'directory') return fail(sys, `sysctl: setting key "${key}": Is a directory\n`, 1)
  if (!m.dryRun) {
    const r = value === '' ? ({ ok: false, errno: 'EINVAL' } as const) : sys.writeFile(ROOT + path, `${value}\n`)
    if (!r.ok) {
      const denied = r.errno === 'EACCES' || r.errno === 'EPERM'
      const text = denied ? `permission denied on key "${key}"` : `setting key "${key}": ${strerror(r.errno)}`
      const ignored = setting.ignoreErrors ? ', ignoring' : ''
      return fail(sys, `sysctl: ${text}${ignored}\n`, setting.ignoreErrors ? 0 : 1)
    }
  }
  echo(sys, m, key, value)
  return 0
}

/** -p: read and check all files, then apply; "-" is standard input. */
function load(sys: Sys, m: Mode, files: readonly string[]): number {
  let code = 0
  const settings: Setting[] = []
  for (const name of files) {
    const text = name === '-' ? readStdin(sys) : sys.readFile(name)
    if (!text.ok) {
      sys.write(2, `sysctl: cannot open "${name}": ${strerror(text.errno)}\n`)
      code = 1
      continue
    }
    const parsed = parseFile(sys, name, text.value)
    if (parsed.bad) code = 1
    settings.push(...parsed.list)
  }
  for (const s of settings) code |= writeSetting(sys, m, s)
  return code
}

function readStdin(sys: Sys): ReturnType<Sys['readFile']> {
  let text = ''
  for (;;) {
    const r = sys.read(0)
    if (!r.ok) return r.errno === 'EAGAIN' ? { ok: true, value: text } : r
    if (r.value.length === 0) return { ok: true, value: text }
    text += textOf(r.value)
  }
}

/** --system: the sysctl.d directories, later ones hidden by earlier ones of the same name, then /etc/sysctl.conf. */
function systemFiles(sys: Sys): string[] {
  const found = new Map<string, string>()
  for (const dir of [
    '/etc/sysctl.d',
    '/run/sysctl.d',
    '/usr/local/lib/sysctl.d',
    '/usr/lib/sysctl.d',
    '/lib/sysctl.d',
  ]) {
    const names = sys.readDir(dir)
    for (const n of names.ok ? names.value : []) if (n.endsWith('.conf') && !found.has(n)) found.set(n, `${dir}/${n}`)
  }
  const files = [...found.keys()].sort().map((n) => found.get(n)!)
  if (sys.stat('/etc/sysctl.conf').ok) files.push('/etc/sysctl.conf')
  return files
}

export const sysctl: Main = (sys, argv) => {
  const parsed = parse(sys, argv)
  if (typeof parsed === 'number') return parsed
  const { mode: m, rest } = parsed
  if (m.system) {
    const files = systemFiles(sys)
    if (!m.quiet) for (const f of files) sys.write(1, `* Applying ${f} ...\n`)
    return load(sys, m, files)
  }
  if (m.load) {
    const files = m.file === null ? [...rest] : [m.file, ...rest]
    return load(sys, m, files.length === 0 ? ['/etc/sysctl.conf'] : files)
  }
  if (m.all) {
    showTree(sys, m, '')
    return 0
  }
  if (rest.length === 0) {
    return fail(sys, "sysctl: no variables specified\nTry `sysctl --help' for more information.\n", 1)
  }
  let code = 0
  for (const word of rest) {
    // procps passes over settings of one character without a word.
    if (word.length < 2 && (m.write || word === '=')) {
      code = 1
      continue
    }
    const setting = parseSetting(word)
    if (setting !== null) code |= writeSetting(sys, m, setting)
    else if (m.write) code |= fail(sys, 'sysctl: command line(0): invalid syntax, continuing...\n', 1)
    else code |= readKey(sys, m, word)
  }
  return code
}
