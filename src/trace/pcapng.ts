// Captures as pcapng (draft-ietf-opsawg-pcapng): one section, one interface block per device, one packet block per frame.
// Read first: wire/codec.ts, which makes the bytes. Little-endian, times in nanoseconds.

import { encodePacket } from '../wire/codec.ts'
import { ETH_P_ARP, ETH_P_IP, ethernet } from '../wire/ethernet.ts'
import type { Packet } from '../wire/packet.ts'

const SECTION_HEADER = 0x0a0d0d0a
const INTERFACE_DESCRIPTION = 1
const ENHANCED_PACKET = 6
const LINKTYPE_ETHERNET = 1

const OPT_COMMENT = 1
const SHB_USERAPPL = 4
const IF_NAME = 2
const IF_DESCRIPTION = 3
const IF_TSRESOL = 9
const EPB_FLAGS = 2

/** A device that frames are written for; made by PcapngWriter.device. */
export type PcapngDevice = number

export interface PcapngFrame {
  readonly device: PcapngDevice
  /** ns since the epoch (or since boot: then the capture starts in 1970). */
  readonly time: number
  readonly packet: Packet
  /** Shown by Wireshark next to the packet. */
  readonly comment?: string
  readonly direction?: 'in' | 'out'
}

/** Grows a capture in memory; bytes() may be asked for at any time. */
export class PcapngWriter {
  private readonly blocks: Uint8Array[] = []
  private devices = 0

  constructor(application = 'netsim') {
    const body = new Body()
    body.u32(0x1a2b3c4d)
    body.u16(1)
    body.u16(0)
    // Section length: not given.
    body.u32(0xffffffff)
    body.u32(0xffffffff)
    body.text(SHB_USERAPPL, application)
    this.blocks.push(body.block(SECTION_HEADER))
  }

  /** A device to write frames for, e.g. "eth0" with the description "eth0 in pod-b". */
  device(name: string, description?: string): PcapngDevice {
    const body = new Body()
    body.u16(LINKTYPE_ETHERNET)
    body.u16(0)
    body.u32(0)
    body.text(IF_NAME, name)
    if (description !== undefined) body.text(IF_DESCRIPTION, description)
    body.option(IF_TSRESOL, Uint8Array.of(9))
    this.blocks.push(body.block(INTERFACE_DESCRIPTION))
    return this.devices++
  }

  /** A packet without Ethernet header (not yet resolved, or on a device without one) gets one of zeros. */
  frame(f: PcapngFrame): void {
    const packet =
      f.packet.eth === null
        ? { ...f.packet, eth: ethernet(0, 0, f.packet.net.kind === 'arp' ? ETH_P_ARP : ETH_P_IP) }
        : f.packet
    const bytes = encodePacket(packet)
    const body = new Body()
    body.u32(f.device)
    body.u32(Math.floor(f.time / 0x100000000))
    body.u32(f.time % 0x100000000)
    body.u32(bytes.length)
    body.u32(bytes.length)
    body.raw(bytes)
    if (f.comment !== undefined) body.text(OPT_COMMENT, f.comment)
    if (f.direction !== undefined) body.option(EPB_FLAGS, Uint8Array.of(f.direction === 'in' ? 1 : 2, 0, 0, 0))
    this.blocks.push(body.block(ENHANCED_PACKET))
  }

  bytes(): Uint8Array {
    const out = new Uint8Array(this.blocks.reduce((n, b) => n + b.length, 0))
    let at = 0
    for (const b of this.blocks) {
      out.set(b, at)
      at += b.length
    }
    return out
  }
}

/** The body of one block: little-endian fields, options, padding to 32 bits. */
class Body {
  private readonly parts: Uint8Array[] = []
  private length = 0
  private options = false

  private add(b: Uint8Array): void {
    this.parts.push(b)
    this.length += b.length
  }

  u16(v: number): void {
    this.add(Uint8Array.of(v, v >>> 8))
  }

  u32(v: number): void {
    this.add(Uint8Array.of(v, v >>> 8, v >>> 16, v >>> 24))
  }

  /** Bytes, padded. */
  raw(b: Uint8Array): void {
    this.add(b)
    this.add(new Uint8Array(-b.length & 3))
  }

  option(code: number, value: Uint8Array): void {
    this.options = true
    this.u16(code)
    this.u16(value.length)
    this.raw(value)
  }

  text(code: number, value: string): void {
    // Lengths are 16 bits; a comment beyond that is cut.
    this.option(code, new TextEncoder().encode(value).slice(0, 0xffff))
  }

  /** The whole block: type, length, body, length again. */
  block(type: number): Uint8Array {
    if (this.options) this.u32(0)
    const total = this.length + 12
    const out = new Uint8Array(total)
    const v = new DataView(out.buffer)
    v.setUint32(0, type, true)
    v.setUint32(4, total, true)
    let at = 8
    for (const p of this.parts) {
      out.set(p, at)
      at += p.length
    }
    v.setUint32(total - 4, total, true)
    return out
  }
}
