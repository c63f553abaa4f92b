// -j SNAT (extensions/libxt_NAT.c, revision 0). Read first: nat_range.ts.
import type { NatRange, TargetOf } from '../../../uapi/xt_target.ts'
import type { Extension } from '../extension.ts'
import { NatDraft, printNat, withoutBase } from './nat_range.ts'

const HELP = `SNAT target options:
 --to-source [<ipaddr>[-<ipaddr>]][:port[-port]]
				Address to map source to.
[--random] [--random-fully] [--persistent]
`

export const snatTargetExtension: Extension<TargetOf<'SNAT'>> = Object.freeze({
  name: 'SNAT',
  options: Object.freeze([
    { name: 'to-source', type: 'string', mand: true },
    { name: 'random', type: 'none' },
    { name: 'random-fully', type: 'none' },
    { name: 'persistent', type: 'none' },
  ] as const),
  help: HELP,
  begin: () => new NatDraft('SNAT', withoutBase),
  print: (info: NatRange) => printNat(info, 'to:', '', false),
  save: (info: NatRange) => printNat(info, '--to-source ', '--', false),
} satisfies Extension<TargetOf<'SNAT'>>)
