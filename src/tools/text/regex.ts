// POSIX regular expressions, basic and extended, with GNU's additions and mawk's differences: compiled to JS RegExp over
// byte strings. Read first: regex_parse.ts (the translation). Where leftmost-first and leftmost-longest can differ
// (alternatives, optional groups) every longer end is tried too. Sub-matches inside repeated groups follow JS.
import { parseRegex, type RegexOptions } from './regex_parse.ts'

export type { RegexOptions } from './regex_parse.ts'

export interface Match {
  readonly start: number
  readonly end: number
  /** Index 0 is the whole match; a group that took no part is undefined. */
  readonly groups: readonly (string | undefined)[]
}

export type Compiled =
  | { readonly ok: true; readonly regex: Regex; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly error: string }

/** Stands in a copy of the text where a match is to end; no byte string contains it. */
const END_MARK = '\uffff'

export class Regex {
  private readonly plain: RegExp
  /** The same, matched at one place and up to the mark; null when the first match is always the longest. */
  private readonly marked: RegExp | null
  readonly groups: number

  constructor(source: string, flags: string, ambiguous: boolean, groups: number) {
    this.plain = new RegExp(source, `g${flags}`)
    this.marked = ambiguous ? new RegExp(`(?:${source})(?=${END_MARK})`, `y${flags}`) : null
    this.groups = groups
  }

  test(text: string): boolean {
    this.plain.lastIndex = 0
    return this.plain.test(text)
  }

  /** The leftmost longest match that begins at `from` or later. */
  exec(text: string, from = 0): Match | null {
    this.plain.lastIndex = from
    const m = this.plain.exec(text)
    if (m === null) return null
    const found = { start: m.index, end: m.index + m[0].length, groups: m }
    return this.marked === null ? found : this.longer(text, found)
  }

  private longer(text: string, found: Match): Match {
    const re = this.marked!
    for (let end = text.length; end > found.end; end--) {
      re.lastIndex = found.start
      const m = re.exec(text.slice(0, end) + END_MARK + text.slice(end))
      if (m !== null) return { start: found.start, end, groups: m }
    }
    return found
  }
}

export function compileRegex(source: string, options: RegexOptions): Compiled {
  const parsed = parseRegex(source, options)
  if ('error' in parsed) return { ok: false, error: parsed.error }
  try {
    const flags = options.icase === true ? 'i' : ''
    return {
      ok: true,
      regex: new Regex(parsed.source, flags, parsed.ambiguous, parsed.groups),
      warnings: parsed.warnings,
    }
  } catch {
    // V8 turns down what is too large for it.
    return { ok: false, error: 'Regular expression too big' }
  }
}
