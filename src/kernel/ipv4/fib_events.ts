// What happens to routes when addresses change (fib_add_ifaddr, fib_del_ifaddr, fib_sync_down_addr of
// net/ipv4/fib_frontend.c and fib_semantics.c). Links: fib_sync.ts. Called by devinet's requests inside their transaction.
// A notification goes out for every route made or deleted here; routes that are flushed vanish silently, as in Linux 6.1.
import { type Ip4, isLimitedBroadcast, isMulticast, isZeronet, maskOf } from '../../lib/ip4.ts'
import {
  IFA_F_NOPREFIXROUTE,
  IFA_F_SECONDARY,
  IFF_LOOPBACK,
  IFF_UP,
  type IfAddr,
  type Link,
  RT_SCOPE_HOST,
  RT_SCOPE_LINK,
  RT_SCOPE_NOWHERE,
} from '../../uapi/link.ts'
import {
  type Route,
  type RouteType,
  RT_TABLE_LOCAL,
  RT_TABLE_MAIN,
  RTNH_F_LINKDOWN,
  RTPROT_KERNEL,
} from '../../uapi/route.ts'
import { linkByIndex } from '../core/links.ts'
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'
import { fib_has_custom_rules } from './fib_cache.ts'
import { fib_sync_down_dev, fib_sync_up } from './fib_sync.ts'
import { coveringRoute, FibTables, fib_table_delete, fib_table_insert } from './fib_table.ts'

/** One event: its tables, and what is said about them. */
interface Event {
  readonly tx: Transaction
  readonly net: NetNs
  readonly tables: FibTables
}

function begin(tx: Transaction, net: NetNs): Event {
  return { tx, net, tables: new FibTables(tx, net) }
}

function note(ev: Event, route: Route, deleted: boolean, flags: 'none' | 'append'): void {
  ev.tx.notify(ev.net, () => ({ kind: 'route', deleted, route, flags }))
}

/** fib_magic, RTM_NEWROUTE: a route of the kernel's own, behind others with its key. */
function magicAdd(ev: Event, link: Link, type: RouteType, dst: Ip4, len: number, prefsrc: Ip4, metric: number): void {
  const local = type === 'local'
  // fib_valid_prefsrc: a group address is nobody's own, and no source of anything but its own local route
  if (dst !== prefsrc && (isMulticast(prefsrc) || isLimitedBroadcast(prefsrc) || isZeronet(prefsrc))) return
  const nexthop = Object.freeze({
    gateway: 0,
    oif: link.ifindex,
    weight: 1,
    flags: local || link.carrier ? 0 : RTNH_F_LINKDOWN,
    scope: local ? RT_SCOPE_NOWHERE : RT_SCOPE_HOST,
  })
  const route: Route = Object.freeze({
    dst,
    len,
    table: type === 'unicast' ? RT_TABLE_MAIN : RT_TABLE_LOCAL,
    tos: 0,
    metric,
    type,
    scope: local ? RT_SCOPE_HOST : RT_SCOPE_LINK,
    protocol: RTPROT_KERNEL,
    prefsrc,
    nexthops: Object.freeze([nexthop]),
    metrics: null,
  })
  const done = fib_table_insert(ev.tables, route, 'append')
  if (done === 'none' || done === 'append') note(ev, route, false, done)
}

/** fib_magic, RTM_DELROUTE. */
function magicDelete(
  ev: Event,
  ifindex: number,
  type: RouteType,
  dst: Ip4,
  len: number,
  prefsrc: Ip4,
  metric: number,
): void {
  const gone = fib_table_delete(ev.tables, {
    table: type === 'unicast' ? RT_TABLE_MAIN : RT_TABLE_LOCAL,
    dst,
    len,
    tos: 0,
    metric,
    type,
    scope: type === 'local' ? RT_SCOPE_HOST : RT_SCOPE_LINK,
    prefsrc,
    protocol: RTPROT_KERNEL,
    gateway: 0,
    oif: ifindex,
    multipath: null,
    metrics: null,
  })
  if (gone !== null) note(ev, gone, true, 'none')
}

function networkOf(a: IfAddr): Ip4 {
  return (a.address & maskOf(a.prefixlen)) | 0
}

function broadcastOf(a: IfAddr): Ip4 {
  return a.address | ~maskOf(a.prefixlen)
}

function sameSubnet(a: IfAddr, b: IfAddr): boolean {
  return a.prefixlen === b.prefixlen && networkOf(a) === networkOf(b)
}

function isSecondary(a: IfAddr): boolean {
  return (a.flags & IFA_F_SECONDARY) !== 0
}

/** inet_ifa_byprefix: the primary address of a's subnet. */
function primaryOf(addrs: readonly IfAddr[], a: IfAddr): IfAddr | null {
  return addrs.find((x) => !isSecondary(x) && sameSubnet(x, a)) ?? null
}

function prefixRouteType(link: Link): RouteType {
  return (link.flags & IFF_LOOPBACK) !== 0 ? 'local' : 'unicast'
}

function hasSubnet(a: IfAddr): boolean {
  return !isZeronet(networkOf(a)) && (networkOf(a) !== a.local || a.prefixlen < 32)
}

/** The address `ifa` was added to link `ifindex` (already in the draft): local, broadcast and prefix routes. */
export function fib_add_ifaddr(tx: Transaction, net: NetNs, ifindex: number, ifa: IfAddr): void {
  const link = linkByIndex(tx, net, ifindex)
  if (link === null) return
  const ev = begin(tx, net)
  addRoutes(ev, link, ifa)
  revive(ev, link)
  ev.tables.commit()
}

/** NETDEV_UP and a new address bring dead nexthops back (fib_sync_up). */
function revive(ev: Event, link: Link): void {
  fib_sync_up(ev.tables, link, true)
}

function addRoutes(ev: Event, link: Link, ifa: IfAddr): void {
  const prim = isSecondary(ifa) ? primaryOf(link.addrs, ifa) : ifa
  if (prim === null) return
  magicAdd(ev, link, 'local', ifa.local, 32, prim.local, 0)
  if ((link.flags & IFF_UP) === 0) return
  if (ifa.broadcast !== 0 && ifa.broadcast !== -1) magicAdd(ev, link, 'broadcast', ifa.broadcast, 32, prim.local, 0)
  if (isSecondary(ifa) || !hasSubnet(ifa)) return
  if ((ifa.flags & IFA_F_NOPREFIXROUTE) === 0) {
    magicAdd(ev, link, prefixRouteType(link), networkOf(ifa), ifa.prefixlen, prim.local, ifa.metric)
  }
  if (ifa.prefixlen < 31) magicAdd(ev, link, 'broadcast', broadcastOf(ifa), 32, prim.local, 0)
}

/** Which of an address's host routes other addresses of the link still need (LOCAL_OK, BRD_OK, BRD1_OK, BRD0_OK). */
interface StillNeeded {
  local: boolean
  broadcast: boolean
  subnetBroadcast: boolean
  network: boolean
  /** The address itself left the link (it stays, for the moment, when its primary goes and it is promoted). */
  gone: boolean
}

/** Whose source do the routes of `other` carry? Null: not the one that `prim` gives. */
function sharedPrimary(addrs: readonly IfAddr[], other: IfAddr, prim: IfAddr, elsewhere: boolean): IfAddr | null {
  if (!isSecondary(other)) return other.local === prim.local ? other : null
  if (sameSubnet(other, prim)) return prim
  if (!elsewhere) return null
  const theirs = primaryOf(addrs, other)
  return theirs !== null && theirs.local === prim.local ? theirs : null
}

function stillNeeded(addrs: readonly IfAddr[], ifa: IfAddr, prim: IfAddr, iprim: IfAddr | null): StillNeeded {
  const ok: StillNeeded = { local: false, broadcast: false, subnetBroadcast: false, network: false, gone: true }
  const brd = broadcastOf(ifa)
  const any = networkOf(ifa)
  const keep = (b: Ip4): void => {
    if (ifa.broadcast === b) ok.broadcast = true
    if (brd === b) ok.subnetBroadcast = true
    if (any === b) ok.network = true
  }
  let elsewhere = false
  for (const other of addrs) {
    if (other.local === ifa.local && other.address === ifa.address && other.prefixlen === ifa.prefixlen) {
      ok.gone = false
      continue
    }
    if (iprim !== null && sameSubnet(other, iprim)) continue
    const shared = sharedPrimary(addrs, other, prim, elsewhere)
    if (shared === null) continue
    if (shared === other && !sameSubnet(other, prim)) elsewhere = true
    if (ifa.local === other.local) ok.local = true
    keep(other.broadcast)
    if (shared === other && other.prefixlen < 31 && !isZeronet(networkOf(other))) {
      keep(broadcastOf(other))
      keep(networkOf(other))
    }
  }
  return ok
}

/**
 * The address was deleted (already out of the draft): its routes go, and routes with that prefsrc (fib_sync_down_addr).
 * `iprim`: with promote_secondaries, the primary that is going while `ifa`, a secondary of it, stays; the caller adds
 * the address anew after the promotion. The last address takes all routes of the link with it (fib_disable_ip).
 */
export function fib_del_ifaddr(
  tx: Transaction,
  net: NetNs,
  ifindex: number,
  ifa: IfAddr,
  iprim: IfAddr | null = null,
): void {
  const link = linkByIndex(tx, net, ifindex)
  const addrs = link?.addrs ?? []
  const ev = begin(tx, net)
  let prim: IfAddr | null = ifa
  let subnet = false
  if (isSecondary(ifa)) prim = iprim ?? primaryOf(addrs, ifa)
  else if (hasSubnet(ifa)) {
    subnet = true
    if ((ifa.flags & IFA_F_NOPREFIXROUTE) === 0) {
      const type = link === null ? 'unicast' : prefixRouteType(link)
      magicDelete(ev, ifindex, type, networkOf(ifa), ifa.prefixlen, ifa.local, 0)
    }
  }
  // A secondary whose primary went before it: fib_disable_ip takes its route.
  if (prim === null) return
  const ok = stillNeeded(addrs, ifa, prim, iprim)
  const src = prim.local
  if (!ok.broadcast) magicDelete(ev, ifindex, 'broadcast', ifa.broadcast, 32, src, 0)
  if (subnet && ifa.prefixlen < 31) {
    if (!ok.subnetBroadcast) magicDelete(ev, ifindex, 'broadcast', broadcastOf(ifa), 32, src, 0)
    if (!ok.network) magicDelete(ev, ifindex, 'broadcast', networkOf(ifa), 32, src, 0)
  }
  if (!ok.local) {
    magicDelete(ev, ifindex, 'local', ifa.local, 32, src, 0)
    if (ok.gone && !localNow(ev, ifa.local)) fib_sync_down_addr(ev.tables, ifa.local)
  }
  if (iprim === null && addrs.length === 0) fib_sync_down_dev(ev.tables, ifindex, 'down', true)
  ev.tables.commit()
}

/** fib_modify_prefix_metric: `ip address change … metric`: the prefix route is made anew, then the old one goes. */
export function fib_modify_prefix_metric(
  tx: Transaction,
  net: NetNs,
  ifindex: number,
  ifa: IfAddr,
  metric: number,
): void {
  const link = linkByIndex(tx, net, ifindex)
  if (link === null || (link.flags & IFF_UP) === 0) return
  if ((ifa.flags & (IFA_F_SECONDARY | IFA_F_NOPREFIXROUTE)) !== 0 || !hasSubnet(ifa)) return
  const ev = begin(tx, net)
  const type = prefixRouteType(link)
  magicAdd(ev, link, type, networkOf(ifa), ifa.prefixlen, ifa.local, metric)
  magicDelete(ev, ifindex, type, networkOf(ifa), ifa.prefixlen, ifa.local, ifa.metric)
  ev.tables.commit()
}

/** fib_sync_down_addr: routes of table main that prefer a source which is no longer ours. */
function fib_sync_down_addr(tables: FibTables, addr: Ip4): void {
  const main = tables.read(RT_TABLE_MAIN)
  const dies = (r: Route): boolean => r.prefsrc === addr
  if (main.some(dies))
    tables.replace(
      RT_TABLE_MAIN,
      main.filter((r) => !dies(r)),
    )
}

/** inet_addr_type == RTN_LOCAL by the tables as they are in this event. */
function localNow(ev: Event, addr: Ip4): boolean {
  const local = coveringRoute(ev.tables.read(RT_TABLE_LOCAL), addr)
  if (fib_has_custom_rules(ev.tx.view(ev.net))) return local?.type === 'local'
  const main = coveringRoute(ev.tables.read(RT_TABLE_MAIN), addr)
  const best = main !== null && (local === null || main.len > local.len) ? main : local
  return best?.type === 'local'
}

/** NETDEV_UP: the link's flags say IFF_UP in the draft; addresses' routes are made, dead nexthops come back (fib_sync_up). */
export function fibLinkUp(tx: Transaction, net: NetNs, ifindex: number): void {
  const link = linkByIndex(tx, net, ifindex)
  if (link === null) return
  const ev = begin(tx, net)
  for (const ifa of link.addrs) addRoutes(ev, link, ifa)
  revive(ev, link)
  ev.tables.commit()
}

/**
 * fib_disable_ip. NETDEV_DOWN (force false), or with force: the last address is gone (the link is up still), or the link
 * unregisters (it was closed before).
 */
export function fibLinkDown(tx: Transaction, net: NetNs, ifindex: number, force: boolean): void {
  const link = linkByIndex(tx, net, ifindex)
  const unregisters = force && (link === null || (link.flags & IFF_UP) === 0)
  const ev = begin(tx, net)
  fib_sync_down_dev(ev.tables, ifindex, unregisters ? 'unregister' : 'down', force)
  ev.tables.commit()
}

/** NETDEV_CHANGE: carrier came or went. Nexthops get or lose RTNH_F_LINKDOWN. */
export function fibLinkCarrier(tx: Transaction, net: NetNs, ifindex: number, carrier: boolean): void {
  const link = linkByIndex(tx, net, ifindex)
  if (link === null) return
  const ev = begin(tx, net)
  if (carrier) fib_sync_up(ev.tables, link, false)
  else fib_sync_down_dev(ev.tables, ifindex, 'change', false)
  ev.tables.commit()
}
