// awk(1) as Debian has it: mawk 1.3.4 20200120. -F -v -f --; -W version, -W interactive.
// Read first: awk/parse.ts, awk/run.ts. mawk's ways are kept: no intervals in regular expressions, no gensub, bytes not
// characters, integers print as such up to 2^31-1. Refused by name: the other -W options.
import { strerror } from '../../lib/errno.ts'
import { fail, type MainResult, type Sys } from '../../uapi/program.ts'
import { notModelled } from '../lib/refuse.ts'
import { AwkSyntax, awkString, lex, type Token } from './awk/lex.ts'
import { Parser } from './awk/parse.ts'
import { AwkRun } from './awk/run.ts'
import { State } from './awk/state.ts'
import { Environment, Input } from './awk/value.ts'
import { bytesOf, textFrom } from './bytestring.ts'

const USAGE = `Usage: mawk [Options] [Program] [file ...]

Program:
    The -f option value is the name of a file containing program text.
    If no -f option is given, a "--" ends option processing; the following
    parameters are the program text.

Options:
    -f program-file  Program  text is read from file instead of from the
                     command-line.  Multiple -f options are accepted.
    -F value         sets the field separator, FS, to value.
    -v var=value     assigns value to program variable var.
    --               unambiguous end of options.

    Implementation-specific options are prefixed with "-W".  They can be
    abbreviated:

    -W version       show version information and exit.
    -W dump          show assembler-like listing of program and exit.
    -W help          show this message and exit.
    -W interactive   set unbuffered output, line-buffered input.
    -W exec file     use file as program as well as last option.
    -W random=number set initial random seed.
    -W sprintf=number adjust size of sprintf buffer.
    -W posix_space   do not consider "\\n" a space.
    -W usage         show this message and exit.
`

const VERSION = `mawk 1.3.4 20200120
Copyright 2008-2019,2020, Thomas E. Dickey
Copyright 1991-1996,2014, Michael D. Brennan

`

const LIMITS = `random-funcs:       srandom/random
regex-funcs:        internal
compiled limits:
sprintf buffer      8192
maximum-integer     2147483647
`

interface Line {
  readonly fs: string | null
  readonly assignments: readonly (readonly [string, string])[]
  readonly programs: readonly string[]
  readonly rest: readonly string[]
}

/** The options, or the exit code after an error or a text. */
function parseLine(sys: Sys, prog: string, argv: readonly string[]): Line | number {
  const say = (text: string): number => fail(sys, `${prog}: ${text}\n`, 2)
  let fs: string | null = null
  const assignments: (readonly [string, string])[] = []
  const programs: string[] = []
  let i = 1
  for (; i < argv.length; i++) {
    const word = argv[i]!
    if (word === '--') {
      i++
      break
    }
    if (!word.startsWith('-') || word === '-') break
    const letter = word[1]!
    if (!'FvfW'.includes(letter)) return say(`not an option: ${word}`)
    const value = word.length > 2 ? word.slice(2) : argv[++i]
    if (value === undefined) return say(`option ${word} lacks argument`)
    if (letter === 'F') fs = value
    else if (letter === 'f') programs.push(value)
    else if (letter === 'v') {
      const m = /^([A-Za-z_]\w*)=(.*)$/s.exec(value)
      if (m === null) return say(`improper assignment: -v ${value}`)
      assignments.push([m[1]!, m[2]!])
    } else if (/^v/i.test(value)) {
      sys.write(1, VERSION)
      return fail(sys, LIMITS, 0)
    } else if (/^[hu]/i.test(value)) return fail(sys, USAGE, 0)
    else if (!/^i/i.test(value)) return fail(sys, notModelled(prog, `option -W ${value}`), 2)
  }
  return { fs, assignments, programs, rest: argv.slice(i) }
}

export function awk(sys: Sys, argv: readonly string[]): MainResult {
  const prog = (argv[0] ?? 'awk').replace(/^.*\//, '')
  const line = parseLine(sys, prog, argv)
  if (typeof line === 'number') return line
  const operands = [...line.rest]
  const st = new State(Math.floor(sys.random() * 2147483647), sys)
  try {
    const tokens: Token[] = []
    let where = ''
    for (const name of line.programs) {
      const file = sys.readFile(name === '-' ? '/dev/stdin' : name)
      if (!file.ok) return fail(sys, `${prog}: cannot open ${name} (${strerror(file.errno)})\n`, 2)
      where = `${name}: `
      if (tokens.length > 0) tokens.pop()
      tokens.push(...lex(bytesOf(file.value), where))
    }
    if (line.programs.length === 0) {
      const text = operands.shift()
      if (text === undefined)
        return fail(sys, argv.length < 2 ? USAGE : `${prog}: no program\n`, argv.length < 2 ? 0 : 2)
      tokens.push(...lex(bytesOf(text)))
    }
    const program = new Parser(tokens, where, sys).parse()
    if (line.fs !== null) st.setGlobal('FS', awkString(bytesOf(line.fs)))
    for (const [name, value] of line.assignments) st.setGlobal(name, new Input(awkString(bytesOf(value))))
    st.global('ENVIRON').array = new Environment((name) => {
      const value = sys.env(textFrom(name))
      return value === undefined ? undefined : bytesOf(value)
    })
    const { map } = st.global('ARGV').asArray()
    for (const [i, a] of [prog, ...operands].entries()) map.set(String(i), new Input(bytesOf(a)))
    st.setGlobal('ARGC', operands.length + 1)
    return new AwkRun(sys, prog, program, st).run()
  } catch (e) {
    if (!(e instanceof AwkSyntax)) throw e
    sys.write(2, `${prog}: ${textFrom(e.message)}\n`)
    return 2
  }
}
