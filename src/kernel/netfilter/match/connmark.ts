// -m connmark: the connection's mark under a mask; false without a connection (net/netfilter/xt_connmark.c).
import type { MatchConnmark } from '../../../uapi/xt.ts'
import type { MatchOps } from '../xt.ts'

export const connmarkMatch: MatchOps<MatchConnmark> = {
  name: 'connmark',
  conntrack: true,
  compile: ({ value, mask, invert }: MatchConnmark) => {
    const wanted = value | 0
    const bits = mask | 0
    return (par) => {
      const ct = par.skb.conn
      return ct !== null && ((ct.mark & bits) === wanted) !== invert
    }
  },
}
