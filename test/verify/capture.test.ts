// Captures: tcpdump's files as they are read, one packet as a line, and two captures by what was said.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { frameLine, linuxCaptures } from '../../src/cli/verify/capture.ts'
import { type Said, unlikeConversation } from '../../src/cli/verify/conversations.ts'
import type { Observed } from '../../src/cli/verify/observe.ts'
import { LINKTYPE_LINUX_SLL2, pcapHeader, pcapRecord } from '../../src/tools/tcpdump/pcap.ts'
import { concat } from '../../src/wire/bytes.ts'
import { encodeSll2 } from '../../src/wire/sll2.ts'
import { observe, PAIR } from './run.ts'

const machine = observe(`${PAIR}ip netns exec a ping -c 1 10.0.0.2\n`)
const frames = machine.captures.get('a 2')!.frames
const BEGAN = 1_700_000_000_000

const observed: Observed = {
  kernel: 'Linux 6.1.0',
  steps: [
    {
      number: 1,
      status: 0,
      time: 1,
      looked: 2,
      output: '',
      netns: new Map([['a', new Map([['link', '1: lo: <>\n2: e0@if2: <UP>\n']] as const)]]),
    },
  ],
  missing: new Map(),
  began: BEGAN,
  ended: true,
}

/** A file as tcpdump -i any writes it. */
function pcap(protocol = 0): Uint8Array {
  const records = frames.map((f) => {
    const packetType = f.outgoing ? 4 : 0
    const h = encodeSll2({ protocol: protocol || f.protocol, ifindex: 2, hatype: 1, packetType, address: 0 })
    const bytes = concat(h, f.bytes)
    return pcapRecord({ time: (BEGAN + f.time) * 1000, bytes, wireLength: bytes.length })
  })
  return Buffer.concat([pcapHeader(LINKTYPE_LINUX_SLL2, 1600), ...records])
}

describe('files of tcpdump', () => {
  let dir = ''
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'netsim-capture-'))
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))
  const put = (name: string, data: string | Uint8Array): void => writeFileSync(join(dir, name), data)

  test('are read per device, with its name, and say what netsim heard', () => {
    put('list', '1 77 \n2 78 a\n')
    for (const n of [1, 2]) put(`${n}.err`, 'listening on any\n4 packets captured\n0 packets dropped by kernel\n')
    put('1.pcap', pcapHeader(LINKTYPE_LINUX_SLL2, 1600))
    put('2.pcap', pcap())
    const { captures, missing } = linuxCaptures(dir, observed)
    expect([...captures.keys()]).toEqual(['a 2'])
    expect(missing.size).toBe(0)
    const [read, heard] = [captures.get('a 2')!, machine.captures.get('a 2')!]
    expect(read.device).toBe('e0')
    expect(read.frames.map((f) => frameLine(f, new Map()))).toEqual(heard.frames.map((f) => frameLine(f, new Map())))
  })

  test('IPv6 is left out, a second namespace of the same name is another', () => {
    put('list', '1 77 a\n2 78 a\n')
    for (const n of [1, 2]) put(`${n}.err`, '4 packets captured\n')
    put('1.pcap', pcap(0x86dd))
    put('2.pcap', pcap())
    expect([...linuxCaptures(dir, observed).captures.keys()]).toEqual(['a#2 2'])
  })

  test('lost packets, a cut file, no file, a namespace without a capture, no tcpdump: known as missing', () => {
    put('list', '1 77 \n2 78 b\n3 79 c\n')
    put('1.err', '4 packets captured\n3 packets dropped by kernel\n')
    put('2.err', '4 packets captured\n')
    put('1.pcap', pcap())
    put('2.pcap', pcap().slice(0, -3))
    put('3.err', 'tcpdump: any: no permission\n')
    put('3.pcap', pcapHeader(LINKTYPE_LINUX_SLL2, 1600))
    expect([...linuxCaptures(dir, observed).missing]).toEqual([
      ['captures of the first namespace', 'tcpdump lost 3 packets'],
      ['captures of b', expect.stringMatching(/truncated/)],
      ['captures of c', 'tcpdump: any: no permission'],
      ['captures of a', 'it was not made by ip netns add'],
    ])
    rmSync(join(dir, 'list'))
    expect([...linuxCaptures(dir, observed).missing.keys()]).toEqual(['captures'])
  })
})

const ip = (way: string, proto: string, length: number): string =>
  `${way.padEnd(3)} IP (tos 0x0, ttl 64, id N, offset 0, flags [DF], proto ${proto}, length ${length}) `
const tcp = (way: string, flags: string, what: string, length: number, data = ''): string => {
  const [from, to] = way === 'Out' ? ['10.0.0.1.P', '10.0.0.2.80'] : ['10.0.0.2.80', '10.0.0.1.P']
  return `${ip(way, 'TCP (6)', 52 + length)}${from} > ${to}: Flags [${flags}], ${what}, options [nop,nop,TS val T], length ${length}${data}`
}
const said = (lines: readonly string[]): Said => ({ lines, flows: lines.map(() => '') })
const sameConversations = (a: readonly string[], b: readonly string[]): boolean =>
  unlikeConversation(said(a), said(b)) === null

const TALK = [
  tcp('Out', 'S', 'seq N, win 64240', 0),
  tcp('In', 'S.', 'seq N, ack N, win 65160', 0),
  tcp('Out', '.', 'ack 1, win 502', 0),
  tcp('Out', 'P.', 'seq 1:7, ack 1, win 502', 6, ' "hello."'),
  tcp('In', '.', 'ack 7, win 510', 0),
  tcp('Out', 'F.', 'seq 7, ack 1, win 502', 0),
  tcp('In', 'F.', 'seq 1, ack 8, win 510', 0),
  tcp('Out', '.', 'ack 2, win 502', 0),
]

describe('two captures by what was said', () => {
  const swap = (l: readonly string[], i: number): string[] => [...l.slice(0, i), l[i + 1]!, l[i]!, ...l.slice(i + 2)]

  test('a bare acknowledgment before or behind a FIN, or none, is the same', () => {
    expect(sameConversations(TALK, swap(TALK, 4))).toBe(true)
    expect(
      sameConversations(
        TALK,
        TALK.filter((_, i) => i !== 4),
      ),
    ).toBe(true)
  })

  test('a stream cut otherwise is the same; one byte less is not', () => {
    const cut = [
      ...TALK.slice(0, 3),
      tcp('Out', 'P.', 'seq 1:4, ack 1, win 502', 3, ' "hel"'),
      tcp('Out', 'P.', 'seq 4:7, ack 1, win 502', 3, ' "lo."'),
      ...TALK.slice(4),
    ]
    expect(sameConversations(TALK, cut)).toBe(true)
    expect(
      sameConversations(
        TALK,
        cut.filter((_, i) => i !== 4),
      ),
    ).toBe(false)
  })

  test('a missing SYN, FIN or segment, a second one, and a RST are differences', () => {
    for (const i of [0, 1, 3, 5, 6]) {
      expect(
        sameConversations(
          TALK,
          TALK.filter((_, j) => j !== i),
        ),
      ).toBe(false)
      expect(sameConversations(TALK, [...TALK.slice(0, i), TALK[i]!, ...TALK.slice(i)])).toBe(false)
    }
    expect(sameConversations(TALK, [...TALK, tcp('In', 'R', 'seq 2, win 0', 0)])).toBe(false)
  })

  test('ARP beside a conversation may be anywhere, but it has to be there', () => {
    const arp = 'Out ARP, Ethernet (len 6), IPv4 (len 4), Request who-has 10.0.0.2 tell 10.0.0.1, length 28'
    expect(sameConversations([arp, ...TALK], [...TALK, arp])).toBe(true)
    expect(sameConversations([arp, ...TALK], TALK)).toBe(false)
  })

  test('the order within one direction is kept: echo requests by their numbers', () => {
    const echo = (n: number): string =>
      `${ip('Out', 'ICMP (1)', 84)}10.0.0.1 > 10.0.0.2: ICMP echo request, id N, seq ${n}, length 64`
    expect(sameConversations([echo(1), echo(2)], [echo(2), echo(1)])).toBe(false)
    expect(unlikeConversation(said([echo(1)]), said([]))).toMatchObject({
      netsim: ['Out ICMP 10.0.0.1 > 10.0.0.2'],
      at: [0, null],
    })
  })

  test('two conversations that look the same may change places; one that is cut short may not', () => {
    const flows = TALK.map(() => '40000 80')
    const other = TALK.map((l) => l.replace('hello', 'HELLO'))
    const [a, b] = [
      { lines: [...TALK, ...other], flows: [...flows, ...flows.map(() => '40002 80')] },
      { lines: [...other, ...TALK], flows: [...flows, ...flows.map(() => '40004 80')] },
    ]
    expect(unlikeConversation(a, b)).toBeNull()
    expect(unlikeConversation(a, { lines: b.lines.slice(0, -3), flows: b.flows })).not.toBeNull()
  })

  test('a header is part of what is said', () => {
    const ttl = TALK.map((l, i) => (i === 3 ? l.replace('ttl 64', 'ttl 63') : l))
    expect(sameConversations(TALK, ttl)).toBe(false)
  })
})
