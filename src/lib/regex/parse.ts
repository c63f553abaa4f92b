// POSIX basic and extended regular expressions, with GNU's additions and mawk's differences, as a tree: one recursive
// descent over the pattern. Read first: regex(7), node.ts. Leaves out collating elements of more than one character ([.hyphen.]).
import { classMembers } from './charclass.ts'
import { type Assertion, alt, cat, EMPTY, type Node } from './node.ts'
import { sedEscape } from './sed_escape.ts'
import { bracketNode, type Member, oneOf } from './set.ts'

export interface RegexOptions {
  readonly syntax: 'basic' | 'extended'
  /**
   * Whose errors and leniencies: grep reads a misplaced operator as text, sed does not, awk has no intervals or back-references;
   * regcomp is glibc's own, on characters instead of bytes: bash's =~.
   */
  readonly dialect: 'grep' | 'sed' | 'awk' | 'regcomp'
  readonly icase?: boolean
  /** ^ and $ also match at newlines (sed's M). */
  readonly multiline?: boolean
}

export interface ParsedRegex {
  readonly tree: Node
  readonly groups: number
  readonly warnings: readonly string[]
}

interface State {
  readonly text: string
  readonly o: RegexOptions
  at: number
  depth: number
  groups: number
  readonly closed: Set<number>
  readonly warnings: string[]
}

/** Deeper nesting is turned down: it would be the engine's stack that gives in. */
const MAX_DEPTH = 200

class RegexError extends Error {}

function bad(text: string): never {
  throw new RegexError(text)
}

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
  const s: State = { text, o, at: 0, depth: 0, groups: 0, closed: new Set(), warnings: [] }
  try {
    return { tree: alternatives(s), groups: s.groups, warnings: s.warnings }
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

function alternatives(s: State): Node {
  const branches: Node[] = []
  for (;;) {
    const from = s.at
    branches.push(concatenation(s))
    if (s.o.dialect === 'awk' && s.at === from && s.text !== '')
      bad(s.at >= s.text.length && s.depth > 0 ? "missing ')'" : 'missing operand')
    if (!isOperator(s, '|')) return alt(branches)
    skipOperator(s)
  }
}

function atEnd(s: State): boolean {
  if (s.at >= s.text.length || isOperator(s, '|')) return true
  return isOperator(s, ')') && (s.depth > 0 || s.o.syntax === 'basic' || s.o.dialect === 'sed')
}

function concatenation(s: State): Node {
  const items: Node[] = []
  const from = s.at
  while (!atEnd(s)) items.push(repetition(s, s.at === from || (s.at === from + 1 && s.text[from] === '^')))
  if (isOperator(s, ')') && s.depth === 0) bad('Unmatched ) or \\)')
  return cat(items)
}

interface Count {
  readonly min: number
  readonly max: number | null
}

/** A repetition operator here, consumed; null when there is none. */
function quantifier(s: State): Count | null {
  const c = s.text[s.at]
  if (c === '*') {
    s.at++
    return { min: 0, max: null }
  }
  for (const op of ['+', '?']) {
    if (!isOperator(s, op)) continue
    skipOperator(s)
    return { min: op === '+' ? 1 : 0, max: op === '+' ? null : 1 }
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
  return { min, max }
}

function repetition(s: State, leading: boolean): Node {
  if (leading && misplaced(s)) return EMPTY
  let node = atom(s, leading)
  let starred = false
  for (;;) {
    if (s.at >= s.text.length) return node
    const star = s.text[s.at] === '*'
    // In basic syntax a star after an anchor at the start is text.
    if (node.kind === 'assert' && s.o.syntax === 'basic' && star) return node
    if (node.kind === 'assert' && misplaced(s)) return EMPTY
    if (starred && star && s.o.syntax === 'basic' && s.o.dialect === 'sed') bad('Invalid preceding regular expression')
    const q = quantifier(s)
    if (q === null) return node
    node = { kind: 'repeat', body: node, ...q, greed: 'greedy' }
    starred = star
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
    if (s.o.dialect !== 'grep') bad('Invalid preceding regular expression')
    if (quantifier(s) === null) break
    s.warnings.push(`${c === '{' ? '{...}' : c} at start of expression`)
    dropped = true
  }
  return dropped
}

function literal(s: State, c: string): Node {
  return oneOf([c], s.o)
}

function assertion(what: Assertion): Node {
  return { kind: 'assert', what }
}

function atom(s: State, leading: boolean): Node {
  if (isOperator(s, '(')) return group(s)
  const c = s.o.dialect === 'regcomp' ? String.fromCodePoint(s.text.codePointAt(s.at)!) : s.text[s.at]!
  const basic = s.o.syntax === 'basic'
  s.at += c.length
  if (c === '\\') return escaped(s)
  if (c === '[') return bracket(s)
  if (c === '.') return bracketNode([], true, s.o)
  if (c === '^' && (!basic || leading)) return assertion(s.o.multiline === true ? 'line start' : 'text start')
  if (c === '$' && (!basic || atEnd(s))) return assertion(s.o.multiline === true ? 'line end' : 'text end')
  return literal(s, c)
}

function group(s: State): Node {
  skipOperator(s)
  const index = ++s.groups
  if (++s.depth > MAX_DEPTH) bad('Regular expression too big')
  const body = alternatives(s)
  if (!isOperator(s, ')')) bad(s.o.dialect === 'awk' ? "missing ')'" : 'Unmatched ( or \\(')
  skipOperator(s)
  s.depth--
  s.closed.add(index)
  return { kind: 'group', index, body }
}

const ASSERTIONS: Readonly<Record<string, Assertion>> = Object.freeze({
  b: 'word edge',
  B: 'no word edge',
  '<': 'word start',
  '>': 'word end',
  '`': 'text start',
  "'": 'text end',
})

function escaped(s: State): Node {
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
    const members: Member[] = /w/i.test(c) ? ['_', { name: 'alnum' }] : [{ name: 'space' }]
    return bracketNode(members, c === 'W' || c === 'S', s.o)
  }
  if (/[1-9]/.test(c)) {
    if (!s.closed.has(Number(c))) bad('Invalid back reference')
    return { kind: 'backref', index: Number(c), icase: s.o.icase === true }
  }
  const special = s.o.dialect === 'sed' ? sedEscape(s.text, s.at - 1) : null
  if (special === null) return literal(s, c)
  s.at += special.length - 1
  return literal(s, special.char)
}

/** One element of a bracket expression: a character, or a class. */
function bracketItem(s: State): Member {
  const code = s.o.dialect === 'regcomp' ? s.text.codePointAt(s.at) : s.text.charCodeAt(s.at)
  const c = s.at >= s.text.length ? undefined : String.fromCodePoint(code!)
  if (c === undefined && s.o.dialect === 'grep' && /\[\^?$/.test(s.text)) bad('Invalid regular expression')
  if (c === undefined) bad(s.o.dialect === 'awk' ? "missing ']'" : 'Unmatched [, [^, [:, [., or [=')
  const next = s.text[s.at + 1]
  if (c === '[' && next !== undefined && ':.='.includes(next)) {
    const end = s.text.indexOf(`${next}]`, s.at + 2)
    const name = s.text.slice(s.at + 2, end)
    if (end >= 0 && (next === ':' || name.length === 1)) {
      s.at = end + 2
      if (next !== ':') return name
      if (classMembers(name) === null) bad('Invalid character class name')
      return { name }
    }
    if (end < 0 && s.o.dialect !== 'awk') bad('Unmatched [, [^, [:, [., or [=')
    if (end >= 0 && s.o.dialect !== 'awk') bad('Invalid collation character')
  }
  s.at += c.length
  if (c !== '\\' || next === undefined) return c
  if (s.o.dialect === 'awk') {
    s.at++
    return AWK_ESCAPES[next] ?? next
  }
  const special = s.o.dialect === 'sed' ? sedEscape(s.text, s.at) : null
  if (special === null) return c
  s.at += special.length
  return special.char
}

function bracket(s: State): Node {
  const from = s.at
  const negated = s.text[s.at] === '^'
  if (negated) s.at++
  const members: Member[] = []
  const begin = s.at
  while (s.at === begin || s.text[s.at] !== ']') {
    const low = bracketItem(s)
    if (typeof low === 'string' && s.text[s.at] === '-' && s.text[s.at + 1] !== ']' && s.at + 1 < s.text.length) {
      s.at++
      const high = bracketItem(s)
      if (typeof high !== 'string' || high.codePointAt(0)! < low.codePointAt(0)!) bad('Invalid range end')
      members.push({ low, high })
    } else members.push(low)
  }
  s.at++
  const inside = s.text.slice(from, s.at - 1)
  if (s.o.dialect !== 'awk' && s.o.dialect !== 'regcomp' && /^:.*:$/.test(inside) && inside.length > 1)
    bad('character class syntax is [[:space:]], not [:space:]')
  return bracketNode(members, negated, s.o)
}
