// -j DNAT (extensions/libxt_NAT.c, revision 2). Read first: nat_range.ts.
import type { TargetOf } from '../../../uapi/xt_target.ts'
import type { Extension } from '../extension.ts'
import { NatDraft, printNat } from './nat_range.ts'

const HELP = `DNAT target options:
 --to-destination [<ipaddr>[-<ipaddr>]][:port[-port[/port]]]
				Address to map destination to.
[--random] [--persistent]
`

export const dnatTargetExtension: Extension<TargetOf<'DNAT'>> = Object.freeze({
  name: 'DNAT',
  options: Object.freeze([
    { name: 'to-destination', type: 'string', mand: true },
    { name: 'random', type: 'none' },
    { name: 'persistent', type: 'none' },
  ] as const),
  help: HELP,
  begin: () => new NatDraft('DNAT'),
  print: (info) => printNat(info, 'to:', '', false),
  save: (info) => printNat(info, '--to-destination ', '--', false),
} satisfies Extension<TargetOf<'DNAT'>>)
