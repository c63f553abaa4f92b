// -m length: the datagram's total length in bytes (net/netfilter/xt_length.c).
import type { MatchLength } from '../../../uapi/xt.ts'
import type { MatchOps } from '../xt.ts'

export const lengthMatch: MatchOps<MatchLength> = {
  name: 'length',
  compile:
    ({ min, max, invert }: MatchLength) =>
    (par) => {
      const len = par.skb.ip.totalLength
      return (len >= min && len <= max) !== invert
    },
}
