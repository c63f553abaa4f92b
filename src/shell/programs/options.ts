// getopt_long for the small programs: short options in bundles, long ones with =VALUE, the real words for wrong ones.
import type { Sys } from '../../uapi/program.ts'

export interface OptionSpec {
  /** Letter → takes a value. */
  readonly short: Readonly<Record<string, boolean>>
  /** Long name → letter that it stands for. */
  readonly long?: Readonly<Record<string, string>>
  /** Options end at the first other argument (env, nohup, timeout …). */
  readonly stopEarly?: boolean
  /** Exit code of a usage error; 1 unless given. */
  readonly code?: number
}

export interface Options {
  readonly flags: ReadonlyMap<string, string>
  readonly args: readonly string[]
}

function complain(sys: Sys, name: string, text: string, spec: OptionSpec): number {
  sys.write(2, `${name}: ${text}\nTry '${name} --help' for more information.\n`)
  return spec.code ?? 1
}

/** The options and the rest; a number is the exit code of a usage error that was reported. */
export function parseOptions(sys: Sys, argv: readonly string[], spec: OptionSpec): Options | number {
  const name = argv[0]!
  const flags = new Map<string, string>()
  const args: string[] = []
  for (let i = 1; i < argv.length; i++) {
    const a = argv[i]!
    if (a === '--') {
      args.push(...argv.slice(i + 1))
      break
    }
    if (!/^-./.test(a)) {
      args.push(a)
      if (!spec.stopEarly) continue
      args.push(...argv.slice(i + 1))
      break
    }
    if (a.startsWith('--')) {
      const [long, value] = a.slice(2).split(/=(.*)/s) as [string, string | undefined]
      const letter = spec.long?.[long]
      if (letter === undefined) return complain(sys, name, `unrecognized option '--${long}'`, spec)
      const takes = spec.short[letter] === true
      const given = takes ? (value ?? argv[++i]) : ''
      if (given === undefined) return complain(sys, name, `option '--${long}' requires an argument`, spec)
      flags.set(letter, given)
      continue
    }
    for (let j = 1; j < a.length; j++) {
      const c = a[j]!
      const takes = spec.short[c]
      if (takes === undefined) return complain(sys, name, `invalid option -- '${c}'`, spec)
      if (!takes) {
        flags.set(c, '')
        continue
      }
      const value = j + 1 < a.length ? a.slice(j + 1) : argv[++i]
      if (value === undefined) return complain(sys, name, `option requires an argument -- '${c}'`, spec)
      flags.set(c, value)
      break
    }
  }
  return { flags, args }
}

/** "missing operand" and its hint. */
export function missingOperand(sys: Sys, name: string, after?: string): number {
  const text = after === undefined ? 'missing operand' : `missing operand after '${after}'`
  sys.write(2, `${name}: ${text}\nTry '${name} --help' for more information.\n`)
  return 1
}
