// Bytes of headers: against frames that Linux 6.1 sent, RFC 1071's example, and the kernel's receive checks.
import { describe, expect, test } from 'vitest'
import { ip4 } from '../../src/lib/ip4.ts'
import { concat } from '../../src/wire/bytes.ts'
import { checksum } from '../../src/wire/checksum.ts'
import { decodeFrame, decodeIpv4, encodeNet, encodePacket } from '../../src/wire/codec.ts'
import { icmp } from '../../src/wire/icmp.ts'
import { ipv4 } from '../../src/wire/ipv4.ts'
import { NO_DATA, type Packet } from '../../src/wire/packet.ts'
import { decodeQuoted } from '../../src/wire/quoted.ts'
import { tcp } from '../../src/wire/tcp.ts'
import { encodeTcpOptions } from '../../src/wire/tcp_options.ts'
import { udp } from '../../src/wire/udp.ts'

const hex = (b: Uint8Array): string => Buffer.from(b).toString('hex')
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const text = (s: string): Uint8Array => new TextEncoder().encode(s)

const A = ip4('10.0.0.1')
const B = ip4('10.0.0.2')

function datagram(protocol: number, l4: Packet['l4'], header: number, data: Uint8Array): Packet {
  const ip = ipv4(A, B, protocol, 64, 0, 1, true, false, 0, 20 + header + data.length, null, false)
  return { eth: null, net: ip, l4, data }
}

test('the checksum of RFC 1071 section 3', () => {
  expect(checksum(bytes('0001 f203 f4f5 f6f7'))).toBe(0x220d)
})

describe('frames that ping and ARP of Linux sent decode to their fields and encode to the same bytes', () => {
  const ARP = 'ffffffffffff 4a828d87f795 0806 0001 0800 06 04 0001 4a828d87f795 0a000001 000000000000 0a000009'
  const ECHO = '0a99d60c742e228416508f4108004500001cf3b7400040013327 0a0000010a000002080081fe76000001'.replace(' ', '')
  const RST =
    '228416508f410a99d60c742e08004500002800004000400626ce0a0000020a0000010009edcc000000004298d9e450140000917b0000'
  test('ARP', () => {
    const p = decodeFrame(bytes(ARP))
    expect(p.net).toMatchObject({ kind: 'arp', op: 1, sip: A, tip: ip4('10.0.0.9'), tha: 0 })
    expect(hex(encodePacket(p))).toBe(ARP.replaceAll(' ', ''))
  })
  test('ICMP echo, with Ethernet padding cut off', () => {
    const p = decodeFrame(concat(bytes(ECHO), new Uint8Array(18)))
    expect(p.net).toMatchObject({ kind: 'ipv4', totalLength: 28, ttl: 64, id: 0xf3b7, df: true, badSum: false })
    expect(p.l4).toMatchObject({ kind: 'icmp', type: 8, rest: 0x76000001, badSum: false })
    expect(hex(encodePacket(p))).toBe(ECHO)
  })
  test('TCP reset', () => {
    const p = decodeFrame(bytes(RST))
    expect(p.l4).toMatchObject({
      kind: 'tcp',
      sport: 9,
      dport: 60876,
      flags: 0x14,
      seq: 0,
      ack: 1117313508,
      badSum: false,
    })
    expect(hex(encodePacket(p))).toBe(RST)
  })
})

describe('TCP options are laid out as tcp_options_write does', () => {
  test('SYN: MSS, SACK-permitted, timestamps, NOP, window scale', () => {
    const o = { mss: 1460, windowScale: 7, sackPermitted: true, timestamps: [1, 0] as const, unknown: null }
    expect(hex(encodeTcpOptions(o))).toBe('020405b4 0402 080a 00000001 00000000 01 030307'.replaceAll(' ', ''))
  })
  test('data: NOP NOP timestamps; SACK blocks behind NOP NOP', () => {
    const o = { mss: null, windowScale: null, sackPermitted: false, timestamps: [1, 2] as const, unknown: null }
    expect(hex(encodeTcpOptions(o))).toBe('0101080a0000000100000002')
    const sack = { ...o, unknown: bytes('050a 00000001 00000002') }
    expect(hex(encodeTcpOptions(sack))).toBe('0101080a00000001000000020101050a0000000100000002')
  })
  test('SYN without timestamps: NOP NOP SACK-permitted', () => {
    const o = { mss: 1460, windowScale: null, sackPermitted: true, timestamps: null, unknown: null }
    expect(hex(encodeTcpOptions(o))).toBe('020405b401010402')
  })
})

describe('bytes that the kernel would drop say why', () => {
  const ip = encodeNet(datagram(17, udp(1, 2, 12, false), 8, text('abcd')))
  const frame = (type: string, rest: Uint8Array): Uint8Array => concat(bytes(`020000000002020000000001${type}`), rest)
  const changed = (at: number, value: number): Uint8Array => ip.map((b, i) => (i === at ? value : b))
  test.each([
    ['a frame of 13 bytes', new Uint8Array(13), 'HDR_TRUNC'],
    ['an unknown EtherType', frame('1234', ip), 'UNHANDLED_PROTO'],
    ['19 bytes of IPv4', frame('0800', ip.slice(0, 19)), 'IP_INHDR'],
    ['version 6', frame('0800', changed(0, 0x65)), 'IP_INHDR'],
    ['a header length of 16', frame('0800', changed(0, 0x44)), 'IP_INHDR'],
    ['a datagram shorter than it says', frame('0800', ip.slice(0, 30)), 'PKT_TOO_SMALL'],
    ['the same with a wrong checksum: that is checked first', frame('0800', changed(8, 9).slice(0, 30)), 'IP_CSUM'],
    ['27 bytes of ARP', frame('0806', new Uint8Array(27)), 'PKT_TOO_SMALL'],
    ['ARP for another protocol', frame('0806', new Uint8Array(28)), 'NOT_SPECIFIED'],
  ])('%s', (_name, b, drop) => {
    expect(decodeFrame(b).net).toMatchObject({ kind: 'raw', drop })
  })
  test('wrong checksums alone are remembered in the headers', () => {
    expect(decodeIpv4(changed(8, 9)).net).toMatchObject({ kind: 'ipv4', badSum: true })
    expect(decodeIpv4(changed(31, 9)).l4).toMatchObject({ kind: 'udp', badSum: true })
  })
  test('a UDP checksum of zero is none', () => {
    expect(decodeIpv4(ip.map((b, i) => (i === 26 || i === 27 ? 0 : b))).l4).toMatchObject({ badSum: false })
  })
  test('a fragment keeps its slice', () => {
    const p = { ...datagram(17, null, 0, text('12345678')), l4: null }
    const net = { ...(p.net as ReturnType<typeof ipv4>), mf: true, df: false }
    expect(decodeIpv4(encodeNet({ ...p, net }))).toEqual({ eth: null, net, l4: null, data: text('12345678') })
  })
})

describe('the datagram quoted in an ICMP error', () => {
  test('UDP with 8 bytes has its ports', () => {
    const q = decodeQuoted(encodeNet(datagram(17, udp(1000, 53, 12, false), 8, text('abcd'))).slice(0, 28))
    expect(q).toMatchObject({ protocol: 17, sport: 1000, dport: 53, seq: 0, icmp: null, rest: NO_DATA })
    expect(q?.ip.dst).toBe(B)
  })
  test('TCP with 8 bytes has its sequence number', () => {
    const q = decodeQuoted(
      encodeNet(datagram(6, tcp(1000, 80, 77, 0, 2, 100, 0, null, false), 20, NO_DATA)).slice(0, 28),
    )
    expect(q).toMatchObject({ sport: 1000, dport: 80, seq: 77 })
  })
  test('an echo has its id and sequence, and the data after them', () => {
    const q = decodeQuoted(encodeNet(datagram(1, icmp(8, 0, 0x10002, false), 8, text('data'))))
    expect(q).toMatchObject({ sport: 1, dport: 2, icmp: { type: 8, rest: 0x10002 }, rest: text('data') })
  })
  test('a later fragment has no ports, and less than a header is nothing', () => {
    const p = datagram(17, null, 0, text('12345678'))
    const b = encodeNet({ ...p, net: { ...(p.net as ReturnType<typeof ipv4>), fragOffset: 8 } })
    expect(decodeQuoted(b)).toMatchObject({ sport: 0, dport: 0, rest: text('12345678') })
    expect(decodeQuoted(b.slice(0, 19))).toBeNull()
  })
})
