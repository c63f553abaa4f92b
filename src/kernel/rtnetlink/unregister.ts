// Devices that leave: deletion, and moves to another namespace (net/core/dev.c: unregister_netdevice_many,
// __dev_change_net_namespace; veth_dellink).
import { carrierOperState, IFF_LOOPBACK, IFF_UP, type Link } from '../../uapi/link.ts'
import { changeLink, insertLink, linkByIndex, linkByName, removeLink, withLink } from '../core/links.ts'
import type { NetNs } from '../core/netns.ts'
import { peernet2id_alloc } from '../core/nsid.ts'
import type { Transaction } from '../core/transaction.ts'
import { deviceOps } from '../device/table.ts'
import { inetdev_destroy, inetdev_init } from '../ipv4/inetdev.ts'
import { socketsDeviceEvent } from '../socket/lifetime.ts'
import { carrierFields, dev_close } from './dev_state.ts'
import { rtmsg_ifinfo } from './info.ts'
import { dev_get_valid_name, dev_new_index } from './names.ts'

/** Down, without addresses, routes and neighbours, and with its first qdisc again (dev_shutdown). */
function takeDown(tx: Transaction, net: NetNs, ifindex: number): Link {
  const link = linkByIndex(tx, net, ifindex)!
  if ((link.flags & IFF_UP) !== 0) dev_close(tx, net, link, link.flags & ~IFF_UP)
  inetdev_destroy(tx, net, ifindex)
  tx.after(() => socketsDeviceEvent(net, ifindex, 'gone'))
  return changeLink(tx, net, ifindex, { qdisc: 'noop' })
}

interface Place {
  readonly net: NetNs
  readonly ifindex: number
}

/** The devices that go with one: itself, and of a veth the other end wherever it is. */
function leaving(tx: Transaction, net: NetNs, link: Link): readonly Place[] {
  const ref = link.peer
  const other = ref === null ? undefined : tx.kernel.nets.get(ref.netns)
  const self: Place = { net, ifindex: link.ifindex }
  if (ref === null || other === undefined || linkByIndex(tx, other, ref.ifindex) === null) return [self]
  return [self, { net: other, ifindex: ref.ifindex }]
}

/** rtnl_delete_link: the ends of a veth forget each other (veth_dellink), all are closed, then each is gone. */
export function unregister_netdevice(tx: Transaction, net: NetNs, link: Link): void {
  const places = leaving(tx, net, link)
  if (link.peer !== null) {
    for (const p of places) {
      const end = linkByIndex(tx, p.net, p.ifindex)!
      changeLink(tx, p.net, p.ifindex, { peer: null, ...carrierFields(end, false) })
    }
  }
  for (const p of places) {
    const end = linkByIndex(tx, p.net, p.ifindex)!
    if ((end.flags & IFF_UP) !== 0) dev_close(tx, p.net, end, end.flags & ~IFF_UP)
  }
  for (const p of places) {
    rtmsg_ifinfo(tx, p.net, takeDown(tx, p.net, p.ifindex), true)
    removeLink(tx, p.net, p.ifindex)
  }
}

/** The peer's own idea of where this end is. `lostCarrier`: its state is worked out after the move (linkwatch waits for the rtnl lock). */
function tellPeer(tx: Transaction, link: Link, netns: number, ifindex: number, lostCarrier: boolean): void {
  const net = link.peer === null ? undefined : tx.kernel.nets.get(link.peer.netns)
  if (net === undefined || link.peer === null) return
  const peer = Object.freeze({ netns, ifindex })
  const state = lostCarrier ? { operState: carrierOperState({ ifindex: link.peer.ifindex, peer }, false) } : {}
  changeLink(tx, net, link.peer.ifindex, { peer, ...state })
}

/**
 * dev_change_net_namespace. `pattern`: a name to fall back on when the device's own is taken there. The ifindex is kept
 * when it is free. Answers the link as it is in its new namespace.
 */
export function dev_change_net_namespace(
  tx: Transaction,
  from: NetNs,
  link: Link,
  to: NetNs,
  pattern: string | null,
): Link {
  if (deviceOps[link.kind].netnsLocal) tx.refuse('EINVAL')
  if (from === to) return link
  const taken = linkByName(tx, to, link.name) !== null
  if (taken && pattern === null) tx.refuse('EEXIST')
  const name = taken && pattern !== null ? dev_get_valid_name(tx, to, pattern) : link.name
  const down = takeDown(tx, from, link.ifindex)
  peernet2id_alloc(tx, from, to.id)
  rtmsg_ifinfo(tx, from, down, true)
  removeLink(tx, from, link.ifindex)
  const ifindex = linkByIndex(tx, to, link.ifindex) === null ? link.ifindex : dev_new_index(tx, to)
  const inet = inetdev_init(tx, to, (link.flags & IFF_LOOPBACK) !== 0)
  const lostCarrier = link.carrier && !down.carrier
  const state = lostCarrier ? { operState: carrierOperState({ ifindex, peer: link.peer }, false) } : {}
  const moved = withLink(down, { name, ifindex, ...inet, ...state })
  insertLink(tx, to, moved)
  tellPeer(tx, moved, to.id, ifindex, lostCarrier)
  tx.move(from, link.ifindex, to, ifindex)
  rtmsg_ifinfo(tx, to, moved)
  return moved
}
