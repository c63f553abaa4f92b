// test and [: by the number of arguments, as POSIX has it, then by precedence; and the primaries that [[ ]] shares.
import type { ProcessSys } from '../os/sys.ts'
import type { FileStat } from '../uapi/program.ts'
import type { Shell } from './shell.ts'

const UNARY = /^-[abcdefghknoprstuvwxzGLNORS]$/
const BINARY = /^(=|==|!=|<|>|-eq|-ne|-lt|-le|-gt|-ge|-nt|-ot|-ef)$/

/** A complaint, after "test: " or "[: ". */
export class TestError extends Error {}

type Stat = FileStat & { readonly mtime: number }

function statOf(sys: ProcessSys, path: string, follow = true): Stat | null {
  const r = follow ? sys.stat(path) : sys.lstat(path)
  return r.ok ? r.value : null
}

const TYPES: Readonly<Record<string, FileStat['type']>> = Object.freeze({
  '-f': 'file',
  '-d': 'directory',
  '-c': 'char',
  '-p': 'fifo',
  '-S': 'socket',
})

function fileTest(sys: ProcessSys, op: string, path: string): boolean {
  if (op === '-L' || op === '-h') return statOf(sys, path, false)?.type === 'symlink'
  const s = statOf(sys, path)
  if (s === null) return false
  switch (op) {
    case '-s':
      return s.size > 0
    case '-x':
      return s.type === 'directory' || (s.mode & 0o111) !== 0
    case '-u':
      return (s.mode & 0o4000) !== 0
    case '-g':
      return (s.mode & 0o2000) !== 0
    case '-k':
      return (s.mode & 0o1000) !== 0
    case '-b':
      return false
    case '-N':
      return true
    default:
      return TYPES[op] === undefined || s.type === TYPES[op]
  }
}

/** A unary primary; null when there is no such operator. */
export function unaryTest(sh: Shell, op: string, arg: string): boolean | null {
  switch (op) {
    case '-z':
      return arg === ''
    case '-n':
      return arg !== ''
    case '-t':
      return /^\d+$/.test(arg) && sh.sys.isatty(Number(arg))
    case '-o':
      return sh.option(arg)
    case '-v': {
      const m = /^(\w+)\[(.*)\]$/s.exec(arg)
      if (m === null) return sh.param(arg) !== undefined
      if (m[2] === '@' || m[2] === '*') return (sh.list(m[1]!) ?? []).length > 0
      return sh.element(m[1]!, m[2]!) !== undefined
    }
    case '-R':
      return sh.vars.raw(arg)?.nameref === true
    default:
      return UNARY.test(op) ? fileTest(sh.sys, op, arg) : null
  }
}

export function compareFiles(sh: Shell, a: string, op: string, b: string): boolean {
  const x = statOf(sh.sys, a)
  const y = statOf(sh.sys, b)
  if (op === '-ef') return x !== null && y !== null && x.inode === y.inode
  if (op === '-nt') return x !== null && (y === null || x.mtime > y.mtime)
  return y !== null && (x === null || x.mtime < y.mtime)
}

export function compareNumbers(a: bigint, op: string, b: bigint): boolean {
  switch (op) {
    case '-eq':
      return a === b
    case '-ne':
      return a !== b
    case '-lt':
      return a < b
    case '-le':
      return a <= b
    case '-gt':
      return a > b
    default:
      return a >= b
  }
}

function integer(text: string): bigint {
  const t = text.trim()
  if (!/^[+-]?\d+$/.test(t)) throw new TestError(`${text}: integer expression expected`)
  return BigInt(t.replace(/^\+/, ''))
}

function binaryTest(sh: Shell, a: string, op: string, b: string): boolean {
  switch (op) {
    case '=':
    case '==':
      return a === b
    case '!=':
      return a !== b
    case '<':
      return a < b
    case '>':
      return a > b
    case '-nt':
    case '-ot':
    case '-ef':
      return compareFiles(sh, a, op, b)
    default:
      return compareNumbers(integer(a), op, integer(b))
  }
}

/** The grammar for more than four arguments: ! binds tightest, then -a, then -o. */
class Parser {
  private readonly sh: Shell
  private readonly args: readonly string[]
  private pos = 0

  constructor(sh: Shell, args: readonly string[]) {
    this.sh = sh
    this.args = args
  }

  run(): boolean {
    const v = this.or()
    if (this.pos < this.args.length) throw new TestError('too many arguments')
    return v
  }

  private or(): boolean {
    let v = this.and()
    while (this.args[this.pos] === '-o') {
      this.pos++
      v = this.and() || v
    }
    return v
  }

  private and(): boolean {
    let v = this.term()
    while (this.args[this.pos] === '-a') {
      this.pos++
      v = this.term() && v
    }
    return v
  }

  private term(): boolean {
    const a = this.args[this.pos]
    if (a === undefined) throw new TestError('argument expected')
    if (a === '!') {
      this.pos++
      return !this.term()
    }
    if (a === '(') {
      this.pos++
      const v = this.or()
      if (this.args[this.pos++] !== ')') throw new TestError("`)' expected")
      return v
    }
    const op = this.args[this.pos + 1]
    if (op !== undefined && BINARY.test(op) && this.pos + 2 < this.args.length) {
      this.pos += 3
      return binaryTest(this.sh, a, op, this.args[this.pos - 1]!)
    }
    if (UNARY.test(a) && op !== undefined) {
      this.pos += 2
      return unaryTest(this.sh, a, op) === true
    }
    this.pos++
    return a !== ''
  }
}

function two(sh: Shell, a: string, b: string): boolean {
  if (a === '!') return b === ''
  const r = unaryTest(sh, a, b)
  if (r === null) throw new TestError(`${a}: unary operator expected`)
  return r
}

function three(sh: Shell, a: string, op: string, b: string): boolean {
  if (BINARY.test(op)) return binaryTest(sh, a, op, b)
  if (op === '-a') return a !== '' && b !== ''
  if (op === '-o') return a !== '' || b !== ''
  if (a === '!') return !two(sh, op, b)
  if (a === '(' && b === ')') return op !== ''
  throw new TestError(`${op}: binary operator expected`)
}

/** test's truth; throws TestError. */
export function testArguments(sh: Shell, args: readonly string[]): boolean {
  const [a, b, c, d] = args as readonly [string, string, string, string]
  switch (args.length) {
    case 0:
      return false
    case 1:
      return a !== ''
    case 2:
      return two(sh, a, b)
    case 3:
      return three(sh, a, b, c)
    case 4:
      if (a === '!') return !three(sh, b, c, d)
      if (a === '(' && d === ')') return two(sh, b, c)
      return new Parser(sh, args).run()
    default:
      return new Parser(sh, args).run()
  }
}
