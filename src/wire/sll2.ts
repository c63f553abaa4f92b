// LINKTYPE_LINUX_SLL2: the made-up link layer of `tcpdump -i any` (pcap-linktype(7)).
import type { Mac } from '../lib/mac.ts'
import { mac48, put16, put32, putMac, u8, u16, u32 } from './bytes.ts'

/** Bytes of the header. */
export const SLL2_HLEN = 20

export interface Sll2 {
  /** EtherType. */
  readonly protocol: number
  readonly ifindex: number
  /** ARPHRD_ETHER 1, ARPHRD_LOOPBACK 772 */
  readonly hatype: number
  /** PACKET_HOST 0, BROADCAST 1, MULTICAST 2, OTHERHOST 3, OUTGOING 4 */
  readonly packetType: number
  /** Source address. */
  readonly address: Mac
}

export function encodeSll2(h: Sll2): Uint8Array {
  const b = new Uint8Array(SLL2_HLEN)
  put16(b, 0, h.protocol)
  put32(b, 4, h.ifindex)
  put16(b, 8, h.hatype)
  b[10] = h.packetType
  b[11] = 6
  putMac(b, 12, h.address)
  return b
}

export function decodeSll2(b: Uint8Array): Sll2 {
  return { protocol: u16(b, 0), ifindex: u32(b, 4), hatype: u16(b, 8), packetType: u8(b, 10), address: mac48(b, 12) }
}
