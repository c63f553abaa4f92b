// Routing tables as a request edits them: sorted frozen arrays, copied once per request and replaced whole
// (fib_table_insert, fib_table_delete, fib_find_alias of net/ipv4/fib_trie.c; fib_find_info, fib_nh_match of
// fib_semantics.c). Read first: uapi/route.ts (RouteTable's order).
import type { Draft } from 'immer'
import { isDraft, original } from 'immer'
import { type Ip4, maskOf } from '../../lib/ip4.ts'
import type { NetnsConfig } from '../../uapi/config.ts'
import { RT_SCOPE_NOWHERE } from '../../uapi/link.ts'
import type { NewMode } from '../../uapi/request.ts'
import {
  type NextHop,
  ROUTE_METRICS,
  type Route,
  type RouteMetrics,
  type RouteTable,
  type RouteType,
  RTNH_F_DEAD,
  RTNH_F_LINKDOWN,
  RTNH_F_OFFLOAD,
} from '../../uapi/route.ts'
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'

const EMPTY: RouteTable = Object.freeze([])

/** The tables of a namespace inside one request. Reading costs nothing; a written table is copied once, then edited. */
export class FibTables {
  private readonly tx: Transaction
  private readonly net: NetNs
  private readonly base: NetnsConfig['tables']
  private readonly own = new Map<number, Route[]>()

  constructor(tx: Transaction, net: NetNs) {
    this.tx = tx
    this.net = net
    const tables = tx.view(net).tables
    // Nobody edits routes through the draft, so its original is what it holds.
    this.base = isDraft(tables) ? (original(tables as Draft<NetnsConfig['tables']>) as NetnsConfig['tables']) : tables
  }

  exists(id: number): boolean {
    return this.own.has(id) || this.base[id] !== undefined
  }

  ids(): number[] {
    const ids = Object.keys(this.base).map(Number)
    for (const id of this.own.keys()) if (this.base[id] === undefined) ids.push(id)
    return ids
  }

  read(id: number): RouteTable {
    return this.own.get(id) ?? this.base[id] ?? EMPTY
  }

  write(id: number): Route[] {
    let t = this.own.get(id)
    if (t === undefined) {
      // Spreading a frozen array is V8's fast copy; slice and toSpliced of one are 30 times slower.
      t = [...(this.base[id] ?? EMPTY)]
      this.own.set(id, t)
    }
    return t
  }

  replace(id: number, table: Route[]): void {
    this.own.set(id, table)
  }

  /** Put the edited tables into the request's draft. */
  commit(): void {
    if (this.own.size === 0) return
    const tables: { [table: string]: RouteTable } = { ...this.base }
    for (const [id, t] of this.own) tables[id] = Object.freeze(t)
    this.tx.edit(this.net).tables = Object.freeze(tables) as Draft<NetnsConfig>['tables']
    this.own.clear()
  }
}

/** Index of the first entry that is not before dst/len. */
export function prefixIndex(table: RouteTable, dst: Ip4, len: number): number {
  const d = dst >>> 0
  let lo = 0
  let hi = table.length
  while (lo < hi) {
    const mid = (lo + hi) >>> 1
    const r = table[mid]!
    const rd = r.dst >>> 0
    if (rd < d || (rd === d && r.len > len)) lo = mid + 1
    else hi = mid
  }
  return lo
}

function samePrefix(r: Route | undefined, dst: Ip4, len: number): r is Route {
  return r !== undefined && r.dst === dst && r.len === len
}

/** fib_find_alias: the entry with these keys, or the one before which such an entry goes; -1 for the end of the prefix. */
function fib_find_alias(table: RouteTable, dst: Ip4, len: number, tos: number, metric: number): number {
  for (let i = prefixIndex(table, dst, len); samePrefix(table[i], dst, len); i++) {
    const r = table[i]!
    if (r.tos > tos) continue
    if (r.metric >= metric || r.tos < tos) return i
  }
  return -1
}

const STATE_FLAGS = RTNH_F_DEAD | RTNH_F_LINKDOWN | RTNH_F_OFFLOAD

function sameNexthops(a: readonly NextHop[], b: readonly NextHop[]): boolean {
  return (
    a.length === b.length &&
    a.every((x, i) => {
      const y = b[i]!
      return (
        x.gateway === y.gateway &&
        x.oif === y.oif &&
        x.weight === y.weight &&
        x.scope === y.scope &&
        ((x.flags ^ y.flags) & ~STATE_FLAGS) === 0
      )
    })
  )
}

function lockKey(m: RouteMetrics | null): string {
  return [...(m?.lock ?? [])].sort().join()
}

function sameMetrics(a: RouteMetrics | null, b: RouteMetrics | null): boolean {
  if (a === b) return true
  return ROUTE_METRICS.every((n) => (a?.[n] ?? 0) === (b?.[n] ?? 0)) && lockKey(a) === lockKey(b)
}

/** The same fib_info and type: what makes two entries with one key duplicates (fib_find_info). */
function sameRoute(a: Route, b: Route): boolean {
  return (
    a.type === b.type &&
    a.scope === b.scope &&
    a.protocol === b.protocol &&
    a.prefsrc === b.prefsrc &&
    sameNexthops(a.nexthops, b.nexthops) &&
    sameMetrics(a.metrics, b.metrics)
  )
}

/** NLM_F_EXCL, NLM_F_REPLACE, NLM_F_CREATE, NLM_F_APPEND as each mode sets them. */
interface Flags {
  readonly excl: boolean
  readonly replace: boolean
  readonly create: boolean
  readonly append: boolean
}
const MODES: Readonly<Record<NewMode, Flags>> = Object.freeze({
  add: Object.freeze({ excl: true, replace: false, create: true, append: false }),
  replace: Object.freeze({ excl: false, replace: true, create: true, append: false }),
  change: Object.freeze({ excl: false, replace: true, create: false, append: false }),
  append: Object.freeze({ excl: false, replace: false, create: true, append: true }),
  prepend: Object.freeze({ excl: false, replace: false, create: true, append: false }),
  test: Object.freeze({ excl: true, replace: false, create: false, append: false }),
})

type Inserted = 'none' | 'replace' | 'append' | 'unchanged' | 'EEXIST' | 'ENOENT'

/**
 * fib_table_insert: the flags of the notification when the route was put in, 'unchanged' when a replace found the very
 * same route in place, or why not: EEXIST, ENOENT.
 */
export function fib_table_insert(tables: FibTables, r: Route, mode: NewMode): Inserted {
  const flags = MODES[mode]
  const table = tables.read(r.table)
  let at = fib_find_alias(table, r.dst, r.len, r.tos, r.metric)
  const first = table[at]
  let note: Inserted = 'none'
  if (first !== undefined && first.tos === r.tos && first.metric === r.metric) {
    if (flags.excl) return 'EEXIST'
    let match = -1
    let i = at
    for (; samePrefix(table[i], r.dst, r.len) && table[i]!.tos === r.tos && table[i]!.metric === r.metric; i++) {
      if (!sameRoute(table[i]!, r)) continue
      match = i
      break
    }
    if (flags.replace) {
      if (match === at) return 'unchanged'
      if (match >= 0) return 'EEXIST'
      tables.write(r.table)[at] = r
      return 'replace'
    }
    if (match >= 0) return 'EEXIST'
    if (flags.append) {
      at = i
      note = 'append'
    }
  }
  if (!flags.create) return 'ENOENT'
  if (at === -1) {
    at = prefixIndex(table, r.dst, r.len)
    while (samePrefix(table[at], r.dst, r.len)) at++
  }
  tables.write(r.table).splice(at, 0, r)
  return note
}

/** What a deletion names; 0, null and RT_SCOPE_NOWHERE mean any. */
interface RouteMatch {
  readonly table: number
  readonly dst: Ip4
  readonly len: number
  readonly tos: number
  readonly metric: number
  readonly type: RouteType | null
  readonly scope: number
  readonly prefsrc: Ip4
  readonly protocol: number
  readonly gateway: Ip4
  readonly oif: number
  readonly multipath: readonly { readonly gateway: Ip4; readonly oif: number }[] | null
  readonly metrics: RouteMetrics | null
}

/** fib_nh_match */
function fib_nh_match(m: RouteMatch, r: Route): boolean {
  if (m.metric !== 0 && m.metric !== r.metric) return false
  if (m.oif !== 0 || m.gateway !== 0) {
    const nh = r.nexthops[0]!
    return (m.oif === 0 || m.oif === nh.oif) && (m.gateway === 0 || m.gateway === nh.gateway)
  }
  if (m.multipath === null) return true
  if (m.multipath.length < r.nexthops.length) return false
  return r.nexthops.every((nh, i) => {
    const want = m.multipath![i]!
    return (want.oif === 0 || want.oif === nh.oif) && (want.gateway === 0 || want.gateway === nh.gateway)
  })
}

/** fib_metrics_match */
function fib_metrics_match(m: RouteMatch, r: Route): boolean {
  const want = m.metrics
  if (want === null) return true
  if (want.lock !== undefined && want.lock.length > 0 && lockKey(want) !== lockKey(r.metrics)) return false
  return ROUTE_METRICS.every((n) => want[n] === undefined || want[n] === (r.metrics?.[n] ?? 0))
}

/** fib_table_delete: takes out the first entry that matches and returns it; null is ESRCH. */
export function fib_table_delete(tables: FibTables, m: RouteMatch): Route | null {
  const table = tables.read(m.table)
  let i = fib_find_alias(table, m.dst, m.len, m.tos, 0)
  if (i < 0) return null
  for (; samePrefix(table[i], m.dst, m.len) && table[i]!.tos === m.tos; i++) {
    const r = table[i]!
    if (
      (m.type === null || r.type === m.type) &&
      (m.scope === RT_SCOPE_NOWHERE || r.scope === m.scope) &&
      (m.prefsrc === 0 || r.prefsrc === m.prefsrc) &&
      (m.protocol === 0 || r.protocol === m.protocol) &&
      fib_nh_match(m, r) &&
      fib_metrics_match(m, r)
    ) {
      tables.write(m.table).splice(i, 1)
      return r
    }
  }
  return null
}

/** The longest prefix of a table that covers the address and has a live nexthop (no tos, no scope): for checks inside a request. */
export function coveringRoute(table: RouteTable, addr: Ip4): Route | null {
  for (let len = 32; len >= 0; len--) {
    const dst = (addr & maskOf(len)) | 0
    for (let i = prefixIndex(table, dst, len); samePrefix(table[i], dst, len); i++) {
      const r = table[i]!
      if (r.tos === 0 && r.nexthops.some((nh) => (nh.flags & RTNH_F_DEAD) === 0)) return r
    }
  }
  return null
}
