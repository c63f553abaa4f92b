// -m tcpmss: the maximum segment size that a SYN announces (net/netfilter/xt_tcpmss.c).
// Read first: wire/tcp_options.ts. Of a later fragment the payload is taken for the header, as the kernel does without conntrack.
import type { MatchTcpmss } from '../../../uapi/xt.ts'
import { IPPROTO_TCP } from '../../../wire/ipv4.ts'
import { TCP_HLEN } from '../../../wire/tcp.ts'
import { decodeTcpOptions } from '../../../wire/tcp_options.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import type { MatchFn, MatchOps } from '../xt.ts'

/** What mssOf answers besides an MSS. */
const NONE = -1
const BROKEN = -2

function mssOf({ l4, data }: SkBuff): number {
  if (l4 !== null) return l4.kind === 'tcp' ? (l4.options?.mss ?? NONE) : BROKEN
  const end = (data.length < TCP_HLEN ? 0 : data[12]! >> 4) * 4
  if (end < TCP_HLEN || data.length < end) return BROKEN
  return decodeTcpOptions(data.subarray(TCP_HLEN, end))?.mss ?? NONE
}

function compile({ min, max, invert }: MatchTcpmss): MatchFn {
  return (par) => {
    const mss = mssOf(par.skb)
    if (mss === BROKEN) {
      par.hotdrop = true
      return false
    }
    return (mss !== NONE && mss >= min && mss <= max) !== invert
  }
}

export const tcpmssMatch: MatchOps<MatchTcpmss> = { name: 'tcpmss', protocol: IPPROTO_TCP, compile }
