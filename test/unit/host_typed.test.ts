// netsim's own promise: typed methods build the requests that the commands build: two machines configured in either way show the same.
import type { Host, Netns } from 'netsim'
import { expect, test } from 'vitest'
import { dump, pair } from './host_fixture.ts'

type Case = readonly [command: string, typed: (n: Netns) => void]

const MAC = '02:00:00:00:00:aa'

const CASES: readonly Case[] = [
  ['ip link add d0 type dummy', (n) => n.addLink({ kind: 'dummy', name: 'd0' })],
  ['ip link add type dummy', (n) => n.addLink({ kind: 'dummy' })],
  ['ip link add i0 type ifb', (n) => n.addLink({ kind: 'ifb', name: 'i0' })],
  [
    `ip link add d1 address ${MAC} mtu 1400 txqueuelen 50 type dummy`,
    (n) => n.addLink({ kind: 'dummy', name: 'd1', address: MAC, mtu: 1400, txqueuelen: 50 }),
  ],
  ['ip link add w0 type veth peer name w1', (n) => n.addLink({ kind: 'veth', name: 'w0', peer: { name: 'w1' } })],
  [
    `ip link add x0 type veth peer name x1 address ${MAC} mtu 1300 netns ns1`,
    (n) => n.addLink({ kind: 'veth', name: 'x0', peer: { name: 'x1', address: MAC, mtu: 1300, netns: 'ns1' } }),
  ],
  ['ip link set v0 up', (n) => n.up('v0')],
  ['ip link set v0 down', (n) => n.down('v0')],
  [
    `ip link set v0 mtu 1400 address ${MAC} txqueuelen 7 alias hello promisc on`,
    (n) => n.setLink('v0', { mtu: 1400, address: MAC, txqueuelen: 7, alias: 'hello', promisc: true }),
  ],
  ['ip link set v0 arp off multicast off', (n) => n.setLink('v0', { arp: false, multicast: false })],
  [
    'ip link set v0 down; ip link set v0 name eth9',
    (n) => {
      n.down('v0')
      n.setLink('v0', { name: 'eth9' })
    },
  ],
  ['ip link set v0 netns ns1', (n) => n.setLink('v0', { netns: 'ns1' })],
  ['ip link del v0', (n) => n.deleteLink('v0')],
  ['ip addr add 10.7.0.1/24 dev v0', (n) => n.addAddress('v0', '10.7.0.1/24')],
  [
    'ip addr add 10.7.0.1/24 broadcast + dev v0 label v0:x',
    (n) => n.addAddress('v0', '10.7.0.1/24', { broadcast: '+', label: 'v0:x' }),
  ],
  ['ip addr add 10.7.0.1 peer 10.7.0.2/24 dev v0', (n) => n.addAddress('v0', '10.7.0.1', { peer: '10.7.0.2/24' })],
  [
    'ip addr add 10.7.0.1/24 dev v0 scope link metric 70',
    (n) => n.addAddress('v0', '10.7.0.1/24', { scope: 253, metric: 70 }),
  ],
  ['ip addr add 127.0.0.9/32 dev lo', (n) => n.addAddress('lo', '127.0.0.9/32')],
  ['ip addr del 10.0.0.1/24 dev v0', (n) => n.deleteAddress('v0', '10.0.0.1/24')],
  ['ip route add 10.9.0.0/16 via 10.0.0.2', (n) => n.addRoute({ dst: '10.9.0.0/16', via: '10.0.0.2' })],
  ['ip route add default dev v0', (n) => n.addRoute({ dst: 'default', dev: 'v0' })],
  [
    'ip route add 10.9.0.0/16 via 10.0.0.2 dev v0 metric 5 src 10.0.0.1 mtu 1400 table 77',
    (n) =>
      n.addRoute({
        dst: '10.9.0.0/16',
        via: '10.0.0.2',
        dev: 'v0',
        metric: 5,
        src: '10.0.0.1',
        metrics: { mtu: 1400 },
        table: 77,
      }),
  ],
  [
    'ip route add default via 169.254.1.1 dev v0 onlink',
    (n) => n.addRoute({ dst: 'default', via: '169.254.1.1', dev: 'v0', onlink: true }),
  ],
  ['ip route add blackhole 10.9.0.0/16', (n) => n.addRoute({ dst: '10.9.0.0/16', type: 'blackhole' })],
  ['ip route add unreachable 10.9.0.0/16', (n) => n.addRoute({ dst: '10.9.0.0/16', type: 'unreachable' })],
  ['ip route add prohibit default', (n) => n.addRoute({ dst: 'default', type: 'prohibit' })],
  ['ip route add throw 10.9.0.0/16', (n) => n.addRoute({ dst: '10.9.0.0/16', type: 'throw' })],
  ['ip route add local 10.9.0.0/16 dev lo', (n) => n.addRoute({ dst: '10.9.0.0/16', type: 'local', dev: 'lo' })],
  [
    'ip route add 10.9.0.0/16 nexthop via 10.0.0.2 weight 2 nexthop via 10.0.0.3 dev v0',
    (n) =>
      n.addRoute({
        dst: '10.9.0.0/16',
        nexthops: [
          { via: '10.0.0.2', weight: 2 },
          { via: '10.0.0.3', dev: 'v0' },
        ],
      }),
  ],
  [
    'ip route add 10.9.0.0/16 via 10.0.0.2; ip route replace 10.9.0.0/16 via 10.0.0.3',
    (n) => {
      n.addRoute({ dst: '10.9.0.0/16', via: '10.0.0.2' })
      n.replaceRoute({ dst: '10.9.0.0/16', via: '10.0.0.3' })
    },
  ],
  ['ip route del 10.0.0.0/24', (n) => n.deleteRoute({ dst: '10.0.0.0/24' })],
  ['ip route del 10.0.0.0/24 dev v0', (n) => n.deleteRoute({ dst: '10.0.0.0/24', dev: 'v0' })],
  ['ip rule add from 10.0.0.0/8 lookup 77', (n) => n.addRule({ from: '10.0.0.0/8', lookup: 77 })],
  [
    'ip rule add pref 100 from 10.0.0.0/8 to 10.1.0.0/16 iif v0 fwmark 0x1/0xff ipproto tcp dport 80-90 lookup 77',
    (n) =>
      n.addRule({
        pref: 100,
        from: '10.0.0.0/8',
        to: '10.1.0.0/16',
        iif: 'v0',
        fwmark: 1,
        fwmask: 255,
        ipproto: 6,
        dport: [80, 90],
        lookup: 77,
      }),
  ],
  [
    'ip rule add pref 100 not to 10.1.0.0/16 prohibit',
    (n) => n.addRule({ pref: 100, not: true, to: '10.1.0.0/16', action: 'prohibit' }),
  ],
  ['ip rule add pref 100 goto 32767', (n) => n.addRule({ pref: 100, goto: 32767 })],
  [
    'ip rule add pref 100 lookup main suppress_prefixlength 0',
    (n) => n.addRule({ pref: 100, lookup: 'main', suppressPrefixlength: 0 }),
  ],
  ['ip rule add pref 100 uidrange 0-99 lookup 5', (n) => n.addRule({ pref: 100, uidrange: [0, 99], lookup: 5 })],
  ['ip rule del pref 32767', (n) => n.deleteRule({ pref: 32767, lookup: 'default' })],
  [`ip neigh add 10.0.0.9 lladdr ${MAC} dev v0`, (n) => n.addNeighbour('v0', '10.0.0.9', { lladdr: MAC })],
  [
    `ip neigh add 10.0.0.9 lladdr ${MAC} nud stale dev v0`,
    (n) => n.addNeighbour('v0', '10.0.0.9', { lladdr: MAC, nud: 'stale' }),
  ],
  ['ip neigh add proxy 10.0.0.9 dev v0', (n) => n.addNeighbour('v0', '10.0.0.9', { proxy: true })],
  [
    `ip neigh replace 10.0.0.9 lladdr ${MAC} dev v0; ip neigh del 10.0.0.9 dev v0`,
    (n) => {
      n.addNeighbour('v0', '10.0.0.9', { lladdr: MAC, replace: true })
      n.deleteNeighbour('v0', '10.0.0.9')
    },
  ],
  ['sysctl -qw net.ipv4.ip_forward=1', (n) => n.setSysctl('net.ipv4.ip_forward', 1)],
  ['sysctl -qw net/ipv4/conf/v0/rp_filter=2', (n) => n.setSysctl('net/ipv4/conf/v0/rp_filter', 2)],
]

const SYSCTLS = [
  'net.ipv4.ip_forward',
  'net.ipv4.conf.v0.rp_filter',
  'net.ipv4.conf.v0.forwarding',
  'net.ipv4.conf.all.rp_filter',
]

/** Running a command draws random numbers, so a MAC that nobody chose may differ. */
function shown(host: Host): string {
  return dump(host).replace(/([0-9a-f]{2}:){5}[0-9a-f]{2}/g, (m) => (m === MAC || m.startsWith('ff:') ? m : 'MAC'))
}

test.each(CASES)('%s', (command, typed) => {
  const [one, two] = [pair(), pair()]
  expect(one.sh(command)).toMatchObject({ output: '', exitCode: 0 })
  typed(two.root)
  expect(shown(two)).toBe(shown(one))
  for (const name of SYSCTLS) expect(value(two, name)).toBe(value(one, name))
})

function value(host: Host, name: string): string {
  try {
    return host.root.sysctl(name)
  } catch (e) {
    return String(e)
  }
}

test('what the methods list is what the commands print', () => {
  const host = pair()
  host.root.ping('10.0.0.2')
  const lines = (command: string): readonly string[] => host.exec(command).stdout.trim().split('\n')
  expect(host.root.links().map((l) => l.link.name)).toEqual(lines('ip -br link').map((l) => /^[^@ ]+/.exec(l)![0]))
  expect(host.root.addresses().length).toBe(lines('ip -o -4 addr').length)
  expect(host.root.routes().length).toBe(lines('ip route').length)
  expect(host.root.routes('local').length).toBe(lines('ip route show table local').length)
  expect(host.root.rules().length).toBe(lines('ip rule').length)
  expect(host.root.neighbours().length).toBe(lines('ip neigh').length)
  expect(host.root.sysctl('net.ipv4.ip_forward')).toBe(host.exec('cat /proc/sys/net/ipv4/ip_forward').stdout.trim())
})

test('a refused request changes nothing, as a refused command does', () => {
  const host = pair()
  const before = dump(host)
  for (const name of ['v0', 'y0']) {
    const words = host.sh(`ip link add y0 type veth peer name ${name}`).output.trim().replace('RTNETLINK answers: ', '')
    expect(words).not.toBe('')
    expect(() => host.root.addLink({ kind: 'veth', name: 'y0', peer: { name } })).toThrow(words)
  }
  expect(dump(host)).toBe(before)
})
