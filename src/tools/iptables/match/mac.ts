// -m mac (extensions/libxt_mac.c).
import { formatMac } from '../../../lib/mac.ts'
import type { MatchMac } from '../../../uapi/xt.ts'
import type { Extension, OptionCall } from '../extension.ts'
import { DataDraft, type Mutable, not } from './draft.ts'

const HELP = `mac match options:
[!] --mac-source XX:XX:XX:XX:XX:XX
				Match source MAC address
`

function set(info: Mutable<MatchMac>, { value, invert }: OptionCall): void {
  if (value.type !== 'mac') return
  info.source = value.mac
  info.invert = invert
}

const NOTHING: MatchMac = Object.freeze({ name: 'mac', source: 0, invert: false })

export const macExtension: Extension<MatchMac> = Object.freeze({
  name: 'mac',
  options: Object.freeze([{ name: 'mac-source', type: 'ethermac', mand: true, invert: true }] as const),
  help: HELP,
  begin: () => new DataDraft<MatchMac>(NOTHING, set),
  print: ({ source, invert }) => `MAC ${not(invert)}${formatMac(source)}`,
  save: ({ source, invert }) => `${not(invert)}--mac-source ${formatMac(source)}`,
} satisfies Extension<MatchMac>)
