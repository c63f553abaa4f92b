// The IPv4 side of a link (struct in_device): what it starts with and what link events do to its addresses.
// Read first: ifaddr.ts. Reference: net/ipv4/devinet.c (inetdev_init, inetdev_event, inetdev_destroy, inetdev_changename).
import { INADDR_LOOPBACK } from '../../lib/ip4.ts'
import { IFF_LOOPBACK, IFF_UP, type IfAddr, type Link, RT_SCOPE_HOST } from '../../uapi/link.ts'
import type { DevConf } from '../../uapi/sysctl.ts'
import { changeLink, linkByIndex } from '../core/links.ts'
import { neigh_ifdown } from '../core/neigh_gc.ts'
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'
import { arp_notify } from './arp.ts'
import { fibLinkDown, fibLinkUp } from './fib_events.ts'
import { inet_del_ifa, inet_insert_ifa, newIfAddr, notifyAddr } from './ifaddr.ts'

/** Bytes of a device name with its final zero. */
const IFNAMSIZ = 16
const IPV4_MIN_MTU = 68
const NONE: readonly string[] = Object.freeze([])
const NO_ADDRS: readonly IfAddr[] = Object.freeze([])

/** inetdev_init: conf from the namespace's conf.default, neigh from the machine's neigh.default. */
export function inetdev_init(
  tx: Transaction,
  net: NetNs,
  loopback: boolean,
): Pick<Link, 'addrs' | 'conf' | 'neigh' | 'confPinned' | 'neighPinned' | 'noInetDev'> {
  const conf = net.cfg.confDefault
  return {
    addrs: NO_ADDRS,
    conf: loopback ? loopbackConf(conf) : conf,
    neigh: tx.kernel.initNet.cfg.neighDefault,
    confPinned: NONE,
    neighPinned: NONE,
    noInetDev: false,
  }
}

/** lo is never transformed by IPsec (IN_DEV NOXFRM, NOPOLICY). */
export function loopbackConf(conf: DevConf): DevConf {
  return Object.freeze({ ...conf, disable_policy: 1, disable_xfrm: 1 })
}

/** NETDEV_UP: lo gets 127.0.0.1/8 when it has no address; routes; announcement where arp_notify says so. */
export function inetdev_up(tx: Transaction, net: NetNs, ifindex: number): void {
  const link = linkByIndex(tx, net, ifindex)
  if (link === null || link.noInetDev === true) return
  if (link.mtu >= IPV4_MIN_MTU && (link.flags & IFF_LOOPBACK) !== 0 && link.addrs.length === 0) {
    inet_insert_ifa(
      tx,
      net,
      ifindex,
      newIfAddr(tx, link, { local: INADDR_LOOPBACK, prefixlen: 8, scope: RT_SCOPE_HOST }),
    )
  }
  fibLinkUp(tx, net, ifindex)
  arpNotifyAfter(tx, net, ifindex)
}

/** The arp_notify part of NETDEV_UP and NETDEV_CHANGEADDR. */
export function arpNotifyAfter(tx: Transaction, net: NetNs, ifindex: number): void {
  tx.after(() => {
    const dev = net.device(ifindex)
    if (dev?.up === true) arp_notify(net, dev)
  })
}

/** NETDEV_DOWN (force false) and fib_disable_ip with force: routes of the device and its neighbours go. */
export function fib_disable_ip(tx: Transaction, net: NetNs, ifindex: number, force: boolean): void {
  fibLinkDown(tx, net, ifindex, force)
  const dev = net.device(ifindex)
  if (dev !== null) tx.after(() => neigh_ifdown(net, dev, false))
}

/** NETDEV_UNREGISTER: every address goes, none is promoted; then whatever still names the device. */
export function inetdev_destroy(tx: Transaction, net: NetNs, ifindex: number): void {
  for (
    let link = linkByIndex(tx, net, ifindex);
    link !== null && link.addrs.length > 0;
    link = linkByIndex(tx, net, ifindex)
  ) {
    inet_del_ifa(tx, net, ifindex, link.addrs[0]!, false)
  }
  fib_disable_ip(tx, net, ifindex, true)
}

/** NETDEV_CHANGEMTU: below 68 bytes a link has no IPv4; above again it has, with nothing on it. */
export function inetdev_changemtu(tx: Transaction, net: NetNs, ifindex: number, mtu: number): void {
  const link = linkByIndex(tx, net, ifindex)!
  const valid = mtu >= IPV4_MIN_MTU
  if (link.noInetDev !== true && !valid) {
    inetdev_destroy(tx, net, ifindex)
    changeLink(tx, net, ifindex, { noInetDev: true })
  } else if (link.noInetDev === true && valid) {
    changeLink(tx, net, ifindex, inetdev_init(tx, net, (link.flags & IFF_LOOPBACK) !== 0))
    if ((link.flags & IFF_UP) !== 0) arpNotifyAfter(tx, net, ifindex)
  }
}

/** inetdev_changename: labels follow the name; from the second address on they keep or get a suffix. */
export function inetdev_changename(tx: Transaction, net: NetNs, ifindex: number): void {
  const link = linkByIndex(tx, net, ifindex)!
  if (link.addrs.length === 0) return
  const addrs = link.addrs.map((ifa, i) =>
    Object.freeze({ ...ifa, label: i === 0 ? link.name : relabel(link.name, ifa, i + 1) }),
  )
  changeLink(tx, net, ifindex, { addrs: Object.freeze(addrs) })
  for (const ifa of addrs) notifyAddr(tx, net, ifindex, ifa, false)
}

function relabel(name: string, ifa: IfAddr, nth: number): string {
  const colon = ifa.label.indexOf(':')
  const suffix = colon < 0 ? `:${nth}` : ifa.label.slice(colon)
  return name.length + suffix.length < IFNAMSIZ ? name + suffix : name.slice(0, IFNAMSIZ - 1 - suffix.length) + suffix
}
