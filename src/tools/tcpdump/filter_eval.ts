// Running a filter over captured bytes, as the BPF program made of it would: a load past the captured bytes refuses the packet.
// Read first: filter.ts.
import { inNet } from '../../lib/ip4.ts'
import { unreachable } from '../../lib/never.ts'
import { i32, mac48, u8, u16, u32 } from '../../wire/bytes.ts'
import { encodePacket } from '../../wire/codec.ts'
import { ETH_HLEN, ETH_P_ARP, ETH_P_IP, ETH_P_IPV6 } from '../../wire/ethernet.ts'
import { IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP } from '../../wire/ipv4.ts'
import type { Packet } from '../../wire/packet.ts'
import { SLL2_HLEN } from '../../wire/sll2.ts'
import { compare } from '../lib/compare.ts'
import type { Arithmetic, Direction, Filter, Layer } from './filter.ts'
import { ETH_P_RARP, IP_PROTOCOLS } from './filter_primitive.ts'

/** One packet as the program sees it. */
class View {
  readonly bytes: Uint8Array
  readonly wireLength: number
  /** Offset of the network header, and of the EtherType. */
  readonly net: number
  readonly typeAt: number
  rejected = false

  constructor(bytes: Uint8Array, wireLength: number, link: 'ethernet' | 'any') {
    this.bytes = bytes
    this.wireLength = wireLength
    this.net = link === 'ethernet' ? ETH_HLEN : SLL2_HLEN
    this.typeAt = link === 'ethernet' ? 12 : 0
  }

  load(at: number, size: number): number {
    if (at + size > this.bytes.length) {
      this.rejected = true
      return 0
    }
    return size === 1 ? u8(this.bytes, at) : size === 2 ? u16(this.bytes, at) : u32(this.bytes, at)
  }

  isType(type: number): boolean {
    return this.load(this.typeAt, 2) === type
  }

  /** IPv4, of that protocol. */
  isProtocol(protocol: number): boolean {
    return this.isType(ETH_P_IP) && this.load(this.net + 9, 1) === protocol
  }

  isFirstFragment(): boolean {
    return (this.load(this.net + 6, 2) & 0x1fff) === 0
  }

  transport(): number {
    return this.net + (this.load(this.net, 1) & 15) * 4
  }
}

function byDirection(d: Direction, src: () => boolean, dst: () => boolean): boolean {
  switch (d) {
    case 'src':
      return src()
    case 'dst':
      return dst()
    case 'either':
      return src() || dst()
    case 'both':
      return src() && dst()
    default:
      return unreachable(d)
  }
}

function address(v: View, f: Extract<Filter, { kind: 'address' }>): boolean {
  const is = (at: number): boolean => f.mask === 0 || inNet(v.load(v.net + at, 4), f.addr, f.mask)
  const within = (src: number, dst: number): boolean =>
    byDirection(
      f.direction,
      () => is(src),
      () => is(dst),
    )
  if (f.within !== 'arp' && f.within !== 'rarp' && v.isType(ETH_P_IP)) return within(12, 16)
  if ((f.within === 'arp' || f.within === 'any') && v.isType(ETH_P_ARP)) return within(14, 24)
  return (f.within === 'rarp' || f.within === 'any') && v.isType(ETH_P_RARP) && within(14, 24)
}

function port(v: View, f: Extract<Filter, { kind: 'port' }>): boolean {
  if (!v.isType(ETH_P_IP)) return false
  const protocol = v.load(v.net + 9, 1)
  const wanted =
    f.protocol === null
      ? protocol === IPPROTO_TCP || protocol === IPPROTO_UDP || protocol === IPPROTO_SCTP
      : protocol === f.protocol
  if (!wanted || !v.isFirstFragment()) return false
  const l4 = v.transport()
  const is = (at: number): boolean => {
    const n = v.load(l4 + at, 2)
    return n >= f.low && n <= f.high
  }
  return byDirection(
    f.direction,
    () => is(0),
    () => is(2),
  )
}

function mac(v: View, f: Extract<Filter, { kind: 'mac' }>): boolean {
  v.load(0, 4)
  v.load(8, 4)
  return byDirection(
    f.direction,
    () => mac48(v.bytes, 6) === f.address,
    () => mac48(v.bytes, 0) === f.address,
  )
}

function inGroup(v: View, of: Extract<Filter, { kind: 'group' }>['of']): boolean {
  if (of === 'ether-multicast') return (v.load(0, 1) & 1) === 1
  if (!v.isType(ETH_P_IP)) return false
  if (of === 'ip-multicast') return v.load(v.net + 16, 1) >= 224
  v.load(v.net + 16, 4)
  const dst = i32(v.bytes, v.net + 16)
  return dst === 0 || dst === -1
}

/** Every layer that the arithmetic reads has to be there: the protocol, and a first fragment for transport headers. */
function present(v: View, a: Arithmetic): boolean {
  switch (a.kind) {
    case 'number':
    case 'len':
      return true
    case 'negate':
      return present(v, a.a)
    case 'binary':
      return present(v, a.a) && present(v, a.b)
    case 'load':
      return present(v, a.index) && layerPresent(v, a.layer)
    default:
      return unreachable(a)
  }
}

function layerPresent(v: View, layer: Layer): boolean {
  if (layer === 'ether') return true
  if (layer === 'ip') return v.isType(ETH_P_IP)
  if (layer === 'arp') return v.isType(ETH_P_ARP)
  if (layer === 'rarp') return v.isType(ETH_P_RARP)
  return v.isProtocol(IP_PROTOCOLS.get(layer) ?? -1) && v.isFirstFragment()
}

function value(v: View, a: Arithmetic): number {
  switch (a.kind) {
    case 'number':
      return a.value
    case 'len':
      return v.wireLength
    case 'negate':
      return -value(v, a.a) >>> 0
    case 'load': {
      const base = a.layer === 'ether' ? 0 : IP_PROTOCOLS.has(a.layer) ? v.transport() : v.net
      return v.load((base + value(v, a.index)) >>> 0, a.size)
    }
    case 'binary':
      return binary(v, a.op, value(v, a.a), value(v, a.b))
    default:
      return unreachable(a)
  }
}

/** Unsigned 32-bit, as BPF computes; a division by zero refuses the packet. */
function binary(v: View, op: Extract<Arithmetic, { kind: 'binary' }>['op'], a: number, b: number): number {
  switch (op) {
    case '+':
      return (a + b) >>> 0
    case '-':
      return (a - b) >>> 0
    case '*':
      return Math.imul(a, b) >>> 0
    case '/':
    case '%':
      if (b === 0) v.rejected = true
      return b === 0 ? 0 : op === '/' ? Math.floor(a / b) : a % b
    case '&':
      return (a & b) >>> 0
    case '|':
      return (a | b) >>> 0
    case '^':
      return (a ^ b) >>> 0
    case '<<':
      return b > 31 ? 0 : (a << b) >>> 0
    case '>>':
      return b > 31 ? 0 : a >>> b
    default:
      return unreachable(op)
  }
}

function evaluate(v: View, f: Filter): boolean {
  switch (f.kind) {
    case 'true':
      return true
    case 'not':
      return !evaluate(v, f.a)
    case 'and':
      return evaluate(v, f.a) && evaluate(v, f.b)
    case 'or':
      return evaluate(v, f.a) || evaluate(v, f.b)
    case 'ethertype':
      return v.isType(f.type)
    case 'protocol':
      return v.isProtocol(f.protocol) || (f.v6 && v.isType(ETH_P_IPV6) && v.load(v.net + 6, 1) === f.protocol)
    case 'address':
      return address(v, f)
    case 'port':
      return port(v, f)
    case 'mac':
      return mac(v, f)
    case 'group':
      return inGroup(v, f.of)
    case 'compare':
      return present(v, f.a) && present(v, f.b) && compare(value(v, f.a), f.op, value(v, f.b))
    default:
      return unreachable(f)
  }
}

/** Does the filter take these captured bytes? */
export function matchesBytes(f: Filter, bytes: Uint8Array, wireLength: number, link: 'ethernet' | 'any'): boolean {
  if (f.kind === 'true') return true
  const v = new View(bytes, wireLength, link)
  const taken = evaluate(v, f)
  return taken && !v.rejected
}

/** Does the filter take this frame? */
export function matches(f: Filter, packet: Packet): boolean {
  if (f.kind === 'true') return true
  const bytes = encodePacket(packet)
  return matchesBytes(f, bytes, bytes.length, 'ethernet')
}
