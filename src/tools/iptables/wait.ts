// -w and -W of the iptables programs. There is no lock to wait for: a command is over before another process runs.
// Read first: parse_wait_time, parse_wait_interval (iptables/xshared.c).
import { problem } from './exit.ts'
import type { Args } from './getopt.ts'
import type { Session } from './session.ts'

/** Seconds, -1 for ever. */
export function parseWait(args: Args): number {
  const text = args.arg ?? (args.hasArg() ? args.argv[args.at++]! : null)
  if (text === null) return -1
  const m = /^[ \t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|\d+)/.exec(text)
  if (m === null) problem('wait seconds not numeric')
  return m[1] === '-' ? -Number(m[2]) : Number(m[2])
}

export function parseWaitInterval(args: Args, session: Session): void {
  const text = args.arg ?? (args.hasArg() ? args.argv[args.at++]! : problem('wait interval value required'))
  const m = /^[ \t\n\v\f\r]*\+?(\d+)/.exec(text)
  if (m === null) problem('wait interval not numeric')
  if (Number(m[1]) > 999999) problem(`too long usec wait ${m[1]} > 999999 usec`)
  session.error('Ignoring deprecated --wait-interval option.\n')
}
