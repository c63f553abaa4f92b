// The chapter "pod连接主机" (connecting a pod to its host), step by step: at each the outcome that Linux gives, and what the
// trace says about it. What the tools print is held against Linux by test/kernel (scenarios chapter-*, examples/pod-to-host.sh).
import { Host, type Trace } from 'netsim'
import { beforeEach, describe, expect, test } from 'vitest'

const HOST = `ip netns add gw
ip link add ens3 type veth peer name lan0 netns gw
ip addr add 192.168.6.160/24 dev ens3; ip link set ens3 up
ip -n gw addr add 192.168.6.1/24 dev lan0; ip -n gw link set lan0 up`

const POD = `ip netns add ns1
ip link add ns1-eth0 type veth peer name veth-ns1
ip link set ns1-eth0 netns ns1; ip link set veth-ns1 up
ip netns exec ns1 ip addr add 172.20.1.10/24 dev ns1-eth0
ip netns exec ns1 ip link set ns1-eth0 up`

const POD_ROUTE = 'ip netns exec ns1 ip route add default via 172.20.1.1 dev ns1-eth0'
const HOST_ROUTE = 'ip route add default via 192.168.6.1'
const FORWARDING = 'echo 1 > /proc/sys/net/ipv4/ip_forward'
const PROXY_ARP = 'echo 1 > /proc/sys/net/ipv4/conf/veth-ns1/proxy_arp'
const WAY_BACK = 'ip route add 172.20.1.10 dev veth-ns1'

let host: Host
const pod = (): ReturnType<Host['netns']> => host.netns('ns1')
const places = (t: Trace): readonly string[] =>
  t.path.map((p) => (p.device === '' ? p.netns : `${p.netns} ${p.device}`))
const arp = (t: Trace): readonly string[] => t.events.flatMap((e) => (e.kind === 'arp' ? [e.action] : []))

beforeEach(() => {
  host = new Host('host')
  host.exec(HOST)
  host.exec(HOST_ROUTE)
  host.exec(FORWARDING)
  host.exec(POD)
})

describe('the chapter', () => {
  test('a new namespace has a lo that is down and nothing else', () => {
    const ns2 = host.addNetns('ns2')
    expect(ns2.links().map((l) => l.link.name)).toEqual(['lo'])
    expect(ns2.ping('127.0.0.1').error).toBe('connect: Network is unreachable')
  })

  test('the pair knows its other end by number, and the carrier follows the other end', () => {
    expect(host.exec('ip -br link show veth-ns1').stdout).toMatch(/^veth-ns1@if\d+ +UP /)
    pod().down('ns1-eth0')
    expect(host.exec('ip -br link show veth-ns1').stdout).toMatch(/^veth-ns1@if\d+ +LOWERLAYERDOWN /)
    expect(host.exec('cat /sys/class/net/veth-ns1/operstate').stdout).toBe('lowerlayerdown\n')
  })

  test('1. without a route no packet is made', () => {
    const r = pod().ping('192.168.6.160')
    expect(r).toMatchObject({ sent: 0, exitCode: 2, error: 'connect: Network is unreachable' })
    expect(r.trace.verdict).toBe('refused')
    expect(r.trace.events.map((e) => e.kind)).toEqual(['error'])
  })

  test('2. with a gateway that nobody has, ARP asks three times and gives up', () => {
    host.exec(POD_ROUTE)
    const r = pod().ping('192.168.6.160')
    // The pod's lo is down, so the kernel's own "host unreachable" cannot come home; ping stays silent.
    expect(r).toMatchObject({ sent: 1, received: 0, exitCode: 1, errors: [] })
    expect(r.trace.verdict).toBe('dropped')
    expect(r.trace.drops[0]).toMatchObject({ reason: 'NEIGH_FAILED', detail: { kind: 'neigh' } })
    expect(places(r.trace)).toEqual(['ns1'])
    expect(arp(r.trace).filter((a) => a === 'solicited')).toHaveLength(3)
    expect(arp(r.trace).filter((a) => a === 'ignored')).toHaveLength(3)
    expect(host.exec('ip -n ns1 neigh').stdout).toBe('172.20.1.1 dev ns1-eth0 FAILED \n')
    expect(host.now).toBeGreaterThan(3e9)
    pod().up('lo')
    const loud = [{ from: '172.20.1.10', seq: 1, message: 'Destination Host Unreachable' }]
    expect(pod().ping('192.168.6.160').errors).toEqual(loud)
  })

  test('3. proxy_arp answers for the gateway; the echo reply goes to the default gateway and ends there', () => {
    host.exec(POD_ROUTE)
    host.exec(PROXY_ARP)
    const r = pod().ping('192.168.6.160', { timeout: 2 })
    expect(r).toMatchObject({ sent: 1, received: 0, exitCode: 1, errors: [] })
    expect(arp(r.trace)).toContain('proxied')
    expect(places(r.trace)).toEqual(['ns1', 'host veth-ns1'])
    expect(r.trace.verdict).toBe('dropped')
    expect(r.trace.drops[0]).toMatchObject({ fn: 'ip_error', reason: 'IP_INADDRERRORS' })
    expect(r.trace.printers.netns(r.trace.drops[0]!.netns)).toBe('gw')
    const [mac] = host.exec('cat /sys/class/net/veth-ns1/address').stdout.split('\n')
    expect(host.exec('ip -n ns1 neigh').stdout).toContain(`172.20.1.1 dev ns1-eth0 lladdr ${mac} `)
  })

  test('4. with a direct route to the pod both sides reach each other', () => {
    for (const step of [POD_ROUTE, PROXY_ARP, WAY_BACK]) host.exec(step)
    const there = pod().ping('192.168.6.160', { count: 5 })
    expect(there).toMatchObject({ sent: 5, received: 5, exitCode: 0 })
    expect(there.trace.verdict).toBe('answered')
    expect(places(there.trace)).toEqual(['ns1', 'host veth-ns1'])
    expect(there.replies.every((x) => x.ttl === 64 && x.from === '192.168.6.160')).toBe(true)
    const back = host.root.ping('172.20.1.10', { count: 5 })
    expect(back).toMatchObject({ sent: 5, received: 5, exitCode: 0 })
    expect(places(back.trace)).toEqual(['host', 'ns1 ns1-eth0'])
  })

  test('the first answer of a proxy may take up to 0.8 s, the next none', () => {
    for (const step of [POD_ROUTE, PROXY_ARP, WAY_BACK]) host.exec(step)
    const [first, second] = pod().ping('192.168.6.160', { count: 2 }).replies
    expect(first!.time).toBeLessThan(800.1)
    expect(second!.time).toBeLessThan(1)
  })

  test('outside, nobody knows the pod: the gateway drops its packet without an answer', () => {
    for (const step of [POD_ROUTE, PROXY_ARP, WAY_BACK]) host.exec(step)
    const r = pod().ping('192.168.6.1', { timeout: 1 })
    expect(r.received).toBe(0)
    expect(places(r.trace)).toEqual(['ns1', 'host veth-ns1', 'gw lan0'])
    expect(r.trace.events.filter((e) => e.kind === 'forward')).toHaveLength(1)
    // The gateway takes the packet; its answer to 172.20.1.10 has no route.
    expect(r.trace.verdict).toBe('refused')
    expect(r.trace.events.some((e) => e.kind === 'error' && e.errno === 'ENETUNREACH')).toBe(true)
  })
})

describe('what the chapter takes for granted', () => {
  const without = (missing: string): Host => {
    host = new Host('host')
    for (const step of [HOST, HOST_ROUTE, FORWARDING, POD, POD_ROUTE, PROXY_ARP, WAY_BACK])
      if (step !== missing) host.exec(step)
    return host
  }
  const reasons = (t: Trace): ReadonlySet<string> =>
    new Set(t.events.flatMap((e) => (e.kind === 'arp' && e.action === 'ignored' ? [e.reason] : [])))

  test('without a default route on the host the proxy does not answer: it has no way to what it would stand for', () => {
    const r = without(HOST_ROUTE).netns('ns1').ping('192.168.6.160')
    expect(r.received).toBe(0)
    expect(r.trace.drops[0]?.reason).toBe('NEIGH_FAILED')
    expect([...reasons(r.trace)].join()).toMatch(/route/)
  })

  test('without ip_forward the proxy does not answer', () => {
    const r = without(FORWARDING).netns('ns1').ping('192.168.6.160')
    expect(r.received).toBe(0)
    expect(r.trace.drops[0]?.reason).toBe('NEIGH_FAILED')
    expect([...reasons(r.trace)].join()).toMatch(/forward/)
  })

  test('without proxy_arp nobody has the gateway’s address', () => {
    const r = without(PROXY_ARP).netns('ns1').ping('192.168.6.160')
    expect(r.trace.drops[0]?.reason).toBe('NEIGH_FAILED')
    expect([...reasons(r.trace)].join()).toMatch(/proxy_arp/)
  })

  test('without the pod’s default route nothing leaves the pod', () => {
    expect(without(POD_ROUTE).netns('ns1').ping('192.168.6.160').error).toBe('connect: Network is unreachable')
  })

  test('without the gateway namespace the NIC has no carrier, but pod and host still reach each other', () => {
    host = new Host('host')
    host.exec('ip link add ens3 type veth peer name lan0; ip addr add 192.168.6.160/24 dev ens3; ip link set ens3 up')
    for (const step of [HOST_ROUTE, FORWARDING, POD, POD_ROUTE, PROXY_ARP, WAY_BACK]) host.exec(step)
    expect(host.exec('ip -br link show ens3').stdout).toMatch(/LOWERLAYERDOWN/)
    const r = pod().ping('192.168.6.160')
    expect([r.received, r.trace.verdict]).toEqual([1, 'answered'])
  })
})
