// -m ttl: the time to live (net/netfilter/xt_hl.c).
import { unreachable } from '../../../lib/never.ts'
import type { MatchTtl } from '../../../uapi/xt.ts'
import type { MatchFn, MatchOps } from '../xt.ts'

function compile({ mode, ttl }: MatchTtl): MatchFn {
  switch (mode) {
    case 'eq':
      return (par) => par.skb.ip.ttl === ttl
    case 'ne':
      return (par) => par.skb.ip.ttl !== ttl
    case 'lt':
      return (par) => par.skb.ip.ttl < ttl
    case 'gt':
      return (par) => par.skb.ip.ttl > ttl
    default:
      return unreachable(mode)
  }
}

export const ttlMatch: MatchOps<MatchTtl> = { name: 'ttl', compile }
