// The program bash (and sh): its options, where the script comes from, and its end. Read first: script.ts.
// Leaves out interactive use (session.ts), startup files, --posix differences; unknown options are refused as bash does.

import { strerror } from '../lib/errno.ts'
import { toBytes, toText } from '../os/bytes.ts'
import { type ProcessSys, processOf } from '../os/sys.ts'
import type { Main, Sys, Wait } from '../uapi/program.ts'
import type { Run } from './control.ts'
import { runToEnd } from './exec.ts'
import { firstCommandEnd, isIncomplete, Source } from './parse.ts'
import { PARSE_SHIFT, runScript, SYNTAX_STATUS } from './script.ts'
import { LONG_OPTIONS, OPTION_LETTERS, Shell } from './shell.ts'
import { isName } from './vars.ts'

export const BASH_VERSION = '5.2.15(1)-release'

const USAGE = `Usage:\tbash [GNU long option] [option] ...
\tbash [GNU long option] [option] script-file ...
GNU long options:
${'debug debugger dump-po-strings dump-strings help init-file login noediting noprofile norc posix pretty-print rcfile restricted verbose version'
  .split(' ')
  .map((o) => `\t--${o}\n`)
  .join('')}Shell options:
\t-ilrsD or -c command or -O shopt_option\t\t(invocation only)
\t-abefhkmnptuvxBCEHPT or -o option
`

interface Invocation {
  readonly command: string | null
  readonly args: readonly string[]
  readonly options: ReadonlySet<string>
  readonly stdin: boolean
}

/** Options that change only what an interactive shell reads at its start. */
const HARMLESS: ReadonlySet<string> = new Set(['--norc', '--noprofile', '--login', '-l', '--posix'])

function parseArguments(sys: Sys, argv: readonly string[]): Invocation | number {
  const options = new Set<string>()
  let command = false
  let stdin = false
  let i = 1
  for (; i < argv.length; i++) {
    const a = argv[i]!
    if (a === '--' || a === '-') {
      i++
      break
    }
    if (HARMLESS.has(a)) continue
    if (a === '--version') {
      sys.write(1, `GNU bash, version ${BASH_VERSION} (x86_64-pc-linux-gnu)\n`)
      return 0
    }
    if (!/^[-+]./.test(a)) break
    if (a.startsWith('--')) {
      sys.write(2, `bash: ${a}: invalid option\n${USAGE}`)
      return 2
    }
    for (const c of a.slice(1)) {
      const name = OPTION_LETTERS[c]
      if (c === 'c') command = true
      else if (c === 's') stdin = true
      else if (c === 'o') {
        const long = argv[++i] ?? ''
        if (!LONG_OPTIONS.includes(long) && !Object.values(OPTION_LETTERS).includes(long)) {
          sys.write(2, `bash: ${long}: invalid option name\n`)
          return 2
        }
        options.add(long)
      } else if (c === 'i') {
        sys.write(2, 'bash: -i: interactive shells inside a script are not modelled by netsim\n')
        return 2
      } else if (name === undefined && c !== 'l') {
        sys.write(2, `bash: -${c}: invalid option\n${USAGE}`)
        return 2
      } else if (name !== undefined) options.add(name)
    }
  }
  if (!command) return { command: null, args: argv.slice(i), options, stdin }
  const text = argv[i]
  if (text === undefined) {
    sys.write(2, 'bash: -c: option requires an argument\n')
    return 2
  }
  return { command: text, args: argv.slice(i + 1), options, stdin: false }
}

/** Variables of a new shell: the environment, and bash's own. */
export function importEnvironment(sh: Shell): void {
  for (const [name, value] of sh.sys.proc.env) {
    if (isName(name)) sh.vars.set(name, value).exported = true
  }
  const level = Number(sh.vars.get('SHLVL') ?? '0')
  sh.vars.set('SHLVL', String((Number.isInteger(level) ? level : 0) + 1)).exported = true
  if (sh.vars.get('PWD') === undefined) sh.vars.set('PWD', sh.sys.cwd()).exported = true
  if (sh.vars.get('PATH') === undefined)
    sh.vars.set('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin')
  sh.vars.set('IFS', ' \t\n')
  sh.vars.set('PS4', '+ ')
  sh.vars.set('OPTIND', '1')
  sh.vars.set('OPTERR', '1')
  sh.vars.set('BASH', '/bin/bash')
  sh.vars.set('BASH_VERSION', BASH_VERSION)
  sh.vars.set('HOSTNAME', sh.sys.hostname())
  sh.vars.set('HOSTTYPE', 'x86_64')
  sh.vars.set('MACHTYPE', 'x86_64-pc-linux-gnu')
  sh.vars.set('OSTYPE', 'linux-gnu')
  sh.vars.set('UID', String(sh.sys.uid)).readonly = true
  sh.vars.set('EUID', String(sh.sys.uid)).readonly = true
}

function* bash(sys: ProcessSys, argv: readonly string[], inv: Invocation): Generator<Wait, number, void> {
  const sh = new Shell(sys)
  importEnvironment(sh)
  for (const o of inv.options) sh.options.add(o)
  const shell = argv[0]!.slice(argv[0]!.lastIndexOf('/') + 1)
  if (inv.command !== null) {
    sh.mode = 'command'
    sh.arg0 = inv.args[0] ?? argv[0]!
    sh.positional = inv.args.slice(1)
    const name = inv.args[0] ?? shell
    return yield* runToEnd(sh, () => runScript(sh, new Source(inv.command!, name), '-c: ', true))
  }
  const file = inv.stdin ? undefined : inv.args[0]
  if (file !== undefined) return yield* runFile(sh, file, inv.args.slice(1), shell)
  sh.mode = 'stdin'
  sh.arg0 = argv[0]!
  sh.positional = [...inv.args]
  return yield* runToEnd(sh, () => runInput(sh, shell))
}

function* runFile(sh: Shell, file: string, args: readonly string[], shell: string): Run<number> {
  const sys = sh.sys
  const s = sys.stat(file)
  const text = s.ok ? sys.readFile(file) : s
  if (!text.ok) {
    const why = s.ok && s.value.type === 'directory' ? 'Is a directory' : strerror(text.errno)
    sys.write(2, s.ok && s.value.type === 'directory' ? `${file}: ${file}: ${why}\n` : `${shell}: ${file}: ${why}\n`)
    return text.errno === 'ENOENT' ? 127 : 126
  }
  return yield* runText(sh, text.value, file, args)
}

function* runText(sh: Shell, text: string, file: string, args: readonly string[]): Run<number> {
  sh.arg0 = file
  sh.positional = [...args]
  return yield* runToEnd(sh, () => runScript(sh, new Source(text, file), ''))
}

/** A script on standard input is read a complete command at a time: what is left is for its commands to read. */
function* runInput(sh: Shell, name: string): Run<number> {
  let line = 1
  for (;;) {
    const text = yield* nextCommand(sh)
    if (text === null) return sh.status
    sh.syntaxFailed = false
    yield* runScript(sh, new Source(text, name, line), '')
    if (sh.syntaxFailed) return SYNTAX_STATUS
    line += text.split('\n').length - 1
  }
}

/** Lines until they are a complete command; null at the end of the input. */
function* nextCommand(sh: Shell): Run<string | null> {
  /** Taken off the input already: the beginning of a command that goes on. */
  let carry = ''
  for (;;) {
    const p = sh.sys.peek(0)
    if (!p.ok) return null
    const line = carry === '' ? firstLine(p.value.data) : ''
    sh.sys.charge(2 + (line.length >> PARSE_SHIFT))
    if (line !== '' && !isIncomplete(line)) {
      consume(sh, line)
      return line
    }
    const fresh = toText(p.value.eof ? p.value.data : wholeCharacters(p.value.data))
    const all = carry + fresh
    sh.sys.hold(all.length)
    const end = commandEnd(sh, all)
    if (end > 0) {
      consume(sh, all.slice(carry.length, end))
      return all.slice(0, end)
    }
    consume(sh, fresh)
    if (p.value.eof) return all === '' ? null : all
    carry = all
    yield { readable: [0] }
  }
}

const TRIED_LINES = 64

/** A line with its end; '' when none is complete. */
function firstLine(data: Uint8Array): string {
  return toText(data.subarray(0, data.indexOf(10) + 1))
}

/** Without a character that is not complete yet. */
function wholeCharacters(data: Uint8Array): Uint8Array {
  let end = data.length
  while (end > 0 && data.length - end < 3 && (data[end - 1]! & 0xc0) === 0x80) end--
  const lead = data[end - 1] ?? 0
  const wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
  return data.length - end + 1 >= wanted || end <= 1 ? data : data.subarray(0, end - 1)
}

/** Where the first complete command ends; 0 when none does. */
function commandEnd(sh: Shell, all: string): number {
  let end = 0
  for (let i = 0; i < TRIED_LINES; i++) {
    const next = all.indexOf('\n', end) + 1
    if (next === 0) return 0
    end = next
    sh.sys.charge(end >> PARSE_SHIFT)
    if (!isIncomplete(all.slice(0, end))) return end
  }
  // A long construct: one look at the whole text instead of one at every line.
  sh.sys.charge(all.length >> PARSE_SHIFT)
  return isIncomplete(all) ? 0 : firstCommandEnd(all)
}

function consume(sh: Shell, text: string): void {
  if (text !== '') sh.sys.read(0, toBytes(text).length)
}

/** A script of the host's: its name may be anything, an option's too. */
function* hostScript(sys: ProcessSys, script: string, [name = 'bash', ...args]: readonly string[]): Run<number> {
  const sh = new Shell(sys)
  importEnvironment(sh)
  return yield* runText(sh, script, name, args)
}

export const bashMain: Main = (sys, argv) => {
  const own = processOf(sys)
  const { script } = own.proc
  own.proc.script = null
  if (script !== null) return hostScript(own, script, argv.slice(1))
  const inv = parseArguments(sys, argv)
  return typeof inv === 'number' ? inv : bash(own, argv, inv)
}
