// ARP in tcpdump's words (print-arp.c), for Ethernet; other hardware is named only.
import { ETH_P_IP } from '../ethernet.ts'
import { hexDump } from './dump.ts'
import { etherTypeName } from './ethertypes.ts'
import type { Printer } from './printer.ts'

const OPERATIONS: readonly string[] = Object.freeze([
  '',
  'Request',
  'Reply',
  'Reverse Request',
  'Reverse Reply',
  '',
  '',
  '',
  'Inverse Request',
  'Inverse Reply',
  'NACK Reply',
])

interface Fields {
  readonly hlen: number
  readonly plen: number
  readonly pro: number
  readonly at: number
}

function ipAt(p: Printer, f: Fields, offset: number): string {
  if (f.pro !== ETH_P_IP) return '<wrong proto type>'
  return f.plen === 4 ? p.host(f.at + offset) : '<wrong len>'
}

function macAt(p: Printer, f: Fields, offset: number): string {
  if (f.hlen === 0) return '<empty>'
  const bytes: string[] = []
  for (let i = 0; i < f.hlen; i++) bytes.push(p.hex(f.at + offset + i, f.at + offset + i + 1))
  return bytes.join(':')
}

function isZero(p: Printer, f: Fields, offset: number): boolean {
  return /^0*$/.test(p.hex(f.at + offset, f.at + offset + f.hlen))
}

/** The operation's own words; null for those that tcpdump only dumps. */
function operation(p: Printer, f: Fields, op: number): string | null {
  const sha = 8
  const spa = sha + f.hlen
  const tha = spa + f.plen
  const tpa = tha + f.hlen
  switch (op) {
    case 1: {
      const known = isZero(p, f, tha) ? '' : ` (${macAt(p, f, tha)})`
      return `who-has ${ipAt(p, f, tpa)}${known} tell ${ipAt(p, f, spa)}`
    }
    case 2:
      return `${ipAt(p, f, spa)} is-at ${macAt(p, f, sha)}`
    case 3:
    case 8:
      return `who-is ${macAt(p, f, tha)} tell ${macAt(p, f, sha)}`
    case 4:
      return `${macAt(p, f, tha)} at ${ipAt(p, f, tpa)}`
    case 9:
      return `${macAt(p, f, sha)} at ${ipAt(p, f, spa)}`
    default:
      return null
  }
}

/** An ARP packet at `at`; `length` bytes on the wire after the link layer, padding included. */
export function summaryArp(p: Printer, at: number, length: number): void {
  p.protocol = 'arp'
  p.need(at, 8)
  const f: Fields = { at, pro: p.u16(at + 2), hlen: p.u8(at + 4), plen: p.u8(at + 5) }
  p.need(at + 8 + 2 * f.hlen + f.plen, f.plen)
  if (!p.options.linkLevel) p.put('ARP, ')
  if (f.pro !== ETH_P_IP || f.plen !== 4 || f.hlen === 0 || p.options.verbose > 0) {
    const hrd = p.u16(at)
    const hardware = hrd === 1 ? 'Ethernet' : `Unknown Hardware (${hrd})`
    const protocol = etherTypeName(f.pro) ?? `Unknown Protocol (0x${f.pro.toString(16).padStart(4, '0')})`
    p.put(`${hardware} (len ${f.hlen}), ${protocol} (len ${f.plen})`)
    if (p.options.verbose === 0) {
      p.put(`, length ${length}`)
      return
    }
    p.put(', ')
  }
  const op = p.u16(at + 6)
  p.put(`${OPERATIONS[op] || `Unknown (${op})`} `)
  const words = operation(p, f, op)
  if (words === null) dumpUnknown(p, at)
  else p.put(`${words}, length ${length}`)
}

function dumpUnknown(p: Printer, at: number): void {
  p.put(hexDump(p.bytes.subarray(at, p.end), true))
}
