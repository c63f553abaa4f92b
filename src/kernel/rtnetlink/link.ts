// Link requests: the table of their handlers (net/core/rtnetlink.c).
// Read first: newlink.ts (creation), setlink.ts (changes), unregister.ts (deletion and moves), dev_state.ts (up and down).
// Leaves out: alternative names, masters, GSO limits, operstate and mode, VFs, XDP.
import type { LinkInfo } from '../../uapi/request.ts'
import { linkByIndex, linkByRef } from '../core/links.ts'
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'
import { deviceOps } from '../device/table.ts'
import type { Handlers } from '../handlers.ts'
import { linkInfo } from './info.ts'
import { rtnl_newlink } from './newlink.ts'
import { rtnl_setlink } from './setlink.ts'
import { unregister_netdevice } from './unregister.ts'

function deleteByIndex(tx: Transaction, net: NetNs, ifindex: number): void {
  const link = linkByIndex(tx, net, ifindex)
  if (link === null) return
  if (!deviceOps[link.kind].canDelete) tx.refuse('EOPNOTSUPP')
  unregister_netdevice(tx, net, link)
}

/** rtnl_group_dellink: all of a group or none; ENODEV for an empty one. */
function deleteGroup(tx: Transaction, net: NetNs, group: number): void {
  const members = tx.links(net).filter((l) => l.group === group)
  if (members.length === 0) tx.refuse('ENODEV')
  for (const link of members) if (!deviceOps[link.kind].canDelete) tx.refuse('EOPNOTSUPP')
  for (const { ifindex } of members) deleteByIndex(tx, net, ifindex)
}

export const linkHandlers: Handlers<'link.add' | 'link.set' | 'link.del' | 'link.get' | 'link.list'> = Object.freeze({
  'link.add': rtnl_newlink,
  'link.set': rtnl_setlink,
  'link.del': (tx, net, req) => {
    if (req.byGroup !== undefined) deleteGroup(tx, net, req.byGroup)
    else deleteByIndex(tx, net, linkByRef(tx, net, req.dev).ifindex)
    return null
  },
  'link.get': (tx, net, req): LinkInfo => linkInfo(tx, net, linkByRef(tx, net, req.dev)),
  'link.list': (tx, net): readonly LinkInfo[] => tx.links(net).map((l) => linkInfo(tx, net, l)),
} satisfies Handlers<'link.add' | 'link.set' | 'link.del' | 'link.get' | 'link.list'>)
