// -j REDIRECT (extensions/libxt_NAT.c). Read first: nat_range.ts.
import type { TargetOf } from '../../../uapi/xt_target.ts'
import type { Extension } from '../extension.ts'
import { NatDraft, printNat, refuseBase } from './nat_range.ts'

const HELP = `REDIRECT target options:
 --to-ports <port>[-<port>]
				Port (range) to map to.
 [--random]
`

export const redirectTargetExtension: Extension<TargetOf<'REDIRECT'>> = Object.freeze({
  name: 'REDIRECT',
  options: Object.freeze([
    { name: 'to-ports', type: 'string' },
    { name: 'random', type: 'none' },
  ] as const),
  help: HELP,
  begin: () => new NatDraft('REDIRECT', refuseBase),
  print: (info) => printNat(info, 'redir ports ', '', true),
  save: (info) => printNat(info, '--to-ports ', '--', true),
} satisfies Extension<TargetOf<'REDIRECT'>>)
