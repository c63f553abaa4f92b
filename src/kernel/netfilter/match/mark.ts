// -m mark: the packet's mark under a mask (net/netfilter/xt_mark.c).
import type { MatchMark } from '../../../uapi/xt.ts'
import type { MatchOps } from '../xt.ts'

export const markMatch: MatchOps<MatchMark> = {
  name: 'mark',
  compile: ({ value, mask, invert }: MatchMark) => {
    const wanted = value | 0
    const bits = mask | 0
    return (par) => ((par.skb.mark & bits) === wanted) !== invert
  },
}
