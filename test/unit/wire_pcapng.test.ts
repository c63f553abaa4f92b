// pcapng blocks, byte by byte as draft-ietf-opsawg-pcapng lays them out (4.1 section, 4.2 interface, 4.3 enhanced packet, 3.5 options).
import { expect, test } from 'vitest'
import { ip4 } from '../../src/lib/ip4.ts'
import { PcapngWriter } from '../../src/trace/pcapng.ts'
import { arp } from '../../src/wire/arp.ts'
import { encodePacket } from '../../src/wire/codec.ts'
import { ethernet } from '../../src/wire/ethernet.ts'
import type { Packet } from '../../src/wire/packet.ts'

const packet: Packet = {
  eth: ethernet(0xffffffffffff, 1, 0x806),
  net: arp(1, 1, ip4('10.0.0.1'), 0, ip4('10.0.0.2')),
  l4: null,
  data: new Uint8Array(0),
}

/** [type, offset of the body, length of the block] of every block; both lengths of each must agree. */
function blocks(file: Uint8Array): [number, number, number][] {
  const v = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const out: [number, number, number][] = []
  for (let at = 0; at < file.length; ) {
    const length = v.getUint32(at + 4, true)
    expect(v.getUint32(at + length - 4, true)).toBe(length)
    expect(length % 4).toBe(0)
    out.push([v.getUint32(at, true), at + 8, length])
    at += length
  }
  return out
}

test('a section, its devices, its frames with time, comment and direction', () => {
  const w = new PcapngWriter()
  const a = w.device('eth0', 'eth0 in pod-a')
  const b = w.device('v0')
  const time = 1_700_000_000_000_000_000
  w.frame({ device: b, time, packet, comment: 'dropped', direction: 'in' })
  w.frame({ device: a, time: 5, packet })
  const file = w.bytes()
  const found = blocks(file)
  expect(found.map(([type]) => type)).toEqual([0x0a0d0d0a, 1, 1, 6, 6])
  const v = new DataView(file.buffer)
  const body = found[3]?.[1] ?? 0
  expect([v.getUint32(body, true), v.getUint32(body + 12, true), v.getUint32(body + 16, true)]).toEqual([1, 42, 42])
  expect(v.getUint32(body + 4, true) * 2 ** 32 + v.getUint32(body + 8, true)).toBe(time)
  expect(file.slice(body + 20, body + 62)).toEqual(encodePacket(packet))
  // After 42 bytes and 2 of padding: comment (1), flags (2), end of options.
  const options = [...file.slice(body + 64, body + 64 + 24)]
  expect(options).toEqual([
    1,
    0,
    7,
    0,
    ...'dropped'.split('').map((c) => c.charCodeAt(0)),
    0,
    2,
    0,
    4,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  ])
})

test('a packet without Ethernet header gets one of zeros', () => {
  const w = new PcapngWriter()
  w.frame({
    device: w.device('lo'),
    time: 0,
    packet: { ...packet, eth: null, net: { kind: 'raw', bytes: new Uint8Array(20) } },
  })
  const [, , frame] = blocks(w.bytes())
  expect(w.bytes().slice((frame?.[1] ?? 0) + 20, (frame?.[1] ?? 0) + 34)).toEqual(
    Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0),
  )
})
