// netsim's own promises about links: MACs come from the seed (their bits: IEEE 802, 8.2), and what packets meet (NetDevice) follows the configuration.
import { Host } from 'netsim'
import { expect, test } from 'vitest'
import { allLinks } from '../../src/kernel/core/link_list.ts'

const PAIR = 'ip link add v0 type veth peer name v1'

test('MAC addresses are unicast, locally administered and the same for the same seed', () => {
  const [a, b, c] = [1, 1, 2].map((seed) => new Host('node1', { seed }))
  for (const host of [a!, b!, c!]) host.exec(PAIR)
  const mac = (host: Host, dev: string): number => host.root.link(dev).link.address
  expect(Math.floor(mac(a!, 'v0') / 2 ** 40) & 3).toBe(2)
  expect(mac(a!, 'v0')).toBe(mac(b!, 'v0'))
  expect(mac(a!, 'v0')).not.toBe(mac(c!, 'v0'))
  expect(mac(a!, 'v0')).not.toBe(mac(a!, 'v1'))
})

test('the devices that packets meet are those of the configuration, after each kind of change', () => {
  const host = new Host('node1')
  host.sh('ip netns add a; ip netns add b')
  const check = (): void => {
    const nets = host.current.kernel.nets
    for (const net of nets.values()) {
      expect([...net.byName.keys()].sort()).toEqual(
        allLinks(net.cfg.links)
          .map((l) => l.name)
          .sort(),
      )
      for (const { link } of net.byName.values()) {
        const dev = net.byName.get(link.name)!
        expect(dev.link).toBe(allLinks(net.cfg.links).find((l) => l.ifindex === dev.ifindex))
        const peer =
          link.peer === null
            ? null
            : allLinks(nets.get(link.peer.netns)!.cfg.links).find((l) => l.ifindex === link.peer!.ifindex)
        expect(dev.peer?.link ?? null).toBe(peer)
        expect(dev.running).toBe((link.flags & 1) !== 0 && link.carrier)
        expect(dev.promisc).toBe((link.flags & 0x100) !== 0)
        expect(dev.forwarding).toBe(link.conf.forwarding !== 0)
      }
    }
  }
  const steps = [
    PAIR,
    'ip link set v0 up',
    'ip link set v1 up',
    'ip link set v0 promisc on',
    'sysctl -w net.ipv4.ip_forward=1',
    'ip link set v1 netns a',
    'ip -n a link set v1 up',
    'ip -n a link set v1 down',
    'ip -n a link set v1 name eth0',
    'ip -n a link set eth0 up',
    'ip -n a link set eth0 netns b name d9',
    'ip link set v0 netns b',
    'ip -n b link set v0 down',
    'ip netns del a',
    'ip -n b link del d9',
  ]
  check()
  for (const step of steps) {
    expect(host.exec(step).stderr, step).toBe('')
    check()
  }
})
