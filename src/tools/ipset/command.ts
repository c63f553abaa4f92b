// The command line as ipset takes it apart: environment options anywhere, then a command by any beginning of its name
// (ipset_envopts, ipset_commands of lib/ipset.c).
import { failed, notModelled, problem } from './exit.ts'
import type { OutputMode } from './print.ts'

export type CommandName =
  | 'create'
  | 'add'
  | 'del'
  | 'test'
  | 'destroy'
  | 'list'
  | 'save'
  | 'restore'
  | 'flush'
  | 'rename'
  | 'swap'
  | 'help'
  | 'version'
  | 'quit'

interface Command {
  readonly names: readonly [CommandName, ...string[]]
  /** Words that it has to have, or may have (-1). */
  readonly words: -1 | 0 | 2
}

/** In the order in which beginnings are tried. */
const COMMANDS: readonly Command[] = Object.freeze([
  { names: ['create', 'new', '-N'], words: 2 },
  { names: ['add', '-A'], words: 2 },
  { names: ['del', '-D'], words: 2 },
  { names: ['test', '-T'], words: 2 },
  { names: ['destroy', 'x', '-X'], words: -1 },
  { names: ['list', '-L'], words: -1 },
  { names: ['save', '-S'], words: -1 },
  { names: ['restore', '-R'], words: 0 },
  { names: ['flush', '-F'], words: -1 },
  { names: ['rename', 'e', '-E'], words: 2 },
  { names: ['swap', 'w', '-W'], words: 2 },
  { names: ['help', '-h', '-H'], words: -1 },
  { names: ['version', '-v', '-V'], words: 0 },
  { names: ['quit'], words: 0 },
])

/** What the options of a run say; in a file they stay for the lines that follow. */
export interface Environment {
  output: OutputMode | null
  sorted: boolean
  quiet: boolean
  exist: boolean
  names: boolean
  terse: boolean
  file: string | null
}

export interface Line {
  readonly command: CommandName
  /** Words of the command itself, then those behind them. */
  readonly args: readonly string[]
  readonly rest: readonly string[]
}

/** ipset_match_envopt: two dashes are one. */
function isOption(word: string, short: string, long: string): boolean {
  const name = word.startsWith('--') ? word.slice(1) : word
  return name === short || name === long
}

const FLAGS = Object.freeze([
  ['-s', '-sorted', 'sorted'],
  ['-q', '-quiet', 'quiet'],
  ['-!', '-exist', 'exist'],
  ['-n', '-name', 'names'],
  ['-t', '-terse', 'terse'],
] as const)

function setOutput(env: Environment, line: number, mode: string): void {
  if (mode !== 'plain' && mode !== 'save' && mode !== 'xml') failed(line, `Syntax error: unknown output mode '${mode}'`)
  env.output = mode
}

/** Options first: they may stand anywhere. What is left is the command. */
function takeOptions(words: readonly string[], env: Environment, line: number): string[] {
  const rest: string[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    const flag = FLAGS.find(([short, long]) => isOption(word, short, long))
    if (flag !== undefined) env[flag[2]] = true
    else if (isOption(word, '-r', '-resolve')) notModelled('option -resolve')
    else if (isOption(word, '-o', '-output') || isOption(word, '-f', '-file')) {
      const short = isOption(word, '-o', '-output') ? '-o' : '-f'
      const value = words[++i] ?? problem(`Missing mandatory argument to option ${short}`)
      if (short === '-o') setOutput(env, line, value)
      else if (env.file !== null) problem('-file option cannot be used when full io is activated')
      else env.file = value
    } else rest.push(word)
  }
  return rest
}

/** ipset_match_cmd: any beginning of a name will do. */
export function findCommand(word: string): Command | null {
  const text = word.startsWith('--') ? word.slice(2) : word
  if (text === '' || text === '-') return null
  return COMMANDS.find((c) => c.names.some((n) => n.startsWith(text))) ?? null
}

export function readLine(words: readonly string[], env: Environment, line: number): Line {
  const rest = takeOptions(words, env, line)
  const [first, ...behind] = rest
  if (first === '-') notModelled('the interactive mode')
  if (first === undefined) problem('No command specified.')
  const command = findCommand(first) ?? problem(`No command specified: unknown argument ${first}`)
  const name = command.names[0]
  if (line !== 0 && (name === 'restore' || name === 'version' || name === 'help'))
    problem(`Command \`${name}' is invalid in restore mode.`)
  if (command.words === 2 && behind.length === 0) problem(`Missing mandatory argument to command ${name}`)
  if (command.words === 2 && behind.length === 1) problem(`Missing second mandatory argument to command ${name}`)
  const own = command.words === -1 ? Math.min(1, behind.length) : command.words
  return { command: name, args: behind.slice(0, own), rest: behind.slice(own) }
}
