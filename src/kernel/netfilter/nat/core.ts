// NAT: how a connection is translated is decided by its first packet; every packet is then made to look like it
// (net/netfilter/nf_nat_core.c). Read first: conntrack/conn.ts. Next: unique.ts (which address and port), manip.ts (the packet).
// Leaves out: sequence number adjustment and expectations of helpers.
import {
  IP_CT_ESTABLISHED,
  IP_CT_ESTABLISHED_REPLY,
  IPS_CONFIRMED,
  IPS_DST_NAT,
  IPS_DST_NAT_DONE,
  IPS_DYING,
  IPS_SRC_NAT,
  IPS_SRC_NAT_DONE,
} from '../../../uapi/conntrack.ts'
import { NF_INET_LOCAL_IN, NF_INET_POST_ROUTING } from '../../../uapi/netfilter.ts'
import { because } from '../../core/drop.ts'
import type { NetDevice } from '../../core/netdevice.ts'
import type { NetNs } from '../../core/netns.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import { nf_ct_acct_add } from '../conntrack/account.ts'
import type { NfConn } from '../conntrack/conn.ts'
import { nf_conntrack_alter_reply } from '../conntrack/core.ts'
import { nf_ct_delete } from '../conntrack/gc.ts'
import { Tuple } from '../conntrack/tuple.ts'
import { ipt_do_table } from '../ip_tables.ts'
import { NF_ACCEPT, NF_DROP } from '../xt.ts'
import { nf_nat_manip_pkt } from './manip.ts'
import { Range } from './range.ts'
import { get_unique_tuple, type Manip, NF_NAT_MANIP_DST, NF_NAT_MANIP_SRC } from './unique.ts'

/** HOOK2MANIP: sources are changed where a packet is about to leave, for the wire or for a socket. */
export function manipOf(hook: number): Manip {
  return hook === NF_INET_POST_ROUTING || hook === NF_INET_LOCAL_IN ? NF_NAT_MANIP_SRC : NF_NAT_MANIP_DST
}

/** The status bit that says that packets of this direction are changed here: what changes a request's source changes its reply's destination. */
export function statusBit(manip: Manip, replies: boolean): number {
  return (manip === NF_NAT_MANIP_SRC) !== replies ? IPS_SRC_NAT : IPS_DST_NAT
}

export function isReply(ctinfo: number): boolean {
  return ctinfo >= IP_CT_ESTABLISHED_REPLY
}

/** nf_nat_initialized */
function nf_nat_initialized(ct: NfConn, manip: Manip): boolean {
  return (ct.status & (manip === NF_NAT_MANIP_SRC ? IPS_SRC_NAT_DONE : IPS_DST_NAT_DONE)) !== 0
}

const current = new Tuple()
const wanted = new Tuple()

/** nf_nat_setup_info: decide, once for a connection, what becomes of its source or destination. */
export function nf_nat_setup_info(net: NetNs, ct: NfConn, range: Range, manip: Manip): number {
  // it was there before the nat table, or before the rule: too late
  if ((ct.status & IPS_CONFIRMED) !== 0) return NF_ACCEPT
  if (nf_nat_initialized(ct, manip)) return NF_DROP
  current.src = ct.rSrc
  current.dst = ct.rDst
  current.sport = ct.rSport
  current.dport = ct.rDport
  current.protocol = ct.protocol
  current.invert()
  get_unique_tuple(net, wanted, current, range, ct, manip)
  if (
    wanted.src !== current.src ||
    wanted.dst !== current.dst ||
    wanted.sport !== current.sport ||
    wanted.dport !== current.dport
  ) {
    wanted.invert()
    nf_conntrack_alter_reply(ct, wanted.src, wanted.dst, wanted.sport, wanted.dport)
    ct.status |= manip === NF_NAT_MANIP_SRC ? IPS_SRC_NAT : IPS_DST_NAT
  }
  if (manip === NF_NAT_MANIP_SRC) net.nf.nat.add(ct)
  ct.status |= manip === NF_NAT_MANIP_SRC ? IPS_SRC_NAT_DONE : IPS_DST_NAT_DONE
  return NF_ACCEPT
}

const nothing = new Range()
nothing.mapIps = true

/** nf_nat_alloc_null_binding: no rule wants a change; only a port that is taken by a translated connection has to change. */
function nf_nat_alloc_null_binding(net: NetNs, ct: NfConn, manip: Manip): number {
  const addr = manip === NF_NAT_MANIP_SRC ? ct.rDst : ct.rSrc
  nothing.min = addr
  nothing.max = addr
  return nf_nat_setup_info(net, ct, nothing, manip)
}

/** nf_nat_oif_changed: a masqueraded connection would leave by another device, where its address would be wrong. */
function nf_nat_oif_changed(hook: number, skb: SkBuff, ct: NfConn, out: NetDevice | null): boolean {
  return (
    ct.masqIfindex !== 0 &&
    hook === NF_INET_POST_ROUTING &&
    !isReply(skb.ctinfo) &&
    out !== null &&
    ct.masqIfindex !== out.ifindex
  )
}

/** The connection is given up; its next packet begins a new one (nf_ct_kill_acct). */
function oifChanged(net: NetNs, skb: SkBuff, ct: NfConn, out: NetDevice | null): number {
  nf_ct_acct_add(ct, skb)
  if ((ct.status & IPS_DYING) === 0) nf_ct_delete(net, ct, 'it was masqueraded on another device (nf_nat_oif_changed)')
  if (net.kernel.tr !== null) {
    const was = net.device(ct.masqIfindex)?.name ?? `device ${ct.masqIfindex}`
    net.nf.dropDetail = because(`masqueraded on ${was}, it would now leave by ${out === null ? '?' : out.name}`)
  }
  return NF_DROP
}

/** nf_nat_inet_fn: rules for the first packet, the translation that they chose for all. */
export function nf_nat_inet_fn(
  net: NetNs,
  hook: number,
  skb: SkBuff,
  indev: NetDevice | null,
  out: NetDevice | null,
): number {
  const ct = skb.nfct
  if (ct === null) return NF_ACCEPT
  const manip = manipOf(hook)
  const established = skb.ctinfo === IP_CT_ESTABLISHED || skb.ctinfo === IP_CT_ESTABLISHED_REPLY
  if (established || nf_nat_initialized(ct, manip)) {
    if (nf_nat_oif_changed(hook, skb, ct, out)) return oifChanged(net, skb, ct, out)
    return nf_nat_packet(net, ct, manip, skb)
  }
  const verdict = ipt_do_table(net.nf.tables.nat!, hook, skb, indev, out)
  if (verdict !== NF_ACCEPT) return verdict
  if (!nf_nat_initialized(ct, manip)) {
    const bound = nf_nat_alloc_null_binding(net, ct, manip)
    if (bound !== NF_ACCEPT) return bound
  }
  return nf_nat_packet(net, ct, manip, skb)
}

/** nf_nat_packet */
function nf_nat_packet(net: NetNs, ct: NfConn, manip: Manip, skb: SkBuff): number {
  const replies = isReply(skb.ctinfo)
  if ((ct.status & statusBit(manip, replies)) === 0) return NF_ACCEPT
  return nf_nat_manip_pkt(net, skb, ct, manip, replies) ? NF_ACCEPT : NF_DROP
}
