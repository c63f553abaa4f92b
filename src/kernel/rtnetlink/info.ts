// A link as RTM_NEWLINK shows it (net/core/rtnetlink.c: rtnl_fill_ifinfo), and telling `ip monitor` about it.
import type { Link } from '../../uapi/link.ts'
import type { LinkInfo, LinkStats } from '../../uapi/request.ts'
import { linkByIndex } from '../core/links.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import { peernet2id_alloc } from '../core/nsid.ts'
import type { Transaction } from '../core/transaction.ts'

const NO_STATS: LinkStats = Object.freeze({
  rxBytes: 0,
  rxPackets: 0,
  rxErrors: 0,
  rxDropped: 0,
  rxOtherhost: 0,
  rxMulticast: 0,
  txBytes: 0,
  txPackets: 0,
  txErrors: 0,
  txDropped: 0,
})

/** dev_get_stats */
function linkStats(dev: NetDevice | null): LinkStats {
  if (dev === null) return NO_STATS
  return {
    rxBytes: dev.rxBytes,
    rxPackets: dev.rxPackets,
    rxErrors: dev.rxErrors,
    rxDropped: dev.rxDropped,
    rxOtherhost: dev.rxOtherhost,
    rxMulticast: 0, // only drivers of hardware count them
    txBytes: dev.txBytes,
    txPackets: dev.txPackets,
    txErrors: dev.txErrors,
    txDropped: dev.txDropped,
  }
}

/** rtnl_fill_ifinfo. Showing a veth whose peer is elsewhere gives that namespace an id here, as in the kernel. */
export function linkInfo(tx: Transaction, net: NetNs, link: Link): LinkInfo {
  const stats = linkStats(net.device(link.ifindex))
  const peer = link.peer
  if (peer === null) return { link, stats, linkNetns: null, peerName: null }
  const other = net.kernel.nets.get(peer.netns)
  if (other === net) return { link, stats, linkNetns: null, peerName: linkByIndex(tx, net, peer.ifindex)?.name ?? null }
  const nsid = peernet2id_alloc(tx, net, peer.netns)
  return { link, stats, linkNetns: { nsid, name: other?.name ?? null }, peerName: null }
}

/** rtmsg_ifinfo: the link as it is at this point of the request. */
export function rtmsg_ifinfo(tx: Transaction, net: NetNs, link: Link, deleted = false): void {
  if (link.peer !== null && link.peer.netns !== net.id) peernet2id_alloc(tx, net, link.peer.netns)
  if (!net.kernel.hasMonitors(net)) return
  const info = linkInfo(tx, net, link)
  tx.notify(net, () => ({ kind: 'link', deleted, info }))
}
