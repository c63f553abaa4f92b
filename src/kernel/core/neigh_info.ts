// Neighbours as listings and `ip monitor` show them (neigh_fill_info, pneigh_fill_info, __neigh_notify).

import type { Ip4 } from '../../lib/ip4.ts'
import { type NeighEntry, NTF_PROXY, NUD_NONE, NUD_VALID } from '../../uapi/neigh.ts'
import { SECOND } from './neigh_dev.ts'
import type { PneighEntry } from './neigh_proxy.ts'
import type { Neighbour } from './neighbour.ts'

export function neigh_fill_info(n: Neighbour): NeighEntry {
  const now = n.dev.net.kernel.sim.now
  return {
    dst: n.dst,
    ifindex: n.dev.ifindex,
    lladdr: (n.state & NUD_VALID) !== 0 ? n.lladdr : null,
    state: n.state,
    flags: n.flags,
    protocol: n.protocol,
    used: Math.floor((now - n.used) / SECOND),
    confirmed: Math.floor((now - n.confirmed) / SECOND),
    updated: Math.floor((now - n.updated) / SECOND),
    refcnt: n.at >= 0 ? 1 : 0,
    probes: n.probes,
  }
}

export function pneigh_fill_info(dst: Ip4, p: PneighEntry): NeighEntry {
  return {
    dst,
    ifindex: p.dev === null ? 0 : p.dev.ifindex,
    lladdr: null,
    state: NUD_NONE,
    flags: p.flags | NTF_PROXY,
    protocol: p.protocol,
    used: 0,
    confirmed: 0,
    updated: 0,
    refcnt: 0,
    probes: 0,
  }
}

/** RTM_NEWNEIGH or RTM_DELNEIGH to whoever monitors the namespace. */
export function neighNotify(n: Neighbour, deleted: boolean): void {
  const net = n.dev.net
  if (!net.kernel.hasMonitors(net)) return
  net.kernel.notifyMonitors(net, { kind: 'neigh', deleted, entry: neigh_fill_info(n), dev: n.dev.name })
}
