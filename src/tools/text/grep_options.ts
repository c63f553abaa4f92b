// The command line of grep(1), GNU grep 3.8. Read first: grep.ts.
// Refused by name: -D, -R, --exclude-from, --color=always, and patterns of -P that JS reads otherwise.
import { strerror } from '../../lib/errno.ts'
import { fail, type Sys } from '../../uapi/program.ts'
import { getopt, type LongOption } from '../lib/getopt.ts'
import { notModelled } from '../lib/refuse.ts'
import { bytesOf } from './bytestring.ts'

export interface GrepOptions {
  readonly prog: string
  readonly matcher: 'G' | 'E' | 'F' | 'P'
  readonly patterns: readonly string[]
  readonly files: readonly string[]
  readonly icase: boolean
  readonly invert: boolean
  readonly word: boolean
  readonly line: boolean
  readonly show: 'lines' | 'count' | 'with' | 'without' | 'nothing'
  readonly only: boolean
  readonly numbers: boolean
  readonly offsets: boolean
  readonly names: boolean | null
  readonly silent: boolean
  readonly max: number
  readonly before: number
  readonly after: number
  readonly groupSeparator: string | null
  readonly binary: 'binary' | 'text' | 'without-match'
  readonly recursive: boolean
  readonly skipDirectories: boolean
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly excludeDir: readonly string[]
  readonly lineBuffered: boolean
  readonly tab: boolean
  readonly nul: boolean
  readonly nulData: boolean
  readonly label: string
}

const SHORT = '0123456789A:B:C:D:EFGHILPTUVX:abcd:e:f:hiLlm:noqRrsuvwxyZz'
const n = (name: string, opt: string): LongOption => ({ name, arg: 'none', opt })
const r = (name: string, opt: string): LongOption => ({ name, arg: 'required', opt })
const LONG: readonly LongOption[] = Object.freeze([
  n('basic-regexp', 'G'),
  n('extended-regexp', 'E'),
  n('fixed-strings', 'F'),
  n('perl-regexp', 'P'),
  r('after-context', 'A'),
  r('before-context', 'B'),
  r('context', 'C'),
  n('byte-offset', 'b'),
  n('count', 'c'),
  { name: 'color', arg: 'optional', opt: 'color' },
  { name: 'colour', arg: 'optional', opt: 'color' },
  r('directories', 'd'),
  r('devices', 'D'),
  r('regexp', 'e'),
  r('file', 'f'),
  n('with-filename', 'H'),
  n('no-filename', 'h'),
  n('ignore-case', 'i'),
  n('no-ignore-case', 'I-'),
  n('files-without-match', 'L'),
  n('files-with-matches', 'l'),
  r('max-count', 'm'),
  n('line-number', 'n'),
  n('only-matching', 'o'),
  n('quiet', 'q'),
  n('silent', 'q'),
  n('recursive', 'r'),
  n('dereference-recursive', 'R'),
  n('no-messages', 's'),
  n('invert-match', 'v'),
  n('word-regexp', 'w'),
  n('line-regexp', 'x'),
  n('null', 'Z'),
  n('null-data', 'z'),
  n('text', 'a'),
  r('binary-files', 'binary'),
  r('include', 'include'),
  r('exclude', 'exclude'),
  r('exclude-from', 'exclude-from'),
  r('exclude-dir', 'exclude-dir'),
  n('line-buffered', 'line-buffered'),
  n('initial-tab', 'T'),
  r('label', 'label'),
  r('group-separator', 'group'),
  n('no-group-separator', 'no-group'),
  n('binary', 'U'),
  n('version', 'V'),
  n('help', 'help'),
])

const USAGE = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n"
const UNMODELLED: Readonly<Record<string, string>> = Object.freeze({
  D: '-D',
  R: '-R',
  X: '-X',
  'exclude-from': '--exclude-from',
  V: '--version',
  help: '--help',
})

type Mutable = { -readonly [K in keyof Omit<GrepOptions, 'matcher'>]: GrepOptions[K] } & {
  matcher: GrepOptions['matcher'] | null
}
type Step = { readonly error: string; readonly code?: number } | null

function initial(prog: string, matcher: 'E' | 'F' | null): Mutable {
  return {
    prog,
    matcher,
    patterns: [],
    files: [],
    icase: false,
    invert: false,
    word: false,
    line: false,
    show: 'lines',
    only: false,
    numbers: false,
    offsets: false,
    names: null,
    silent: false,
    max: Number.POSITIVE_INFINITY,
    before: -1,
    after: -1,
    groupSeparator: '--',
    binary: 'binary',
    recursive: false,
    skipDirectories: false,
    include: [],
    exclude: [],
    excludeDir: [],
    lineBuffered: false,
    tab: false,
    nul: false,
    nulData: false,
    label: '(standard input)',
  }
}

/** The options, or the exit code after the error was reported. */
export function parseGrep(sys: Sys, argv: readonly string[], matcher: 'E' | 'F' | null): GrepOptions | number {
  const parsed = getopt(['grep', ...argv.slice(1)], SHORT, LONG)
  const o = initial('grep', matcher)
  let explicit = false
  let digits = ''
  const context = { A: -1, B: -1, C: -1 }
  for (const item of parsed.items) {
    if (item.error !== null) return fail(sys, item.error + USAGE, 2)
    const { opt } = item
    const arg = item.arg ?? ''
    if (/^\d$/.test(opt)) {
      digits += opt
      context.C = Number(digits)
      continue
    }
    digits = ''
    if (opt === 'A' || opt === 'B' || opt === 'C') {
      if (!/^\d+$/.test(arg)) return fail(sys, `grep: ${arg}: invalid context length argument\n`, 2)
      context[opt] = Number(arg)
    } else if (opt === 'e' || opt === 'f') {
      const text = opt === 'e' ? bytesOf(arg) : readPatterns(sys, arg)
      if (text === null) return 2
      o.patterns = [...o.patterns, ...text.split('\n')]
      explicit = true
    } else {
      const step = apply(o, opt, arg)
      if (step !== null) return fail(sys, step.error, step.code ?? 2)
    }
  }
  o.before = context.B >= 0 ? context.B : context.C
  o.after = context.A >= 0 ? context.A : context.C
  const rest = [...parsed.rest]
  if (!explicit) {
    const pattern = rest.shift()
    if (pattern === undefined) return fail(sys, USAGE, 2)
    o.patterns = bytesOf(pattern).split('\n')
  }
  o.files = rest
  if (o.names === null && (rest.length > 1 || o.recursive)) o.names = rest.length !== 1 || !isFile(sys, rest[0]!)
  return { ...o, matcher: o.matcher ?? 'G' }
}

function isFile(sys: Sys, name: string): boolean {
  const s = sys.stat(name)
  return !s.ok || s.value.type !== 'directory'
}

/** -f: a last newline does not make one more pattern; an empty file has none. */
function readPatterns(sys: Sys, name: string): string | null {
  const file = sys.readFile(name === '-' ? '/dev/stdin' : name)
  if (!file.ok) {
    sys.write(2, `grep: ${name}: ${strerror(file.errno)}\n`)
    return null
  }
  // No pattern at all matches nothing: a class without members.
  return file.value === '' ? '[^\0-\xff]' : bytesOf(file.value).replace(/\n$/, '')
}

/** One option without a pattern or a context. */
function apply(o: Mutable, opt: string, arg: string): Step {
  if (Object.hasOwn(UNMODELLED, opt)) return { error: notModelled('grep', `option ${UNMODELLED[opt]}`) }
  switch (opt) {
    case 'G':
    case 'E':
    case 'F':
    case 'P':
      if (o.matcher !== null && o.matcher !== opt) return { error: 'grep: conflicting matchers specified\n' }
      o.matcher = opt
      return null
    case 'i':
    case 'y':
      o.icase = true
      return null
    case 'I-':
      o.icase = false
      return null
    case 'v':
      o.invert = true
      return null
    case 'w':
      o.word = true
      return null
    case 'x':
      o.line = true
      return null
    case 'o':
      o.only = true
      return null
    case 'n':
      o.numbers = true
      return null
    case 'b':
      o.offsets = true
      return null
    case 'T':
      o.tab = true
      return null
    case 'Z':
      o.nul = true
      return null
    case 'z':
      o.nulData = true
      return null
    case 's':
      o.silent = true
      return null
    case 'H':
      o.names = true
      return null
    case 'h':
      o.names = false
      return null
    case 'r':
      o.recursive = true
      return null
    case 'a':
      o.binary = 'text'
      return null
    case 'I':
      o.binary = 'without-match'
      return null
    case 'u':
    case 'U':
      return null
    case 'label':
      o.label = bytesOf(arg)
      return null
    case 'line-buffered':
      o.lineBuffered = true
      return null
    case 'group':
      o.groupSeparator = bytesOf(arg)
      return null
    case 'no-group':
      o.groupSeparator = null
      return null
    case 'include':
      o.include = [...o.include, arg]
      return null
    case 'exclude':
      o.exclude = [...o.exclude, arg]
      return null
    case 'exclude-dir':
      o.excludeDir = [...o.excludeDir, arg.replace(/\/+$/, '')]
      return null
    default:
      return applyMode(o, opt, arg)
  }
}

function applyMode(o: Mutable, opt: string, arg: string): Step {
  const set = (show: GrepOptions['show']): Step => {
    if (o.show !== 'nothing') o.show = show
    return null
  }
  if (opt === 'c') return o.show === 'with' || o.show === 'without' ? null : set('count')
  if (opt === 'l') return set('with')
  if (opt === 'L') return set('without')
  if (opt === 'q') return set('nothing')
  if (opt === 'm') {
    if (!/^-?\d+$/.test(arg)) return { error: 'grep: invalid max count\n' }
    o.max = arg.startsWith('-') ? Number.POSITIVE_INFINITY : Number(arg)
  } else if (opt === 'd') {
    if (!['read', 'recurse', 'skip'].includes(arg)) {
      return {
        error: `grep: invalid argument '${arg}' for '--directories'\nValid arguments are:\n  - 'read'\n  - 'recurse'\n  - 'skip'\n${USAGE}`,
        code: 1,
      }
    }
    o.recursive = arg === 'recurse'
    o.skipDirectories = arg === 'skip'
  } else if (opt === 'binary') {
    if (arg !== 'binary' && arg !== 'text' && arg !== 'without-match')
      return { error: 'grep: unknown binary-files type\n' }
    o.binary = arg
  } else if (opt === 'color' && !['never', 'no', 'none', 'auto', 'tty', 'if-tty', ''].includes(arg)) {
    return { error: notModelled('grep', `--color=${arg}`) }
  }
  return null
}
