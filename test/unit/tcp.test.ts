// Connections over a veth pair: laws and RFCs. What Linux decides is recorded: test/kernel/calls/tcp*.txt.
import { expect, test } from 'vitest'
import { errno, Lab, MS, SECOND, value } from './socket_fixture.ts'

test('data flows in segments of the MSS, within slow start, and arrives whole', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [c, , srv] = lab.connect()
  const data = new Uint8Array(40_000).map((_, i) => 32 + (i % 90))
  expect(value(s.send(c, data))).toBe(40_000)
  lab.run()
  expect(lab.read(srv)).toBe(new TextDecoder().decode(data))
  const sent = lab.wire.filter((w) => w.startsWith('a>b')).slice(2)
  expect(sent.length).toBeGreaterThanOrEqual(28)
  expect(sent[0]).toBe('a>b . 1:1448 ack 1')
  expect(sent.at(-1)).toBe('a>b P. 39097:904 ack 1')
  // Ten segments before the first acknowledgement (RFC 6928).
  expect(lab.wire.slice(3, 14).filter((w) => w.startsWith('a>b'))).toHaveLength(10)
})

test('three duplicate acknowledgements repair a loss without waiting for the timer', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [c, , srv] = lab.connect()
  let n = 0
  lab.lose = (skb, to) => to === 'b' && skb.data.length > 0 && ++n === 3
  value(s.send(c, new Uint8Array(20_000)))
  lab.run(10 * MS)
  expect(lab.read(srv)).toHaveLength(20_000)
})

test('everything gets through a path that loses every seventh frame', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [c, , srv] = lab.connect()
  let n = 0
  lab.lose = () => ++n % 7 === 0
  const data = new Uint8Array(300_000).map((_, i) => 33 + (i % 91))
  let sent = 0
  let got = ''
  for (let i = 0; i < 4000 && got.length < data.length; i++) {
    const r = s.send(c, data.subarray(sent, sent + 5000))
    if (r.ok) sent += r.value
    lab.run(20 * MS)
    got += lab.read(srv)
  }
  expect(got).toBe(new TextDecoder().decode(data))
})

test('a reader that does not read shuts the window; the writer probes, and goes on when it opens', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [c, , srv] = lab.connect()
  let sent = 0
  for (let i = 0; i < 400; i++) {
    const r = s.send(c, new Uint8Array(1448))
    if (r.ok) sent += r.value
    lab.run(1 * MS)
  }
  const before = lab.wire.length
  lab.run(20 * SECOND)
  const probes = lab.wire.slice(before).filter((w) => w.startsWith('a>b'))
  expect(probes.length).toBeGreaterThan(4)
  expect(new Set(probes.map((w) => w.split(':')[1])).size).toBe(1)
  expect(errno(s.send(c, new Uint8Array(1448)))).toBe('EAGAIN')
  let got = 0
  for (let i = 0; i < 100 && got < sent; i++) {
    got += lab.read(srv).length
    lab.run(10 * MS)
  }
  expect(got).toBe(sent)
})
