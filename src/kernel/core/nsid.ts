// By which small numbers a namespace knows the others (net/core/net_namespace.c: alloc_netid, peernet2id).
// `ip link` prints them as link-netnsid, `ip netns list` as (id: N).
import type { NetnsConfig } from '../../uapi/config.ts'
import type { NetnsId } from '../../uapi/request.ts'
import type { NetNs } from './netns.ts'
import type { Transaction } from './transaction.ts'

type Nsids = NetnsConfig['nsids']

/** peernet2id: null when the namespace has no id for the other. */
export function peernet2id(net: NetNs, peer: NetnsId): number | null {
  return net.nsidOf.get(peer) ?? null
}

/** The lowest number not in use: the first gap in the sorted list. */
function firstFree(nsids: Nsids): number {
  let lo = 0
  let hi = nsids.length
  while (lo < hi) {
    const mid = (lo + hi) >> 1
    if (nsids[mid]!.nsid === mid) lo = mid + 1
    else hi = mid
  }
  return lo
}

/** alloc_netid: the given number, or the first free one. EEXIST when the number is taken. */
export function allocNsid(tx: Transaction, net: NetNs, peer: NetnsId, wanted: number | null): number {
  const nsids = tx.nsids(net)
  const free = firstFree(nsids)
  const nsid = wanted ?? free
  const after = wanted === null ? free : nsids.findIndex((e) => e.nsid >= nsid)
  const at = after < 0 ? nsids.length : after
  if (nsids[at]?.nsid === nsid) tx.refuse('EEXIST', 'The specified nsid is already used')
  const next = [...nsids]
  const entry = Object.freeze({ nsid, netns: peer })
  if (at === next.length) next.push(entry)
  else next.splice(at, 0, entry)
  tx.setNsids(net, next)
  tx.after(() => net.nsidOf.set(peer, nsid))
  tx.notify(net, () => ({ kind: 'nsid', deleted: false, nsid, name: net.kernel.nets.get(peer)?.name ?? null }))
  return nsid
}

/** peernet2id_alloc */
export function peernet2id_alloc(tx: Transaction, net: NetNs, peer: NetnsId): number {
  const known = net.nsidOf.get(peer)
  if (known !== undefined) return known
  const nsids = tx.nsids(net)
  const made = nsids === net.cfg.nsids ? undefined : nsids.find((e) => e.netns === peer)
  return made?.nsid ?? allocNsid(tx, net, peer, null)
}

/** unhash_nsid: a namespace ends; the others forget its number. */
export function forgetNsid(tx: Transaction, net: NetNs, peer: NetnsId, name: string | null): void {
  const nsid = net.nsidOf.get(peer)
  if (nsid === undefined) return
  tx.setNsids(
    net,
    tx.nsids(net).filter((e) => e.netns !== peer),
  )
  tx.after(() => net.nsidOf.delete(peer))
  tx.notify(net, () => ({ kind: 'nsid', deleted: true, nsid, name }))
}
