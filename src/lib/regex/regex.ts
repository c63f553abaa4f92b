// Regular expressions of the text tools and of bash's =~: POSIX basic and extended with GNU's additions, mawk's, and Perl's for
// grep -P. Read first: parse.ts (pattern to tree), program.ts (tree to program), dfa.ts (all paths at once:
// is there a match, how long is it), search.ts (one path: groups, back-references, looks). Texts are byte strings, bash's excepted.
import { Dfa, type Meter, Work } from './dfa.ts'
import { parseRegex, type RegexOptions } from './parse.ts'
import { parsePerl } from './perl.ts'
import { compileProgram, type Program, TooBig } from './program.ts'
import { Search } from './search.ts'

export type { Meter } from './dfa.ts'
export type { RegexOptions } from './parse.ts'

export interface Span {
  readonly start: number
  readonly end: number
}

export type Compiled =
  | { readonly ok: true; readonly regex: Regex; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly error: string }

export class Regex {
  private readonly program: Program
  readonly groups: number
  private readonly work: Work
  private readonly dfa: Dfa
  /** POSIX: the longest of the leftmost; Perl: the first in its order. */
  private readonly longest: boolean

  constructor(program: Program, longest: boolean, meter: Meter) {
    this.program = program
    this.groups = program.groups
    this.longest = longest
    this.work = new Work(meter)
    this.dfa = new Dfa(program, this.work)
  }

  test(text: string): boolean {
    const exact = this.longest && !this.program.hasBackrefs
    return exact ? this.dfa.earliestEnd(text, 0) >= 0 : this.exec(text) !== null
  }

  /** The leftmost longest match that begins at `from` or later. */
  exec(text: string, from = 0): Span | null {
    if (this.dfa.earliestEnd(text, from) < 0) return null
    const search = this.longest && !this.program.hasBackrefs ? null : new Search(this.program, text, this.work)
    for (let start = from; start <= text.length; start++) {
      let end = this.dfa.longestEnd(text, start)
      if (end < 0) continue
      if (search === null) return { start, end }
      end = search.run(start, { kind: this.longest ? 'longest' : 'first' })
      if (end >= 0) return { start: search.kept(start), end }
    }
    return null
  }

  /** The texts of a match that exec found: index 0 is the whole; a group that took no part is undefined. */
  submatches(text: string, m: Span): readonly (string | undefined)[] {
    const out: (string | undefined)[] = [text.slice(m.start, m.end)]
    if (this.groups === 0) return out
    const search = new Search(this.program, text, this.work)
    search.run(m.start, { kind: 'end at', end: m.end })
    const r = search.registers()
    for (let i = 1; i <= this.groups; i++) out.push(r[2 * i + 1]! < 0 ? undefined : text.slice(r[2 * i], r[2 * i + 1]))
    return out
  }
}

const TOO_BIG = 'Regular expression too big'

export function compileRegex(source: string, options: RegexOptions, meter: Meter): Compiled {
  const parsed = parseRegex(source, options)
  if ('error' in parsed) return { ok: false, error: parsed.error }
  try {
    const program = compileProgram(parsed.tree, parsed.groups)
    return { ok: true, regex: new Regex(program, true, meter), warnings: parsed.warnings }
  } catch (e) {
    if (e instanceof TooBig) return { ok: false, error: TOO_BIG }
    throw e
  }
}

/** grep -P. */
export function compilePerl(source: string, icase: boolean, meter: Meter): Compiled {
  const parsed = parsePerl(source, icase)
  if ('error' in parsed) return { ok: false, error: parsed.error }
  try {
    return { ok: true, regex: new Regex(compileProgram(parsed.tree, parsed.groups), false, meter), warnings: [] }
  } catch (e) {
    if (e instanceof TooBig) return { ok: false, error: 'regular expression is too large' }
    throw e
  }
}
