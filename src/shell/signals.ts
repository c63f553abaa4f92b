// Signal names and numbers as kill and trap take them.
import { SIGNAL_NUMBERS } from '../os/process.ts'
import type { Signal } from '../uapi/program.ts'

/** signal(7), x86-64, 1 … 31. */
export const ALL_SIGNALS: readonly string[] = Object.freeze(
  (
    'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ ' +
    'VTALRM PROF WINCH IO PWR SYS'
  ).split(' '),
)

/** null is signal 0; undefined: no such signal; 'unmodelled': one that programs here cannot get. */
export function signalOf(spec: string): Signal | null | undefined | 'unmodelled' {
  const name = spec.toUpperCase().replace(/^SIG/, '')
  if (name === '0' || name === 'EXIT') return null
  const full = /^\d+$/.test(name) ? ALL_SIGNALS[Number(name) - 1] : name
  if (full === undefined || !ALL_SIGNALS.includes(full)) return undefined
  return full in SIGNAL_NUMBERS ? (full as Signal) : 'unmodelled'
}

/** kill -l: the table, or names for numbers and numbers for names; null for what is neither. */
export function signalList(args: readonly string[]): string | null {
  if (args.length === 0) {
    const cells = ALL_SIGNALS.map((n, i) => `${String(i + 1).padStart(2)}) SIG${n}`)
    let out = ''
    for (let i = 0; i < cells.length; i += 5) out += `${cells.slice(i, i + 5).join('\t')}\n`
    return out
  }
  let out = ''
  for (const a of args) {
    const n = /^\d+$/.test(a) ? Number(a) & 127 : null
    const name = a.toUpperCase().replace(/^SIG/, '')
    const text =
      n !== null ? ALL_SIGNALS[n - 1] : ALL_SIGNALS.includes(name) ? String(ALL_SIGNALS.indexOf(name) + 1) : undefined
    if (text === undefined) return null
    out += `${text}\n`
  }
  return out
}
