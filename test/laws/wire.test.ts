// Laws of bytes: decode∘encode is the identity, decoders are total, checksums check (RFC 1071).
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arp, decodeArp, encodeArp } from '../../src/wire/arp.ts'
import { checksum, wrongChecksum } from '../../src/wire/checksum.ts'
import { decodeFrame, decodeIpv4, decodeTransport, encodeNet, encodePacket } from '../../src/wire/codec.ts'
import { decodeEthernet, encodeEthernet, ethernet } from '../../src/wire/ethernet.ts'
import { icmp } from '../../src/wire/icmp.ts'
import { decodeIpv4Header, encodeIpv4, ipv4 } from '../../src/wire/ipv4.ts'
import type { Packet } from '../../src/wire/packet.ts'
import { decodeQuoted } from '../../src/wire/quoted.ts'
import { summarize, summarizeCaptured } from '../../src/wire/summary.ts'
import { tcp } from '../../src/wire/tcp.ts'
import { decodeTcpOptions, encodeTcpOptions } from '../../src/wire/tcp_options.ts'
import { udp } from '../../src/wire/udp.ts'

const u8 = fc.nat(255)
const u16 = fc.nat(0xffff)
const u32 = fc.nat(0xffffffff)
const address = fc.integer({ min: -0x80000000, max: 0x7fffffff })
const mac = fc.nat(0xffffffffffff)
const data = (max: number) => fc.uint8Array({ maxLength: max })

const tcpOptions = fc
  .record({
    mss: fc.option(u16),
    windowScale: fc.option(u8),
    sackPermitted: fc.boolean(),
    timestamps: fc.option(fc.tuple(u32, u32)),
    unknown: fc.option(fc.constantFrom(Uint8Array.of(5, 10, 1, 2, 3, 4, 5, 6, 7, 8), Uint8Array.of(99, 3, 1))),
  })
  .map((o) =>
    o.mss === null && o.windowScale === null && !o.sackPermitted && o.timestamps === null && !o.unknown ? null : o,
  )

const transport = fc.oneof(
  fc.tuple(
    fc.tuple(u8, u8, address, fc.boolean()).map(([t, c, rest, bad]) => icmp(t, c, rest, bad)),
    fc.constant(8),
  ),
  fc.tuple(
    fc.tuple(u16, u16, fc.boolean()).map(([s, d, bad]) => udp(s, d, 0, bad)),
    fc.constant(8),
  ),
  fc
    .tuple(u16, u16, u32, u32, fc.nat(0xfff), u16, u16, tcpOptions, fc.boolean())
    .map(([s, d, seq, ack, f, w, u, o, bad]) => tcp(s, d, seq, ack, f, w, u, o, bad))
    .map((t) => [t, 20 + encodeTcpOptions(t.options).length] as const),
)
const protocols = { icmp: 1, udp: 17, tcp: 6 }

const ipHeader = fc.record({
  src: address,
  dst: address,
  ttl: u8,
  tos: u8,
  id: u16,
  df: fc.boolean(),
  options: fc.option(fc.nat(9).chain((n) => fc.uint8Array({ minLength: 4 * (n + 1), maxLength: 4 * (n + 1) }))),
  badSum: fc.boolean(),
})

const ipPacket: fc.Arbitrary<Packet> = fc.tuple(ipHeader, transport, data(60)).map(([h, [l4, hlen], d]) => {
  const total = 20 + (h.options?.length ?? 0) + hlen + d.length
  const net = ipv4(h.src, h.dst, protocols[l4.kind], h.ttl, h.tos, h.id, h.df, false, 0, total, h.options, h.badSum)
  return { eth: null, net, l4: l4.kind === 'udp' ? udp(l4.sport, l4.dport, 8 + d.length, l4.badSum) : l4, data: d }
})
const fragment: fc.Arbitrary<Packet> = fc
  .tuple(ipHeader, fc.integer({ min: 0, max: 8191 }), fc.boolean(), u8, data(40))
  .map(([h, offset, mf, protocol, d]) => {
    const total = 20 + (h.options?.length ?? 0) + d.length
    const more = mf || offset === 0
    const net = ipv4(h.src, h.dst, protocol, h.ttl, h.tos, h.id, false, more, offset * 8, total, h.options, h.badSum)
    return { eth: null, net, l4: null, data: d }
  })
const arpPacket: fc.Arbitrary<Packet> = fc.tuple(u16, mac, address, mac, address).map(([op, sha, sip, tha, tip]) => ({
  eth: null,
  net: arp(op, sha, sip, tha, tip),
  l4: null,
  data: new Uint8Array(0),
}))
const framed = fc
  .tuple(mac, mac, fc.oneof(ipPacket, fragment, arpPacket))
  .map(([d, s, p]): Packet => ({ ...p, eth: ethernet(d, s, p.net.kind === 'arp' ? 0x806 : 0x800) }))

test('decode∘encode is the identity for Ethernet, ARP and IPv4 headers and TCP options', () => {
  fc.assert(
    fc.property(mac, mac, u16, (d, s, t) => {
      expect(decodeEthernet(encodeEthernet(ethernet(d, s, t)))).toEqual(ethernet(d, s, t))
    }),
  )
  fc.assert(
    fc.property(arpPacket, (p) => {
      expect(p.net.kind === 'arp' && decodeArp(encodeArp(p.net))).toEqual(p.net)
    }),
  )
  fc.assert(
    fc.property(tcpOptions, (o) => {
      expect(decodeTcpOptions(encodeTcpOptions(o))).toEqual(o)
    }),
  )
  fc.assert(
    fc.property(fragment, (p) => {
      if (p.net.kind !== 'ipv4') return
      const head = encodeIpv4(p.net)
      expect(decodeIpv4Header(head.length < p.net.totalLength ? encodeNet(p) : head)).toEqual(p.net)
    }),
  )
})

test('decode∘encode is the identity for whole frames, wrong checksums included', () => {
  fc.assert(
    fc.property(framed, (p) => {
      expect(decodeFrame(encodePacket(p))).toEqual(p)
    }),
  )
  fc.assert(
    fc.property(ipPacket, (p) => {
      expect(decodeIpv4(encodeNet(p))).toEqual(p)
    }),
  )
})

test('options of any bytes decode to something that encodes to the same options', () => {
  fc.assert(
    fc.property(data(40), (b) => {
      const o = decodeTcpOptions(b)
      expect(decodeTcpOptions(encodeTcpOptions(o))).toEqual(o)
    }),
  )
})

test('any bytes decode and print without an exception', () => {
  const options = { linkLevel: true, verbose: 3, quiet: false, flows: new Map(), names: null, dump: true }
  const header = fc.constantFrom([0x45, 0, 0, 60], [0x46, 0, 1, 0], [0x4f, 0, 0, 40], [])
  const ip = fc.tuple(header, data(80)).map(([h, d]) => Uint8Array.from([...h, ...d]))
  const any = fc.tuple(fc.constantFrom(0x800, 0x806, 0x86dd), fc.oneof(ip, data(80))).map(([type, d]) => {
    const b = new Uint8Array(14 + d.length)
    b.set(encodeEthernet(ethernet(1, 2, type)))
    b.set(d, 14)
    return b
  })
  fc.assert(
    fc.property(fc.oneof(any, data(60)), (b) => {
      const p = decodeFrame(b)
      summarize(p)
      summarize(p, options)
      encodePacket(p)
      decodeQuoted(b.slice(14))
      decodeIpv4(b)
      summarizeCaptured({ bytes: b, wireLength: b.length + 7, cooked: null }, options, {
        hex: 1,
        hexAscii: 0,
        ascii: 0,
      })
      summarizeCaptured({ bytes: b, wireLength: b.length, cooked: 'eth0' }, options, null)
    }),
    { numRuns: 500 },
  )
})

test('a changed frame prints without an exception', () => {
  fc.assert(
    fc.property(framed, fc.array(fc.tuple(fc.nat(120), u8), { maxLength: 4 }), fc.nat(120), (p, changes, cut) => {
      const b = encodePacket(p).slice(0, 14 + cut)
      for (const [at, v] of changes) if (at < b.length) b[at] = v
      const options = { linkLevel: false, verbose: 2, quiet: false, flows: null, names: null, dump: true }
      summarizeCaptured({ bytes: b, wireLength: b.length, cooked: null }, options, null)
    }),
    { numRuns: 500 },
  )
})

test('decodeTransport never throws, whatever protocol the header claims', () => {
  fc.assert(
    fc.property(u8, data(60), (protocol, b) => {
      const ip = ipv4(1, 2, protocol, 64, 0, 0, false, false, 0, 20 + b.length, null, false)
      decodeTransport(ip, b)
    }),
  )
})

test('bytes with their checksum in place sum to zero, and the wrong one does not', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 65 }), (b) => {
      const field = b.slice()
      field[0] = 0
      field[1] = 0
      const sum = checksum(field)
      const set = (v: number): Uint8Array => field.map((x, i) => (i === 0 ? v >> 8 : i === 1 ? v & 255 : x))
      expect(checksum(set(sum))).toBe(0)
      if (field.some((x) => x !== 0)) expect(checksum(set(wrongChecksum(sum)))).not.toBe(0)
    }),
  )
})
