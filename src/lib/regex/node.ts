// The tree of a regular expression, whatever its syntax was, and its sets of characters.
// Read first: regex.ts. The parsers are parse.ts (POSIX, GNU, mawk) and perl.ts (grep -P).
import type { ByteSet } from './charclass.ts'

/** Characters below 256 by table, the others (bash's own text only) by ranges and classes. */
export interface CharSet {
  readonly low: ByteSet
  readonly high: HighSet | null
}

export interface HighSet {
  readonly negated: boolean
  readonly ranges: readonly (readonly [number, number])[]
  readonly classes: readonly string[]
}

export type Assertion =
  | 'line start'
  | 'line end'
  | 'text start'
  | 'text end'
  /** Perl's $ and \Z: also before a newline that ends the text. */
  | 'last line end'
  | 'word edge'
  | 'no word edge'
  | 'word start'
  | 'word end'

export type Greed = 'greedy' | 'lazy' | 'possessive'

export type Node =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'cat' | 'alt'; readonly items: readonly Node[] }
  | {
      readonly kind: 'repeat'
      readonly body: Node
      readonly min: number
      readonly max: number | null
      readonly greed: Greed
    }
  | { readonly kind: 'group'; readonly index: number; readonly body: Node }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | { readonly kind: 'backref'; readonly index: number; readonly icase: boolean }
  | { readonly kind: 'atomic'; readonly body: Node }
  | { readonly kind: 'look'; readonly behind: boolean; readonly negated: boolean; readonly body: Node }
  /** Perl's \K: the match begins here. */
  | { readonly kind: 'keep' }

export const EMPTY: Node = Object.freeze({ kind: 'cat', items: Object.freeze([]) })

export function cat(items: readonly Node[]): Node {
  return items.length === 1 ? items[0]! : { kind: 'cat', items }
}

export function alt(items: readonly Node[]): Node {
  return items.length === 1 ? items[0]! : { kind: 'alt', items }
}

const HIGH_CLASSES: Readonly<Record<string, RegExp>> = Object.freeze({
  alnum: /[\p{L}\p{N}]/u,
  alpha: /[\p{L}\p{N}]/u,
  lower: /\p{Ll}/u,
  upper: /\p{Lu}/u,
  punct: /[\p{P}\p{S}]/u,
  space: /[\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]/,
  blank: /[\u1680\u2000-\u2006\u2008-\u200a\u205f\u3000]/,
  print: /[^\p{C}]/u,
  graph: /[^\p{C}\p{Z}]/u,
})

/** Is a character of 128 or more in [:name:] of C.UTF-8? */
export function inClass(name: string, code: number): boolean {
  return Object.hasOwn(HIGH_CLASSES, name) && HIGH_CLASSES[name]!.test(String.fromCodePoint(code))
}

export function inHigh(high: HighSet, code: number): boolean {
  const inside = high.ranges.some(([a, b]) => code >= a && code <= b) || high.classes.some((c) => inClass(c, code))
  return inside !== high.negated
}

/** Can it match the empty text? */
export function nullable(n: Node): boolean {
  switch (n.kind) {
    case 'set':
      return false
    case 'cat':
      return n.items.every(nullable)
    case 'alt':
      return n.items.some(nullable)
    case 'repeat':
      return n.min === 0 || nullable(n.body)
    case 'group':
    case 'atomic':
      return nullable(n.body)
    default:
      return true
  }
}

/** How many characters it takes when that is always the same number; null otherwise. */
export function fixedLength(n: Node): number | null {
  switch (n.kind) {
    case 'set':
      return 1
    case 'cat':
      return n.items.reduce<number | null>((sum, i) => add(sum, fixedLength(i)), 0)
    case 'alt': {
      const lengths = n.items.map(fixedLength)
      return lengths.every((l) => l === lengths[0]) ? lengths[0]! : null
    }
    case 'repeat': {
      const body = fixedLength(n.body)
      return n.min === n.max && body !== null ? body * n.min : null
    }
    case 'group':
    case 'atomic':
      return fixedLength(n.body)
    case 'backref':
      return null
    default:
      return 0
  }
}

function add(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b
}
