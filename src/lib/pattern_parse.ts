// Shell patterns as a list of elements. Read first: pattern.ts.
import { classMembers } from './regex/charclass.ts'
import { inClass } from './regex/node.ts'

export type Element =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'any' | 'star' }
  | { readonly kind: 'set'; readonly has: (c: string) => boolean }
  | { readonly kind: 'group'; readonly op: GroupOp; readonly alternatives: readonly (readonly Element[])[] }

type GroupOp = '?' | '*' | '+' | '@' | '!'

interface Cursor {
  readonly text: string
  pos: number
  /** Where a group begins that never ends: it is text. */
  readonly open: Set<number>
}

/** Deeper groups are text: it would be the engine's stack that gives in. */
const MAX_DEPTH = 200

export function parsePattern(pattern: string): readonly Element[] {
  return sequence({ text: pattern, pos: 0, open: new Set() }, 0)
}

function charAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at)!)
}

function inNamed(name: string, c: string): boolean {
  if (c.length === 1 && c < '\x80') return name === 'ascii' || memberOf(name, c)
  return inClass(name === 'word' ? 'alnum' : name, c.codePointAt(0)!)
}

function memberOf(name: string, c: string): boolean {
  return name === 'word' ? c === '_' || memberOf('alnum', c) : (classMembers(name)?.includes(c) ?? false)
}

type Test = readonly [string, string] | { readonly name: string }

/** [abc], [!a-z], [[:digit:]]; null when there is no closing bracket. */
function bracket(c: Cursor): Element | null {
  let i = c.pos + 1
  const negated = c.text[i] === '!' || c.text[i] === '^'
  if (negated) i++
  const tests: Test[] = []
  const one = (): string => {
    if (c.text[i] === '\\' && i + 1 < c.text.length) i++
    const char = charAt(c.text, i)
    i += char.length
    return char
  }
  for (let first = true; ; first = false) {
    if (i >= c.text.length) return null
    if (c.text[i] === ']' && !first) break
    const named = c.text[i] === '[' ? /^\[:(\w+):\]/.exec(c.text.slice(i, i + 12)) : null
    if (named !== null) {
      tests.push({ name: named[1]! })
      i += named[0].length
      continue
    }
    const low = one()
    if (c.text[i] === '-' && i + 1 < c.text.length && c.text[i + 1] !== ']') {
      i++
      tests.push([low, one()])
    } else tests.push([low, low])
  }
  c.pos = i + 1
  const inside = (x: string, t: Test): boolean =>
    'name' in t
      ? inNamed(t.name, x)
      : x.codePointAt(0)! >= t[0].codePointAt(0)! && x.codePointAt(0)! <= t[1].codePointAt(0)!
  return { kind: 'set', has: (x) => tests.some((t) => inside(x, t)) !== negated }
}

function group(c: Cursor, depth: number): Element | null {
  const start = c.pos
  const op = c.text[start] as GroupOp
  c.pos += 2
  const alternatives: (readonly Element[])[] = []
  for (;;) {
    alternatives.push(sequence(c, depth))
    const ch = c.text[c.pos]
    if (ch === undefined) {
      c.pos = start
      c.open.add(start)
      return null
    }
    c.pos++
    if (ch === ')') return { kind: 'group', op, alternatives }
  }
}

/** `depth` is that of the groups around; a | or ) ends what is in one. */
function sequence(c: Cursor, depth: number): readonly Element[] {
  const out: Element[] = []
  const lastBracket = c.text.lastIndexOf(']')
  while (c.pos < c.text.length) {
    const ch = c.text[c.pos]!
    if (depth > 0 && (ch === '|' || ch === ')')) break
    if ('?*+@!'.includes(ch) && c.text[c.pos + 1] === '(' && depth < MAX_DEPTH && !c.open.has(c.pos)) {
      const g = group(c, depth + 1)
      if (g !== null) {
        out.push(g)
        continue
      }
    }
    if (ch === '[' && c.pos < lastBracket) {
      const b = bracket(c)
      if (b !== null) {
        out.push(b)
        continue
      }
    }
    c.pos++
    if (ch === '*') {
      if (out.at(-1)?.kind !== 'star') out.push({ kind: 'star' })
    } else if (ch === '?') out.push({ kind: 'any' })
    else {
      if (ch !== '\\' || c.pos >= c.text.length) c.pos--
      const char = charAt(c.text, c.pos)
      c.pos += char.length
      out.push({ kind: 'char', char })
    }
  }
  return out
}
