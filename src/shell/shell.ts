// The state of one shell process, and what every part of the interpreter needs of it: variables, options, messages.
// Read first: DESIGN, "The shell". A subshell is a copy (fork); commands run in exec.ts.
import { LimitError } from '../lib/errors.ts'
import type { ProcessSys } from '../os/sys.ts'
import type { Signal } from '../uapi/program.ts'
import { ArithError, evaluate } from './arith.ts'
import { Discard, ShellExit } from './control.ts'
import { JobTable } from './jobs.ts'
import type { CommandNode, FunctionNode } from './parse.ts'
import { Source } from './parse.ts'
import { dynamicValue, setDynamic } from './special.ts'
import { nextIndex, ReadonlyError, scalar, setIndexed, Variables, valuesOf } from './vars.ts'

/** set -o names with their letters. */
export const OPTION_LETTERS: Readonly<Record<string, string>> = Object.freeze({
  a: 'allexport',
  B: 'braceexpand',
  C: 'noclobber',
  E: 'errtrace',
  T: 'functrace',
  b: 'notify',
  e: 'errexit',
  f: 'noglob',
  h: 'hashall',
  k: 'keyword',
  m: 'monitor',
  n: 'noexec',
  p: 'privileged',
  u: 'nounset',
  v: 'verbose',
  x: 'xtrace',
})

/** Options of set -o that have no letter. */
export const LONG_OPTIONS: readonly string[] = Object.freeze([
  'pipefail',
  'posix',
  'history',
  'ignoreeof',
  'nolog',
  'vi',
  'emacs',
])

/** shopt names that mean something here, with their defaults. */
export const SHOPT_DEFAULTS: Readonly<Record<string, boolean>> = Object.freeze({
  dotglob: false,
  expand_aliases: false,
  extglob: false,
  failglob: false,
  globstar: false,
  inherit_errexit: false,
  lastpipe: false,
  nocaseglob: false,
  nocasematch: false,
  nullglob: false,
  sourcepath: true,
  xpg_echo: false,
})

export interface FunctionDef {
  readonly node: FunctionNode
  readonly source: Source
}

export interface Frame {
  readonly name: string
  /** Line of the call, and the name of the file that holds the function. */
  readonly callLine: number
  readonly file: string
}

const MAX_DEPTH = 500
/** What a subshell costs, besides its arrays. */
const FORK_STEPS = 10

export class Shell {
  sys: ProcessSys
  vars = new Variables()
  functions = new Map<string, FunctionDef>()
  options = new Set<string>(['braceexpand', 'hashall'])
  shopts = new Map<string, boolean>(Object.entries(SHOPT_DEFAULTS))
  positional: string[] = []
  /** $0 */
  arg0 = 'bash'
  /** How it was started: decides messages and exit codes. */
  mode: 'file' | 'command' | 'stdin' | 'interactive' = 'file'
  status = 0
  pipeStatus: number[] = [0]
  lastBackground: number | null = null
  lastArgument = ''
  jobs = new JobTable()
  traps = new Map<string, string>()
  /** Signals that have arrived and wait for the next command boundary. */
  arrived: Signal[] = []
  inTrap = false
  source: Source
  line = 1
  frames: Frame[] = []
  loopDepth = 0
  sourceDepth = 0
  subshells = 0
  /** > 0 where set -e does not look: conditions, && and || lists, !. */
  lenient = 0
  /** Standard input is a pipe or a file that a compound command was given: what runs in the background keeps it. */
  ownStdin = false
  /** Status of the last command substitution of the current command; null when there was none. */
  substituted: number | null = null
  /** Descriptors of process substitutions, closed after their command. */
  substitutions: number[] = []
  traceDepth = 1
  secondsBase: number
  randomState: number
  directories: string[] = []
  /** Position inside a bundle of option letters (getopts). */
  optionOffset = 0
  /** $$: the shell's own pid, in subshells too. */
  shellPid: number
  exitTrapDone = false
  /** The last script text had a syntax error. */
  syntaxFailed = false
  /** The simple command that runs or ran last, for BASH_COMMAND. */
  command: CommandNode | null = null
  /** Set by exec: redirections and assignments of the command stay. */
  execKeeps = false
  /** Commands run, to give way to other processes now and then. */
  turns = 0

  constructor(sys: ProcessSys) {
    this.sys = sys
    this.source = new Source('', 'bash')
    this.secondsBase = sys.now()
    this.randomState = Math.floor(sys.random() * 0x7fffffff) + 1
    this.shellPid = sys.pid
  }

  /** The state of a subshell, as it is now; `attach` it to its process when that starts. */
  fork(keepJobs: boolean): Shell {
    const s = new Shell(this.sys)
    Object.assign(s, this)
    s.vars = this.vars.copy()
    s.functions = new Map(this.functions)
    s.options = new Set(this.options)
    s.shopts = new Map(this.shopts)
    s.positional = [...this.positional]
    s.frames = [...this.frames]
    s.directories = [...this.directories]
    s.jobs = this.jobs.forSubshell(keepJobs)
    s.arrived = []
    s.substitutions = []
    s.exitTrapDone = false
    // Traps are reset, except for ignored signals; they can still be listed.
    s.traps = new Map(
      [...this.traps].filter(([name, action]) => action === '' || (name === 'ERR' && this.options.has('errtrace'))),
    )
    s.subshells = this.subshells + 1
    this.sys.charge(FORK_STEPS + (s.vars.elements >> 3) + (s.positional.length >> 3) + (s.jobs.jobs.length >> 1))
    if (s.subshells > MAX_DEPTH) throw new LimitError('depth', MAX_DEPTH, `more than ${MAX_DEPTH} nested subshells`)
    return s
  }

  attach(sys: ProcessSys): void {
    this.sys = sys
    this.randomState = (this.randomState * 7 + sys.pid) % 0x7fffffff || 1
  }

  get interactive(): boolean {
    return this.mode === 'interactive'
  }

  // --- messages ------------------------------------------------------------------------------------------------

  /** "NAME: line N: ", as bash begins its messages. */
  get prefix(): string {
    if (this.interactive) return 'bash: '
    return `${this.errorName}: line ${this.line}: `
  }

  get errorName(): string {
    const frame = this.frames[this.frames.length - 1]
    return frame !== undefined && this.mode === 'command' && this.sourceDepth === 0 ? 'environment' : this.source.name
  }

  /** A message to standard error. */
  complain(message: string): void {
    this.sys.write(2, `${this.prefix}${message}\n`)
  }

  /** An error that drops the rest of the line (bad substitution, division by zero). */
  discard(message: string): never {
    this.complain(message)
    throw new Discard(1)
  }

  /** An error that ends a shell that is not interactive (unbound variable, ${x:?}). */
  fatal(message: string): never {
    this.complain(message)
    if (this.interactive) throw new Discard(1)
    throw new ShellExit(this.mode === 'command' ? 127 : 1)
  }

  enterDepth(): void {
    if (this.frames.length > MAX_DEPTH) {
      throw new LimitError('depth', MAX_DEPTH, `more than ${MAX_DEPTH} nested function calls`)
    }
  }

  option(name: string): boolean {
    return this.options.has(name)
  }

  shopt(name: string): boolean {
    return this.shopts.get(name) === true
  }

  // --- variables -----------------------------------------------------------------------------------------------

  /** The value of a plain parameter or variable; undefined when it is not set. */
  param(name: string): string | undefined {
    return dynamicValue(this, name) ?? this.vars.get(name)
  }

  /** IFS, with its default. */
  get ifs(): string {
    return this.vars.get('IFS') ?? ' \t\n'
  }

  /** Assign; a readonly variable discards the line. */
  assign(name: string, value: string, append = false): void {
    if (!append && setDynamic(this, name, value)) return
    try {
      const known = this.vars.lookup(name)
      let text = value
      if (known?.integer === true) {
        const before = append ? (scalar(known) ?? '0') : '0'
        text = String(BigInt.asIntN(64, (append ? this.arith(before) : 0n) + this.arith(value)))
        this.vars.set(name, text)
      } else {
        if (append) this.sys.hold((this.vars.get(name)?.length ?? 0) + value.length)
        this.vars.set(name, text, append)
      }
      if (this.option('allexport')) this.vars.ensure(name).exported = true
    } catch (e) {
      if (e instanceof ReadonlyError) this.discard(e.message)
      throw e
    }
    if (name === 'OPTIND') this.optionOffset = 0
  }

  /** Index text → where it leads in an array variable: a key, or a number (negative from the end). */
  elementKey(name: string, index: string): string | number {
    const v = this.vars.lookup(name)
    if (v !== undefined && v.assoc !== null) return index
    let i = Number(this.arith(index))
    if (i < 0) {
      i += v === undefined ? 0 : nextIndex(v)
      if (i < 0) throw new BadSubscript(`${name}[${index}]: bad array subscript`)
    }
    return i
  }

  element(name: string, index: string): string | undefined {
    const dynamic = this.dynamicList(name)
    if (dynamic !== null) return dynamic[Number(this.arith(index))]
    const v = this.vars.lookup(name)
    if (v === undefined) {
      this.elementKey(name, index)
      return undefined
    }
    let key: string | number
    try {
      key = this.elementKey(name, index)
    } catch (e) {
      if (!(e instanceof BadSubscript)) throw e
      this.complain(`${name}: bad array subscript`)
      return undefined
    }
    if (v.assoc !== null) return v.assoc.get(String(key))
    if (v.array !== null) return v.array.get(Number(key))
    return key === 0 ? (v.value ?? undefined) : undefined
  }

  setElement(name: string, index: string, value: string, append = false): void {
    const v = this.vars.ensure(name)
    if (v.readonly) this.discard(`${name}: readonly variable`)
    let key: string | number
    try {
      key = this.elementKey(name, index)
    } catch (e) {
      if (e instanceof BadSubscript) this.discard(e.message)
      throw e
    }
    if (v.assoc === null && v.array === null) {
      v.array = new Map(v.value === null ? [] : [[0, v.value]])
      v.value = null
    }
    const old = v.assoc !== null ? v.assoc.get(String(key)) : v.array!.get(Number(key))
    const text = v.integer
      ? String((append ? this.arith(old ?? '0') : 0n) + this.arith(value))
      : append
        ? (old ?? '') + value
        : value
    if (v.assoc !== null) v.assoc.set(String(key), text)
    else setIndexed(v.array!, Number(key), text)
  }

  /** All values of name[@]; null when there is no such variable. */
  list(name: string): string[] | null {
    const dynamic = this.dynamicList(name)
    if (dynamic !== null) return dynamic
    const v = this.vars.lookup(name)
    if (v === undefined) {
      const plain = dynamicValue(this, name)
      return plain === undefined ? null : [plain]
    }
    this.sys.charge(((v.array ?? v.assoc)?.size ?? 0) >> 3)
    return valuesOf(v)
  }

  private dynamicList(name: string): string[] | null {
    switch (name) {
      case 'PIPESTATUS':
        return this.pipeStatus.map(String)
      case 'FUNCNAME':
        return this.frames.length === 0 ? [] : [...this.frames.map((f) => f.name).reverse(), 'main']
      case 'BASH_LINENO':
        return [...this.frames.map((f) => String(f.callLine)).reverse(), '0']
      case 'BASH_SOURCE':
        return [...this.frames.map((f) => f.file).reverse(), ...(this.mode === 'file' ? [this.arg0] : [])]
      case 'DIRSTACK':
        return [this.sys.cwd(), ...this.directories]
      case 'BASH_VERSINFO':
        return ['5', '2', '15', '1', 'release', 'x86_64-pc-linux-gnu']
      default:
        return null
    }
  }

  // --- arithmetic ----------------------------------------------------------------------------------------------

  /** Evaluate expanded text; errors discard the line. `who` precedes the message ("((", "let"). */
  arith(text: string, who = ''): bigint {
    try {
      return this.arithOrThrow(text)
    } catch (e) {
      if (e instanceof ArithError) this.discard(`${who}${e.message}`)
      throw e
    }
  }

  arithOrThrow(text: string): bigint {
    this.sys.charge(text.length >> 5)
    return evaluate(text, {
      get: (name, index) => {
        const value = index === null ? this.param(name) : this.element(name, this.subscript(name, index))
        if (value === undefined && this.option('nounset')) this.fatal(`${name}: unbound variable`)
        return value ?? ''
      },
      // Values are expressions themselves: a short text may mean a long evaluation.
      nested: () => this.sys.charge(2),
      set: (name, index, value) => {
        if (index === null) this.assign(name, value)
        else this.setElement(name, this.subscript(name, index), value)
      },
    })
  }

  /** A subscript inside an expression: quotes around an associative array's key are taken off. */
  private subscript(name: string, index: string): string {
    return this.vars.lookup(name)?.assoc === null ? index : index.replace(/^(["'])(.*)\1$/s, '$2')
  }
}

export class BadSubscript extends Error {}
