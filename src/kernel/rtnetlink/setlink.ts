// RTM_NEWLINK for a link that exists (net/core/rtnetlink.c: do_setlink), in the kernel's order of attributes. What
// was changed before the one that is refused stays changed, as in the kernel.

import { isGroupMac, MAC_ZERO } from '../../lib/mac.ts'
import { utf8Length } from '../../lib/utf8.ts'
import { IFF_UP, type Link } from '../../uapi/link.ts'
import type { LinkSet } from '../../uapi/request.ts'
import { changeLink, linkByIndex, linkByRef } from '../core/links.ts'
import { neigh_changeaddr } from '../core/neigh_gc.ts'
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'
import { deviceOps } from '../device/table.ts'
import { arpNotifyAfter, inetdev_changemtu, inetdev_changename } from '../ipv4/inetdev.ts'
import { dev_change_carrier, dev_change_flags } from './dev_state.ts'
import { rtmsg_ifinfo } from './info.ts'
import { dev_get_valid_name } from './names.ts'
import { dev_change_net_namespace } from './unregister.ts'

/** Longest ifalias in bytes (IFALIASZ - 1). */
export const ALIAS_MAX = 255

/** dev_set_mac_address, and NETDEV_CHANGEADDR: neighbours of the device go, its addresses are announced. */
function setAddress(tx: Transaction, net: NetNs, link: Link, address: number): void {
  if (!deviceOps[link.kind].canSetAddress) tx.refuse('EOPNOTSUPP')
  if (address !== link.address && (address === MAC_ZERO || isGroupMac(address))) tx.refuse('EADDRNOTAVAIL')
  rtmsg_ifinfo(tx, net, changeLink(tx, net, link.ifindex, { address }))
  const dev = net.device(link.ifindex)
  if (dev !== null) tx.after(() => neigh_changeaddr(net, dev))
  arpNotifyAfter(tx, net, link.ifindex)
}

/** dev_set_mtu */
function setMtu(tx: Transaction, net: NetNs, link: Link, mtu: number): void {
  if (mtu === link.mtu) return
  const ops = deviceOps[link.kind]
  if (mtu < ops.minMtu) tx.refuse('EINVAL', 'mtu less than device minimum')
  if (ops.maxMtu > 0 && mtu > ops.maxMtu) tx.refuse('EINVAL', 'mtu greater than device maximum')
  changeLink(tx, net, link.ifindex, { mtu })
  inetdev_changemtu(tx, net, link.ifindex, mtu)
  rtmsg_ifinfo(tx, net, linkByIndex(tx, net, link.ifindex)!)
}

/** dev_change_name: not while the device is up. */
function setName(tx: Transaction, net: NetNs, link: Link, name: string): void {
  if (name === link.name) return
  if ((link.flags & IFF_UP) !== 0) tx.refuse('EBUSY')
  changeLink(tx, net, link.ifindex, { name: dev_get_valid_name(tx, net, name) })
  inetdev_changename(tx, net, link.ifindex)
  rtmsg_ifinfo(tx, net, linkByIndex(tx, net, link.ifindex)!)
}

/** Changes that a device which is down does not announce (netdev_state_change). */
function setQuiet(tx: Transaction, net: NetNs, link: Link, fields: Partial<Link>): void {
  const next = changeLink(tx, net, link.ifindex, fields)
  if ((next.flags & IFF_UP) !== 0) rtmsg_ifinfo(tx, net, next)
}

function setAlias(tx: Transaction, net: NetNs, link: Link, alias: string): void {
  if (utf8Length(alias) > ALIAS_MAX) tx.refuse('EINVAL')
  setQuiet(tx, net, link, { alias: alias === '' ? null : alias })
}

/** The namespace of the request's `netns`; EINVAL when it is gone. */
function targetNetns(tx: Transaction, req: LinkSet): NetNs | null {
  if (req.netns === undefined) return null
  return tx.kernel.nets.get(req.netns) ?? tx.refuse('EINVAL')
}

/** do_setlink for one link. */
function do_setlink(tx: Transaction, source: NetNs, link: Link, req: LinkSet): void {
  const target = targetNetns(tx, req)
  tx.keepOnRefusal()
  const { ifindex } = target === null ? link : dev_change_net_namespace(tx, source, link, target, req.name ?? null)
  const net = target ?? source
  const now = (): Link => linkByIndex(tx, net, ifindex)!
  if (req.address !== undefined) setAddress(tx, net, now(), req.address)
  if (req.mtu !== undefined) setMtu(tx, net, now(), req.mtu)
  if (req.group !== undefined) setQuiet(tx, net, now(), { group: req.group })
  if (req.name !== undefined) setName(tx, net, now(), req.name)
  if (req.alias !== undefined) setAlias(tx, net, now(), req.alias)
  if (req.broadcast !== undefined) {
    rtmsg_ifinfo(tx, net, changeLink(tx, net, ifindex, { broadcast: req.broadcast }))
  }
  if (req.flags !== undefined) dev_change_flags(tx, net, now(), req.flags.flags, req.flags.mask)
  if (req.carrier !== undefined) dev_change_carrier(tx, net, now(), req.carrier)
  if (req.txqlen !== undefined && req.txqlen !== now().txqlen) {
    rtmsg_ifinfo(tx, net, changeLink(tx, net, ifindex, { txqlen: req.txqlen }))
  }
}

/** link.set: one link, or with byGroup all of a group (rtnl_group_changelink). */
export function rtnl_setlink(tx: Transaction, net: NetNs, req: LinkSet): null {
  if (req.byGroup === undefined) {
    do_setlink(tx, net, linkByRef(tx, net, req.dev), req)
    return null
  }
  for (const link of tx.links(net)) if (link.group === req.byGroup) do_setlink(tx, net, link, req)
  return null
}
