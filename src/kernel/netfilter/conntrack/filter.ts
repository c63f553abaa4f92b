// Does a connection fit what somebody asks for? (ctnetlink_filter_match, and the comparison that `conntrack` does itself:
// nfct_cmp, filter_nat.) Read first: CtFilter in uapi/conntrack.ts. What is absent asks for nothing.
import type { Ip4 } from '../../../lib/ip4.ts'
import { type CtFilter, IPS_DST_NAT_DONE, IPS_SRC_NAT_DONE, TCP_CONNTRACK_STATES } from '../../../uapi/conntrack.ts'
import { IPPROTO_ICMP } from '../../../wire/ipv4.ts'
import type { NfConn } from './conn.ts'

type Masked = { readonly addr: Ip4; readonly mask: Ip4 }

function inside(addr: Ip4, wanted: Masked | undefined): boolean {
  return wanted === undefined || (addr & wanted.mask) === (wanted.addr & wanted.mask)
}

function same(value: number, wanted: number | undefined): boolean {
  return wanted === undefined || value === wanted
}

function tuplesFit(ct: NfConn, f: CtFilter): boolean {
  return (
    same(ct.protocol, f.protocol) &&
    inside(ct.oSrc, f.origSrc) &&
    inside(ct.oDst, f.origDst) &&
    inside(ct.rSrc, f.replSrc) &&
    inside(ct.rDst, f.replDst) &&
    same(ct.oSport, f.origSport) &&
    same(ct.oDport, f.origDport) &&
    same(ct.rSport, f.replSport) &&
    same(ct.rDport, f.replDport)
  )
}

function icmpFits(ct: NfConn, f: CtFilter): boolean {
  if (f.icmpType === undefined && f.icmpCode === undefined && f.icmpId === undefined) return true
  return (
    ct.protocol === IPPROTO_ICMP &&
    same(ct.oDport >> 8, f.icmpType) &&
    same(ct.oDport & 0xff, f.icmpCode) &&
    same(ct.oSport, f.icmpId)
  )
}

/** nfct_cmp for zones: `-w` is the zone of both directions; a zone of one direction alone is not shown as it. */
function zonesFit(ct: NfConn, f: CtFilter): boolean {
  const both = ct.oZone === ct.rZone ? ct.oZone : 0
  return (
    same(both, f.zone) &&
    same(ct.oZone === ct.rZone ? 0 : ct.oZone, f.origZone) &&
    same(ct.oZone === ct.rZone ? 0 : ct.rZone, f.replyZone)
  )
}

type To = { readonly addr: Ip4 | null; readonly port: number | null } | undefined

/** NFCT_GOPT_IS_SNAT, _IS_SPAT (_IS_DNAT, _IS_DPAT), and to what. */
function translated(to: To, addr: Ip4, oldAddr: Ip4, port: number, oldPort: number): boolean {
  if (to === undefined) return addr !== oldAddr || port !== oldPort
  if (to.addr !== null && (addr === oldAddr || to.addr !== addr)) return false
  return to.port === null || (port !== oldPort && to.port === port)
}

/** Of ICMP, type and code stand where ports are: libnetfilter_conntrack compares them all the same. */
function natFits(ct: NfConn, f: CtFilter): boolean {
  const icmp = ct.protocol === IPPROTO_ICMP
  const rDport = icmp ? ((ct.rDport >> 8) | (ct.rDport << 8)) & 0xffff : ct.rDport
  const src =
    f.srcNat === true &&
    (ct.status & IPS_SRC_NAT_DONE) !== 0 &&
    translated(f.srcNatTo, ct.rDst, ct.oSrc, rDport, ct.oSport)
  const dst =
    f.dstNat === true &&
    (ct.status & IPS_DST_NAT_DONE) !== 0 &&
    translated(f.dstNatTo, ct.rSrc, ct.oDst, ct.rSport, ct.oDport)
  if (f.anyNat === true) return src || dst
  return (f.srcNat !== true || src) && (f.dstNat !== true || dst)
}

export function ctFits(ct: NfConn, f: CtFilter): boolean {
  if (!tuplesFit(ct, f) || !icmpFits(ct, f) || !zonesFit(ct, f) || !same(ct.id, f.id)) return false
  if (f.tcpState !== undefined && (ct.tcp === null || TCP_CONNTRACK_STATES[ct.tcp.state] !== f.tcpState)) return false
  if (f.mark !== undefined && (ct.mark & f.mark.mask) >>> 0 !== f.mark.value >>> 0) return false
  if (f.statusSet !== undefined && (ct.status & f.statusSet) !== f.statusSet) return false
  if (f.statusUnset !== undefined && (ct.status & f.statusUnset) !== 0) return false
  return natFits(ct, f)
}
