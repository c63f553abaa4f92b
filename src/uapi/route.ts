// Routes and rules as configuration. Immutable (immer); one frozen array per table.
// Constants: include/uapi/linux/rtnetlink.h, fib_rules.h.
import type { Ip4 } from '../lib/ip4.ts'

export const RT_TABLE_UNSPEC = 0
export const RT_TABLE_DEFAULT = 253
export const RT_TABLE_MAIN = 254
export const RT_TABLE_LOCAL = 255

export const RTPROT_UNSPEC = 0
export const RTPROT_REDIRECT = 1
export const RTPROT_KERNEL = 2
export const RTPROT_BOOT = 3
export const RTPROT_STATIC = 4

export const RTNH_F_DEAD = 1
export const RTNH_F_PERVASIVE = 2
export const RTNH_F_ONLINK = 4
export const RTNH_F_OFFLOAD = 8
export const RTNH_F_LINKDOWN = 16

/** RTN_* in the kernel's numbering order. */
export type RouteType =
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit'
  | 'throw'
  | 'nat'

/** struct fib_nh. */
export interface NextHop {
  /** 0 when the destination is on-link. */
  readonly gateway: Ip4
  /** ifindex; 0 for types without a device (blackhole …). */
  readonly oif: number
  /** 1…256; the kernel's rtnh_hops + 1. */
  readonly weight: number
  /** RTNH_F_… */
  readonly flags: number
  /** nh_scope: scope of the gateway's own route. */
  readonly scope: number
}

/** RTAX_* metrics; absent ones are not set. `lock` names those given with "lock". */
export interface RouteMetrics {
  readonly mtu?: number
  readonly window?: number
  readonly rtt?: number
  readonly rttvar?: number
  readonly ssthresh?: number
  readonly cwnd?: number
  readonly advmss?: number
  readonly reordering?: number
  readonly hoplimit?: number
  readonly initcwnd?: number
  readonly initrwnd?: number
  readonly rto_min?: number
  readonly quickack?: number
  readonly lock?: readonly string[]
}

/** RTAX_* in the kernel's order, as iproute2 names them. */
export const ROUTE_METRICS = Object.freeze([
  'mtu',
  'window',
  'rtt',
  'rttvar',
  'ssthresh',
  'cwnd',
  'advmss',
  'reordering',
  'hoplimit',
  'initcwnd',
  'rto_min',
  'initrwnd',
  'quickack',
] as const)

/** A route: fib_alias + fib_info in one value. */
export interface Route {
  readonly dst: Ip4
  readonly len: number
  readonly table: number
  readonly tos: number
  /** fib_priority; lower wins. */
  readonly metric: number
  readonly type: RouteType
  readonly scope: number
  readonly protocol: number
  /** fib_prefsrc, 0 when none. */
  readonly prefsrc: Ip4
  /** Never empty; one with oif 0 for blackhole, unreachable, prohibit, throw. */
  readonly nexthops: readonly NextHop[]
  readonly metrics: RouteMetrics | null
}

/** One routing table: sorted by destination (unsigned), then length descending, then tos descending, then metric ascending, then insertion. */
export type RouteTable = readonly Route[]

/** FR_ACT_* */
export type RuleAction = 'lookup' | 'goto' | 'nop' | 'blackhole' | 'unreachable' | 'prohibit'

/** struct fib4_rule. */
export interface Rule {
  readonly pref: number
  readonly action: RuleAction
  /** Table of a lookup; other actions keep the one they were given, 0 when none. */
  readonly table: number
  /** Target of a goto, else 0. */
  readonly goto: number
  readonly invert: boolean
  readonly src: Ip4
  readonly srcLen: number
  readonly dst: Ip4
  readonly dstLen: number
  readonly tos: number
  /** Device names as given; resolved when matched (they may appear later). Null when none. */
  readonly iif: string | null
  readonly oif: string | null
  readonly mark: number
  readonly markMask: number
  readonly ipproto: number
  readonly sport: readonly [number, number] | null
  readonly dport: readonly [number, number] | null
  readonly uidrange: readonly [number, number] | null
  /** -1 when not set. */
  readonly suppressPrefixlength: number
  /** Interface group, -1 when not set. */
  readonly suppressIfgroup: number
  readonly protocol: number
}
