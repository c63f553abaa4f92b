// Finding and changing the links of a namespace inside a transaction. Never through a draft of the list: that would make
// an object per link looked at. Read first: link_list.ts.
import type { Link } from '../../uapi/link.ts'
import type { DevRef } from '../../uapi/request.ts'
import { findLink } from './link_list.ts'
import type { NetNs } from './netns.ts'
import type { Transaction } from './transaction.ts'

/** __dev_get_by_index */
export function linkByIndex(tx: Transaction, net: NetNs, ifindex: number): Link | null {
  return findLink((tx.linkList(net) ?? net.cfg.links).blocks, ifindex)
}

/** __dev_get_by_name: among the links that this transaction touched, then among the others. */
export function linkByName(tx: Transaction, net: NetNs, name: string): Link | null {
  const edited = tx.linkList(net)
  if (edited !== null) {
    for (const ifindex of edited.touched) {
      const link = linkByIndex(tx, net, ifindex)
      if (link?.name === name) return link
    }
  }
  const committed = net.byName.get(name)
  if (committed === undefined || edited?.touched.has(committed.ifindex) === true) return null
  return committed.link
}

/** The device that a request names; ENODEV when there is none. */
export function linkByRef(tx: Transaction, net: NetNs, dev: DevRef): Link {
  const link = typeof dev === 'number' ? linkByIndex(tx, net, dev) : linkByName(tx, net, dev)
  return link ?? tx.refuse('ENODEV')
}

/** The same link with other values. */
export function withLink(link: Link, fields: Partial<Link>): Link {
  return Object.freeze({ ...link, ...fields })
}

/** Change some fields of a link; its ifindex stays. */
export function changeLink(tx: Transaction, net: NetNs, ifindex: number, fields: Partial<Link>): Link {
  const link = withLink(linkByIndex(tx, net, ifindex)!, fields)
  tx.editLinks(net).put(link)
  return link
}

export function insertLink(tx: Transaction, net: NetNs, link: Link): void {
  tx.editLinks(net).put(link)
}

export function removeLink(tx: Transaction, net: NetNs, ifindex: number): void {
  tx.editLinks(net).remove(ifindex)
}
