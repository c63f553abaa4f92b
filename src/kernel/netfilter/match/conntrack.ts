// -m conntrack: what a packet is to its connection, and what the connection is (net/netfilter/xt_conntrack.c).
// Read first: conntrack/core.ts. Without a connection only --ctstate can be true.
import {
  IP_CT_ESTABLISHED_REPLY,
  IP_CT_NEW,
  IP_CT_RELATED,
  IP_CT_RELATED_REPLY,
  IP_CT_UNTRACKED,
  IPS_CONFIRMED,
  IPS_DST_NAT,
  IPS_SRC_NAT,
} from '../../../uapi/conntrack.ts'
import {
  type AddrMask,
  CT_STATE_DNAT,
  CT_STATE_ESTABLISHED,
  CT_STATE_INVALID,
  CT_STATE_NEW,
  CT_STATE_RELATED,
  CT_STATE_SNAT,
  CT_STATE_UNTRACKED,
  type MatchConntrack,
  type Range,
} from '../../../uapi/xt.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import type { NfConn } from '../conntrack/conn.ts'
import type { MatchOps, XtPar } from '../xt.ts'

/** XT_CONNTRACK_STATE_BIT of a packet, without SNAT and DNAT. */
export function ctStateBit(skb: SkBuff): number {
  if (skb.conn === null) return skb.ctinfo === IP_CT_UNTRACKED ? CT_STATE_UNTRACKED : CT_STATE_INVALID
  switch (skb.ctinfo) {
    case IP_CT_NEW:
      return CT_STATE_NEW
    case IP_CT_RELATED:
    case IP_CT_RELATED_REPLY:
      return CT_STATE_RELATED
    default:
      return CT_STATE_ESTABLISHED
  }
}

function stateMatches(skb: SkBuff, mask: number): boolean {
  let bits = ctStateBit(skb)
  const ct = skb.conn
  if (ct !== null) {
    if ((ct.status & IPS_SRC_NAT) !== 0) bits |= CT_STATE_SNAT
    if ((ct.status & IPS_DST_NAT) !== 0) bits |= CT_STATE_DNAT
  }
  return (bits & mask) !== 0
}

function addr(a: AddrMask | null, value: number): boolean {
  return a === null || ((value & a.mask) === (a.addr & a.mask)) !== a.invert
}

function port(r: Range | null, value: number): boolean {
  return r === null || (value >= r.min && value <= r.max) !== r.invert
}

/** Of ICMP the first port is the id, the second type << 8 | code, as the tuple's bytes lie in memory. */
function portsMatch(m: MatchConntrack, ct: NfConn): boolean {
  return (
    port(m.origSrcPort, ct.oSport) &&
    port(m.origDstPort, ct.oDport) &&
    port(m.replSrcPort, ct.rSport) &&
    port(m.replDstPort, ct.rDport)
  )
}

/** nf_ct_expires in whole seconds: 0 until it is confirmed, because its timeout is not yet a time. */
function expires(par: XtPar, ct: NfConn): number {
  if ((ct.status & IPS_CONFIRMED) === 0) return 0
  return Math.max(0, Math.floor((ct.timeout - par.net.kernel.sim.now) / 1e9))
}

function connMatches(m: MatchConntrack, par: XtPar, ct: NfConn): boolean {
  if (m.proto !== null && (ct.protocol === m.proto.protocol) === m.proto.invert) return false
  if (!addr(m.origSrc, ct.oSrc) || !addr(m.origDst, ct.oDst)) return false
  if (!addr(m.replSrc, ct.rSrc) || !addr(m.replDst, ct.rDst)) return false
  if (!portsMatch(m, ct)) return false
  if (m.status !== null && ((ct.status & m.status.mask) !== 0) === m.status.invert) return false
  return m.expire === null || port(m.expire, expires(par, ct))
}

export const conntrackMatch: MatchOps<MatchConntrack> = {
  name: 'conntrack',
  conntrack: true,
  compile: (m: MatchConntrack) => {
    const state = m.state
    const only =
      m.proto === null &&
      m.origSrc === null &&
      m.origDst === null &&
      m.replSrc === null &&
      m.replDst === null &&
      m.origSrcPort === null &&
      m.origDstPort === null &&
      m.replSrcPort === null &&
      m.replDstPort === null &&
      m.status === null &&
      m.expire === null &&
      m.direction === null
    if (state !== null && only) return (par) => stateMatches(par.skb, state.mask) !== state.invert
    const direction = m.direction
    return (par) => {
      const skb = par.skb
      if (state !== null && stateMatches(skb, state.mask) === state.invert) return false
      const ct = skb.conn
      if (ct === null) return state !== null
      if (direction !== null && skb.ctinfo >= IP_CT_ESTABLISHED_REPLY !== (direction === 'REPLY')) return false
      return connMatches(m, par, ct)
    }
  },
}
