// ipset: sets, elements and what commands ask of the kernel (linux/netfilter/ipset/ip_set.h, protocol 7).
import type { Ip4 } from '../lib/ip4.ts'

export const SET_TYPES = Object.freeze([
  'bitmap:ip',
  'bitmap:port',
  'hash:ip',
  'hash:net',
  'hash:ip,port',
  'hash:net,port',
  'hash:ip,port,ip',
  'hash:net,net',
  'list:set',
] as const)
export type SetType = (typeof SET_TYPES)[number]

/** An element; what a type does not have is 0, null or ''. */
export interface SetElement {
  readonly ip: Ip4
  /** Prefix length 0…32 (32 for single addresses). */
  readonly cidr: number
  readonly port: number
  readonly protocol: number
  /** Second address of hash:ip,port,ip and hash:net,net. */
  readonly ip2: Ip4
  readonly cidr2: number
  /** Name of the member of a list:set. */
  readonly member: string
  readonly nomatch: boolean
  /** Seconds left, null without timeout support. */
  readonly timeout: number | null
  readonly packets: number | null
  readonly bytes: number | null
  readonly comment: string | null
  /** skbinfo: mark/mask, prio, queue; null when the set has no skbinfo. */
  readonly skbmark: { readonly mark: number; readonly mask: number } | null
  readonly skbprio: number | null
  readonly skbqueue: number | null
}

/** What `create` fixed. */
export interface SetHeader {
  readonly name: string
  readonly type: SetType
  readonly revision: number
  readonly hashsize: number
  readonly maxelem: number
  readonly netmask: number
  readonly bucketsize: number
  /** As shown in the listing: initval of hash types (random by the seed). */
  readonly initval: number
  /** Default timeout in seconds; null without timeout support (0 is permanent by default). */
  readonly timeout: number | null
  readonly counters: boolean
  readonly comment: boolean
  readonly skbinfo: boolean
  readonly forceadd: boolean
  /** bitmap types. */
  readonly from: number
  readonly to: number
  /** list:set. */
  readonly size: number
}

export interface SetInfo {
  readonly header: SetHeader
  readonly references: number
  readonly memsize: number
  /** How many there are as the kernel counts: bitmaps and lists with those that have timed out and are not cleared away yet. */
  readonly entries: number
  readonly elements: readonly SetElement[]
}

/** Errors beyond errno (IPSET_ERR_…), by the kernel's names without the prefix. */
export type IpsetErr =
  | 'PROTOCOL'
  | 'FIND_TYPE'
  | 'MAX_SETS'
  | 'BUSY'
  | 'EXIST_SETNAME2'
  | 'TYPE_MISMATCH'
  | 'EXIST'
  | 'INVALID_CIDR'
  | 'INVALID_NETMASK'
  | 'INVALID_FAMILY'
  | 'TIMEOUT'
  | 'REFERENCED'
  | 'IPADDR_IPV4'
  | 'IPADDR_IPV6'
  | 'COUNTER'
  | 'COMMENT'
  | 'INVALID_MARKMASK'
  | 'SKBINFO'
  | 'BITMASK_NETMASK_EXCL'
  | 'BITMAP_RANGE'
  | 'BITMAP_RANGE_SIZE'
  | 'HASH_FULL'
  | 'HASH_ELEM'
  | 'INVALID_PROTO'
  | 'MISSING_PROTO'
  | 'HASH_RANGE_UNSUPPORTED'
  | 'HASH_RANGE'
  | 'NAME'
  | 'LOOP'
  | 'BEFORE'
  | 'NAMEREF'
  | 'LIST_FULL'
  | 'REF_EXIST'
