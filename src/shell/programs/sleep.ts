// sleep: its arguments added up, in virtual time.
import type { Machine, ProgramEvent, Sys } from '../../uapi/program.ts'

const UNITS: Readonly<Record<string, number>> = Object.freeze({ '': 1, s: 1, m: 60, h: 3600, d: 86400 })

/** "1.5", "2m", "infinity" in ns; null when it is no duration. */
export function parseDuration(text: string): number | null {
  const m = /^(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+|inf(?:inity)?)([smhd]?)$/i.exec(text)
  if (m === null) return null
  if (/^inf/i.test(m[1]!)) return Number.POSITIVE_INFINITY
  return Math.round(Number(m[1]) * UNITS[m[2]!]! * 1e9)
}

interface SleepState {
  readonly until: number
}

/** The time to sleep, or the exit code of a usage error. */
function duration(sys: Sys, args: readonly string[]): { readonly ns: number } | number {
  const hint = "Try 'sleep --help' for more information.\n"
  if (args.length === 0) {
    sys.write(2, `sleep: missing operand\n${hint}`)
    return 1
  }
  let total = 0
  let bad = ''
  for (const a of args) {
    const option = /^-([^-\d.])/.exec(a)
    if (option !== null) {
      sys.write(2, `sleep: invalid option -- '${option[1]}'\n${hint}`)
      return 1
    }
    const ns = parseDuration(a)
    if (ns === null) bad += `sleep: invalid time interval '${a}'\n`
    else total += ns
  }
  if (bad === '') return { ns: total }
  sys.write(2, bad + hint)
  return 1
}

/** A machine, so that a sleeping process does not keep a machine from being copied. */
export const sleep: Machine<SleepState> = Object.freeze({
  start(sys: Sys, argv: readonly string[]): SleepState | number {
    const d = duration(sys, argv.slice(1))
    return typeof d === 'number' ? d : { until: sys.now() + d.ns }
  },
  step(sys: Sys, state: SleepState, event: ProgramEvent): void {
    if (event.kind === 'timer') sys.exit(0)
    else if (event.kind === 'start' && state.until !== Number.POSITIVE_INFINITY) sys.setTimer(0, state.until)
  },
})
