// Segments made by hand for a server, and what the tracepoint skb:kfree_skb of Linux 6.18 says about each of them.
import { expect, test } from 'vitest'
import { ETH_P_IP, ethernet } from '../../src/wire/ethernet.ts'
import { IPPROTO_TCP, ipv4 } from '../../src/wire/ipv4.ts'
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, type TcpOptions, tcp } from '../../src/wire/tcp.ts'
import { A, B, bytes, errno, Lab, MS, value } from './socket_fixture.ts'

interface Made {
  readonly seq: number
  readonly ack?: number
  readonly flags: number
  readonly data?: string
  readonly ts?: number
  readonly bad?: boolean
}

/** A peer of b:80 whose kernel never hears an answer. */
class Peer {
  readonly lab = new Lab()
  readonly listener: number
  /** What b's next acknowledged sequence number is. */
  ack = 0
  private readonly out: number
  private port = 3000

  constructor(backlog = 8) {
    const s = this.lab.kernel.sockets
    this.listener = this.lab.open(this.lab.b, 'tcp')
    value(s.bind(this.listener, { addr: 0, port: 80 }))
    value(s.listen(this.listener, backlog))
    this.out = this.lab.open(this.lab.a, 'packet')
    this.lab.lose = (skb, towards) => {
      if (towards !== 'a' || skb.l4?.kind !== 'tcp') return false
      if ((skb.l4.flags & TCP_SYN) !== 0) this.ack = (skb.l4.seq + 1) >>> 0
      return true
    }
    // b learns where a is, so that its answers need no ARP of their own.
    s.sendto(this.lab.open(this.lab.a, 'udp'), bytes('x'), { addr: B, port: 9 })
    this.lab.run(10 * MS)
    this.lab.events.length = 0
  }

  /** Send one segment; the drops that it led to in b. */
  send(m: Made, port = this.port, dport = 80): string[] {
    const { lab } = this
    lab.events.length = 0
    const dev = (ns: number) => lab.kernel.nets.get(ns)!.byName.get('eth0')!
    const data = bytes(m.data ?? '')
    const timestamps: readonly [number, number] | null = m.ts === undefined ? null : [m.ts, 0]
    const mss = (m.flags & TCP_SYN) !== 0 ? 1460 : null
    const options: TcpOptions | null =
      timestamps === null && mss === null
        ? null
        : { mss, windowScale: null, sackPermitted: false, timestamps, unknown: null }
    const l4 = tcp(port, dport, m.seq, m.ack ?? 0, m.flags, 1000, 0, options, m.bad ?? false)
    const size = 40 + (timestamps === null ? 0 : 12) + (mss === null ? 0 : 4) + data.length
    const net = ipv4(A, B, IPPROTO_TCP, 64, 0, 1, true, false, 0, size, null, false)
    const eth = ethernet(dev(lab.b).mac, dev(lab.a).mac, ETH_P_IP)
    value(lab.kernel.sockets.sendFrame(this.out, { eth, net, l4, data }, dev(lab.a).ifindex))
    lab.run(MS)
    return lab.drops()
  }

  syn(ts?: number): number {
    this.port++
    const extra = ts === undefined ? {} : { ts }
    expect(this.send({ seq: 1000, flags: TCP_SYN, ...extra })).toEqual([])
    return this.port
  }

  /** A connection that is up; both sides' next numbers are 1001 and `ack`. */
  open(ts?: number): void {
    this.syn(ts)
    const extra = ts === undefined ? {} : { ts }
    expect(this.send({ seq: 1001, ack: this.ack, flags: TCP_ACK, ...extra })).toEqual([])
  }
}

test('an established connection names why it refuses a segment', () => {
  const p = new Peer()
  p.open()
  const ack = p.ack
  const drops = (m: Omit<Made, 'ack'> & { ack?: number }): string[] => p.send({ ack, ...m })
  expect(drops({ seq: 1001, flags: TCP_ACK, data: 'a', bad: true })).toEqual(['tcp_v4_rcv TCP_CSUM'])
  expect(drops({ seq: 100_001_001, flags: TCP_ACK, data: 'a' })).toEqual(['tcp_validate_incoming TCP_INVALID_SEQUENCE'])
  expect(drops({ seq: 900, flags: TCP_ACK, data: 'a' })).toEqual(['tcp_validate_incoming TCP_OLD_SEQUENCE'])
  expect(drops({ seq: 1001, flags: TCP_ACK, data: 'aa' })).toEqual([])
  expect(drops({ seq: 1001, flags: TCP_ACK, data: 'aa' })).toEqual(['tcp_rcv_established TCP_OLD_DATA'])
  expect(drops({ seq: 1003, flags: TCP_ACK | TCP_PSH, ack: (ack + 5) >>> 0, data: 'x' })).toEqual([
    'tcp_v4_do_rcv TCP_ACK_UNSENT_DATA',
  ])
  expect(drops({ seq: 1003, flags: TCP_ACK | TCP_PSH, ack: (ack - 200_000_000) >>> 0, data: 'x' })).toEqual([
    'tcp_v4_do_rcv TCP_TOO_OLD_ACK',
  ])
  expect(drops({ seq: 1003, flags: 0, data: 'q' })).toEqual(['tcp_v4_do_rcv TCP_FLAGS'])
  expect(drops({ seq: 1003, flags: TCP_SYN })).toEqual(['tcp_validate_incoming TCP_INVALID_SYN'])
  expect(drops({ seq: 1500, flags: TCP_RST })).toEqual(['tcp_validate_incoming TCP_RESET'])
  expect(drops({ seq: 900_000_000, flags: TCP_RST })).toEqual(['tcp_validate_incoming TCP_INVALID_SEQUENCE'])
  expect(drops({ seq: 1010, flags: TCP_ACK, data: 'later' })).toEqual([])
  expect(drops({ seq: 1010, flags: TCP_ACK, data: 'later' })).toEqual(['tcp_data_queue TCP_OFOMERGE'])
  expect(drops({ seq: 1003, flags: TCP_RST | TCP_ACK })).toEqual([])
})

test('after the peer has said FIN, data and acknowledgements that do not fit are dropped by the state machine', () => {
  const p = new Peer()
  p.open(5000)
  const drops = (m: Made): string[] => p.send({ ack: p.ack, ...m })
  expect(drops({ seq: 1001, flags: TCP_ACK, data: 'abc', ts: 100 })).toEqual(['tcp_validate_incoming TCP_RFC7323_PAWS'])
  expect(drops({ seq: 1001, flags: TCP_ACK | TCP_FIN, ts: 5003 })).toEqual([])
  expect(drops({ seq: 1002, ack: (p.ack + 5) >>> 0, flags: TCP_ACK, ts: 5004 })).toEqual([
    'tcp_rcv_state_process TCP_ACK_UNSENT_DATA',
  ])
  expect(drops({ seq: 1002, flags: TCP_ACK, data: 'abc', ts: 5004 })).toEqual(['tcp_rcv_state_process NOT_SPECIFIED'])
  expect(drops({ seq: 1002, flags: 0, ts: 5004 })).toEqual(['tcp_rcv_state_process TCP_FLAGS'])
  expect(drops({ seq: 1001, flags: TCP_ACK | TCP_FIN, ts: 5004 })).toEqual(['tcp_rcv_state_process TCP_OLD_DATA'])
  expect(drops({ seq: 1002, ack: (p.ack - 200_000_000) >>> 0, flags: TCP_ACK, ts: 5004 })).toEqual([
    'tcp_rcv_state_process TCP_TOO_OLD_ACK',
  ])
})

test('a handshake under way names why it refuses a segment', () => {
  const p = new Peer()
  p.syn()
  expect(p.send({ seq: 1001, ack: 12345, flags: TCP_ACK })).toEqual(['tcp_v4_do_rcv TCP_FLAGS'])
  expect(p.send({ seq: 500_000_000, ack: p.ack, flags: TCP_ACK })).toEqual(['tcp_v4_rcv TCP_OVERWINDOW'])
  expect(p.send({ seq: 900, ack: p.ack, flags: TCP_ACK, data: 'x' })).toEqual(['tcp_v4_rcv TCP_OVERWINDOW'])
  expect(p.send({ seq: 1000, flags: TCP_SYN })).toEqual(['tcp_v4_rcv NOT_SPECIFIED'])
  expect(p.send({ seq: 1001, flags: 0 })).toEqual(['tcp_v4_rcv NOT_SPECIFIED'])
  expect(p.send({ seq: 1001, flags: TCP_RST })).toEqual(['tcp_v4_rcv NOT_SPECIFIED'])
  p.syn(5000)
  expect(p.send({ seq: 1001, ack: p.ack, flags: TCP_ACK, ts: 100 })).toEqual(['tcp_v4_rcv TCP_RFC7323_PAWS'])
  expect(p.send({ seq: 1001, ack: p.ack, flags: TCP_RST | TCP_ACK, ts: 6000 })).toEqual(['tcp_v4_rcv NOT_SPECIFIED'])
})

test('the acknowledgement that finds the accept queue full is dropped', () => {
  const p = new Peer(2)
  p.open()
  p.open()
  const third = p.syn()
  const thirdAck = p.ack
  const fourth = p.syn()
  expect(p.send({ seq: 1001, ack: thirdAck, flags: TCP_ACK }, third)).toEqual([])
  expect(p.send({ seq: 1001, ack: p.ack, flags: TCP_ACK }, fourth)).toEqual(['tcp_v4_rcv TCP_LISTEN_OVERFLOW'])
})

test('a client whose SYN is under way names why it refuses an answer', () => {
  const p = new Peer()
  const s = p.lab.kernel.sockets
  const c = p.lab.open(p.lab.b, 'tcp')
  value(s.bind(c, { addr: 0, port: 4444 }))
  let isn = 0
  p.lab.lose = (skb, towards) => {
    if (towards !== 'a' || skb.l4?.kind !== 'tcp') return false
    isn = skb.l4.seq
    return true
  }
  expect(errno(s.connect(c, { addr: A, port: 3000 }))).toBe('EINPROGRESS')
  p.lab.run(MS)
  const syn = isn
  const drops = (m: Made): string[] => p.send(m, 3000, 4444)
  expect(drops({ seq: 1, ack: (syn + 5) >>> 0, flags: TCP_SYN | TCP_ACK })).toEqual([
    'tcp_v4_do_rcv TCP_INVALID_ACK_SEQUENCE',
  ])
  expect(drops({ seq: 1, ack: (syn + 5) >>> 0, flags: TCP_RST | TCP_ACK })).toEqual([
    'tcp_v4_do_rcv TCP_INVALID_ACK_SEQUENCE',
  ])
  expect(drops({ seq: 1, ack: (syn + 1) >>> 0, flags: TCP_ACK })).toEqual(['tcp_rcv_state_process TCP_FLAGS'])
  expect(drops({ seq: 1, flags: TCP_RST })).toEqual(['tcp_rcv_state_process TCP_RESET'])
  expect(drops({ seq: 1, flags: TCP_FIN })).toEqual(['tcp_rcv_state_process NOT_SPECIFIED'])
  expect(drops({ seq: 1, ack: (syn + 1) >>> 0, flags: TCP_RST | TCP_ACK })).toEqual([])
  expect(s.takeError(c)).toBe('ECONNREFUSED')
})
