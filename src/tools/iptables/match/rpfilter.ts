// -m rpfilter (extensions/libxt_rpfilter.c).
import type { MatchRpfilter } from '../../../uapi/xt.ts'
import type { Extension, OptionCall } from '../extension.ts'
import { DataDraft, type Mutable } from './draft.ts'

const HELP = `rpfilter match options:
    --loose          permit reverse path via any interface
    --validmark      use skb nfmark when performing route lookup
    --accept-local   do not reject packets with a local source address
    --invert         match packets that failed the reverse path test
`

function set(info: Mutable<MatchRpfilter>, call: OptionCall): void {
  switch (call.entry.name) {
    case 'loose':
      info.loose = true
      break
    case 'validmark':
      info.validmark = true
      break
    case 'accept-local':
      info.acceptLocal = true
      break
    default:
      info.invert = true
  }
}

function words(m: MatchRpfilter, prefix: string): string[] {
  const out: string[] = []
  if (m.loose) out.push(`${prefix}loose`)
  if (m.validmark) out.push(`${prefix}validmark`)
  if (m.acceptLocal) out.push(`${prefix}accept-local`)
  if (m.invert) out.push(`${prefix}invert`)
  return out
}

const NOTHING: MatchRpfilter = Object.freeze({
  name: 'rpfilter',
  loose: false,
  validmark: false,
  acceptLocal: false,
  invert: false,
})

export const rpfilterExtension: Extension<MatchRpfilter> = Object.freeze({
  name: 'rpfilter',
  options: Object.freeze([
    { name: 'loose', type: 'none' },
    { name: 'validmark', type: 'none' },
    { name: 'accept-local', type: 'none' },
    { name: 'invert', type: 'none' },
  ] as const),
  help: HELP,
  begin: () => new DataDraft<MatchRpfilter>(NOTHING, set),
  print: (m) => ['rpfilter', ...words(m, '')].join(' '),
  save: (m) => words(m, '--').join(' '),
} satisfies Extension<MatchRpfilter>)
