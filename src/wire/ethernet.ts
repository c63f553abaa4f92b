// Ethernet II frames: the header's type and constants (IEEE 802.3, include/uapi/linux/if_ether.h).
import type { Mac } from '../lib/mac.ts'
import { mac48, put16, putMac, u16 } from './bytes.ts'

export const ETH_P_IP = 0x0800
export const ETH_P_ARP = 0x0806
export const ETH_P_8021Q = 0x8100
export const ETH_P_IPV6 = 0x86dd
export const ETH_P_ALL = 0x0003
/** Bytes of an Ethernet header. */
export const ETH_HLEN = 14

export interface Ethernet {
  readonly dst: Mac
  readonly src: Mac
  /** EtherType, e.g. ETH_P_IP. */
  readonly type: number
}

export function ethernet(dst: Mac, src: Mac, type: number): Ethernet {
  return { dst, src, type }
}

/** The 14 bytes of the header. */
export function encodeEthernet(e: Ethernet): Uint8Array {
  const b = new Uint8Array(ETH_HLEN)
  putMac(b, 0, e.dst)
  putMac(b, 6, e.src)
  put16(b, 12, e.type)
  return b
}

/** The header of a frame of at least 14 bytes. */
export function decodeEthernet(b: Uint8Array): Ethernet {
  return ethernet(mac48(b, 0), mac48(b, 6), u16(b, 12))
}
