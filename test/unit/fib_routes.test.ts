// Expected values: Linux 6.1 and 6.18, test/kernel/tables/route-*.txt.
import { describe, expect, test } from 'vitest'
import { ip4 } from '../../src/lib/ip4.ts'
import { RTNH_F_ONLINK } from '../../src/uapi/route.ts'
import { FibHost } from './fib_fixture.ts'

const via = (a: string) => ({ gateway: ip4(a) })

function twoLinks(): FibHost {
  return new FibHost().up('d0', 'd1').addr('d0', '10.0.0.1/24').addr('d1', '10.0.1.1/24')
}

describe('a route', () => {
  test('is added once per destination, tos and metric', () => {
    const h = twoLinks()
    expect(h.route('add', '192.0.2.0/24', via('10.0.0.2'))).toBe('ok')
    expect(h.route('add', '192.0.2.0/24', via('10.0.0.3'))).toBe('EEXIST')
    expect(h.route('add', '192.0.2.0/24', { dev: 'd1' })).toBe('EEXIST')
    expect(h.route('add', '192.0.2.0/24', { ...via('10.0.0.3'), metric: 10 })).toBe('ok')
    expect(h.route('add', '192.0.2.0/24', { ...via('10.0.0.4'), metric: 5 })).toBe('ok')
    expect(h.route('add', '192.0.2.0/24', { ...via('10.0.0.5'), tos: 0x10 })).toBe('ok')
    expect(h.route('add', '192.0.2.0/24', { ...via('10.0.0.6'), tos: 0x08 })).toBe('ok')
    expect(h.route('add', '192.0.2.0/25', via('10.0.0.7'))).toBe('ok')
    expect(h.route('add', '192.0.2.128/25', via('10.0.0.8'))).toBe('ok')
    expect(h.route('add', '192.0.0.0/16', via('10.0.0.9'))).toBe('ok')
    expect(h.routes()).toEqual([
      '10.0.0.0/24 dev d0 proto kernel scope link src 10.0.0.1',
      '10.0.1.0/24 dev d1 proto kernel scope link src 10.0.1.1',
      '192.0.0.0/16 via 10.0.0.9 dev d0',
      '192.0.2.0/25 via 10.0.0.7 dev d0',
      '192.0.2.0/24 tos 0x10 via 10.0.0.5 dev d0',
      '192.0.2.0/24 tos 0x08 via 10.0.0.6 dev d0',
      '192.0.2.0/24 via 10.0.0.2 dev d0',
      '192.0.2.0/24 via 10.0.0.4 dev d0 metric 5',
      '192.0.2.0/24 via 10.0.0.3 dev d0 metric 10',
      '192.0.2.128/25 via 10.0.0.8 dev d0',
    ])
  })

  test('can be appended, prepended, replaced, changed and tested for', () => {
    const h = twoLinks()
    const to = '192.0.2.0/24'
    h.route('add', to, via('10.0.0.2'))
    expect(h.route('append', to, via('10.0.0.2'))).toBe('EEXIST')
    expect(h.route('append', to, via('10.0.0.22'))).toBe('ok')
    expect(h.route('append', to, via('10.0.0.22'))).toBe('EEXIST')
    expect(h.route('prepend', to, via('10.0.0.33'))).toBe('ok')
    expect(h.route('prepend', to, via('10.0.0.2'))).toBe('EEXIST')
    expect(h.route('replace', to, via('10.0.0.44'))).toBe('ok')
    expect(h.route('replace', to, via('10.0.0.44'))).toBe('ok')
    expect(h.route('replace', to, via('10.0.0.22'))).toBe('EEXIST')
    expect(h.route('change', to, via('10.0.0.55'))).toBe('ok')
    expect(h.route('change', '192.0.3.0/24', via('10.0.0.55'))).toBe('ENOENT')
    expect(h.route('change', to, { ...via('10.0.0.55'), metric: 77 })).toBe('ENOENT')
    expect(h.route('test', to, via('10.0.0.55'))).toBe('EEXIST')
    expect(h.route('test', '192.0.77.0/24', via('10.0.0.55'))).toBe('ENOENT')
    expect(h.routes().slice(2)).toEqual([
      '192.0.2.0/24 via 10.0.0.55 dev d0',
      '192.0.2.0/24 via 10.0.0.2 dev d0',
      '192.0.2.0/24 via 10.0.0.22 dev d0',
    ])
  })

  const onlink = { flags: RTNH_F_ONLINK }
  test.each([
    ['a gateway on no link', via('10.0.5.2'), 'ENETUNREACH: Nexthop has invalid gateway'],
    ['a gateway that is a broadcast address', via('10.0.0.255'), 'EINVAL: Nexthop has invalid gateway'],
    ['a gateway behind another device', { ...via('10.0.0.2'), dev: 'd1' }, 'ENETUNREACH: Nexthop has invalid gateway'],
    ['a device that is down', { dev: 'd2' }, 'ENETDOWN: Device for nexthop is not up'],
    ['no such device', { dev: 'nosuch' }, 'ENODEV'],
    ['no device at all', {}, 'ENODEV'],
    [
      'onlink by a device that is down',
      { ...via('10.9.9.9'), dev: 'd2', ...onlink },
      'ENETDOWN: Nexthop device is not up',
    ],
    ['onlink without a device', { ...via('10.9.9.9'), ...onlink }, 'ENODEV: Nexthop device required for onlink'],
    ['onlink to ourselves', { ...via('10.0.1.1'), dev: 'd0', ...onlink }, 'EINVAL: Nexthop has invalid gateway'],
    [
      'onlink without a gateway',
      { dev: 'd0', ...onlink },
      'EINVAL: Invalid flags for nexthop - PERVASIVE and ONLINK can not be set',
    ],
    [
      'onlink of scope link',
      { ...via('10.9.9.9'), dev: 'd0', scope: 253, ...onlink },
      'EINVAL: Nexthop has invalid scope',
    ],
    ['scope link by a gateway', { ...via('10.0.0.2'), scope: 253 }, 'ENETUNREACH: Nexthop has invalid gateway'],
    [
      'scope host by a gateway',
      { ...via('10.0.0.2'), scope: 254 },
      'EINVAL: Route with host scope can not have a gateway',
    ],
    ['scope nowhere', { dev: 'd0', scope: 255 }, 'EINVAL: Invalid scope'],
    ['a local route of scope link', { type: 'local', dev: 'd0', scope: 253 }, 'EINVAL: Invalid scope'],
    ['a nat route', { type: 'nat', dev: 'd0' }, 'EINVAL: Invalid scope'],
    ['a source that is not ours', { dev: 'd0', prefsrc: ip4('10.0.0.2') }, 'EINVAL: Invalid prefsrc address'],
    [
      'a blackhole with a device',
      { type: 'blackhole', dev: 'd0' },
      'EINVAL: Gateway, device and multipath can not be specified for this route type',
    ],
    ['a tos with ECN bits', { dev: 'd0', tos: 0x11 }, 'EINVAL: Invalid dsfield (tos): ECN bits must be 0'],
  ] as const)('with %s is refused', (_what, spec, answer) => {
    const h = twoLinks()
    const before = h.net.cfg
    expect(h.route('add', '10.5.0.0/16', spec)).toBe(answer)
    expect(h.net.cfg).toBe(before)
  })

  test('with host bits set is refused', () => {
    expect(twoLinks().route('add', '10.5.1.1/16', { dev: 'd0' })).toBe('EINVAL: Invalid prefix for given prefix length')
  })

  test('may have a gateway of our own, and one that a scope host route leads to', () => {
    const h = twoLinks()
    expect(h.route('add', '10.5.0.0/16', via('10.0.0.1'))).toBe('ok')
    expect(h.route('add', '10.7.0.0/16', { dev: 'd0', scope: 254 })).toBe('ok')
    expect(h.route('add', '10.8.0.0/16', { dev: 'd0', scope: 0 })).toBe('ok')
    expect(h.route('add', '10.10.0.0/16', via('10.8.0.1'))).toBe('ENETUNREACH: Nexthop has invalid gateway')
    expect(h.route('add', '10.11.0.0/16', via('10.7.0.1'))).toBe('ok')
    expect(h.routes()).toContain('10.11.0.0/16 via 10.7.0.1 dev d0')
  })

  test('keeps its metrics, cut to what fits', () => {
    const h = twoLinks()
    h.route('add', '10.52.0.0/16', {
      ...via('10.0.0.2'),
      metrics: { mtu: 70000, advmss: 70000, hoplimit: 64, window: 1000 },
    })
    expect(h.routes()[2]).toBe('10.52.0.0/16 via 10.0.0.2 dev d0 mtu 65520 window 1000 advmss 65495 hoplimit 64')
  })

  test('is listed with its table, tables in the order of their hash buckets', () => {
    const h = twoLinks()
    h.route('add', '10.56.0.0/16', { ...via('10.0.0.2'), table: 100 })
    h.route('add', '10.57.0.0/16', { dev: 'd0', table: 1000 })
    expect(h.routes(0).map((r) => r.split(' ')[0])).toEqual([
      '10.56.0.0/16',
      '10.57.0.0/16',
      '10.0.0.0/24',
      '10.0.1.0/24',
      'local',
      'broadcast',
      'local',
      'broadcast',
    ])
  })
})

describe('deleting a route', () => {
  test('matches on all that is given and takes the first', () => {
    const h = twoLinks()
    const to = '192.0.2.0/24'
    h.route('add', to, via('10.0.0.2'))
    h.route('add', to, { ...via('10.0.0.3'), metric: 10 })
    h.route('add', to, { ...via('10.0.1.3'), metric: 20, protocol: 4, prefsrc: ip4('10.0.0.1') })
    h.route('add', to, { ...via('10.0.0.5'), tos: 0x10 })
    expect(h.unroute('192.0.9.0/24')).toBe('ESRCH')
    expect(h.unroute('192.0.2.0/25')).toBe('ESRCH')
    expect(h.unroute(to, via('10.0.0.9'))).toBe('ESRCH')
    expect(h.unroute(to, { metric: 11 })).toBe('ESRCH')
    expect(h.unroute(to, { ...via('10.0.0.3'), metric: 20 })).toBe('ESRCH')
    expect(h.unroute(to, { tos: 0x08 })).toBe('ESRCH')
    expect(h.unroute(to, { protocol: 2 })).toBe('ESRCH')
    expect(h.unroute(to, { scope: 253 })).toBe('ESRCH')
    expect(h.unroute(to, { table: 77 })).toBe('ESRCH: FIB table does not exist')
    expect(h.unroute(to, { dev: 'd1' })).toBe('ok')
    expect(h.unroute(to, { tos: 0x10 })).toBe('ok')
    expect(h.unroute(to, via('10.0.0.3'))).toBe('ok')
    expect(h.unroute(to, { type: 'unreachable' })).toBe('ESRCH')
    expect(h.unroute(to)).toBe('ok')
    expect(h.unroute(to)).toBe('ESRCH')
  })
})

describe('a multipath route', () => {
  const legs = [via('10.0.0.2'), via('10.0.1.2')]

  test('loses a leg with its link, gets it back, and goes with a deleted link', () => {
    const h = twoLinks()
    expect(h.route('add', '192.0.2.0/24', { multipath: [{ ...legs[0], weight: 3 }, { ...legs[1] }] })).toBe('ok')
    const shown = (flags: string) =>
      `192.0.2.0/24 \n\tnexthop via 10.0.0.2 dev d0 weight 3 \n\tnexthop via 10.0.1.2 dev d1 weight 1${flags}`
    expect(h.routes()[2]).toBe(shown(''))
    h.down('d1')
    expect(h.routes()[1]).toBe(shown(' dead linkdown'))
    h.up('d1')
    expect(h.routes()[2]).toBe(shown(''))
    h.unaddr('d1', '10.0.1.1/24')
    expect(h.routes()[1]).toBe(shown(' dead linkdown'))
    h.addr('d1', '10.0.1.1/24')
    expect(h.routes()[2]).toBe(shown(''))
    h.remove('d1')
    expect(h.routes()).toEqual(['10.0.0.0/24 dev d0 proto kernel scope link src 10.0.0.1'])
  })

  test('is deleted by naming as many nexthops as it has', () => {
    const h = twoLinks()
    h.route('add', '192.0.4.0/24', { multipath: legs })
    expect(h.unroute('192.0.4.0/24', via('10.0.1.2'))).toBe('ESRCH')
    expect(h.unroute('192.0.4.0/24', { multipath: [via('10.0.0.2')] })).toBe('ESRCH')
    expect(h.unroute('192.0.4.0/24', { multipath: [via('10.0.0.2'), via('10.0.1.9')] })).toBe('ESRCH')
    expect(h.unroute('192.0.4.0/24', { multipath: legs })).toBe('ok')
  })

  test('is refused where the parts contradict each other', () => {
    const h = twoLinks()
    const both = [{ dev: 'd0' }, { dev: 'd1' }]
    expect(h.route('add', '192.0.6.0/24', { scope: 254, multipath: both })).toBe(
      'EINVAL: Route with host scope can not have multiple nexthops',
    )
    expect(h.route('add', '192.0.8.0/24', { dev: 'd1', multipath: both })).toBe(
      'EINVAL: Nexthop device index does not match RTA_OIF',
    )
    expect(h.route('add', '192.0.7.0/24', { dev: 'd0', multipath: both })).toBe('ok')
  })
})

test('carrier shows as linkdown, and as dead where such routes are ignored', () => {
  const h = twoLinks()
  h.route('add', '192.0.2.0/24', via('10.0.0.2'))
  h.carrier('d0', false)
  expect(h.routes()[0]).toBe('10.0.0.0/24 dev d0 proto kernel scope link src 10.0.0.1 linkdown')
  expect(h.routes()[2]).toBe('192.0.2.0/24 via 10.0.0.2 dev d0 linkdown')
  h.conf('d0', { ignore_routes_with_linkdown: 1 })
  expect(h.routes()[2]).toBe('192.0.2.0/24 via 10.0.0.2 dev d0 dead linkdown')
  h.carrier('d0', true)
  expect(h.routes()[2]).toBe('192.0.2.0/24 via 10.0.0.2 dev d0')
})
