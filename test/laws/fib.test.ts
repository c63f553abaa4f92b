// Laws of the routing table: a lookup equals a linear scan, requests keep the table sorted, insertion and deletion undo each
// other. Addresses are drawn from a small space so that prefixes nest and collide.
import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { FibResult, Flow, fib_lookup, fib_select_multipath, inet_addr_type } from '../../src/kernel/ipv4/fib_lookup.ts'
import { inPrefix, maskOf } from '../../src/lib/ip4.ts'
import { type Route, type RouteType, RTNH_F_DEAD, RTNH_F_LINKDOWN } from '../../src/uapi/route.ts'
import { recorded } from '../kernel/story.ts'
import { FibHost } from '../unit/fib_fixture.ts'

/** Addresses on both sides of the sign bit, close together. */
const address = fc
  .tuple(fc.constantFrom(0, 0x0a000000, 0x7fffffe0, -0x80000000, 0xc0000000 | 0, -256), fc.nat(0xff))
  .map(([base, low]) => (base + low) | 0)
const length = fc.constantFrom(0, 1, 8, 24, 25, 27, 28, 30, 31, 32)
const types: readonly RouteType[] = ['unicast', 'local', 'unreachable', 'blackhole', 'prohibit', 'throw', 'broadcast']

const nexthop = fc.record({
  gateway: fc.constant(0),
  oif: fc.constantFrom(2, 3),
  weight: fc.integer({ min: 1, max: 256 }),
  flags: fc.constantFrom(0, 0, 0, RTNH_F_DEAD, RTNH_F_LINKDOWN),
  scope: fc.constant(254),
})

const route = (table: number): fc.Arbitrary<Route> =>
  fc
    .record({
      at: address,
      len: length,
      tos: fc.constantFrom(0, 0, 0x10),
      metric: fc.constantFrom(0, 5),
      type: fc.constantFrom('unicast' as const, 'unicast' as const, ...types),
      scope: fc.constantFrom(0, 253, 254),
      nexthops: fc.array(nexthop, { minLength: 1, maxLength: 2 }),
    })
    .map(({ at, ...r }) => ({ ...r, dst: at & maskOf(r.len), table, protocol: 3, prefsrc: 0, metrics: null }))

function tableOrder(a: Route, b: Route): number {
  return (a.dst >>> 0) - (b.dst >>> 0) || b.len - a.len || b.tos - a.tos || a.metric - b.metric
}

const tableOf = (id: number) => fc.array(route(id), { maxLength: 30 }).map((rs) => Object.freeze(rs.sort(tableOrder)))

const flow = fc.record({
  dst: address,
  oif: fc.constantFrom(0, 0, 2, 3),
  tos: fc.constantFrom(0, 0x10),
  scope: fc.constantFrom(0, 253),
})

interface Answer {
  readonly route: Route | null
  readonly index: number
}

/**
 * RFC 1812, 5.2.4.3: of all entries that fit, the longest. Among equals the order of fib_insert_alias (tos, priority), and which nexthop
 * can be used: fib_table_lookup (net/ipv4/fib_trie.c).
 */
function scan(candidates: readonly Route[], fl: Flow): Answer | 'throw' {
  const fits = candidates.filter(
    (r) => inPrefix(fl.dst, r.dst, r.len) && (r.tos === 0 || r.tos === fl.tos) && r.scope >= fl.scope,
  )
  fits.sort((a, b) => b.len - a.len || b.table - a.table || b.tos - a.tos || a.metric - b.metric)
  for (const r of fits) {
    if (r.type === 'throw') return 'throw'
    if (r.type === 'unreachable' || r.type === 'blackhole' || r.type === 'prohibit') return { route: r, index: -1 }
    const index = r.nexthops.findIndex((nh) => (nh.flags & RTNH_F_DEAD) === 0 && (fl.oif === 0 || nh.oif === fl.oif))
    if (index >= 0) return { route: r, index }
  }
  return { route: null, index: -1 }
}

/** The errno that Linux gave for a route of that type. */
const errnoOf = (type: string): string =>
  /^(E[A-Z]+) /m.exec(recorded('scenarios/request-errnos', `ip route get ${type}`))![1]!
const ERRORS: Partial<Record<RouteType, string>> = {
  unreachable: errnoOf('10.7.1.1'),
  blackhole: errnoOf('10.7.2.1'),
  prohibit: errnoOf('10.7.3.1'),
}

const NO_ROUTE = errnoOf('9.9.9.9')

function check(host: FibHost, groups: readonly (readonly Route[])[], given: Partial<Flow>): void {
  const fl = Object.assign(new Flow(), given)
  const res = new FibResult()
  const err = fib_lookup(host.net, fl, res)
  let want: Answer = { route: null, index: -1 }
  for (const group of groups) {
    const answer = scan(group, fl)
    if (answer === 'throw' || answer.route === null) continue
    want = answer
    break
  }
  expect(res.route).toBe(want.route)
  expect(err).toBe(want.route === null ? NO_ROUTE : (ERRORS[want.route.type] ?? null))
  expect(res.nexthop?.index ?? -1).toBe(want.index)
  if (want.route !== null) expect(res.prefixlen).toBe(want.route.len)
}

test.prop([tableOf(255), tableOf(254), fc.array(flow, { minLength: 1, maxLength: 40 })])(
  'with the rules untouched, a lookup is a linear scan for the longest prefix of local and main together',
  (local, main, flows) => {
    const host = FibHost.withTables({ 255: local, 254: main })
    for (const fl of flows) check(host, [[...local, ...main]], fl)
  },
)

test.prop([tableOf(255), tableOf(254), tableOf(100), fc.array(flow, { minLength: 1, maxLength: 40 })])(
  'with a rule added, the tables are scanned one after the other, and throw goes on to the next',
  (local, main, other, flows) => {
    const host = FibHost.withTables({ 255: local, 254: main, 100: other })
    expect(host.rule({ pref: 100, table: 100 })).toBe('ok')
    for (const fl of flows) check(host, [local, other, main], fl)
  },
)

test.prop([tableOf(255), fc.array(address, { minLength: 1, maxLength: 40 })])(
  'the type of an address is that of the entry in table local which a lookup finds',
  (local, addrs) => {
    const host = FibHost.withTables({ 255: local })
    for (const a of addrs) {
      if (a >>> 24 === 0 || a === -1 || a >>> 28 === 14) continue
      const answer = scan(local, Object.assign(new Flow(), { dst: a }))
      const type = answer === 'throw' || answer.index < 0 ? 'unicast' : answer.route!.type
      expect(inet_addr_type(host.net, a)).toBe(type)
    }
  },
)

test.prop([
  fc.array(fc.record({ at: address, len: length, tos: fc.constantFrom(0, 0x10), metric: fc.nat(3) }), {
    maxLength: 40,
  }),
])('adding keeps the table in order, and deleting what was added leaves nothing', (wanted) => {
  const host = new FibHost()
  const put = wanted.filter(
    ({ at, len, tos, metric }) => host.add({ dst: at & maskOf(len), len, tos, metric, dev: 'd0' }) === 'ok',
  )
  const table = host.net.cfg.tables[254] ?? []
  expect(table.length).toBe(put.length)
  expect([...table].sort(tableOrder)).toEqual(table)
  for (const { at, len, tos, metric } of put) {
    expect(host.del({ dst: at & maskOf(len), len, tos, metric })).toBe('ok')
  }
  expect(host.net.cfg.tables[254] ?? []).toEqual([])
})

test.prop([fc.array(nexthop, { minLength: 1, maxLength: 6 })])(
  'multipath shares follow the weights of the live nexthops',
  (nexthops) => {
    const r: Route = {
      dst: 0,
      len: 0,
      table: 254,
      tos: 0,
      metric: 0,
      type: 'unicast',
      scope: 0,
      protocol: 3,
      prefsrc: 0,
      metrics: null,
      nexthops: nexthops.map((nh, i) => ({ ...nh, gateway: i + 1 })),
    }
    const host = FibHost.withTables({ 254: Object.freeze([r]) })
    const alive = nexthops.filter((nh) => (nh.flags & RTNH_F_DEAD) === 0)
    const res = new FibResult()
    if (fib_lookup(host.net, new Flow(), res) !== null) {
      expect(alive).toEqual([])
      return
    }
    const counts = nexthops.map(() => 0)
    const steps = 2000
    for (let i = 0; i < steps; i++) {
      fib_select_multipath(host.net, res, Math.floor((i * 0x80000000) / steps))
      counts[res.nexthop!.index]!++
    }
    const total = alive.reduce((sum, nh) => sum + nh.weight, 0)
    nexthops.forEach((nh, i) => {
      const share = (nh.flags & RTNH_F_DEAD) !== 0 ? 0 : (nh.weight / total) * steps
      expect(Math.abs(counts[i]! - share)).toBeLessThanOrEqual(1)
    })
  },
)
