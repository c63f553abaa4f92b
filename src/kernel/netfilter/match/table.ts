// Every match, by name: a mapped type over uapi's union, so the compiler names what is missing.
import type { MatchTable } from '../xt.ts'
import { addrtypeMatch } from './addrtype.ts'
import { commentMatch } from './comment.ts'
import { connlimitMatch } from './connlimit.ts'
import { connmarkMatch } from './connmark.ts'
import { conntrackMatch } from './conntrack.ts'
import { dscpMatch } from './dscp.ts'
import { hashlimitMatch } from './hashlimit.ts'
import { icmpMatch } from './icmp.ts'
import { iprangeMatch } from './iprange.ts'
import { lengthMatch } from './length.ts'
import { limitMatch } from './limit.ts'
import { macMatch } from './mac.ts'
import { markMatch } from './mark.ts'
import { multiportMatch } from './multiport.ts'
import { ownerMatch } from './owner.ts'
import { physdevMatch } from './physdev.ts'
import { pkttypeMatch } from './pkttype.ts'
import { policyMatch } from './policy.ts'
import { quotaMatch } from './quota.ts'
import { recentMatch } from './recent.ts'
import { rpfilterMatch } from './rpfilter.ts'
import { sctpMatch } from './sctp.ts'
import { setMatch } from './set.ts'
import { stateMatch } from './state.ts'
import { statisticMatch } from './statistic.ts'
import { stringMatch } from './string.ts'
import { tcpMatch } from './tcp.ts'
import { tcpmssMatch } from './tcpmss.ts'
import { tosMatch } from './tos.ts'
import { ttlMatch } from './ttl.ts'
import { u32Match } from './u32.ts'
import { udpMatch } from './udp.ts'

export const MATCHES: MatchTable = Object.freeze({
  addrtype: addrtypeMatch,
  comment: commentMatch,
  connlimit: connlimitMatch,
  connmark: connmarkMatch,
  conntrack: conntrackMatch,
  dscp: dscpMatch,
  hashlimit: hashlimitMatch,
  icmp: icmpMatch,
  iprange: iprangeMatch,
  length: lengthMatch,
  limit: limitMatch,
  mac: macMatch,
  mark: markMatch,
  multiport: multiportMatch,
  owner: ownerMatch,
  physdev: physdevMatch,
  pkttype: pkttypeMatch,
  policy: policyMatch,
  quota: quotaMatch,
  recent: recentMatch,
  rpfilter: rpfilterMatch,
  sctp: sctpMatch,
  set: setMatch,
  state: stateMatch,
  statistic: statisticMatch,
  string: stringMatch,
  tcp: tcpMatch,
  tcpmss: tcpmssMatch,
  tos: tosMatch,
  ttl: ttlMatch,
  u32: u32Match,
  udp: udpMatch,
})
