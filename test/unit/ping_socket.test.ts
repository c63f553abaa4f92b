// ICMP echo sockets for ordinary users (net.ipv4.ping_group_range). Answers asked of Linux 6.18.
import { expect, test } from 'vitest'
import { encodeIcmp, ICMP_ECHO, ICMP_ECHOREPLY, icmp } from '../../src/wire/icmp.ts'
import { B, bytes, errno, Lab, MS, OWNER, value } from './socket_fixture.ts'

const USER = { ...OWNER, uid: 1000, gid: 1000 }

test('with the default range 1 0 nobody may have one, not even root', () => {
  const lab = new Lab()
  expect(errno(lab.kernel.sockets.socket(lab.a, 'ping', 0, OWNER))).toBe('EACCES')
})

test('within the range an echo carries the identifier of its socket, whatever was written', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  lab.must(lab.a, 'sysctl.set', { path: 'ipv4/ping_group_range', value: '0 2147483647' })
  const p = value(s.socket(lab.a, 'ping', 0, USER))
  const q = value(s.socket(lab.a, 'ping', 0, USER))
  value(s.bind(p, { addr: 0, port: 42 }))
  const msg = encodeIcmp(icmp(ICMP_ECHO, 0, (7 << 16) | 1, false), bytes('hi'))
  value(s.sendto(p, msg, { addr: B, port: 0 }))
  value(s.sendto(q, msg, { addr: B, port: 0 }))
  lab.run(1 * MS)
  expect(value(s.recv(p)).icmp).toMatchObject({ type: ICMP_ECHOREPLY, rest: (42 << 16) | 1 })
  expect(value(s.recv(q)).icmp!.rest >>> 16).toBe(s.getsockname(q).port)
  expect(errno(s.recv(p))).toBe('EAGAIN')
  expect(errno(s.sendto(p, bytes('no header'), { addr: B, port: 0 }))).toBe('EINVAL')
  expect(errno(s.bind(value(s.socket(lab.a, 'ping', 0, USER)), { addr: 0, port: 42 }))).toBe('EADDRINUSE')
})
