// ARP over Ethernet for IPv4 (RFC 826): the header's type and constants.
import type { Ip4 } from '../lib/ip4.ts'
import type { Mac } from '../lib/mac.ts'
import { i32, mac48, put16, put32, putMac, u8, u16 } from './bytes.ts'
import { ETH_P_IP } from './ethernet.ts'

export const ARPOP_REQUEST = 1
export const ARPOP_REPLY = 2

export interface Arp {
  readonly kind: 'arp'
  /** ARPOP_REQUEST, ARPOP_REPLY; others are carried as they came. */
  readonly op: number
  readonly sha: Mac
  readonly sip: Ip4
  readonly tha: Mac
  readonly tip: Ip4
}

export function arp(op: number, sha: Mac, sip: Ip4, tha: Mac, tip: Ip4): Arp {
  return { kind: 'arp', op, sha, sip, tha, tip }
}

/** Bytes of an ARP packet for Ethernet and IPv4. */
const ARP_LEN = 28
/** ARPHRD_ETHER */
const HRD_ETHER = 1

export function encodeArp(a: Arp): Uint8Array {
  const b = new Uint8Array(ARP_LEN)
  put16(b, 0, HRD_ETHER)
  put16(b, 2, ETH_P_IP)
  b[4] = 6
  b[5] = 4
  put16(b, 6, a.op)
  putMac(b, 8, a.sha)
  put32(b, 14, a.sip)
  putMac(b, 18, a.tha)
  put32(b, 24, a.tip)
  return b
}

/** An ARP packet, or the reason for which arp_rcv and arp_process drop these bytes. */
export function decodeArp(b: Uint8Array): Arp | 'PKT_TOO_SMALL' | 'NOT_SPECIFIED' {
  if (b.length < ARP_LEN) return 'PKT_TOO_SMALL'
  const known = u16(b, 0) === HRD_ETHER && u16(b, 2) === ETH_P_IP && u8(b, 4) === 6 && u8(b, 5) === 4
  if (!known) return 'NOT_SPECIFIED'
  return arp(u16(b, 6), mac48(b, 8), i32(b, 14), mac48(b, 18), i32(b, 24))
}
