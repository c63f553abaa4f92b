// The filter language of pcap-filter(7) as a tree of plain data. Read first: filter_parse.ts makes it, filter_eval.ts runs it.
// Leaves out IPv6 addresses and ports, VLAN, MPLS, PPPoE, 802.11 and ATM primitives: they are refused by name.
import type { Ip4 } from '../../lib/ip4.ts'
import type { Mac } from '../../lib/mac.ts'
import type { Comparison } from '../lib/compare.ts'

export type Direction = 'src' | 'dst' | 'either' | 'both'

/** Headers whose bytes can be asked for: proto[index:size]. */
export type Layer = 'ether' | 'ip' | 'arp' | 'rarp' | 'tcp' | 'udp' | 'icmp' | 'igmp' | 'sctp'

export type Arithmetic =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'len' }
  | { readonly kind: 'load'; readonly layer: Layer; readonly index: Arithmetic; readonly size: number }
  | { readonly kind: 'negate'; readonly a: Arithmetic }
  | {
      readonly kind: 'binary'
      readonly op: '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>'
      readonly a: Arithmetic
      readonly b: Arithmetic
    }

export type Filter =
  | { readonly kind: 'true' }
  | { readonly kind: 'not'; readonly a: Filter }
  | { readonly kind: 'and' | 'or'; readonly a: Filter; readonly b: Filter }
  | { readonly kind: 'ethertype'; readonly type: number }
  /** ip proto N; `v6` also the next header of IPv6 (tcp, udp and proto without ip). */
  | { readonly kind: 'protocol'; readonly protocol: number; readonly v6: boolean }
  /** Address in IPv4 headers or ARP packets (both unless one is named). */
  | {
      readonly kind: 'address'
      readonly within: 'ip' | 'arp' | 'rarp' | 'any'
      readonly direction: Direction
      readonly addr: Ip4
      readonly mask: Ip4
    }
  /** Port range of TCP, UDP and SCTP, or of one of them. */
  | {
      readonly kind: 'port'
      readonly protocol: number | null
      readonly direction: Direction
      readonly low: number
      readonly high: number
    }
  | { readonly kind: 'mac'; readonly direction: Direction; readonly address: Mac }
  /** Destination: the Ethernet group bit, IPv4 224.0.0.0/3, or IPv4 all zeros or all ones. */
  | { readonly kind: 'group'; readonly of: 'ether-multicast' | 'ip-multicast' | 'ip-broadcast' }
  | { readonly kind: 'compare'; readonly op: Comparison; readonly a: Arithmetic; readonly b: Arithmetic }

/** Names that a filter may use, and what it filters. */
export interface FilterContext {
  /** 'any' has no Ethernet header: MAC primitives are refused as libpcap does. */
  readonly link: 'ethernet' | 'any'
  host(name: string): Ip4 | null
  service(name: string): { readonly port: number; readonly tcp: boolean; readonly udp: boolean } | null
}

export type ParsedFilter =
  | { readonly ok: true; readonly filter: Filter }
  /** What tcpdump prints after its name. */
  | { readonly ok: false; readonly message: string }

/** Thrown and caught inside the parser only. */
export class FilterError extends Error {}

export const SYNTAX_ERROR = "can't parse filter expression: syntax error"

export const MATCH_ALL: Filter = Object.freeze({ kind: 'true' })
