// One packet in tcpdump's words (4.99.3, what it prints after the timestamp). Read first: print/printer.ts for the options;
// print/ has one printer per protocol. They read bytes, so malformed and cut packets read as tcpdump shows them.
import { encodeNet, encodePacket } from './codec.ts'
import { ETH_HLEN, ETH_P_ARP, ETH_P_IP } from './ethernet.ts'
import type { Packet } from './packet.ts'
import { summaryArp } from './print/arp.ts'
import { asciiDump, hexDump } from './print/dump.ts'
import { summaryCooked, summaryEthernet } from './print/ether.ts'
import { summaryIp } from './print/ip.ts'
import { PLAIN_SUMMARY, Printer, type SummaryOptions, Truncated } from './print/printer.ts'
import { SLL2_HLEN } from './sll2.ts'

/** How bytes are shown after the line: -x / -X / -A, doubled for those that include the link layer. */
export interface DumpOptions {
  readonly hex: number
  readonly hexAscii: number
  readonly ascii: number
}

/** Bytes as they were captured: at most snaplen of them, and how many there were on the wire. */
export interface Captured {
  readonly bytes: Uint8Array
  readonly wireLength: number
  /** Of `-i any`: the bytes start with an SLL2 header, and this is the device's name. Null: an Ethernet frame. */
  readonly cooked: string | null
}

interface Printed {
  readonly text: string
  /** A printer ran into the end without having looked. */
  readonly broken: boolean
}

function printed(bytes: Uint8Array, options: SummaryOptions, print: (p: Printer) => void): Printed {
  const p = new Printer(bytes, options)
  try {
    print(p)
    return { text: p.text, broken: false }
  } catch (e) {
    if (!(e instanceof Truncated)) throw e
    return { text: `${p.text} [|${p.protocol}]`, broken: !e.checked }
  }
}

/** The text after the timestamp of a captured frame; no final newline. */
export function summarizeCaptured(c: Captured, options: SummaryOptions, dump: DumpOptions | null): string {
  const { cooked } = c
  const line = printed(c.bytes, options, (p) =>
    cooked === null ? summaryEthernet(p, c.wireLength) : summaryCooked(p, cooked, c.wireLength),
  )
  return dump === null ? line.text : line.text + dumped(c, dump, line.broken)
}

function dumped(c: Captured, dump: DumpOptions, whole: boolean): string {
  const mode = dump.hexAscii || dump.hex || dump.ascii
  if (mode === 0) return ''
  const inner = mode > 1 || whole ? c.bytes : c.bytes.subarray(c.cooked === null ? ETH_HLEN : SLL2_HLEN)
  if (inner.length === 0) return ''
  if (dump.hexAscii > 0) return hexDump(inner, true)
  return dump.hex > 0 ? hexDump(inner, false) : asciiDump(inner)
}

/** The text after the timestamp. A packet without Ethernet header is shown from the network layer on. */
export function summarize(packet: Packet, options: SummaryOptions = PLAIN_SUMMARY): string {
  if (packet.eth !== null) {
    const bytes = encodePacket(packet)
    return summarizeCaptured({ bytes, wireLength: bytes.length, cooked: null }, options, null)
  }
  const bytes = encodeNet(packet)
  const type = packet.net.kind === 'arp' ? ETH_P_ARP : ETH_P_IP
  const inner = options.linkLevel ? { ...options, linkLevel: false } : options
  return printed(bytes, inner, (p) =>
    type === ETH_P_ARP ? summaryArp(p, 0, bytes.length) : summaryIp(p, 0, bytes.length),
  ).text
}
