// -m mark (extensions/libxt_mark.c).
import type { MatchMark } from '../../../uapi/xt.ts'
import type { Extension } from '../extension.ts'
import { DataDraft, not } from './draft.ts'
import { markText, setMark } from './mark_mask.ts'

const HELP = `mark match options:
[!] --mark value[/mask]    Match nfmark value with optional mask
`

const NOTHING: MatchMark = Object.freeze({ name: 'mark', value: 0, mask: 0, invert: false })

export const markExtension: Extension<MatchMark> = Object.freeze({
  name: 'mark',
  options: Object.freeze([{ name: 'mark', type: 'markmask32', mand: true, invert: true }] as const),
  help: HELP,
  begin: () => new DataDraft<MatchMark>(NOTHING, setMark),
  print: (info) => `mark match ${not(info.invert)}${markText(info)}`,
  save: (info) => `${not(info.invert)}--mark ${markText(info)}`,
} satisfies Extension<MatchMark>)
