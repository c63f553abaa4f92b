// iptables-restore: tables from a file or stdin, each replaced as a whole at its COMMIT.
// Read first: ip46tables_restore_main (iptables/iptables-restore.c); iptables.ts, words.ts.
import { strerror } from '../../lib/errno.ts'
import type { Wait } from '../../uapi/program.ts'
import { ToolExit } from '../lib/exit.ts'
import { runCommand, takeLock } from './command.ts'
import { createChain, deleteChain, flushChain, setPolicy } from './edit.ts'
import { otherProblem, problem, VERSION } from './exit.ts'
import { Args } from './getopt.ts'
import { Handle } from './handle.ts'
import { helpText } from './help.ts'
import { parseNow, parseWaiting } from './iptables.ts'
import { LineReader } from './lines.ts'
import { RESTORE_OPTIONS } from './options.ts'
import type { Parsed } from './parsed.ts'
import { program, type Session } from './session.ts'
import { iptcStrerror } from './strerror.ts'
import { parseWait, parseWaitInterval } from './wait.ts'
import { blankWords, splitLine } from './words.ts'

interface Options {
  counters: boolean
  verbose: number
  testing: boolean
  noflush: boolean
  table: string | null
  files: readonly string[]
}

function usage(prog: string): string {
  const options = ['--counters', '--verbose', '--version', '--test', '--help', '--noflush']
  const tail = ['--wait=<seconds>', '--table=<TABLE> ]', '--modprobe=<command> ]']
  const lines = [...options.map((o) => (o === '--version' ? `${o}]` : `${o} ]`)), ...tail].map((o) => `\t   [ ${o}\n`)
  const short = '[-c] [-v] [-V] [-t] [-h] [-n] [-w secs] [-W usecs] [-T table] [-M command] [file]'
  return `Usage: ${prog} ${short}\n${lines.join('')}`
}

/** The command line; a number ends the program. */
function readOptions(s: Session, argv: readonly string[]): Options | number {
  const args = new Args(argv, RESTORE_OPTIONS, s.index)
  const o: Options = { counters: false, verbose: 0, testing: false, noflush: false, table: null, files: args.rest }
  let wait = 0
  let intervalSet = false
  for (let letter = args.next(); letter !== null; letter = args.next()) {
    if (letter === 'b') s.error('-b/--binary option is not implemented\n')
    else if (letter === 'c') o.counters = true
    else if (letter === 'v') o.verbose++
    else if (letter === 't') o.testing = true
    else if (letter === 'n') o.noflush = true
    else if (letter === 'T') o.table = args.arg
    else if (letter === 'w') wait = parseWait(args)
    else if (letter === 'W') {
      parseWaitInterval(args, s)
      intervalSet = true
    } else if (letter === 'V') {
      s.print(`${s.prog} v${VERSION} (legacy)\n`)
      return 0
    } else if (letter === 'h') {
      s.error(usage(s.prog))
      return 0
    } else if (letter !== 'M') {
      s.error(`${argv[0]}: ${args.complaint}Try \`${s.prog} -h' for more information.\n`)
      return 1
    }
  }
  o.files = [...args.rest, ...argv.slice(args.at)]
  if (o.files.length > 1) s.error('Unknown arguments found on commandline\n')
  else if (intervalSet && wait === 0) s.error('Option --wait-interval requires option --wait\n')
  else return o
  return 1
}

export const iptablesRestore = program('iptables-restore', function* (s, argv) {
  s.line = 0
  const o = readOptions(s, argv)
  if (typeof o === 'number') return o
  let fd = 0
  if (o.files.length === 1) {
    const opened = s.sys.open(o.files[0]!, 'read')
    if (!opened.ok) throw new ToolExit(`Can't open ${o.files[0]}: ${strerror(opened.errno)}\n`, 1)
    fd = opened.value
  }
  return yield* new Restore(s, o, argv[0] ?? s.prog).run(new LineReader(s.sys, fd))
})

/** Where argv of a line has the table's name. */
const TABLE_ARG = 2

class Restore {
  private readonly s: Session
  private readonly o: Options
  private handle: Handle | null = null
  private inTable = false
  private current = ''
  /** argv of a rule line: one array for all of them, as add_argv has it. What stands before a line's own words is there already. */
  private readonly argv: string[]
  private readonly own: number

  constructor(s: Session, o: Options, name: string) {
    this.s = s
    this.o = o
    this.argv = [name, '-t', '', ...new Array<string>(o.noflush ? 0 : o.verbose).fill('-v')]
    this.own = this.argv.length
  }

  *run(lines: LineReader): Generator<Wait, number, void> {
    const { s, o } = this
    for (;;) {
      const line = lines.take() ?? (yield* lines.wait())
      if (line === null) break
      s.line++
      if (line === '\n') continue
      if (line[0] === '#') {
        if (o.verbose > 0) s.print(line)
        continue
      }
      let ok = this.structure(line) ?? (this.inTable && this.rule(line))
      if (typeof ok !== 'boolean') ok = yield* ok
      if (ok || (o.table !== null && o.table !== this.current)) continue
      s.error(`${s.prog}: line ${s.line} failed\n`)
      return 1
    }
    if (!this.inTable) return 0
    s.error(`${s.prog}: COMMIT expected at line ${s.line + 1}\n`)
    return 1
  }

  /** COMMIT, *table and :chain; null when it is none of them. */
  private structure(line: string): boolean | null {
    if (!this.inTable) return line[0] === '*' ? this.table(line) : null
    if (line === 'COMMIT\n') {
      this.inTable = false
      return this.o.testing || this.handle!.commit()
    }
    return line[0] === ':' ? this.chain(line) : null
  }

  private table(line: string): boolean {
    const { s, o } = this
    takeLock(s)
    const name = blankWords(line, 1)[0] ?? problem(`${s.prog}: line ${s.line} table name invalid`)
    this.current = name.slice(0, 32)
    if (o.table !== null && o.table !== name) return true
    const handle = Handle.open(s.sys, name)
    if (typeof handle === 'string') problem(`${s.prog}: unable to initialize table '${name}'`)
    this.handle = handle
    if (!o.noflush) this.clear(handle)
    this.inTable = true
    return true
  }

  private clear(h: Handle): void {
    const { s, o } = this
    if (o.verbose === 0) {
      h.clear()
      return
    }
    for (const { name } of h.chains()) {
      s.print(`Flushing chain \`${name}'\n`)
      flushChain(h, name)
    }
    for (const { name, policy } of h.chains()) {
      if (policy !== null) continue
      s.print(`Deleting chain \`${name}'\n`)
      deleteChain(h, name)
    }
  }

  /** :NAME POLICY [PACKETS:BYTES] */
  private chain(line: string): true {
    const { s, o } = this
    const h = this.handle!
    const [name, policy, text] = blankWords(line, 1)
    if (name === undefined) problem(`${s.prog}: line ${s.line} chain name invalid`)
    if (name.length >= 29) problem(`Invalid chain name \`${name}' (28 chars max)`)
    if (!h.isBuiltin(name)) {
      if (o.noflush && h.find(name) !== undefined) flushChain(h, name)
      else if (!createChain(h, name)) problem(`error creating chain '${name}':${strerror(h.errno)}`)
    }
    if (policy === undefined) problem(`${s.prog}: line ${s.line} policy invalid`)
    if (policy === '-') return true
    const counters = o.counters ? policyCounters(name, text) : { packets: 0, bytes: 0 }
    if (!setPolicy(h, name, policy, counters)) {
      const why = iptcStrerror(h.fn, h.errno)
      otherProblem(`Can't set policy \`${policy}' on \`${name}' line ${s.line}: ${why}`)
    }
    return true
  }

  /** A command; what has to wait (for names) does so in a generator. */
  private rule(line: string): boolean | Generator<Wait, boolean, void> {
    const { s } = this
    const words = this.words(line)
    const parsed = parseNow(s, words, { table: this.current })
    return typeof parsed === 'string' ? this.slowRule(words) : this.carryOut(parsed)
  }

  private *slowRule(words: readonly string[]): Generator<Wait, boolean, void> {
    const result = this.carryOut(yield* parseWaiting(this.s, words, { table: this.current }))
    return typeof result === 'boolean' ? result : yield* result
  }

  private carryOut(parsed: Parsed): boolean | Generator<Wait, boolean, void> {
    const { s } = this
    switch (parsed.kind) {
      case 'ignored':
        return true
      case 'command': {
        const result = runCommand(s, this.handle!, parsed.command)
        s.flush()
        return result
      }
      default:
        s.print(parsed.kind === 'version' ? parsed.text : helpText(s.prog, parsed.command))
        throw new ToolExit('', 0)
    }
  }

  /** argv of the line. */
  private words(line: string): readonly string[] {
    const { s, o } = this
    const words = this.argv
    words.length = this.own
    words[TABLE_ARG] = this.current
    let start = 0
    if (line[0] === '[') {
      const close = line.indexOf(']')
      if (close < 0) problem(`Bad line ${s.line}: need ]`)
      const [packets, bytes] = lineCounters(line.slice(1), s.line)
      if (o.counters) words.push('--set-counters', packets, bytes)
      start = close + 1
    }
    splitLine(line, start, words)
    return words
  }
}

/** parse_counters */
function policyCounters(chain: string, text: string | undefined): { packets: number; bytes: number } {
  const m = /^\[\s*([+-]?\d+):\s*([+-]?\d+)/.exec(text ?? '')
  if (m === null) problem(`invalid policy counters for chain '${chain}'`)
  return { packets: Number(m[1]), bytes: Number(m[2]) }
}

/** tokenize_rule_counters: strtok by ":" and then by "]". */
function lineCounters(text: string, line: number): readonly [string, string] {
  const [, packets, rest] = /^:*([^:]+):?(.*)$/s.exec(text) ?? problem(`Bad line ${line}: need :`)
  const bytes = /^\]*([^\]]+)/.exec(rest!)?.[1] ?? problem(`Bad line ${line}: need ]`)
  return [packets!, bytes]
}
