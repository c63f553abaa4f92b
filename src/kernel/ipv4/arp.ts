// ARP: what to do with a request or reply that arrived, and gratuitous announcements (net/ipv4/arp.c, RFC 826).
// Read first: core/neighbour.ts. Asking is in arp_neigh.ts, the conditions of proxy ARP are in arp_proxy.ts.
// Leaves out: the ioctl interface of arp(8), link types other than Ethernet.
import { formatIp4, type Ip4, isLoopback, isMulticast } from '../../lib/ip4.ts'
import { RT_SCOPE_HOST, RT_SCOPE_LINK } from '../../uapi/link.ts'
import { NUD_REACHABLE, NUD_STALE } from '../../uapi/neigh.ts'
import type { ArpEvent } from '../../uapi/trace.ts'
import { ARPOP_REPLY, ARPOP_REQUEST, type Arp } from '../../wire/arp.ts'
import { because, bySysctl, kfree_skb } from '../core/drop.ts'
import { MS } from '../core/neigh_dev.ts'
import { pneigh_enqueue } from '../core/neigh_proxy.ts'
import { NEIGH_UPDATE_F_OVERRIDE, neigh_update } from '../core/neigh_state.ts'
import { type Neighbour, neigh_create, neigh_lookup, traceNeigh } from '../core/neighbour.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import { PACKET_HOST, PACKET_LOOPBACK, PACKET_OTHERHOST, type SkBuff } from '../core/skbuff.ts'
import { arp_send, maxConf, orConf, traceArp } from './arp_neigh.ts'
import { proxyGrant, whyNoProxy } from './arp_proxy.ts'
import { inet_confirm_addr } from './devinet.ts'
import { Flow, inet_addr_type } from './fib_lookup.ts'
import { ip_route_input_arp, ip_route_output } from './route.ts'
import type { Rtable } from './rtable.ts'

/** arp_rcv: an ARP packet has arrived. */
export function arp_rcv(net: NetNs, skb: SkBuff): void {
  const dev = skb.dev as NetDevice
  const arp = skb.net
  if (arp.kind !== 'arp') {
    malformed(net, skb)
    return
  }
  const target = arp.tip
  if (dev.noarp) trace(dev, skb, 'ignored', `${dev.name} is a NOARP device`, target, 'arp_rcv')
  else if (skb.pktType === PACKET_OTHERHOST || skb.pktType === PACKET_LOOPBACK) {
    trace(dev, skb, 'ignored', "the frame is for another machine's MAC", target, 'arp_rcv')
  } else arp_process(net, skb, dev, arp, false)
}

/** Bytes that are no ARP for IPv4 over Ethernet: address lengths are arp_rcv's business, types arp_process's. */
function malformed(net: NetNs, skb: SkBuff): void {
  const raw = skb.net
  if (raw.kind !== 'raw' || raw.drop !== 'NOT_SPECIFIED') {
    kfree_skb(net, skb, 'arp_rcv', 'PKT_TOO_SMALL', because('too short for ARP'))
    return
  }
  const lengths = raw.bytes[4] === 6 && raw.bytes[5] === 4
  kfree_skb(net, skb, lengths ? 'arp_process' : 'arp_rcv', 'NOT_SPECIFIED', because('not ARP for IPv4 over Ethernet'))
}

/** parp_redo: a request has waited its time in the proxy queue. */
export function parp_redo(net: NetNs, skb: SkBuff): void {
  if (skb.net.kind === 'arp') arp_process(net, skb, skb.dev as NetDevice, skb.net, true)
}

function trace(dev: NetDevice, skb: SkBuff, action: ArpEvent['action'], reason: string, target: Ip4, fn: string): void {
  if (dev.net.kernel.tr !== null) traceArp(dev, skb.id, action, reason, target, fn)
}

function arp_process(net: NetNs, skb: SkBuff, dev: NetDevice, arp: Arp, redo: boolean): void {
  const { op, sip, tip } = arp
  if (op !== ARPOP_REPLY && op !== ARPOP_REQUEST) {
    kfree_skb(net, skb, 'arp_process', 'NOT_SPECIFIED', because(`ARP operation ${op} is neither request nor reply`))
    return
  }
  if (isMulticast(tip) || (isLoopback(tip) && !orConf(dev, 'route_localnet'))) {
    const detail = isMulticast(tip)
      ? because(`the target ${formatIp4(tip)} is a multicast group`)
      : bySysctl(`ipv4.conf.${dev.name}.route_localnet`, 0)
    kfree_skb(net, skb, 'arp_process', 'NOT_SPECIFIED', detail)
    return
  }
  if (sip === tip && orConf(dev, 'drop_gratuitous_arp')) {
    const value = maxConf(dev, 'drop_gratuitous_arp')
    kfree_skb(net, skb, 'arp_process', 'NOT_SPECIFIED', bySysctl(`ipv4.conf.${dev.name}.drop_gratuitous_arp`, value))
    return
  }
  if (sip === 0) {
    duplicateDetection(net, skb, dev, arp)
    return
  }
  if (op === ARPOP_REQUEST && answered(net, skb, dev, arp, redo)) return
  updateTable(net, skb, dev, arp)
}

/** RFC 2131, 5227: somebody asks from 0.0.0.0 whether an address is free. */
function duplicateDetection(net: NetNs, skb: SkBuff, dev: NetDevice, arp: Arp): void {
  const { tip, sha } = arp
  const local = arp.op === ARPOP_REQUEST && inet_addr_type(net, tip) === 'local'
  const refused = local ? arp_ignore(net, dev, 0, tip) : null
  if (local && refused === null) {
    trace(
      dev,
      skb,
      'answered',
      `duplicate address detection: ${formatIp4(tip)} is an address of this machine`,
      tip,
      'arp_process',
    )
    arp_send(dev, ARPOP_REPLY, 0, tip, sha, sha, skb.id)
    return
  }
  const reason = refused ?? `duplicate address detection: ${formatIp4(tip)} is not an address of this machine`
  trace(dev, skb, 'ignored', reason, tip, 'arp_process')
}

/** A request: answer for ourselves or, as a proxy, for others. True when it needs no further look. */
function answered(net: NetNs, skb: SkBuff, dev: NetDevice, arp: Arp, redo: boolean): boolean {
  const { tip, sip } = arp
  const rt = ip_route_input_arp(net, tip, sip, dev)
  if (rt === null) return false
  if (rt.type === 'local') {
    answerForUs(net, skb, dev, arp)
    return true
  }
  if (!dev.forwarding || rt.type !== 'unicast') return false
  const grant = proxyGrant(net, dev, rt, sip, tip)
  if (grant === null) return false
  answerAsProxy(net, skb, dev, arp, redo, grant)
  return true
}

function answerForUs(net: NetNs, skb: SkBuff, dev: NetDevice, arp: Arp): void {
  const { tip, sip, sha } = arp
  const refused = arp_ignore(net, dev, sip, tip) ?? (orConf(dev, 'arp_filter') ? arp_filter(net, sip, tip, dev) : null)
  if (refused !== null) {
    trace(dev, skb, 'ignored', refused, tip, 'arp_process')
    return
  }
  const n = neigh_event_ns(dev, arp, skb.id)
  if (n === null) {
    trace(
      dev,
      skb,
      'ignored',
      'the neighbour table is full (gc_thresh3): the asker could not be noted',
      tip,
      'arp_process',
    )
    return
  }
  trace(dev, skb, 'answered', `${formatIp4(tip)} is an address of this machine`, tip, 'arp_process')
  arp_send(dev, ARPOP_REPLY, sip, tip, sha, sha, skb.id)
}

function answerAsProxy(net: NetNs, skb: SkBuff, dev: NetDevice, arp: Arp, redo: boolean, grant: string): void {
  const { tip, sip, sha } = arp
  neigh_event_ns(dev, arp, skb.id)
  if (redo || skb.pktType === PACKET_HOST || dev.link.neigh.proxy_delay_ms === 0) {
    trace(dev, skb, 'proxied', grant, tip, 'arp_process')
    arp_send(dev, ARPOP_REPLY, sip, tip, sha, sha, skb.id)
    return
  }
  const delay = pneigh_enqueue(net.neigh, dev, skb)
  if (delay < 0) return
  const wait = `the answer waits ${Math.round(delay / MS)} ms (random, below proxy_delay of ${dev.name})`
  trace(dev, skb, 'proxy-delayed', `${grant}; ${wait}`, tip, 'pneigh_enqueue')
}

/** neigh_event_ns: who asks for us will soon be talked to; note the address as STALE. Null when the table is full. */
function neigh_event_ns(dev: NetDevice, arp: Arp, packet: number): Neighbour | null {
  let n = neigh_lookup(dev, arp.sip)
  if (n === null) {
    n = neigh_create(dev, arp.sip, false)
    if (n === null) return null
    neigh_update(n, arp.sha, NUD_STALE, NEIGH_UPDATE_F_OVERRIDE)
    if (dev.net.kernel.tr !== null) traceNeigh(n, packet, 0, 'created', 'neigh_event_ns')
    return n
  }
  neigh_update(n, arp.sha, NUD_STALE, NEIGH_UPDATE_F_OVERRIDE)
  return n
}

/** arp_ignore: null to answer, else the reason not to. */
function arp_ignore(net: NetNs, dev: NetDevice, sip: Ip4, tip: Ip4): string | null {
  const mode = maxConf(dev, 'arp_ignore')
  const t = formatIp4(tip)
  switch (mode) {
    case 1:
      if (inet_confirm_addr(net, dev, 0, tip, RT_SCOPE_HOST) !== 0) return null
      return `arp_ignore is 1 on ${dev.name}: ${t} is not an address of ${dev.name}`
    case 2:
      if (inet_confirm_addr(net, dev, sip, tip, RT_SCOPE_HOST) !== 0) return null
      return `arp_ignore is 2 on ${dev.name}: ${t} is not an address of ${dev.name} in one subnet with ${formatIp4(sip)}`
    case 3:
      if (inet_confirm_addr(net, null, 0, tip, RT_SCOPE_LINK) !== 0) return null
      return `arp_ignore is 3 on ${dev.name}: ${t} has scope host`
    case 8:
      return `arp_ignore is 8 on ${dev.name}: no local address is answered for`
    default:
      return null
  }
}

/** arp_filter: answer only when we would reach the asker by this device. Null to answer. */
function arp_filter(net: NetNs, sip: Ip4, tip: Ip4, dev: NetDevice): string | null {
  const flow = new Flow()
  flow.dst = sip
  flow.src = tip
  const rt = ip_route_output(net, flow)
  if (typeof rt === 'string')
    return `arp_filter is 1 on ${dev.name}: no route from ${formatIp4(tip)} to ${formatIp4(sip)}`
  if (rt.dev === dev) return null
  return `arp_filter is 1 on ${dev.name}: the route to ${formatIp4(sip)} leaves by ${rt.dev.name}`
}

/** arp_accept: may an unasked announcement make an entry? */
function arp_accept(net: NetNs, dev: NetDevice, sip: Ip4): boolean {
  switch (maxConf(dev, 'arp_accept')) {
    case 1:
      return true
    case 2:
      return inet_confirm_addr(net, dev, sip, 0, RT_SCOPE_LINK) !== 0
    default:
      return false
  }
}

/** arp_is_garp: an announcement of one's own address. */
function arp_is_garp(net: NetNs, arp: Arp): boolean {
  if (arp.sip !== arp.tip) return false
  if (arp.op === ARPOP_REPLY && arp.tha !== arp.sha) return false
  return inet_addr_type(net, arp.sip) === 'unicast'
}

/** "Update our ARP tables": replies, and requests that were not ours to answer, refresh what is known of the sender. */
function updateTable(net: NetNs, skb: SkBuff, dev: NetDevice, arp: Arp): void {
  const { op, sip, sha, tip } = arp
  let n = neigh_lookup(dev, sip)
  const accept = arp_accept(net, dev, sip)
  const garp = (n !== null || accept) && arp_is_garp(net, arp)
  let made = false
  if (n === null && accept && (garp || (op === ARPOP_REPLY && inet_addr_type(net, sip) === 'unicast'))) {
    n = neigh_create(dev, sip, false)
    made = n !== null
  }
  if (net.kernel.tr !== null && op === ARPOP_REQUEST) traceUnanswered(net, skb, dev, arp, n !== null)
  if (n === null) {
    if (op === ARPOP_REPLY) trace(dev, skb, 'ignored', noEntry(dev, sip), tip, 'arp_process')
    return
  }
  const before = n.state
  const override = garp || net.kernel.sim.now > n.updated + n.parms.locktime_ms * MS
  const state = op !== ARPOP_REPLY || skb.pktType !== PACKET_HOST ? NUD_STALE : NUD_REACHABLE
  const changes = sha !== n.lladdr
  neigh_update(n, sha, state, override ? NEIGH_UPDATE_F_OVERRIDE : 0)
  if (net.kernel.tr === null) return
  if (made) traceNeigh(n, skb.id, before, 'created', 'arp_process')
  const kept = changes && n.lladdr !== sha
  const reason = kept
    ? `${formatIp4(sip)} keeps its address: the entry is static, or was updated less than locktime ago on ${dev.name}`
    : op === ARPOP_REPLY
      ? `reply about ${formatIp4(sip)}`
      : `${formatIp4(sip)} is known here, its request refreshes the entry`
  traceArp(dev, skb.id, kept ? 'ignored' : 'learned', reason, tip, 'arp_process')
}

function noEntry(dev: NetDevice, sip: Ip4): string {
  return `no entry for ${formatIp4(sip)} (nobody here asked) and arp_accept is ${maxConf(dev, 'arp_accept')} on ${dev.name}`
}

/** Why a request got no answer. Only for the trace; `known` says that the sender's entry is refreshed nevertheless. */
function traceUnanswered(net: NetNs, skb: SkBuff, dev: NetDevice, arp: Arp, known: boolean): void {
  const { sip, tip } = arp
  if (sip === tip && known) return
  const rt: Rtable | null = ip_route_input_arp(net, tip, sip, dev)
  const reason = sip === tip ? noEntry(dev, sip) : whyNoProxy(net, dev, rt, sip, tip)
  traceArp(dev, skb.id, 'ignored', reason, tip, 'arp_process')
}

/** inetdev_send_gratuitous_arp for one address: tell the link that it is ours (arp_notify decides, see arp_notify). */
export function arp_send_gratuitous(_net: NetNs, dev: NetDevice, addr: Ip4): void {
  arp_send(dev, ARPOP_REQUEST, addr, addr, null, 0, 0)
}

/** NETDEV_UP and NETDEV_CHANGEADDR in inetdev_event: announce every address where arp_notify is on. */
export function arp_notify(net: NetNs, dev: NetDevice): void {
  if (maxConf(dev, 'arp_notify') === 0) return
  for (const a of dev.link.addrs) arp_send_gratuitous(net, dev, a.local)
}
