// TCP (RFC 9293, 7323, 2018): type, constants, factory, bytes. Options are in tcp_options.ts.
import { put16, put32, u8, u16, u32 } from './bytes.ts'
import { checksum, pseudoHeader, wrongChecksum } from './checksum.ts'
import { IPPROTO_TCP, type Ipv4 } from './ipv4.ts'
import { decodeTcpOptions, encodeTcpOptions } from './tcp_options.ts'

export const TCP_FIN = 0x01
export const TCP_SYN = 0x02
export const TCP_RST = 0x04
export const TCP_PSH = 0x08
export const TCP_ACK = 0x10
export const TCP_URG = 0x20

/** Bytes of a TCP header without options. */
export const TCP_HLEN = 20

/** Options that netsim speaks; the encoder lays them out as Linux does (MSS, SACK-permitted, timestamps, NOP, window scale). */
export interface TcpOptions {
  readonly mss: number | null
  readonly windowScale: number | null
  readonly sackPermitted: boolean
  /** RFC 7323 timestamps [TSval, TSecr], unsigned 32-bit. */
  readonly timestamps: readonly [number, number] | null
  /** Option bytes that none of the above names, as they came, or null. */
  readonly unknown: Uint8Array | null
}

export interface Tcp {
  readonly kind: 'tcp'
  readonly sport: number
  readonly dport: number
  /** Unsigned 32-bit. */
  readonly seq: number
  readonly ack: number
  /** TCP_SYN | TCP_ACK … */
  readonly flags: number
  /** Unscaled, as in the header. */
  readonly window: number
  readonly urgent: number
  readonly options: TcpOptions | null
  readonly badSum: boolean
}

export function tcp(
  sport: number,
  dport: number,
  seq: number,
  ack: number,
  flags: number,
  window: number,
  urgent: number,
  options: TcpOptions | null,
  badSum: boolean,
): Tcp {
  return { kind: 'tcp', sport, dport, seq, ack, flags, window, urgent, options, badSum }
}

/** The same header between other ports (tcp_manip_pkt). */
export function withTcpPorts(h: Tcp, sport: number, dport: number): Tcp {
  return tcp(sport, dport, h.seq, h.ack, h.flags, h.window, h.urgent, h.options, h.badSum)
}

/** The same header with other flags (the target ECN takes ECE and CWR away). */
export function withTcpFlags(h: Tcp, flags: number): Tcp {
  return tcp(h.sport, h.dport, h.seq, h.ack, flags, h.window, h.urgent, h.options, h.badSum)
}

/** The whole segment. `flags` has 12 bits: the reserved ones travel too. */
export function encodeTcp(ip: Ipv4, h: Tcp, data: Uint8Array): Uint8Array {
  const options = encodeTcpOptions(h.options)
  const hlen = TCP_HLEN + options.length
  const b = new Uint8Array(hlen + data.length)
  put16(b, 0, h.sport)
  put16(b, 2, h.dport)
  put32(b, 4, h.seq)
  put32(b, 8, h.ack)
  put16(b, 12, (hlen << 10) | (h.flags & 0xfff))
  put16(b, 14, h.window)
  put16(b, 18, h.urgent)
  b.set(options, TCP_HLEN)
  b.set(data, hlen)
  const sum = checksum(b, 0, b.length, pseudoHeader(ip.src, ip.dst, IPPROTO_TCP, b.length))
  put16(b, 16, h.badSum ? wrongChecksum(sum) : sum)
  return b
}

/** Header length in bytes as the header states it. */
export function tcpHeaderLength(b: Uint8Array): number {
  return (u8(b, 12) >> 4) * 4
}

/** The header of a segment, null when it is cut short or states an impossible length (tcp_v4_rcv: PKT_TOO_SMALL). */
export function decodeTcp(ip: Ipv4, b: Uint8Array): Tcp | null {
  const hlen = tcpHeaderLength(b)
  if (b.length < TCP_HLEN || hlen < TCP_HLEN || hlen > b.length) return null
  const bad = checksum(b, 0, b.length, pseudoHeader(ip.src, ip.dst, IPPROTO_TCP, b.length)) !== 0
  const options = decodeTcpOptions(b.subarray(TCP_HLEN, hlen))
  return tcp(u16(b, 0), u16(b, 2), u32(b, 4), u32(b, 8), u16(b, 12) & 0xfff, u16(b, 14), u16(b, 18), options, bad)
}
