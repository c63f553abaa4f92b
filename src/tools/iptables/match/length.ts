// -m length (extensions/libxt_length.c).
import type { MatchLength } from '../../../uapi/xt.ts'
import type { Extension, OptionCall } from '../extension.ts'
import { DataDraft, type Mutable, not } from './draft.ts'

const HELP = `length match options:
[!] --length length[:length]    Match packet length against value or range
                                of values (inclusive)
`

function set(info: Mutable<MatchLength>, { value, invert }: OptionCall): void {
  if (value.type !== 'range') return
  info.min = value.values[0]!
  info.max = value.values[1] ?? info.min
  info.invert = invert
}

const rangeText = (m: MatchLength): string => (m.min === m.max ? `${m.min}` : `${m.min}:${m.max}`)

const NOTHING: MatchLength = Object.freeze({ name: 'length', min: 0, max: 0, invert: false })

export const lengthExtension: Extension<MatchLength> = Object.freeze({
  name: 'length',
  options: Object.freeze([{ name: 'length', type: 'uint16rc', mand: true, invert: true }] as const),
  help: HELP,
  begin: () => new DataDraft<MatchLength>(NOTHING, set),
  print: (info) => `length ${info.invert ? '!' : ''}${rangeText(info)}`,
  save: (info) => `${not(info.invert)}--length ${rangeText(info)}`,
} satisfies Extension<MatchLength>)
