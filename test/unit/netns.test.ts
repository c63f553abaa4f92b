// netsim's own promises about namespaces: the kernel forgets those that are gone, and their number costs nothing.
import { Host } from 'netsim'
import { expect, test } from 'vitest'

test('a deleted namespace is dead and no longer one of the kernel’s', () => {
  const host = new Host('node1')
  host.sh('ip netns add a; ip netns add b; ip link add v0 netns a type veth peer name v1 netns b')
  const { kernel } = host.current
  const id = kernel.netnsNames.get('a')!
  const net = kernel.net(id)
  host.exec('ip netns del a')
  expect([net.dead, kernel.nets.has(id), kernel.netnsNames.has('a')]).toEqual([true, false, false])
})

test('a thousand namespaces are built in a time that does not grow with their number', () => {
  const host = new Host('node1')
  const build = (from: number, to: number): number => {
    const start = performance.now()
    for (let i = from; i < to; i++) {
      const ns = host.addNetns(`n${i}`)
      const peer = { name: 'eth0', netns: host.current.kernel.netnsNames.get(`n${i}`)! }
      host.root.request('link.add', { kind: 'veth', name: `h${i}`, up: true, peer })
      ns.up('eth0')
      ns.addAddress('eth0', `10.${i >> 8}.${i & 255}.2/24`)
    }
    return performance.now() - start
  }
  build(0, 100)
  const first = build(100, 300)
  build(300, 800)
  const last = build(800, 1000)
  expect(last).toBeLessThan(first * 8 + 200)
  expect(host.current.kernel.nets.size).toBe(1001)
})
