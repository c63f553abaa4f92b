// -m icmp: type and code (icmp_match, net/ipv4/netfilter/ip_tables.c).
import type { MatchIcmp } from '../../../uapi/xt.ts'
import { u8 } from '../../../wire/bytes.ts'
import { ICMP_HLEN } from '../../../wire/icmp.ts'
import { IPPROTO_ICMP } from '../../../wire/ipv4.ts'
import type { MatchOps } from '../xt.ts'

const ANY = 0xff

export const icmpMatch: MatchOps<MatchIcmp> = {
  name: 'icmp',
  protocol: IPPROTO_ICMP,
  compile:
    ({ type, codeMin, codeMax, invert }: MatchIcmp) =>
    (par) => {
      if (par.fragOffset !== 0) return false
      const { l4, data } = par.skb
      const h = l4 !== null && l4.kind === 'icmp' ? l4 : null
      // a first fragment is not decoded
      if (h === null && (l4 !== null || data.length < ICMP_HLEN)) {
        par.hotdrop = true
        return false
      }
      const t = h === null ? u8(data, 0) : h.type
      const code = h === null ? u8(data, 1) : h.code
      return (type === ANY || (t === type && code >= codeMin && code <= codeMax)) !== invert
    },
}
