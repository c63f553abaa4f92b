// NAT on bytes (RFC 3022, 4.1): checksums that were right stay right, whatever the transport protocol. Where ports and sums stand: RFC 9293,
// 768, 4340 (DCCP), 3828 (UDP-Lite), 9260 (SCTP). What NAT makes of whole packets is recorded: scenarios/nat-*.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { manipBytes } from '../../src/kernel/netfilter/nat/manip_bytes.ts'
import { sctpChecksum } from '../../src/kernel/netfilter/nat/sctp_checksum.ts'
import { put16, u16 } from '../../src/wire/bytes.ts'
import { checksum, pseudoHeader } from '../../src/wire/checksum.ts'

const address = fc.integer({ min: -0x80000000, max: 0x7fffffff })
const port = fc.nat(0xffff)
const body = fc.uint8Array({ minLength: 20, maxLength: 60 })

/** Protocol, and where its checksum over the pseudo-header is. */
const SUMMED = [
  ['tcp', 6, 16],
  ['udp', 17, 6],
  ['dccp', 33, 6],
  ['udplite', 136, 6],
] as const

function sum(b: Uint8Array, protocol: number, src: number, dst: number): number {
  return checksum(b, 0, b.length, pseudoHeader(src, dst, protocol, b.length))
}

describe('a port and an address change in bytes', () => {
  test.each(SUMMED)('the checksum of %s follows', (_name, protocol, at) => {
    fc.assert(
      fc.property(body, address, address, address, port, fc.boolean(), (bytes, src, dst, other, p, source) => {
        const b = bytes.slice()
        put16(b, at, 0)
        put16(b, at, sum(b, protocol, src, dst) || 0xffff)
        const r = manipBytes(protocol, b, 0, source ? src : dst, other, p, source)!
        expect(u16(r, source ? 0 : 2)).toBe(p)
        expect(sum(r, protocol, source ? other : src, source ? dst : other)).toBe(0)
      }),
    )
  })

  test('UDP without a checksum stays without (RFC 768)', () => {
    const b = new Uint8Array(12)
    const r = manipBytes(17, b, 0, 0x0a000001, 0x0a000002, 53, true)!
    expect([u16(r, 0), u16(r, 6)]).toEqual([53, 0])
    expect([...b]).toEqual([...new Uint8Array(12)])
  })

  test('eight quoted bytes are enough, seven are not (RFC 792 quotes 64 bits)', () => {
    for (const protocol of [6, 17, 33, 132, 136]) {
      expect(u16(manipBytes(protocol, new Uint8Array(8), 0, 1, 2, 99, false)!, 2)).toBe(99)
      expect(manipBytes(protocol, new Uint8Array(7), 0, 1, 2, 99, false)).toBeNull()
    }
  })

  test('a protocol without ports has nothing to change (ESP, RFC 4303)', () => {
    const b = Uint8Array.of(1, 2, 3)
    expect(manipBytes(50, b, 0, 1, 2, 99, true)).toBe(b)
  })
})

describe('the checksum of SCTP', () => {
  test('is the CRC-32C of 32 zero bytes (RFC 3720, B.4)', () => {
    expect([...sctpChecksum(new Uint8Array(32), 0)]).toEqual([0xaa, 0x36, 0x91, 0x8a])
  })

  test('is computed anew when a port changes', () => {
    const b = new Uint8Array(36).fill(7)
    const r = manipBytes(132, b, 0, 1, 2, 99, true)!
    expect([...r.subarray(8, 12)]).toEqual([...sctpChecksum(r, 0)])
  })
})
