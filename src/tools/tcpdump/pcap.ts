// Classic pcap files (pcap-savefile(5)): what tcpdump -w writes and -r reads. Both byte orders, micro- and nanoseconds.
// Leaves out pcapng as input.
import { concat } from '../../wire/bytes.ts'

export const LINKTYPE_ETHERNET = 1
export const LINKTYPE_LINUX_SLL2 = 276

const MAGIC_MICRO = 0xa1b2c3d4
const MAGIC_NANO = 0xa1b23c4d
const MAGIC_PCAPNG = 0x0a0d0d0a
const FILE_HEADER = 24
const RECORD_HEADER = 16

export interface PcapRecord {
  /** Whole microseconds since the epoch. */
  readonly time: number
  readonly bytes: Uint8Array
  readonly wireLength: number
}

export interface PcapFile {
  readonly linktype: number
  readonly snaplen: number
  readonly records: readonly PcapRecord[]
  /** What libpcap says when it meets the end inside a record; null for a whole file. */
  readonly trouble: string | null
}

/** The 24 bytes at the start: little-endian, microseconds. */
export function pcapHeader(linktype: number, snaplen: number): Uint8Array {
  const v = new DataView(new ArrayBuffer(FILE_HEADER))
  v.setUint32(0, MAGIC_MICRO, true)
  v.setUint16(4, 2, true)
  v.setUint16(6, 4, true)
  v.setUint32(16, snaplen, true)
  v.setUint32(20, linktype, true)
  return new Uint8Array(v.buffer)
}

export function pcapRecord(r: PcapRecord): Uint8Array {
  const v = new DataView(new ArrayBuffer(RECORD_HEADER))
  v.setUint32(0, Math.floor(r.time / 1e6), true)
  v.setUint32(4, r.time % 1e6, true)
  v.setUint32(8, r.bytes.length, true)
  v.setUint32(12, r.wireLength, true)
  return concat(new Uint8Array(v.buffer), r.bytes)
}

/** A whole file; text is libpcap's complaint when it is none. */
export function readPcap(b: Uint8Array): PcapFile | string {
  if (b.length < 4) return `truncated dump file; tried to read 4 file header bytes, only got ${b.length}`
  const v = new DataView(b.buffer, b.byteOffset, b.byteLength)
  if (v.getUint32(0, true) === MAGIC_PCAPNG) return 'reading pcapng files is not modelled'
  const little = isMagic(v.getUint32(0, true))
  if (!little && !isMagic(v.getUint32(0, false))) return 'unknown file format'
  if (b.length < FILE_HEADER)
    return `truncated dump file; tried to read ${FILE_HEADER - 4} file header bytes, only got ${b.length - 4}`
  const nano = v.getUint32(0, little) === MAGIC_NANO
  const snaplen = v.getUint32(16, little)
  const linktype = v.getUint32(20, little) & 0xffff
  const { records, trouble } = readRecords(v, b, little, nano)
  return { linktype, snaplen: snaplen === 0 || snaplen > 262144 ? 262144 : snaplen, records, trouble }
}

function isMagic(m: number): boolean {
  return m === MAGIC_MICRO || m === MAGIC_NANO
}

function readRecords(
  v: DataView,
  b: Uint8Array,
  little: boolean,
  nano: boolean,
): Pick<PcapFile, 'records' | 'trouble'> {
  const records: PcapRecord[] = []
  for (let at = FILE_HEADER; at < b.length; ) {
    const left = b.length - at
    if (left < RECORD_HEADER)
      return { records, trouble: `truncated dump file; tried to read ${RECORD_HEADER} header bytes, only got ${left}` }
    const caplen = v.getUint32(at + 8, little)
    if (caplen > left - RECORD_HEADER) {
      const got = left - RECORD_HEADER
      return { records, trouble: `truncated dump file; tried to read ${caplen} captured bytes, only got ${got}` }
    }
    const fraction = v.getUint32(at + 4, little)
    records.push({
      time: v.getUint32(at, little) * 1e6 + (nano ? Math.floor(fraction / 1000) : fraction),
      bytes: b.slice(at + RECORD_HEADER, at + RECORD_HEADER + caplen),
      wireLength: v.getUint32(at + 12, little),
    })
    at += RECORD_HEADER + caplen
  }
  return { records, trouble: null }
}
