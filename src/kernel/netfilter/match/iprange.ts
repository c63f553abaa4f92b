// -m iprange: addresses between two (net/netfilter/xt_iprange.c).
import type { MatchIprange } from '../../../uapi/xt.ts'
import type { MatchOps } from '../xt.ts'

type Side = MatchIprange['src']

function inside(side: Side, addr: number): boolean {
  if (side === null) return true
  const a = addr >>> 0
  return (a >= side.from >>> 0 && a <= side.to >>> 0) !== side.invert
}

export const iprangeMatch: MatchOps<MatchIprange> = {
  name: 'iprange',
  compile:
    ({ src, dst }: MatchIprange) =>
    (par) =>
      inside(src, par.skb.ip.src) && inside(dst, par.skb.ip.dst),
}
