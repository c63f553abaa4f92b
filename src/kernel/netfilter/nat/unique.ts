// Which addresses and ports a connection gets: inside the range, kept where possible, and such that no other connection has the same
// replies (get_unique_tuple and below, net/netfilter/nf_nat_core.c). Read first: core.ts, range.ts.
import type { Random } from '../../../sim/random.ts'
import { IPPROTO_ICMP, IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP } from '../../../wire/ipv4.ts'
import type { NetNs } from '../../core/netns.ts'
import type { NfConn } from '../conntrack/conn.ts'
import { Tuple } from '../conntrack/tuple.ts'
import { jhash2, reciprocalScale, swap32 } from '../jhash.ts'
import type { Range } from './range.ts'

const IPPROTO_DCCP = 33
const IPPROTO_UDPLITE = 136

/** enum nf_nat_manip_type */
export const NF_NAT_MANIP_SRC = 0
export const NF_NAT_MANIP_DST = 1
export type Manip = 0 | 1

/** Ports that are tried from one beginning, before a new one is drawn. */
const MAX_ATTEMPTS = 128
const MIN_ATTEMPTS = 16

/** Protocols of which a port can be changed. */
export function hasPorts(protocol: number): boolean {
  return (
    protocol === IPPROTO_TCP ||
    protocol === IPPROTO_UDP ||
    protocol === IPPROTO_SCTP ||
    protocol === IPPROTO_DCCP ||
    protocol === IPPROTO_UDPLITE
  )
}

const reply = new Tuple()

function copy(to: Tuple, from: Tuple): void {
  to.src = from.src
  to.dst = from.dst
  to.sport = from.sport
  to.dport = from.dport
  to.protocol = from.protocol
}

/** nf_nat_used_tuple: would the replies to this be those of another connection? */
function nf_nat_used_tuple(net: NetNs, tuple: Tuple, ct: NfConn): boolean {
  copy(reply, tuple)
  reply.invert()
  return net.nf.ct.taken(reply.src, reply.dst, reply.sport, reply.dport, reply.protocol, ct)
}

/** l4proto_in_range */
function l4proto_in_range(tuple: Tuple, manip: Manip, range: Range): boolean {
  const { protocol } = tuple
  if (protocol !== IPPROTO_ICMP && !hasPorts(protocol)) return true
  const port = protocol === IPPROTO_ICMP || manip === NF_NAT_MANIP_SRC ? tuple.sport : tuple.dport
  return port >= range.minPort && port <= range.maxPort
}

/** in_range: is this source what the range allows? */
function in_range(tuple: Tuple, range: Range): boolean {
  if (range.mapIps) {
    const src = tuple.src >>> 0
    if (src < range.min >>> 0 || src > range.max >>> 0) return false
  }
  return !range.ports || l4proto_in_range(tuple, NF_NAT_MANIP_SRC, range)
}

/** find_appropriate_src: how another connection from the same source is translated, when the range allows that here too. */
function find_appropriate_src(net: NetNs, ct: NfConn, orig: Tuple, result: Tuple, range: Range): boolean {
  let other = net.nf.nat.first(orig.src, orig.sport, orig.protocol)
  for (; other !== null; other = other.nextBySource) {
    if (other.oSrc !== orig.src || other.oSport !== orig.sport || other.protocol !== orig.protocol) continue
    if (other.oZone !== ct.oZone) continue
    result.protocol = orig.protocol
    result.src = other.rDst
    result.sport = orig.protocol === IPPROTO_ICMP ? other.rSport : other.rDport
    result.dst = orig.dst
    result.dport = orig.dport
    if (in_range(result, range)) return true
  }
  return false
}

/** find_best_ips_proto: one address of the range, the same for the same two ends (for the same source with --persistent). */
function find_best_ips_proto(tuple: Tuple, range: Range, ct: NfConn, manip: Manip): void {
  if (!range.mapIps) return
  let addr = range.min
  if (range.min !== range.max) {
    const zone = ct.oZone !== 0 ? ct.oZone : ct.rZone
    // the address is one word of a union of both families, which is hashed whole
    const seed = range.persistent ? 0 : swap32(tuple.dst) ^ zone
    const hash = jhash2(swap32(tuple.src), 0, 0, 4, seed)
    addr = (range.min + reciprocalScale(hash, (range.max - range.min + 1) >>> 0)) | 0
  }
  if (manip === NF_NAT_MANIP_SRC) tuple.src = addr
  else tuple.dst = addr
}

/** The ports to choose from when the rule names none: those of the same class, because servers trust low ones. */
function portClass(port: number): { readonly min: number; readonly size: number } {
  if (port < 512) return LOW
  return port < 1024 ? RESERVED : HIGH
}
const LOW = Object.freeze({ min: 1, size: 511 })
const RESERVED = Object.freeze({ min: 600, size: 424 })
const HIGH = Object.freeze({ min: 1024, size: 64512 })
const ANY_ID = Object.freeze({ min: 0, size: 65536 })

/** What nf_nat_l4proto_unique_tuple may choose from, null when it may change nothing. */
function choices(tuple: Tuple, range: Range, manip: Manip): { readonly min: number; readonly size: number } | null {
  const icmp = tuple.protocol === IPPROTO_ICMP
  if (!icmp && !hasPorts(tuple.protocol)) return null
  if (range.ports) {
    const min = Math.min(range.minPort, range.maxPort)
    return { min, size: Math.max(range.minPort, range.maxPort) - min + 1 }
  }
  if (icmp) return ANY_ID
  return manip === NF_NAT_MANIP_DST ? null : portClass(tuple.sport)
}

function random16(random: Random): number {
  return random.u32() & 0xffff
}

/** nf_nat_l4proto_unique_tuple: a port (or query id) that is free, if one is found in reasonable time. */
function nf_nat_l4proto_unique_tuple(net: NetNs, tuple: Tuple, range: Range, manip: Manip, ct: NfConn): void {
  const choice = choices(tuple, range, manip)
  if (choice === null) return
  const { min, size } = choice
  const source = tuple.protocol === IPPROTO_ICMP || manip === NF_NAT_MANIP_SRC
  const { random } = net.kernel
  let off = range.base >= 0 ? ((source ? tuple.sport : tuple.dport) - range.base) & 0xffff : random16(random)
  for (let attempts = Math.min(size, MAX_ATTEMPTS); ; attempts = attempts >> 1) {
    for (let i = 0; i < attempts; i++, off = (off + 1) & 0xffff) {
      const port = (min + (off % size)) & 0xffff
      if (source) tuple.sport = port
      else tuple.dport = port
      if (!nf_nat_used_tuple(net, tuple, ct)) return
    }
    if (attempts >= size || attempts < MIN_ATTEMPTS) return
    off = random16(random)
  }
}

/**
 * get_unique_tuple: `tuple` becomes `orig` with what `manip` changes. It may not be unique in the end: then the packet is dropped when its
 * connection is confirmed.
 */
export function get_unique_tuple(net: NetNs, tuple: Tuple, orig: Tuple, range: Range, ct: NfConn, manip: Manip): void {
  // the same source keeps its translation
  if (manip === NF_NAT_MANIP_SRC && !range.random) {
    if (in_range(orig, range)) {
      copy(tuple, orig)
      if (!nf_nat_used_tuple(net, orig, ct)) return
    } else if (find_appropriate_src(net, ct, orig, tuple, range) && !nf_nat_used_tuple(net, tuple, ct)) return
  }
  copy(tuple, orig)
  find_best_ips_proto(tuple, range, ct, manip)
  if (!range.random) {
    if (!range.ports) {
      if (!nf_nat_used_tuple(net, tuple, ct)) return
    } else if (
      range.base < 0 &&
      l4proto_in_range(tuple, manip, range) &&
      (range.minPort === range.maxPort || !nf_nat_used_tuple(net, tuple, ct))
    )
      return
  }
  nf_nat_l4proto_unique_tuple(net, tuple, range, manip, ct)
}
