// What the matches share: a draft over data that begins with default values, and libxtables' words for a bad value.
// Read first: ../extension.ts.
import type { Match } from '../../../uapi/xt.ts'
import type { Draft, FinalCall, OptionCall } from '../extension.ts'

export type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** `set` takes an option into the data; `check` is the extension's own final check (x6_fcheck). */
export class DataDraft<I extends Match> implements Draft<I> {
  private readonly info: Mutable<I>
  private readonly set: (info: Mutable<I>, call: OptionCall) => void
  private readonly check: ((info: I, call: FinalCall) => void) | null

  constructor(
    info: I,
    set: (info: Mutable<I>, call: OptionCall) => void,
    check: ((info: I, call: FinalCall) => void) | null = null,
  ) {
    this.info = { ...info }
    this.set = set
    this.check = check
  }

  parse(call: OptionCall): void {
    this.set(this.info, call)
  }

  finish(call: FinalCall): I {
    const info = this.info as I
    this.check?.(info, call)
    return info
  }
}

/** xtables_param_act(XTF_BAD_VALUE, …) */
export function badValue(call: OptionCall, ext: string, option: string, value: string): never {
  return call.problem(`${ext}: Bad value for "${option}" option: "${value}"`)
}

export const not = (invert: boolean): string => (invert ? '! ' : '')

/** Parts with a blank between, those that are '' left out. */
export function joined(parts: readonly string[]): string {
  return parts.filter((p) => p !== '').join(' ')
}
