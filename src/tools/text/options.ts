// What every small coreutils tool does with its command line: parse, and on an error say so and how to get help.
import type { Sys } from '../../uapi/program.ts'
import { getopt, type LongOption, type OptionItem } from '../lib/getopt.ts'

export interface Parsed {
  readonly items: readonly OptionItem[]
  readonly rest: readonly string[]
}

/** Options, or the exit code after the first error was reported. `code` is the tool's code for wrong usage. */
export function parseOptions(
  sys: Sys,
  argv: readonly string[],
  short: string,
  long: readonly LongOption[] = [],
  code = 1,
): Parsed | number {
  const parsed = getopt(argv, short, long)
  const bad = parsed.items.find((i) => i.error !== null)
  if (bad === undefined) return parsed
  sys.write(2, `${bad.error}Try '${argv[0]} --help' for more information.\n`)
  return code
}

/** A usage error in coreutils' form. */
export function usage(sys: Sys, prog: string, message: string, code = 1): number {
  sys.write(2, `${prog}: ${message}\nTry '${prog} --help' for more information.\n`)
  return code
}

/** A plain error. */
export function complain(sys: Sys, prog: string, message: string, code = 1): number {
  sys.write(2, `${prog}: ${message}\n`)
  return code
}
