// Sockets of a namespace that ends: netsim's own promise. What Linux decides about packet sockets is recorded: test/kernel/calls/raw.txt.
import { expect, test } from 'vitest'
import { closeNetnsSockets } from '../../src/kernel/socket/lifetime.ts'
import { bytes, errno, Lab, MS, value } from './socket_fixture.ts'

test('when a namespace ends its sockets end, and no timer of theirs fires later', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [c] = lab.connect()
  value(s.send(c, bytes('x')))
  closeNetnsSockets(lab.kernel.net(lab.a))
  expect(errno(s.recv(c))).toBe('EBADF')
  expect(lab.must(lab.a, 'socket.list', {})).toEqual([])
  lab.events.length = 0
  lab.kernel.net(lab.a).dead = true
  lab.run(300_000 * MS)
  expect(lab.events.filter((e) => e.netns === lab.a && e.kind === 'origin' && e.pkt.l4?.kind === 'tcp')).toEqual([])
})
