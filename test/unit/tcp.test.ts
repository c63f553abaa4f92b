// Connections over a veth pair: laws, from RFCs. What Linux decides (segments, windows, times) is recorded: test/kernel/calls/tcp*.txt.
import { expect, test } from 'vitest'
import { errno, Lab, MS, SECOND, value } from './socket_fixture.ts'

/** The sequence range of a logged segment from a: "a>b P. 1449:1448 ack 1". */
function rangeOf(line: string): { seq: number; length: number } | null {
  const m = /^a>b \S+ (\d+):(\d+)/.exec(line)
  return m === null || m[2] === '0' ? null : { seq: Number(m[1]), length: Number(m[2]) }
}

test('segments fill the MSS and follow on each other, at most ten before the first acknowledgement (RFC 9293 3.7.1, RFC 6928)', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [c, , srv] = lab.connect()
  const data = new Uint8Array(40_000).map((_, i) => 32 + (i % 90))
  expect(value(s.send(c, data))).toBe(40_000)
  lab.run()
  expect(lab.read(srv)).toBe(new TextDecoder().decode(data))
  const sent = lab.wire.map(rangeOf).filter((r) => r !== null)
  const mss = sent[0]!.length
  let next = 1
  for (const r of sent) {
    // Once more what was sent already, or what follows.
    expect(r.seq).toBeLessThanOrEqual(next)
    expect(r.length === mss || r.seq + r.length === 1 + data.length).toBe(true)
    next = Math.max(next, r.seq + r.length)
  }
  expect(next).toBe(1 + data.length)
  const first = lab.wire.slice(3)
  expect(
    first.slice(
      0,
      first.findIndex((w) => w.startsWith('b>a')),
    ).length,
  ).toBeLessThanOrEqual(10)
})

test('three duplicate acknowledgements repair a loss without waiting for the timer (RFC 5681 3.2; its least time: RFC 6298)', () => {
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

test('a shut window is probed with ever the same number, and nothing is lost when it opens (RFC 9293 3.8.6.1)', () => {
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
  expect(new Set(probes.map((w) => w.split(':')[1])).size).toBe(1)
  // send(2): no room, and the socket does not block.
  expect(errno(s.send(c, new Uint8Array(1448)))).toBe('EAGAIN')
  let got = 0
  for (let i = 0; i < 100 && got < sent; i++) {
    got += lab.read(srv).length
    lab.run(10 * MS)
  }
  expect(got).toBe(sent)
})
