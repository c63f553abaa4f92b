// AF_PACKET sockets, as tcpdump and arping use them. Answers asked of Linux 6.18.
import { expect, test } from 'vitest'
import { closeNetnsSockets, socketsDeviceEvent } from '../../src/kernel/socket/lifetime.ts'
import { MAC_BROADCAST } from '../../src/lib/mac.ts'
import type { SocketId } from '../../src/uapi/socket.ts'
import { ARPOP_REPLY, ARPOP_REQUEST, arp } from '../../src/wire/arp.ts'
import { ETH_P_ALL, ETH_P_ARP, ETH_P_IP, ethernet } from '../../src/wire/ethernet.ts'
import { NO_DATA } from '../../src/wire/packet.ts'
import { A, B, bytes, errno, Lab, MS, value } from './socket_fixture.ts'

function frames(lab: Lab, s: SocketId): string[] {
  const out: string[] = []
  for (let r = lab.kernel.sockets.recv(s); r.ok; r = lab.kernel.sockets.recv(s)) {
    const f = r.value.frame!
    out.push(`${r.value.packetType} ${f.l4 === null ? f.net.kind : f.l4.kind}`)
  }
  return out
}

function eth(lab: Lab, ns: number) {
  return lab.kernel.net(ns).byName.get('eth0')!
}

test('on a device it hears what comes in and what goes out', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const p = lab.open(lab.b, 'packet', 0)
  value(s.bindLl(p, { ifindex: eth(lab, lab.b).ifindex, protocol: ETH_P_ALL }))
  value(s.sendto(lab.open(lab.a, 'udp'), bytes('x'), { addr: B, port: 9 }))
  lab.run(1 * MS)
  expect(frames(lab, p)).toEqual(['broadcast arp', 'outgoing arp', 'host udp', 'outgoing icmp'])
})

test('with an EtherType it hears only what is received of it', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const p = lab.open(lab.b, 'packet', ETH_P_ARP)
  value(s.sendto(lab.open(lab.a, 'udp'), bytes('x'), { addr: B, port: 9 }))
  lab.run(1 * MS)
  expect(frames(lab, p)).toEqual(['broadcast arp'])
})

test('a frame it sends is not told to itself, but to others', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const [mine, other] = [lab.open(lab.a, 'packet', ETH_P_ALL), lab.open(lab.a, 'packet', ETH_P_ALL)]
  const dev = eth(lab, lab.a)
  const frame = {
    eth: ethernet(MAC_BROADCAST, dev.mac, ETH_P_ARP),
    net: arp(ARPOP_REQUEST, dev.mac, A, 0, B),
    l4: null,
    data: NO_DATA,
  }
  value(s.sendFrame(mine, frame, dev.ifindex))
  lab.run(1 * MS)
  expect(frames(lab, mine)).toEqual(['host arp'])
  expect(frames(lab, other)).toEqual(['outgoing arp', 'host arp'])
  expect(ARPOP_REPLY).toBe(2)
})

test('a promiscuous membership counts in the link’s promiscuity until it is given back', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const p = lab.open(lab.a, 'packet', 0)
  value(s.bindLl(p, { ifindex: eth(lab, lab.a).ifindex, protocol: ETH_P_ALL }))
  value(s.setOptions(p, { promisc: true }))
  expect(lab.must(lab.a, 'link.get', { dev: 'eth0' }).link.promiscuity).toBe(1)
  expect(eth(lab, lab.a).promisc).toBe(true)
  s.close(p)
  expect(lab.must(lab.a, 'link.get', { dev: 'eth0' }).link.promiscuity).toBe(0)
  expect(eth(lab, lab.a).taps).toEqual([])
})

test('calls that cannot be served answer as Linux does', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const p = lab.open(lab.a, 'packet', 0)
  expect(errno(s.bindLl(p, { ifindex: 99, protocol: ETH_P_IP }))).toBe('ENODEV')
  expect(errno(s.sendFrame(p, { eth: null, net: arp(1, 0, 0, 0, 0), l4: null, data: NO_DATA }, 0))).toBe('ENXIO')
  expect(errno(s.connect(p, { addr: B, port: 1 }))).toBe('EOPNOTSUPP')
  expect(errno(s.listen(p, 1))).toBe('EOPNOTSUPP')
})

test('a device that goes down or away tells the sockets bound to it', () => {
  const lab = new Lab()
  const s = lab.kernel.sockets
  const dev = eth(lab, lab.a)
  const p = lab.open(lab.a, 'packet', 0)
  value(s.bindLl(p, { ifindex: dev.ifindex, protocol: ETH_P_ALL }))
  socketsDeviceEvent(dev.net, dev.ifindex, 'down')
  expect([s.poll(p).error, errno(s.recv(p)), errno(s.recv(p)), dev.taps]).toEqual([true, 'ENETDOWN', 'EAGAIN', []])
  socketsDeviceEvent(dev.net, dev.ifindex, 'up')
  expect(dev.taps).toEqual([p])
  socketsDeviceEvent(dev.net, dev.ifindex, 'gone')
  expect(errno(s.recv(p))).toBe('ENETDOWN')
})

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
