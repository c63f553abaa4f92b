// Where received packets meet sockets. Called by ip_local_deliver, icmp_rcv and the device layer.
// Next: udp.ts, tcp_ipv4.ts, raw.ts, ping.ts, packet.ts.
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP } from '../../wire/ipv4.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import type { SkBuff } from '../core/skbuff.ts'
import * as packet from './packet.ts'
import * as ping from './ping.ts'
import * as raw from './raw.ts'
import * as tcp from './tcp_ipv4.ts'
import * as udp from './udp.ts'

/** raw_local_deliver: copies for raw sockets of the protocol; true when one took it. */
export function raw_local_deliver(net: NetNs, skb: SkBuff): boolean {
  return raw.raw_local_deliver(net, skb)
}

/** udp_rcv: to the socket; without one ICMP port unreachable (drop NO_SOCKET). */
export function udp_rcv(net: NetNs, skb: SkBuff): void {
  udp.udp_rcv(net, skb)
}

/** tcp_v4_rcv */
export function tcp_v4_rcv(net: NetNs, skb: SkBuff): void {
  tcp.tcp_v4_rcv(net, skb)
}

/** ping_rcv: an echo reply (or error's echo) for a ping socket; true when one took it. */
export function ping_rcv(net: NetNs, skb: SkBuff): boolean {
  return ping.ping_rcv(net, skb)
}

/**
 * An ICMP error for a datagram that this machine sent: `skb` is the ICMP packet, `inner` its quoted datagram decoded
 * (icmp_socket_deliver: raw sockets first, then the protocol's err handler).
 */
export function icmpErrorToSockets(net: NetNs, skb: SkBuff, inner: InnerDatagram): void {
  raw.raw_icmp_error(net, skb, inner)
  switch (inner.protocol) {
    case IPPROTO_UDP:
      udp.udp_err(net, skb, inner)
      return
    case IPPROTO_TCP:
      tcp.tcp_v4_err(net, skb, inner)
      return
    case IPPROTO_ICMP:
      ping.icmp_err(net, skb, inner)
  }
}

/** The datagram quoted in an ICMP error, as far as it is there. */
export interface InnerDatagram {
  readonly protocol: number
  readonly src: number
  readonly dst: number
  readonly tos: number
  /** Ports, or an echo's id and sequence in sport/dport; 0 when cut. */
  readonly sport: number
  readonly dport: number
  /** TCP sequence number. */
  readonly seq: number
  /** Bytes after the quoted IP header. */
  readonly payload: Uint8Array
}

/** packet_rcv: copies for AF_PACKET sockets of the device and of all devices (dev_queue_xmit_nit, ptype_all). `outgoing` for sent ones. */
export function packet_taps(dev: NetDevice, skb: SkBuff, outgoing: boolean): void {
  packet.packet_taps(dev, skb, outgoing)
}
