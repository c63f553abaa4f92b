// Expected values: Linux 6.1 and 6.18, test/kernel/tables/route-addr.txt and route-monitor.txt.
import { expect, test } from 'vitest'
import { ip4 } from '../../src/lib/ip4.ts'
import { IFA_F_NOPREFIXROUTE } from '../../src/uapi/link.ts'
import { FibHost } from './fib_fixture.ts'

test('an address on a link that is down makes its local route only', () => {
  const h = new FibHost().addr('d0', '10.0.0.1/24')
  expect(h.routes(0)).toEqual(['local 10.0.0.1 dev d0 table local proto kernel scope host src 10.0.0.1'])
  h.up('d0')
  expect(h.routes(0)).toEqual([
    '10.0.0.0/24 dev d0 proto kernel scope link src 10.0.0.1',
    'local 10.0.0.1 dev d0 table local proto kernel scope host src 10.0.0.1',
    'broadcast 10.0.0.255 dev d0 table local proto kernel scope link src 10.0.0.1',
  ])
  h.down('d0')
  expect(h.routes(0)).toEqual(['local 10.0.0.1 dev d0 table local proto kernel scope host src 10.0.0.1'])
})

test('each shape of address makes its own routes', () => {
  const h = new FibHost()
    .up('d0')
    .addr('d0', '10.0.1.1/24', { broadcast: ip4('10.0.1.200') })
    .addr('d0', '10.0.2.1/31')
    .addr('d0', '10.0.3.1/32')
    .addr('d0', '10.0.4.1/32', { address: ip4('10.0.4.2') })
    .addr('d0', '10.0.5.1/24', { address: ip4('10.0.6.2') })
    .addr('d0', '10.0.7.1/24', { flags: IFA_F_NOPREFIXROUTE })
    .addr('d0', '10.0.8.1/24', { metric: 77 })
    .addr('d0', '10.0.10.1/30', { broadcast: ip4('255.255.255.255') })
    .addr('lo', '10.77.0.1/16')
    .addr('d0', '0.1.2.3/8')
  expect(h.routes()).toEqual([
    '10.0.1.0/24 dev d0 proto kernel scope link src 10.0.1.1',
    '10.0.2.0/31 dev d0 proto kernel scope link src 10.0.2.1',
    '10.0.4.2 dev d0 proto kernel scope link src 10.0.4.1',
    '10.0.6.0/24 dev d0 proto kernel scope link src 10.0.5.1',
    '10.0.8.0/24 dev d0 proto kernel scope link src 10.0.8.1 metric 77',
    '10.0.10.0/30 dev d0 proto kernel scope link src 10.0.10.1',
  ])
  expect(h.routes(255).map((r) => r.split(' dev ')[0])).toEqual([
    'local 0.1.2.3',
    'local 10.0.1.1',
    'broadcast 10.0.1.200',
    'broadcast 10.0.1.255',
    'local 10.0.2.1',
    'local 10.0.3.1',
    'local 10.0.4.1',
    'local 10.0.5.1',
    'broadcast 10.0.6.255',
    'local 10.0.7.1',
    'broadcast 10.0.7.255',
    'local 10.0.8.1',
    'broadcast 10.0.8.255',
    'local 10.0.10.1',
    'broadcast 10.0.10.3',
    'local 10.77.0.0/16',
    'local 10.77.0.1',
    'broadcast 10.77.255.255',
  ])
})

test('a secondary address carries its primary as source, and its going leaves the subnet alone', () => {
  const h = new FibHost().up('d0').addr('d0', '10.0.0.1/24').addr('d0', '10.0.0.2/24')
  const before = h.routes(0)
  expect(before).toContain('local 10.0.0.2 dev d0 table local proto kernel scope host src 10.0.0.1')
  h.unaddr('d0', '10.0.0.2/24')
  expect(h.routes(0)).toEqual(before.filter((r) => !r.startsWith('local 10.0.0.2')))
})

test('routes of table main that prefer a vanished address as source go with it, in other tables they stay', () => {
  const h = new FibHost().up('d0', 'd1').addr('d0', '10.0.0.1/24').addr('d1', '10.0.1.1/24').addr('d1', '10.0.2.1/24')
  const src = { dev: 'd0', prefsrc: ip4('10.0.1.1') }
  h.route('add', '172.16.0.0/16', src)
  h.route('add', '172.16.0.0/16', { ...src, table: 100 })
  h.route('add', '172.17.0.0/16', { dev: 'd0' })
  h.unaddr('d1', '10.0.1.1/24')
  expect(h.routes().slice(2)).toEqual(['172.17.0.0/16 dev d0 scope link'])
  expect(h.routes(100)).toEqual(['172.16.0.0/16 dev d0 table 100 scope link src 10.0.1.1'])
})

test('the same address on two links keeps its local route until the last is gone', () => {
  const h = new FibHost().up('d0', 'd1').addr('d0', '10.0.0.2/24').addr('d1', '10.0.0.2/24')
  h.route('add', '172.16.0.0/16', { dev: 'd1', prefsrc: ip4('10.0.0.2') })
  h.unaddr('d0', '10.0.0.2/24')
  expect(h.routes(0)).toEqual([
    '10.0.0.0/24 dev d1 proto kernel scope link src 10.0.0.2',
    '172.16.0.0/16 dev d1 scope link src 10.0.0.2',
    'local 10.0.0.2 dev d1 table local proto kernel scope host src 10.0.0.2',
    'broadcast 10.0.0.255 dev d1 table local proto kernel scope link src 10.0.0.2',
  ])
})

test('the last address of a link takes all its routes along', () => {
  const h = new FibHost().up('d0').addr('d0', '10.0.0.1/24')
  h.route('add', '172.17.0.0/16', { dev: 'd0' })
  h.route('add', '10.9.0.1/32', { type: 'local', dev: 'd0' })
  h.unaddr('d0', '10.0.0.1/24')
  expect(h.routes(0)).toEqual([])
})

test('ip monitor hears of what addresses make and unmake, not of what a link going down flushes', () => {
  const h = new FibHost().up('d0').addr('d0', '10.0.0.1/24')
  h.heard.length = 0
  h.addr('d0', '10.0.1.1/24')
  h.metric('d0', '10.0.1.1/24', 5)
  h.unaddr('d0', '10.0.1.1/24')
  h.down('d0')
  h.up('d0')
  h.remove('d0')
  expect(h.heard).toEqual([
    'local 10.0.1.1 dev d0 table local proto kernel scope host src 10.0.1.1',
    '10.0.1.0/24 dev d0 proto kernel scope link src 10.0.1.1',
    'broadcast 10.0.1.255 dev d0 table local proto kernel scope link src 10.0.1.1',
    '10.0.1.0/24 dev d0 proto kernel scope link src 10.0.1.1 metric 5',
    'Deleted 10.0.1.0/24 dev d0 proto kernel scope link src 10.0.1.1',
    'Deleted 10.0.1.0/24 dev d0 proto kernel scope link src 10.0.1.1 metric 5',
    'Deleted broadcast 10.0.1.255 dev d0 table local proto kernel scope link src 10.0.1.1',
    'Deleted local 10.0.1.1 dev d0 table local proto kernel scope host src 10.0.1.1',
    '10.0.0.0/24 dev d0 proto kernel scope link src 10.0.0.1',
    'broadcast 10.0.0.255 dev d0 table local proto kernel scope link src 10.0.0.1',
    'Deleted local 10.0.0.1 dev d0 table local proto kernel scope host src 10.0.0.1',
  ])
})
