// TTL: set, raised or lowered, between 0 and 255; at 0 the packet still goes on (ttl_tg, net/netfilter/xt_HL.c).
import { unreachable } from '../../../lib/never.ts'
import type { TargetTtl } from '../../../uapi/xt_target.ts'
import { withTtl } from '../../../wire/ipv4.ts'
import { traceSet } from '../set_event.ts'
import { type TargetOps, XT_CONTINUE } from '../xt.ts'

function newTtl({ mode, ttl }: TargetTtl, before: number): number {
  switch (mode) {
    case 'set':
      return ttl
    case 'inc':
      return Math.min(255, before + ttl)
    case 'dec':
      return Math.max(0, before - ttl)
    default:
      return unreachable(mode)
  }
}

export const ttlTarget: TargetOps<TargetTtl> = {
  name: 'TTL',
  tables: Object.freeze(['mangle'] as const),
  compile: (info: TargetTtl) => (par) => {
    const { ip } = par.skb
    const ttl = newTtl(info, ip.ttl)
    if (ttl === ip.ttl) return XT_CONTINUE
    par.skb.net = withTtl(ip, ttl)
    traceSet(par, 'ttl_tg', 'ttl', ip.ttl, ttl)
    return XT_CONTINUE
  },
}
