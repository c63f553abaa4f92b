// Every match by name, as the tool spells it. A new one is a line here; the type names what is missing.
import type { MatchExtensions } from '../extension.ts'
import { addrtypeExtension } from './addrtype.ts'
import { commentExtension } from './comment.ts'
import { connlimitExtension } from './connlimit.ts'
import { connmarkExtension } from './connmark.ts'
import { conntrackExtension } from './conntrack.ts'
import { dscpExtension } from './dscp.ts'
import { hashlimitExtension } from './hashlimit.ts'
import { icmpExtension } from './icmp.ts'
import { iprangeExtension } from './iprange.ts'
import { lengthExtension } from './length.ts'
import { limitExtension } from './limit.ts'
import { macExtension } from './mac.ts'
import { markExtension } from './mark.ts'
import { multiportExtension } from './multiport.ts'
import { ownerExtension } from './owner.ts'
import { physdevExtension } from './physdev.ts'
import { pkttypeExtension } from './pkttype.ts'
import { policyExtension } from './policy.ts'
import { quotaExtension } from './quota.ts'
import { recentExtension } from './recent.ts'
import { rpfilterExtension } from './rpfilter.ts'
import { sctpExtension } from './sctp.ts'
import { setExtension } from './set.ts'
import { stateExtension } from './state.ts'
import { statisticExtension } from './statistic.ts'
import { stringExtension } from './string.ts'
import { tcpExtension } from './tcp.ts'
import { tcpmssExtension } from './tcpmss.ts'
import { tosExtension } from './tos.ts'
import { ttlExtension } from './ttl.ts'
import { u32Extension } from './u32.ts'
import { udpExtension } from './udp.ts'

export const MATCHES: MatchExtensions = Object.freeze({
  addrtype: addrtypeExtension,
  comment: commentExtension,
  connlimit: connlimitExtension,
  connmark: connmarkExtension,
  conntrack: conntrackExtension,
  dscp: dscpExtension,
  hashlimit: hashlimitExtension,
  icmp: icmpExtension,
  iprange: iprangeExtension,
  length: lengthExtension,
  limit: limitExtension,
  mac: macExtension,
  mark: markExtension,
  multiport: multiportExtension,
  owner: ownerExtension,
  physdev: physdevExtension,
  pkttype: pkttypeExtension,
  policy: policyExtension,
  quota: quotaExtension,
  recent: recentExtension,
  rpfilter: rpfilterExtension,
  sctp: sctpExtension,
  set: setExtension,
  state: stateExtension,
  statistic: statisticExtension,
  string: stringExtension,
  tcp: tcpExtension,
  tcpmss: tcpmssExtension,
  tos: tosExtension,
  ttl: ttlExtension,
  u32: u32Extension,
  udp: udpExtension,
})
