// The object that users hold: commands, scripts, packets followed to their end, and what is refused.
import { ArgumentError, CommandError, decodeFrame, encodePacket, Host, NetsimError, RequestError } from 'netsim'
import { describe, expect, test } from 'vitest'
import { chainScript, pair } from './host_fixture.ts'

/** Arguments that TypeScript would refuse and JavaScript does not. */
const untyped = (x: unknown): never => x as never

describe('commands', () => {
  test('exec gives what was printed, and throws CommandError with the tool’s own words and code', () => {
    const host = new Host('node1')
    expect(host.exec('ip netns add ns1')).toEqual({ stdout: '', stderr: '', output: '', exitCode: 0 })
    const again = (): unknown => host.exec('ip netns add ns1')
    expect(again).toThrow(CommandError)
    expect(again).toThrow('Cannot create namespace file "/run/netns/ns1": File exists')
    try {
      again()
    } catch (e) {
      expect(e).toMatchObject({
        code: 'COMMAND',
        exitCode: 1,
        stderr: 'Cannot create namespace file "/run/netns/ns1": File exists\n',
      })
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
    const server = host.netns('ns1').start('nc -l -k 7000')
    expect(host.exec('nc -z -w 1 10.0.0.2 7000').exitCode).toBe(0)
    server.kill()
    expect(() => host.exec('nc -z -w 1 10.0.0.2 7000')).toThrow(CommandError)
  })
})

describe('ping', () => {
  test('counts, replies as values, and a trace', () => {
    const r = pair().netns('ns1').ping('10.0.0.1', { count: 3, size: 100, ttl: 9 })
    expect(r).toMatchObject({ sent: 3, received: 3, exitCode: 0, error: null, errors: [] })
    expect(r.replies.map((x) => [x.from, x.seq, x.ttl, x.duplicate, x.differentAddress])).toEqual([
      ['10.0.0.1', 1, 64, false, false],
      ['10.0.0.1', 2, 64, false, false],
      ['10.0.0.1', 3, 64, false, false],
    ])
    expect(r.trace.verdict).toBe('answered')
    expect(String(r.trace)).toContain('ping 10.0.0.1 from ns1')
  })

  test('a refusal is in error, an ICMP error among errors', () => {
    const ns1 = pair().netns('ns1')
    expect(ns1.ping('192.0.2.1')).toMatchObject({
      sent: 0,
      received: 0,
      exitCode: 2,
      error: 'connect: Network is unreachable',
    })
    expect(ns1.ping('10.0.0.1', { count: 0 }).error).toContain("invalid argument: '0'")
    expect(ns1.ping('10.0.0.77')).toMatchObject({
      sent: 1,
      received: 0,
      exitCode: 1,
      error: null,
      errors: [{ from: '10.0.0.2', seq: 1, message: 'Destination Host Unreachable' }],
    })
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
    expect([closed.verdict, closed.drops[0]?.reason]).toEqual(['dropped', 'NO_SOCKET'])
    const host192 = ns1.send({ udp: { dst: '192.0.2.7', dport: 53 } })
    expect([host192.verdict, host192.drops[0]?.reason, host192.drops[0]?.fn]).toEqual([
      'dropped',
      'IP_INADDRERRORS',
      'ip_error',
    ])
    host.root.setSysctl('net.ipv4.ip_forward', 1)
    expect(ns1.send({ udp: { dst: '192.0.2.7', dport: 53 } }).drops[0]?.reason).toBe('IP_INNOROUTES')
  })

  test('tcp is a connection attempt, icmp an echo request', () => {
    const host = pair()
    const ns1 = host.netns('ns1')
    expect(ns1.send({ tcp: { dst: '10.0.0.1', dport: 80 } }).drops[0]?.reason).toBe('NO_SOCKET')
    host.start('nc -l -k 80')
    expect(ns1.send({ tcp: { dst: '10.0.0.1', dport: 80 } })).toMatchObject({ verdict: 'delivered', drops: [] })
    expect(ns1.exec('ss -tna').stdout).not.toContain('ESTAB')
    expect(ns1.send({ icmp: { dst: '10.0.0.1' } }).verdict).toBe('answered')
  })

  test('what the kernel refuses at once is an error event, never nothing', () => {
    const ns1 = pair().netns('ns1')
    const errno = (t: ReturnType<typeof ns1.send>): unknown[] =>
      t.events.map((e) => (e.kind === 'error' ? e.errno : e.kind))
    const dst = '10.0.0.1'
    expect(errno(ns1.send({ udp: { dst: '192.0.2.1', dport: 1 } }))).toEqual(['ENETUNREACH'])
    expect(errno(ns1.send({ tcp: { dst: '192.0.2.1', dport: 1 } })).at(-1)).toBe('ENETUNREACH')
    expect(errno(ns1.send({ udp: { dst, dport: 1, src: '10.0.0.9' } }))).toEqual(['EADDRNOTAVAIL'])
    expect(errno(ns1.send({ udp: { dst, dport: 1, dev: 'nope' } }))).toEqual(['ENODEV'])
    expect(errno(ns1.send({ udp: { dst, dport: 1, data: new Uint8Array(65_508) } }))).toEqual(['EMSGSIZE'])
    expect(errno(ns1.send({ udp: { dst, dport: 1, data: new Uint8Array(3000), df: true } }))).toEqual(['EMSGSIZE'])
  })

  test('the path of a forwarded packet names every namespace', () => {
    const host = new Host('node1')
    expect(host.sh(chainScript(2)).output).toBe('')
    const t = host.netns('n0').send({ icmp: { dst: '10.0.2.2', ttl: 5 } })
    expect(t.verdict).toBe('answered')
    expect(t.path.map((p) => p.netns)).toEqual(['n0', 'n1', 'n2', 'n3'])
    const short = host.netns('n0').send({ icmp: { dst: '10.0.2.2', ttl: 2 } })
    expect([short.verdict, short.drops[0]?.fn, short.drops[0]?.reason]).toEqual(['dropped', 'ip_forward', 'IP_INHDR'])
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

test.each<readonly [string, string, (h: Host) => unknown]>([
  ['EEXIST', 'netns.add: File exists', (h) => h.addNetns('ns1')],
  ['EEXIST', 'addr.new: File exists', (h) => h.root.addAddress('v0', '10.0.0.1/24')],
  ['ENODEV', 'addr.new: No such device', (h) => h.root.addAddress('nope', '10.0.0.1/24')],
  [
    'ENETUNREACH',
    'route.new: Nexthop has invalid gateway',
    (h) => h.root.addRoute({ dst: 'default', via: '99.1.1.1' }),
  ],
  ['ESRCH', 'route.del: No such process', (h) => h.root.deleteRoute({ dst: '10.5.0.0/16' })],
  ['ENOENT', 'rule.del: No such file or directory', (h) => h.root.deleteRule({ pref: 77 })],
  ['ENOENT', 'neigh.del: No such file or directory', (h) => h.root.deleteNeighbour('v0', '10.0.0.99')],
  ['ENODEV', 'link.get: No such device', (h) => h.root.link('nope')],
  ['EINVAL', 'link.set: mtu less than device minimum', (h) => h.root.setLink('v0', { mtu: 5 })],
  ['ENOENT', 'sysctl.get: No such file or directory', (h) => h.root.sysctl('net.ipv4.nope')],
  ['EINVAL', 'sysctl.set: Invalid argument', (h) => h.root.setSysctl('net.ipv4.ip_forward', 'x')],
  ['ENETUNREACH', 'route.get: Network is unreachable', (h) => h.root.routeTo('9.9.9.9')],
])('the kernel’s %s is a RequestError: %s', (errno, message, act) => {
  const host = pair()
  try {
    act(host)
    expect.unreachable()
  } catch (e) {
    expect(e).toBeInstanceOf(RequestError)
    expect(e).toBeInstanceOf(NetsimError)
    expect(e).toMatchObject({ code: 'REQUEST', errno, message })
  }
})
