// Expected values: Linux 6.1 and 6.18, test/kernel/tables/rule*.txt.
import { describe, expect, test } from 'vitest'
import { FibResult, Flow, fib_lookup } from '../../src/kernel/ipv4/fib_lookup.ts'
import { ip4 } from '../../src/lib/ip4.ts'
import { FibHost } from './fib_fixture.ts'

const DEFAULTS = ['0:\tfrom all lookup local', '32766:\tfrom all lookup main', '32767:\tfrom all lookup default']

function from(text: string): { src: number; srcLen: number } {
  return { src: ip4(text), srcLen: 32 }
}
function to(text: string): { dst: number; dstLen: number } {
  return { dst: ip4(text), dstLen: 32 }
}

/** d0 has the default route, d1 that of table 100. */
function twoWays(): FibHost {
  const h = new FibHost().up('d0', 'd1').addr('d0', '10.0.0.1/24').addr('d1', '10.0.1.1/24')
  h.route('add', '0.0.0.0/0', { gateway: ip4('10.0.0.2') })
  h.route('add', '0.0.0.0/0', { gateway: ip4('10.0.1.2'), table: 100 })
  return h
}

/** The gateway chosen, or the errno. */
function way(h: FibHost, dst: string, more: Partial<Flow> = {}): string {
  const fl = Object.assign(new Flow(), { dst: ip4(dst), iif: 1, ...more })
  const res = new FibResult()
  const err = fib_lookup(h.net, fl, res)
  return (
    err ?? (res.route!.table === 100 ? 'table 100' : res.route!.table === 254 ? 'main' : `table ${res.route!.table}`)
  )
}

describe('adding a rule', () => {
  test('without a preference puts it below the second rule of the list, duplicates included', () => {
    const h = new FibHost()
    expect(h.rule({ ...from('10.0.1.1'), table: 100 })).toBe('ok')
    expect(h.rule({ ...from('10.0.1.1'), table: 100 })).toBe('ok')
    expect(h.rules()).toEqual([
      DEFAULTS[0],
      '32764:\tfrom 10.0.1.1 lookup 100',
      '32765:\tfrom 10.0.1.1 lookup 100',
      DEFAULTS[1],
      DEFAULTS[2],
    ])
  })

  test('of a preference goes behind its equals, and a twin is refused; open addresses count as equal', () => {
    const h = new FibHost()
    const nine = { dst: ip4('9.9.9.9'), dstLen: 24, table: 100, pref: 500 }
    expect(h.rule(nine)).toBe('ok')
    expect(h.rule({ ...nine, dst: ip4('9.9.9.0') })).toBe('ok')
    expect(h.rule(nine)).toBe('EEXIST')
    expect(h.rule({ pref: 500, table: 100 })).toBe('EEXIST')
    expect(h.rule({ pref: 500, table: 100, protocol: 5 })).toBe('ok')
    expect(h.rule({ ...nine, invert: true })).toBe('EEXIST')
    expect(h.rules().slice(1, 4)).toEqual([
      '500:\tfrom all to 9.9.9.9/24 lookup 100',
      '500:\tfrom all to 9.9.9.0/24 lookup 100',
      '500:\tfrom all lookup 100 proto 5',
    ])
  })

  test('without a table takes the first unused one', () => {
    const h = new FibHost()
    expect(h.rule({ table: 0 })).toBe('ok')
    expect(h.rules()[1]).toBe('32765:\tfrom all lookup 1')
  })

  test.each([
    [{ action: 'goto', goto: 9, pref: 23 }, 'EINVAL: Backward goto not supported'],
    [{ action: 'goto', goto: 9, pref: 9 }, 'EINVAL: Backward goto not supported'],
    [{ action: 'goto', pref: 9 }, 'EINVAL: Missing goto target for action goto'],
    [{ tos: 0x11, table: 100 }, 'EINVAL: Invalid dsfield (tos): ECN bits must be 0'],
    [{ tos: 0x20, table: 100 }, 'EINVAL: Invalid tos'],
    [{ dport: [100, 50], table: 100 }, 'EINVAL: Invalid dport range'],
    [{ dport: [0, 0], table: 100 }, 'EINVAL: Invalid dport range'],
    [{ dport: [1, 65535], table: 100 }, 'EINVAL: Invalid dport range'],
    [{ sport: [100, 50], table: 100 }, 'EINVAL: Invalid sport range'],
    [{ uidrange: [200, 100], table: 100 }, 'EINVAL: Invalid uid range'],
  ] as const)('%j is refused', (spec, answer) => {
    const h = new FibHost()
    expect(h.rule(spec)).toBe(answer)
    expect(h.rules()).toEqual(DEFAULTS)
  })
})

describe('deleting a rule', () => {
  test('takes the first that has all that is named', () => {
    const h = new FibHost()
    h.rule({ ...from('10.0.1.1'), table: 100, pref: 501 })
    h.rule({ ...from('10.0.1.1'), table: 101, pref: 502 })
    h.rule({ mark: 0x10, markMask: 0xf0, table: 100, pref: 503 })
    expect(h.unrule({ ...from('10.0.1.2') })).toBe('ENOENT')
    expect(h.unrule({ pref: 501, table: 101 })).toBe('ENOENT')
    expect(h.unrule({ mark: 0x10 })).toBe('ENOENT')
    expect(h.unrule({ mark: 0x10, markMask: 0xf0 })).toBe('ok')
    expect(h.unrule({ ...from('10.0.1.1') })).toBe('ok')
    expect(h.unrule({ table: 101 })).toBe('ok')
    expect(h.unrule({ table: 101 })).toBe('ENOENT')
    expect(h.rules()).toEqual(DEFAULTS)
  })
})

describe('a lookup', () => {
  test('goes by address, mark, tos, protocol, ports and user', () => {
    const h = twoWays()
    h.rule({ ...from('10.0.1.1'), table: 100 })
    h.rule({ mark: 0x10, markMask: 0xf0, table: 100 })
    h.rule({ tos: 0x10, table: 100 })
    h.rule({ ipproto: 17, sport: [100, 200], table: 100 })
    h.rule({ dport: [80, 80], table: 100 })
    h.rule({ uidrange: [100, 200], table: 100 })
    expect(way(h, '8.8.4.4')).toBe('main')
    expect(way(h, '8.8.4.4', { src: ip4('10.0.1.1') })).toBe('table 100')
    expect(way(h, '8.8.4.4', { mark: 0x1f })).toBe('table 100')
    expect(way(h, '8.8.4.4', { mark: 0x2f })).toBe('main')
    expect(way(h, '8.8.4.4', { tos: 0x10 })).toBe('table 100')
    expect(way(h, '8.8.4.4', { proto: 17, sport: 150 })).toBe('table 100')
    expect(way(h, '8.8.4.4', { proto: 6, sport: 150 })).toBe('main')
    expect(way(h, '8.8.4.4', { proto: 6, dport: 80 })).toBe('table 100')
    expect(way(h, '8.8.4.4', { uid: 150 })).toBe('table 100')
    expect(way(h, '8.8.4.4', { uid: 201 })).toBe('main')
  })

  test('goes by devices, which match only while they exist', () => {
    const h = twoWays()
    h.rule({ iif: 'nosuch', table: 100, pref: 10 })
    h.rule({ oif: 'd1', table: 100, pref: 11 })
    expect(way(h, '8.8.4.4')).toBe('main')
    expect(way(h, '8.8.4.4', { oif: 3 })).toBe('table 100')
    h.rule({ iif: 'lo', table: 100, pref: 12 })
    expect(way(h, '8.8.4.4')).toBe('table 100')
    expect(way(h, '8.8.4.4', { iif: 2 })).toBe('main')
  })

  test('ends at a rule that refuses, and unreachable means another errno than the route of that name', () => {
    const h = twoWays()
    h.rule({ ...to('7.7.7.1'), action: 'blackhole' })
    h.rule({ ...to('7.7.7.2'), action: 'unreachable' })
    h.rule({ ...to('7.7.7.3'), action: 'prohibit' })
    h.rule({ ...to('7.7.7.4'), action: 'nop' })
    h.route('add', '7.7.7.5/32', { type: 'unreachable' })
    expect(['1', '2', '3', '4', '5'].map((x) => way(h, `7.7.7.${x}`))).toEqual([
      'EINVAL',
      'ENETUNREACH',
      'EACCES',
      'main',
      'EHOSTUNREACH',
    ])
  })

  test('jumps with goto once the target exists', () => {
    const h = twoWays()
    h.rule({ ...to('7.7.7.5'), action: 'goto', goto: 40, pref: 21 })
    h.rule({ ...to('7.7.7.5'), table: 100, pref: 22 })
    expect(way(h, '7.7.7.5')).toBe('table 100')
    h.rule({ ...to('7.7.7.9'), table: 100, pref: 40 })
    expect(way(h, '7.7.7.5')).toBe('main')
    h.unrule({ pref: 40 })
    expect(way(h, '7.7.7.5')).toBe('table 100')
  })

  test('inverts with not, goes on after throw, and passes over answers that are suppressed', () => {
    const h = twoWays()
    h.rule({ dst: ip4('7.7.7.0'), dstLen: 24, invert: true, table: 100, pref: 50 })
    expect([way(h, '6.6.6.6'), way(h, '7.7.7.7')]).toEqual(['table 100', 'main'])
    h.route('add', '6.6.6.6/32', { type: 'throw', table: 100 })
    expect(way(h, '6.6.6.6')).toBe('main')
    h.unrule({ pref: 50 })
    h.rule({ table: 254, suppressPrefixlength: 0, pref: 60 })
    h.rule({ table: 100, pref: 70 })
    expect([way(h, '8.8.8.7'), way(h, '10.0.0.5')]).toEqual(['table 100', 'main'])
  })

  test('takes tables local and main for one until the rules are touched, and never again', () => {
    const h = twoWays()
    h.route('add', '192.0.7.0/24', { type: 'local', dev: 'lo' })
    h.route('add', '192.0.7.5/32', { gateway: ip4('10.0.0.2') })
    expect(way(h, '192.0.7.5')).toBe('main')
    h.rule({ ...to('1.2.3.4'), table: 100, pref: 100 })
    expect(way(h, '192.0.7.5')).toBe('table 255')
    h.unrule({ pref: 100 })
    expect(h.rules()).toEqual(DEFAULTS)
    expect(way(h, '192.0.7.5')).toBe('table 255')
  })
})
