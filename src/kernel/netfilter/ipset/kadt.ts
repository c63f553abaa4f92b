// Packets and sets: is the packet's address in it, put it in, take it out (ip_set_test, ip_set_add, ip_set_del of
// net/netfilter/ipset/ip_set_core.c; the …_kadt functions of each type; ip_set_getport.c). Read first: sets.ts.
// Nothing is made per packet: keys and options are one object each, used again and again.
import { maskOf } from '../../../lib/ip4.ts'
import { u16 } from '../../../wire/bytes.ts'
import type { XtPar } from '../xt.ts'
import type { ElementExt, MatchOpt } from './extensions.ts'
import type { HashSet } from './hash.ts'
import { encode, type HashType, Key, Parts } from './layout.ts'
import { DIMENSIONS, type IpSet, type IpSets } from './sets.ts'

const IPPROTO_ICMP = 1
const IPPROTO_TCP = 6
const IPPROTO_UDP = 17
const IPPROTO_SCTP = 132
const IPPROTO_UDPLITE = 136

/** Which end of the packet each part of an element is: true for the source. */
export type Dims = readonly boolean[]

const key = new Key()
const parts = new Parts()

function address(par: XtPar, source: boolean): number {
  return source ? par.skb.ip.src : par.skb.ip.dst
}

/** ip_set_get_ip4_port: protocol and port into `parts`; false for a packet that does not tell. */
function readPort(par: XtPar, source: boolean): boolean {
  const { skb } = par
  const { protocol } = skb.ip
  parts.protocol = protocol
  parts.port = 0
  switch (protocol) {
    case 0:
      return false
    case IPPROTO_TCP:
    case IPPROTO_UDP:
    case IPPROTO_SCTP:
    case IPPROTO_UDPLITE:
      if (par.fragOffset !== 0) return false
      if (skb.l4 !== null && skb.l4.kind !== 'icmp') parts.port = source ? skb.l4.sport : skb.l4.dport
      else if (skb.data.length < 4) return false
      else parts.port = u16(skb.data, source ? 0 : 2)
      return true
    case IPPROTO_ICMP:
      if (par.fragOffset !== 0) return false
      if (skb.l4 !== null && skb.l4.kind === 'icmp') parts.port = (skb.l4.type << 8) | skb.l4.code
      else if (skb.data.length < 2) return false
      else parts.port = u16(skb.data, 0)
      return true
    default:
      return true
  }
}

/** The packet's element of a hash: nets of the given lengths. False when the packet has none. */
function readHash(par: XtPar, set: HashSet, netmask: number, type: HashType, dims: Dims, test: boolean): boolean {
  parts.ip = address(par, dims[0]!)
  parts.cidr = test || set.layout.nets === 0 ? 32 : set.longest(false)
  switch (type) {
    case 'hash:ip':
      parts.ip &= maskOf(netmask)
      if (parts.ip === 0) return false
      break
    case 'hash:net':
      break
    case 'hash:net,net':
      parts.ip2 = address(par, dims[1]!)
      parts.cidr2 = test ? 32 : set.longest(true)
      break
    case 'hash:ip,port,ip':
      parts.ip2 = address(par, dims[2]!)
      if (!readPort(par, dims[1]!)) return false
      break
    default:
      if (!readPort(par, dims[1]!)) return false
  }
  encode(type, parts, key)
  return true
}

/** The packet's place in a bitmap, -1 out of range; ports are those of TCP and UDP. */
function readBitmap(par: XtPar, set: IpSet, dims: Dims): number {
  const { data } = set
  if (data.kind !== 'bitmap') return -1
  let value = address(par, dims[0]!) >>> 0
  if (data.type === 'bitmap:port') {
    if (!readPort(par, dims[0]!)) return -1
    if (parts.protocol !== IPPROTO_TCP && parts.protocol !== IPPROTO_UDP) return -1
    value = parts.port
  }
  return value < data.set.from || value > data.set.to ? -1 : data.set.id(value)
}

/** ip_set_test: true when the packet is in the set. */
export function testPacket(
  sets: IpSets,
  set: IpSet,
  par: XtPar,
  dims: Dims,
  opt: MatchOpt,
  returnNomatch: boolean,
): boolean {
  const { data } = set
  if (dims.length < DIMENSIONS[data.type]) return false
  const { now } = par.net.kernel.sim
  switch (data.kind) {
    case 'hash': {
      if (!readHash(par, data.set, set.header.netmask, data.type, dims, true)) return false
      const found = data.set.test(key, now, opt)
      return returnNomatch && data.set.layout.nets > 0 ? found < 0 : found > 0
    }
    case 'bitmap': {
      const id = readBitmap(par, set, dims)
      return id >= 0 && data.set.test(id, now, opt)
    }
    case 'list':
      return testList(sets, data.set, par, dims, opt, returnNomatch)
  }
}

type List = Extract<IpSet['data'], { kind: 'list' }>['set']

/** list_set_ktest: members are not asked about their counters. */
function testList(sets: IpSets, list: List, par: XtPar, dims: Dims, opt: MatchOpt, returnNomatch: boolean): boolean {
  const { updateCounters, matchCounters } = opt
  const { now } = par.net.kernel.sim
  for (let i = 0; i < list.members.length; i++) {
    const member = list.members[i]!
    const set = sets.at(member.index)
    opt.matchCounters = false
    opt.updateCounters = updateCounters && opt.updateSubcounters
    const found = set !== null && testPacket(sets, set, par, dims, opt, returnNomatch)
    opt.matchCounters = matchCounters
    opt.updateCounters = updateCounters
    if (found && list.ext.matches(member.row, now, opt)) return true
  }
  return false
}

/** ip_set_add; true when it is in the set now. A bucket that is full is not made larger for a packet. */
export function addPacket(sets: IpSets, set: IpSet, par: XtPar, dims: Dims, ext: ElementExt, exist: boolean): boolean {
  const { data } = set
  if (dims.length < DIMENSIONS[data.type]) return false
  const { now } = par.net.kernel.sim
  switch (data.kind) {
    case 'hash':
      if (!readHash(par, data.set, set.header.netmask, data.type, dims, false)) return false
      return data.set.add(key, false, ext, exist, now) === 'ok'
    case 'bitmap': {
      const id = readBitmap(par, set, dims)
      if (id < 0) return false
      data.set.collect(now)
      return data.set.add(id, ext, exist, now)
    }
    case 'list':
      return changeList(sets, data.set, par, dims, ext, exist)
  }
}

/** ip_set_del */
export function delPacket(sets: IpSets, set: IpSet, par: XtPar, dims: Dims): boolean {
  const { data } = set
  if (dims.length < DIMENSIONS[data.type]) return false
  const { now } = par.net.kernel.sim
  switch (data.kind) {
    case 'hash':
      return readHash(par, data.set, set.header.netmask, data.type, dims, false) && data.set.del(key, now)
    case 'bitmap': {
      const id = readBitmap(par, set, dims)
      return id >= 0 && data.set.del(id, now)
    }
    case 'list':
      return changeList(sets, data.set, par, dims, null, false)
  }
}

/** list_set_kadd (with `ext`), list_set_kdel: the first member that takes it. */
function changeList(sets: IpSets, list: List, par: XtPar, dims: Dims, ext: ElementExt | null, exist: boolean): boolean {
  const { now } = par.net.kernel.sim
  for (let i = 0; i < list.members.length; i++) {
    const { index, row } = list.members[i]!
    const set = sets.at(index)
    if (set === null || list.ext.expired(row, now)) continue
    if (ext === null ? delPacket(sets, set, par, dims) : addPacket(sets, set, par, dims, ext, exist)) return true
  }
  return false
}
