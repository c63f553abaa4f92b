// A packet in a few words, as the trace shows it: protocol, addresses, what matters of the transport header, TTL.
// tcpdump's wording is in wire/summary.ts.
import { formatIp4 } from '../lib/ip4.ts'
import { formatMac } from '../lib/mac.ts'
import { ARPOP_REPLY, ARPOP_REQUEST, type Arp } from '../wire/arp.ts'
import {
  ICMP_DEST_UNREACH,
  ICMP_ECHO,
  ICMP_ECHOREPLY,
  ICMP_FRAG_NEEDED,
  ICMP_REDIRECT,
  ICMP_TIME_EXCEEDED,
  type Icmp,
} from '../wire/icmp.ts'
import { type Ipv4, isFragment } from '../wire/ipv4.ts'
import type { Packet } from '../wire/packet.ts'
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, type Tcp } from '../wire/tcp.ts'

const UNREACH: readonly string[] = Object.freeze([
  'net unreachable',
  'host unreachable',
  'protocol unreachable',
  'port unreachable',
  'fragmentation needed',
  'source route failed',
  'net unknown',
  'host unknown',
  'host isolated',
  'net prohibited',
  'host prohibited',
  'net unreachable for TOS',
  'host unreachable for TOS',
  'admin prohibited',
])

export function packetText(p: Packet): string {
  const net = p.net
  if (net.kind === 'arp') return arpText(net)
  if (net.kind === 'raw') return `${net.bytes.length} bytes that could not be read`
  const end = isFragment(net) ? `, fragment at ${net.fragOffset}${net.mf ? '+' : ''} ttl ${net.ttl}` : ` ttl ${net.ttl}`
  return transportText(net, p) + end
}

function arpText(a: Arp): string {
  if (a.op === ARPOP_REQUEST) {
    if (a.sip === a.tip) return `arp announcement: ${formatIp4(a.sip)} is at ${formatMac(a.sha)}`
    return `arp who has ${formatIp4(a.tip)}? tell ${formatIp4(a.sip)}`
  }
  if (a.op === ARPOP_REPLY) return `arp reply: ${formatIp4(a.sip)} is at ${formatMac(a.sha)}`
  return `arp operation ${a.op} ${formatIp4(a.sip)} > ${formatIp4(a.tip)}`
}

function transportText(ip: Ipv4, p: Packet): string {
  const src = formatIp4(ip.src)
  const dst = formatIp4(ip.dst)
  const l4 = p.l4
  if (l4 === null) return `ip ${src} > ${dst} protocol ${ip.protocol} length ${ip.totalLength}`
  switch (l4.kind) {
    case 'icmp':
      return `icmp ${src} > ${dst} ${icmpText(l4)}`
    case 'udp':
      return `udp ${src}:${l4.sport} > ${dst}:${l4.dport} length ${l4.length - 8}`
    case 'tcp':
      return `tcp ${src}:${l4.sport} > ${dst}:${l4.dport} ${tcpText(l4, p.data.length)}`
  }
}

function icmpText(h: Icmp): string {
  const echo = `id ${(h.rest >>> 16) & 0xffff} seq ${h.rest & 0xffff}`
  switch (h.type) {
    case ICMP_ECHO:
      return `echo request ${echo}`
    case ICMP_ECHOREPLY:
      return `echo reply ${echo}`
    case ICMP_DEST_UNREACH:
      if (h.code === ICMP_FRAG_NEEDED) return `fragmentation needed, mtu ${h.rest & 0xffff}`
      return UNREACH[h.code] ?? `unreachable, code ${h.code}`
    case ICMP_TIME_EXCEEDED:
      return h.code === 0 ? 'time to live exceeded' : 'reassembly time exceeded'
    case ICMP_REDIRECT:
      return `redirect to ${formatIp4(h.rest)}`
    default:
      return `type ${h.type} code ${h.code}`
  }
}

function tcpText(h: Tcp, length: number): string {
  let flags = ''
  if ((h.flags & TCP_FIN) !== 0) flags += 'F'
  if ((h.flags & TCP_SYN) !== 0) flags += 'S'
  if ((h.flags & TCP_RST) !== 0) flags += 'R'
  if ((h.flags & TCP_PSH) !== 0) flags += 'P'
  if ((h.flags & TCP_ACK) !== 0) flags += '.'
  const ack = (h.flags & TCP_ACK) !== 0 ? ` ack ${h.ack}` : ''
  return `[${flags === '' ? 'none' : flags}] seq ${h.seq}${ack} length ${length}`
}
