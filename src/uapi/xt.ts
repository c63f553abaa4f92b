// Matches of iptables as data: one closed union, with what checkentry has to know (struct xt_*_info). Targets: xt_target.ts.
// Each name has a kernel half (kernel/netfilter/match, target) and a spelling (tools/iptables/match, target); the tables of both are
// mapped types over these unions. Masks and values are unsigned unless said; addresses are Ip4.
import type { Ip4 } from '../lib/ip4.ts'
import type { Mac } from '../lib/mac.ts'

/** A range with both ends in it, and "!". */
export interface Range {
  readonly min: number
  readonly max: number
  readonly invert: boolean
}

/** Value under a mask, and "!". */
export interface Masked {
  readonly value: number
  readonly mask: number
  readonly invert: boolean
}

/** enum: RTN_… types that addrtype knows. */
export const ADDR_TYPES = Object.freeze([
  'UNSPEC',
  'UNICAST',
  'LOCAL',
  'BROADCAST',
  'ANYCAST',
  'MULTICAST',
  'BLACKHOLE',
  'UNREACHABLE',
  'PROHIBIT',
  'THROW',
  'NAT',
  'XRESOLVE',
] as const)
/** Bit i stands for ADDR_TYPES[i]. */
export interface MatchAddrtype {
  readonly name: 'addrtype'
  readonly source: number
  readonly dest: number
  readonly invertSource: boolean
  readonly invertDest: boolean
  readonly limitIfaceIn: boolean
  readonly limitIfaceOut: boolean
}

export interface MatchComment {
  readonly name: 'comment'
  readonly text: string
}

export interface MatchConnlimit {
  readonly name: 'connlimit'
  readonly limit: number
  /** Mask of the address that connections are counted by. */
  readonly mask: Ip4
  readonly daddr: boolean
  readonly invert: boolean
}

export interface MatchConnmark extends Masked {
  readonly name: 'connmark'
}

/** XT_CONNTRACK_STATE bits: 1 << ctinfo of the original direction, plus these. */
export const CT_STATE_INVALID = 1
export const CT_STATE_ESTABLISHED = 2
export const CT_STATE_RELATED = 4
export const CT_STATE_NEW = 8
export const CT_STATE_SNAT = 64
export const CT_STATE_DNAT = 128
export const CT_STATE_UNTRACKED = 256

/** IPS_… bits that --ctstatus asks for. */
export const CT_STATUS_NONE = 0
export const CT_STATUS_EXPECTED = 1
export const CT_STATUS_SEEN_REPLY = 2
export const CT_STATUS_ASSURED = 4
export const CT_STATUS_CONFIRMED = 8

export interface AddrMask {
  readonly addr: Ip4
  readonly mask: Ip4
  readonly invert: boolean
}

/** Null: not asked. `state` is also what -m state makes (its name tells how it was spelled). */
export interface MatchConntrack {
  readonly name: 'conntrack'
  readonly state: { readonly mask: number; readonly invert: boolean } | null
  readonly proto: { readonly protocol: number; readonly invert: boolean } | null
  readonly origSrc: AddrMask | null
  readonly origDst: AddrMask | null
  readonly replSrc: AddrMask | null
  readonly replDst: AddrMask | null
  readonly origSrcPort: Range | null
  readonly origDstPort: Range | null
  readonly replSrcPort: Range | null
  readonly replDstPort: Range | null
  readonly status: { readonly mask: number; readonly invert: boolean } | null
  /** Seconds. */
  readonly expire: Range | null
  readonly direction: 'ORIGINAL' | 'REPLY' | null
}

export interface MatchDscp {
  readonly name: 'dscp'
  readonly dscp: number
  readonly invert: boolean
}

/** struct hashlimit_cfg3. */
export interface MatchHashlimit {
  readonly name: 'hashlimit'
  readonly mode: {
    readonly srcip: boolean
    readonly srcport: boolean
    readonly dstip: boolean
    readonly dstport: boolean
  }
  readonly hashName: string
  /** --hashlimit-above: match what is beyond. */
  readonly above: boolean
  readonly bytes: boolean
  /** XT_HASHLIMIT_SCALE_v2 (1000000) × seconds per packet; of bytes: UINT32_MAX over the 16-byte chunks per second. */
  readonly avg: number
  /** Packets; of bytes: how many seconds' worth may be caught up on, 0 for none. */
  readonly burst: number
  /** Prefix lengths. */
  readonly srcmask: number
  readonly dstmask: number
  /** 0: the kernel chooses. */
  readonly htableSize: number
  readonly htableMax: number
  /** Milliseconds. */
  readonly htableExpire: number
  readonly htableGcInterval: number
  /** --hashlimit-rate-match: compare with the rate of the last interval, limit nothing. */
  readonly rateMatch: boolean
  /** Seconds; 0 when not given. */
  readonly interval: number
}

export interface MatchIcmp {
  readonly name: 'icmp'
  /** 255 is any. */
  readonly type: number
  readonly codeMin: number
  readonly codeMax: number
  readonly invert: boolean
}

export interface MatchIprange {
  readonly name: 'iprange'
  readonly src: { readonly from: Ip4; readonly to: Ip4; readonly invert: boolean } | null
  readonly dst: { readonly from: Ip4; readonly to: Ip4; readonly invert: boolean } | null
}

export interface MatchLength extends Range {
  readonly name: 'length'
}

export interface MatchLimit {
  readonly name: 'limit'
  /** As xt_rateinfo.avg: XT_LIMIT_SCALE (10000) × seconds per packet. */
  readonly avg: number
  readonly burst: number
}

export interface MatchMac {
  readonly name: 'mac'
  readonly source: Mac
  readonly invert: boolean
}

export interface MatchMark extends Masked {
  readonly name: 'mark'
}

export interface MatchMultiport {
  readonly name: 'multiport'
  readonly which: 'source' | 'destination' | 'either'
  /** A single port has min equal to max. */
  readonly ports: readonly { readonly min: number; readonly max: number }[]
  readonly invert: boolean
}

export interface MatchOwner {
  readonly name: 'owner'
  readonly uid: Range | null
  readonly gid: Range | null
  readonly socketExists: { readonly invert: boolean } | null
  readonly supplGroups: boolean
}

/** Null: not asked. Device names may end in "+". */
export interface MatchPhysdev {
  readonly name: 'physdev'
  readonly in: { readonly dev: string; readonly invert: boolean } | null
  readonly out: { readonly dev: string; readonly invert: boolean } | null
  readonly isIn: { readonly invert: boolean } | null
  readonly isOut: { readonly invert: boolean } | null
  readonly isBridged: { readonly invert: boolean } | null
}

export interface MatchPkttype {
  readonly name: 'pkttype'
  readonly type: 'unicast' | 'broadcast' | 'multicast' | 'otherhost'
  readonly invert: boolean
}

export interface PolicyElement {
  readonly reqid: Masked | null
  readonly spi: Masked | null
  readonly proto: { readonly protocol: number; readonly invert: boolean } | null
  readonly mode: { readonly mode: 'transport' | 'tunnel'; readonly invert: boolean } | null
  readonly tunnelSrc: AddrMask | null
  readonly tunnelDst: AddrMask | null
}

/** There is no ipsec here: 'none' is always true, 'ipsec' never. */
export interface MatchPolicy {
  readonly name: 'policy'
  readonly dir: 'in' | 'out'
  readonly pol: 'none' | 'ipsec'
  readonly strict: boolean
  readonly elements: readonly PolicyElement[]
}

export interface MatchQuota {
  readonly name: 'quota'
  readonly quota: number
  readonly invert: boolean
}

export interface MatchRecent {
  readonly name: 'recent'
  readonly check: 'set' | 'rcheck' | 'update' | 'remove'
  readonly invert: boolean
  readonly seconds: number | null
  readonly reap: boolean
  readonly hitcount: number | null
  readonly rttl: boolean
  readonly listName: string
  readonly mask: Ip4
  readonly side: 'source' | 'dest'
}

export interface MatchRpfilter {
  readonly name: 'rpfilter'
  readonly loose: boolean
  readonly validmark: boolean
  readonly acceptLocal: boolean
  readonly invert: boolean
}

/** Chunk types by number; flags as given after ':' (or null). */
export interface MatchSctp {
  readonly name: 'sctp'
  readonly sport: Range | null
  readonly dport: Range | null
  readonly chunks: {
    readonly scope: 'all' | 'any' | 'only'
    readonly invert: boolean
    readonly types: readonly {
      readonly type: number
      readonly flags: { readonly mask: number; readonly value: number } | null
    }[]
  } | null
}

/** --match-set NAME src,dst …: `dims` has one flag per dimension, true for src. */
export interface MatchSet {
  readonly name: 'set'
  readonly set: string
  readonly dims: readonly ('src' | 'dst')[]
  readonly invert: boolean
  readonly returnNomatch: boolean
  readonly updateCounters: boolean
  readonly updateSubcounters: boolean
  readonly packets: { readonly op: 'eq' | 'lt' | 'gt'; readonly value: number; readonly invert: boolean } | null
  readonly bytes: { readonly op: 'eq' | 'lt' | 'gt'; readonly value: number; readonly invert: boolean } | null
}

/** -m state: the old spelling of --ctstate. */
export interface MatchState {
  readonly name: 'state'
  readonly mask: number
  readonly invert: boolean
}

export interface MatchStatistic {
  readonly name: 'statistic'
  readonly mode: 'random' | 'nth'
  readonly invert: boolean
  /** random: probability × 2³¹, rounded as the tool does. */
  readonly probability: number
  /** nth: --every N is stored as N - 1, --packet as given. */
  readonly every: number
  readonly packet: number
}

export interface MatchString {
  readonly name: 'string'
  readonly from: number
  readonly to: number
  readonly algo: string
  readonly pattern: Uint8Array
  readonly invert: boolean
  readonly ignoreCase: boolean
}

export interface MatchTcp {
  readonly name: 'tcp'
  /** Null when all ports are meant. */
  readonly sport: Range | null
  readonly dport: Range | null
  readonly flags: { readonly mask: number; readonly compare: number; readonly invert: boolean } | null
  readonly option: { readonly option: number; readonly invert: boolean } | null
}

export interface MatchTcpmss extends Range {
  readonly name: 'tcpmss'
}

export interface MatchTos {
  readonly name: 'tos'
  readonly value: number
  readonly mask: number
  readonly invert: boolean
}

export interface MatchTtl {
  readonly name: 'ttl'
  readonly mode: 'eq' | 'ne' | 'lt' | 'gt'
  readonly ttl: number
}

/** u32's program: tests joined by &&; each a chain of operations on locations and a list of ranges. */
export interface U32Test {
  readonly location: readonly { readonly op: 'at' | 'and' | 'lsh' | 'rsh'; readonly number: number }[]
  readonly values: readonly { readonly min: number; readonly max: number }[]
}

export interface MatchU32 {
  readonly name: 'u32'
  readonly tests: readonly U32Test[]
  readonly invert: boolean
}

export interface MatchUdp {
  readonly name: 'udp'
  readonly sport: Range | null
  readonly dport: Range | null
}

export type Match =
  | MatchAddrtype
  | MatchComment
  | MatchConnlimit
  | MatchConnmark
  | MatchConntrack
  | MatchDscp
  | MatchHashlimit
  | MatchIcmp
  | MatchIprange
  | MatchLength
  | MatchLimit
  | MatchMac
  | MatchMark
  | MatchMultiport
  | MatchOwner
  | MatchPhysdev
  | MatchPkttype
  | MatchPolicy
  | MatchQuota
  | MatchRecent
  | MatchRpfilter
  | MatchSctp
  | MatchSet
  | MatchState
  | MatchStatistic
  | MatchString
  | MatchTcp
  | MatchTcpmss
  | MatchTos
  | MatchTtl
  | MatchU32
  | MatchUdp

export type MatchName = Match['name']
export type MatchOf<N extends MatchName> = Extract<Match, { readonly name: N }>
