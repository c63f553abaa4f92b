// -m tos: the TOS byte under a mask (net/netfilter/xt_dscp.c, tos_mt).
import type { MatchTos } from '../../../uapi/xt.ts'
import type { MatchOps } from '../xt.ts'

export const tosMatch: MatchOps<MatchTos> = {
  name: 'tos',
  compile:
    ({ value, mask, invert }: MatchTos) =>
    (par) =>
      ((par.skb.ip.tos & mask) === value) !== invert,
}
