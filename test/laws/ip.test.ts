// Laws of the ip tool's texts: what is printed can be read back, and JSON is JSON.
import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { formatIp4, maskOf } from '../../src/lib/ip4.ts'
import { formatAddr } from '../../src/tools/ip/address_print.ts'
import { splitWords } from '../../src/tools/ip/batch.ts'
import { formatNeigh, printNeigh } from '../../src/tools/ip/neigh_print.ts'
import { JsonWriter } from '../../src/tools/ip/output.ts'
import { formatPrefix, tryPrefix } from '../../src/tools/ip/prefix.ts'
import { plainEnv } from '../../src/tools/ip/print_env.ts'
import { formatRoute, printRoute } from '../../src/tools/ip/route_print.ts'
import { formatRule, printRule } from '../../src/tools/ip/rule_print.ts'
import { parseIfAddr, parseNeigh, parseRoute, parseRule } from '../../src/tools/ip/text.ts'
import type { IfAddr } from '../../src/uapi/link.ts'
import type { NeighEntry } from '../../src/uapi/neigh.ts'
import type { NextHop, Route, RouteMetrics, Rule } from '../../src/uapi/route.ts'
import { ROUTE_METRICS } from '../../src/uapi/route.ts'

const device = (i: number): string => `eth${i}`
const index = (name: string): number => Number(name.slice(3))

const ip4 = fc.integer({ min: -0x80000000, max: 0x7fffffff })
const address = ip4.filter((a) => a !== 0)
const u8 = fc.integer({ min: 0, max: 255 })
const u16 = fc.integer({ min: 0, max: 65535 })
const u32 = fc.integer({ min: 0, max: 0xffffffff })
const ifindex = fc.integer({ min: 1, max: 99 })
const prefix = fc.tuple(ip4, fc.integer({ min: 0, max: 32 })).map(([a, len]) => ({ addr: a & maskOf(len), len }))
const orNull = <T>(x: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(x, { nil: null })

/** Times are shown in whole milliseconds, six digits. */
const ms = fc.integer({ min: 0, max: 999_999 })
const metrics: fc.Arbitrary<RouteMetrics | null> = orNull(
  fc
    .record(
      {
        mtu: u32,
        window: u32,
        rtt: ms.map((n) => n * 8),
        rttvar: ms.map((n) => n * 4),
        ssthresh: u32,
        cwnd: u32,
        advmss: u32,
        reordering: u32,
        hoplimit: u8,
        initcwnd: u32,
        rto_min: ms,
        initrwnd: u32,
        quickack: fc.integer({ min: 0, max: 1 }),
      },
      { requiredKeys: [] },
    )
    .filter((m) => Object.keys(m).length > 0)
    .chain((m) =>
      fc
        .subarray(ROUTE_METRICS.filter((n) => m[n] !== undefined && n !== 'quickack' && n !== 'rto_min'))
        .map((locked) => {
          const lock = ROUTE_METRICS.filter(
            (n) => locked.some((l) => l === n) || (n === 'rto_min' && m.rto_min !== undefined),
          )
          return lock.length === 0 ? m : { ...m, lock }
        }),
    ),
)

const hopFlags = fc.subarray([1, 2, 4, 8, 16]).map((bits) => bits.reduce((a, b) => a | b, 0))
const hop: fc.Arbitrary<NextHop> = fc
  .record({
    gateway: fc.oneof(fc.constant(0), address),
    oif: ifindex,
    weight: fc.integer({ min: 1, max: 256 }),
    flags: hopFlags,
  })
  .map((h) => ({ ...h, scope: h.gateway === 0 ? 254 : 253 }))
const single = hop.map((h): readonly NextHop[] => [{ ...h, weight: 1 }])
const nexthops = fc.oneof(single, fc.array(hop, { minLength: 2, maxLength: 4 }))

const common = {
  table: fc.integer({ min: 1, max: 0xffffffff }),
  tos: u8,
  metric: u32,
  scope: u8,
  protocol: u8,
  prefsrc: ip4,
  metrics,
}
const at = prefix.map((p) => ({ dst: p.addr, len: p.len }))
const unicast: fc.Arbitrary<Route> = fc
  .tuple(at, fc.record({ ...common, nexthops }), fc.constantFrom('unicast', 'broadcast', 'anycast', 'multicast', 'nat'))
  .map(([d, r, type]) => ({ ...d, ...r, type }))
const local: fc.Arbitrary<Route> = fc.tuple(at, fc.record({ ...common, oif: ifindex })).map(([d, { oif, ...r }]) => ({
  ...d,
  ...r,
  type: 'local',
  nexthops: [{ gateway: 0, oif, weight: 1, flags: 0, scope: 255 }],
}))
const nowhere: fc.Arbitrary<Route> = fc
  .tuple(at, fc.record(common), fc.constantFrom('blackhole', 'unreachable', 'prohibit', 'throw'))
  .map(([d, r, type]) => ({ ...d, ...r, type, nexthops: [{ gateway: 0, oif: 0, weight: 1, flags: 0, scope: 0 }] }))
const route = fc.oneof(unicast, local, nowhere)

const range = (x: fc.Arbitrary<number>): fc.Arbitrary<readonly [number, number] | null> =>
  orNull(fc.tuple(x, x).map(([a, b]) => (a < b ? ([a, b] as const) : ([b, a] as const))))
const rule: fc.Arbitrary<Rule> = fc
  .record({
    pref: u32,
    invert: fc.boolean(),
    from: prefix,
    to: prefix,
    tos: u8,
    iif: orNull(ifindex.map(device)),
    oif: orNull(ifindex.map(device)),
    fwmark: fc.oneof(
      fc.constant([0, 0]),
      fc.tuple(
        u32,
        u32.filter((m) => m !== 0),
      ),
    ),
    ipproto: u8,
    sport: range(u16),
    dport: range(u16),
    uidrange: range(u32),
    protocol: u8.filter((p) => p !== 2),
    what: fc.oneof(
      fc.record({
        action: fc.constant('lookup' as const),
        table: fc.integer({ min: 1, max: 0xffffffff }),
        suppressPrefixlength: fc.integer({ min: -1, max: 32 }),
        suppressIfgroup: fc.integer({ min: -1, max: 0x7fffffff }),
      }),
      fc.record({ action: fc.constant('goto' as const), goto: fc.integer({ min: 1, max: 0xffffffff }) }),
      fc.record({ action: fc.constantFrom('nop', 'blackhole', 'unreachable', 'prohibit') }),
    ),
  })
  .map(({ from, to, fwmark, what, ...r }) => ({
    ...r,
    src: from.addr,
    srcLen: from.len,
    dst: to.addr,
    dstLen: to.len,
    mark: fwmark[0]!,
    markMask: fwmark[1]!,
    table: 0,
    goto: 0,
    suppressPrefixlength: -1,
    suppressIfgroup: -1,
    ...what,
  }))

const neigh: fc.Arbitrary<NeighEntry> = fc.record({
  dst: ip4,
  ifindex,
  lladdr: orNull(fc.integer({ min: 0, max: 0xffffffffffff })),
  state: fc.constantFrom(0, 1, 2, 4, 8, 16, 32, 64, 128),
  flags: fc.subarray([0x08, 0x10, 0x80]).map((bits) => bits.reduce((a, b) => a | b, 0)),
  protocol: u8,
  used: fc.constant(0),
  confirmed: fc.constant(0),
  updated: fc.constant(0),
  refcnt: fc.constant(0),
  probes: fc.constant(0),
})

const ifaddr: fc.Arbitrary<IfAddr> = fc
  .record({
    local: ip4,
    peer: orNull(ip4),
    prefixlen: fc.integer({ min: 0, max: 32 }),
    broadcast: ip4,
    scope: u8,
    flags: fc.subarray([0x01, 0x80, 0x200]).map((bits) => bits.reduce((a, b) => a | b, 0)),
    label: fc.stringMatching(/^[a-z0-9:]{1,15}$/),
    metric: u32,
  })
  .map(({ peer, ...a }) => ({
    ...a,
    address: peer ?? a.local,
    validLft: null,
    preferredLft: null,
    tstamp: 0,
    proto: 0,
  }))

test.prop([route])('a route is what its lines say', (r) => {
  expect(parseRoute(formatRoute(r, device), index)).toEqual(r)
})

test.prop([rule])('a rule is what its line says', (r) => {
  expect(parseRule(formatRule(r))).toEqual(r)
})

test.prop([neigh])('a neighbour is what its line says', (n) => {
  expect(parseNeigh(formatNeigh(n, device), index)).toEqual(n)
})

test.prop([ifaddr])('an address is what its line says', (a) => {
  expect(parseIfAddr(formatAddr(a))).toEqual(a)
})

test.prop([prefix])('a prefix is read as it is written, with a length or a mask', ({ addr, len }) => {
  const read = { family: 'inet', addr, bytes: 4, len }
  expect(tryPrefix(formatPrefix(addr, len), 'inet')).toMatchObject(read)
  expect(tryPrefix(`${formatIp4(addr)}/${formatIp4(maskOf(len))}`, 'unspec')).toMatchObject(read)
})

test.prop([fc.array(route), fc.array(rule), fc.array(neigh), fc.boolean()])(
  '-json prints JSON',
  (routes, rules, neighs, pretty) => {
    const env = plainEnv(device)
    env.out.begin(true, pretty)
    for (const r of routes) printRoute(env, r)
    for (const rule of rules) printRule(env, { rule, iifDetached: true, oifDetached: false, unresolved: true })
    for (const n of neighs) printNeigh(env, n)
    env.out.end()
    const objects = JSON.parse(env.out.take()) as unknown[]
    expect(objects).toHaveLength(routes.length + rules.length + neighs.length)
  },
)

test.prop([fc.string()])('any text in JSON comes back', (text) => {
  // json_writer escapes what C has a letter for; other control characters are left to its callers
  fc.pre(!/[\u0000-\u0007\u000b\u000e-\u001f]/.test(text))
  const w = new JsonWriter(false)
  w.value(null, text)
  expect(JSON.parse(w.take())).toBe(text)
})

test.prop([fc.array(fc.stringMatching(/^[^\s'"#\\][^\s]*$/))])('a batch line is its words', (words) => {
  expect(splitWords(`  ${words.join(' \t')}\n`)).toEqual(words)
})
