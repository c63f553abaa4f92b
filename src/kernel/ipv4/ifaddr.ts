// The list of IPv4 addresses of a link: primaries before the secondaries of their subnet, insertion and deletion with
// what follows from them (net/ipv4/devinet.c: inet_insert_ifa, __inet_del_ifa; fib_inetaddr_event).
import { inPrefix } from '../../lib/ip4.ts'
import { IFA_F_PERMANENT, IFA_F_SECONDARY, type IfAddr, type Link } from '../../uapi/link.ts'
import { changeLink, linkByIndex } from '../core/links.ts'
import { neigh_ifdown } from '../core/neigh_gc.ts'
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'
import { masq_inet_event } from '../netfilter/nat/masq_events.ts'
import { fib_add_ifaddr, fib_del_ifaddr } from './fib_events.ts'
import { armLifetimes } from './ifaddr_lifetime.ts'

/** A fresh address of a link: forever, universe scope and labelled with the device's name unless the fields say otherwise. */
export function newIfAddr(
  tx: Transaction,
  link: Link,
  fields: Partial<IfAddr> & Pick<IfAddr, 'local' | 'prefixlen'>,
): IfAddr {
  return Object.freeze({
    address: fields.local,
    broadcast: 0,
    scope: 0,
    flags: IFA_F_PERMANENT,
    label: link.name,
    validLft: null,
    preferredLft: null,
    tstamp: tx.kernel.sim.now,
    metric: 0,
    proto: 0,
    ...fields,
  })
}

/** Same subnet: equal prefix lengths and `a` in ifa's prefix (inet_ifa_match). */
function sameSubnet(ifa: IfAddr, other: IfAddr): boolean {
  return ifa.prefixlen === other.prefixlen && inPrefix(other.address, ifa.address, ifa.prefixlen)
}

export function isSecondary(ifa: IfAddr): boolean {
  return (ifa.flags & IFA_F_SECONDARY) !== 0
}

export function notifyAddr(tx: Transaction, net: NetNs, ifindex: number, addr: IfAddr, deleted: boolean): void {
  if (!net.kernel.hasMonitors(net)) return
  const dev = linkByIndex(tx, net, ifindex)?.name ?? ''
  tx.notify(net, () => ({ kind: 'addr', deleted, info: { ifindex, addr }, dev }))
}

function setAddrs(tx: Transaction, net: NetNs, ifindex: number, addrs: readonly IfAddr[]): void {
  changeLink(tx, net, ifindex, { addrs: Object.freeze(addrs) })
}

function addrsOf(tx: Transaction, net: NetNs, ifindex: number): readonly IfAddr[] {
  return linkByIndex(tx, net, ifindex)!.addrs
}

/** inet_insert_ifa. EEXIST for the same address and prefix, EINVAL for another scope in one subnet. */
export function inet_insert_ifa(tx: Transaction, net: NetNs, ifindex: number, wanted: IfAddr): void {
  if (wanted.local === 0) return
  const addrs = addrsOf(tx, net, ifindex)
  let flags = wanted.flags & ~IFA_F_SECONDARY
  let at = 0
  addrs.forEach((ifa, i) => {
    if (!isSecondary(ifa) && wanted.scope <= ifa.scope) at = i + 1
    if (!sameSubnet(ifa, wanted)) return
    if (ifa.local === wanted.local) tx.refuse('EEXIST')
    if (ifa.scope !== wanted.scope) tx.refuse('EINVAL')
    flags |= IFA_F_SECONDARY
  })
  const ifa = Object.freeze({ ...wanted, flags })
  const next = [...addrs]
  next.splice(isSecondary(ifa) ? next.length : at, 0, ifa)
  changeLink(tx, net, ifindex, { addrs: Object.freeze(next), confPinned: 'all', neighPinned: 'all' })
  notifyAddr(tx, net, ifindex, ifa, false)
  fib_add_ifaddr(tx, net, ifindex, ifa)
  if (ifa.validLft !== null || ifa.preferredLft !== null) armLifetimes(tx, net)
}

/** The address leaves the list; its routes go, and with the last one the neighbours of the device (fib_disable_ip). */
function unlink(tx: Transaction, net: NetNs, ifindex: number, ifa: IfAddr): void {
  const rest = addrsOf(tx, net, ifindex).filter((x) => x !== ifa)
  setAddrs(tx, net, ifindex, rest)
  notifyAddr(tx, net, ifindex, ifa, true)
  fib_del_ifaddr(tx, net, ifindex, ifa)
  const dev = net.device(ifindex)
  if (rest.length === 0 && dev !== null) tx.after(() => neigh_ifdown(net, dev, false))
}

/**
 * __inet_del_ifa. A primary takes its secondaries with it, or, with promote_secondaries, the first of them takes its
 * place. `promote` false: the device is going away (in_dev->dead).
 */
export function inet_del_ifa(tx: Transaction, net: NetNs, ifindex: number, ifa: IfAddr, promote: boolean): void {
  const link = linkByIndex(tx, net, ifindex)!
  const addrs = link.addrs
  const at = addrs.indexOf(ifa)
  const followers = addrs.filter((x, i) => i > at && isSecondary(x) && sameSubnet(ifa, x))
  const secondaries = !promote || isSecondary(ifa) ? [] : followers
  const promotes = link.conf.promote_secondaries !== 0 || net.cfg.confAll.promote_secondaries !== 0
  if (secondaries.length > 0 && promotes) {
    promoteSecondary(tx, net, ifindex, ifa, secondaries)
    return
  }
  for (const s of secondaries) unlink(tx, net, ifindex, s)
  unlink(tx, net, ifindex, ifa)
  if (!promote) return
  for (const gone of [...secondaries, ifa]) tx.after(() => masq_inet_event(net, ifindex, gone.address))
}

/** The first secondary becomes the primary, after the last primary of at least its scope; the others get it as source. */
function promoteSecondary(
  tx: Transaction,
  net: NetNs,
  ifindex: number,
  ifa: IfAddr,
  secondaries: readonly IfAddr[],
): void {
  const before = addrsOf(tx, net, ifindex)
  const at = before.indexOf(ifa)
  for (const s of secondaries) fib_del_ifaddr(tx, net, ifindex, s, ifa)
  unlink(tx, net, ifindex, ifa)
  tx.after(() => masq_inet_event(net, ifindex, ifa.address))
  const first = secondaries[0]!
  const promoted = Object.freeze({ ...first, flags: first.flags & ~IFA_F_SECONDARY })
  const list = before.filter((x) => x !== ifa && x !== first)
  let place = at
  if (before[at + 1] !== first) {
    list.forEach((x, i) => {
      if (i >= at && !isSecondary(x) && ifa.scope <= x.scope) place = i + 1
    })
  }
  list.splice(place, 0, promoted)
  setAddrs(tx, net, ifindex, list)
  notifyAddr(tx, net, ifindex, promoted, false)
  fib_add_ifaddr(tx, net, ifindex, promoted)
  for (const s of secondaries.slice(1)) fib_add_ifaddr(tx, net, ifindex, s)
}
