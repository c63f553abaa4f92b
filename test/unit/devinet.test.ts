// Addresses of links: expectations are what Linux 6.1 answered (see test/kernel/tables/addr.txt).
import { describe, expect, test } from 'vitest'
import { inet_addr_onlink, inet_confirm_addr, inet_select_addr } from '../../src/kernel/ipv4/devinet.ts'
import { formatIp4, ip4 } from '../../src/lib/ip4.ts'
import { IFA_F_DEPRECATED, IFA_F_NOPREFIXROUTE } from '../../src/uapi/link.ts'
import { DOWN, Machine, UP } from './link_fixture.ts'

function machine(): Machine {
  const m = new Machine()
  m.add('dummy', 'd0')
  return m
}

describe('insertion', () => {
  test('primaries are ordered by scope, secondaries come last', () => {
    const m = machine()
    expect(m.addr('d0', '10.0.0.1/24')).toBe(null)
    expect(m.addr('d0', '10.0.0.1/24')).toBe('EEXIST')
    expect(m.addr('d0', '10.0.0.1/25')).toBe(null)
    expect(m.addr('d0', '10.0.0.2/24')).toBe(null)
    expect(m.addr('d0', '10.0.0.3/24', { scope: 253 })).toBe('EINVAL')
    m.addr('d0', '10.1.0.1/24', { scope: 254 })
    m.addr('d0', '10.2.0.1/24', { scope: 5 })
    m.addr('d0', '10.3.0.1/24', { scope: 253 })
    m.addr('d0', '10.4.0.1/24')
    expect(m.addrs('d0')).toEqual([
      '10.1.0.1/24',
      '10.3.0.1/24',
      '10.2.0.1/24',
      '10.0.0.1/24',
      '10.0.0.1/25',
      '10.4.0.1/24',
      '10.0.0.2/24 secondary',
    ])
  })

  test('0.0.0.0 is accepted and does nothing', () => {
    const m = machine()
    expect(m.addr('d0', '0.0.0.0/24')).toBe(null)
    expect(m.addrs('d0')).toEqual([])
  })

  test.each([
    ['d0', { label: 'd0:abcdefghijklm' }, 'ERANGE: Attribute failed policy validation'],
    ['d0', { label: 'foo' }, null],
    ['d0', { validLft: 0 }, 'EINVAL'],
    ['d0', { validLft: 1, preferredLft: 2 }, 'EINVAL'],
    ['nosuch', {}, 'ENODEV'],
  ])('on %s with %j the answer is %s', (dev, more, answer) => {
    expect(machine().addr(dev, '10.0.0.1/24', more)).toBe(answer)
  })

  test('a link that is down has the local route only, and gets the others with up', () => {
    const m = machine()
    m.addr('d0', '10.0.0.1/24')
    expect(m.routes(254)).toEqual([])
    expect(m.routes(255)).toContain('local 10.0.0.1/32 src 10.0.0.1')
    m.set('d0', { flags: UP })
    expect(m.routes(254)).toEqual(['unicast 10.0.0.0/24 src 10.0.0.1'])
    expect(m.routes(255)).toContain('broadcast 10.0.0.255/32 src 10.0.0.1')
    m.set('d0', { flags: DOWN })
    expect(m.routes(254)).toEqual([])
    expect(m.addrs('d0')).toEqual(['10.0.0.1/24'])
  })

  test('noprefixroute makes no prefix route; metric goes into it and can be changed', () => {
    const m = machine()
    m.set('d0', { flags: UP })
    m.addr('d0', '10.0.8.1/24', { flags: IFA_F_NOPREFIXROUTE })
    m.addr('d0', '10.0.9.1/24', { metric: 50 })
    const metrics = (): number[] => m.must('route.list', { table: 254 }).map((r) => r.metric)
    expect(metrics()).toEqual([50])
    expect(m.addr('d0', '10.0.9.1/24', { metric: 60 }, 'replace')).toBe(null)
    expect(metrics()).toEqual([60])
  })

  test('change of an address that is not there adds it', () => {
    const m = machine()
    expect(m.addr('d0', '10.0.12.1/24', {}, 'change')).toBe(null)
    expect(m.addrs('d0')).toEqual(['10.0.12.1/24'])
  })
})

describe('deletion', () => {
  test('a primary takes its secondaries with it', () => {
    const m = machine()
    for (const a of ['10.0.0.1/24', '10.0.0.2/24', '10.4.0.1/24', '10.0.0.3/24']) m.addr('d0', a)
    expect(m.delAddr('d0', '10.0.0.1/24')).toBe(null)
    expect(m.addrs('d0')).toEqual(['10.4.0.1/24'])
  })

  test('with promote_secondaries the first secondary takes its place and its routes', () => {
    const m = machine()
    m.write('ipv4/conf/d0/promote_secondaries', '1')
    m.set('d0', { flags: UP })
    for (const a of ['10.0.0.1/24', '10.0.0.2/24', '10.4.0.1/24', '10.0.0.3/24']) m.addr('d0', a)
    m.delAddr('d0', '10.0.0.1/24')
    expect(m.addrs('d0')).toEqual(['10.4.0.1/24', '10.0.0.2/24', '10.0.0.3/24 secondary'])
    expect(m.routes(254)).toEqual(['unicast 10.0.0.0/24 src 10.0.0.2', 'unicast 10.4.0.0/24 src 10.4.0.1'])
    expect(m.routes(255).filter((r) => r.includes('10.0.0.'))).toEqual([
      'local 10.0.0.2/32 src 10.0.0.2',
      'local 10.0.0.3/32 src 10.0.0.2',
      'broadcast 10.0.0.255/32 src 10.0.0.2',
    ])
  })

  test.each([
    ['10.0.0.9/24', {}, 'EADDRNOTAVAIL'],
    ['10.0.0.2/25', {}, 'EADDRNOTAVAIL'],
    ['10.0.0.2', {}, null],
    ['10.0.0.2/24', { label: 'd0:2' }, 'EADDRNOTAVAIL'],
    ['10.0.0.2/24', { label: 'd0' }, null],
    ['10.0.0.2/24', { peer: ip4('10.0.0.99') }, null],
  ])('of %s with %j is answered with %s', (prefix, more, answer) => {
    const m = machine()
    m.addr('d0', '10.0.0.2/24')
    expect(m.delAddr('d0', prefix, more)).toBe(answer)
  })

  test('with the last address every route of the device goes', () => {
    const m = machine()
    m.set('d0', { flags: UP })
    m.addr('d0', '10.0.0.1/24')
    m.must('route.new', { mode: 'add', route: { dst: ip4('10.9.0.0'), len: 24, dev: 'd0', scope: 253, protocol: 3 } })
    m.delAddr('d0', '10.0.0.1/24')
    expect(m.routes(254)).toEqual([])
  })
})

describe('lifetimes', () => {
  test('an address is deprecated after its preferred lifetime and gone after its valid one', () => {
    const m = machine()
    m.addr('d0', '10.0.6.1/24', { validLft: 20, preferredLft: 10 })
    m.run(5)
    expect(m.must('addr.list', {}).find((a) => a.ifindex === 2)?.addr).toMatchObject({ validLft: 15, preferredLft: 5 })
    m.run(6)
    expect(m.link('d0').addrs[0]!.flags & IFA_F_DEPRECATED).toBe(IFA_F_DEPRECATED)
    m.run(10)
    expect(m.addrs('d0')).toEqual([])
    expect(m.routes(255).filter((r) => r.includes('10.0.6.'))).toEqual([])
  })

  test('change to forever keeps it', () => {
    const m = machine()
    m.addr('d0', '10.0.6.1/24', { validLft: 20, preferredLft: 10 })
    m.addr('d0', '10.0.6.1/24', {}, 'change')
    m.run(100)
    expect(m.addrs('d0')).toEqual(['10.0.6.1/24'])
  })
})

describe('the link below', () => {
  test('with an MTU below 68 it has no IPv4; above again it has, with nothing on it', () => {
    const m = machine()
    m.addr('d0', '10.0.0.1/24')
    m.set('d0', { mtu: 67 })
    expect(m.addrs('d0')).toEqual([])
    expect(m.addr('d0', '10.0.0.1/24')).toBe('ENOBUFS')
    expect(m.read('ipv4/conf/d0/rp_filter')).toBe('ENOENT')
    m.set('d0', { mtu: 68 })
    expect(m.addr('d0', '10.0.0.1/24')).toBe(null)
  })

  test('a new name goes into the labels', () => {
    const m = machine()
    m.addr('d0', '10.50.0.1/24')
    m.addr('d0', '10.50.0.2/24')
    m.addr('d0', '10.50.0.3/24', { label: 'd0:9' })
    m.set('d0', { name: 'ren' })
    expect(m.link('ren').addrs.map((a) => a.label)).toEqual(['ren', 'ren:2', 'ren:9'])
  })

  test('lo gets 127.0.0.1/8 again when it comes up without addresses', () => {
    const m = new Machine()
    m.delAddr('lo', '127.0.0.1/8')
    expect(m.addrs('lo')).toEqual([])
    m.set('lo', { flags: DOWN })
    m.set('lo', { flags: UP })
    expect(m.addrs('lo')).toEqual(['127.0.0.1/8'])
  })
})

describe('questions of the packet path', () => {
  const answers = (): Machine => {
    const m = machine()
    m.addr('d0', '10.0.0.1/24')
    m.addr('d0', '10.0.0.2/24')
    m.addr('d0', '10.1.0.1/16')
    m.addr('d0', '169.254.1.1/16', { scope: 253 })
    return m
  }

  test('inet_select_addr prefers the subnet of the destination, never a secondary, and falls back to other devices', () => {
    const m = answers()
    const net = m.kernel.initNet
    const dev = net.byName.get('d0')!
    const select = (dst: string, scope: number): string => formatIp4(inet_select_addr(net, dev, ip4(dst), scope))
    expect(select('10.1.0.9', 0)).toBe('10.1.0.1')
    expect(select('10.0.0.9', 0)).toBe('10.0.0.1')
    expect(select('192.0.2.1', 0)).toBe('10.0.0.1')
    expect(select('192.0.2.1', 253)).toBe('169.254.1.1')
    expect(formatIp4(inet_select_addr(net, net.lo, ip4('192.0.2.1'), 0))).toBe('10.0.0.1')
  })

  test('inet_addr_onlink and inet_confirm_addr', () => {
    const m = answers()
    const net = m.kernel.initNet
    const dev = net.byName.get('d0')!
    expect(inet_addr_onlink(dev, ip4('10.0.0.9'), 0)).toBe(true)
    expect(inet_addr_onlink(dev, ip4('10.0.0.9'), ip4('10.1.0.9'))).toBe(false)
    expect(inet_confirm_addr(net, dev, ip4('10.0.0.9'), ip4('10.0.0.2'), 253)).toBe(ip4('10.0.0.2'))
    expect(inet_confirm_addr(net, dev, ip4('192.0.2.1'), ip4('10.0.0.2'), 253)).toBe(0)
    expect(inet_confirm_addr(net, null, 0, ip4('10.0.0.2'), 253)).toBe(ip4('10.0.0.2'))
  })
})
