// -m tos (extensions/libxt_tos.c, revision 1). Read first: tos_names.ts.
import type { MatchTos } from '../../../uapi/xt.ts'
import type { Extension, OptionCall } from '../extension.ts'
import { DataDraft, type Mutable, not } from './draft.ts'
import { tosHelp, tosHex, tosName } from './tos_names.ts'

const HELP = `tos match options:
[!] --tos value[/mask]    Match Type of Service/Priority field value
[!] --tos symbol          Match TOS field (IPv4 only) by symbol
                          Accepted symbolic names for value are:
${tosHelp()}
`

function set(info: Mutable<MatchTos>, { value, invert }: OptionCall): void {
  if (value.type !== 'masked') return
  info.value = value.value
  info.mask = value.mask
  info.invert = invert
}

const NOTHING: MatchTos = Object.freeze({ name: 'tos', value: 0, mask: 0, invert: false })

export const tosExtension: Extension<MatchTos> = Object.freeze({
  name: 'tos',
  options: Object.freeze([{ name: 'tos', type: 'tosmask', mand: true, invert: true, max: 0x3f }] as const),
  help: HELP,
  begin: () => new DataDraft<MatchTos>(NOTHING, set),
  print: ({ value, mask, invert }, { numeric }) => {
    const name = numeric ? null : tosName(value, mask)
    return `tos match${invert ? '!' : ''}${name === null ? `${tosHex(value)}/${tosHex(mask)}` : ` ${name}`}`
  },
  save: ({ value, mask, invert }) => `${not(invert)}--tos ${tosHex(value)}/${tosHex(mask)}`,
} satisfies Extension<MatchTos>)
