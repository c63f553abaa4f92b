// Route requests: add, replace, delete, list (inet_rtm_newroute, inet_rtm_delroute, inet_dump_fib; net/ipv4/fib_frontend.c).
// Read first: fib_semantics.ts (what is valid), fib_table.ts (where it goes). `ip route get` is fib_get.ts.
import { RT_SCOPE_HOST, RT_SCOPE_LINK, RT_SCOPE_NOWHERE, RT_SCOPE_UNIVERSE } from '../../uapi/link.ts'
import type { DevRef, NewMode, NextHopSpec, RouteSpec } from '../../uapi/request.ts'
import {
  type Route,
  type RouteTable,
  type RouteType,
  RT_TABLE_LOCAL,
  RT_TABLE_MAIN,
  RTNH_F_DEAD,
  RTNH_F_LINKDOWN,
  RTPROT_BOOT,
} from '../../uapi/route.ts'
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'
import type { Handlers } from '../handlers.ts'
import { inet_rtm_getroute, listExceptions } from './fib_get.ts'
import { type FibConfig, fib_create_info, fib_valid_key_len, type NexthopConfig } from './fib_semantics.ts'
import { FibTables, fib_table_delete, fib_table_insert } from './fib_table.ts'
import { ip_ignore_linkdown } from './fib_trie.ts'

/** A device named in a request: its index, 0 for none. */
export function devIndex(tx: Transaction, net: NetNs, ref: DevRef | undefined): number {
  if (ref === undefined) return 0
  if (typeof ref === 'number') return ref
  return net.byName.get(ref)?.ifindex ?? tx.refuse('ENODEV')
}

/** Where a route goes that does not say: as iproute2 decides it. */
function defaultTable(type: RouteType | undefined): number {
  return type === 'local' || type === 'broadcast' || type === 'anycast' || type === 'nat'
    ? RT_TABLE_LOCAL
    : RT_TABLE_MAIN
}

/** The scope of a route that does not say, as iproute2 decides it: link without a gateway. */
function defaultScope(spec: RouteSpec): number {
  switch (spec.type ?? 'unicast') {
    case 'local':
    case 'nat':
      return RT_SCOPE_HOST
    case 'broadcast':
    case 'multicast':
    case 'anycast':
      return RT_SCOPE_LINK
    case 'unicast':
      return spec.gateway === undefined && spec.multipath === undefined ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE
    default:
      return RT_SCOPE_UNIVERSE
  }
}

function nexthopConfig(tx: Transaction, net: NetNs, spec: NextHopSpec, flags: number): NexthopConfig {
  return {
    gateway: spec.gateway ?? 0,
    oif: devIndex(tx, net, spec.dev),
    weight: spec.weight ?? 1,
    flags: (flags & ~0xff) | (spec.flags ?? 0),
  }
}

/** rtm_to_fib_config */
function rtm_to_fib_config(tx: Transaction, net: NetNs, spec: RouteSpec): FibConfig {
  const tos = spec.tos ?? 0
  if ((tos & 3) !== 0) tx.refuse('EINVAL', 'Invalid dsfield (tos): ECN bits must be 0')
  const table = spec.table ?? defaultTable(spec.type)
  const flags = spec.flags ?? 0
  return {
    dst: spec.dst,
    len: spec.len,
    table: table === 0 ? RT_TABLE_MAIN : table,
    tos,
    metric: spec.metric ?? 0,
    type: spec.type ?? 'unicast',
    scope: spec.scope ?? defaultScope(spec),
    protocol: spec.protocol ?? RTPROT_BOOT,
    prefsrc: spec.prefsrc ?? 0,
    gateway: spec.gateway ?? 0,
    oif: devIndex(tx, net, spec.dev),
    flags,
    multipath: spec.multipath?.map((nh) => nexthopConfig(tx, net, nh, flags)) ?? null,
    metrics: spec.metrics ?? null,
  }
}

function notifyRoute(
  tx: Transaction,
  net: NetNs,
  route: Route,
  deleted: boolean,
  flags: 'none' | 'replace' | 'append',
): void {
  tx.notify(net, () => ({ kind: 'route', deleted, route, flags }))
}

/** Tables that the kernel has from the start. */
function tableExists(net: NetNs, id: number): boolean {
  return id === RT_TABLE_MAIN || id === RT_TABLE_LOCAL || net.cfg.tables[id] !== undefined
}

/**
 * Order in which inet_dump_fib visits tables: by hash bucket. Of tables in one bucket the newest comes first; that is not
 * recorded, the larger number stands for it.
 */
function dumpOrder(ids: readonly number[]): number[] {
  return [...ids].sort((a, b) => (a & 0xff) - (b & 0xff) || b - a)
}

/** Nexthops without carrier read "dead" too where the device ignores such routes (fib_nexthop_info). */
export function shownRoute(net: NetNs, r: Route): Route {
  if (r.nexthops.every((nh) => (nh.flags & RTNH_F_LINKDOWN) === 0)) return r
  const nexthops = r.nexthops.map((nh) =>
    (nh.flags & RTNH_F_LINKDOWN) !== 0 && ip_ignore_linkdown(net, nh.oif)
      ? { ...nh, flags: nh.flags | RTNH_F_DEAD }
      : nh,
  )
  return { ...r, nexthops }
}

function shownTable(net: NetNs, table: RouteTable | undefined): readonly Route[] {
  return table === undefined ? [] : table.map((r) => shownRoute(net, r))
}

/** inet_rtm_newroute */
function newRoute(tx: Transaction, net: NetNs, mode: NewMode, spec: RouteSpec): void {
  const cfg = rtm_to_fib_config(tx, net, spec)
  fib_valid_key_len(tx, cfg.dst, cfg.len)
  const route = fib_create_info(tx, net, cfg)
  const tables = new FibTables(tx, net)
  const done = fib_table_insert(tables, route, mode)
  switch (done) {
    case 'EEXIST':
    case 'ENOENT':
      tx.refuse(done)
      break
    case 'unchanged':
      return
    default:
      tables.commit()
      notifyRoute(tx, net, route, false, done)
  }
}

/** inet_rtm_delroute */
function deleteRoute(tx: Transaction, net: NetNs, spec: RouteSpec): void {
  const cfg = rtm_to_fib_config(tx, net, spec)
  if (!tableExists(net, cfg.table)) tx.refuse('ESRCH', 'FIB table does not exist')
  fib_valid_key_len(tx, cfg.dst, cfg.len)
  const tables = new FibTables(tx, net)
  const gone = fib_table_delete(tables, {
    ...cfg,
    type: spec.type ?? null,
    scope: spec.scope ?? RT_SCOPE_NOWHERE,
    protocol: spec.protocol ?? 0,
  })
  if (gone === null) tx.refuse('ESRCH')
  tables.commit()
  notifyRoute(tx, net, gone, true, 'none')
}

/** inet_dump_fib: which tables, in its order: one, or all when 0. */
function tablesToDump(tx: Transaction, net: NetNs, table: number): readonly number[] {
  if (table === 0) return dumpOrder(Object.keys(net.cfg.tables).map(Number))
  if (!tableExists(net, table)) tx.refuse('ENOENT', 'ipv4: FIB table does not exist')
  return [table]
}

export const routeHandlers: Handlers<
  'route.new' | 'route.del' | 'route.list' | 'route.get' | 'route.cache' | 'route.flushCache'
> = Object.freeze({
  'route.new': (tx, net, { mode, route }) => {
    newRoute(tx, net, mode, route)
    return null
  },
  'route.del': (tx, net, { route }) => {
    deleteRoute(tx, net, route)
    return null
  },
  'route.list': (tx, net, { table }) =>
    tablesToDump(tx, net, table ?? 0).flatMap((id) => shownTable(net, net.cfg.tables[id])),
  'route.get': (tx, net, req) => inet_rtm_getroute(tx, net, req),
  'route.cache': (tx, net, { table }) => tablesToDump(tx, net, table ?? 0).flatMap((id) => listExceptions(net, id)),
  'route.flushCache': (tx, net) => {
    tx.after(() => net.routes.flush())
    return null
  },
})
