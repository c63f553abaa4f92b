// From qualifiers and an id ("tcp dst port 80") to a primitive, with libpcap's checks and words (gencode.c). Read first: filter.ts.
import { type Ip4, inPrefix, maskOf } from '../../lib/ip4.ts'
import { parseMac } from '../../lib/mac.ts'
import { ETH_P_ARP, ETH_P_IP, ETH_P_IPV6 } from '../../wire/ethernet.ts'
import { IPPROTO_ICMP, IPPROTO_IGMP, IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP } from '../../wire/ipv4.ts'
import { type Direction, type Filter, type FilterContext, FilterError, MATCH_ALL, SYNTAX_ERROR } from './filter.ts'

export type Kind = 'default' | 'host' | 'net' | 'port' | 'portrange' | 'proto'

/** What stands before an id; `proto` is '' when none is named. */
export interface Qualifiers {
  readonly proto: string
  readonly direction: Direction | null
  readonly kind: Kind
}

export const ETH_P_RARP = 0x8035

/** Protocol keywords that are IP protocols. */
export const IP_PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['icmp', IPPROTO_ICMP],
  ['igmp', IPPROTO_IGMP],
  ['igrp', 9],
  ['tcp', IPPROTO_TCP],
  ['udp', IPPROTO_UDP],
  ['esp', 50],
  ['ah', 51],
  ['pim', 103],
  ['vrrp', 112],
  ['sctp', IPPROTO_SCTP],
])

/** getprotobyname(3), for `ip proto \name`. */
const PROTOCOL_NAMES: ReadonlyMap<string, number> = new Map([
  ...IP_PROTOCOLS,
  ['ip', 0],
  ['ipencap', 4],
  ['egp', 8],
  ['ipv6', 41],
  ['gre', 47],
  ['ospf', 89],
])

const ETHERTYPES: ReadonlyMap<string, number> = new Map([
  ['ip', ETH_P_IP],
  ['arp', ETH_P_ARP],
  ['rarp', ETH_P_RARP],
  ['ip6', ETH_P_IPV6],
])

const V6_TOO: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp', 'esp', 'ah', 'pim'])

function needsEthernet(ctx: FilterContext): void {
  if (ctx.link !== 'ethernet')
    throw new FilterError('ethernet addresses supported only on ethernet/FDDI/token ring/802.11/ATM LANE/Fibre Channel')
}

/** A protocol keyword alone. */
export function protocolAlone(name: string): Filter {
  const type = ETHERTYPES.get(name)
  if (type !== undefined) return { kind: 'ethertype', type }
  const protocol = IP_PROTOCOLS.get(name)
  if (protocol !== undefined) return { kind: 'protocol', protocol, v6: V6_TOO.has(name) }
  if (name === 'icmp6') {
    const v6: Filter = { kind: 'protocol', protocol: 58, v6: true }
    return { kind: 'and', a: { kind: 'ethertype', type: ETH_P_IPV6 }, b: v6 }
  }
  if (name === 'ether' || name === 'link') return MATCH_ALL
  throw new FilterError(SYNTAX_ERROR)
}

/** broadcast and multicast, alone or after ip or ether. */
export function group(name: 'broadcast' | 'multicast', proto: string, ctx: FilterContext): Filter {
  if (proto === 'ip') return { kind: 'group', of: name === 'broadcast' ? 'ip-broadcast' : 'ip-multicast' }
  const ether = proto === '' || proto === 'ether' || proto === 'link'
  if (ether && ctx.link === 'ethernet') {
    if (name === 'multicast') return { kind: 'group', of: 'ether-multicast' }
    return { kind: 'mac', direction: 'dst', address: 0xffffffffffff }
  }
  if (name === 'multicast')
    throw new FilterError(
      'link-layer multicast filters supported only on ethernet/FDDI/token ring/ARCNET/802.11/ATM LANE/Fibre Channel',
    )
  throw new FilterError(ether ? 'not a broadcast link' : 'only link-layer/IP broadcast filters supported')
}

function address(q: Qualifiers, addr: Ip4, mask: Ip4): Filter {
  const direction = q.direction ?? 'either'
  if (q.proto === 'ip' || q.proto === 'arp' || q.proto === 'rarp')
    return { kind: 'address', within: q.proto, direction, addr, mask }
  if (q.proto === '') return { kind: 'address', within: 'any', direction, addr, mask }
  const what = q.kind === 'net' ? 'net' : 'host'
  if (q.proto === 'ether' || q.proto === 'link') throw new FilterError('illegal link layer address')
  throw new FilterError(`'${q.proto}' modifier applied to ${q.proto === 'ip6' ? `ip ${what}` : what}`)
}

/** Octets given so far, as __pcap_atoin: value and how many bits they are. */
function octets(text: string): readonly [number, number] {
  const parts = text.split('.')
  let value = 0
  for (const part of parts) {
    const n = /^0[0-7]+$/.test(part) ? Number.parseInt(part, 8) : Number(part)
    if (n > 255) throw new FilterError(`invalid IPv4 address '${text}'`)
    value = value * 256 + n
  }
  return [value, parts.length * 8]
}

/** A bare number: as host the address itself, as net the octets one means (net 10 is 10.0.0.0/8). */
function bareNumber(q: Qualifiers, value: number): Filter {
  let addr = value
  let length = 32
  while (q.kind === 'net' && addr !== 0 && addr < 0x1000000) {
    addr *= 256
    length -= 8
  }
  return address(q, addr | 0, maskOf(length))
}

/** proto 6, ether proto 0x806, ip proto \icmp. */
function protocol(q: Qualifiers, n: number): Filter {
  switch (q.proto) {
    case '':
      return { kind: 'protocol', protocol: n, v6: true }
    case 'ip':
      return { kind: 'protocol', protocol: n, v6: false }
    case 'ether':
    case 'link':
      return { kind: 'ethertype', type: n }
    case 'arp':
    case 'rarp':
      throw new FilterError(`${q.proto} does not encapsulate another protocol`)
    case 'ip6':
      return protocolV6(n)
    default:
      throw new FilterError(`'${q.proto} proto' is bogus`)
  }
}

function protocolV6(n: number): Filter {
  return {
    kind: 'and',
    a: { kind: 'ethertype', type: ETH_P_IPV6 },
    b: { kind: 'protocol', protocol: n, v6: true },
  }
}

function portProtocol(q: Qualifiers): number | null {
  if (q.proto === '') return null
  if (q.proto === 'tcp' || q.proto === 'udp' || q.proto === 'sctp') return IP_PROTOCOLS.get(q.proto) ?? null
  throw new FilterError(`illegal qualifier of '${q.kind}'`)
}

function ports(q: Qualifiers, protocol: number | null, low: number, high: number): Filter {
  for (const p of [low, high]) if (p > 65535) throw new FilterError(`illegal port number ${p} > 65535`)
  const [a, b] = low <= high ? [low, high] : [high, low]
  return { kind: 'port', protocol, direction: q.direction ?? 'either', low: a, high: b }
}

function namedPort(q: Qualifiers, name: string, ctx: FilterContext): Filter {
  const wanted = portProtocol(q)
  const s = ctx.service(name)
  if (s === null) throw new FilterError(`unknown port '${name}'`)
  if (wanted === IPPROTO_UDP && !s.udp) throw new FilterError(`port '${name}' is tcp`)
  if (wanted === IPPROTO_TCP && !s.tcp) throw new FilterError(`port '${name}' is udp`)
  if (wanted === IPPROTO_SCTP) throw new FilterError(`port '${name}' is ${s.tcp ? 'tcp' : 'udp'}`)
  const only = s.tcp && s.udp ? null : s.tcp ? IPPROTO_TCP : IPPROTO_UDP
  return ports(q, wanted ?? only, s.port, s.port)
}

function portRange(q: Qualifiers, text: string, ctx: FilterContext): Filter {
  const [from = '', to] = text.split('-')
  const one = (t: string): number => {
    if (/^\d+$/.test(t)) return Number(t)
    const s = ctx.service(t)
    if (s === null) throw new FilterError(`unknown port in range '${text}'`)
    return s.port
  }
  return ports(q, portProtocol(q), one(from), one(to ?? from))
}

/** A number as id. */
export function fromNumber(q: Qualifiers, n: number): Filter {
  switch (q.kind) {
    case 'default':
    case 'host':
    case 'net':
      return bareNumber(q, n)
    case 'port':
    case 'portrange':
      return ports(q, portProtocol(q), n, n)
    case 'proto':
      return protocol(q, n)
  }
}

/** A dotted number as id; octets that are missing at its end are not compared. */
export function fromDotted(q: Qualifiers, text: string): Filter {
  const [value, bits] = octets(text)
  if (q.kind === 'default' || q.kind === 'host' || q.kind === 'net')
    return address(q, (value * 2 ** (32 - bits)) | 0, maskOf(bits))
  throw new FilterError(SYNTAX_ERROR)
}

/** net A/LEN. */
export function fromPrefix(q: Qualifiers, text: string, length: number): Filter {
  const [value, bits] = octets(text)
  if (length > 32) throw new FilterError('mask length must be <= 32')
  const addr = (value * 2 ** (32 - bits)) | 0
  if (!inPrefix(addr, addr & maskOf(length), 32)) throw new FilterError(`non-network bits set in "${text}/${length}"`)
  if (q.kind !== 'net') throw new FilterError('Mask syntax for networks only')
  return address(q, addr, maskOf(length))
}

/** net A mask M. */
export function fromMask(q: Qualifiers, text: string, maskText: string): Filter {
  const [value, bits] = octets(text)
  const [maskValue, maskBits] = octets(maskText)
  const addr = (value * 2 ** (32 - bits)) | 0
  const mask = (maskValue * 2 ** (32 - maskBits)) | 0
  if ((addr & ~mask) !== 0) throw new FilterError(`non-network bits set in "${text} mask ${maskText}"`)
  if (q.kind !== 'net') throw new FilterError('Mask syntax for networks only')
  return address(q, addr, mask)
}

/** A MAC address as id. */
export function fromMac(q: Qualifiers, text: string, ctx: FilterContext): Filter {
  const mac = parseMac(text.replaceAll('.', ':'))
  const host = q.kind === 'host' || q.kind === 'default'
  if (mac === null || !host || (q.proto !== 'ether' && q.proto !== 'link'))
    throw new FilterError('ethernet address used in non-ether expression')
  needsEthernet(ctx)
  return { kind: 'mac', direction: q.direction ?? 'either', address: mac }
}

/** A name as id. */
export function fromName(q: Qualifiers, name: string, ctx: FilterContext): Filter {
  switch (q.kind) {
    case 'default':
    case 'host':
      if (q.proto === 'ether' || q.proto === 'link') throw new FilterError(`unknown ether host '${name}'`)
      return address(q, hostNamed(name, ctx), -1)
    case 'net':
      throw new FilterError(`unknown network '${name}'`)
    case 'port':
      return namedPort(q, name, ctx)
    case 'portrange':
      return portRange(q, name, ctx)
    case 'proto': {
      const ether = q.proto === 'ether' || q.proto === 'link'
      const n = ether ? ETHERTYPES.get(name) : PROTOCOL_NAMES.get(name)
      if (n === undefined) throw new FilterError(`unknown ${ether ? 'ether' : 'ip'} proto '${name}'`)
      return protocol(q, n)
    }
  }
}

function hostNamed(name: string, ctx: FilterContext): Ip4 {
  const addr = ctx.host(name)
  if (addr === null) throw new FilterError(`unknown host '${name}'`)
  return addr
}
