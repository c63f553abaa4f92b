// Laws of filters: Boolean algebra, and agreement with predicates written on header objects after pcap-filter(7).
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatIp4, ip4, maskOf } from '../../src/lib/ip4.ts'
import type { Filter, FilterContext } from '../../src/tools/tcpdump/filter.ts'
import { matches, matchesBytes } from '../../src/tools/tcpdump/filter_eval.ts'
import { parseFilter } from '../../src/tools/tcpdump/filter_parse.ts'
import { pcapHeader, pcapRecord, readPcap } from '../../src/tools/tcpdump/pcap.ts'
import { serviceByName } from '../../src/tools/tcpdump/services.ts'
import { arp } from '../../src/wire/arp.ts'
import { encodePacket } from '../../src/wire/codec.ts'
import { ethernet } from '../../src/wire/ethernet.ts'
import { icmp } from '../../src/wire/icmp.ts'
import { ipv4 } from '../../src/wire/ipv4.ts'
import type { Packet } from '../../src/wire/packet.ts'
import { tcp } from '../../src/wire/tcp.ts'
import { udp } from '../../src/wire/udp.ts'

const context: FilterContext = { link: 'ethernet', host: () => null, service: serviceByName }

function filter(text: string): Filter {
  const parsed = parseFilter(text, context)
  if (!parsed.ok) throw new Error(`${text}: ${parsed.message}`)
  return parsed.filter
}

const address = fc.constantFrom(...['10.0.0.1', '10.0.0.2', '10.0.1.1', '192.168.6.160', '224.0.0.1'].map(ip4))
const port = fc.constantFrom(22, 53, 80, 443, 40000)
const header = (protocol: number, l4: Packet['l4'], length: number, offset: number) =>
  fc.tuple(address, address).map(([src, dst]): Packet => {
    const net = ipv4(src, dst, protocol, 64, 0, 1, false, false, offset, 20 + length, null, false)
    return {
      eth: ethernet(2, 1, 0x800),
      net,
      l4: offset === 0 ? l4 : null,
      data: new Uint8Array(offset === 0 ? 0 : length),
    }
  })
const packet: fc.Arbitrary<Packet> = fc.oneof(
  fc.tuple(port, port, fc.nat(255)).chain(([s, d, f]) => header(6, tcp(s, d, 1, 2, f, 3, 0, null, false), 20, 0)),
  fc.tuple(port, port).chain(([s, d]) => header(17, udp(s, d, 8, false), 8, 0)),
  fc.nat(15).chain((t) => header(1, icmp(t, 0, 0, false), 8, 0)),
  fc.constantFrom(6, 17).chain((p) => header(p, null, 24, 1480)),
  fc.tuple(address, address).map(
    ([a, b]): Packet => ({
      eth: ethernet(-1 >>> 0, 1, 0x806),
      net: arp(1, 1, a, 0, b),
      l4: null,
      data: new Uint8Array(0),
    }),
  ),
)

/** Filters that read nothing beyond what every packet above has. */
const simple = fc.oneof(
  fc.constantFrom('ip', 'arp', 'tcp', 'udp', 'icmp', 'broadcast', 'multicast', 'less 50', 'ip multicast', 'len > 42'),
  fc.constantFrom(
    'tcp[tcpflags] & (tcp-syn|tcp-ack) != 0',
    'icmp[icmptype] == icmp-echo',
    'ip[8] = 64',
    'udp[4:2] > 8',
  ),
  fc.tuple(fc.constantFrom('', 'src ', 'dst ', 'src and dst '), address).map(([d, a]) => `${d}host ${formatIp4(a)}`),
  fc
    .tuple(fc.constantFrom('', 'tcp ', 'udp '), fc.constantFrom('', 'src ', 'dst '), port)
    .map(([p, d, n]) => `${p}${d}port ${n}`),
  fc.constantFrom('net 10', 'dst net 10.0.0.0/24', 'portrange 20-60', 'ether src 00:00:00:00:00:01'),
)
const expression: fc.Arbitrary<string> = fc.letrec<{ e: string }>((tie) => ({
  e: fc.oneof(
    { depthSize: 'small' },
    simple,
    tie('e').map((a) => `not (${a})`),
    fc.tuple(tie('e'), fc.constantFrom('and', 'or', '&&', '||'), tie('e')).map(([a, op, b]) => `(${a}) ${op} (${b})`),
  ),
})).e

test('not f takes exactly what f does not', () => {
  fc.assert(
    fc.property(expression, packet, (f, p) => {
      expect(matches(filter(`not (${f})`), p)).toBe(!matches(filter(f), p))
    }),
  )
})

test('De Morgan, and and/or as sets', () => {
  fc.assert(
    fc.property(expression, expression, packet, (a, b, p) => {
      const [x, y] = [matches(filter(a), p), matches(filter(b), p)]
      expect(matches(filter(`(${a}) and (${b})`), p)).toBe(x && y)
      expect(matches(filter(`(${a}) or (${b})`), p)).toBe(x || y)
      expect(matches(filter(`not ((${a}) and (${b}))`), p)).toBe(matches(filter(`not (${a}) or not (${b})`), p))
    }),
  )
})

test('and and or have equal precedence and group to the left', () => {
  fc.assert(
    fc.property(simple, simple, simple, fc.constantFrom('and', 'or'), fc.constantFrom('and', 'or'), (a, b, c, f, g) => {
      expect(filter(`${a} ${f} ${b} ${g} ${c}`)).toEqual(filter(`(${a} ${f} ${b}) ${g} ${c}`))
    }),
  )
})

test('host and net agree with the addresses in the headers', () => {
  fc.assert(
    fc.property(packet, address, fc.integer({ min: 0, max: 32 }), (p, a, length) => {
      const n = p.net
      const [src, dst] = n.kind === 'ipv4' ? [n.src, n.dst] : n.kind === 'arp' ? [n.sip, n.tip] : [0, 0]
      const mask = maskOf(length)
      const inNet = (x: number): boolean => (x & mask) === (a & mask)
      expect(matches(filter(`host ${formatIp4(a)}`), p)).toBe(src === a || dst === a)
      expect(matches(filter(`src ${formatIp4(a)}`), p)).toBe(src === a)
      expect(matches(filter(`src and dst net ${formatIp4(a & mask)}/${length}`), p)).toBe(inNet(src) && inNet(dst))
      expect(matches(filter(`net ${formatIp4(a & mask)}/${length}`), p)).toBe(inNet(src) || inNet(dst))
    }),
  )
})

test('port agrees with the ports in the headers', () => {
  fc.assert(
    fc.property(packet, port, port, (p, a, b) => {
      const l4 = p.l4
      const [s, d] = l4 === null || l4.kind === 'icmp' ? [-1, -1] : [l4.sport, l4.dport]
      const [low, high] = [Math.min(a, b), Math.max(a, b)]
      const within = (x: number): boolean => x >= low && x <= high
      expect(matches(filter(`port ${a}`), p)).toBe(s === a || d === a)
      expect(matches(filter(`tcp dst port ${a}`), p)).toBe(l4?.kind === 'tcp' && d === a)
      expect(matches(filter(`portrange ${a}-${b}`), p)).toBe(within(s) || within(d))
    }),
  )
})

test('any text parses or is refused, and any filter runs on any bytes', () => {
  const word = fc.constantFrom(
    ...'not and or ( ) host src dst port net tcp [ ] : 13 & = 10.0.0.0/8 80 ip len < foo 1:2 \\tcp'.split(' '),
  )
  const text = fc.oneof(
    fc.array(word, { maxLength: 9 }).map((w) => w.join(' ')),
    fc.string({ maxLength: 20 }),
  )
  fc.assert(
    fc.property(text, fc.uint8Array({ maxLength: 60 }), (t, b) => {
      const parsed = parseFilter(t, context)
      if (parsed.ok) matchesBytes(parsed.filter, b, b.length, 'any')
      else expect(parsed.message).not.toBe('')
    }),
    { numRuns: 1000 },
  )
})

test('a savefile reads back as it was written, and any bytes read without an exception', () => {
  const record = fc.record({ time: fc.nat(2e15), bytes: fc.uint8Array({ maxLength: 30 }), wireLength: fc.nat(0xffff) })
  fc.assert(
    fc.property(fc.array(record, { maxLength: 4 }), fc.nat(60), (records, cut) => {
      const parts = [pcapHeader(1, 262144), ...records.map(pcapRecord)]
      const file = Uint8Array.from(parts.flatMap((p) => [...p]))
      expect(readPcap(file)).toEqual({ linktype: 1, snaplen: 262144, records, trouble: null })
      readPcap(file.slice(0, cut))
    }),
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (b) => {
      readPcap(b)
    }),
  )
})

test('a filter that takes a packet takes its bytes', () => {
  fc.assert(
    fc.property(expression, packet, (f, p) => {
      const b = encodePacket(p)
      expect(matchesBytes(filter(f), b, b.length, 'ethernet')).toBe(matches(filter(f), p))
    }),
  )
})
