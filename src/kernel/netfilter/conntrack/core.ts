// The life of a connection as packets meet it (nf_conntrack_in, __nf_conntrack_confirm; net/netfilter/nf_conntrack_core.c).
// Read first: tuple.ts, table.ts. What a protocol makes of a packet: proto_tcp.ts, proto_udp.ts, proto_icmp.ts. The end: gc.ts.
import {
  IP_CT_ESTABLISHED,
  IP_CT_ESTABLISHED_REPLY,
  IP_CT_NEW,
  IP_CT_RELATED,
  IP_CT_RELATED_REPLY,
  IP_CT_UNTRACKED,
  IPS_CONFIRMED,
  IPS_DYING,
  IPS_SEEN_REPLY,
} from '../../../uapi/conntrack.ts'
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP } from '../../../wire/ipv4.ts'
import { because } from '../../core/drop.ts'
import type { NetNs } from '../../core/netns.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import { NF_ACCEPT, NF_DROP } from '../xt.ts'
import { nf_ct_refresh_acct } from './account.ts'
import { ctConf } from './conf.ts'
import { NfConn } from './conn.ts'
import {
  IPCT_NEW,
  IPCT_REPLY,
  IPCT_UNSAID,
  nf_conntrack_event_cache,
  nf_ct_deliver_cached_events,
  nf_ct_ecache_ext_add,
  tcpStateName,
  traceConn,
} from './events.ts'
import { early_drop, tableFull } from './full.ts'
import { nf_conntrack_icmp_packet, nf_conntrack_icmpv4_error } from './proto_icmp.ts'
import { nf_conntrack_tcp_packet, REOPEN } from './proto_tcp.ts'
import { nf_conntrack_udp_packet } from './proto_udp.ts'
import { nf_ct_resolve_clash } from './resolve_clash.ts'
import { Tuple } from './tuple.ts'

const tuple = new Tuple()

/** nf_conntrack_in: find or make the connection of a packet, judge the packet by its protocol's state. */
export function nf_conntrack_in(net: NetNs, hook: number, skb: SkBuff): number {
  // previously seen (over lo), made as an answer to a tracked packet, or not to be tracked
  if (skb.nfct !== null || skb.ctinfo === IP_CT_UNTRACKED) {
    if (net.kernel.tr !== null && skb.nfct === null)
      traceConn(net, skb, 'untracked', null, IP_CT_UNTRACKED, '', 'nf_conntrack_in')
    return NF_ACCEPT
  }
  const template = skb.ctTemplate
  skb.resetConntrack()
  const zone = template === null ? 0 : template.zoneOfMark ? skb.mark & 0xffff : template.zone
  const zoneO = template === null || template.zoneDir === 'reply' ? 0 : zone
  const zoneR = template === null || template.zoneDir === 'orig' ? 0 : zone
  const ip = skb.ip
  if (ip.fragOffset !== 0) return invalid(net, skb, 'a fragment without a transport header')
  if (ip.protocol === IPPROTO_ICMP) {
    const wrong = nf_conntrack_icmpv4_error(net, skb, hook, zoneO, zoneR)
    if (wrong !== '') return icmpError(net, skb, wrong)
    if (skb.nfct !== null) {
      if (net.kernel.tr !== null) traceConn(net, skb, 'related', skb.nfct, skb.ctinfo, '', 'nf_conntrack_inet_error')
      return NF_ACCEPT
    }
  }
  return track(net, hook, skb, zoneO, zoneR, template === null ? IPCT_UNSAID : template.events)
}

/** The packet gets no connection: it is INVALID. */
function invalid(net: NetNs, skb: SkBuff, reason: string): number {
  net.nf.ct.stats.invalid++
  return untold(net, skb, reason)
}

/** nf_conntrack_handle_icmp: counted as an error, not as invalid. */
function icmpError(net: NetNs, skb: SkBuff, reason: string): number {
  net.nf.ct.stats.error++
  return untold(net, skb, reason)
}

function untold(net: NetNs, skb: SkBuff, reason: string): number {
  skb.nfct = null
  if (net.kernel.tr !== null) traceConn(net, skb, 'invalid', null, -1, reason, 'nf_conntrack_in')
  return NF_ACCEPT
}

/** resolve_normal_ct, and what the protocol says; once more when TCP asks for a fresh connection. */
function track(net: NetNs, hook: number, skb: SkBuff, zoneO: number, zoneR: number, events: number): number {
  const table = net.nf.ct
  for (;;) {
    const ip = skb.ip
    if (!tuple.read(ip, skb.l4, skb.data)) return invalid(net, skb, 'short packet')
    let ct = table.find(tuple.src, tuple.dst, tuple.sport, tuple.dport, tuple.protocol, zoneO, zoneR)
    let dir = 0
    if (ct !== null) dir = table.foundDir
    else {
      ct = init_conntrack(net, zoneO, zoneR, events)
      if (ct === null) return invalid(net, skb, 'nothing that a connection could be made of')
      if (ct === FULL) return tableFull(net, skb)
    }
    skb.nfct = ct
    skb.ctinfo =
      dir === 1 ? IP_CT_ESTABLISHED_REPLY : (ct.status & IPS_SEEN_REPLY) !== 0 ? IP_CT_ESTABLISHED : IP_CT_NEW
    const before = net.kernel.tr === null ? null : tcpStateName(ct)
    const wrong = nf_conntrack_handle_packet(net, ct, skb, hook, dir)
    if (wrong === REOPEN) {
      skb.nfct = null
      continue
    }
    if (wrong !== null) return invalid(net, skb, wrong)
    if (skb.ctinfo === IP_CT_ESTABLISHED_REPLY && (ct.status & IPS_SEEN_REPLY) === 0) {
      ct.status |= IPS_SEEN_REPLY
      nf_conntrack_event_cache(net, ct, IPCT_REPLY)
    }
    if (net.kernel.tr !== null) traceTracked(net, skb, ct, before)
    return NF_ACCEPT
  }
}

function traceTracked(net: NetNs, skb: SkBuff, ct: NfConn, before: string | null): void {
  const made = (ct.status & IPS_CONFIRMED) === 0
  const changed = !made && before !== tcpStateName(ct) ? before : null
  traceConn(
    net,
    skb,
    made ? 'new' : 'found',
    ct,
    skb.ctinfo,
    '',
    made ? 'init_conntrack' : 'resolve_normal_ct',
    changed,
  )
}

/** nf_conntrack_handle_packet: null when the packet is valid, REOPEN, or why it is INVALID. */
function nf_conntrack_handle_packet(net: NetNs, ct: NfConn, skb: SkBuff, hook: number, dir: number): string | null {
  switch (ct.protocol) {
    case IPPROTO_TCP:
      return nf_conntrack_tcp_packet(net, ct, skb, hook, dir)
    case IPPROTO_UDP:
      return nf_conntrack_udp_packet(net, ct, skb, hook)
    case IPPROTO_ICMP:
      return nf_conntrack_icmp_packet(net, ct, skb)
    default:
      nf_ct_refresh_acct(net, ct, skb, ctConf(net).generic)
      return null
  }
}

/** The table has no room and nothing could be evicted. */
const FULL = Object.freeze(new NfConn(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

/** init_conntrack: a new, unconfirmed connection of `tuple`; null when it has no inverse, FULL when there is no room. */
function init_conntrack(net: NetNs, zoneO: number, zoneR: number, events: number): NfConn | null {
  const { src, dst, sport, dport, protocol } = tuple
  if (!tuple.invert()) return null
  const table = net.nf.ct
  const conf = ctConf(net)
  if (conf.max !== 0 && table.count >= conf.max && !early_drop(table, src, dst, sport, dport, protocol)) return FULL
  const ct = new NfConn(
    net.kernel.nextConntrackId(),
    protocol,
    src,
    dst,
    sport,
    dport,
    tuple.src,
    tuple.dst,
    tuple.sport,
    tuple.dport,
    zoneO,
    zoneR,
  )
  if (conf.acct) ct.acct = new Float64Array(4)
  ct.eventMask = nf_ct_ecache_ext_add(net, events)
  if (ct.eventMask !== 0) ct.events = 0
  return ct
}

/** nf_confirm: the first packet got through: its connection becomes known to all. Changes are told to listeners. */
export function nf_confirm(net: NetNs, skb: SkBuff): number {
  const ct = skb.nfct
  if (ct === null) return NF_ACCEPT
  if ((ct.status & IPS_CONFIRMED) === 0) {
    const verdict = __nf_conntrack_confirm(net, skb, ct)
    if (verdict !== NF_ACCEPT) return verdict
  }
  if (ct.events > 0) nf_ct_deliver_cached_events(net, ct)
  return NF_ACCEPT
}

function __nf_conntrack_confirm(net: NetNs, skb: SkBuff, ct: NfConn): number {
  // an answer that was made inside a hook belongs to the connection, but does not confirm it
  if (skb.ctinfo >= IP_CT_ESTABLISHED_REPLY) return NF_ACCEPT
  const table = net.nf.ct
  if ((ct.status & IPS_DYING) !== 0) {
    net.nf.nat.removed(ct)
    table.stats.insertFailed++
    if (net.kernel.tr !== null) net.nf.dropDetail = because('its connection was deleted before it was confirmed')
    return NF_DROP
  }
  const other =
    table.find(ct.oSrc, ct.oDst, ct.oSport, ct.oDport, ct.protocol, ct.oZone, ct.rZone) ??
    table.find(ct.rSrc, ct.rDst, ct.rSport, ct.rDport, ct.protocol, ct.oZone, ct.rZone)
  if (other !== null) {
    net.nf.nat.removed(ct)
    return nf_ct_resolve_clash(net, skb, ct, other)
  }
  ct.timeout += net.kernel.sim.now
  table.insert(ct)
  nf_conntrack_event_cache(net, ct, IPCT_NEW)
  if (net.kernel.tr !== null) traceConn(net, skb, 'confirmed', ct, skb.ctinfo, '', '__nf_conntrack_confirm')
  return NF_ACCEPT
}

/** nf_ct_attach: an answer made of `old` (a reset) belongs to its connection, in the other direction. */
export function nf_ct_attach(skb: SkBuff, old: SkBuff): void {
  if (old.nfct === null) return
  skb.nfct = old.nfct
  skb.ctinfo = old.ctinfo < IP_CT_ESTABLISHED_REPLY ? IP_CT_RELATED_REPLY : IP_CT_RELATED
}

/** nf_conntrack_alter_reply: NAT decided how replies of an unconfirmed connection look. */
export function nf_conntrack_alter_reply(ct: NfConn, src: number, dst: number, sport: number, dport: number): void {
  ct.rSrc = src
  ct.rDst = dst
  ct.rSport = sport
  ct.rDport = dport
}

/** nf_ct_netns_get, nf_ct_netns_put: rules that need connections came (+n) or went (-n). The caller updates the hooks. */
export function nf_ct_netns_use(net: NetNs, n: number): void {
  net.nf.ctUsers += n
}
