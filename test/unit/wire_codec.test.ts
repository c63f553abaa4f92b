// Bytes of headers: against frames that Linux sent (scenarios/wire-frames), what it said to malformed ones (recordings/drops.json), and
// RFC 791, 768, 792, 1071.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ip4 } from '../../src/lib/ip4.ts'
import { concat } from '../../src/wire/bytes.ts'
import { checksum } from '../../src/wire/checksum.ts'
import { decodeFrame, decodeIpv4, encodeNet, encodePacket } from '../../src/wire/codec.ts'
import { type Icmp, icmp } from '../../src/wire/icmp.ts'
import { ipv4 } from '../../src/wire/ipv4.ts'
import { NO_DATA, type Packet } from '../../src/wire/packet.ts'
import { decodeQuoted } from '../../src/wire/quoted.ts'
import { TCP_ACK, TCP_RST, TCP_SYN, type Tcp, tcp } from '../../src/wire/tcp.ts'
import { udp } from '../../src/wire/udp.ts'
import type { DropRecording } from '../kernel/drops_record.ts'
import { recorded, recordedSections } from '../kernel/story.ts'

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

const frames = (title: string): readonly string[] => recorded('scenarios/wire-frames', title).trim().split('\n')
const sent = (title: string): readonly Packet[] => frames(title).map((f) => decodeFrame(bytes(f)))

describe('frames that Linux sent', () => {
  const titles = recordedSections('scenarios/wire-frames').map(([title]) => title)
  test.each(titles)('%s: they decode without a fault and encode to the same bytes, padding cut off', (title) => {
    for (const f of frames(title)) {
      const p = decodeFrame(bytes(f))
      expect([p.net, p.l4]).not.toContainEqual(expect.objectContaining({ badSum: true }))
      expect(hex(encodePacket(p))).toBe(f)
      expect(hex(encodePacket(decodeFrame(concat(bytes(f), new Uint8Array(18)))))).toBe(f)
    }
  })

  test('their fields are those of what was asked for', () => {
    for (const p of sent('arp')) {
      expect(p.eth?.dst).toBe(0xffffffffffff)
      expect(p.net).toMatchObject({ kind: 'arp', op: 1, sha: p.eth?.src, sip: A, tip: ip4('10.0.0.9'), tha: 0 })
    }
    const [question, answer] = sent('ping')
    expect(question!.net).toMatchObject({ kind: 'ipv4', src: A, dst: B, protocol: 1, totalLength: 20 + 8 + 20 })
    expect(answer!.net).toMatchObject({ kind: 'ipv4', src: B, dst: A, protocol: 1, totalLength: 20 + 8 + 20 })
    expect([question!.l4, answer!.l4]).toMatchObject([{ type: 8 }, { type: 0, rest: (question!.l4 as Icmp).rest }])
    const [datagram] = sent('udp')
    expect(datagram!.l4).toMatchObject({ kind: 'udp', dport: 9, length: 8 + 6 })
    expect(datagram!.data).toEqual(text('hello\n'))
    // RFC 9293, 3.5.2: the reset acknowledges the SYN
    const [syn, reset] = sent('a closed port').map((p) => p.l4 as Tcp)
    expect(syn).toMatchObject({ dport: 9, flags: TCP_SYN })
    expect(reset).toMatchObject({ sport: 9, dport: syn!.sport, flags: TCP_RST | TCP_ACK, seq: 0, ack: syn!.seq + 1 })
  })

  test('their TCP options have every layout of tcp_options_write', () => {
    const options = (title: string): readonly Tcp[] => sent(title).map((p) => p.l4 as Tcp)
    const [syn, synAck] = options('a connection')
    for (const t of [syn!, synAck!])
      expect(t.options).toMatchObject({ mss: expect.any(Number), windowScale: 7, sackPermitted: true, unknown: null })
    expect(synAck!.options?.timestamps?.[1]).toBe(syn!.options?.timestamps?.[0])
    expect(options('a connection that loses a segment').some((t) => t.options?.unknown?.[0] === 5)).toBe(true)
    expect(options('a connection without timestamps')[0]?.options).toMatchObject({ timestamps: null, windowScale: 7 })
    expect(options('a connection without window scaling')[0]?.options).toMatchObject({
      timestamps: null,
      windowScale: null,
    })
  })
})

describe('bytes that the kernel drops say why, with its reason', () => {
  const drops = JSON.parse(
    readFileSync(new URL('../kernel/recordings/drops.json', import.meta.url), 'utf8'),
  ) as DropRecording
  const ip = encodeNet(datagram(17, udp(1, 2, 12, false), 8, text('abcd')))
  const changed = (at: number, value: number): Uint8Array => ip.map((b, i) => (i === at ? value : b))
  test.each([
    'unknown EtherType',
    'IP header cut after 19 bytes',
    'IP version 6',
    'IP header length 16',
    'IP total length beyond the frame',
    'IP total length beyond the frame and checksum wrong',
    'ARP cut short',
    'ARP for IPX',
  ])('%s', (name) => {
    const asked = drops.answers[name]!
    expect(decodeFrame(bytes(asked.frame)).net).toMatchObject({ kind: 'raw', drop: asked.drops[0]!.reason })
  })
  test('less than an Ethernet header, which no device delivers', () => {
    expect(decodeFrame(new Uint8Array(13)).net).toMatchObject({ kind: 'raw' })
  })
  test('wrong checksums alone are remembered in the headers', () => {
    expect(decodeIpv4(changed(8, 9)).net).toMatchObject({ kind: 'ipv4', badSum: true })
    expect(decodeIpv4(changed(31, 9)).l4).toMatchObject({ kind: 'udp', badSum: true })
  })
  test('a UDP checksum of zero is none (RFC 768)', () => {
    expect(decodeIpv4(ip.map((b, i) => (i === 26 || i === 27 ? 0 : b))).l4).toMatchObject({ badSum: false })
  })
  test('a fragment keeps its slice (RFC 791)', () => {
    const p = { ...datagram(17, null, 0, text('12345678')), l4: null }
    const net = { ...(p.net as ReturnType<typeof ipv4>), mf: true, df: false }
    expect(decodeIpv4(encodeNet({ ...p, net }))).toEqual({ eth: null, net, l4: null, data: text('12345678') })
  })
})

describe('the datagram quoted in an ICMP error (RFC 792: its header and eight bytes at least)', () => {
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
