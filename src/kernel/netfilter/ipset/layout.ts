// How the hash types lay out an element as words, which is what is hashed and compared (struct hash_…4_elem, net/netfilter/ipset/ip_set_hash_*.c).
// Addresses and ports are in network order, as a little-endian machine reads them: the order of a listing follows from it.

import { maskOf } from '../../../lib/ip4.ts'
import type { SetType } from '../../../uapi/ipset.ts'
import { swap32 } from '../jhash.ts'

export type HashType = Extract<SetType, `hash:${string}`>

export interface Layout {
  readonly type: HashType
  /** Words that tell elements apart, and words that are hashed (with padding). */
  readonly words: number
  readonly hashWords: number
  /** How many of its parts are nets of any size (IPSET_NET_COUNT). */
  readonly nets: 0 | 1 | 2
  /** sizeof and alignment of an element; sizeof(struct htype) + sizeof(struct htable). */
  readonly size: number
  readonly align: number
  readonly base: number
}

function layout(type: HashType, words: number, nets: 0 | 1 | 2, base: number): Layout {
  const four = type === 'hash:net,net'
  const hashWords = four ? 4 : words
  return Object.freeze({ type, words, hashWords, nets, size: 4 * hashWords, align: four ? 8 : 4, base })
}

export const LAYOUTS: Readonly<Record<HashType, Layout>> = Object.freeze({
  'hash:ip': layout('hash:ip', 1, 0, 176),
  'hash:net': layout('hash:net', 2, 1, 432),
  'hash:ip,port': layout('hash:ip,port', 2, 0, 176),
  'hash:net,port': layout('hash:net,port', 2, 1, 432),
  'hash:ip,port,ip': layout('hash:ip,port,ip', 3, 0, 184),
  'hash:net,net': layout('hash:net,net', 3, 2, 568),
})

function swap16(x: number): number {
  return ((x & 255) << 8) | (x >>> 8)
}

/** An element's key. One object is used again and again: nobody keeps it. */
export class Key {
  k0 = 0
  k1 = 0
  k2 = 0

  set(k0: number, k1: number, k2: number): Key {
    this.k0 = k0
    this.k1 = k1
    this.k2 = k2
    return this
  }
}

/** The parts of an element, in host order; what a type does not have is ignored. */
export class Parts {
  ip = 0
  cidr = 32
  port = 0
  protocol = 0
  ip2 = 0
  cidr2 = 32
}

export function encode(type: HashType, p: Parts, key: Key): Key {
  const service = swap16(p.port) | (p.protocol << 16)
  switch (type) {
    case 'hash:ip':
      return key.set(swap32(p.ip), 0, 0)
    case 'hash:net':
      return key.set(swap32(p.ip & maskOf(p.cidr)), p.cidr << 24, 0)
    case 'hash:ip,port':
      return key.set(swap32(p.ip), service, 0)
    case 'hash:net,port':
      return key.set(swap32(p.ip & maskOf(p.cidr)), service | ((p.cidr - 1) << 24), 0)
    case 'hash:ip,port,ip':
      return key.set(swap32(p.ip), swap32(p.ip2), service)
    case 'hash:net,net':
      return key.set(swap32(p.ip & maskOf(p.cidr)), swap32(p.ip2 & maskOf(p.cidr2)), (p.cidr << 16) | (p.cidr2 << 24))
  }
}

export function decode(type: HashType, k0: number, k1: number, k2: number, p: Parts): Parts {
  const service = type === 'hash:ip,port,ip' ? k2 : k1
  p.ip = swap32(k0)
  p.port = swap16(service & 0xffff)
  p.protocol = (service >>> 16) & 255
  p.cidr = cidrOf(type, k1, k2, 0)
  p.ip2 = swap32(k1)
  p.cidr2 = cidrOf(type, k1, k2, 1)
  return p
}

/** The prefix length of an element's first (0) or second (1) net. */
export function cidrOf(type: HashType, k1: number, k2: number, which: 0 | 1): number {
  switch (type) {
    case 'hash:net':
      return which === 0 ? k1 >>> 24 : 32
    case 'hash:net,port':
      return which === 0 ? (k1 >>> 24) + 1 : 32
    case 'hash:net,net':
      return which === 0 ? (k2 >>> 16) & 255 : k2 >>> 24
    default:
      return 32
  }
}

const NETMASKS: Int32Array = new Int32Array(33).map((_, cidr) => swap32(maskOf(cidr)))

/** mtype_data_netmask: the key as it would be were its net of that size. */
export function narrow(type: HashType, key: Key, cidr: number): void {
  key.k0 &= NETMASKS[cidr]!
  if (type === 'hash:net') key.k1 = cidr << 24
  else if (type === 'hash:net,port') key.k1 = (key.k1 & 0xffffff) | ((cidr - 1) << 24)
  else key.k2 = (key.k2 & ~0xff0000) | (cidr << 16)
}

/** The same for the second net of hash:net,net. */
export function narrowSecond(key: Key, cidr: number): void {
  key.k1 &= NETMASKS[cidr]!
  key.k2 = (key.k2 & 0xffffff) | (cidr << 24)
}
