// Perl's regular expressions (pcre2pattern(3)) as a tree, for grep -P: one recursive descent. Read first: node.ts.
// Refused by name: recursion, conditions, (?|…), (?x), \p, \X, \G, \C, \g, \k, verbs such as (*SKIP).
import { type Assertion, alt, cat, EMPTY, fixedLength, type Greed, type Node } from './node.ts'
import { bracketNode, type Member } from './set.ts'

interface Flags {
  readonly icase: boolean
  readonly dotAll: boolean
  readonly multiline: boolean
}

interface State {
  readonly text: string
  at: number
  depth: number
  groups: number
  /** Of the group that is being read. */
  flags: Flags
}

class PerlError extends Error {}

function bad(text: string): never {
  throw new PerlError(text)
}

function refuse(what: string): never {
  bad(`pattern of -P with ${what} is not modelled by netsim`)
}

const MAX_DEPTH = 200

export function parsePerl(
  text: string,
  icase: boolean,
): { readonly tree: Node; readonly groups: number } | { readonly error: string } {
  const s: State = { text, at: 0, depth: 0, groups: 0, flags: { icase, dotAll: false, multiline: false } }
  try {
    const tree = alternatives(s)
    if (s.at < text.length) bad('unmatched closing parenthesis')
    checkReferences(tree, s.groups)
    return { tree, groups: s.groups }
  } catch (e) {
    if (e instanceof PerlError) return { error: e.message }
    throw e
  }
}

/** Groups may be referred to before they begin. */
function checkReferences(n: Node, groups: number): void {
  if (n.kind === 'backref' && n.index > groups) bad('reference to non-existent subpattern')
  if ('items' in n) for (const i of n.items) checkReferences(i, groups)
  if ('body' in n) checkReferences(n.body, groups)
}

function alternatives(s: State): Node {
  if (++s.depth > MAX_DEPTH) bad('parentheses are too deeply nested')
  const outside = s.flags
  const branches: Node[] = []
  for (;;) {
    const items: Node[] = []
    while (s.at < s.text.length && s.text[s.at] !== '|' && s.text[s.at] !== ')') items.push(repetition(s))
    branches.push(cat(items))
    if (s.text[s.at] !== '|') break
    s.at++
  }
  s.flags = outside
  s.depth--
  return alt(branches)
}

const INTERVAL = /^\{(\d+)(?:(,)(\d*))?\}/

function repetition(s: State): Node {
  let node = atom(s)
  for (;;) {
    const c = s.text[s.at] ?? ''
    const interval = c === '{' ? INTERVAL.exec(s.text.slice(s.at)) : null
    if (interval === null && !(c !== '' && '*+?'.includes(c))) return node
    s.at += interval === null ? 1 : interval[0].length
    const min = interval === null ? (c === '+' ? 1 : 0) : Number(interval[1])
    const max =
      interval === null
        ? c === '?'
          ? 1
          : null
        : interval[2] === undefined
          ? min
          : interval[3] === ''
            ? null
            : Number(interval[3])
    if (max !== null && max < min) bad('numbers out of order in {} quantifier')
    if (Math.max(min, max ?? 0) > 65535) bad('number too big in {} quantifier')
    const suffix = s.text[s.at]
    const greed: Greed = suffix === '?' ? 'lazy' : suffix === '+' ? 'possessive' : 'greedy'
    if (greed !== 'greedy') s.at++
    node = { kind: 'repeat', body: node, min, max, greed }
    const next = s.text[s.at] ?? ''
    if (next !== '' && ('*+?'.includes(next) || (next === '{' && INTERVAL.test(s.text.slice(s.at)))))
      bad('quantifier does not follow a repeatable item')
  }
}

function set(s: State, members: readonly Member[], negated = false): Node {
  return bracketNode(members, negated, { dialect: 'grep', icase: s.flags.icase })
}

function assertion(what: Assertion): Node {
  return { kind: 'assert', what }
}

function atom(s: State): Node {
  const c = s.text[s.at++]!
  switch (c) {
    case '(':
      return group(s)
    case '[':
      return bracket(s)
    case '\\':
      return escaped(s)
    case '.':
      return set(s, s.flags.dotAll ? [] : ['\n'], true)
    case '^':
      return assertion(s.flags.multiline ? 'line start' : 'text start')
    case '$':
      return assertion(s.flags.multiline ? 'line end' : 'last line end')
    case '*':
    case '+':
    case '?':
      bad('quantifier does not follow a repeatable item')
  }
  if (c === '{' && INTERVAL.test(s.text.slice(s.at - 1))) bad('quantifier does not follow a repeatable item')
  return set(s, [c])
}

function closed(s: State, make: (body: Node) => Node): Node {
  const body = alternatives(s)
  if (s.text[s.at] !== ')') bad('missing closing parenthesis')
  s.at++
  return make(body)
}

function group(s: State): Node {
  const rest = s.text.slice(s.at)
  if (rest.startsWith('*')) refuse('(*')
  const named = /^\?P?<[A-Za-z_]\w*>|^\?'[A-Za-z_]\w*'/.exec(rest)
  if (!rest.startsWith('?') || named !== null) {
    s.at += named === null ? 0 : named[0].length
    const index = ++s.groups
    return closed(s, (body) => ({ kind: 'group', index, body }))
  }
  const look = /^\?(<?)([=!])/.exec(rest)
  if (look !== null) {
    s.at += look[0].length
    const behind = look[1] === '<'
    return closed(s, (body) => {
      const lengths = (body.kind === 'alt' ? body.items : [body]).map(fixedLength)
      if (behind && lengths.includes(null)) bad('lookbehind assertion is not fixed length')
      return { kind: 'look', behind, negated: look[2] === '!', body }
    })
  }
  if (rest.startsWith('?>')) {
    s.at += 2
    return closed(s, (body) => ({ kind: 'atomic', body }))
  }
  return flagged(s, rest)
}

/** (?#comment), (?i), (?i:…), (?:…) */
function flagged(s: State, rest: string): Node {
  const comment = /^\?#[^)]*\)/.exec(rest)
  if (comment !== null) {
    s.at += comment[0].length
    return EMPTY
  }
  const m = /^\?([ims]*)(?:-([ims]+))?([:)])/.exec(rest)
  if (m === null)
    return rest.length < 2 ? bad('unrecognized character after (? or (?-') : refuse(`(${rest.slice(0, 2)}`)
  s.at += m[0].length
  const flag = (c: string, now: boolean): boolean => (m[2]?.includes(c) === true ? false : m[1]!.includes(c) || now)
  const outside = s.flags
  s.flags = {
    icase: flag('i', outside.icase),
    dotAll: flag('s', outside.dotAll),
    multiline: flag('m', outside.multiline),
  }
  if (m[3] === ')') return EMPTY
  return closed(s, (body) => {
    s.flags = outside
    return body
  })
}

const HORIZONTAL: readonly Member[] = Object.freeze([' ', '\t', '\xa0'])
const VERTICAL: readonly Member[] = Object.freeze(['\n', '\v', '\f', '\r', '\x85'])
const CLASSES: Readonly<Record<string, readonly Member[]>> = Object.freeze({
  d: [{ name: 'digit' }],
  w: ['_', { name: 'alnum' }],
  s: [{ name: 'space' }],
  h: HORIZONTAL,
  v: VERTICAL,
  n: ['\n'],
})
const ASSERTIONS: Readonly<Record<string, Assertion>> = Object.freeze({
  b: 'word edge',
  B: 'no word edge',
  A: 'text start',
  z: 'text end',
  Z: 'last line end',
})
const CONTROLS: Readonly<Record<string, string>> = Object.freeze({
  n: '\n',
  t: '\t',
  r: '\r',
  f: '\f',
  e: '\x1b',
  a: '\x07',
})

function escaped(s: State): Node {
  const c = s.text[s.at]
  if (c === undefined) return bad('\\ at end of pattern')
  if (Object.hasOwn(ASSERTIONS, c)) {
    s.at++
    return assertion(ASSERTIONS[c]!)
  }
  if (c === 'K') {
    s.at++
    return { kind: 'keep' }
  }
  if (c === 'R') {
    s.at++
    return { kind: 'atomic', body: alt([cat([set(s, ['\r']), set(s, ['\n'])]), set(s, VERTICAL)]) }
  }
  if (c === 'Q' || c === 'E') return verbatim(s)
  const reference = /^[1-9]\d*/.exec(s.text.slice(s.at))
  if (reference !== null && (reference[0].length === 1 || Number(reference[0]) <= s.groups)) {
    s.at += reference[0].length
    return { kind: 'backref', index: Number(reference[0]), icase: s.flags.icase }
  }
  const known = classHere(s)
  return known === null ? set(s, [character(s)]) : set(s, known.members, known.negated)
}

/** \Q…\E */
function verbatim(s: State): Node {
  if (s.text[s.at++] === 'E') return EMPTY
  const end = s.text.indexOf('\\E', s.at)
  const inside = s.text.slice(s.at, end < 0 ? s.text.length : end)
  s.at += inside.length + (end < 0 ? 0 : 2)
  return cat([...inside].map((c) => set(s, [c])))
}

/** \d and its like, consumed; null when something else is here. */
function classHere(s: State): { readonly members: readonly Member[]; readonly negated: boolean } | null {
  const c = s.text[s.at] ?? ''
  const lower = c.toLowerCase()
  if (!Object.hasOwn(CLASSES, lower) || c === 'n') return null
  s.at++
  return { members: CLASSES[lower]!, negated: c !== lower }
}

/** The one character that an escape means. */
function character(s: State): string {
  const c = s.text[s.at]!
  const code = /^(?:x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{0,2})|(0[0-7]{0,2}))/.exec(s.text.slice(s.at))
  if (code !== null) {
    s.at += code[0].length
    const value = code[3] !== undefined ? Number.parseInt(code[3], 8) : Number.parseInt(`0${code[1] ?? code[2]}`, 16)
    if (value > 255) bad('character code point value in \\x{} or \\o{} is too large')
    return String.fromCharCode(value)
  }
  s.at++
  if (Object.hasOwn(CONTROLS, c)) return CONTROLS[c]!
  if (/[pPXGCgkNcou]/.test(c)) refuse(`\\${c}`)
  if (/[A-Za-z0-9]/.test(c)) bad('unrecognized character follows \\')
  return c
}

function bracket(s: State): Node {
  const negated = s.text[s.at] === '^'
  if (negated) s.at++
  const members: Member[] = []
  const begin = s.at
  while (s.at === begin || s.text[s.at] !== ']') {
    const low = bracketItem(s)
    const ranged = s.text[s.at] === '-' && s.text[s.at + 1] !== ']' && s.at + 1 < s.text.length
    if (!ranged || low.length !== 1 || typeof low[0] !== 'string') {
      members.push(...low)
      continue
    }
    s.at++
    const high = bracketItem(s)
    if (high.length !== 1 || typeof high[0] !== 'string') members.push(...low, '-', ...high)
    else if (high[0] < low[0]) bad('range out of order in character class')
    else members.push({ low: low[0], high: high[0] })
  }
  s.at++
  return set(s, members, negated)
}

const NAMES = [
  'alnum',
  'alpha',
  'blank',
  'cntrl',
  'digit',
  'graph',
  'lower',
  'print',
  'punct',
  'space',
  'upper',
  'xdigit',
]

function complement(members: readonly Member[]): Member[] {
  const node = bracketNode(members, true, { dialect: 'grep' })
  const low = node.kind === 'set' ? node.set.low : []
  return low.flatMap((b, c) => (b ? [String.fromCharCode(c)] : []))
}

function bracketItem(s: State): readonly Member[] {
  const c = s.text[s.at]
  if (c === undefined) bad('missing terminating ] for character class')
  const named = /^\[:(\^?)(\w+):\]/.exec(s.text.slice(s.at))
  if (named !== null) {
    s.at += named[0].length
    if (named[2] === 'word') return named[1] === '' ? CLASSES['w']! : complement(CLASSES['w']!)
    if (!NAMES.includes(named[2]!)) bad('unknown POSIX class name')
    return named[1] === '' ? [{ name: named[2]! }] : complement([{ name: named[2]! }])
  }
  s.at++
  if (c !== '\\') return [c]
  if (s.at >= s.text.length) bad('\\ at end of pattern')
  const known = classHere(s)
  if (known !== null) return known.negated ? complement(known.members) : known.members
  if (s.text[s.at] === 'b') {
    s.at++
    return ['\b']
  }
  return [character(s)]
}
