// Does a connection fit what the options ask? (nfct_filter of src/conntrack.c: nfct_cmp, filter_nat, filter_mark, filter_network.)
// Of events only: dumps and deletions are filtered by the kernel (CtFilter).
import type { Ip4 } from '../../lib/ip4.ts'
import { type CtFilter, type CtInfo, IPS_DST_NAT_DONE, IPS_SRC_NAT_DONE } from '../../uapi/conntrack.ts'
import { commonZone } from './print.ts'

type Masked = { readonly addr: Ip4; readonly mask: Ip4 } | undefined
type To = { readonly addr: Ip4 | null; readonly port: number | null } | undefined

const inside = (addr: Ip4, w: Masked): boolean => w === undefined || (addr & w.mask) === (w.addr & w.mask)
const same = (value: number, wanted: number | undefined): boolean => wanted === undefined || value === wanted

function tuplesFit(c: CtInfo, f: CtFilter): boolean {
  const { orig, reply } = c
  return (
    same(orig.protocol, f.protocol) &&
    inside(orig.src, f.origSrc) &&
    inside(orig.dst, f.origDst) &&
    inside(reply.src, f.replSrc) &&
    inside(reply.dst, f.replDst) &&
    same(orig.sport, f.origSport) &&
    same(orig.dport, f.origDport) &&
    same(reply.sport, f.replSport) &&
    same(reply.dport, f.replDport) &&
    same(orig.icmpType, f.icmpType) &&
    same(orig.icmpCode, f.icmpCode) &&
    same(orig.sport, f.icmpId)
  )
}

function changed(to: To, addr: Ip4, oldAddr: Ip4, port: number, oldPort: number): boolean {
  if (to === undefined) return addr !== oldAddr || port !== oldPort
  if (to.addr !== null && (addr === oldAddr || to.addr !== addr)) return false
  return to.port === null || (port !== oldPort && to.port === port)
}

/** NFCT_GOPT_IS_SNAT, _IS_SPAT and to what. Of ICMP, type and code stand where ports are. */
function isSnat(c: CtInfo, to: To): boolean {
  if ((c.status & IPS_SRC_NAT_DONE) === 0) return false
  const dport = c.reply.protocol === 1 ? c.reply.icmpType | (c.reply.icmpCode << 8) : c.reply.dport
  return changed(to, c.reply.dst, c.orig.src, dport, c.orig.sport)
}

function isDnat(c: CtInfo, to: To): boolean {
  if ((c.status & IPS_DST_NAT_DONE) === 0) return false
  const dport = c.orig.protocol === 1 ? (c.orig.icmpType << 8) | c.orig.icmpCode : c.orig.dport
  return changed(to, c.reply.src, c.orig.dst, c.reply.sport, dport)
}

/** NFCT_GOPT_IS_SNAT, _IS_DNAT: by the address alone. */
export function hasOtherSource(c: CtInfo): boolean {
  return (c.status & IPS_SRC_NAT_DONE) !== 0 && c.reply.dst !== c.orig.src
}
export function hasOtherDestination(c: CtInfo): boolean {
  return (c.status & IPS_DST_NAT_DONE) !== 0 && c.reply.src !== c.orig.dst
}

function natFits(c: CtInfo, f: CtFilter): boolean {
  const src = f.srcNat === true && isSnat(c, f.srcNatTo)
  const dst = f.dstNat === true && isDnat(c, f.dstNatTo)
  if (f.anyNat === true) return src || dst
  return (f.srcNat !== true || src) && (f.dstNat !== true || dst)
}

export function fits(c: CtInfo, f: CtFilter): boolean {
  const apart = c.zoneOrig !== c.zoneReply
  return (
    tuplesFit(c, f) &&
    same(c.id, f.id) &&
    same(commonZone(c), f.zone) &&
    same(apart ? c.zoneOrig : 0, f.origZone) &&
    same(apart ? c.zoneReply : 0, f.replyZone) &&
    (f.tcpState === undefined || f.tcpState === c.tcpState) &&
    (f.mark === undefined || (c.mark & f.mark.mask) >>> 0 === f.mark.value) &&
    natFits(c, f)
  )
}
