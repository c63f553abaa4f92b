// Addresses of links: requests (inet_rtm_newaddr, inet_rtm_deladdr, inet_dump_ifaddr), and the questions that packets
// ask of them. Read first: ifaddr.ts. Reference: net/ipv4/devinet.c. Leaves out: MCAUTOJOIN (refused), anycast (ignored, as IPv4 does).

import { type Ip4, maskOf } from '../../lib/ip4.ts'
import {
  IFA_F_PERMANENT,
  IFA_F_SECONDARY,
  type IfAddr,
  type Link,
  RT_SCOPE_HOST,
  RT_SCOPE_LINK,
} from '../../uapi/link.ts'
import type { AddrInfo, AddrSpec, NewMode, Operations } from '../../uapi/request.ts'
import { allLinks } from '../core/link_list.ts'
import { changeLink, linkByRef } from '../core/links.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'
import type { Handlers } from '../handlers.ts'
import { fib_modify_prefix_metric } from './fib_events.ts'
import { inet_del_ifa, inet_insert_ifa, newIfAddr, notifyAddr } from './ifaddr.ts'
import { armLifetimes, ifaLifetime, secondsLeft } from './ifaddr_lifetime.ts'

const LABEL_MAX = 15
const IFA_F_MCAUTOJOIN = 0x400
/** NODAD, OPTIMISTIC, DADFAILED, HOMEADDRESS, TENTATIVE, MANAGETEMPADDR, STABLE_PRIVACY: IPv6's, taken away. */
const IPV6ONLY_FLAGS = 0x02 | 0x04 | 0x08 | 0x10 | 0x40 | 0x100 | 0x800

/** inet_ifa_match */
function ifaMatch(a: Ip4, ifa: IfAddr): boolean {
  return ((a ^ ifa.address) & maskOf(ifa.prefixlen)) === 0
}

/** rtm_to_ifaddr: the address that a request describes. */
function rtm_to_ifaddr(tx: Transaction, link: Link, spec: AddrSpec): IfAddr {
  const valid = spec.validLft ?? null
  const preferred = spec.preferredLft ?? null
  if (spec.prefixlen < 0 || spec.prefixlen > 32) tx.refuse('EINVAL')
  if (spec.label !== undefined && spec.label.length > LABEL_MAX)
    tx.refuse('ERANGE', 'Attribute failed policy validation')
  if (((spec.flags ?? 0) & IFA_F_MCAUTOJOIN) !== 0) tx.refuse('EOPNOTSUPP', 'netsim does not model autojoin')
  if (link.noInetDev === true) tx.refuse('ENOBUFS')
  if (valid === 0 || (valid !== null && (preferred === null || preferred > valid))) tx.refuse('EINVAL')
  return newIfAddr(tx, link, {
    local: spec.local,
    address: spec.peer ?? spec.local,
    prefixlen: spec.prefixlen,
    broadcast: spec.broadcast ?? 0,
    scope: spec.scope ?? 0,
    label: spec.label ?? link.name,
    metric: spec.metric ?? 0,
    proto: spec.proto ?? 0,
    ...ifaLifetime((spec.flags ?? 0) & ~IPV6ONLY_FLAGS, valid, preferred),
  })
}

/** find_matching_ifa: the same address with the same subnet. */
function find_matching_ifa(link: Link, wanted: IfAddr): IfAddr | undefined {
  return link.addrs.find(
    (x) => x.local === wanted.local && x.prefixlen === wanted.prefixlen && ifaMatch(wanted.address, x),
  )
}

/** inet_rtm_newaddr */
function inet_rtm_newaddr(tx: Transaction, net: NetNs, mode: NewMode, spec: AddrSpec): null {
  const link = linkByRef(tx, net, spec.dev)
  const wanted = rtm_to_ifaddr(tx, link, spec)
  const known = find_matching_ifa(link, wanted)
  if (known === undefined) inet_insert_ifa(tx, net, link.ifindex, wanted)
  else if (mode === 'change' || mode === 'replace') modify(tx, net, link, known, wanted)
  else tx.refuse('EEXIST')
  return null
}

/** Of an address that exists only metric, protocol and lifetimes change; the rest of the request is passed over, as in Linux. */
function modify(tx: Transaction, net: NetNs, link: Link, known: IfAddr, wanted: IfAddr): void {
  if (known.metric !== wanted.metric) fib_modify_prefix_metric(tx, net, link.ifindex, known, wanted.metric)
  const ifa = Object.freeze({
    ...known,
    ...ifaLifetime(known.flags, wanted.validLft, wanted.preferredLft),
    metric: wanted.metric,
    proto: wanted.proto,
    tstamp: wanted.tstamp,
  })
  changeLink(tx, net, link.ifindex, {
    addrs: Object.freeze(link.addrs.map((x) => (x === known ? ifa : x))),
    confPinned: 'all',
    neighPinned: 'all',
  })
  armLifetimes(tx, net)
  notifyAddr(tx, net, link.ifindex, ifa, false)
}

/** inet_rtm_deladdr: the first address that matches what the request has. */
function inet_rtm_deladdr(tx: Transaction, net: NetNs, req: Operations['addr.del']['req']): null {
  const { addr: spec, match } = req
  const link = linkByRef(tx, net, spec.dev)
  const address = spec.peer ?? spec.local
  const found = link.addrs.find(
    (x) =>
      x.local === spec.local &&
      (!match.label || x.label === spec.label) &&
      (!match.address || (x.prefixlen === spec.prefixlen && ifaMatch(address, x))),
  )
  if (found === undefined) tx.refuse('EADDRNOTAVAIL')
  inet_del_ifa(tx, net, link.ifindex, found, true)
  return null
}

/** As inet_fill_ifaddr shows it: lifetimes are what is left of them now. */
function showAddr(ifa: IfAddr, now: number): IfAddr {
  if ((ifa.flags & IFA_F_PERMANENT) !== 0) return ifa.preferredLft === null ? ifa : { ...ifa, preferredLft: null }
  return {
    ...ifa,
    validLft: secondsLeft(ifa.validLft, ifa.tstamp, now),
    preferredLft: secondsLeft(ifa.preferredLft, ifa.tstamp, now),
    tstamp: now,
  }
}

function listAddrs(tx: Transaction, net: NetNs): readonly AddrInfo[] {
  const now = tx.kernel.sim.now
  return tx.links(net).flatMap((l) => l.addrs.map((a) => ({ ifindex: l.ifindex, addr: showAddr(a, now) })))
}

export const addrHandlers: Handlers<'addr.new' | 'addr.del' | 'addr.list'> = Object.freeze({
  'addr.new': (tx, net, req) => inet_rtm_newaddr(tx, net, req.mode, req.addr),
  'addr.del': (tx, net, req) => inet_rtm_deladdr(tx, net, req),
  'addr.list': (tx, net) => listAddrs(tx, net),
} satisfies Handlers<'addr.new' | 'addr.del' | 'addr.list'>)

/** Loopback addresses count as scope link where route_localnet lets them out. */
function localnetScope(net: NetNs, link: Link): number {
  return link.conf.route_localnet !== 0 || net.cfg.confAll.route_localnet !== 0 ? RT_SCOPE_LINK : RT_SCOPE_HOST
}

/** in_dev_select_addr: a primary of at most that scope that is not for the link only; 0 when none. */
function in_dev_select_addr(link: Link, scope: number): Ip4 {
  const addrs = link.addrs
  for (let i = 0; i < addrs.length; i++) {
    const ifa = addrs[i]!
    if ((ifa.flags & IFA_F_SECONDARY) === 0 && ifa.scope !== RT_SCOPE_LINK && ifa.scope <= scope) return ifa.local
  }
  return 0
}

/** A primary of the device of at most that scope, one in dst's subnet first; 0 when none. */
function selectOnDevice(net: NetNs, link: Link, dst: Ip4, scope: number): Ip4 {
  const addrs = link.addrs
  const limit = localnetScope(net, link)
  let addr = 0
  for (let i = 0; i < addrs.length; i++) {
    const ifa = addrs[i]!
    if ((ifa.flags & IFA_F_SECONDARY) !== 0 || Math.min(ifa.scope, limit) > scope) continue
    if (dst === 0 || ifaMatch(dst, ifa)) return ifa.local
    if (addr === 0) addr = ifa.local
  }
  return addr
}

/** inet_select_addr: a source address of the device for a destination, of at most that scope; else of any device; 0 when none. */
export function inet_select_addr(net: NetNs, dev: NetDevice | null, dst: Ip4, scope: number): Ip4 {
  const own = dev === null ? 0 : selectOnDevice(net, dev.link, dst, scope)
  if (own !== 0) return own
  const links = allLinks(net.cfg.links)
  for (let i = 0; i < links.length; i++) {
    const addr = in_dev_select_addr(links[i]!, scope)
    if (addr !== 0) return addr
  }
  return 0
}

/** inet_addr_onlink: are `a` and, unless it is 0, `b` in one subnet of the device? */
export function inet_addr_onlink(dev: NetDevice, a: Ip4, b: Ip4): boolean {
  const addrs = dev.link.addrs
  for (let i = 0; i < addrs.length; i++) {
    const ifa = addrs[i]!
    if (ifaMatch(a, ifa) && (b === 0 || ifaMatch(b, ifa))) return true
  }
  return false
}

/** confirm_addr_indev: an address of this link (`local`, or any when 0) that is good for dst; 0 when none. */
function confirm_addr_indev(net: NetNs, link: Link, dst: Ip4, local: Ip4, scope: number): Ip4 {
  const addrs = link.addrs
  const limit = localnetScope(net, link)
  let addr = 0
  let same = false
  for (let i = 0; i < addrs.length; i++) {
    const ifa = addrs[i]!
    const allowed = Math.min(ifa.scope, limit) <= scope
    if (addr === 0 && allowed && (local === 0 || local === ifa.local)) {
      addr = ifa.local
      if (same) break
    }
    if (same) continue
    same = (local === 0 || ifaMatch(local, ifa)) && (dst === 0 || ifaMatch(dst, ifa))
    if (!same || addr === 0) continue
    if (local !== 0 || dst === 0 || ifaMatch(addr, ifa)) break
    if (allowed) return ifa.local
    same = false
  }
  return same ? addr : 0
}

/** inet_confirm_addr: the same on one device, or on any. */
export function inet_confirm_addr(net: NetNs, dev: NetDevice | null, dst: Ip4, local: Ip4, scope: number): Ip4 {
  if (dev !== null) return confirm_addr_indev(net, dev.link, dst, local, scope)
  const links = allLinks(net.cfg.links)
  for (let i = 0; i < links.length; i++) {
    const addr = confirm_addr_indev(net, links[i]!, dst, local, scope)
    if (addr !== 0) return addr
  }
  return 0
}
