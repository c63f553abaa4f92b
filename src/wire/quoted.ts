// The datagram quoted inside an ICMP error: decoded leniently, as far as it is there (RFC 792: the IP header and 8 bytes;
// RFC 1812: as much as fits in 576). Read by icmp_unreach, icmp_redirect and the protocols' err handlers.
import { i32, u8, u16, u32 } from './bytes.ts'
import { ICMP_HLEN, type Icmp, icmp } from './icmp.ts'
import { IP_HLEN, IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP, type Ipv4, readIpv4Header } from './ipv4.ts'
import { NO_DATA } from './packet.ts'
import { TCP_HLEN, tcpHeaderLength } from './tcp.ts'
import { UDP_HLEN } from './udp.ts'

export interface Quoted {
  readonly ip: Ipv4
  readonly protocol: number
  /** Ports, or an echo's id and sequence; 0 when cut off. */
  readonly sport: number
  readonly dport: number
  /** TCP sequence number, 0 when cut off. */
  readonly seq: number
  readonly icmp: Icmp | null
  /** Bytes after the quoted IP header. */
  readonly payload: Uint8Array
  /** Bytes after the quoted transport header. */
  readonly rest: Uint8Array
}

/** Null when not even the quoted IP header is there or it states an impossible length (icmp_unreach: out_err). */
export function decodeQuoted(b: Uint8Array): Quoted | null {
  const hlen = (u8(b, 0) & 15) * 4
  if (b.length < IP_HLEN || hlen < IP_HLEN || b.length < hlen) return null
  const ip = readIpv4Header(b, hlen, false)
  const payload = b.slice(hlen)
  const first = ip.fragOffset === 0
  const echo = first && ip.protocol === IPPROTO_ICMP && payload.length >= ICMP_HLEN
  const ports = first && (ip.protocol === IPPROTO_TCP || ip.protocol === IPPROTO_UDP)
  return {
    ip,
    protocol: ip.protocol,
    sport: ports ? u16(payload, 0) : echo ? u16(payload, 4) : 0,
    dport: ports ? u16(payload, 2) : echo ? u16(payload, 6) : 0,
    seq: first && ip.protocol === IPPROTO_TCP ? u32(payload, 4) : 0,
    icmp: echo ? icmp(u8(payload, 0), u8(payload, 1), i32(payload, 4), false) : null,
    payload,
    rest: first ? afterTransport(ip.protocol, payload) : payload,
  }
}

function afterTransport(protocol: number, payload: Uint8Array): Uint8Array {
  if (protocol === IPPROTO_ICMP) return payload.slice(ICMP_HLEN)
  if (protocol === IPPROTO_UDP) return payload.slice(UDP_HLEN)
  if (protocol !== IPPROTO_TCP) return payload
  return payload.length < TCP_HLEN ? NO_DATA : payload.slice(Math.max(TCP_HLEN, tcpHeaderLength(payload)))
}
