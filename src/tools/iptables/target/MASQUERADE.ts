// -j MASQUERADE (extensions/libxt_NAT.c). Read first: nat_range.ts.
import type { TargetOf } from '../../../uapi/xt_target.ts'
import type { Extension } from '../extension.ts'
import { NatDraft, printNat, withoutBase } from './nat_range.ts'

const HELP = `MASQUERADE target options:
 --to-ports <port>[-<port>]
				Port (range) to map to.
 --random
				Randomize source port.
 --random-fully
				Fully randomize source port.
`

export const masqueradeTargetExtension: Extension<TargetOf<'MASQUERADE'>> = Object.freeze({
  name: 'MASQUERADE',
  options: Object.freeze([
    { name: 'to-ports', type: 'string' },
    { name: 'random', type: 'none' },
    { name: 'random-fully', type: 'none' },
  ] as const),
  help: HELP,
  begin: () => new NatDraft('MASQUERADE', withoutBase),
  print: (info) => printNat(info, 'masq ports: ', '', true),
  save: (info) => printNat(info, '--to-ports ', '--', true),
} satisfies Extension<TargetOf<'MASQUERADE'>>)
