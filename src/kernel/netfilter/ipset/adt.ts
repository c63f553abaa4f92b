// Adding, deleting and testing elements by request (the …_uadt functions of net/netfilter/ipset/ip_set_*.c).
// Read first: uapi/request.ts (SetChange), sets.ts. A range stops at the first element that is refused; what came before it stays, as in the kernel.
import { maskOf } from '../../../lib/ip4.ts'
import type { IpsetErr } from '../../../uapi/ipset.ts'
import type { SetChange } from '../../../uapi/request.ts'
import type { BitmapSet } from './bitmap.ts'
import { ElementExt } from './extensions.ts'
import type { HashSet } from './hash.ts'
import { encode, type HashType, Key, Parts } from './layout.ts'
import type { ListSet, Place } from './list.ts'
import { DIMENSIONS, type IpSet, type IpSets } from './sets.ts'

const IPPROTO_ICMP = 1
/** ip_set_proto_with_ports: TCP, UDP, SCTP, UDPLITE */
const WITH_PORTS: readonly number[] = Object.freeze([6, 17, 132, 136])

export type AdtError = IpsetErr | 'full'
type Op = 'add' | 'del'

/** ip_set_get_extensions: what the set was not created for is refused. */
function extensionsOf(set: IpSet, change: SetChange): ElementExt | IpsetErr {
  const { header } = set
  const { timeout, packets, bytes, comment, skbmark, skbprio, skbqueue } = change.element
  if (timeout !== null && header.timeout === null) return 'TIMEOUT'
  if ((packets !== null || bytes !== null) && !header.counters) return 'COUNTER'
  if (comment !== null && !header.comment) return 'COMMENT'
  if ((skbmark !== null || skbprio !== null || skbqueue !== null) && !header.skbinfo) return 'SKBINFO'
  const ext = new ElementExt()
  ext.timeout = timeout ?? -1
  ext.packets = packets ?? -1
  ext.bytes = bytes ?? -1
  ext.comment = comment
  ext.mark = skbmark?.mark ?? 0
  ext.markMask = skbmark?.mask ?? 0
  ext.prio = skbprio ?? 0
  ext.queue = skbqueue ?? 0
  return ext
}

/** One change under way: what is done with each element of it. */
interface Work {
  readonly op: Op
  readonly change: SetChange
  readonly ext: ElementExt
  readonly now: number
}

const key = new Key()

/** One element of a hash: the table grows as often as it takes. */
function changeOne(set: HashSet, type: HashType, w: Work, parts: Parts): AdtError | null {
  encode(type, parts, key)
  const { exist, element } = w.change
  if (w.op === 'del') return set.del(key, w.now) || exist ? null : 'EXIST'
  for (;;) {
    const result = set.add(key, set.layout.nets > 0 && element.nomatch, w.ext, exist, w.now)
    if (result === 'ok') return null
    if (result === 'exist') return exist ? null : 'EXIST'
    if (result === 'full' || !set.resize(w.now)) return 'full'
    encode(type, parts, key)
  }
}

/** ip_set_range_to_cidr: the largest net that begins at `from` and does not pass `to`. */
function rangeToCidr(from: number, to: number): number {
  for (let cidr = 1; cidr < 32; cidr++) {
    const size = 2 ** (32 - cidr)
    if (from % size === 0 && from + size - 1 <= to) return cidr
  }
  return 32
}

/** The addresses that a request's range covers, unsigned; a prefix covers its net. */
interface Span {
  readonly from: number
  readonly to: number
}

function spanOf(ip: number, cidr: number, ipTo: number | null): Span {
  const a = ip >>> 0
  if (ipTo === null) return { from: (ip & maskOf(cidr)) >>> 0, to: (ip | ~maskOf(cidr)) >>> 0 }
  const b = ipTo >>> 0
  return { from: Math.min(a, b), to: Math.max(a, b) }
}

/** Nets that cover a span, in order. */
function eachNet(span: Span, visit: (ip: number, cidr: number) => AdtError | null): AdtError | null {
  for (let ip = span.from; ip <= span.to; ) {
    const cidr = rangeToCidr(ip, span.to)
    const error = visit(ip | 0, cidr)
    if (error !== null) return error
    ip += 2 ** (32 - cidr)
  }
  return null
}

function changeIps(set: HashSet, header: IpSet['header'], w: Work): AdtError | null {
  const { element, ipTo } = w.change
  const first = element.ip & maskOf(header.netmask)
  if (first === 0) return 'HASH_ELEM'
  if (element.cidr === 0) return 'INVALID_CIDR'
  const span = spanOf(first, element.cidr, ipTo)
  if (ipTo === 0) return 'HASH_ELEM'
  const hosts = 2 ** (32 - header.netmask)
  const parts = new Parts()
  for (let ip = span.from; ip <= span.to && ip < 2 ** 32; ip += hosts) {
    parts.ip = ip & maskOf(header.netmask)
    const error = changeOne(set, 'hash:ip', w, parts)
    if (error !== null) return error
  }
  return null
}

function badCidr(cidr: number): boolean {
  return cidr < 1 || cidr > 32
}

const WHOLE = 2 ** 32 - 1

function changeNets(set: HashSet, w: Work): AdtError | null {
  const { element, ipTo } = w.change
  if (badCidr(element.cidr)) return 'INVALID_CIDR'
  const parts = new Parts()
  parts.ip = element.ip
  parts.cidr = element.cidr
  if (ipTo === null) return changeOne(set, 'hash:net', w, parts)
  const span = spanOf(element.ip, 32, ipTo)
  if (span.to - span.from === WHOLE) return 'HASH_RANGE'
  return eachNet(span, (ip, cidr) => {
    parts.ip = ip
    parts.cidr = cidr
    return changeOne(set, 'hash:net', w, parts)
  })
}

/** The first and last port of a request; only protocols with ports have a range. */
function portsOf(change: SetChange): Span | IpsetErr {
  const { port, protocol } = change.element
  if (protocol === 0) return 'INVALID_PROTO'
  const withPorts = WITH_PORTS.includes(protocol)
  const from = withPorts || protocol === IPPROTO_ICMP ? port : 0
  const to = withPorts && change.portTo !== null ? change.portTo : from
  return { from: Math.min(from, to), to: Math.max(from, to) }
}

function eachPort(ports: Span, parts: Parts, visit: () => AdtError | null): AdtError | null {
  for (let port = ports.from; port <= ports.to; port++) {
    parts.port = port
    const error = visit()
    if (error !== null) return error
  }
  return null
}

/** hash:ip,port and hash:ip,port,ip. */
function changeIpPorts(set: HashSet, type: HashType, w: Work): AdtError | null {
  const { element, ipTo } = w.change
  const ports = portsOf(w.change)
  if (typeof ports === 'string') return ports
  if (badCidr(element.cidr)) return 'INVALID_CIDR'
  const parts = new Parts()
  parts.protocol = element.protocol
  parts.ip2 = element.ip2
  const span = spanOf(element.ip, element.cidr, ipTo)
  for (let ip = span.from; ip <= span.to; ip++) {
    parts.ip = ip | 0
    const error = eachPort(ports, parts, () => changeOne(set, type, w, parts))
    if (error !== null) return error
  }
  return null
}

function changeNetPorts(set: HashSet, w: Work): AdtError | null {
  const { element, ipTo } = w.change
  if (badCidr(element.cidr)) return 'INVALID_CIDR'
  const ports = portsOf(w.change)
  if (typeof ports === 'string') return ports
  const parts = new Parts()
  parts.protocol = element.protocol
  const span = spanOf(element.ip, element.cidr, ipTo)
  if (ipTo !== null && span.to - span.from === WHOLE) return 'HASH_RANGE'
  return eachNet(span, (ip, cidr) => {
    parts.ip = ip
    parts.cidr = cidr
    return eachPort(ports, parts, () => changeOne(set, 'hash:net,port', w, parts))
  })
}

function changePairs(set: HashSet, w: Work): AdtError | null {
  const { element, ipTo, ip2To } = w.change
  if (badCidr(element.cidr) || badCidr(element.cidr2)) return 'INVALID_CIDR'
  const first = spanOf(element.ip, element.cidr, ipTo)
  const second = spanOf(element.ip2, element.cidr2, ip2To)
  if (ipTo !== null && first.to - first.from === WHOLE) return 'HASH_RANGE'
  if (ip2To !== null && second.to - second.from === WHOLE) return 'HASH_RANGE'
  const parts = new Parts()
  return eachNet(first, (ip, cidr) => {
    parts.ip = ip
    parts.cidr = cidr
    return eachNet(second, (ip2, cidr2) => {
      parts.ip2 = ip2
      parts.cidr2 = cidr2
      return changeOne(set, 'hash:net,net', w, parts)
    })
  })
}

function changeHash(set: HashSet, type: HashType, header: IpSet['header'], w: Work): AdtError | null {
  switch (type) {
    case 'hash:ip':
      return changeIps(set, header, w)
    case 'hash:net':
      return changeNets(set, w)
    case 'hash:ip,port':
    case 'hash:ip,port,ip':
      return changeIpPorts(set, type, w)
    case 'hash:net,port':
      return changeNetPorts(set, w)
    case 'hash:net,net':
      return changePairs(set, w)
  }
}

function changeBitmap(set: BitmapSet, ports: boolean, w: Work): AdtError | null {
  const { element, ipTo, portTo, exist } = w.change
  const first = ports ? element.port : element.ip >>> 0
  if (first < set.from || first > set.to) return 'BITMAP_RANGE'
  if (!ports && element.cidr === 0) return 'INVALID_CIDR'
  const last = portTo ?? element.port
  const span = ports
    ? { from: Math.min(first, last), to: Math.max(first, last) }
    : spanOf(element.ip, element.cidr, ipTo)
  if (span.to > set.to || (span.from < set.from && (ports || ipTo !== null))) return 'BITMAP_RANGE'
  for (let x = span.from; x <= span.to; x += set.hosts) {
    const id = set.id(x)
    const done = w.op === 'add' ? set.add(id, w.ext, exist, w.now) : set.del(id, w.now)
    if (!done && !exist) return 'EXIST'
  }
  return null
}

/** The member and its place: a set that does not exist, or is itself a list, cannot be one. */
function memberOf(sets: IpSets, change: SetChange): { readonly index: number; readonly place: Place } | IpsetErr {
  const index = sets.find(change.element.member)
  if (index < 0) return 'NAME'
  if (sets.at(index)?.data.kind === 'list') return 'LOOP'
  const name = change.before ?? change.after
  if (name === null) return { index, place: { before: 0, ref: -1 } }
  const ref = sets.find(name)
  if (ref < 0) return 'NAMEREF'
  return { index, place: { before: change.before !== null ? 1 : -1, ref } }
}

function changeList(sets: IpSets, set: ListSet, w: Work): AdtError | null {
  const member = memberOf(sets, w.change)
  if (typeof member === 'string') return member
  const { exist } = w.change
  if (set.ext.timeout !== null) sets.release(set.expire(w.now))
  if (w.op === 'del') {
    const error = set.del(member.index, member.place)
    if (error === null) sets.release([member.index])
    return error === 'EXIST' && exist ? null : error
  }
  const result = set.add(member.index, member.place, w.ext, exist, w.now)
  if (result === 'known') return null
  if (result !== 'kept') return result
  const referred = sets.at(member.index)
  if (referred !== null) referred.references++
  return null
}

/** call_ad */
export function changeSet(sets: IpSets, set: IpSet, op: Op, change: SetChange, now: number): AdtError | null {
  const ext = extensionsOf(set, change)
  if (typeof ext === 'string') return ext
  const work: Work = { op, change, ext, now }
  const { data } = set
  switch (data.kind) {
    case 'hash':
      return changeHash(data.set, data.type, set.header, work)
    case 'bitmap':
      data.set.collect(now)
      return changeBitmap(data.set, data.type === 'bitmap:port', work)
    case 'list':
      sets.release(data.set.collect(now))
      return changeList(sets, data.set, work)
  }
}

function testHash(set: HashSet, type: HashType, header: IpSet['header'], change: SetChange, now: number): boolean {
  const { element } = change
  const parts = new Parts()
  parts.ip = element.ip
  parts.cidr = element.cidr
  parts.port = element.port
  parts.protocol = element.protocol
  parts.ip2 = element.ip2
  parts.cidr2 = element.cidr2
  if (set.layout.nets > 0 && (badCidr(parts.cidr) || badCidr(parts.cidr2))) return false
  if (type === 'hash:ip') {
    parts.ip &= maskOf(header.netmask)
    if (parts.ip === 0) return false
  }
  if (DIMENSIONS[type] > 1 && type !== 'hash:net,net') {
    if (parts.protocol === 0) return false
    if (!WITH_PORTS.includes(parts.protocol) && parts.protocol !== IPPROTO_ICMP) parts.port = 0
  }
  const found = set.test(encode(type, parts, key), now, null)
  return set.layout.nets > 0 && element.nomatch ? found < 0 : found > 0
}

/** ip_set_utest: whatever is wrong with the question, the answer is no. */
export function testSet(sets: IpSets, set: IpSet, change: SetChange, now: number): boolean {
  const { data } = set
  if (typeof extensionsOf(set, change) === 'string') return false
  switch (data.kind) {
    case 'hash':
      return testHash(data.set, data.type, set.header, change, now)
    case 'bitmap': {
      const value = data.type === 'bitmap:port' ? change.element.port : change.element.ip >>> 0
      return value >= data.set.from && value <= data.set.to && data.set.test(data.set.id(value), now, null)
    }
    case 'list': {
      const member = memberOf(sets, change)
      return typeof member !== 'string' && data.set.test(member.index, member.place, now)
    }
  }
}
