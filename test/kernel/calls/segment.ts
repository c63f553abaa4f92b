// Segments made by hand, from 10.0.0.9 (nobody) to b: `3000>80 S. seq 0 ack 1 mss 1460 ts 5 bad "data"`, numbers relative to
// the initial ones; or through b, between that and 10.0.1.9. Twin of Sock.segment and Sock.forward in run.py.
import { ip4 } from '../../../src/lib/ip4.ts'
import { parseMac } from '../../../src/lib/mac.ts'
import type { Received } from '../../../src/uapi/socket.ts'
import { put32 } from '../../../src/wire/bytes.ts'
import { ethernet } from '../../../src/wire/ethernet.ts'
import { ipv4 } from '../../../src/wire/ipv4.ts'
import type { Packet } from '../../../src/wire/packet.ts'
import { type TcpOptions, tcp } from '../../../src/wire/tcp.ts'
import { payload } from './text.ts'

const PEER = ip4('10.0.0.9')
const PEER_MAC = parseMac('02:00:00:00:00:09')!
const B = ip4('10.0.0.2')
const B_MAC = parseMac('02:00:00:00:0b:00')!
const PEER_ISN = 1_000_000
const FAR = ip4('10.0.1.9')
const FAR_MAC = parseMac('02:00:00:00:01:09')!
const FAR_ISN = 2_000_000
const B1_MAC = parseMac('02:00:00:00:0b:01')!
const FLAGS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, '.': 16 }

/** The initial sequence numbers of the other side, from what has come in. */
export function learnIsn(r: Received, isn: Map<string, number>): void {
  const f = r.frame
  if (f === null || r.packetType === 'outgoing' || f.net.kind !== 'ipv4' || f.l4?.kind !== 'tcp') return
  if (f.net.dst === PEER && (f.l4.flags & 2) !== 0) isn.set(`${f.l4.dport}>${f.l4.sport}`, f.l4.seq)
}

interface Given {
  seq: number
  ack: number
  win: number
  mss: number | null
  ts: number | null
  wscale: number | null
  sack: boolean
  bad: boolean
  /** Edges of one SACK block. */
  block: readonly [number, number] | null
  data: Uint8Array
}

function read(words: readonly string[]): Given {
  const g: Given = {
    seq: 0,
    ack: 0,
    win: 1000,
    mss: null,
    ts: null,
    wscale: null,
    sack: false,
    bad: false,
    block: null,
    data: new Uint8Array(0),
  }
  for (let i = 0; i < words.length; i++) {
    const w = words[i]!
    if (w === 'seq' || w === 'ack' || w === 'win' || w === 'mss' || w === 'ts' || w === 'wscale')
      g[w] = Number(words[++i])
    else if (w === 'block') g.block = [Number(words[++i]), Number(words[++i])]
    else if (w === 'sack' || w === 'bad') g[w] = true
    else {
      g.data = payload(words.slice(i))
      break
    }
  }
  return g
}

/** Who speaks to whom, with what initial numbers. */
interface Ends {
  readonly src: number
  readonly dst: number
  readonly srcMac: number
  readonly dstMac: number
  readonly isn: number
  readonly otherIsn: number
}

const TO_FAR: Ends = { src: PEER, dst: FAR, srcMac: PEER_MAC, dstMac: B_MAC, isn: PEER_ISN, otherIsn: FAR_ISN }
const FROM_FAR: Ends = { src: FAR, dst: PEER, srcMac: FAR_MAC, dstMac: B1_MAC, isn: FAR_ISN, otherIsn: PEER_ISN }

function sackBlock(isn: number, [start, end]: readonly [number, number]): Uint8Array {
  const b = new Uint8Array(10)
  b.set([5, 10])
  put32(b, 2, (isn + start) >>> 0)
  put32(b, 6, (isn + end) >>> 0)
  return b
}

export function makeSegment(words: readonly string[], isn: ReadonlyMap<string, number>): Packet {
  const otherIsn = isn.get(words[0]!) ?? 0
  return segmentOf(words, { src: PEER, dst: B, srcMac: PEER_MAC, dstMac: B_MAC, isn: PEER_ISN, otherIsn })
}

/** From the peer at a0 through b to the one at c0, or back. */
export function makeForwarded(words: readonly string[], machine: string): Packet {
  return segmentOf(words, machine === 'a' ? TO_FAR : FROM_FAR)
}

function segmentOf(words: readonly string[], ends: Ends): Packet {
  const [ports, flagText, ...more] = words
  const [sport, dport] = ports!.split('>').map(Number)
  const g = read(more)
  const flags = [...flagText!].reduce((bits, c) => bits | (FLAGS[c] ?? 0), 0)
  const none = g.mss === null && g.ts === null && g.wscale === null && !g.sack && g.block === null
  const unknown = g.block === null ? null : sackBlock(ends.otherIsn, g.block)
  const timestamps: readonly [number, number] | null = g.ts === null ? null : [g.ts, 0]
  const options: TcpOptions | null = none
    ? null
    : { mss: g.mss, windowScale: g.wscale, sackPermitted: g.sack, timestamps, unknown }
  const optionSize =
    (g.mss === null ? 0 : 4) +
    (g.ts === null ? 0 : 12) +
    (g.wscale === null ? 0 : 4) +
    (g.sack ? 4 : 0) +
    (g.block === null ? 0 : 12)
  const size = 40 + (g.ts !== null && g.sack ? optionSize - 4 : optionSize) + g.data.length
  const seq = (ends.isn + g.seq) >>> 0
  const ack = (flags & 16) !== 0 ? (ends.otherIsn + g.ack) >>> 0 : 0
  return {
    eth: ethernet(ends.dstMac, ends.srcMac, 0x0800),
    net: ipv4(ends.src, ends.dst, 6, 64, 0, 1, true, false, 0, size, null, false),
    l4: tcp(sport!, dport!, seq, ack, flags, g.win, 0, options, g.bad),
    data: g.data,
  }
}
