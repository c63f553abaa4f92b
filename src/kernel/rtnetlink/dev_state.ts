// A device going up and down, its carrier and flags, and who is told (net/core/dev.c: __dev_open, __dev_close,
// __dev_change_flags, dev_change_carrier; veth_open, veth_close; the notifier chains of devinet, fib and arp).
import {
  carrierOperState,
  IFF_ALLMULTI,
  IFF_AUTOMEDIA,
  IFF_DEBUG,
  IFF_DYNAMIC,
  IFF_MULTICAST,
  IFF_NOARP,
  IFF_NOTRAILERS,
  IFF_PORTSEL,
  IFF_PROMISC,
  IFF_UP,
  type Link,
} from '../../uapi/link.ts'
import { changeLink, linkByIndex } from '../core/links.ts'
import { neigh_changeaddr, neigh_ifdown } from '../core/neigh_gc.ts'
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'
import { deviceOps } from '../device/table.ts'
import { fibLinkCarrier } from '../ipv4/fib_events.ts'
import { fib_disable_ip, inetdev_up } from '../ipv4/inetdev.ts'
import { masq_device_event } from '../netfilter/nat/masq_events.ts'
import { socketsDeviceEvent } from '../socket/lifetime.ts'
import { rtmsg_ifinfo } from './info.ts'

/** Flags that a request may change besides IFF_UP, IFF_PROMISC and IFF_ALLMULTI. */
const CHANGEABLE = IFF_DEBUG | IFF_NOTRAILERS | IFF_NOARP | IFF_DYNAMIC | IFF_MULTICAST | IFF_PORTSEL | IFF_AUTOMEDIA

const NOOP = 'noop'

/** netif_carrier_on/off: what changes in the link itself (linkwatch: rfc2863_policy). */
export function carrierFields(link: Link, carrier: boolean): Partial<Link> {
  if (link.carrier === carrier) return {}
  return { carrier, operState: carrierOperState(link, carrier), carrierChanges: (link.carrierChanges ?? 0) + 1 }
}

/** netif_carrier_on/off and, for a device that is up, linkwatch's NETDEV_CHANGE. */
function setCarrier(tx: Transaction, net: NetNs, ifindex: number, carrier: boolean): void {
  const before = linkByIndex(tx, net, ifindex)
  if (before === null || before.carrier === carrier) return
  const link = changeLink(tx, net, ifindex, carrierFields(before, carrier))
  if ((link.flags & IFF_UP) === 0) return
  fibLinkCarrier(tx, net, ifindex, carrier)
  const dev = net.device(ifindex)
  if (!carrier && dev !== null) tx.after(() => neigh_ifdown(net, dev, true))
  rtmsg_ifinfo(tx, net, link)
}

/** dev_change_carrier */
export function dev_change_carrier(tx: Transaction, net: NetNs, link: Link, carrier: boolean): void {
  if (!deviceOps[link.kind].canChangeCarrier) tx.refuse('EOPNOTSUPP')
  setCarrier(tx, net, link.ifindex, carrier)
}

/** The other end of a veth, wherever it is. */
function peerOf(tx: Transaction, link: Link): { net: NetNs; link: Link } | null {
  const net = link.peer === null ? undefined : tx.kernel.nets.get(link.peer.netns)
  const peer = net === undefined || link.peer === null ? null : linkByIndex(tx, net, link.peer.ifindex)
  return net === undefined || peer === null ? null : { net, link: peer }
}

function firstQdisc(link: Link): string {
  const ops = deviceOps[link.kind]
  return link.numTxQueues > 1 ? ops.qdiscMultiqueue : ops.qdisc
}

/** dev_open with the flags that change in the same request. */
function dev_open(tx: Transaction, net: NetNs, link: Link, flags: number): void {
  const peer = peerOf(tx, link)
  const bothUp = peer !== null && (peer.link.flags & IFF_UP) !== 0
  const up = changeLink(tx, net, link.ifindex, {
    flags,
    ...carrierFields(link, link.carrier || bothUp),
    qdisc: link.qdisc === NOOP ? firstQdisc(link) : link.qdisc,
  })
  rtmsg_ifinfo(tx, net, up)
  inetdev_up(tx, net, link.ifindex)
  tx.after(() => socketsDeviceEvent(net, link.ifindex, 'up'))
  if (bothUp) setCarrier(tx, peer.net, peer.link.ifindex, true)
}

/** dev_close: the device goes down; a veth takes the carrier of both ends. */
export function dev_close(tx: Transaction, net: NetNs, link: Link, flags: number): void {
  const peer = peerOf(tx, link)
  const down = changeLink(tx, net, link.ifindex, { flags, ...carrierFields(link, link.peer === null && link.carrier) })
  rtmsg_ifinfo(tx, net, down)
  fib_disable_ip(tx, net, link.ifindex, false)
  tx.after(() => socketsDeviceEvent(net, link.ifindex, 'down'))
  tx.after(() => masq_device_event(net, link.ifindex))
  if (peer !== null) setCarrier(tx, peer.net, peer.link.ifindex, false)
}

/** __dev_change_flags: bits of `mask` take their value from `flags`; bits that nobody may set are left alone. */
export function dev_change_flags(tx: Transaction, net: NetNs, link: Link, flags: number, mask: number): void {
  const allowed = mask & (CHANGEABLE | IFF_UP | IFF_PROMISC | IFF_ALLMULTI)
  const next = (link.flags & ~allowed) | (flags & allowed)
  const changed = link.flags ^ next
  if (changed === 0) return
  const promisc = (changed & IFF_PROMISC) === 0 ? 0 : (next & IFF_PROMISC) !== 0 ? 1 : -1
  const now = promisc === 0 ? link : changeLink(tx, net, link.ifindex, { promiscuity: link.promiscuity + promisc })
  if ((changed & IFF_UP) === 0) rtmsg_ifinfo(tx, net, changeLink(tx, net, link.ifindex, { flags: next }))
  else if ((next & IFF_UP) !== 0) dev_open(tx, net, now, next)
  else dev_close(tx, net, now, next)
  const dev = net.device(link.ifindex)
  if ((changed & IFF_NOARP) !== 0 && dev !== null) tx.after(() => neigh_changeaddr(net, dev))
}
