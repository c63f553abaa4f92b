// Connections over a veth pair: who sends what, and what programs are told. Compared with tcpdump on Linux 6.18 (no offloads).
import { expect, test } from 'vitest'
import { ip4 } from '../../src/lib/ip4.ts'
import { B, bytes, errno, Lab, MS, OWNER, SECOND, text, value } from './socket_fixture.ts'

const HANDSHAKE = ['a>b S 0:0', 'b>a S. 0:0 ack 1', 'a>b . 1:0 ack 1']

test('a request, an answer and both closes, close together: acknowledgements at once while data comes, FINs ride', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [c, , srv] = lab.connect()
  value(s.send(c, bytes('hello')))
  lab.run(1 * MS)
  expect(lab.read(srv)).toBe('hello')
  value(s.send(srv, bytes('world!')))
  lab.run(1 * MS)
  expect(lab.read(c)).toBe('world!')
  s.close(c)
  lab.run(1 * MS)
  expect(text(s.recv(srv))).toBe('')
  s.close(srv)
  lab.run(1 * MS)
  expect(lab.wire).toEqual([
    ...HANDSHAKE,
    'a>b P. 1:5 ack 1',
    'b>a . 1:0 ack 6',
    'b>a P. 1:6 ack 6',
    'a>b . 6:0 ack 7',
    'a>b F. 6:0 ack 7',
    'b>a F. 7:0 ack 7',
    'a>b . 7:0 ack 8',
  ])
  expect(lab.drops()).toEqual([])
  expect(lab.states(c)).toEqual(['TCP_SYN_SENT', 'TCP_ESTABLISHED', 'TCP_FIN_WAIT1', 'TCP_FIN_WAIT2', 'TCP_CLOSE'])
  expect(lab.states(srv)).toEqual(['TCP_SYN_RECV', 'TCP_ESTABLISHED', 'TCP_CLOSE_WAIT', 'TCP_LAST_ACK', 'TCP_CLOSE'])
})

test('a FIN that nothing follows is acknowledged by the delayed-ACK timer', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [c, , srv] = lab.connect()
  value(s.send(c, bytes('hello')))
  lab.run(100 * MS)
  lab.read(srv)
  s.close(c)
  lab.run(30 * MS)
  expect(lab.wire.at(-1)).toBe('a>b F. 6:0 ack 1')
  lab.run(30 * MS)
  expect(lab.wire.at(-1)).toBe('b>a . 1:0 ack 7')
})

test('the handshake offers what Linux offers', () => {
  const lab = new Lab()
  lab.connect()
  const tcps = lab.events.flatMap((e) => (e.kind === 'receive' && e.pkt.l4?.kind === 'tcp' ? [e.pkt.l4] : []))
  expect(tcps[0]).toMatchObject({ window: 64240, options: { mss: 1460, windowScale: 7, sackPermitted: true } })
  expect(tcps[1]).toMatchObject({ window: 65160, options: { mss: 1460, windowScale: 7, sackPermitted: true } })
  expect(tcps[2]).toMatchObject({ window: 502, options: { mss: null, windowScale: null, sackPermitted: false } })
  expect(tcps[1]!.options!.timestamps![1]).toBe(tcps[0]!.options!.timestamps![0])
})

test('on loopback the MSS is 65495 and the windows follow it', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const l = lab.open(lab.a, 'tcp')
  value(s.bind(l, { addr: 0, port: 80 }))
  value(s.listen(l, 5))
  const c = lab.open(lab.a, 'tcp')
  s.connect(c, { addr: ip4('127.0.0.1'), port: 80 })
  lab.run()
  const tcps = lab.events.flatMap((e) => (e.kind === 'receive' && e.pkt.l4?.kind === 'tcp' ? [e.pkt.l4] : []))
  expect(tcps[0]).toMatchObject({ window: 65495, options: { mss: 65495 } })
  expect(tcps[1]).toMatchObject({ window: 65483, options: { mss: 65495 } })
})

test('data flows in segments of the MSS, within slow start, and arrives whole', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [c, , srv] = lab.connect()
  const data = new Uint8Array(40_000).map((_, i) => 32 + (i % 90))
  expect(value(s.send(c, data))).toBe(40_000)
  lab.run()
  expect(lab.read(srv)).toBe(new TextDecoder().decode(data))
  const sent = lab.wire.filter((w) => w.startsWith('a>b')).slice(2)
  expect(sent).toHaveLength(28)
  expect(sent[0]).toBe('a>b . 1:1448 ack 1')
  expect(sent.at(-1)).toBe('a>b P. 39097:904 ack 1')
  // Ten segments before the first acknowledgement (RFC 6928).
  expect(lab.wire.slice(3, 14).filter((w) => w.startsWith('a>b'))).toHaveLength(10)
})

test('a connection refused: RST, ECONNREFUSED once, and a drop that says why', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const c = lab.open(lab.a, 'tcp')
  expect(errno(s.connect(c, { addr: B, port: 9 }))).toBe('EINPROGRESS')
  lab.run(1 * MS)
  expect(s.poll(c)).toEqual({ readable: true, writable: true, error: true, hangup: true })
  expect(s.takeError(c)).toBe('ECONNREFUSED')
  expect(s.takeError(c)).toBeNull()
  expect(errno(s.send(c, bytes('x')))).toBe('EPIPE')
  expect(lab.drops()).toEqual(['tcp_v4_rcv NO_SOCKET'])
})

test('a host that does not answer ARP is "no route to host" after three seconds', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const c = lab.open(lab.a, 'tcp')
  s.connect(c, { addr: ip4('10.0.0.77'), port: 9 })
  lab.run(2900 * MS)
  expect(s.poll(c).error).toBe(false)
  lab.run(300 * MS)
  expect(s.takeError(c)).toBe('EHOSTUNREACH')
})

test('SYNs that nobody answers are sent seven times; 127 seconds later the connection timed out', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  lab.lose = (skb, to) => to === 'b' && skb.l4?.kind === 'tcp'
  const c = lab.open(lab.a, 'tcp')
  s.connect(c, { addr: B, port: 9 })
  lab.run(126 * SECOND)
  expect(s.poll(c).error).toBe(false)
  lab.run(2 * SECOND)
  expect(s.takeError(c)).toBe('ETIMEDOUT')
  expect(lab.wire).toHaveLength(7)
})

test('a listener repeats its SYN-ACK five times and forgets', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const l = lab.open(lab.b, 'tcp')
  value(s.bind(l, { addr: 0, port: 500 }))
  value(s.listen(l, 1))
  lab.lose = (skb, to) => to === 'a' && skb.l4?.kind === 'tcp'
  const c = lab.open(lab.a, 'tcp')
  s.connect(c, { addr: B, port: 500 })
  lab.run(500 * MS)
  s.close(c)
  expect(lab.must(lab.b, 'socket.list', {}).map((i) => i.state)).toEqual(['LISTEN', 'SYN-RECV'])
  lab.run(62 * SECOND)
  expect(lab.wire.filter((w) => w.startsWith('b>a S.'))).toHaveLength(6)
  lab.run(2 * SECOND)
  expect(lab.must(lab.b, 'socket.list', {}).map((i) => i.state)).toEqual(['LISTEN'])
})

test('a full accept queue drops SYNs; closing the listener resets who waited', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const l = lab.open(lab.b, 'tcp')
  value(s.bind(l, { addr: 0, port: 500 }))
  value(s.listen(l, 1))
  const clients = [1, 2, 3, 4].map(() => {
    const c = lab.open(lab.a, 'tcp')
    s.connect(c, { addr: B, port: 500 })
    lab.run(10 * MS)
    return c
  })
  expect(clients.map((c) => s.poll(c).writable)).toEqual([true, true, false, false])
  expect(lab.drops()).toEqual(['tcp_conn_request TCP_LISTEN_OVERFLOW', 'tcp_conn_request TCP_LISTEN_OVERFLOW'])
  expect(lab.must(lab.b, 'socket.list', {})[0]).toMatchObject({ state: 'LISTEN', recvQ: 2, sendQ: 1 })
  s.close(l)
  lab.run(10 * MS)
  expect(text(s.recv(clients[0]!))).toBe('ECONNRESET')
})

test('closing with data unread resets the connection', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [c, , srv] = lab.connect()
  value(s.send(c, bytes('hello')))
  lab.run(50 * MS)
  s.close(srv)
  lab.run(1 * MS)
  expect(lab.wire.at(-1)).toBe('b>a R. 1:0 ack 6')
  expect([text(s.recv(c)), text(s.recv(c)), errno(s.send(c, bytes('x')))]).toEqual(['ECONNRESET', '', 'EPIPE'])
})

test('after shutdown(SHUT_WR) the other direction still works', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [c, , srv] = lab.connect()
  value(s.shutdown(c, 'write'))
  lab.run()
  expect(text(s.recv(srv))).toBe('')
  expect(errno(s.send(c, bytes('x')))).toBe('EPIPE')
  value(s.send(srv, bytes('late')))
  lab.run()
  expect(lab.read(c)).toBe('late')
  s.close(srv)
  lab.run()
  expect(lab.wire.slice(3)).toEqual([
    'a>b F. 1:0 ack 1',
    'b>a . 1:0 ack 2',
    'b>a P. 1:4 ack 2',
    'a>b . 2:0 ack 5',
    'b>a F. 5:0 ack 2',
    'a>b . 2:0 ack 6',
  ])
})

test('data for a closed socket in FIN_WAIT2 is answered with RST: the writer gets EPIPE, then end of file', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [c, , srv] = lab.connect()
  s.close(c)
  lab.run()
  value(s.send(srv, bytes('late')))
  lab.run()
  expect(lab.wire.at(-1)).toBe('a>b R 2:0')
  expect([errno(s.send(srv, bytes('x'))), text(s.recv(srv))]).toEqual(['EPIPE', ''])
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

test('a lost last segment is repeated after 200, 400, 800 ms', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [c, , srv] = lab.connect()
  let n = 0
  lab.lose = (skb, to) => to === 'b' && skb.data.length > 0 && n++ < 3
  value(s.send(c, bytes('x')))
  const times = [150, 100, 350, 100, 700, 100].map((ms) => {
    lab.run(ms * MS)
    return lab.wire.filter((w) => w.includes(' P. 1:1')).length
  })
  expect(times).toEqual([1, 2, 2, 3, 3, 4])
  expect(lab.read(srv)).toBe('x')
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

test('a peer that vanished is given up after tcp_retries2 retransmissions', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [c] = lab.connect()
  lab.lose = (skb, to) => to === 'b' && skb.l4?.kind === 'tcp'
  value(s.send(c, bytes('x')))
  lab.run(924 * SECOND)
  expect(s.poll(c).error).toBe(false)
  lab.run(130 * SECOND)
  expect(s.takeError(c)).toBe('ETIMEDOUT')
})

test('small writes wait for an acknowledgement (Nagle) unless TCP_NODELAY is set', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [c] = lab.connect()
  for (const t of ['a', 'b', 'c']) value(s.send(c, bytes(t)))
  lab.run(10 * MS)
  expect(lab.wire.filter((w) => w.includes('a>b P.'))).toEqual(['a>b P. 1:1 ack 1', 'a>b P. 2:2 ack 1'])
  value(s.setOptions(c, { noDelay: true }))
  for (const t of ['d', 'e']) value(s.send(c, bytes(t)))
  lab.run(10 * MS)
  expect(lab.wire.filter((w) => w.includes('a>b P.')).slice(2)).toEqual(['a>b P. 4:1 ack 1', 'a>b P. 5:1 ack 1'])
})

test('the side that closed first stays in TIME-WAIT for a minute, then nothing is left', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [c, l, srv] = lab.connect()
  s.close(srv)
  lab.run(10 * MS)
  s.close(c)
  s.close(l)
  lab.run(10 * MS)
  expect(lab.must(lab.b, 'socket.list', {}).map((i) => i.state)).toEqual(['TIME-WAIT'])
  expect(lab.must(lab.a, 'socket.list', {})).toEqual([])
  const again = lab.open(lab.b, 'tcp')
  expect(errno(s.bind(again, { addr: 0, port: 80 }))).toBe('EADDRINUSE')
  value(s.setOptions(again, { reuseAddr: true }))
  lab.run(61 * SECOND)
  expect(lab.must(lab.b, 'socket.list', {})).toEqual([])
  expect(errno(s.bind(again, { addr: 0, port: 80 }))).toBe('ok')
})

test('a socket that connects to itself opens simultaneously and hears itself', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const c = lab.open(lab.a, 'tcp')
  const me = { addr: ip4('127.0.0.1'), port: 5000 }
  value(s.bind(c, me))
  s.connect(c, me)
  lab.run(10 * MS)
  value(s.send(c, bytes('me')))
  lab.run(10 * MS)
  expect(lab.states(c)).toEqual(['TCP_SYN_SENT', 'TCP_SYN_RECV', 'TCP_ESTABLISHED'])
  expect(lab.read(c)).toBe('me')
})

test('keepalive finds a dead peer after two hours and nine probes', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [c] = lab.connect()
  value(s.setOptions(c, { keepAlive: true }))
  lab.lose = (skb, to) => to === 'b' && skb.l4?.kind === 'tcp'
  lab.run(7200 * SECOND + 600 * SECOND)
  expect(s.poll(c).error).toBe(false)
  lab.run(100 * SECOND)
  expect(s.takeError(c)).toBe('ETIMEDOUT')
  expect(lab.wire.filter((w) => w.includes('a>b . 0:0'))).toHaveLength(9)
})

test('calls in the wrong state answer as Linux does', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const t = lab.open(lab.a, 'tcp')
  expect(errno(s.send(t, bytes('x')))).toBe('EPIPE')
  expect(errno(s.recv(t))).toBe('ENOTCONN')
  expect(errno(s.accept(t, OWNER))).toBe('EINVAL')
  expect(errno(s.getpeername(t))).toBe('ENOTCONN')
  expect(errno(s.shutdown(t, 'write'))).toBe('ENOTCONN')
  expect(errno(s.connect(t, { addr: ip4('10.9.9.9'), port: 1 }))).toBe('ENETUNREACH')
  expect(errno(s.connect(t, { addr: ip4('10.0.0.255'), port: 1 }))).toBe('ENETUNREACH')
  expect(errno(s.listen(t, 1))).toBe('ok')
  expect(s.getsockname(t).addr).toBe(0)
  expect(errno(s.connect(t, { addr: B, port: 1 }))).toBe('EISCONN')
  const [c] = lab.connect()
  expect(errno(s.connect(c, { addr: B, port: 80 }))).toBe('EISCONN')
  expect(errno(s.bind(c, { addr: 0, port: 7777 }))).toBe('EINVAL')
  expect(errno(s.listen(c, 1))).toBe('EINVAL')
})
