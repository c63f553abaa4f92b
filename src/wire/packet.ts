// A whole packet as header objects: what an skb carries, what a trace keeps, what the codecs turn into bytes.
// Headers are replaced, never edited (readonly by type), so anyone may keep a reference.
import type { Arp } from './arp.ts'
import type { Ethernet } from './ethernet.ts'
import type { Icmp } from './icmp.ts'
import type { Ipv4 } from './ipv4.ts'
import type { Tcp } from './tcp.ts'
import type { Udp } from './udp.ts'

/** A network-layer part that could not be decoded as what its EtherType says, or that netsim does not know. */
export interface RawNet {
  readonly kind: 'raw'
  /** All bytes after the Ethernet header. */
  readonly bytes: Uint8Array
  /** The drop reason the kernel would give it on input; absent where the maker did not ask. */
  readonly drop?: RawDrop
}

/**
 * Names of drop reasons (uapi/drop.ts) that bytes alone decide, in the order of the kernel's checks: HDR_TRUNC a frame
 * without a whole Ethernet header, UNHANDLED_PROTO no handler for the EtherType, IP_INHDR / IP_CSUM / PKT_TOO_SMALL
 * ip_rcv_core, PKT_TOO_SMALL / NOT_SPECIFIED arp_rcv and arp_process.
 */
export type RawDrop = 'HDR_TRUNC' | 'UNHANDLED_PROTO' | 'IP_INHDR' | 'IP_CSUM' | 'PKT_TOO_SMALL' | 'NOT_SPECIFIED'

export type Net = Ipv4 | Arp | RawNet
export type Transport = Icmp | Udp | Tcp

/**
 * - `net` is what follows the Ethernet header.
 * - `l4` is the decoded transport header, null for ARP, for every fragment (its payload is the raw slice of the
 *   IP payload) and for protocols that netsim does not decode or whose header is cut short.
 * - `data` is what follows the innermost decoded header.
 */
export interface Packet {
  /** Null before neighbour output has written it (and on devices without link-layer headers). */
  readonly eth: Ethernet | null
  readonly net: Net
  readonly l4: Transport | null
  readonly data: Uint8Array
}

export const NO_DATA = new Uint8Array(0)
