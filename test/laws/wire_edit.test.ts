// Laws of header edits: an edited header encodes to what RFC 1624 makes of the bytes (equation 3), and keeps right
// checksums right and wrong ones wrong.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { put16, put32, u16 } from '../../src/wire/bytes.ts'
import { decodeIpv4, encodeNet } from '../../src/wire/codec.ts'
import { icmp, withEchoId } from '../../src/wire/icmp.ts'
import { type Ipv4, ipv4, withAddresses, withExtent, withIdent, withTos, withTtl } from '../../src/wire/ipv4.ts'
import type { Transport } from '../../src/wire/packet.ts'
import { tcp, withTcpFlags, withTcpPorts } from '../../src/wire/tcp.ts'
import { udp, withUdpPorts } from '../../src/wire/udp.ts'

const u8 = fc.nat(255)
const port = fc.nat(0xffff)
const address = fc.integer({ min: -0x80000000, max: 0x7fffffff })
const data = fc.uint8Array({ maxLength: 40 })

/** RFC 1624 [3]: HC' = ~(~HC + ~m + m'). */
function updated(sum: number, old: number, now: number): number {
  let s = (~sum & 0xffff) + (~old & 0xffff) + now
  while (s > 0xffff) s = (s & 0xffff) + (s >>> 16)
  return ~s & 0xffff
}

/** Write `bytes` at `at` and bring each of the checksums at `sums` up to date. */
function edit(b: Uint8Array, at: number, bytes: readonly number[], sums: readonly number[]): void {
  const before = b.slice()
  b.set(bytes, at)
  for (let i = at & ~1; i < at + bytes.length; i += 2) {
    for (const s of sums) put16(b, s, updated(u16(b, s), u16(before, i), u16(b, i)))
  }
}
const word = (v: number): number[] => [v >>> 8, v & 0xff]
const long = (v: number): number[] => {
  const b = new Uint8Array(4)
  put32(b, 0, v)
  return [...b]
}

interface Datagram {
  readonly net: Ipv4
  readonly l4: Transport
  readonly data: Uint8Array
}
/** Where the transport's checksum stands in a datagram without IP options. */
const sumAt = { tcp: 20 + 16, udp: 20 + 6, icmp: 20 + 2 }
const protocol = { tcp: 6, udp: 17, icmp: 1 }
const hlen = { tcp: 20, udp: 8, icmp: 8 }

const transport: fc.Arbitrary<Transport> = fc.oneof(
  fc.tuple(port, port, fc.boolean()).map(([s, d, bad]) => udp(s, d, 0, bad)),
  fc.tuple(port, port, address, fc.boolean()).map(([s, d, n, bad]) => tcp(s, d, n >>> 0, 7, 0x10, 100, 0, null, bad)),
  fc.tuple(port, port, fc.boolean()).map(([id, seq, bad]) => icmp(8, 0, (id << 16) | seq, bad)),
)
const datagram: fc.Arbitrary<Datagram> = fc
  .tuple(address, address, u8, u8, port, transport, data, fc.boolean())
  .map(([src, dst, ttl, tos, id, l4, payload, bad]) => {
    const length = hlen[l4.kind] + payload.length
    const net = ipv4(src, dst, protocol[l4.kind], ttl, tos, id, true, false, 0, 20 + length, null, bad)
    return { net, l4: l4.kind === 'udp' ? udp(l4.sport, l4.dport, length, l4.badSum) : l4, data: payload }
  })

/** The edit of the headers and the edit of the bytes give one datagram. */
function same(before: Datagram, after: Datagram, b: Uint8Array): void {
  const ours = encodeNet(after)
  if (!before.net.badSum && !before.l4.badSum) expect(ours).toEqual(b)
  const theirs = decodeIpv4(b)
  expect(decodeIpv4(ours)).toEqual(theirs)
  expect(theirs.net).toMatchObject({ badSum: before.net.badSum })
  expect(theirs.l4?.badSum).toBe(before.l4.badSum)
}

test('the example of RFC 1624 section 4', () => {
  expect(updated(0xdd2f, 0x5555, 0x3285)).toBe(0)
})

test('TTL, TOS and identification: the sum of the IP header alone is updated', () => {
  fc.assert(
    fc.property(datagram, u8, u8, port, (d, ttl, tos, id) => {
      const b = encodeNet(d)
      edit(b, 8, [ttl], [10])
      edit(b, 1, [tos], [10])
      edit(b, 4, word(id), [10])
      same(d, { ...d, net: withIdent(withTos(withTtl(d.net, ttl), tos), id) }, b)
    }),
  )
})

test('addresses and ports: NAT updates the sum of the IP header and that of the transport', () => {
  fc.assert(
    fc.property(datagram, address, address, port, port, (d, src, dst, sport, dport) => {
      const b = encodeNet(d)
      const at = sumAt[d.l4.kind]
      const sums = d.l4.kind === 'icmp' ? [10] : [10, at]
      edit(b, 12, long(src), sums)
      edit(b, 16, long(dst), sums)
      const net = withAddresses(d.net, src, dst)
      if (d.l4.kind === 'icmp') {
        edit(b, 24, word(sport), [at])
        same(d, { ...d, net, l4: withEchoId(d.l4, sport) }, b)
        return
      }
      edit(b, 20, word(sport), [at])
      edit(b, 22, word(dport), [at])
      // RFC 768: a computed sum of 0 is sent as all ones
      if (d.l4.kind === 'udp' && u16(b, at) === 0) put16(b, at, 0xffff)
      same(
        d,
        { ...d, net, l4: d.l4.kind === 'udp' ? withUdpPorts(d.l4, sport, dport) : withTcpPorts(d.l4, sport, dport) },
        b,
      )
    }),
  )
})

test('flags of a segment', () => {
  fc.assert(
    fc.property(datagram, u8, (d, flags) => {
      if (d.l4.kind !== 'tcp') return
      const b = encodeNet(d)
      edit(b, 33, [flags], [sumAt.tcp])
      same(d, { ...d, l4: withTcpFlags(d.l4, flags) }, b)
    }),
  )
})

test('a piece of a datagram keeps all that is not its extent', () => {
  fc.assert(
    fc.property(datagram, fc.nat(100), fc.boolean(), fc.boolean(), (d, eighths, mf, df) => {
      const piece = withExtent(d.net, df, 8 * eighths, mf, 28, null, d.net.badSum)
      expect(piece).toEqual({ ...d.net, df, fragOffset: 8 * eighths, mf, totalLength: 28 })
    }),
  )
})
