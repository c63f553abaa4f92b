// TCP through a router (10.0.0.254 – 10.0.1.254) to 10.0.1.2: what ICMP errors do to connections. Compared with Linux 6.18.
import { expect, test } from 'vitest'
import { ip4 } from '../../src/lib/ip4.ts'
import { cloneGraph } from '../../src/sim/clone.ts'
import { B, bytes, errno, Lab, MS, SECOND, text, value } from './socket_fixture.ts'

const FAR = ip4('10.0.1.2')

/** a – b as before, with b a router to c (10.0.1.2). */
class Routed extends Lab {
  readonly c: number
  constructor() {
    super()
    this.c = this.must(0, 'netns.add', { name: 'c' })
    this.must(0, 'link.add', { kind: 'veth', name: 'eth1', netns: this.b, peer: { name: 'eth0', netns: this.c } })
    for (const [ns, dev] of [
      [this.b, 'eth1'],
      [this.c, 'eth0'],
    ] as const) {
      this.must(ns, 'link.set', { dev, flags: { flags: 1, mask: 1 } })
    }
    this.must(this.b, 'addr.new', { mode: 'add', addr: { dev: 'eth1', local: ip4('10.0.1.254'), prefixlen: 24 } })
    this.must(this.c, 'addr.new', { mode: 'add', addr: { dev: 'eth0', local: FAR, prefixlen: 24 } })
    this.must(this.b, 'sysctl.set', { path: 'ipv4/ip_forward', value: '1' })
    this.route(this.a, '0.0.0.0', 0, { gateway: B })
    this.route(this.c, '0.0.0.0', 0, { gateway: ip4('10.0.1.254') })
  }

  route(ns: number, dst: string, len: number, more: object): void {
    this.must(ns, 'route.new', { mode: 'add', route: { dst: ip4(dst), len, scope: 0, protocol: 3, ...more } })
  }

  /** What connect from a to an address ends with, and after how many ms. */
  attempt(to: string, limit = 5 * SECOND): [string | null, number] {
    const s = this.kernel.sockets
    const t = this.open(this.a, 'tcp')
    const start = this.sim.now
    const at_once = errno(s.connect(t, { addr: ip4(to), port: 9 }))
    if (at_once !== 'EINPROGRESS') return [at_once, 0]
    while (!s.poll(t).error && this.sim.now - start < limit) this.run(1 * MS)
    return [s.takeError(t), Math.floor((this.sim.now - start) / (100 * MS)) * 100]
  }
}

test('a connection attempt fails as soon as a router says why, and times out in a black hole', () => {
  const lab = new Routed()
  lab.route(lab.b, '10.1.0.0', 24, { type: 'unreachable' })
  lab.route(lab.b, '10.2.0.0', 24, { type: 'prohibit' })
  lab.route(lab.b, '10.3.0.0', 24, { type: 'blackhole' })
  expect(lab.attempt('10.1.0.1')).toEqual(['EHOSTUNREACH', 0])
  expect(lab.attempt('10.2.0.1')).toEqual(['EHOSTUNREACH', 0])
  // A router tells one sender two errors in a row, then one a second (ip_error and icmp_ratelimit draw on one bucket).
  lab.run(5 * SECOND)
  expect(lab.attempt('10.9.0.1')).toEqual(['ENETUNREACH', 0])
  expect(lab.attempt('10.3.0.1')).toEqual([null, 5000])
  expect(lab.attempt('10.0.1.77')).toEqual(['EHOSTUNREACH', 3000])
  expect(lab.attempt('10.0.1.2')).toEqual(['ECONNREFUSED', 0])
})

test('a TTL that is too small ends the attempt', () => {
  const lab = new Routed()
  const s = lab.kernel.sockets
  const t = lab.open(lab.a, 'tcp')
  value(s.setOptions(t, { ttl: 1 }))
  s.connect(t, { addr: FAR, port: 9 })
  lab.run(10 * MS)
  expect(s.takeError(t)).toBe('EHOSTUNREACH')
})

function pair(lab: Routed) {
  const s = lab.kernel.sockets
  const l = lab.open(lab.c, 'tcp')
  value(s.setOptions(l, { reuseAddr: true }))
  value(s.bind(l, { addr: 0, port: 80 }))
  value(s.listen(l, 5))
  const t = lab.open(lab.a, 'tcp')
  s.connect(t, { addr: FAR, port: 80 })
  lab.run(10 * MS)
  return { t, srv: value(s.accept(l, { pid: 2, name: 'server', uid: 0, gid: 0 })).socket, l }
}

test('a narrower link on the way is learned from "fragmentation needed", and the data sent again in smaller segments', () => {
  const lab = new Routed()
  const s = lab.kernel.sockets
  lab.must(lab.b, 'link.set', { dev: 'eth1', mtu: 1400 })
  const { t, srv, l } = pair(lab)
  value(s.send(t, new Uint8Array(4000).fill(65)))
  lab.run(50 * MS)
  expect(lab.read(srv)).toBe('A'.repeat(4000))
  expect(value(s.pathMtu(t))).toBe(1400)
  s.close(l)
  // The next connection says so from the start: MSS 1360, window 48 of them.
  lab.events.length = 0
  pair(lab)
  const syn = lab.events.find((e) => e.kind === 'origin' && e.pkt.l4?.kind === 'tcp')
  expect(syn).toMatchObject({ pkt: { l4: { window: 65280, options: { mss: 1360 } } } })
})

test('an established connection only remembers an unreachable host; SO_ERROR tells', () => {
  const lab = new Routed()
  const s = lab.kernel.sockets
  const { t } = pair(lab)
  lab.route(lab.b, '10.0.1.2', 32, { type: 'unreachable' })
  value(s.send(t, bytes('x')))
  lab.run(500 * MS)
  expect(errno(s.recv(t))).toBe('EAGAIN')
  expect(s.poll(t).error).toBe(false)
  expect(s.takeError(t)).toBe('EHOSTUNREACH')
})

test('a connection survives being copied: both copies go on by themselves, alike', () => {
  const lab = new Routed()
  const { t, srv } = pair(lab)
  value(lab.kernel.sockets.send(t, new Uint8Array(30_000).fill(66)))
  lab.run(20_000)
  const copy = cloneGraph(lab)
  for (const l of [lab, copy]) {
    l.run(100 * MS)
    expect(l.read(srv)).toHaveLength(30_000)
    l.kernel.sockets.close(t)
    l.run(100 * MS)
    expect(text(l.kernel.sockets.recv(srv))).toBe('')
  }
  expect(copy.wire).toEqual(lab.wire)
})
