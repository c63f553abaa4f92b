// getopt_long(3) one option at a time: conntrack's commands look at the next word themselves, and -p adds options on the way.
// Read first: getopt(3). Words that are no options are passed over, as with glibc's permutation.
import { problem } from './exit.ts'

export interface LongOption {
  readonly name: string
  readonly arg: 'none' | 'required' | 'optional'
  readonly opt: string
}

export interface Item {
  readonly opt: string
  readonly arg: string | null
}

export class Getopt {
  private readonly words: readonly string[]
  private readonly short: string
  private long: readonly LongOption[]
  /** The next word (optind); within a cluster still its own word. */
  private at = 1
  /** Letters of a cluster that are still to come, and from where in the word. */
  private inside = 0

  constructor(words: readonly string[], short: string, long: readonly LongOption[]) {
    this.words = words
    this.short = short
    this.long = long
  }

  /** merge_options: the options of a protocol. */
  add(options: readonly LongOption[]): void {
    this.long = [...this.long, ...options]
  }

  /** get_optional_arg: the next word, when it is none that begins an option. An argument that was glued to the option is lost. */
  optional(glued: string | null): string | null {
    const word = this.words[this.at]
    if (glued !== null || this.inside > 0 || word === undefined || word.startsWith('-') || word.startsWith('!'))
      return null
    this.at++
    return word
  }

  next(): Item | null {
    if (this.inside > 0) return this.letter(this.words[this.at]!)
    while (this.at < this.words.length) {
      const word = this.words[this.at]!
      if (word === '--') return null
      if (word.startsWith('--')) {
        this.at++
        return this.name(word.slice(2))
      }
      if (word.length > 1 && word.startsWith('-')) {
        this.inside = 1
        return this.letter(word)
      }
      this.at++
    }
    return null
  }

  private letter(word: string): Item {
    const opt = word[this.inside++]!
    const last = this.inside >= word.length
    if (last) this.leave()
    const at = ':;'.includes(opt) ? -1 : this.short.indexOf(opt)
    if (at < 0) problem(`unknown option \`${this.words[this.at - 1]}'`)
    if (this.short[at + 1] !== ':') return { opt, arg: null }
    if (!last) {
      const glued = word.slice(this.inside)
      this.leave()
      return { opt, arg: glued }
    }
    return { opt, arg: this.short[at + 2] === ':' ? null : this.required() }
  }

  private leave(): void {
    this.inside = 0
    this.at++
  }

  private required(): string {
    if (this.at >= this.words.length) problem(`option \`${this.words[this.at - 1]}' requires an argument`)
    return this.words[this.at++]!
  }

  private name(text: string): Item {
    const eq = text.indexOf('=')
    const name = eq < 0 ? text : text.slice(0, eq)
    const value = eq < 0 ? null : text.slice(eq + 1)
    const exact = this.long.find((o) => o.name === name)
    const close = exact === undefined ? this.long.filter((o) => o.name.startsWith(name)) : [exact]
    const found = close[0]
    const unclear = found === undefined || close.some((o) => o.opt !== found.opt || o.arg !== found.arg)
    if (unclear || (found.arg === 'none' && value !== null)) problem(`unknown option \`${this.words[this.at - 1]}'`)
    if (found.arg !== 'required' || value !== null) return { opt: found.opt, arg: value }
    return { opt: found.opt, arg: this.required() }
  }
}
