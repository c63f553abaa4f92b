// UDP sockets: who gets what, and what programs are told. Answers asked of Linux 6.18 and 6.1.
import { expect, test } from 'vitest'
import { ip4 } from '../../src/lib/ip4.ts'
import type { SocketId } from '../../src/uapi/socket.ts'
import { A, B, bytes, errno, Lab, MS, SECOND, text, value } from './socket_fixture.ts'

function bound(lab: Lab, ns: number, addr: number, port: number): SocketId {
  const s = lab.open(ns, 'udp')
  value(lab.kernel.sockets.bind(s, { addr, port }))
  return s
}

test('a datagram arrives with its sender, its TTL and its size', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const srv = bound(lab, lab.b, 0, 53)
  const c = lab.open(lab.a, 'udp')
  expect(value(s.sendto(c, bytes('query'), { addr: B, port: 53 }))).toBe(5)
  lab.run(1 * MS)
  const got = value(s.recv(srv))
  expect(got).toMatchObject({
    from: { addr: A, port: s.getsockname(c).port },
    to: { addr: B, port: 53 },
    ttl: 64,
    length: 33,
  })
  value(s.sendto(srv, bytes('answer'), got.from))
  lab.run(1 * MS)
  expect(text(s.recv(c))).toBe('answer')
  expect(errno(s.recv(c))).toBe('EAGAIN')
})

test('calls that cannot be served answer as Linux does', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const u = () => lab.open(lab.a, 'udp')
  expect(errno(s.send(u(), bytes('x')))).toBe('EDESTADDRREQ')
  expect(errno(s.sendto(u(), bytes('x'), { addr: B, port: 0 }))).toBe('EINVAL')
  expect(errno(s.sendto(u(), bytes('x'), { addr: ip4('10.9.9.9'), port: 9 }))).toBe('ENETUNREACH')
  expect(errno(s.bind(u(), { addr: B, port: 5 }))).toBe('EADDRNOTAVAIL')
  const b = bound(lab, lab.a, 0, 5000)
  expect(errno(s.bind(b, { addr: 0, port: 5001 }))).toBe('EINVAL')
  expect(errno(s.bind(u(), { addr: A, port: 5000 }))).toBe('EADDRINUSE')
  expect(errno(s.connect(u(), { addr: ip4('10.0.0.255'), port: 9 }))).toBe('EACCES')
  expect(errno(s.sendto(u(), bytes('x'), { addr: ip4('10.0.0.255'), port: 9 }))).toBe('EACCES')
  expect(errno(s.sendto(u(), new Uint8Array(65_508), { addr: B, port: 9 }))).toBe('EMSGSIZE')
  expect(errno(s.sendto(u(), new Uint8Array(65_536), { addr: B, port: 9 }))).toBe('EMSGSIZE')
  expect(errno(s.shutdown(u(), 'both'))).toBe('ENOTCONN')
  expect(errno(s.listen(u(), 1))).toBe('EOPNOTSUPP')
  expect(errno(s.setOptions(u(), { bindToDevice: 'nodev' }))).toBe('ENODEV')
})

test('a port without a socket: port unreachable, told to a connected sender on its next call', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const c = lab.open(lab.a, 'udp')
  value(s.connect(c, { addr: B, port: 9 }))
  expect(s.getsockname(c).addr).toBe(A)
  expect(errno(s.send(c, bytes('x')))).toBe('ok')
  lab.run(1 * MS)
  expect(s.poll(c).error).toBe(true)
  expect(errno(s.send(c, bytes('x')))).toBe('ECONNREFUSED')
  expect(errno(s.send(c, bytes('x')))).toBe('ok')
  lab.run(1 * MS)
  expect(errno(s.recv(c))).toBe('ECONNREFUSED')
  expect(errno(s.recv(c))).toBe('EAGAIN')
  expect(lab.drops()[0]).toBe('__udp4_lib_rcv NO_SOCKET')
})

test('an unconnected sender hears of it only with IP_RECVERR, and reads details from the error queue', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const plain = lab.open(lab.a, 'udp')
  value(s.sendto(plain, bytes('x'), { addr: B, port: 9 }))
  lab.run(1 * MS)
  expect(s.poll(plain).error).toBe(false)
  const c = lab.open(lab.a, 'udp')
  value(s.setOptions(c, { recvErr: true }))
  value(s.sendto(c, bytes('abc'), { addr: B, port: 9 }))
  lab.run(1 * MS)
  const e = value(s.recvError(c))
  expect(e).toMatchObject({
    errno: 'ECONNREFUSED',
    origin: 'icmp',
    type: 3,
    code: 3,
    offender: B,
    dst: { addr: B, port: 9 },
  })
  expect(new TextDecoder().decode(e.data)).toBe('abc')
  expect(errno(s.recvError(c))).toBe('EAGAIN')
  expect(s.takeError(c)).toBeNull()
})

test('the most particular socket gets the datagram: connected, then bound to the address, then to all', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const opt = { reuseAddr: true }
  const make = (addr: number): SocketId => {
    const u = lab.open(lab.b, 'udp')
    value(s.setOptions(u, opt))
    value(s.bind(u, { addr, port: 53 }))
    return u
  }
  const any = make(0)
  const exact = make(B)
  const c = bound(lab, lab.a, 0, 1234)
  const send = (t: string): void => {
    value(s.sendto(c, bytes(t), { addr: B, port: 53 }))
    lab.run(1 * MS)
  }
  send('one')
  expect([text(s.recv(any)), text(s.recv(exact))]).toEqual(['EAGAIN', 'one'])
  const tied = make(B)
  value(s.connect(tied, { addr: A, port: 1234 }))
  send('two')
  expect([text(s.recv(exact)), text(s.recv(tied))]).toEqual(['EAGAIN', 'two'])
  s.close(tied)
  s.close(exact)
  send('three')
  expect(text(s.recv(any))).toBe('three')
})

test('of two that share an address with SO_REUSEADDR the last to bind gets all; with SO_REUSEPORT they share', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  for (const [options, want] of [
    [{ reuseAddr: true }, [0, 40]],
    [{ reusePort: true }, null],
  ] as const) {
    const pair = [0, 1].map(() => {
      const u = lab.open(lab.b, 'udp')
      value(s.setOptions(u, options))
      value(s.bind(u, { addr: 0, port: 77 }))
      return u
    })
    for (let i = 0; i < 40; i++) value(s.sendto(lab.open(lab.a, 'udp'), bytes('x'), { addr: B, port: 77 }))
    lab.run(1 * MS)
    const counts = pair.map((u) => lab.read(u).length)
    if (want !== null) expect(counts).toEqual(want)
    else expect(Math.min(...counts)).toBeGreaterThan(8)
    for (const u of pair) s.close(u)
  }
})

test.each([
  [0, 278],
  [133, 278],
  [134, 167],
  [640, 167],
  [700, 93],
  [1472, 93],
])('over lo a buffer of 212992 bytes takes as many datagrams of %i bytes as on Linux 6.1: %i', (size, count) => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const srv = bound(lab, lab.b, 0, 53)
  const c = lab.open(lab.b, 'udp')
  value(s.connect(c, { addr: ip4('127.0.0.1'), port: 53 }))
  const data = new Uint8Array(size)
  for (let i = 0; i < 300; i++) value(s.send(c, data))
  lab.run(10 * MS)
  let n = 0
  while (s.recv(srv).ok) n++
  expect(n).toBe(count)
})

test('what does not fit in the buffer is dropped as SOCKET_RCVBUFF', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const srv = bound(lab, lab.b, 0, 53)
  value(s.setOptions(srv, { rcvBuf: 1 }))
  const c = lab.open(lab.a, 'udp')
  for (let i = 0; i < 6; i++) {
    value(s.sendto(c, bytes('x'), { addr: B, port: 53 }))
    lab.run(1 * MS)
  }
  expect(lab.drops()).toEqual(['udp_queue_rcv_one_skb SOCKET_RCVBUFF', 'udp_queue_rcv_one_skb SOCKET_RCVBUFF'])
})

test('a broadcast goes to every socket on the port', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const make = (): SocketId => {
    const u = lab.open(lab.b, 'udp')
    value(s.setOptions(u, { reuseAddr: true }))
    value(s.bind(u, { addr: 0, port: 67 }))
    return u
  }
  const [x, y] = [make(), make()]
  const c = lab.open(lab.a, 'udp')
  value(s.setOptions(c, { broadcast: true }))
  value(s.sendto(c, bytes('who'), { addr: ip4('10.0.0.255'), port: 67 }))
  lab.run(1 * MS)
  expect([text(s.recv(x)), text(s.recv(y))]).toEqual(['who', 'who'])
})

test('with DF a datagram longer than the MTU is refused before it is sent, and the error queue says the MTU', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const c = lab.open(lab.a, 'udp')
  value(s.setOptions(c, { mtuDiscover: 2, recvErr: true }))
  expect(errno(s.sendto(c, new Uint8Array(1473), { addr: B, port: 9 }))).toBe('EMSGSIZE')
  expect(value(s.recvError(c))).toMatchObject({ errno: 'EMSGSIZE', origin: 'local', info: 1500 })
  expect(errno(s.sendto(c, new Uint8Array(1472), { addr: B, port: 9 }))).toBe('ok')
})

test('without DF it is fragmented and comes out whole', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const srv = bound(lab, lab.b, 0, 53)
  value(s.sendto(lab.open(lab.a, 'udp'), new Uint8Array(4000).fill(65), { addr: B, port: 53 }))
  lab.run(10 * MS)
  expect(text(s.recv(srv))).toBe('A'.repeat(4000))
})

test('what fits the MTU carries DF and an identification; what does not carries none', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const c = lab.open(lab.a, 'udp')
  value(s.sendto(c, bytes('x'), { addr: B, port: 9 }))
  value(s.sendto(c, new Uint8Array(1473), { addr: B, port: 9 }))
  const ips = lab.events.flatMap((e) =>
    e.kind === 'origin' && e.why === 'socket' && e.pkt.net.kind === 'ipv4' ? [e.pkt.net] : [],
  )
  expect(ips.map((i) => i.df)).toEqual([true, false])
  expect(ips.every((i) => i.id !== 0)).toBe(true)
})

test('ip_local_port_range bounds what bind(0) gives, and runs out', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  lab.must(lab.a, 'sysctl.set', { path: 'ipv4/ip_local_port_range', value: '40000 40002' })
  const ports = [1, 2, 3].map(() => {
    const u = lab.open(lab.a, 'udp')
    value(s.bind(u, { addr: 0, port: 0 }))
    return s.getsockname(u).port
  })
  expect(ports.sort()).toEqual([40000, 40001, 40002])
  expect(errno(s.bind(lab.open(lab.a, 'udp'), { addr: 0, port: 0 }))).toBe('EADDRINUSE')
  expect(errno(s.sendto(lab.open(lab.a, 'udp'), bytes('x'), { addr: B, port: 9 }))).toBe('EAGAIN')
})

test('a neighbour that does not answer fails a connected sender with EHOSTUNREACH only when it asked for errors', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const to = { addr: ip4('10.0.0.99'), port: 9 }
  const plain = lab.open(lab.a, 'udp')
  value(s.connect(plain, to))
  const asking = lab.open(lab.a, 'udp')
  value(s.setOptions(asking, { recvErr: true }))
  value(s.connect(asking, to))
  value(s.send(plain, bytes('x')))
  value(s.send(asking, bytes('x')))
  lab.run(4 * SECOND)
  expect(s.takeError(plain)).toBeNull()
  expect(s.takeError(asking)).toBe('EHOSTUNREACH')
})

test('SO_BINDTODEVICE decides what is heard', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const u = lab.open(lab.b, 'udp')
  value(s.setOptions(u, { bindToDevice: 'lo' }))
  value(s.bind(u, { addr: 0, port: 53 }))
  value(s.sendto(lab.open(lab.a, 'udp'), bytes('x'), { addr: B, port: 53 }))
  lab.run(1 * MS)
  expect(errno(s.recv(u))).toBe('EAGAIN')
  expect(lab.drops()).toEqual(['__udp4_lib_rcv NO_SOCKET'])
})

test('after shutdown reading gives the end and writing EPIPE', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const u = lab.open(lab.a, 'udp')
  value(s.connect(u, { addr: B, port: 9 }))
  value(s.shutdown(u, 'both'))
  expect([text(s.recv(u)), errno(s.send(u, bytes('x')))]).toEqual(['', 'EPIPE'])
})
