// Whole packets as bytes and back. Read first: packet.ts. One file per protocol holds its header; here they are stacked.
// Decoding is total: any bytes give a packet, and what is no IPv4 or ARP becomes net 'raw' with the kernel's drop reason.

import { unreachable } from '../lib/never.ts'
import { decodeArp, encodeArp } from './arp.ts'
import { concat } from './bytes.ts'
import { decodeEthernet, ETH_HLEN, ETH_P_ARP, ETH_P_IP, type Ethernet, encodeEthernet } from './ethernet.ts'
import { decodeIcmp, encodeIcmp, ICMP_HLEN } from './icmp.ts'
import {
  decodeIpv4Header,
  encodeIpv4,
  IPPROTO_ICMP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  type Ipv4,
  ipv4HeaderLength,
  isFragment,
} from './ipv4.ts'
import { NO_DATA, type Packet, type RawDrop, type Transport } from './packet.ts'
import { decodeTcp, encodeTcp, tcpHeaderLength } from './tcp.ts'
import { decodeUdp, encodeUdp, UDP_HLEN } from './udp.ts'

/** The IP payload: transport header (if any) and data. */
export function encodeTransport(ip: Ipv4, l4: Transport | null, data: Uint8Array): Uint8Array {
  if (l4 === null) return data
  switch (l4.kind) {
    case 'icmp':
      return encodeIcmp(l4, data)
    case 'udp':
      return encodeUdp(ip, l4, data)
    case 'tcp':
      return encodeTcp(ip, l4, data)
    default:
      return unreachable(l4)
  }
}

/** Everything after the Ethernet header. */
export function encodeNet(p: Pick<Packet, 'net' | 'l4' | 'data'>): Uint8Array {
  const net = p.net
  switch (net.kind) {
    case 'ipv4':
      return concat(encodeIpv4(net), encodeTransport(net, p.l4, p.data))
    case 'arp':
      return encodeArp(net)
    case 'raw':
      return net.bytes
    default:
      return unreachable(net)
  }
}

/** The whole frame; without an Ethernet header the bytes of the network layer. */
export function encodePacket(p: Packet): Uint8Array {
  const net = encodeNet(p)
  return p.eth === null ? net : concat(encodeEthernet(p.eth), net)
}

/** The transport header of an IP payload; l4 null for fragments, other protocols and headers cut short. */
export function decodeTransport(ip: Ipv4, b: Uint8Array): { readonly l4: Transport | null; readonly data: Uint8Array } {
  if (isFragment(ip)) return { l4: null, data: b }
  switch (ip.protocol) {
    case IPPROTO_ICMP: {
      const l4 = decodeIcmp(b)
      return { l4, data: l4 === null ? b : b.slice(ICMP_HLEN) }
    }
    case IPPROTO_UDP: {
      const l4 = decodeUdp(ip, b)
      return { l4, data: l4 === null ? b : b.slice(UDP_HLEN) }
    }
    case IPPROTO_TCP: {
      const l4 = decodeTcp(ip, b)
      return { l4, data: l4 === null ? b : b.slice(tcpHeaderLength(b)) }
    }
    default:
      return { l4: null, data: b }
  }
}

function rawPacket(eth: Ethernet | null, bytes: Uint8Array, drop: RawDrop): Packet {
  return { eth, net: { kind: 'raw', bytes, drop }, l4: null, data: NO_DATA }
}

function ipv4Packet(eth: Ethernet | null, b: Uint8Array): Packet {
  const ip = decodeIpv4Header(b)
  if (typeof ip === 'string') return rawPacket(eth, b, ip)
  // Padding after the datagram is cut off, as pskb_trim_rcsum does.
  const { l4, data } = decodeTransport(ip, b.slice(ipv4HeaderLength(ip), ip.totalLength))
  return { eth, net: ip, l4, data }
}

/** An IPv4 datagram without link-layer header. */
export function decodeIpv4(b: Uint8Array): Packet {
  return ipv4Packet(null, b)
}

/** A whole Ethernet frame. */
export function decodeFrame(b: Uint8Array): Packet {
  if (b.length < ETH_HLEN) return rawPacket(null, b, 'HDR_TRUNC')
  const eth = decodeEthernet(b)
  const rest = b.slice(ETH_HLEN)
  if (eth.type === ETH_P_IP) return ipv4Packet(eth, rest)
  if (eth.type !== ETH_P_ARP) return rawPacket(eth, rest, 'UNHANDLED_PROTO')
  const net = decodeArp(rest)
  return typeof net === 'string' ? rawPacket(eth, rest, net) : { eth, net, l4: null, data: NO_DATA }
}
