// A compiled sed script: addresses and commands as data. Read first: sed_parse.ts makes it, sed_run.ts runs it.
import type { Regex } from '../../lib/regex/regex.ts'

export type Address =
  | { readonly kind: 'line'; readonly n: number }
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  | { readonly kind: 'last' }
  /** Null is the empty pattern: the last one used. */
  | { readonly kind: 'regex'; readonly regex: Regex | null }

export type RangeEnd =
  | Address
  | { readonly kind: 'plus'; readonly n: number }
  | { readonly kind: 'multiple'; readonly n: number }

/** A piece of a replacement: text or a group, and the case conversion that begins there. */
export interface ReplacementPart {
  readonly text: string
  /** -1 for text. */
  readonly group: number
  readonly case: '' | 'L' | 'U' | 'E' | 'l' | 'u'
}

export interface Substitution {
  readonly regex: Regex | null
  readonly parts: readonly ReplacementPart[]
  readonly global: boolean
  readonly print: boolean
  readonly nth: number
  readonly file: string | null
}

export interface Command {
  readonly name: string
  readonly from: Address | null
  readonly to: RangeEnd | null
  readonly negated: boolean
  /** Text of a i c, file of r R w W, label of b t T :. */
  readonly text: string
  /** Number of q Q l L; -1 when absent. */
  readonly number: number
  readonly substitution: Substitution | null
  readonly map: ReadonlyMap<string, string> | null
  /** Where { goes when it does not match: past its }. Where b t T go: -1 is the end. */
  target: number
}

export interface Script {
  readonly commands: readonly Command[]
  /** The first two characters were #n. */
  readonly quiet: boolean
}
