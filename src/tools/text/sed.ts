// sed(1): GNU sed 4.9 in the C locale: -n -e -f -E -r -i[SUFFIX] -s -z -u -l --posix --sandbox.
// Read first: sed_parse.ts, sed_run.ts. Refused by name: --debug, --follow-symlinks, --version, --help, e, s///e.
import { strerror } from '../../lib/errno.ts'
import { fail, type MainResult, type Sys, type Wait } from '../../uapi/program.ts'
import { exitStatus } from '../lib/exit.ts'
import { getopt, type LongOption } from '../lib/getopt.ts'
import { notModelled } from '../lib/refuse.ts'
import { bytesOf } from './bytestring.ts'
import { SedInput } from './sed_input.ts'
import { type Piece, SedParser } from './sed_parse.ts'
import { type SedOptions, SedRun } from './sed_run.ts'
import type { Script } from './sed_script.ts'

const LONG: readonly LongOption[] = Object.freeze([
  { name: 'quiet', arg: 'none', opt: 'n' },
  { name: 'silent', arg: 'none', opt: 'n' },
  { name: 'expression', arg: 'required', opt: 'e' },
  { name: 'file', arg: 'required', opt: 'f' },
  { name: 'in-place', arg: 'optional', opt: 'i' },
  { name: 'line-length', arg: 'required', opt: 'l' },
  { name: 'regexp-extended', arg: 'none', opt: 'E' },
  { name: 'separate', arg: 'none', opt: 's' },
  { name: 'unbuffered', arg: 'none', opt: 'u' },
  { name: 'null-data', arg: 'none', opt: 'z' },
  { name: 'zero-terminated', arg: 'none', opt: 'z' },
  { name: 'posix', arg: 'none', opt: 'posix' },
  { name: 'sandbox', arg: 'none', opt: 'sandbox' },
  { name: 'debug', arg: 'none', opt: '--debug' },
  { name: 'follow-symlinks', arg: 'none', opt: '--follow-symlinks' },
  { name: 'version', arg: 'none', opt: '--version' },
  { name: 'help', arg: 'none', opt: 'help' },
  { name: 'binary', arg: 'none', opt: 'b' },
] as const)

const USAGE = `Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...

  -n, --quiet, --silent
                 suppress automatic printing of pattern space
      --debug
                 annotate program execution
  -e script, --expression=script
                 add the script to the commands to be executed
  -f script-file, --file=script-file
                 add the contents of script-file to the commands to be executed
  --follow-symlinks
                 follow symlinks when processing in place
  -i[SUFFIX], --in-place[=SUFFIX]
                 edit files in place (makes backup if SUFFIX supplied)
  -l N, --line-length=N
                 specify the desired line-wrap length for the \`l' command
  --posix
                 disable all GNU extensions.
  -E, -r, --regexp-extended
                 use extended regular expressions in the script
                 (for portability use POSIX -E).
  -s, --separate
                 consider files as separate rather than as a single,
                 continuous long stream.
      --sandbox
                 operate in sandbox mode (disable e/r/w commands).
  -u, --unbuffered
                 load minimal amounts of data from the input files and flush
                 the output buffers more often
  -z, --null-data
                 separate lines by NUL characters
      --help     display this help and exit
      --version  output version information and exit

If no -e, --expression, -f, or --file option is given, then the first
non-option argument is taken as the sed script to interpret.  All
remaining arguments are names of input files; if no input files are
specified, then the standard input is read.

GNU sed home page: <https://www.gnu.org/software/sed/>.
General help using GNU software: <https://www.gnu.org/gethelp/>.
`

export function sed(sys: Sys, argv: readonly string[]): MainResult {
  const parsed = getopt(['sed', ...argv.slice(1)], 'bsnrzuEe:f:l:i::', LONG)
  const pieces: Piece[] = []
  const has = (opt: string): boolean => parsed.items.some((i) => i.opt === opt)
  for (const { opt, arg, error } of parsed.items) {
    if (error !== null) return fail(sys, error + USAGE, 1)
    if (opt === 'help') {
      sys.write(1, USAGE)
      return 0
    }
    if (opt.startsWith('--')) return fail(sys, notModelled('sed', `option ${opt}`), 1)
    if (opt === 'e') pieces.push({ text: bytesOf(arg ?? ''), file: null })
    if (opt !== 'f') continue
    const text = sys.readFile(arg === '-' ? '/dev/stdin' : (arg ?? ''))
    if (!text.ok) return fail(sys, `sed: couldn't open file ${arg}: ${strerror(text.errno)}\n`, 4)
    pieces.push({ text: bytesOf(text.value).replace(/\n$/, ''), file: arg })
  }
  const files = [...parsed.rest]
  if (pieces.length === 0) {
    const script = files.shift()
    if (script === undefined) return fail(sys, USAGE, 1)
    pieces.push({ text: bytesOf(script), file: null })
  }
  const length = parsed.items.findLast((i) => i.opt === 'l')?.arg ?? '70'
  const inPlace = parsed.items.findLast((i) => i.opt === 'i')
  let script: Script
  try {
    script = new SedParser(pieces, {
      extended: has('E') || has('r'),
      sandbox: has('sandbox'),
      nulData: has('z'),
      meter: sys,
    }).parse()
  } catch (e) {
    return exitStatus(sys, e)
  }
  if (inPlace !== undefined && files.length === 0) return fail(sys, 'sed: no input files\n', 4)
  const separator = has('z') ? '\0' : '\n'
  const options: SedOptions = {
    quiet: has('n') || script.quiet,
    separator,
    lineLength: /^\d+$/.test(length) && length !== '1' ? Number(length) : 0,
    unbuffered: has('u'),
    inPlace: inPlace === undefined ? null : (inPlace.arg ?? ''),
    posix: has('posix'),
  }
  const input = new SedInput(sys, files.length === 0 ? ['-'] : files, separator, has('s') || inPlace !== undefined)
  return guarded(sys, new SedRun(sys, script, options, input))
}

/** Errors while running: an empty pattern with none before it, a directory as input. */
function* guarded(sys: Sys, run: SedRun): Generator<Wait, number, void> {
  try {
    return yield* run.run()
  } catch (e) {
    return exitStatus(sys, e)
  }
}
