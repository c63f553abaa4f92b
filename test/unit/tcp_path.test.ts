// TCP through a router (10.0.0.254 - 10.0.1.254) to 10.0.1.2, copied. What Linux decides: test/kernel/calls/tcp-path.txt.
import { expect, test } from 'vitest'
import { ip4 } from '../../src/lib/ip4.ts'
import { cloneGraph } from '../../src/sim/clone.ts'
import { B, Lab, MS, text, value } from './socket_fixture.ts'

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
}

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
