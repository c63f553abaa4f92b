// The chapter "pod连接主机" (connecting a pod to its host), step by step: the outcome is the one that Linux gave (read from the
// recordings story-pod-to-host and chapter-*), the way of the packets what its devices carried (story-way), the drops what its kernel
// reported (story-drops); the form in which the trace says it is netsim's own promise.
import { Host, type Trace } from 'netsim'
import { beforeEach, describe, expect, test } from 'vitest'
import { droppedByLinux, droppedIn, pinged, recorded } from '../kernel/story.ts'

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

const step = (title: string): string => recorded('scenarios/story-pod-to-host', title)
const without = (what: string): string => recorded(`scenarios/chapter-${what}`, 'pod to host')

const carried = (title: string): string => recorded('scenarios/story-way', title)
/** Questions and answers of ARP on the pod's link. */
function questions(title: string): { readonly asked: number; readonly told: number } {
  const [, asked, told] = /^who-has (\d+) is-at (\d+)$/m.exec(carried(title))!
  return { asked: Number(asked), told: Number(told) }
}
const LINKS = [
  ['ns1 ns1-eth0', 'host veth-ns1'],
  ['host ens3', 'gw lan0'],
] as const
/** Where the echo request came from one namespace, by the links that carried it. */
function way(title: string, from: string): readonly string[] {
  const out = [from]
  for (const ends of LINKS) {
    if (!ends.every((e) => new RegExp(`^${e.split(' ')[1]} request [1-9]`, 'm').test(carried(title)))) continue
    const here = ends.findIndex((e) => e.split(' ')[0] === out.at(-1)!.split(' ')[0])
    if (here >= 0) out.push(ends[1 - here]!)
  }
  return out
}

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
    const linux = step('a new namespace')
    const ns2 = host.addNetns('ns2')
    expect(`${ns2.links().map((l) => l.link.name)}\n`).toBe(linux.slice(0, linux.indexOf('\n') + 1))
    expect(ns2.ping('127.0.0.1')).toMatchObject(pinged(linux))
  })

  test('the pair knows its other end by number, and the carrier follows the other end', () => {
    const state = (): string => host.exec("ip -br link show veth-ns1 | awk '{print $2}'").stdout
    const up = state()
    pod().down('ns1-eth0')
    const down = state() + host.exec('cat /sys/class/net/veth-ns1/operstate').stdout
    expect(up + down).toBe(step('the pair'))
  })

  test('1. without a route no packet is made', () => {
    const r = pod().ping('192.168.6.160')
    expect(r).toMatchObject(pinged(step('no route')))
    expect(r.trace.verdict).toBe('refused')
    expect(r.trace.events.map((e) => e.kind)).toEqual(['error'])
  })

  test('2. with a gateway that nobody has, ARP asks and gives up', () => {
    host.exec(POD_ROUTE)
    const r = pod().ping('192.168.6.160')
    // The pod's lo is down, so the kernel's own "host unreachable" cannot come home; ping stays silent.
    expect(r).toMatchObject(pinged(step('a gateway that nobody has')))
    expect(r.trace.verdict).toBe('dropped')
    expect(droppedIn(r.trace)).toEqual(droppedByLinux('pod to host, a gateway that nobody has'))
    expect(r.trace.drops[0]).toMatchObject({ detail: { kind: 'neigh' } })
    expect(places(r.trace)).toEqual(way('a gateway that nobody has', 'ns1'))
    const { asked, told } = questions('a gateway that nobody has')
    expect(arp(r.trace).filter((a) => a === 'solicited')).toHaveLength(asked)
    expect(arp(r.trace).filter((a) => a === 'ignored')).toHaveLength(asked - told)
    expect(step('a gateway that nobody has')).toContain(`\n${host.exec('ip -n ns1 neigh').stdout}`)
    pod().up('lo')
    expect(pod().ping('192.168.6.160')).toMatchObject(pinged(step('the same with lo up')))
  })

  test('3. proxy_arp answers for the gateway; the echo reply goes to the default gateway and ends there', () => {
    host.exec(POD_ROUTE)
    host.exec(PROXY_ARP)
    const r = pod().ping('192.168.6.160', { timeout: 2 })
    expect(r).toMatchObject(pinged(step('proxy_arp')))
    expect(arp(r.trace).filter((a) => a === 'proxied')).toHaveLength(questions('proxy_arp').told)
    expect(places(r.trace)).toEqual(way('proxy_arp', 'ns1'))
    expect(r.trace.verdict).toBe('dropped')
    expect(droppedIn(r.trace)).toEqual(droppedByLinux('pod to host without way-back'))
    const [mac] = host.exec('cat /sys/class/net/veth-ns1/address').stdout.split('\n')
    expect(step('proxy_arp')).toContain("the host's own MAC")
    expect(host.exec('ip -n ns1 neigh').stdout).toContain(` lladdr ${mac} `)
  })

  test('4. with a direct route to the pod both sides reach each other', () => {
    for (const line of [POD_ROUTE, PROXY_ARP, WAY_BACK]) host.exec(line)
    const there = pod().ping('192.168.6.160', { count: 5 })
    expect(there).toMatchObject(pinged(step('pod to host')))
    expect(there.trace.verdict).toBe('answered')
    expect(places(there.trace)).toEqual(way('pod to host', 'ns1'))
    const back = host.root.ping('172.20.1.10', { count: 5 })
    expect(back).toMatchObject(pinged(step('host to pod')))
    expect(places(back.trace)).toEqual(way('host to pod', 'host'))
  })

  test('the first answer of a proxy waits at most proxy_delay, the next does not', () => {
    for (const line of [POD_ROUTE, PROXY_ARP, WAY_BACK]) host.exec(line)
    const [first, second] = pod().ping('192.168.6.160', { count: 2 }).replies
    const most = Number.parseInt(step('proxy_arp'), 10) * 10
    expect(first!.time).toBeLessThan(most + 0.1)
    expect(second!.time).toBeLessThan(1)
  })

  test('outside, nobody knows the pod: the gateway drops its packet without an answer', () => {
    for (const line of [POD_ROUTE, PROXY_ARP, WAY_BACK]) host.exec(line)
    const r = pod().ping('192.168.6.1', { timeout: 1 })
    expect(r).toMatchObject(pinged(step('outside')))
    const passed = way('outside', 'ns1')
    expect(places(r.trace)).toEqual(passed)
    expect(r.trace.events.filter((e) => e.kind === 'forward')).toHaveLength(passed.length - 2)
    // The gateway takes the packet; its answer to 172.20.1.10 has no route.
    expect(r.trace.verdict).toBe('refused')
    const errnos = r.trace.events.flatMap((e) => (e.kind === 'error' ? [e.errno] : []))
    const strerror = recorded('scenarios/request-errnos', 'ip route get 9.9.9.9')
    const words = /[^:]*$/.exec(carried("the gateway's way to the pod").trim())![0].trim()
    expect(errnos.map((e) => strerror.includes(`\n${e} ${words}\n`))).toEqual([true])
  })
})

describe('what the chapter takes for granted', () => {
  const hostWithout = (missing: string): Host => {
    host = new Host('host')
    for (const line of [HOST, HOST_ROUTE, FORWARDING, POD, POD_ROUTE, PROXY_ARP, WAY_BACK])
      if (line !== missing) host.exec(line)
    return host
  }
  const reasons = (t: Trace): string =>
    t.events.flatMap((e) => (e.kind === 'arp' && e.action === 'ignored' ? [e.reason] : [])).join()

  test.each([
    ['default-route', HOST_ROUTE, 'route', 'the proxy has no way to what it would stand for'],
    ['forwarding', FORWARDING, 'forward', 'the proxy does not answer'],
    ['proxy-arp', PROXY_ARP, 'proxy_arp', 'nobody has the gateway’s address'],
  ])('without %s', (name, missing, word, _why) => {
    const r = hostWithout(missing).netns('ns1').ping('192.168.6.160')
    expect(r).toMatchObject(pinged(without(name)))
    expect(without(name)).toContain('FAILED')
    expect(droppedIn(r.trace)).toEqual(droppedByLinux(`pod to host without ${name}`))
    expect(reasons(r.trace)).toContain(word)
  })

  test('without the pod’s default route nothing leaves the pod', () => {
    const r = hostWithout(POD_ROUTE).netns('ns1').ping('192.168.6.160')
    expect(r).toMatchObject(pinged(step("without the pod's default route")))
  })

  test('without the gateway namespace the NIC has no carrier, but pod and host still reach each other', () => {
    host = new Host('host')
    host.exec('ip link add ens3 type veth peer name lan0; ip addr add 192.168.6.160/24 dev ens3; ip link set ens3 up')
    for (const line of [HOST_ROUTE, FORWARDING, POD, POD_ROUTE, PROXY_ARP, WAY_BACK]) host.exec(line)
    expect(host.exec("ip -br link show ens3 | awk '{print $2}'").stdout).toBe(
      step('a NIC whose other end is down').replace(/\n+$/, '\n'),
    )
    const r = pod().ping('192.168.6.160')
    expect(r).toMatchObject(pinged(without('gateway')))
    expect(r.trace.verdict).toBe('answered')
  })
})
