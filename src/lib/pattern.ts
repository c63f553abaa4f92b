// Shell patterns (glob(7), extglob): case, [[ == ]], ${x#p} and its kin, names of files. A pattern is text in which a backslash
// takes away a character's meaning. Read first: bash(1), "Pattern Matching". A pattern without groups is matched with two pointers, any other
// by sets of places in the text, so that time is polynomial; the meter pays. Leaves out equivalence classes and collating symbols.

import { type Element, parsePattern } from './pattern_parse.ts'
import type { Meter } from './regex/regex.ts'

/** Protect every character of a text from being a pattern. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]()|!+@]/g, '\\$&')
}

/** Does the text hold anything that makes it a pattern? */
export function hasMagic(pattern: string): boolean {
  const close = pattern.lastIndexOf(']')
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!
    if (c === '\\') i++
    else if (c === '*' || c === '?') return true
    else if (c === '[') {
      // At least one character before a ].
      if (close >= i + 2) return true
    } else if ((c === '!' || c === '+' || c === '@') && pattern[i + 1] === '(') return true
  }
  return false
}

/** Remove the backslashes that protect. */
export function unescapePattern(pattern: string): string {
  return pattern.replace(/\\(.)/gs, '$1')
}

/** Characters: a string, or an array when some of them are pairs of UTF-16. */
type Chars = string | readonly string[]

function charsOf(text: string): Chars {
  return /[\ud800-\udfff]/.test(text) ? [...text] : text
}

/** How many of the first `n` characters' UTF-16 units. */
function unitsOf(chars: Chars, n: number): number {
  return typeof chars === 'string' ? n : chars.slice(0, n).join('').length
}

/** Comparisons that are worth one step of the machine's limit. */
const PER_STEP = 32
/** Work on a set of places, in comparisons. */
const SET_COST = 8

const UNPAID: Meter = Object.freeze({ charge: () => undefined })

class Matcher {
  private readonly chars: Chars
  private readonly fold: boolean
  private readonly meter: Meter
  /** The whole text is to be matched. */
  private readonly strict: boolean
  private done = 0

  constructor(chars: Chars, fold: boolean, meter: Meter, strict = false) {
    this.strict = strict
    this.chars = chars
    this.fold = fold
    this.meter = meter
  }

  private pay(n: number): void {
    this.done += n
    if (this.done < PER_STEP) return
    const steps = Math.floor(this.done / PER_STEP)
    this.done -= steps * PER_STEP
    this.meter.charge(steps)
  }

  /** Does one element that takes one character take this one? */
  private takes(e: Element, at: number): boolean {
    const c = this.chars[at]!
    switch (e.kind) {
      case 'char':
        return e.char === c || (this.fold && e.char.toLowerCase() === c.toLowerCase())
      case 'any':
        return true
      case 'set':
        if (e.has(c)) return true
        return this.fold && (e.has(c.toLowerCase()) || e.has(c.toUpperCase()))
      default:
        return false
    }
  }

  /** The whole text, without groups: at a mismatch only the last star is tried again, one character further. */
  whole(elements: readonly Element[]): boolean {
    let p = 0
    let t = 0
    let star = -1
    let mark = 0
    while (t < this.chars.length) {
      this.pay(1)
      const e = elements[p]
      if (e?.kind === 'star') {
        star = p++
        mark = t
      } else if (e !== undefined && this.takes(e, t)) {
        p++
        t++
      } else if (star >= 0) {
        p = star + 1
        t = ++mark
      } else return false
    }
    while (elements[p]?.kind === 'star') p++
    return p === elements.length
  }

  /** Where matches end that begin at one of `from`, ascending. */
  ends(elements: readonly Element[], from: readonly number[]): readonly number[] {
    let places = from
    for (const [i, e] of elements.entries()) {
      if (places.length === 0) break
      const stuck = this.strict && e.kind === 'star' && places[0]! < this.chars.length && isNeeded(elements[i + 1])
      places = this.after(e, places)
      if (stuck) places = places.slice(0, -1)
    }
    return places
  }

  private after(e: Element, places: readonly number[]): readonly number[] {
    const size = this.chars.length
    this.pay(places.length)
    switch (e.kind) {
      case 'star': {
        const first = places[0]!
        this.pay(size - first)
        return Array.from({ length: size - first + 1 }, (_, i) => first + i)
      }
      case 'group':
        return this.group(e, places)
      default:
        return places.filter((p) => p < size && this.takes(e, p)).map((p) => p + 1)
    }
  }

  private anyOf(e: Extract<Element, { kind: 'group' }>, places: readonly number[]): number[] {
    return e.alternatives.flatMap((a) => this.ends(a, places))
  }

  private group(e: Extract<Element, { kind: 'group' }>, places: readonly number[]): readonly number[] {
    if (e.op === '!') return this.except(e, places)
    const all = new Set(e.op === '?' || e.op === '*' ? places : [])
    let fresh: readonly number[] = places
    do {
      const next = new Set(this.anyOf(e, fresh))
      fresh = sorted([...next].filter((p) => !all.has(p)))
      this.pay(next.size * SET_COST)
      for (const p of fresh) all.add(p)
    } while (fresh.length > 0 && (e.op === '*' || e.op === '+'))
    return sorted([...all])
  }

  /** !(…): every end that none of the alternatives has, of each beginning on its own. */
  private except(e: Extract<Element, { kind: 'group' }>, places: readonly number[]): readonly number[] {
    const all = new Set<number>()
    for (const from of places) {
      const taken = new Set(this.anyOf(e, [from]))
      for (let p = from; p <= this.chars.length; p++) if (!taken.has(p)) all.add(p)
      this.pay((this.chars.length - from) * SET_COST)
    }
    return sorted([...all])
  }
}

function sorted(places: number[]): number[] {
  return places.sort((a, b) => a - b)
}

/** bash leaves a text's last character to a group after a star, unless the group is ?(…) or *(…): b is not *!(b). */
function isNeeded(e: Element | undefined): boolean {
  return e?.kind === 'group' && e.op !== '?' && e.op !== '*'
}

function simple(elements: readonly Element[]): boolean {
  return elements.every((e) => e.kind !== 'group')
}

export function matches(pattern: string, text: string, meter: Meter, ignoreCase = false): boolean {
  if (!hasMagic(pattern)) {
    const plain = unescapePattern(pattern)
    return ignoreCase ? plain.toLowerCase() === text.toLowerCase() : plain === text
  }
  const elements = parsePattern(pattern)
  const chars = charsOf(text)
  const m = new Matcher(chars, ignoreCase, meter, true)
  return simple(elements) ? m.whole(elements) : m.ends(elements, [0]).at(-1) === chars.length
}

/** fnmatch(3) without flags: *, ? and sets, no groups. In time proportional to the two lengths, so nobody has to pay. */
export function fnmatch(pattern: string, text: string): boolean {
  const elements = parsePattern(pattern.replace(/([?*+@!])\(/g, '$1\\('))
  return new Matcher(charsOf(text), false, UNPAID).whole(elements)
}

/** ${x#p} ${x##p}: length of the prefix that matches, or -1. */
export function prefixLength(pattern: string, text: string, longest: boolean, meter: Meter): number {
  const chars = charsOf(text)
  const ends = new Matcher(chars, false, meter).ends(parsePattern(pattern), [0])
  return ends.length === 0 ? -1 : unitsOf(chars, longest ? ends.at(-1)! : ends[0]!)
}

/** The same elements from the end to the start. */
function reversed(elements: readonly Element[]): Element[] {
  return elements.map((e) => (e.kind === 'group' ? { ...e, alternatives: e.alternatives.map(reversed) } : e)).reverse()
}

/** ${x%p} ${x%%p}: where the suffix that matches starts, or -1. */
export function suffixStart(pattern: string, text: string, longest: boolean, meter: Meter): number {
  const chars = charsOf(text)
  const backwards = [...chars].reverse()
  const ends = new Matcher(backwards, false, meter).ends(reversed(parsePattern(pattern)), [0])
  return ends.length === 0 ? -1 : unitsOf(chars, chars.length - (longest ? ends.at(-1)! : ends[0]!))
}

/** ${x/p/r} and its kin: where matches are, longest at each place. */
export function replaceMatches(
  pattern: string,
  text: string,
  how: '/' | '//' | '/#' | '/%',
  replacement: (match: string) => string,
  meter: Meter,
): string {
  if (pattern === '') return how === '/#' ? replacement('') + text : how === '/%' ? text + replacement('') : text
  if (how === '/#') {
    const n = prefixLength(pattern, text, true, meter)
    return n < 0 ? text : replacement(text.slice(0, n)) + text.slice(n)
  }
  if (how === '/%') {
    const at = suffixStart(pattern, text, true, meter)
    return at < 0 ? text : text.slice(0, at) + replacement(text.slice(at))
  }
  const chars = charsOf(text)
  const elements = parsePattern(pattern)
  // Nothing matches in an empty text, a star excepted.
  if (text === '') return elements.every((e) => e.kind === 'star') ? replacement('') : ''
  const m = new Matcher(chars, false, meter)
  const piece = (from: number, to: number): string =>
    typeof chars === 'string' ? chars.slice(from, to) : chars.slice(from, to).join('')
  let out = ''
  let copied = 0
  for (let i = 0; i < chars.length; ) {
    const end = m.ends(elements, [i]).at(-1)
    if (end !== undefined) {
      out += piece(copied, i) + replacement(piece(i, end))
      copied = end
      if (how === '/') break
    }
    i = end === undefined || end === i ? i + 1 : end
  }
  return out + piece(copied, chars.length)
}
