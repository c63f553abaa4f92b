// The translation of POSIX basic and extended regular expressions to JS source: one recursive descent over the pattern.
// Read first: regex(7). Leaves out collating elements of more than one character ([.hyphen.]).
import { type ByteSet, classMembers, setOf, setSource } from './charclass.ts'
import { sedEscape } from './sed_text.ts'

export interface RegexOptions {
  readonly syntax: 'basic' | 'extended'
  /** Whose errors and leniencies: grep reads a misplaced operator as text, sed does not, awk has no intervals or back-references. */
  readonly dialect: 'grep' | 'sed' | 'awk'
  readonly icase?: boolean
  /** ^ and $ also match at newlines (sed's M). */
  readonly multiline?: boolean
}

export interface ParsedRegex {
  readonly source: string
  readonly groups: number
  readonly ambiguous: boolean
  readonly warnings: readonly string[]
}

/** A piece of the translation; `first` is the set of bytes it must begin with, null when it may be empty. */
interface Piece {
  readonly source: string
  readonly first: ByteSet | null
  readonly kind: 'one' | 'group' | 'assertion' | 'repeated'
}

interface State {
  readonly text: string
  readonly o: RegexOptions
  at: number
  depth: number
  groups: number
  readonly closed: Set<number>
  ambiguous: boolean
  readonly warnings: string[]
}

class RegexError extends Error {}

function bad(text: string): never {
  throw new RegexError(text)
}

const WORD = '[A-Za-z0-9_]'
const AWK_ESCAPES: Readonly<Record<string, string>> = Object.freeze({
  n: '\n',
  t: '\t',
  f: '\f',
  v: '\v',
  r: '\r',
  b: '\b',
  a: '\x07',
})

export function parseRegex(text: string, o: RegexOptions): ParsedRegex | { readonly error: string } {
  const s: State = { text, o, at: 0, depth: 0, groups: 0, closed: new Set(), ambiguous: false, warnings: [] }
  try {
    const p = alternatives(s)
    return { source: p.source, groups: s.groups, ambiguous: s.ambiguous, warnings: s.warnings }
  } catch (e) {
    if (e instanceof RegexError) return { error: e.message }
    throw e
  }
}

/** Is the operator `op` here? In basic syntax it is written with a backslash. */
function isOperator(s: State, op: string): boolean {
  if (s.o.syntax === 'extended') return s.text[s.at] === op
  return s.text[s.at] === '\\' && s.text[s.at + 1] === op
}

function skipOperator(s: State): void {
  s.at += s.o.syntax === 'extended' ? 1 : 2
}

function disjoint(sets: readonly (ByteSet | null)[]): boolean {
  const seen = new Array<boolean>(256).fill(false)
  for (const set of sets) {
    if (set === null) return false
    for (let i = 0; i < 256; i++) {
      if (set[i] !== true) continue
      if (seen[i] === true) return false
      seen[i] = true
    }
  }
  return true
}

function alternatives(s: State): Piece {
  const branches: Piece[] = []
  for (;;) {
    const from = s.at
    const branch = concatenation(s, branches.length > 0)
    if (s.o.dialect === 'awk' && s.at === from && s.text !== '')
      bad(s.at >= s.text.length && s.depth > 0 ? "missing ')'" : 'missing operand')
    branches.push(branch)
    if (!isOperator(s, '|')) break
    skipOperator(s)
  }
  if (branches.length === 1) return branches[0]!
  const firsts = branches.map((b) => b.first)
  if (!disjoint(firsts)) s.ambiguous = true
  const first = firsts.includes(null) ? null : Array.from({ length: 256 }, (_, i) => firsts.some((f) => f![i] === true))
  return { source: branches.map((b) => b.source).join('|'), first, kind: 'group' }
}

function atEnd(s: State): boolean {
  if (s.at >= s.text.length || isOperator(s, '|')) return true
  return isOperator(s, ')') && (s.depth > 0 || s.o.syntax === 'basic' || s.o.dialect === 'sed')
}

function concatenation(s: State, later: boolean): Piece {
  let source = ''
  let first: ByteSet | null = null
  let settled = false
  const from = s.at
  while (!atEnd(s)) {
    const piece = repetition(s, s.at === from || (s.at === from + 1 && s.text[from] === '^'))
    source += piece.source
    if (!settled && piece.kind !== 'assertion') {
      first = piece.first
      settled = true
    }
  }
  if (isOperator(s, ')') && s.depth === 0) bad('Unmatched ) or \\)')
  return { source: later || source !== '' ? source : '(?:)', first, kind: 'group' }
}

interface Count {
  readonly source: string
  readonly min: number
}

/** A repetition operator here, consumed; null when there is none. */
function quantifier(s: State): Count | null {
  const c = s.text[s.at]
  if (c === '*') {
    s.at++
    return { source: '*', min: 0 }
  }
  for (const op of ['+', '?']) {
    if (!isOperator(s, op)) continue
    skipOperator(s)
    return { source: op, min: op === '+' ? 1 : 0 }
  }
  return isOperator(s, '{') && s.o.dialect !== 'awk' ? interval(s) : null
}

function interval(s: State): Count | null {
  const close = s.o.syntax === 'extended' ? '}' : '\\}'
  const from = s.at + (s.o.syntax === 'extended' ? 1 : 2)
  const end = s.text.indexOf(close, from)
  const lenient = s.o.dialect === 'grep' && s.o.syntax === 'extended'
  const inside = end < 0 ? s.text.slice(from) : s.text.slice(from, end)
  const m = /^(\d*)(?:(,)(\d*))?$/.exec(inside)
  if (end < 0 || m === null || inside === '') {
    if (lenient) return null
    bad(end < 0 && (m !== null || inside === '') ? 'Unmatched \\{' : 'Invalid content of \\{\\}')
  }
  const min = m[1] === '' ? 0 : Number(m[1])
  const max = m[2] === undefined ? min : m[3] === '' ? null : Number(m[3])
  if (max !== null && max < min) bad('Invalid content of \\{\\}')
  if (Math.max(min, max ?? 0) > 32767) bad('Regular expression too big')
  s.at = end + close.length
  return { source: m[2] === undefined ? `{${min}}` : `{${min},${max ?? ''}}`, min }
}

function repetition(s: State, leading: boolean): Piece {
  if (leading && misplaced(s)) return { source: '', first: null, kind: 'assertion' }
  let piece = atom(s, leading)
  for (;;) {
    if (s.at >= s.text.length) return piece
    // In basic syntax a star after an anchor at the start is text.
    if (piece.kind === 'assertion' && s.o.syntax === 'basic' && s.text[s.at] === '*') return piece
    if (piece.kind === 'assertion' && misplaced(s)) return { ...piece, source: '' }
    if (
      piece.source.endsWith('*') &&
      piece.kind === 'repeated' &&
      s.o.syntax === 'basic' &&
      s.o.dialect === 'sed' &&
      s.text[s.at] === '*'
    ) {
      bad('Invalid preceding regular expression')
    }
    const q = quantifier(s)
    if (q === null) return piece
    if (piece.kind === 'group' && q.min === 0) s.ambiguous = true
    const body = piece.kind === 'one' || piece.kind === 'group' ? piece.source : `(?:${piece.source})`
    piece = { source: body + q.source, first: q.min === 0 ? null : piece.first, kind: 'repeated' }
  }
}

/** A repetition operator with nothing before it: extended syntax only; grep drops it with a warning. */
function misplaced(s: State): boolean {
  if (s.o.syntax === 'basic') return false
  const from = s.at
  let dropped = false
  for (let c = s.text[s.at]; c !== undefined && '*+?{'.includes(c); c = s.text[s.at]) {
    if (c === '{' && s.o.dialect === 'awk') break
    if (s.o.dialect === 'awk') bad(s.text[from - 1] === '^' ? 'syntax error ^* or ^+' : 'missing operand')
    if (s.o.dialect === 'sed') bad('Invalid preceding regular expression')
    if (quantifier(s) === null) break
    s.warnings.push(`${c === '{' ? '{...}' : c} at start of expression`)
    dropped = true
  }
  return dropped
}

function literal(s: State, c: string): Piece {
  const set = setOf([c], s.o.icase)
  return { source: setSource(set), first: set, kind: 'one' }
}

function assertion(source: string): Piece {
  return { source, first: null, kind: 'assertion' }
}

function atom(s: State, leading: boolean): Piece {
  const c = s.text[s.at]!
  if (isOperator(s, '(')) return group(s)
  const basic = s.o.syntax === 'basic'
  s.at++
  if (c === '\\') return escaped(s)
  if (c === '[') return bracket(s)
  if (c === '.') return { source: '[^]', first: setOf([]).fill(true), kind: 'one' }
  if (c === '^' && (!basic || leading)) return assertion(s.o.multiline === true ? '(?<![^\\n])' : '(?<![^])')
  if (c === '$' && (!basic || atEnd(s)))
    return assertion(s.o.multiline === true ? '(?=\\uffff?(?:\\n|(?![^])))' : '(?=\\uffff?(?![^]))')
  return literal(s, c)
}

function group(s: State): Piece {
  skipOperator(s)
  const number = ++s.groups
  s.depth++
  const inner = alternatives(s)
  if (!isOperator(s, ')')) bad(s.o.dialect === 'awk' ? "missing ')'" : 'Unmatched ( or \\(')
  skipOperator(s)
  s.depth--
  s.closed.add(number)
  return { source: `(${inner.source})`, first: inner.first, kind: 'group' }
}

const ASSERTIONS: Readonly<Record<string, string>> = Object.freeze({
  b: `(?:(?<=${WORD})(?!\\uffff?${WORD})|(?<!${WORD})(?=\\uffff?${WORD}))`,
  B: `(?:(?<=${WORD})(?=\\uffff?${WORD})|(?<!${WORD})(?!\\uffff?${WORD}))`,
  '<': `(?<!${WORD})(?=\\uffff?${WORD})`,
  '>': `(?<=${WORD})(?!\\uffff?${WORD})`,
  '`': '(?<![^])',
  "'": '(?=\\uffff?(?![^]))',
})

function escaped(s: State): Piece {
  const c = s.text[s.at++]
  if (c === undefined) {
    if (s.o.dialect === 'awk') return literal(s, '\\')
    bad('Trailing backslash')
  }
  if (s.o.dialect === 'awk') {
    const octal = /^[0-7]{1,3}/.exec(s.text.slice(s.at - 1))
    if (octal === null) return literal(s, AWK_ESCAPES[c] ?? c)
    s.at += octal[0].length - 1
    return literal(s, String.fromCharCode(Number.parseInt(octal[0], 8) & 255))
  }
  if (Object.hasOwn(ASSERTIONS, c)) return assertion(ASSERTIONS[c]!)
  if (/[wWsS]/.test(c)) {
    const base = setOf(c === 'w' || c === 'W' ? ['_', ...classMembers('alnum')!] : classMembers('space')!)
    const set = c === 'W' || c === 'S' ? base.map((b) => !b) : base
    return { source: setSource(set), first: set, kind: 'one' }
  }
  if (/[1-9]/.test(c)) {
    if (!s.closed.has(Number(c))) bad('Invalid back reference')
    s.ambiguous = true
    return { source: `(?:\\${c})`, first: null, kind: 'repeated' }
  }
  const special = s.o.dialect === 'sed' ? sedEscape(s.text, s.at - 1) : null
  if (special === null) return literal(s, c)
  s.at += special.length - 1
  return literal(s, special.char)
}

/** One element of a bracket expression: a character, or a class. */
function bracketItem(s: State): readonly string[] {
  const c = s.text[s.at]
  if (c === undefined && s.o.dialect === 'grep' && /\[\^?$/.test(s.text)) bad('Invalid regular expression')
  if (c === undefined) bad(s.o.dialect === 'awk' ? "missing ']'" : 'Unmatched [, [^, [:, [., or [=')
  const next = s.text[s.at + 1]
  if (c === '[' && next !== undefined && ':.='.includes(next)) {
    const end = s.text.indexOf(`${next}]`, s.at + 2)
    const name = s.text.slice(s.at + 2, end)
    if (end >= 0 && (next === ':' || name.length === 1)) {
      s.at = end + 2
      if (next !== ':') return [name]
      return (
        classMembers(s.o.icase === true && /^(upper|lower)$/.test(name) ? 'alpha' : name) ??
        bad('Invalid character class name')
      )
    }
    if (end < 0 && s.o.dialect !== 'awk') bad('Unmatched [, [^, [:, [., or [=')
    if (end >= 0 && s.o.dialect !== 'awk') bad('Invalid collation character')
  }
  s.at++
  if (c !== '\\' || next === undefined) return [c]
  if (s.o.dialect === 'awk') {
    s.at++
    return [AWK_ESCAPES[next] ?? next]
  }
  const special = s.o.dialect === 'sed' ? sedEscape(s.text, s.at) : null
  if (special === null) return [c]
  s.at += special.length
  return [special.char]
}

function bracket(s: State): Piece {
  const from = s.at
  const negated = s.text[s.at] === '^'
  if (negated) s.at++
  const chars: string[] = []
  const begin = s.at
  while (s.at === begin || s.text[s.at] !== ']') {
    const item = bracketItem(s)
    if (item.length === 1 && s.text[s.at] === '-' && s.text[s.at + 1] !== ']' && s.at + 1 < s.text.length) {
      s.at++
      const low = item[0]!.charCodeAt(0)
      const end = bracketItem(s)
      const high = end.length === 1 ? end[0]!.charCodeAt(0) : -1
      if (high < low) bad('Invalid range end')
      for (let k = low; k <= high; k++) chars.push(String.fromCharCode(k))
    } else chars.push(...item)
  }
  s.at++
  const inside = s.text.slice(from, s.at - 1)
  if (s.o.dialect !== 'awk' && /^:.*:$/.test(inside) && inside.length > 1)
    bad('character class syntax is [[:space:]], not [:space:]')
  const set = setOf(chars, s.o.icase)
  const final = negated ? set.map((b) => !b) : set
  return { source: setSource(final), first: final, kind: 'one' }
}
