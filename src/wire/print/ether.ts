// The link layer in tcpdump's words: Ethernet (print-ether.c) and the cooked header of `-i any` (print-sll.c, SLL2).
// Leaves out VLAN tags, LLC and IPv6: such frames are shown like an unknown EtherType.
import { formatMac } from '../../lib/mac.ts'
import { ETH_HLEN, ETH_P_ARP, ETH_P_IP } from '../ethernet.ts'
import { decodeSll2, SLL2_HLEN } from '../sll2.ts'
import { summaryArp } from './arp.ts'
import { hexDump } from './dump.ts'
import { etherTypeName } from './ethertypes.ts'
import { summaryIp } from './ip.ts'
import type { Printer } from './printer.ts'

function typeText(p: Printer, type: number): string {
  const hex = `0x${type.toString(16).padStart(4, '0')}`
  const name = etherTypeName(type)
  return p.options.quiet ? (name ?? `Unknown Ethertype (${hex})`) : `ethertype ${name ?? 'Unknown'} (${hex})`
}

/** What follows the link layer; false when the EtherType has no printer. */
function payload(p: Printer, type: number, at: number, length: number): boolean {
  if (type === ETH_P_IP) summaryIp(p, at, length)
  else if (type === ETH_P_ARP || type === 0x8035) summaryArp(p, at, length)
  else return false
  return true
}

function dumpRest(p: Printer, at: number): void {
  if (p.options.dump) p.put(hexDump(p.bytes.subarray(at, p.end), true))
}

/** A whole frame of `length` bytes on the wire. */
export function summaryEthernet(p: Printer, length: number): void {
  if (!p.has(0, ETH_HLEN)) {
    p.put(` [|${p.protocol}]`)
    return
  }
  const type = p.u16(12)
  const header = `${p.mac(6)} > ${p.mac(0)}, ${typeText(p, type)}, length ${length}: `
  if (p.options.linkLevel) p.put(header)
  if (payload(p, type, ETH_HLEN, length - ETH_HLEN)) return
  if (!p.options.linkLevel) p.put(header)
  dumpRest(p, ETH_HLEN)
}

const DIRECTIONS: readonly string[] = Object.freeze(['In', 'B', 'M', 'P', 'Out'])

/** A packet of `-i any`: its cooked header, then the network layer. `name` is the device of the header's ifindex. */
export function summaryCooked(p: Printer, name: string, length: number): void {
  p.protocol = 'sll2'
  p.need(0, SLL2_HLEN)
  const h = decodeSll2(p.bytes)
  p.put(`${name.padEnd(5)} ${(DIRECTIONS[h.packetType] ?? '?').padEnd(3)} `)
  const type = p.options.quiet ? '' : `${typeText(p, h.protocol)}, length ${length}: `
  const header = `ifindex ${h.ifindex} ${formatMac(h.address)} ${type}`
  if (p.options.linkLevel) p.put(header)
  if (payload(p, h.protocol, SLL2_HLEN, length - SLL2_HLEN)) return
  if (!p.options.linkLevel) p.put(header)
  dumpRest(p, SLL2_HLEN)
}
