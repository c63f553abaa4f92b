// -m addrtype: what kind of address routing takes the source or destination for (net/netfilter/xt_addrtype.c).
// Read first: ipv4/fib_lookup.ts (inet_addr_type).
import {
  NF_INET_LOCAL_IN,
  NF_INET_LOCAL_OUT,
  NF_INET_POST_ROUTING,
  NF_INET_PRE_ROUTING,
} from '../../../uapi/netfilter.ts'
import type { MatchAddrtype } from '../../../uapi/xt.ts'
import { inet_addr_type, inet_dev_addr_type } from '../../ipv4/fib_lookup.ts'
import type { MatchOps, XtCheck, XtPar } from '../xt.ts'

/** Bits of ADDR_TYPES for what a lookup can say: blackholes and their like answer as unicast (their lookup fails). */
const BIT = Object.freeze({ unicast: 1 << 1, local: 1 << 2, broadcast: 1 << 3, multicast: 1 << 5 })

function typeIn(par: XtPar, addr: number, mask: number, device: 'in' | 'out' | null): boolean {
  const dev = device === 'in' ? par.indev : device === 'out' ? par.outdev : null
  const type = dev === null ? inet_addr_type(par.net, addr) : inet_dev_addr_type(par.net, dev.ifindex, addr)
  return (mask & BIT[type]) !== 0
}

function refuse(check: XtCheck, text: string): never {
  check.log(`xt_addrtype: ${text}`, 'addrtype_mt_checkentry_v1')
  check.tx.refuse('EINVAL')
}

export const addrtypeMatch: MatchOps<MatchAddrtype> = {
  name: 'addrtype',
  check(check: XtCheck, m: MatchAddrtype): void {
    const into = (1 << NF_INET_PRE_ROUTING) | (1 << NF_INET_LOCAL_IN)
    const outof = (1 << NF_INET_POST_ROUTING) | (1 << NF_INET_LOCAL_OUT)
    if (m.limitIfaceIn && m.limitIfaceOut)
      refuse(check, 'both incoming and outgoing interface limitation cannot be selected')
    if ((check.hooks & into) !== 0 && m.limitIfaceOut)
      refuse(check, 'output interface limitation not valid in PREROUTING and INPUT')
    if ((check.hooks & outof) !== 0 && m.limitIfaceIn)
      refuse(check, 'input interface limitation not valid in POSTROUTING and OUTPUT')
  },
  compile: (m: MatchAddrtype) => {
    const device = m.limitIfaceIn ? 'in' : m.limitIfaceOut ? 'out' : null
    return (par) => {
      const ip = par.skb.ip
      if (m.source !== 0 && typeIn(par, ip.src, m.source, device) === m.invertSource) return false
      return m.dest === 0 || typeIn(par, ip.dst, m.dest, device) !== m.invertDest
    }
  },
}
