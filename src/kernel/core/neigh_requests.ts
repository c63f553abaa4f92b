// `ip neigh`: RTM_NEWNEIGH, RTM_DELNEIGH, RTM_GETNEIGH (neigh_add, neigh_delete, neigh_get, neigh_dump_info).
// Read first: neigh_state.ts (neigh_update), neigh_proxy.ts. Like the kernel, an `add` that fails for want of an address
// leaves its entry behind in NUD_NONE, where only `nud all` shows it.
import { NTF_EXT_LEARNED, NTF_PROXY, NTF_ROUTER, NTF_USE, NUD_FAILED, NUD_PERMANENT } from '../../uapi/neigh.ts'
import type { DevRef, NeighSpec, NewMode } from '../../uapi/request.ts'
import type { Handlers } from '../handlers.ts'
import { neigh_fill_info, pneigh_fill_info } from './neigh_info.ts'
import { pneigh_delete, pneigh_lookup, pneighSet } from './neigh_proxy.ts'
import {
  NEIGH_UPDATE_F_ADMIN,
  NEIGH_UPDATE_F_EXT_LEARNED,
  NEIGH_UPDATE_F_ISROUTER,
  NEIGH_UPDATE_F_OVERRIDE,
  NEIGH_UPDATE_F_OVERRIDE_ISROUTER,
  NEIGH_UPDATE_F_USE,
  neigh_update,
} from './neigh_state.ts'
import { type Neighbour, neigh_create, neigh_event_send, neigh_lookup, neigh_remove_one } from './neighbour.ts'
import type { NetDevice } from './netdevice.ts'
import type { NetNs } from './netns.ts'
import type { Transaction } from './transaction.ts'

/** The device of a request; null when it names none (index 0 or an empty name). */
function requestDevice(tx: Transaction, net: NetNs, ref: DevRef, extack: string | null): NetDevice | null {
  if (ref === 0 || ref === '') return null
  const dev = typeof ref === 'number' ? net.devices.get(ref) : net.byName.get(ref)
  return dev ?? tx.refuse('ENODEV', extack)
}

/** NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE of a request. */
function modeFlags(mode: NewMode): { create: boolean; excl: boolean; replace: boolean } {
  return {
    create: mode !== 'change' && mode !== 'test',
    excl: mode === 'add',
    replace: mode === 'replace' || mode === 'change',
  }
}

function neigh_add(tx: Transaction, net: NetNs, mode: NewMode, spec: NeighSpec): void {
  const ndm = spec.flags ?? 0
  const dev = requestDevice(tx, net, spec.dev, null)
  if ((ndm & NTF_PROXY) !== 0) {
    pneighSet(net.neigh, spec.dst, dev, ndm, spec.protocol ?? 0)
    return
  }
  if (dev === null) tx.refuse('EINVAL', 'Device not specified')
  const { create, excl, replace } = modeFlags(mode)
  const state = spec.state ?? NUD_PERMANENT
  let flags = NEIGH_UPDATE_F_ADMIN | NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_OVERRIDE_ISROUTER
  let n = neigh_lookup(dev, spec.dst)
  if (n === null) {
    if (!create) tx.refuse('ENOENT')
    const exempt = (state & NUD_PERMANENT) !== 0 || (ndm & NTF_EXT_LEARNED) !== 0
    n = neigh_create(dev, spec.dst, exempt) ?? tx.refuse('ENOBUFS')
  } else {
    if (excl) tx.refuse('EEXIST')
    if (!replace) flags &= ~(NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_OVERRIDE_ISROUTER)
  }
  if (spec.protocol !== undefined && spec.protocol !== 0) n.protocol = spec.protocol
  if ((ndm & NTF_EXT_LEARNED) !== 0) flags |= NEIGH_UPDATE_F_EXT_LEARNED
  if ((ndm & NTF_ROUTER) !== 0) flags |= NEIGH_UPDATE_F_ISROUTER
  if ((ndm & NTF_USE) !== 0) flags |= NEIGH_UPDATE_F_USE
  refuseUpdate(tx, neigh_update(n, spec.lladdr ?? null, state, flags))
  if ((ndm & NTF_USE) !== 0) neigh_event_send(n, null)
}

function refuseUpdate(tx: Transaction, error: ReturnType<typeof neigh_update>): void {
  if (error === 'EINVAL') tx.refuse('EINVAL', 'No link layer address given')
  if (error === 'EDEAD') tx.refuse('EPERM', 'Neighbor entry is now dead')
  if (error === 'EPERM') tx.refuse('EPERM')
}

function neigh_delete(tx: Transaction, net: NetNs, spec: NeighSpec): void {
  const dev = requestDevice(tx, net, spec.dev, null)
  if (((spec.flags ?? 0) & NTF_PROXY) !== 0) {
    if (!pneigh_delete(net.neigh, spec.dst, dev)) tx.refuse('ENOENT')
    return
  }
  if (dev === null) tx.refuse('EINVAL')
  const n = neigh_lookup(dev, spec.dst) ?? tx.refuse('ENOENT')
  refuseUpdate(tx, neigh_update(n, null, NUD_FAILED, NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_ADMIN))
  neigh_remove_one(n)
}

/** Entries of a namespace in order of creation. */
function neighboursOf(net: NetNs): Neighbour[] {
  const all: Neighbour[] = []
  for (const dev of net.devices.values()) all.push(...dev.neigh.entries.values())
  return all.sort((a, b) => a.serial - b.serial)
}

export const neighHandlers: Handlers<'neigh.new' | 'neigh.del' | 'neigh.get' | 'neigh.list'> = Object.freeze({
  'neigh.new': (tx, net, req) => {
    neigh_add(tx, net, req.mode, req.neigh)
    return null
  },
  'neigh.del': (tx, net, req) => {
    neigh_delete(tx, net, req.neigh)
    return null
  },
  'neigh.get': (tx, net, req) => {
    const spec = req.neigh
    const dev = requestDevice(tx, net, spec.dev, 'Unknown device ifindex')
    if (((spec.flags ?? 0) & NTF_PROXY) !== 0) {
      const p = pneigh_lookup(net.neigh, spec.dst, dev) ?? tx.refuse('ENOENT', 'Proxy neighbour entry not found')
      return pneigh_fill_info(spec.dst, p)
    }
    const n = neigh_lookup(dev ?? tx.refuse('EINVAL', 'No device specified'), spec.dst)
    return neigh_fill_info(n ?? tx.refuse('ENOENT', 'Neighbour entry not found'))
  },
  'neigh.list': (_tx, net, req) => {
    if (!req.proxy) return neighboursOf(net).map(neigh_fill_info)
    return [...net.neigh.proxies].flatMap(([dst, list]) => list.map((p) => pneigh_fill_info(dst, p)))
  },
} satisfies Handlers<'neigh.new' | 'neigh.del' | 'neigh.get' | 'neigh.list'>)
