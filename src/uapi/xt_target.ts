// Targets of iptables as data: one closed union (struct xt_*_target_info). Read first: xt.ts.
import type { Ip4 } from '../lib/ip4.ts'

/** enum ipt_reject_with, by the tool's names. */
export const REJECT_WITH = Object.freeze([
  'icmp-net-unreachable',
  'icmp-host-unreachable',
  'icmp-proto-unreachable',
  'icmp-port-unreachable',
  'icmp-net-prohibited',
  'icmp-host-prohibited',
  'icmp-admin-prohibited',
  'tcp-reset',
] as const)
export type RejectWith = (typeof REJECT_WITH)[number]

export interface TargetReject {
  readonly name: 'REJECT'
  readonly with: RejectWith
}

export interface TargetLog {
  readonly name: 'LOG'
  /** 0…7 */
  readonly level: number
  readonly prefix: string
  readonly tcpSequence: boolean
  readonly tcpOptions: boolean
  readonly ipOptions: boolean
  readonly uid: boolean
  readonly macDecode: boolean
}

export interface TargetNflog {
  readonly name: 'NFLOG'
  readonly group: number
  readonly prefix: string
  /** --nflog-range (ignored by the kernel) and --nflog-size (bytes copied), null when not given. */
  readonly range: number | null
  readonly size: number | null
  readonly threshold: number
}

/** mark = (mark & ~mask) ^ value: --set-xmark; the other spellings are made of it by the tool. */
export interface TargetMark {
  readonly name: 'MARK'
  readonly value: number
  readonly mask: number
}

export interface TargetConnmark {
  readonly name: 'CONNMARK'
  readonly mode: 'set' | 'save' | 'restore'
  readonly ctmark: number
  readonly ctmask: number
  readonly nfmask: number
  /** The mark is shifted on its way (--left-shift-mark, --right-shift-mark); by 0 bits when neither is given. */
  readonly shift: 'left' | 'right'
  readonly shiftBits: number
}

export interface TargetCt {
  readonly name: 'CT'
  readonly notrack: boolean
  /** Null when not given. */
  readonly zone: number | 'mark' | null
  readonly zoneDir: 'both' | 'orig' | 'reply'
  readonly ctevents: readonly string[]
  readonly expevents: readonly string[]
}

/** -j NOTRACK: an alias that iptables-save prints as CT --notrack or NOTRACK; asked of the real one. */
export interface TargetNotrack {
  readonly name: 'NOTRACK'
}

/** struct nf_nat_range2. Null: that part is not given. */
export interface NatRange {
  readonly addr: { readonly min: Ip4; readonly max: Ip4 } | null
  readonly port: { readonly min: number; readonly max: number } | null
  /** DNAT --to-destination a:min-max/base: ports are shifted instead of chosen. */
  readonly portBase: number | null
  readonly random: boolean
  readonly randomFully: boolean
  readonly persistent: boolean
}

export interface TargetNat extends NatRange {
  readonly name: 'DNAT' | 'SNAT' | 'MASQUERADE' | 'REDIRECT'
}

export interface TargetNetmap {
  readonly name: 'NETMAP'
  readonly addr: Ip4
  readonly mask: Ip4
}

export interface TargetTcpmss {
  readonly name: 'TCPMSS'
  /** 'clamp' is --clamp-mss-to-pmtu. */
  readonly mss: number | 'clamp'
}

/** tos = (tos & ~mask) ^ value. */
export interface TargetTos {
  readonly name: 'TOS'
  readonly value: number
  readonly mask: number
}

export interface TargetDscp {
  readonly name: 'DSCP'
  readonly dscp: number
}

export interface TargetTtl {
  readonly name: 'TTL'
  readonly mode: 'set' | 'inc' | 'dec'
  readonly ttl: number
}

export interface TargetClassify {
  readonly name: 'CLASSIFY'
  /** major << 16 | minor */
  readonly priority: number
}

export interface TargetSet {
  readonly name: 'SET'
  readonly add: { readonly set: string; readonly dims: readonly ('src' | 'dst')[] } | null
  readonly del: { readonly set: string; readonly dims: readonly ('src' | 'dst')[] } | null
  readonly map: {
    readonly set: string
    readonly dims: readonly ('src' | 'dst')[]
    readonly mark: boolean
    readonly prio: boolean
    readonly queue: boolean
  } | null
  readonly exist: boolean
  /** Seconds; null when not given. */
  readonly timeout: number | null
}

export interface TargetTrace {
  readonly name: 'TRACE'
}

export interface TargetChecksum {
  readonly name: 'CHECKSUM'
}

export type Target =
  | TargetReject
  | TargetLog
  | TargetNflog
  | TargetMark
  | TargetConnmark
  | TargetCt
  | TargetNotrack
  | (TargetNat & { readonly name: 'DNAT' })
  | (TargetNat & { readonly name: 'SNAT' })
  | (TargetNat & { readonly name: 'MASQUERADE' })
  | (TargetNat & { readonly name: 'REDIRECT' })
  | TargetNetmap
  | TargetTcpmss
  | TargetTos
  | TargetDscp
  | TargetTtl
  | TargetClassify
  | TargetSet
  | TargetTrace
  | TargetChecksum

export type TargetName = Target['name']
export type TargetOf<N extends TargetName> = Extract<Target, { readonly name: N }>
