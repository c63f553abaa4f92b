// Connections as conntrack shows them: tuples, status, and what `conntrack -L` and its events carry.
// Constants: linux/netfilter/nf_conntrack_common.h, nf_conntrack_tcp.h.
import type { Ip4 } from '../lib/ip4.ts'

/** enum ip_conntrack_info: what a packet is to its connection. */
export const IP_CT_ESTABLISHED = 0
export const IP_CT_RELATED = 1
export const IP_CT_NEW = 2
export const IP_CT_ESTABLISHED_REPLY = 3
export const IP_CT_RELATED_REPLY = 4
export const IP_CT_UNTRACKED = 7

export const IP_CT_DIR_ORIGINAL = 0

/** enum ip_conntrack_status */
export const IPS_EXPECTED = 0x1
export const IPS_SEEN_REPLY = 0x2
export const IPS_ASSURED = 0x4
export const IPS_CONFIRMED = 0x8
export const IPS_SRC_NAT = 0x10
export const IPS_DST_NAT = 0x20
export const IPS_SRC_NAT_DONE = 0x80
export const IPS_DST_NAT_DONE = 0x100
export const IPS_DYING = 0x200
export const IPS_FIXED_TIMEOUT = 0x400
export const IPS_TEMPLATE = 0x800

/** enum tcp_conntrack, in its order. */
export const TCP_CONNTRACK_STATES = Object.freeze([
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
] as const)
export type TcpConntrackState = (typeof TCP_CONNTRACK_STATES)[number]

/** One direction of a connection (struct nf_conntrack_tuple). Of ICMP: sport is the echo id, dport is 0, type and code are set. */
export interface CtTuple {
  readonly src: Ip4
  readonly dst: Ip4
  readonly sport: number
  readonly dport: number
  readonly protocol: number
  readonly icmpType: number
  readonly icmpCode: number
}

/** One connection as a dump or an event shows it. */
export interface CtInfo {
  /** Unique in the machine, from 1. */
  readonly id: number
  readonly orig: CtTuple
  readonly reply: CtTuple
  /** IPS_… */
  readonly status: number
  /** Seconds left, null in events that do not carry it. */
  readonly timeout: number | null
  /** TCP only, else null. */
  readonly tcpState: TcpConntrackState | null
  readonly mark: number
  /** Zones of the two directions, 0 when none. */
  readonly zoneOrig: number
  readonly zoneReply: number
  /** nf_conntrack_acct; null while accounting is off. */
  readonly counters: {
    readonly origPackets: number
    readonly origBytes: number
    readonly replyPackets: number
    readonly replyBytes: number
  } | null
}

export type CtEventKind = 'new' | 'update' | 'destroy'

/** One line of `conntrack -E`. */
export interface CtEvent {
  readonly kind: CtEventKind
  readonly info: CtInfo
  /** The process that asked for it (its netlink port); absent when a packet or the time did it. */
  readonly portid?: number
}

/** What -L, -D, -U ask of a connection; null or absent: anything. The tool translates its options to this. */
export interface CtFilter {
  readonly protocol?: number
  readonly origSrc?: { readonly addr: Ip4; readonly mask: Ip4 }
  readonly origDst?: { readonly addr: Ip4; readonly mask: Ip4 }
  readonly replSrc?: { readonly addr: Ip4; readonly mask: Ip4 }
  readonly replDst?: { readonly addr: Ip4; readonly mask: Ip4 }
  readonly origSport?: number
  readonly origDport?: number
  readonly replSport?: number
  readonly replDport?: number
  readonly tcpState?: TcpConntrackState
  readonly mark?: { readonly value: number; readonly mask: number }
  readonly zone?: number
  readonly origZone?: number
  readonly replyZone?: number
  /** IPS_… bits that have to be set / unset (-u ASSURED, SEEN_REPLY, UNSET …). */
  readonly statusSet?: number
  readonly statusUnset?: number
  readonly srcNat?: boolean
  readonly dstNat?: boolean
  readonly icmpType?: number
  readonly icmpCode?: number
  readonly icmpId?: number
  /** --src-nat, --dst-nat with an address or a port: what the translation has to be to. */
  readonly srcNatTo?: { readonly addr: Ip4 | null; readonly port: number | null }
  readonly dstNatTo?: { readonly addr: Ip4 | null; readonly port: number | null }
  /** --any-nat: either of the two that are asked for is enough. */
  readonly anyNat?: boolean
  /** CtInfo.id */
  readonly id?: number
  /** IPCTNL_MSG_CT_GET_CTRZERO: counters start anew (-z). */
  readonly zero?: boolean
}

/** Per-CPU statistics of `conntrack -S`; netsim has one CPU. */
export interface CtStats {
  readonly found: number
  readonly invalid: number
  readonly insert: number
  readonly insertFailed: number
  readonly drop: number
  readonly earlyDrop: number
  readonly error: number
  readonly searchRestart: number
  readonly clashResolve: number
  readonly chainToolong: number
}
