// What ARP gives the neighbour machine: how an entry starts, how it asks, what happens when nobody answers.
// Read first: core/neigh_state.ts. Reference: arp_constructor, arp_solicit, arp_error_report, arp_send_dst in net/ipv4/arp.c.
import { type Ip4, isMulticast } from '../../lib/ip4.ts'
import type { Mac } from '../../lib/mac.ts'
import { RT_SCOPE_LINK } from '../../uapi/link.ts'
import { NUD_NOARP } from '../../uapi/neigh.ts'
import type { DevConfName } from '../../uapi/sysctl.ts'
import type { ArpEvent } from '../../uapi/trace.ts'
import { ARPOP_REQUEST, arp } from '../../wire/arp.ts'
import { ETH_P_ARP, ethernet } from '../../wire/ethernet.ts'
import { ICMP_DEST_UNREACH, ICMP_HOST_UNREACH } from '../../wire/icmp.ts'
import { dev_queue_xmit } from '../core/dev.ts'
import { kfree_skb } from '../core/drop.ts'
import type { Neighbour } from '../core/neighbour.ts'
import type { NetDevice } from '../core/netdevice.ts'
import { NO_DATA, type SkBuff } from '../core/skbuff.ts'
import { inet_addr_onlink, inet_select_addr } from './devinet.ts'
import { inet_addr_type } from './fib_lookup.ts'
import { icmp_send } from './icmp.ts'
import { traceOrigin } from './ip_output.ts'

/** IN_DEV_MAXCONF: the larger of conf.all's and the device's value. */
export function maxConf(dev: NetDevice, name: DevConfName): number {
  return Math.max(dev.net.cfg.confAll[name], dev.conf[name])
}

/** IN_DEV_ORCONF: conf.all or the device has it. */
export function orConf(dev: NetDevice, name: DevConfName): boolean {
  return dev.net.cfg.confAll[name] !== 0 || dev.conf[name] !== 0
}

/** 01:00:5e and the low 23 bits of the group (ip_eth_mc_map, RFC 1112). */
export function ip_eth_mc_map(addr: Ip4): Mac {
  return 0x01005e000000 + (addr & 0x7fffff)
}

/** arp_constructor: group addresses, broadcast, loopback and NOARP devices need no question (NUD_NOARP). */
export function arp_constructor(n: Neighbour): void {
  const dev = n.dev
  if (isMulticast(n.dst)) {
    n.state = NUD_NOARP
    n.lladdr = ip_eth_mc_map(n.dst)
  } else if (dev.noarp || dev.loopback) {
    n.state = NUD_NOARP
    n.lladdr = dev.mac
  } else if (inet_addr_type(dev.net, n.dst) === 'broadcast') {
    n.state = NUD_NOARP
    n.lladdr = dev.broadcast
  }
}

/** arp_error_report: nobody answered. The sender hears of it (ipv4_link_failure), the packet ends. */
export function arp_error_report(n: Neighbour, skb: SkBuff): void {
  const net = n.dev.net
  icmp_send(net, skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0)
  kfree_skb(net, skb, 'neigh_invalidate', 'NEIGH_FAILED', { kind: 'neigh', dst: n.dst })
}

/** arp_solicit: one question for the entry; to its known address while unicast probes last, else to everybody. */
export function arp_solicit(n: Neighbour, skb: SkBuff | null): void {
  const dev = n.dev
  const parms = n.parms
  const saddr = announcedSource(dev, n.dst, skb)
  let probe = n.probes - parms.ucast_solicit
  let hw: Mac | null = null
  if (probe < 0) hw = n.lladdr
  else {
    probe -= parms.app_solicit
    if (probe < 0) return
  }
  if (dev.noarp) return
  const cause = skb === null ? 0 : skb.id
  const question = arp_create(dev, { op: ARPOP_REQUEST, tip: n.dst, sip: saddr, hw, target: 0, cause })
  if (dev.net.kernel.tr !== null) {
    const reason =
      hw === null
        ? `broadcast probe ${probe + 1} of ${parms.mcast_solicit}`
        : `unicast probe ${n.probes + 1} of ${parms.ucast_solicit}`
    traceArp(dev, question.id, 'solicited', reason, n.dst, 'arp_solicit')
  }
  dev_queue_xmit(question)
}

/** Which of our addresses to ask from (arp_announce): the waiting packet's own, or one that the target can know. */
function announcedSource(dev: NetDevice, target: Ip4, skb: SkBuff | null): Ip4 {
  const announce = maxConf(dev, 'arp_announce')
  if (skb !== null && skb.net.kind === 'ipv4' && announce !== 2) {
    const src = skb.net.src
    if (inet_addr_type(dev.net, src) === 'local' && (announce !== 1 || inet_addr_onlink(dev, target, src))) return src
  }
  return inet_select_addr(dev.net, dev, target, RT_SCOPE_LINK)
}

/** What an ARP packet says, from our side. */
interface ArpWords {
  readonly op: number
  readonly tip: Ip4
  readonly sip: Ip4
  /** The frame's destination, null for everybody. */
  readonly hw: Mac | null
  /** The target hardware address. */
  readonly target: Mac
  /** The packet it answers or asks for, 0 when none. */
  readonly cause: number
}

/** arp_create: an ARP packet for `dev`. */
function arp_create(dev: NetDevice, { op, tip, sip, hw, target, cause }: ArpWords): SkBuff {
  const net = dev.net
  const skb = net.kernel.newSkb({ net: arp(op, dev.mac, sip, target, tip), l4: null, data: NO_DATA })
  skb.dev = dev
  skb.eth = ethernet(hw ?? dev.broadcast, dev.mac, ETH_P_ARP)
  const why = op === ARPOP_REQUEST ? 'arp-request' : 'arp-reply'
  if (net.kernel.tr !== null) traceOrigin(net, skb, why, cause, 'arp_create')
  return skb
}

/** arp_send_dst: the same and out. Nothing leaves a device that does not do ARP. */
export function arp_send(
  dev: NetDevice,
  op: number,
  tip: Ip4,
  sip: Ip4,
  hw: Mac | null,
  target: Mac,
  cause: number,
): void {
  if (!dev.noarp) dev_queue_xmit(arp_create(dev, { op, tip, sip, hw, target, cause }))
}

/** Emit an ARP event; only when somebody listens. */
export function traceArp(
  dev: NetDevice,
  packet: number,
  action: ArpEvent['action'],
  reason: string,
  target: Ip4,
  fn: string,
): void {
  const net = dev.net
  net.kernel.tr?.emit({
    kind: 'arp',
    time: net.kernel.sim.now,
    packet,
    netns: net.id,
    ifindex: dev.ifindex,
    fn,
    action,
    reason,
    target,
  })
}
