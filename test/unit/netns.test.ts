// Namespaces: expectations are what Linux 6.1 answered (see test/kernel/tables/netns.txt).
import { describe, expect, test } from 'vitest'
import { IFF_UP } from '../../src/uapi/link.ts'
import { Machine, UP } from './link_fixture.ts'

function ids(m: Machine): string[] {
  return m.must('netns.list', {}).map((n) => `${n.name}${n.nsid === null ? '' : ` (id: ${n.nsid})`}`)
}

describe('names', () => {
  test('a new namespace has lo, down and without address; the list begins with the newest', () => {
    const m = new Machine()
    for (const name of ['a', 'b', 'c']) m.netns(name)
    expect(ids(m)).toEqual(['c', 'b', 'a'])
    expect(m.at('a').names()).toEqual(['1:lo'])
    expect(m.link('lo')).toMatchObject({ qdisc: 'noop', addrs: [] })
    m.set('lo', { flags: UP })
    expect(m.addrs('lo')).toEqual(['127.0.0.1/8'])
  })

  test.each([
    ['a', 'EEXIST'],
    ['b/c', 'EINVAL'],
    ['..', 'EINVAL'],
    ['', 'EINVAL'],
    ['x'.repeat(256), 'ENAMETOOLONG'],
  ])('adding %j is answered with %s', (name, errno) => {
    const m = new Machine()
    m.netns('a')
    expect(m.ask('netns.add', { name })).toBe(errno)
  })

  test('what is not there cannot be found or deleted', () => {
    const m = new Machine()
    expect(m.ask('netns.del', { name: 'a' })).toBe('ENOENT')
    expect(m.ask('netns.find', { name: 'a' })).toBe('ENOENT')
  })
})

describe('ids', () => {
  test('are given by the first link that reaches another namespace, lowest free number first', () => {
    const m = new Machine()
    for (const name of ['a', 'b', 'c']) m.netns(name)
    expect(m.ask('netns.set', { name: 'c', nsid: 7 })).toBe(null)
    expect(m.ask('netns.set', { name: 'c', nsid: 8 })).toBe('EEXIST: Peer netns already has a nsid assigned')
    expect(m.ask('netns.set', { name: 'b', nsid: 7 })).toBe('EEXIST: The specified nsid is already used')
    m.add('veth', 'v0', { peer: { name: 'v1', netns: m.must('netns.find', { name: 'a' }) } })
    m.add('veth', 'v2', { peer: { name: 'v3', netns: m.must('netns.find', { name: 'b' }) } })
    expect(ids(m)).toEqual(['c (id: 7)', 'b (id: 1)', 'a (id: 0)'])
    m.ask('netns.del', { name: 'a' })
    expect(ids(m)).toEqual(['c (id: 7)', 'b (id: 1)'])
    m.netns('d')
    m.add('veth', 'v6', { peer: { name: 'v7', netns: m.must('netns.find', { name: 'd' }) } })
    expect(ids(m)).toEqual(['d (id: 0)', 'c (id: 7)', 'b (id: 1)'])
  })

  test('a move gives the old namespace an id for the new one', () => {
    const m = new Machine()
    const a = m.netns('a')
    m.add('dummy', 'd0')
    m.set('d0', { netns: a })
    expect(ids(m)).toEqual(['a (id: 0)'])
    m.at('a').add('veth', 'v0', { peer: { name: 'v1', netns: 0 } })
    expect(m.must('netns.ids', {})).toEqual([{ nsid: 0, name: null }])
  })
})

describe('deletion', () => {
  test('takes the devices, and the other ends of its veths', () => {
    const m = new Machine()
    const a = m.netns('a')
    const b = m.netns('b')
    m.add('veth', 'v0', { peer: { name: 'v1', netns: a } })
    m.add('veth', 'v4', { netns: a, peer: { name: 'v5', netns: b } })
    m.at('a').add('veth', 'in0', { peer: { name: 'in1' } })
    const net = m.kernel.net(a)
    expect(m.at(0).ask('netns.del', { name: 'a' })).toBe(null)
    expect(m.names()).toEqual(['1:lo'])
    expect(m.at('b').names()).toEqual(['1:lo'])
    expect(net.dead).toBe(true)
    expect(m.kernel.nets.has(a)).toBe(false)
  })

  test('waits for the last process inside', () => {
    const m = new Machine()
    const b = m.netns('b')
    let busy = true
    m.kernel.upcalls = { wake: () => undefined, netnsBusy: (id) => busy && id === b }
    m.add('veth', 'v0', { peer: { name: 'v1', netns: b } })
    m.ask('netns.del', { name: 'b' })
    expect(m.names()).toEqual(['1:lo', '2:v0'])
    expect(ids(m)).toEqual([])
    busy = false
    m.kernel.putNetns(b)
    expect(m.names()).toEqual(['1:lo'])
  })
})

describe('a thousand namespaces', () => {
  test('are built in a time that does not grow with their number', () => {
    const m = new Machine()
    const build = (from: number, to: number): number => {
      const start = performance.now()
      for (let i = from; i < to; i++) {
        const id = m.at(0).netns(`n${i}`)
        m.add('veth', `h${i}`, { up: true, peer: { name: 'eth0', netns: id } })
        m.at(id).set('eth0', { flags: UP })
        m.addr('eth0', `10.${i >> 8}.${i & 255}.2/24`)
      }
      return performance.now() - start
    }
    build(0, 100)
    const first = build(100, 300)
    build(300, 800)
    const last = build(800, 1000)
    expect(last).toBeLessThan(first * 8 + 200)
    expect(m.kernel.nets.size).toBe(1001)
    expect(m.at(0).link('h999').flags & IFF_UP).toBe(IFF_UP)
  })
})
