// getopt_long(3) as the iptables programs drive it: one option at a time, while -m and -j add options of their own.
// Read first: getopt(3) ("-" at the start of the option string: words that are no options come as options too).
// lib/getopt.ts reads a whole command line at once, which cannot be done here.
import type { Match } from '../../uapi/xt.ts'
import type { Target } from '../../uapi/xt_target.ts'
import type { Extension, OptionEntry } from './extension.ts'

export interface LongOption {
  readonly name: string
  readonly arg: 'none' | 'required' | 'optional'
  /** The letter that next() gives for it. */
  readonly letter: string
}

/** The options of a program: its letters as in getopt's string, and the long ones. */
export interface OptionTable {
  readonly short: ReadonlyMap<string, LongOption['arg']>
  readonly long: readonly LongOption[]
  readonly byName: ReadonlyMap<string, LongOption>
  /** A leading "-": words that are no options are given as WORD; else they are collected in `rest`. */
  readonly inOrder: boolean
}

export function optionTable(short: string, long: readonly LongOption[]): OptionTable {
  const letters = new Map<string, LongOption['arg']>()
  for (const m of short.matchAll(/([^:-])(:{0,2})/g)) {
    letters.set(m[1]!, m[2] === '' ? 'none' : m[2] === ':' ? 'required' : 'optional')
  }
  return Object.freeze({
    short: letters,
    long: Object.freeze(long),
    byName: new Map([...long].reverse().map((o) => [o.name, o])),
    inOrder: short.startsWith('-'),
  })
}

export type AnyExtension = Extension<Match | Target>

/** An option of an extension, as found on the command line. */
export interface ExtensionOption {
  readonly ext: AnyExtension
  readonly entry: OptionEntry
}

/** What next() gives besides letters. */
export const UNKNOWN = '?'
export const NO_ARGUMENT = ':'
export const WORD = '\u0001'
export const EXTENSION = '\u0002'

/** Options of extensions by name; made once for each. */
export class EntryIndex {
  private readonly tables = new Map<AnyExtension, ReadonlyMap<string, OptionEntry>>()

  of(ext: AnyExtension): ReadonlyMap<string, OptionEntry> {
    let t = this.tables.get(ext)
    if (t === undefined) {
      t = new Map(ext.options.map((o) => [o.name, o]))
      this.tables.set(ext, t)
    }
    return t
  }
}

/** Extensions whose options are known: those of newer ones hide those of older ones. */
interface Loaded {
  readonly ext: AnyExtension
  readonly older: Loaded | null
}

export class Args {
  readonly argv: readonly string[]
  /** optind */
  at = 1
  /** optarg of the last option. */
  arg: string | null = null
  /** Set with EXTENSION. */
  found: ExtensionOption | null = null
  /** Words that are no options, where they are not given in order. */
  readonly rest: string[] = []
  /** What glibc writes to stderr about the last option, with a newline. */
  complaint = ''
  private readonly table: OptionTable
  private readonly index: EntryIndex
  private loaded: Loaded | null = null
  private cluster = ''

  constructor(argv: readonly string[], table: OptionTable, index: EntryIndex) {
    this.argv = argv
    this.table = table
    this.index = index
  }

  /** xtables_options_xfrm: the options of an extension are known from now on. */
  add(ext: AnyExtension): void {
    if (ext.options.length === 0) return
    for (let l = this.loaded; l !== null; l = l.older) if (l.ext === ext) return
    this.loaded = { ext, older: this.loaded }
  }

  /** A letter, EXTENSION, WORD, UNKNOWN or NO_ARGUMENT; null at the end. */
  next(): string | null {
    this.arg = null
    if (this.cluster !== '') return this.shortOption()
    while (this.at < this.argv.length) {
      const word = this.argv[this.at]!
      if (word.length < 2 || word[0] !== '-') {
        this.at++
        if (this.table.inOrder) {
          this.arg = word
          return WORD
        }
        this.rest.push(word)
        continue
      }
      if (word === '--') {
        this.at++
        break
      }
      if (word[1] === '-') {
        this.at++
        return this.longOption(word.slice(2))
      }
      this.cluster = word.slice(1)
      return this.shortOption()
    }
    return null
  }

  /** xs_has_arg: the next word is neither an option nor "!". */
  hasArg(): boolean {
    const word = this.argv[this.at]
    return word !== undefined && word[0] !== '-' && word[0] !== '!'
  }

  /** argv[optind - 1] */
  get last(): string {
    return this.argv[this.at - 1] ?? ''
  }

  private shortOption(): string {
    const letter = this.cluster[0]!
    const glued = this.cluster.slice(1)
    this.cluster = glued
    if (glued === '') this.at++
    const kind = this.table.short.get(letter)
    if (kind === undefined) {
      this.complaint = `invalid option -- '${letter}'\n`
      return UNKNOWN
    }
    if (kind === 'none') return letter
    this.cluster = ''
    if (glued !== '') {
      this.at++
      this.arg = glued
    } else if (kind === 'required') {
      if (this.at >= this.argv.length) {
        this.complaint = `option requires an argument -- '${letter}'\n`
        return NO_ARGUMENT
      }
      this.arg = this.argv[this.at++]!
    }
    return letter
  }

  private longOption(text: string): string {
    const eq = text.indexOf('=')
    const name = eq < 0 ? text : text.slice(0, eq)
    const value = eq < 0 ? null : text.slice(eq + 1)
    const base = this.table.byName.get(name)
    if (base !== undefined) return this.take(base.name, base.arg, base.letter, value)
    for (let l = this.loaded; l !== null; l = l.older) {
      const { ext } = l
      const entry = this.index.of(ext).get(name)
      if (entry !== undefined) return this.takeEntry({ ext, entry }, value)
    }
    return this.abbreviation(text, name, value)
  }

  private takeEntry(found: ExtensionOption, value: string | null): string {
    this.found = found
    const { entry } = found
    const arg = entry.type === 'none' ? 'none' : entry.optional === true ? 'optional' : 'required'
    return this.take(entry.name, arg, EXTENSION, value)
  }

  private take(name: string, kind: LongOption['arg'], letter: string, value: string | null): string {
    if (kind === 'none' && value !== null) {
      this.complaint = `option '--${name}' doesn't allow an argument\n`
      return UNKNOWN
    }
    this.arg = value
    if (kind !== 'required' || value !== null) return letter
    if (this.at >= this.argv.length) {
      this.complaint = `option '--${name}' requires an argument\n`
      return NO_ARGUMENT
    }
    this.arg = this.argv[this.at++]!
    return letter
  }

  /** No option of that name: the beginning of one, or of several that mean the same. */
  private abbreviation(text: string, name: string, value: string | null): string {
    const base = this.table.long.filter((o) => o.name.startsWith(name))
    const more: ExtensionOption[] = []
    for (let l = this.loaded; l !== null; l = l.older) {
      const { ext } = l
      for (const entry of ext.options) if (entry.name.startsWith(name)) more.push({ ext, entry })
    }
    const first = base[0]
    if (first !== undefined && more.length === 0 && base.every((o) => o.letter === first.letter && o.arg === first.arg))
      return this.take(first.name, first.arg, first.letter, value)
    if (first === undefined && more.length === 1) return this.takeEntry(more[0]!, value)
    const names = [...base.map((o) => o.name), ...more.map((o) => o.entry.name)]
    this.complaint =
      names.length === 0
        ? `unrecognized option '--${text}'\n`
        : `option '--${text}' is ambiguous; possibilities:${names.map((n) => ` '--${n}'`).join('')}\n`
    return UNKNOWN
  }
}
