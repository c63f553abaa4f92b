// -m tcpmss (extensions/libxt_tcpmss.c).
import type { MatchTcpmss } from '../../../uapi/xt.ts'
import type { Extension, OptionCall } from '../extension.ts'
import { DataDraft, type Mutable } from './draft.ts'

const HELP = `tcpmss match options:
[!] --mss value[:value]	Match TCP MSS range.
				(only valid for TCP SYN or SYN/ACK packets)
`

function set(info: Mutable<MatchTcpmss>, call: OptionCall): void {
  const { value } = call
  if (value.type !== 'range') return
  info.min = value.values[0] ?? 0
  info.max = value.values[1] ?? info.min
  if (info.max < info.min) call.problem('tcpmss: invalid range given')
  if (call.invert) info.invert = true
}

const range = ({ min, max }: MatchTcpmss): string => (min === max ? `${min}` : `${min}:${max}`)

export const tcpmssExtension: Extension<MatchTcpmss> = Object.freeze({
  name: 'tcpmss',
  options: Object.freeze([{ name: 'mss', type: 'uint16rc', mand: true, invert: true }] as const),
  help: HELP,
  begin: () => new DataDraft<MatchTcpmss>({ name: 'tcpmss', min: 0, max: 0, invert: false }, set),
  print: (m) => `tcpmss match ${m.invert ? '!' : ''}${range(m)}`,
  save: (m) => `${m.invert ? '! ' : ''}--mss ${range(m)}`,
} satisfies Extension<MatchTcpmss>)
