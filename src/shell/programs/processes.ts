// Programs about processes: ps, kill, pgrep, pkill, pidof, killall.
// Leaves out ps's formats other than the plain one, -e/-f/aux, -o pid,ppid,pgid,stat,comm,args,cmd; -C and -p select.
import { strerror } from '../../lib/errno.ts'
import { compileRegex } from '../../lib/regex/regex.ts'
import type { Process } from '../../os/process.ts'
import { type ProcessSys, processOf } from '../../os/sys.ts'
import type { Main, Signal, Sys } from '../../uapi/program.ts'
import { signalList, signalOf } from '../signals.ts'
import { dateText } from './date_format.ts'

function alive(p: ProcessSys): Process[] {
  return [...p.os.processes.values()].sort((a, b) => a.pid - b.pid)
}

const COLUMNS: Readonly<Record<string, readonly [string, number, (p: Process) => string]>> = Object.freeze({
  pid: ['PID', 7, (p: Process) => String(p.pid)],
  ppid: ['PPID', 7, (p: Process) => String(p.ppid)],
  pgid: ['PGID', 7, (p: Process) => String(p.pgid)],
  stat: ['STAT', -4, (p: Process) => (p.state === 'zombie' ? 'Z' : p.stopped ? 'T' : 'S')],
  comm: ['COMMAND', -15, (p: Process) => (p.state === 'zombie' ? `${p.comm} <defunct>` : p.comm)],
  args: ['COMMAND', -1, (p: Process) => p.argv.join(' ')],
  cmd: ['CMD', -1, (p: Process) => p.argv.join(' ')],
  user: ['USER', -8, (p: Process) => (p.uid === 0 ? 'root' : String(p.uid))],
})

function table(sys: Sys, list: readonly Process[], names: readonly string[]): number {
  const specs = names.map((n) => n.split('=') as [string, string | undefined])
  for (const [n] of specs) {
    if (COLUMNS[n] !== undefined) continue
    sys.write(
      2,
      `error: unknown user-defined format specifier "${n}" (netsim's ps knows ${Object.keys(COLUMNS).join(', ')})\n`,
    )
    return 1
  }
  const cell = (text: string, width: number, last: boolean): string =>
    width < 0 ? (last ? text : text.padEnd(-width)) : text.padStart(width)
  const line = (f: (n: string, title: string | undefined) => string): string =>
    specs.map(([n, title], i) => cell(f(n, title), COLUMNS[n]![1], i === specs.length - 1)).join(' ')
  let out = specs.every(([, t]) => t === '') ? '' : `${line((n, t) => t ?? COLUMNS[n]![0])}\n`
  for (const p of list) out += `${line((n) => COLUMNS[n]![2](p))}\n`
  sys.write(1, out)
  return list.length === 0 ? 1 : 0
}

export const ps: Main = (sys, argv) => {
  const p = processOf(sys)
  let list = alive(p)
  let full = false
  let format: string[] | null = null
  for (let i = 1; i < argv.length; i++) {
    const a = argv[i]!
    const value = (): string => argv[++i] ?? ''
    if (/^-?[aAeuxw]+$/.test(a)) full ||= /u/.test(a)
    else if (/^-?e?f$/.test(a)) full = true
    else if (a === '-o') format = [...(format ?? []), ...value().split(',')]
    else if (a === '-p' || a === '--pid') {
      const pids = value().split(',').map(Number)
      list = list.filter((q) => pids.includes(q.pid))
    } else if (a === '-C') {
      const names = value().split(',')
      list = list.filter((q) => names.includes(q.comm))
    } else {
      sys.write(2, `ps: ${a}: not modelled by netsim\n`)
      return 1
    }
  }
  if (format !== null) return table(sys, list, format)
  let out = full ? 'UID          PID    PPID  C STIME TTY          TIME CMD\n' : '    PID TTY          TIME CMD\n'
  for (const q of list) {
    const stime = dateText('%H:%M', p.os.bootTime + q.started)
    const pid = String(q.pid).padStart(7)
    out += full
      ? `${'root'.padEnd(8)} ${pid} ${String(q.ppid).padStart(7)}  0 ${stime} ?        00:00:00 ${q.argv.join(' ')}\n`
      : `${pid} ?        00:00:00 ${q.comm}\n`
  }
  sys.write(1, out)
  return list.length === 0 ? 1 : 0
}

/** -SIG, -s SIG; an exit code when it is no signal (reported). */
function takeSignal(
  sys: Sys,
  name: string,
  argv: readonly string[],
): { readonly signal: Signal | null; readonly rest: string[] } | number {
  const rest: string[] = []
  let signal: ReturnType<typeof signalOf> = 'TERM'
  for (let i = 1; i < argv.length; i++) {
    const a = argv[i]!
    const spec =
      a === '-s' || a === '--signal'
        ? argv[++i]!
        : /^-([A-Z][A-Z0-9]+|\d+)$/.test(a) && rest.length === 0
          ? a.slice(1)
          : null
    if (spec === null) {
      rest.push(a)
      continue
    }
    signal = signalOf(spec)
    if (signal === undefined || signal === 'unmodelled') {
      sys.write(
        2,
        `${name}: ${signal === undefined ? `invalid signal name "${spec}"` : `${spec}: this signal is not modelled by netsim`}\n`,
      )
      return 1
    }
  }
  return { signal: signal as Signal | null, rest }
}

export const kill: Main = (sys, argv) => {
  if (argv[1] === '-l' || argv[1] === '-L') {
    sys.write(1, signalList(argv.slice(2)) ?? '')
    return 0
  }
  const t = takeSignal(sys, 'kill', argv)
  if (typeof t === 'number') return t
  const p = processOf(sys)
  let status = 0
  for (const arg of t.rest.filter((a) => a !== '--')) {
    const r = /^-?\d+$/.test(arg) ? p.os.kill(p.proc, Number(arg), t.signal) : null
    if (r?.ok === true) continue
    sys.write(2, r === null ? `kill: failed to parse argument: '${arg}'\n` : `kill: (${arg}): ${strerror(r.errno)}\n`)
    status = 1
  }
  return status
}

interface Selection {
  readonly pattern: string
  readonly full: boolean
  readonly exact: boolean
  readonly flags: string
}

function selection(sys: Sys, name: string, args: readonly string[]): Selection | number {
  let flags = ''
  const rest: string[] = []
  for (const a of args) {
    if (!/^-./.test(a)) rest.push(a)
    else if (/^-[flxcnoai]+$/.test(a)) flags += a.slice(1)
    else {
      sys.write(2, `${name}: ${a}: not modelled by netsim\n`)
      return 2
    }
  }
  if (rest.length !== 1) {
    sys.write(
      2,
      `${name}: ${rest.length === 0 ? 'no matching criteria specified' : 'only one pattern can be provided'}\nTry \`${name} --help' for more information.\n`,
    )
    return 2
  }
  return { pattern: rest[0]!, full: flags.includes('f'), exact: flags.includes('x'), flags }
}

function select(p: ProcessSys, s: Selection): Process[] {
  const source = s.exact ? `^(${s.pattern})$` : s.pattern
  const r = compileRegex(source, { syntax: 'extended', dialect: 'regcomp' }, p)
  if (!r.ok) return []
  const found = alive(p).filter(
    (q) => q.pid !== p.pid && q.state === 'alive' && r.regex.test(s.full ? q.argv.join(' ') : q.comm),
  )
  if (s.flags.includes('n')) return found.slice(-1)
  return s.flags.includes('o') ? found.slice(0, 1) : found
}

export const pgrep: Main = (sys, argv) => {
  const s = selection(sys, 'pgrep', argv.slice(1))
  if (typeof s === 'number') return s
  const found = select(processOf(sys), s)
  if (s.flags.includes('c')) sys.write(1, `${found.length}\n`)
  else {
    const text = (q: Process): string =>
      s.flags.includes('a')
        ? `${q.pid} ${q.argv.join(' ')}`
        : s.flags.includes('l')
          ? `${q.pid} ${q.comm}`
          : String(q.pid)
    sys.write(1, found.map((q) => `${text(q)}\n`).join(''))
  }
  return found.length > 0 ? 0 : 1
}

export const pkill: Main = (sys, argv) => {
  const t = takeSignal(sys, 'pkill', argv)
  if (typeof t === 'number') return 2
  const s = selection(sys, 'pkill', t.rest)
  if (typeof s === 'number') return s
  const p = processOf(sys)
  const found = select(p, s)
  for (const q of found) p.os.kill(p.proc, q.pid, t.signal)
  return found.length > 0 ? 0 : 1
}

export const pidof: Main = (sys, argv) => {
  const names = argv.slice(1).filter((a) => !a.startsWith('-'))
  const found = alive(processOf(sys)).filter((q) => q.state === 'alive' && names.includes(q.comm))
  if (found.length > 0)
    sys.write(
      1,
      `${found
        .map((q) => q.pid)
        .reverse()
        .join(' ')}\n`,
    )
  return found.length > 0 ? 0 : 1
}

export const killall: Main = (sys, argv) => {
  const t = takeSignal(sys, 'killall', argv)
  if (typeof t === 'number') return t
  const quiet = t.rest.includes('-q')
  const p = processOf(sys)
  let status = 0
  for (const name of t.rest.filter((a) => !a.startsWith('-'))) {
    const found = alive(p).filter((q) => q.pid !== p.pid && q.state === 'alive' && q.comm === name.slice(0, 15))
    for (const q of found) p.os.kill(p.proc, q.pid, t.signal)
    if (found.length > 0) continue
    if (!quiet) sys.write(2, `${name}: no process found\n`)
    status = 1
  }
  return status
}
