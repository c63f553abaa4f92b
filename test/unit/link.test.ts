// Links: expectations are what Linux 6.1 answered to the same commands (see test/kernel/tables/link.txt).
import { describe, expect, test } from 'vitest'
import { IFF_ALLMULTI, IFF_BROADCAST, IFF_MULTICAST, IFF_NOARP, IFF_PROMISC, IFF_UP } from '../../src/uapi/link.ts'
import { DOWN, Machine, UP } from './link_fixture.ts'

describe('creation', () => {
  test('lo is up with 127.0.0.1/8 and its local routes on a fresh machine', () => {
    const m = new Machine()
    const lo = m.link('lo')
    expect([lo.ifindex, lo.mtu, lo.qdisc, lo.txqlen]).toEqual([1, 65536, 'noqueue', 1000])
    expect(m.addrs('lo')).toEqual(['127.0.0.1/8'])
    expect(m.routes(255)).toEqual([
      'local 127.0.0.0/8 src 127.0.0.1',
      'local 127.0.0.1/32 src 127.0.0.1',
      'broadcast 127.255.255.255/32 src 127.0.0.1',
    ])
  })

  test('each kind has its own flags, queue length and first qdisc', () => {
    const m = new Machine()
    for (const kind of ['dummy', 'ifb', 'veth'] as const) m.add(kind, null)
    expect(m.names()).toEqual(['1:lo', '2:dummy0', '3:ifb0', '4:veth0@veth1', '5:veth1@veth0'])
    expect(m.link('dummy0')).toMatchObject({ flags: IFF_BROADCAST | IFF_NOARP, txqlen: 1000, qdisc: 'noop', mtu: 1500 })
    expect(m.link('ifb0')).toMatchObject({ flags: IFF_BROADCAST | IFF_NOARP, txqlen: 32 })
    expect(m.link('veth0')).toMatchObject({ flags: IFF_BROADCAST | IFF_MULTICAST, carrier: false })
    for (const dev of ['dummy0', 'ifb0', 'veth0']) m.set(dev, { flags: UP })
    expect(['dummy0', 'ifb0', 'veth0'].map((d) => m.link(d).qdisc)).toEqual(['noqueue', 'pfifo_fast', 'noqueue'])
  })

  test('MAC addresses are unicast, locally administered and the same for the same seed', () => {
    const a = new Machine()
    const b = new Machine()
    for (const m of [a, b]) m.add('veth', 'v0', { peer: { name: 'v1' } })
    const first = Math.floor(a.link('v0').address / 2 ** 40)
    expect(first & 3).toBe(2)
    expect(a.link('v0').address).toBe(b.link('v0').address)
    expect(a.link('v0').address).not.toBe(a.link('v1').address)
  })

  test.each([
    ['dummy0', 'EEXIST'],
    ['.', 'EINVAL'],
    ['..', 'EINVAL'],
    ['a:b', 'EINVAL'],
    ['a b', 'EINVAL'],
    ['x/y', 'EINVAL'],
    ['abcdefghijklmnop', 'EINVAL'],
    ['abcdefghijklmno', null],
    ['v%d', null],
    ['v%s', 'EINVAL'],
    ['v%d%d', 'EINVAL'],
    ['v%', 'EINVAL'],
    ['all', 'EINVAL'],
    ['default', 'EINVAL'],
  ])('the name %j is answered with %s', (name, errno) => {
    const m = new Machine()
    m.add('dummy', null)
    expect(m.add('dummy', name)).toBe(errno)
  })

  test('a pattern takes the lowest free number', () => {
    const m = new Machine()
    for (const name of ['v%d', 'v%d', 'v%d', 'v007']) m.add('dummy', name)
    m.ask('link.del', { dev: 'v1' })
    m.add('dummy', 'v%d')
    expect(m.names()).toEqual(['1:lo', '2:v0', '4:v2', '5:v007', '6:v1'])
  })

  test('a given ifindex is used, and does not move the counter', () => {
    const m = new Machine()
    expect(m.add('dummy', 'd5', { ifindex: 50 })).toBe(null)
    expect(m.add('dummy', 'd6', { ifindex: 50 })).toBe('EEXIST')
    m.add('dummy', 'd6')
    m.add('veth', 'v5', { ifindex: 60, peer: { name: 'v6', ifindex: 61 } })
    m.add('veth', 'v7', { peer: { name: 'v8', ifindex: 60 } })
    expect(m.names()).toEqual(['1:lo', '2:d6', '3:v8@v7', '4:v7@v8', '50:d5', '60:v5@v6', '61:v6@v5'])
  })

  test('a veth that cannot have both ends leaves neither', () => {
    const m = new Machine()
    m.add('dummy', 'd0')
    expect(m.add('veth', 'v7', { peer: { name: 'v7' } })).toBe('EEXIST')
    expect(m.add('veth', 'v7', { peer: { name: 'd0' } })).toBe('EEXIST')
    expect(m.add('veth', 'v7', { peer: { name: 'v8', address: 0x010000000000 } })).toBe('EADDRNOTAVAIL')
    expect(m.names()).toEqual(['1:lo', '2:d0'])
  })

  test('both ends can be made in other namespaces; names are first looked up where the request comes from', () => {
    const m = new Machine()
    const a = m.netns('a')
    m.add('dummy', 'd0')
    expect(m.add('dummy', 'd0', { netns: a })).toBe('EEXIST')
    expect(m.add('veth', 'x0', { netns: a, peer: { name: 'x0' } })).toBe(null)
    expect(m.names()).toEqual(['1:lo', '2:d0', '3:x0'])
    expect(m.at('a').names()).toEqual(['1:lo', '2:x0'])
    expect(m.must('link.get', { dev: 'x0' }).linkNetns).toEqual({ nsid: 0, name: null })
    expect(m.at(0).must('link.get', { dev: 'x0' }).linkNetns).toEqual({ nsid: 0, name: 'a' })
  })

  test.each([
    [{ address: 0x010000000000 }, 'EADDRNOTAVAIL'],
    [{ address: 0 }, 'EADDRNOTAVAIL'],
    [{ mtu: 67 }, 'EINVAL'],
    [{ mtu: 70000 }, 'EINVAL'],
    [{ numTxQueues: 0 }, 'EINVAL: Invalid number of transmit queues'],
    [{ numRxQueues: 5000 }, 'EINVAL: Invalid number of receive queues'],
  ])('a veth with %j is refused', (more, answer) => {
    expect(new Machine().add('veth', 'v0', more)).toBe(answer)
  })
})

describe('changes', () => {
  const machine = (): Machine => {
    const m = new Machine()
    m.add('dummy', 'd0')
    m.add('ifb', 'i0')
    m.add('veth', 'v0', { peer: { name: 'v1' } })
    return m
  }

  test.each([
    ['v0', { mtu: 67 }, 'EINVAL: mtu less than device minimum'],
    ['v0', { mtu: 68 }, null],
    ['v0', { mtu: 65536 }, 'EINVAL: mtu greater than device maximum'],
    ['d0', { mtu: 2147483647 }, null],
    ['lo', { mtu: 0 }, null],
    ['d0', { address: 0x010000000001 }, 'EADDRNOTAVAIL'],
    ['d0', { address: 0 }, 'EADDRNOTAVAIL'],
    ['lo', { address: 0x020000000001 }, null],
    ['i0', { address: 0x020000000001 }, 'EOPNOTSUPP'],
    ['v0', { carrier: false }, 'EOPNOTSUPP'],
    ['d0', { carrier: false }, null],
    ['d0', { alias: 'a'.repeat(255) }, null],
    ['d0', { alias: 'a'.repeat(256) }, 'EINVAL'],
    ['nosuch', { mtu: 1400 }, 'ENODEV'],
  ])('ip link set %s %j is answered with %s', (dev, what, answer) => {
    expect(machine().set(dev, what)).toBe(answer)
  })

  test('a device that is up cannot be renamed, one that is down can', () => {
    const m = machine()
    m.set('d0', { flags: UP })
    expect(m.set('d0', { name: 'd9' })).toBe('EBUSY')
    m.set('d0', { flags: DOWN })
    expect(m.set('d0', { name: 'i0' })).toBe('EEXIST')
    expect(m.set('d0', { name: 'foo%d' })).toBe(null)
    expect(m.names()[1]).toBe('2:foo0')
    expect(m.set('d0', { mtu: 1400 })).toBe('ENODEV')
  })

  test('promiscuity counts users once, and flags that nobody may set stay', () => {
    const m = machine()
    const on = { flags: IFF_PROMISC, mask: IFF_PROMISC }
    m.set('d0', { flags: on })
    m.set('d0', { flags: on })
    expect(m.link('d0').promiscuity).toBe(1)
    expect(m.kernel.initNet.byName.get('d0')?.promisc).toBe(true)
    m.set('d0', { flags: { flags: 0, mask: IFF_PROMISC | IFF_BROADCAST } })
    expect(m.link('d0')).toMatchObject({ promiscuity: 0, flags: IFF_BROADCAST | IFF_NOARP })
  })

  test('a group is set down as one', () => {
    const m = machine()
    for (const dev of ['d0', 'v0']) m.set(dev, { group: 5, flags: UP })
    m.ask('link.set', { dev: '', byGroup: 5, flags: DOWN })
    expect(['d0', 'v0'].map((d) => m.link(d).flags & IFF_UP)).toEqual([0, 0])
    expect(m.ask('link.del', { dev: '', byGroup: 5 })).toBe(null)
    expect(m.names()).toEqual(['1:lo', '3:i0'])
    expect(m.ask('link.del', { dev: '', byGroup: 5 })).toBe('ENODEV')
  })

  test('the carrier of a veth is there while both ends are up', () => {
    const m = machine()
    const carriers = (): boolean[] => ['v0', 'v1'].map((d) => m.link(d).carrier)
    m.set('v0', { flags: UP })
    expect(carriers()).toEqual([false, false])
    m.set('v1', { flags: UP })
    expect(carriers()).toEqual([true, true])
    expect(m.kernel.initNet.byName.get('v0')?.running).toBe(true)
    m.set('v1', { flags: DOWN })
    expect(carriers()).toEqual([false, false])
    expect(m.kernel.initNet.byName.get('v0')?.running).toBe(false)
  })

  test('what is refused changes nothing', () => {
    const m = machine()
    const before = m.kernel.initNet.cfg
    m.set('v0', { mtu: 1400, name: 'd0' })
    expect(m.kernel.initNet.cfg).toBe(before)
  })
})

describe('leaving', () => {
  test('lo cannot be deleted or moved', () => {
    const m = new Machine()
    expect(m.ask('link.del', { dev: 'lo' })).toBe('EOPNOTSUPP')
    expect(m.set('lo', { netns: m.netns('a') })).toBe('EINVAL')
  })

  test('one end of a veth takes the other with it, wherever that is', () => {
    const m = new Machine()
    m.add('veth', 'v0', { peer: { name: 'v1', netns: m.netns('a') } })
    m.at('a').set('v1', { flags: UP })
    expect(m.ask('link.del', { dev: 'v1' })).toBe(null)
    expect(m.at(0).names()).toEqual(['1:lo'])
    expect(m.kernel.initNet.byName.size).toBe(1)
  })

  test('a move keeps the index when it is free, and leaves flags, addresses and routes behind', () => {
    const m = new Machine()
    const a = m.netns('a')
    m.add('veth', 'v0', { peer: { name: 'v1' } })
    m.set('v1', { flags: { flags: IFF_UP | IFF_PROMISC | IFF_ALLMULTI, mask: IFF_UP | IFF_PROMISC | IFF_ALLMULTI } })
    m.set('v0', { flags: UP })
    m.set('v1', { group: 5, alias: 'foo', mtu: 1400, txqlen: 77 })
    m.addr('v1', '10.0.0.1/24')
    expect(m.set('v1', { netns: a })).toBe(null)
    expect(m.routes(254)).toEqual([])
    expect(m.link('v0')).toMatchObject({ carrier: false, peer: { netns: a, ifindex: 2 } })
    const moved = m.at('a').link('v1')
    expect(moved).toMatchObject({ ifindex: 2, qdisc: 'noop', addrs: [], group: 5, alias: 'foo', mtu: 1400, txqlen: 77 })
    expect(moved.flags).toBe(IFF_BROADCAST | IFF_MULTICAST | IFF_PROMISC | IFF_ALLMULTI)
    m.set('v1', { flags: UP })
    expect(m.at(0).link('v0').carrier).toBe(true)
    expect(m.kernel.initNet.byName.get('v0')?.peer).toBe(m.kernel.net(a).byName.get('v1'))
  })

  test('a move to where the index or the name is taken', () => {
    const m = new Machine()
    const a = m.netns('a')
    m.add('dummy', 'd0')
    m.at('a').add('dummy', 'd0')
    expect(m.at(0).set('d0', { netns: a })).toBe('EEXIST')
    expect(m.set('d0', { netns: a, name: 'd9' })).toBe(null)
    expect(m.at('a').names()).toEqual(['1:lo', '2:d0', '3:d9'])
    expect([...m.kernel.net(a).byName.keys()].sort()).toEqual(['d0', 'd9', 'lo'])
    expect(m.kernel.net(a).byName.get('d0')?.ifindex).toBe(2)
    expect(m.at(0).names()).toEqual(['1:lo'])
  })

  test('ip monitor hears each step once', () => {
    const m = new Machine()
    m.listen((n) =>
      n.kind === 'link'
        ? `${n.deleted ? 'Deleted ' : ''}${n.info.link.name} ${n.info.link.flags & IFF_UP ? 'up' : 'down'} ${n.info.link.qdisc}`
        : null,
    )
    m.add('dummy', 'q0')
    m.set('q0', { flags: UP })
    m.set('q0', { alias: 'xx' })
    m.set('q0', { group: 4 })
    m.ask('link.del', { dev: 'q0' })
    expect(m.heard).toEqual([
      'q0 down noop',
      'q0 up noqueue',
      'q0 up noqueue',
      'q0 up noqueue',
      'q0 down noqueue',
      'Deleted q0 down noop',
    ])
  })
})
