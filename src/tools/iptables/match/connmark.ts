// -m connmark (extensions/libxt_connmark.c).
import type { MatchConnmark } from '../../../uapi/xt.ts'
import type { Extension } from '../extension.ts'
import { DataDraft, not } from './draft.ts'
import { markText, setMark } from './mark_mask.ts'

const HELP = `connmark match options:
[!] --mark value[/mask]    Match ctmark value with optional mask
`

const NOTHING: MatchConnmark = Object.freeze({ name: 'connmark', value: 0, mask: 0, invert: false })

export const connmarkExtension: Extension<MatchConnmark> = Object.freeze({
  name: 'connmark',
  options: Object.freeze([{ name: 'mark', type: 'markmask32', mand: true, invert: true }] as const),
  help: HELP,
  begin: () => new DataDraft<MatchConnmark>(NOTHING, setMark),
  print: (info) => `connmark match ${info.invert ? '!' : ''} ${markText(info)}`,
  save: (info) => `${not(info.invert)}--mark ${markText(info)}`,
} satisfies Extension<MatchConnmark>)
