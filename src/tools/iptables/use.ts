// One use of a match or target on a command line: its options as they are met, and what libxtables checks of them.
// Read first: extension.ts; libxtables/xtoptions.c, xtables_option_parse and xtables_options_fcheck.
import type { Sys } from '../../uapi/program.ts'
import type { Match } from '../../uapi/xt.ts'
import type { Target } from '../../uapi/xt_target.ts'
import { otherProblem, problem } from './exit.ts'
import type { Draft, Extension, FinalCall, OptionCall, OptionEntry, OptionValue, RuleSoFar } from './extension.ts'
import { optionValue, type Resolver } from './values.ts'

/** What options are read with. */
export interface UseContext {
  readonly sys: Sys
  readonly resolver: Resolver
  readonly rule: RuleSoFar
  /** OptionCall.nextWord */
  nextWord(): string | null
}

/** struct xt_option_call, and struct xt_fcheck_call with the fields about an option left out. */
class Call implements FinalCall {
  protected readonly ctx: UseContext
  private readonly met: readonly string[]

  constructor(met: readonly string[], ctx: UseContext) {
    this.met = met
    this.ctx = ctx
  }

  /** Few ask, and a file has tens of thousands of lines: the set is made for those who do. */
  get seen(): ReadonlySet<string> {
    return new Set(this.met)
  }

  get rule(): RuleSoFar {
    return this.ctx.rule
  }

  get sys(): Sys {
    return this.ctx.sys
  }

  problem(text: string): never {
    problem(text)
  }

  other(text: string): never {
    otherProblem(text)
  }
}

class MetOption extends Call implements OptionCall {
  readonly entry: OptionEntry
  readonly arg: string
  readonly invert: boolean
  readonly value: OptionValue

  constructor(
    met: readonly string[],
    ctx: UseContext,
    entry: OptionEntry,
    arg: string,
    invert: boolean,
    value: OptionValue,
  ) {
    super(met, ctx)
    this.entry = entry
    this.arg = arg
    this.invert = invert
    this.value = value
  }

  nextWord(): string | null {
    return this.ctx.nextWord()
  }
}

const NOTHING: readonly string[] = Object.freeze([])

export class ExtensionUse<I extends Match | Target> {
  readonly ext: Extension<I>
  private readonly draft: Draft<I>
  /** Ids of the options met. */
  private met: readonly string[] = NOTHING

  constructor(ext: Extension<I>) {
    this.ext = ext
    this.draft = ext.begin()
  }

  /** xtables_option_parse: `arg` is null where the option takes none. Another spelling counts as the first one of its id. */
  option(spelling: OptionEntry, arg: string | null, invert: boolean, ctx: UseContext): void {
    const { ext, met } = this
    const id = spelling.id ?? spelling.name
    const entry = spelling.id === undefined ? spelling : (ext.options.find((o) => o.name === id) ?? spelling)
    if (met.includes(id) && entry.multi !== true)
      problem(`${ext.name}: option "--${entry.name}" can only be used once.\n`)
    if (invert && entry.invert !== true) problem(`${ext.name}: option "--${entry.name}" cannot be inverted.\n`)
    if (arg === null && entry.type !== 'none' && entry.optional !== true)
      problem(`${ext.name}: option "--${entry.name}" requires an argument.\n`)
    const value = optionValue(ext.name, entry, arg ?? '', ctx.resolver)
    this.draft.parse(new MetOption(met, ctx, entry, arg ?? '', invert, value))
    if (!met.includes(id)) this.met = [...met, id]
  }

  /** The extension's own final check, then what its table demands; frozen data. */
  finish(ctx: UseContext): I {
    const info = this.draft.finish(new Call(this.met, ctx))
    if (this.ext.options.length > 0) this.checkTable()
    return Object.freeze(info)
  }

  /** xtables_options_fcheck */
  private checkTable(): void {
    const { ext, met } = this
    for (let i = 0; i < ext.options.length; i++) {
      const entry = ext.options[i]!
      const id = entry.id ?? entry.name
      if (!met.includes(id)) {
        if (entry.mand === true) problem(`${ext.name}: option "--${entry.name}" must be specified\n`)
        continue
      }
      if (entry.also === undefined && entry.excl === undefined) continue
      for (const other of ext.options)
        if (other.id === undefined && other.name !== id) this.checkPair(entry, other.name)
    }
  }

  private checkPair(entry: OptionEntry, other: string): void {
    const { ext, met } = this
    if (entry.also?.includes(other) === true && !met.includes(other))
      problem(`${ext.name}: option "--${entry.name}" also requires "--${other}".\n`)
    if (entry.excl?.includes(other) === true && met.includes(other))
      problem(`${ext.name}: option "--${entry.name}" cannot be used together with "--${other}".\n`)
  }
}
