// UDP sockets: what netsim itself promises. What Linux decides is recorded: test/kernel/calls/udp.txt, and the reasons of
// drops in test/kernel/recordings/drop_reasons.json.
import { expect, test } from 'vitest'
import { B, bytes, Lab, MS, value } from './socket_fixture.ts'

test('with SO_REUSEPORT the sockets share: each gets some, and every datagram goes to one of them (socket(7))', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const pair = [0, 1].map(() => {
    const u = lab.open(lab.b, 'udp')
    value(s.setOptions(u, { reusePort: true }))
    value(s.bind(u, { addr: 0, port: 77 }))
    return u
  })
  for (let i = 0; i < 40; i++) value(s.sendto(lab.open(lab.a, 'udp'), bytes('x'), { addr: B, port: 77 }))
  lab.run(1 * MS)
  const got = pair.map((u) => lab.read(u).length)
  expect(Math.min(...got)).toBeGreaterThan(0)
  expect(got.reduce((a, b) => a + b)).toBe(40)
})

test('a datagram is received or is a drop in the trace', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const srv = lab.open(lab.b, 'udp')
  value(s.bind(srv, { addr: 0, port: 53 }))
  value(s.setOptions(srv, { rcvBuf: 1 }))
  const c = lab.open(lab.a, 'udp')
  for (let i = 0; i < 6; i++) {
    value(s.sendto(c, bytes('x'), { addr: B, port: 53 }))
    lab.run(1 * MS)
  }
  value(s.sendto(c, bytes('x'), { addr: B, port: 9 }))
  lab.run(1 * MS)
  expect(lab.read(srv).length + lab.drops().length).toBe(7)
})
