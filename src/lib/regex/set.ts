// The members of a bracket expression as a set of characters: bytes for the text tools, Unicode characters for bash's =~.
// Read first: node.ts. A character beyond U+FFFF is two of JavaScript's, hence a sequence of two sets.
import { classMembers, setOf } from './charclass.ts'
import { alt, type CharSet, cat, type HighSet, inHigh, type Node } from './node.ts'
import type { RegexOptions } from './parse.ts'

/** A character, a range, or a class. */
export type Member = string | { readonly low: string; readonly high: string } | { readonly name: string }

type SetOptions = Pick<RegexOptions, 'dialect' | 'icase'>

function bothCases(c: string): string[] {
  return [c, c.toLowerCase(), c.toUpperCase()].filter((x) => [...x].length === 1)
}

function folded(name: string, icase: boolean): string {
  return icase && (name === 'upper' || name === 'lower') ? 'alpha' : name
}

function lowMembers(members: readonly Member[], icase: boolean): string[] {
  return members.flatMap((m) => {
    if (typeof m === 'string') return m.charCodeAt(0) < 256 ? [m] : []
    if ('name' in m) return [...classMembers(folded(m.name, icase))!]
    const out: string[] = []
    const high = Math.min(255, m.high.codePointAt(0)!)
    for (let k = m.low.codePointAt(0)!; k <= high; k++) out.push(String.fromCharCode(k))
    return out
  })
}

function highMembers(members: readonly Member[], negated: boolean, icase: boolean): HighSet {
  const ranges: [number, number][] = []
  const classes: string[] = []
  for (const m of members) {
    if (typeof m === 'string') {
      for (const c of icase ? bothCases(m) : [m]) ranges.push([c.codePointAt(0)!, c.codePointAt(0)!])
    } else if ('name' in m) classes.push(folded(m.name, icase))
    else ranges.push([m.low.codePointAt(0)!, m.high.codePointAt(0)!])
  }
  return { negated, ranges, classes }
}

function setNode(low: readonly boolean[], high: HighSet | null): Node {
  return { kind: 'set', set: { low, high } satisfies CharSet }
}

const NONE: readonly boolean[] = Object.freeze(new Array<boolean>(256).fill(false))
const SURROGATE_BEGIN = 0xd800
const SURROGATE_END = 0xdfff

function range(from: number, to: number): Node {
  return setNode(NONE, { negated: false, ranges: [[from, to]], classes: [] })
}

/** The members beyond U+FFFF, each a pair; all of them for a set that is negated. */
function pairs(members: readonly Member[], negated: boolean): Node[] {
  if (negated) return [cat([range(SURROGATE_BEGIN, 0xdbff), range(0xdc00, SURROGATE_END)])]
  return members.flatMap((m) => {
    if (typeof m !== 'string' || m.length < 2) return []
    return [cat([range(m.charCodeAt(0), m.charCodeAt(0)), range(m.charCodeAt(1), m.charCodeAt(1))])]
  })
}

/** [members], or [^members]. */
export function bracketNode(members: readonly Member[], negated: boolean, o: SetOptions): Node {
  const icase = o.icase === true
  const low = setOf(lowMembers(members, icase), icase)
  if (o.dialect !== 'regcomp') return setNode(negated ? low.map((b) => !b) : low, null)
  const inside = highMembers(members, negated, icase)
  const ascii = inside.classes.length === 0 && inside.ranges.every(([, end]) => end < 128)
  const table = low.map((b, c) => (c < 128 ? b !== negated : ascii ? negated : inHigh(inside, c)))
  // Halves of pairs are no characters.
  const high = negated ? { ...inside, ranges: [...inside.ranges, [SURROGATE_BEGIN, SURROGATE_END] as const] } : inside
  const beyond = pairs(members, negated)
  const one = setNode(table, high)
  return beyond.length === 0 ? one : alt([one, ...beyond])
}

export function oneOf(chars: readonly string[], o: SetOptions): Node {
  return bracketNode(chars, false, o)
}
