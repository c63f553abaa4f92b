// Raw and ping sockets, as ping(8) and traceroute use them. Answers asked of Linux 6.18.
import { expect, test } from 'vitest'
import { ip4 } from '../../src/lib/ip4.ts'
import { concat } from '../../src/wire/bytes.ts'
import { encodeIcmp, ICMP_ECHO, ICMP_ECHOREPLY, icmp } from '../../src/wire/icmp.ts'
import { encodeIpv4, ipv4 } from '../../src/wire/ipv4.ts'
import { A, B, bytes, errno, Lab, MS, OWNER, SECOND, text, value } from './socket_fixture.ts'

const PING = { addr: B, port: 0 }
function echo(id: number, seq: number, data = 'payload'): Uint8Array {
  return encodeIcmp(icmp(ICMP_ECHO, 0, (id << 16) | seq, false), bytes(data))
}

test('a raw ICMP socket pings: the reply comes with its header apart and the TTL', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const r = lab.open(lab.a, 'raw', 1)
  expect(s.getsockname(r)).toEqual({ addr: 0, port: 1 })
  value(s.sendto(r, echo(77, 3), PING))
  lab.run(1 * MS)
  const got = value(s.recv(r))
  expect(got).toMatchObject({
    ttl: 64,
    from: { addr: B },
    icmp: { type: ICMP_ECHOREPLY, rest: (77 << 16) | 3 },
    length: 35,
  })
  expect(new TextDecoder().decode(got.data)).toBe('payload')
})

test('every raw ICMP socket of the namespace hears every ICMP message', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [x, y] = [lab.open(lab.a, 'raw', 1), lab.open(lab.a, 'raw', 1)]
  value(s.sendto(x, echo(1, 1), PING))
  lab.run(1 * MS)
  expect([text(s.recv(x)), text(s.recv(y))]).toEqual(['payload', 'payload'])
})

test('a connected or error-asking raw socket hears of unreachable hosts, the echo in its error queue', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const r = lab.open(lab.a, 'raw', 1)
  value(s.setOptions(r, { recvErr: true }))
  value(s.sendto(r, echo(5, 9), { addr: ip4('10.0.0.99'), port: 0 }))
  lab.run(4 * SECOND)
  const e = value(s.recvError(r))
  expect(e).toMatchObject({
    errno: 'EHOSTUNREACH',
    type: 3,
    code: 1,
    offender: A,
    icmp: { type: ICMP_ECHO, rest: (5 << 16) | 9 },
  })
})

test('raw calls that cannot be served answer as Linux does', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const r = lab.open(lab.a, 'raw', 1)
  expect(errno(s.send(r, echo(1, 1)))).toBe('EDESTADDRREQ')
  expect(errno(s.sendto(r, echo(1, 1), { addr: ip4('10.9.9.9'), port: 0 }))).toBe('ENETUNREACH')
  expect(errno(s.sendto(r, echo(1, 1), { addr: ip4('10.0.0.255'), port: 0 }))).toBe('EACCES')
  expect(errno(s.socket(lab.a, 'raw', 0, OWNER))).toBe('EPROTONOSUPPORT')
  expect(errno(s.socket(lab.a, 'raw', 1, { ...OWNER, uid: 1000 }))).toBe('EPERM')
  expect(errno(s.sendto(lab.open(lab.a, 'raw', 255), bytes('12345678'), PING))).toBe('EINVAL')
  value(s.setOptions(r, { mtuDiscover: 2 }))
  expect(errno(s.sendto(r, echo(1, 1, 'x'.repeat(1473)), PING))).toBe('EMSGSIZE')
  expect(errno(s.sendto(r, echo(1, 1, 'x'.repeat(1472)), PING))).toBe('ok')
})

test('IP_HDRINCL sends the header it is given, with source and length filled in', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const r = lab.open(lab.a, 'raw', 255)
  const header = encodeIpv4(ipv4(0, B, 1, 9, 0, 0x1234, false, false, 0, 0, null, false))
  value(s.sendto(r, concat(header, echo(2, 2)), PING))
  lab.run(1 * MS)
  const sent = lab.events.find((e) => e.kind === 'origin' && e.why === 'socket')
  expect(sent).toMatchObject({
    pkt: { net: { src: A, dst: B, ttl: 9, id: 0x1234, totalLength: 35 }, l4: { kind: 'icmp' } },
  })
  expect(lab.drops()).toEqual(['ping_rcv NO_SOCKET'])
})

test('a raw socket of another protocol takes what has no handler; without one it is protocol unreachable', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const from = lab.open(lab.a, 'raw', 99)
  const to = lab.open(lab.b, 'raw', 99)
  value(s.sendto(from, bytes('ninety-nine'), PING))
  lab.run(1 * MS)
  expect(text(s.recv(to))).toBe('ninety-nine')
  s.close(to)
  value(s.connect(from, PING))
  // icmp_socket_deliver wants eight bytes behind the quoted header
  value(s.send(from, bytes('again and again')))
  lab.run(1 * MS)
  expect(s.takeError(from)).toBe('ENOPROTOOPT')
  expect(lab.drops()).toEqual(['ip_local_deliver_finish IP_NOPROTO'])
})

test('raw UDP sockets get whole datagrams, header included, besides the UDP socket', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const r = lab.open(lab.b, 'raw', 17)
  value(s.sendto(lab.open(lab.a, 'udp'), bytes('abc'), { addr: B, port: 53 }))
  lab.run(1 * MS)
  expect(value(s.recv(r)).data).toHaveLength(11)
})
