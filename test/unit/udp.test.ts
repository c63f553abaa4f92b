// UDP sockets: what netsim itself promises. What Linux decides is recorded: test/kernel/calls/udp.txt.
import { expect, test } from 'vitest'
import { B, bytes, Lab, MS, value } from './socket_fixture.ts'

test('with SO_REUSEPORT the sockets share: each gets some (socket(7))', () => {
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
  expect(Math.min(...pair.map((u) => lab.read(u).length))).toBeGreaterThan(8)
})

test('what does not fit in the buffer and what nobody listens to are drops with their reasons in the trace', () => {
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
  expect(new Set(lab.drops())).toEqual(new Set(['udp_queue_rcv_one_skb SOCKET_RCVBUFF', '__udp4_lib_rcv NO_SOCKET']))
})
