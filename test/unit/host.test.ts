// netsim's own promises: the shape of the API, commands, scripts, packets followed to their end, what is refused. What Linux decides is
// recorded: answers in scenarios/api-pair, errno and words in scenarios/request-errnos, drop reasons in recordings/drops.json.

import { readFileSync } from 'node:fs'
import { ArgumentError, CommandError, decodeFrame, encodePacket, Host, NetsimError, RequestError } from 'netsim'
import { describe, expect, test } from 'vitest'
import { readRecording } from '../kernel/cases.ts'
import type { DropRecording } from '../kernel/drops_record.ts'
import { pinged, recorded } from '../kernel/story.ts'
import { chainScript, pair } from './host_fixture.ts'

const drops = JSON.parse(
  readFileSync(new URL('../kernel/recordings/drops.json', import.meta.url), 'utf8'),
) as DropRecording
/** Why the kernel dropped a frame of drop_frames.ts. */
const recordedDrop = (name: string): { readonly fn: string; readonly reason: string } => drops.answers[name]!.drops[0]!

/** What Linux answered on the same machines. */
const linux = (title: string): ReturnType<typeof pinged> => pinged(recorded('scenarios/api-pair', title))

/** Arguments that TypeScript would refuse and JavaScript does not. */
const untyped = (x: unknown): never => x as never

describe('commands', () => {
  test('exec gives what was printed, and throws CommandError with the tool’s own words and code', () => {
    const host = new Host('node1')
    expect(host.exec('ip netns add ns1')).toEqual({ stdout: '', stderr: '', output: '', exitCode: 0 })
    const again = (): unknown => host.exec('ip netns add ns1')
    expect(again).toThrow(CommandError)
    const { stderr, exitCode } = host.sh('ip netns add ns1')
    expect(again).toThrow(stderr.trim())
    try {
      again()
    } catch (e) {
      expect(e).toMatchObject({ code: 'COMMAND', exitCode, stderr })
    }
  })

  test('sh runs a whole script and never throws for its exit code', () => {
    const host = new Host('node1')
    const r = host.sh('echo one; echo two >&2; echo "$0 $1" ; cat; exit 3', { args: ['a'], name: 'me', stdin: 'in\n' })
    expect(r).toEqual({ stdout: 'one\nme a\nin\n', stderr: 'two\n', output: 'one\ntwo\nme a\nin\n', exitCode: 3 })
  })

  test('a namespace’s commands run in it', () => {
    const host = pair()
    expect(host.netns('ns1').exec('ip -br -4 addr show v1').stdout).toBe(
      host.exec('ip -n ns1 -br -4 addr show v1').stdout,
    )
    expect(host.netns('ns1').sh('exit 7').exitCode).toBe(7)
  })

  test('start leaves a program running; kill ends it', () => {
    const host = pair()
    const ask = (): string => `rc=${host.sh('nc -z -w 1 10.0.0.2 7000').exitCode}\n`
    const server = host.netns('ns1').start('nc -l -k 7000')
    const running = ask()
    server.kill()
    expect(running + ask()).toBe(recorded('scenarios/api-pair', 'a server that comes and goes'))
  })
})

describe('ping', () => {
  test('counts, replies as values, and a trace', () => {
    const r = pair().netns('ns1').ping('10.0.0.1', { count: 3, size: 100, ttl: 9 })
    expect(r).toMatchObject(linux('three pings'))
    expect(r.replies.some((x) => x.duplicate || x.differentAddress)).toBe(false)
    expect(r.trace.verdict).toBe('answered')
    expect(String(r.trace)).toContain('ping 10.0.0.1 from ns1')
  })

  test('a refusal is in error, an ICMP error among errors', () => {
    const ns1 = pair().netns('ns1')
    expect(ns1.ping('192.0.2.1')).toMatchObject(linux('no route'))
    expect(ns1.ping('10.0.0.1', { count: 0 })).toMatchObject(linux('a count of none'))
    expect(ns1.ping('10.0.0.77')).toMatchObject(linux('nobody there'))
  })
})

describe('send', () => {
  test('a datagram for a port that is open is delivered to the process that holds it', () => {
    const host = pair()
    host.start('nc -u -l 53')
    const t = host.netns('ns1').send({ udp: { dst: '10.0.0.1', dport: 53, data: 'hi' } })
    expect(t.verdict).toBe('delivered')
    expect(t.path).toEqual([
      { netns: 'ns1', device: '' },
      { netns: 'node1', device: 'v0' },
    ])
    expect(String(t)).toContain('deliver    to nc (udp socket)')
  })

  test('a closed port, a router without a route, a router that does not forward: each drop has its reason', () => {
    const host = pair()
    const ns1 = host.netns('ns1')
    ns1.addRoute({ dst: 'default', via: '10.0.0.1' })
    const closed = ns1.send({ udp: { dst: '10.0.0.1', dport: 99 } })
    expect(closed.verdict).toBe('dropped')
    expect(closed.drops[0]).toMatchObject(recordedDrop('UDP port closed'))
    const host192 = ns1.send({ udp: { dst: '192.0.2.7', dport: 53 } })
    expect(host192.verdict).toBe('dropped')
    expect(host192.drops[0]).toMatchObject(recordedDrop('no route, forwarding off'))
    host.root.setSysctl('net.ipv4.ip_forward', 1)
    const routed = ns1.send({ udp: { dst: '192.0.2.7', dport: 53 } })
    expect(routed.drops[0]).toMatchObject(recordedDrop('no route, forwarding on'))
  })

  test('tcp is a connection attempt, icmp an echo request', () => {
    const host = pair()
    const ns1 = host.netns('ns1')
    const closed = ns1.send({ tcp: { dst: '10.0.0.1', dport: 80 } })
    expect(closed.drops[0]).toMatchObject(recordedDrop('TCP SYN to a closed port'))
    host.start('nc -l -k 80')
    expect(ns1.send({ tcp: { dst: '10.0.0.1', dport: 80 } })).toMatchObject({ verdict: 'delivered', drops: [] })
    expect(ns1.exec('ss -tna').stdout).not.toContain('ESTAB')
    expect(ns1.send({ icmp: { dst: '10.0.0.1' } }).verdict).toBe('answered')
  })

  test('what the kernel refuses at once is an error event, never nothing', () => {
    const ns1 = pair().netns('ns1')
    const errno = (t: ReturnType<typeof ns1.send>): unknown[] =>
      t.events.map((e) => (e.kind === 'error' ? e.errno : e.kind))
    // what Linux answered to the same calls
    const answered = (call: string): string => {
      const answer = (readRecording('calls/udp')?.output ?? '').split('\n').find((l) => l.startsWith(`${call} -> `))
      return answer?.slice(call.length + 4) ?? 'not recorded'
    }
    const dst = '10.0.0.1'
    const noRoute = answered('u.sendto 10.9.9.9:9 "x"')
    const tooLong = answered('u.sendto 10.0.0.2:9 "A"*65508')
    expect(errno(ns1.send({ udp: { dst: '192.0.2.1', dport: 1 } }))).toEqual([noRoute])
    expect(errno(ns1.send({ tcp: { dst: '192.0.2.1', dport: 1 } })).at(-1)).toBe(noRoute)
    expect(errno(ns1.send({ udp: { dst, dport: 1, data: new Uint8Array(65_508) } }))).toEqual([tooLong])
    expect(errno(ns1.send({ udp: { dst, dport: 1, data: new Uint8Array(3000), df: true } }))).toEqual([
      answered('c.sendto 10.0.0.2:9 "A"*1473'),
    ])
    expect(errno(ns1.send({ udp: { dst, dport: 1, src: '10.0.0.9' } }))).toEqual([answered('u.bind 10.0.0.2:5')])
    expect(errno(ns1.send({ udp: { dst, dport: 1, dev: 'nope' } }))).toEqual([
      answered('v.setopt SO_BINDTODEVICE nodev'),
    ])
  })

  test('the path of a forwarded packet names every namespace', () => {
    const host = new Host('node1')
    expect(host.sh(chainScript(2)).output).toBe('')
    const t = host.netns('n0').send({ icmp: { dst: '10.0.2.2', ttl: 5 } })
    expect(t.verdict === 'answered').toBe(linux('two routers, ttl 5').received === 1)
    expect(t.path.map((p) => p.netns)).toEqual(['n0', 'n1', 'n2', 'n3'])
    const short = host.netns('n0').send({ icmp: { dst: '10.0.2.2', ttl: 2 } })
    expect(short.verdict === 'answered').toBe(linux('two routers, ttl 2').received === 1)
    expect(short.drops[0]).toMatchObject(recordedDrop('ttl 1, to forward'))
    expect(short.path.map((p) => p.netns)).toEqual(['n0', 'n1', 'n2'])
  })
})

describe('inject', () => {
  test('takes bytes, or headers as decodeFrame gives them', () => {
    const host = pair()
    const sent = host.netns('ns1').send({ icmp: { dst: '10.0.0.1' } })
    const seen = sent.events.find((e) => e.kind === 'receive' && e.pkt.l4?.kind === 'icmp')
    const packet = seen?.kind === 'receive' ? seen.pkt : untyped(null)
    expect(host.root.inject('v0', packet).verdict).toBe('answered')
    expect(host.root.inject('v0', encodePacket(packet)).verdict).toBe('answered')
    expect(host.root.inject('v0', decodeFrame(encodePacket(packet))).verdict).toBe('answered')
  })

  test('a device that is down, no device, no frame', () => {
    const host = pair()
    host.root.down('v0')
    expect(host.root.inject('v0', new Uint8Array(60)).verdict).toBe('dropped')
    expect(() => host.root.inject('nope', new Uint8Array(60))).toThrow(RequestError)
    for (const bad of ['text', null, {}, { eth: null, net: { kind: 'nonsense' } }]) {
      expect(() => host.root.inject('v0', untyped(bad))).toThrow(ArgumentError)
    }
  })
})

test.each<readonly [string, (h: Host) => unknown]>([
  ['a namespace that is not there', (h) => h.netns('nope')],
  ['an address with a part above 255', (h) => h.root.addAddress('v0', '10.0.0.300/24')],
  ['a prefix longer than 32', (h) => h.root.addRoute({ dst: '10.0.0.0/33' })],
  ['a table without a name', (h) => h.root.routes('nope')],
  ['a MAC of two parts', (h) => h.root.setLink('v0', { address: '1:2' })],
  ['a kind of link that does not exist', (h) => h.root.addLink({ kind: untyped('nokind') })],
  ['a port above 65535', (h) => h.root.send({ udp: { dst: '10.0.0.2', dport: 65_536 } })],
  ['a ttl of 0', (h) => h.root.send({ udp: { dst: '10.0.0.2', dport: 1, ttl: 0 } })],
  ['a tos of 256', (h) => h.root.send({ udp: { dst: '10.0.0.2', dport: 1, tos: 256 } })],
  ['nothing to send', (h) => h.root.send(untyped({}))],
  ['null to send', (h) => h.root.send(untyped(null))],
  [
    'two things to send',
    (h) => h.root.send(untyped({ udp: { dst: '10.0.0.2', dport: 1 }, icmp: { dst: '10.0.0.2' } })),
  ],
  ['a request of no name', (h) => h.root.request(untyped('link.nope'), untyped({}))],
  ['a negative duration', (h) => h.run(-1)],
  ['an endless duration', (h) => h.run(Number.POSITIVE_INFINITY)],
  ['a position in the future', (h) => h.goTo(1e9)],
  ['a position before the beginning', (h) => h.back(1e9)],
  ['half a position', (h) => h.goTo(0.5)],
  ['a negative trace limit', (h) => h.trace({ limit: -1 })],
  ['a sysctl outside net', (h) => h.root.sysctl('kernel.hostname')],
])('%s is an ArgumentError, and the machine stays as it was', (_, act) => {
  const host = pair()
  const before = host.sh('ip addr; ip route').output
  expect(() => act(host)).toThrow(ArgumentError)
  expect(host.sh('ip addr; ip route').output).toBe(before)
})

/** What Linux said to the command that asks for the same: the kernel's own words, or those of strerror for the errno. */
function refusal(command: string): { readonly errno: string; readonly words: string } {
  const said = recorded('scenarios/request-errnos', command)
  const [, errno, strerror] = /^(E[A-Z]+) (.*)\n$/m.exec(said)!
  return { errno: errno!, words: /^Error: (.*)\.$/m.exec(said)?.[1] ?? strerror! }
}

test.each<readonly [string, string, (h: Host) => unknown]>([
  ['netns.add', 'ip netns add ns1', (h) => h.addNetns('ns1')],
  ['addr.new', 'ip addr add 10.0.0.1/24 dev v0', (h) => h.root.addAddress('v0', '10.0.0.1/24')],
  ['route.new', 'ip route add default via 99.1.1.1', (h) => h.root.addRoute({ dst: 'default', via: '99.1.1.1' })],
  ['route.del', 'ip route del 10.5.0.0/16', (h) => h.root.deleteRoute({ dst: '10.5.0.0/16' })],
  ['rule.del', 'ip rule del pref 77', (h) => h.root.deleteRule({ pref: 77 })],
  ['neigh.del', 'ip neigh del 10.0.0.99 dev v0', (h) => h.root.deleteNeighbour('v0', '10.0.0.99')],
  ['link.set', 'ip link set v0 mtu 5', (h) => h.root.setLink('v0', { mtu: 5 })],
  [
    'link.add',
    'ip link add y0 type veth peer name v0',
    (h) => h.root.addLink({ kind: 'veth', name: 'y0', peer: { name: 'v0' } }),
  ],
  ['sysctl.get', 'cat /proc/sys/net/ipv4/nope', (h) => h.root.sysctl('net.ipv4.nope')],
  ['sysctl.set', 'echo x > /proc/sys/net/ipv4/ip_forward', (h) => h.root.setSysctl('net.ipv4.ip_forward', 'x')],
  ['route.get', 'ip route get 9.9.9.9', (h) => h.root.routeTo('9.9.9.9')],
  ['addr.new', 'ip addr add 10.0.0.1/24 dev nope', (h) => h.root.addAddress('nope', '10.0.0.1/24')],
  ['link.get', 'ip link show nope', (h) => h.root.link('nope')],
])('a refused %s is a RequestError with the errno and the words that Linux had for %s', (op, command, act) => {
  const host = pair()
  const { errno, words } = refusal(command)
  try {
    act(host)
    expect.unreachable()
  } catch (e) {
    expect(e).toBeInstanceOf(RequestError)
    expect(e).toBeInstanceOf(NetsimError)
    expect(e).toMatchObject({ code: 'REQUEST', errno, message: `${op}: ${words}` })
  }
})
