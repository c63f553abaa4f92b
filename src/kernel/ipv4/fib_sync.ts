// Nexthops and the state of their devices (fib_sync_down_dev, fib_sync_up, fib_flush; net/ipv4/fib_semantics.c).
// A device that goes down kills its nexthops; a route whose nexthops are all dead is flushed. Read first: fib_events.ts.
import { IFF_UP, type Link, RT_SCOPE_NOWHERE } from '../../uapi/link.ts'
import { type NextHop, type Route, RTNH_F_DEAD, RTNH_F_LINKDOWN } from '../../uapi/route.ts'
import type { FibTables } from './fib_table.ts'

/** NETDEV_DOWN, NETDEV_UNREGISTER, NETDEV_CHANGE without carrier. */
type DownEvent = 'down' | 'unregister' | 'change'

function uses(r: Route, ifindex: number): boolean {
  const nhs = r.nexthops
  for (let i = 0; i < nhs.length; i++) if (nhs[i]!.oif === ifindex) return true
  return false
}

function withNexthops(r: Route, nexthops: NextHop[]): Route {
  return Object.freeze({ ...r, nexthops: Object.freeze(nexthops) })
}

/** The route after the event; null when it is to be flushed. `force`: local routes of scope host go as well. */
function afterDown(r: Route, ifindex: number, event: DownEvent, force: boolean): Route | null {
  const bits = event === 'change' ? RTNH_F_LINKDOWN : RTNH_F_DEAD | RTNH_F_LINKDOWN
  let dead = 0
  let changed = false
  const nexthops = r.nexthops.map((nh) => {
    if ((nh.flags & RTNH_F_DEAD) !== 0) {
      dead++
      return nh
    }
    if (nh.oif !== ifindex || (!force && nh.scope === RT_SCOPE_NOWHERE)) return nh
    dead++
    if ((nh.flags & bits) === bits) return nh
    changed = true
    return Object.freeze({ ...nh, flags: nh.flags | bits })
  })
  if (event !== 'change' && (dead === nexthops.length || event === 'unregister')) return null
  return changed ? withNexthops(r, nexthops) : r
}

/** fib_sync_down_dev and fib_flush. A multipath route that loses a device for good is flushed whole. */
export function fib_sync_down_dev(tables: FibTables, ifindex: number, event: DownEvent, force: boolean): void {
  editRoutes(tables, (r) => (uses(r, ifindex) ? afterDown(r, ifindex, event, force) : r))
}

/**
 * fib_sync_up: nexthops by this link are alive again, when it is up (`dead`: after NETDEV_UP or a new address), and no
 * longer linkdown, when it has carrier.
 */
export function fib_sync_up(tables: FibTables, link: Link, dead: boolean): void {
  if ((link.flags & IFF_UP) === 0) return
  const bits = (dead ? RTNH_F_DEAD : 0) | (link.carrier ? RTNH_F_LINKDOWN : 0)
  const ifindex = link.ifindex
  editRoutes(tables, (r) => {
    if (!uses(r, ifindex) || r.nexthops.every((nh) => (nh.flags & bits) === 0)) return r
    return withNexthops(
      r,
      r.nexthops.map((nh) =>
        nh.oif === ifindex && (nh.flags & bits) !== 0 ? Object.freeze({ ...nh, flags: nh.flags & ~bits }) : nh,
      ),
    )
  })
}

/** Apply a change to every route; a table is copied only when one of its routes changes. */
function editRoutes(tables: FibTables, change: (r: Route) => Route | null): void {
  for (const id of tables.ids()) {
    const table = tables.read(id)
    let out: Route[] | null = null
    for (let i = 0; i < table.length; i++) {
      const r = table[i]!
      const next = change(r)
      if (next === r) {
        out?.push(r)
        continue
      }
      if (out === null) {
        out = [...table]
        out.length = i
      }
      if (next !== null) out.push(next)
    }
    if (out !== null) tables.replace(id, out)
  }
}
