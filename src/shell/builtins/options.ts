// set, shopt, trap, umask, ulimit. Read first: shell.ts, traps.ts.
// Leaves out: restricted shells, editing modes, changing resource limits (refused by name).
import { SIGNAL_NUMBERS } from '../../os/process.ts'
import type { Signal } from '../../uapi/program.ts'
import { singleQuote } from '../quote.ts'
import { LONG_OPTIONS, OPTION_LETTERS, type Shell } from '../shell.ts'
import { arrayLiteral } from '../transform.ts'
import { applyTraps } from '../traps.ts'
import { scalar } from '../vars.ts'

const SET_USAGE = 'set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n'

/** Options that change something the interpreter does not have. */
const REFUSED: ReadonlySet<string> = new Set(['keyword', 'privileged', 'monitor', 'vi', 'emacs', 'notify'])

function optionNames(): string[] {
  return [
    ...Object.values(OPTION_LETTERS),
    ...LONG_OPTIONS,
    'interactive-comments',
    'histexpand',
    'onecmd',
    'physical',
  ].sort()
}

function setOption(sh: Shell, name: string, on: boolean): boolean {
  if (!optionNames().includes(name)) {
    sh.complain(`set: ${name}: invalid option name`)
    return false
  }
  if (REFUSED.has(name) && on) {
    sh.complain(`set: ${name}: not modelled by netsim`)
    return false
  }
  if (on) sh.options.add(name)
  else sh.options.delete(name)
  return true
}

function listOptions(sh: Shell, plus: boolean): number {
  for (const name of optionNames()) {
    const on = sh.option(name) || name === 'interactive-comments'
    sh.sys.write(1, plus ? `set ${on ? '-' : '+'}o ${name}\n` : `${name.padEnd(15)}\t${on ? 'on' : 'off'}\n`)
  }
  return 0
}

/** A value as set prints it: quoted where needed. */
function shown(text: string): string {
  return /^[\w@%+=:,./-]*$/.test(text) ? text : singleQuote(text)
}

function listVariables(sh: Shell): number {
  for (const name of sh.vars.names()) {
    const v = sh.vars.raw(name)!
    const text = v.array !== null || v.assoc !== null ? arrayLiteral(v) : scalar(v)
    if (text !== null) sh.sys.write(1, `${name}=${v.array !== null || v.assoc !== null ? text : shown(text)}\n`)
  }
  return 0
}

export function set(sh: Shell, words: readonly string[]): number {
  if (words.length === 1) return listVariables(sh)
  let i = 1
  for (; i < words.length; i++) {
    const w = words[i]!
    if (w === '--' || w === '-') {
      if (w === '-') for (const o of ['xtrace', 'verbose']) sh.options.delete(o)
      if (w === '--' || i + 1 < words.length) sh.positional = words.slice(i + 1)
      return 0
    }
    const m = /^([-+])(.+)$/.exec(w)
    if (m === null) break
    const on = m[1] === '-'
    for (const letter of m[2]!) {
      if (letter === 'o') {
        const name = words[i + 1]
        if (name === undefined) return listOptions(sh, !on)
        i++
        if (!setOption(sh, name, on)) return 2
        continue
      }
      const name = OPTION_LETTERS[letter]
      if (name === undefined) {
        sh.complain(`set: ${m[1]}${letter}: invalid option`)
        sh.sys.write(2, SET_USAGE)
        return 2
      }
      if (!setOption(sh, name, on)) return 2
    }
  }
  if (i < words.length) sh.positional = words.slice(i)
  return 0
}

export function shopt(sh: Shell, words: readonly string[]): number {
  const flags = new Set<string>()
  let i = 1
  for (; /^-[supqo]+$/.test(words[i] ?? ''); i++) for (const c of words[i]!.slice(1)) flags.add(c)
  const names = words.slice(i)
  if (flags.has('o')) {
    for (const n of names) if ((flags.has('s') || flags.has('u')) && !setOption(sh, n, flags.has('s'))) return 1
    return names.every((n) => sh.option(n)) ? 0 : 1
  }
  if (names.length === 0) {
    for (const [name, on] of [...sh.shopts].sort()) sh.sys.write(1, `${name.padEnd(15)}\t${on ? 'on' : 'off'}\n`)
    return 0
  }
  let status = 0
  for (const name of names) {
    const known = sh.shopts.get(name)
    if (known === undefined) {
      sh.complain(`shopt: ${name}: invalid shell option name`)
      status = 1
    } else if (flags.has('s') || flags.has('u')) sh.shopts.set(name, flags.has('s'))
    else {
      if (!known) status = 1
      if (!flags.has('q'))
        sh.sys.write(
          1,
          flags.has('p') ? `shopt -${known ? 's' : 'u'} ${name}\n` : `${name.padEnd(15)}\t${known ? 'on' : 'off'}\n`,
        )
    }
  }
  return status
}

/** Names that trap takes: EXIT, ERR, DEBUG, RETURN, signals with or without SIG, numbers. */
export function trapName(text: string): string | null {
  const name = text.toUpperCase().replace(/^SIG/, '')
  if (name === '0' || name === 'EXIT') return 'EXIT'
  if (['ERR', 'DEBUG', 'RETURN'].includes(name)) return name
  if (/^\d+$/.test(name)) {
    return (Object.keys(SIGNAL_NUMBERS) as Signal[]).find((s) => SIGNAL_NUMBERS[s] === Number(name)) ?? null
  }
  return name in SIGNAL_NUMBERS ? name : null
}

function listTraps(sh: Shell, only: readonly string[]): void {
  const rank = (n: string): number => (n === 'EXIT' ? 0 : (SIGNAL_NUMBERS[n as Signal] ?? 100))
  for (const [name, action] of [...sh.traps].sort((a, b) => rank(a[0]) - rank(b[0]))) {
    if (only.length > 0 && !only.includes(name)) continue
    const full = name in SIGNAL_NUMBERS ? `SIG${name}` : name
    sh.sys.write(1, `trap -- ${singleQuote(action)} ${full}\n`)
  }
}

export function trap(sh: Shell, words: readonly string[]): number {
  let args = words.slice(1)
  if (args[0] === '-l') {
    sh.sys.write(
      1,
      `${Object.entries(SIGNAL_NUMBERS)
        .map(([n, i]) => `${i}) SIG${n}`)
        .join(' ')}\n`,
    )
    return 0
  }
  if (args.length === 0 || args[0] === '-p') {
    listTraps(
      sh,
      args.slice(1).map((a) => trapName(a) ?? a),
    )
    return 0
  }
  if (args[0] === '--') args = args.slice(1)
  // A single argument, or a number first, resets.
  const reset = args.length === 1 || /^\d+$/.test(args[0] ?? '') || args[0] === '-'
  const action = reset ? null : args[0]!
  let status = 0
  for (const spec of reset && args[0] !== '-' ? args : args.slice(1)) {
    const name = trapName(spec)
    if (name === null) {
      sh.complain(`trap: ${spec}: invalid signal specification`)
      status = 1
    } else if (name !== 'KILL' && name !== 'STOP') {
      if (action === null) {
        sh.traps.delete(name)
        if (name in SIGNAL_NUMBERS) sh.sys.proc.ignored.delete(name as Signal)
      } else sh.traps.set(name, action)
    }
  }
  applyTraps(sh)
  return status
}

function symbolic(mask: number): string {
  const part = (shift: number): string => {
    const bits = (~mask >> shift) & 7
    return `${bits & 4 ? 'r' : ''}${bits & 2 ? 'w' : ''}${bits & 1 ? 'x' : ''}`
  }
  return `u=${part(6)},g=${part(3)},o=${part(0)}`
}

export function umask(sh: Shell, words: readonly string[]): number {
  const proc = sh.sys.proc
  const args = words.slice(1).filter((w) => w !== '-S' && w !== '-p')
  const octal = proc.umask.toString(8).padStart(4, '0')
  if (args.length === 0) {
    sh.sys.write(
      1,
      words.includes('-S') ? `${symbolic(proc.umask)}\n` : words.includes('-p') ? `umask ${octal}\n` : `${octal}\n`,
    )
    return 0
  }
  if (!/^[0-7]{1,4}$/.test(args[0]!)) {
    const bad = /^\d/.test(args[0]!)
      ? `umask: ${args[0]}: octal number out of range`
      : `umask: ${args[0]}: symbolic modes are not modelled by netsim`
    sh.complain(bad)
    return 1
  }
  proc.umask = Number.parseInt(args[0]!, 8) & 0o777
  return 0
}

/** Limits as a freshly booted Debian prints them. */
const LIMITS: Readonly<Record<string, string>> = Object.freeze({
  c: '0',
  d: 'unlimited',
  f: 'unlimited',
  l: '8192',
  m: 'unlimited',
  n: '1024',
  s: '8192',
  t: 'unlimited',
  u: '7823',
  v: 'unlimited',
})

export function ulimit(sh: Shell, words: readonly string[]): number {
  const letters = words
    .slice(1)
    .filter((w) => w.startsWith('-'))
    .join('')
    .replace(/[-HS]/g, '')
  if (words.slice(1).some((w) => !w.startsWith('-'))) {
    sh.complain('ulimit: changing limits is not modelled by netsim')
    return 1
  }
  const value = LIMITS[letters === '' ? 'f' : letters]
  if (value === undefined) {
    sh.complain(`ulimit: -${letters}: not modelled by netsim`)
    return 2
  }
  sh.sys.write(1, `${value}\n`)
  return 0
}
