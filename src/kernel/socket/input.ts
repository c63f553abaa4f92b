// Where received packets meet sockets. Called by ip_local_deliver, icmp_rcv and the device layer.
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import type { SkBuff } from '../core/skbuff.ts'

/** raw_local_deliver: copies for raw sockets of the protocol; true when one took it. */
export function raw_local_deliver(_net: NetNs, _skb: SkBuff): boolean {
  return false
}
/** udp_rcv: to the socket; without one ICMP port unreachable (drop NO_SOCKET). */
export function udp_rcv(_net: NetNs, _skb: SkBuff): void {}
/** tcp_v4_rcv */
export function tcp_v4_rcv(_net: NetNs, _skb: SkBuff): void {}
/** ping_rcv: an echo reply (or error's echo) for a ping socket; true when one took it. */
export function ping_rcv(_net: NetNs, _skb: SkBuff): boolean {
  return false
}
/**
 * An ICMP error for a datagram that this machine sent: `skb` is the ICMP packet, `inner` its quoted datagram decoded.
 * Protocol handlers' err functions (udp_err, tcp_v4_err, ping_err, raw_icmp_error).
 */
export function icmpErrorToSockets(_net: NetNs, _skb: SkBuff, _inner: InnerDatagram): void {}

/** The datagram quoted in an ICMP error, as far as it is there. */
export interface InnerDatagram {
  readonly protocol: number
  readonly src: number
  readonly dst: number
  /** Ports, or an echo's id and sequence in sport/dport; 0 when cut. */
  readonly sport: number
  readonly dport: number
  /** TCP sequence number. */
  readonly seq: number
  /** Bytes after the quoted IP header. */
  readonly payload: Uint8Array
}

/** packet_rcv: copies for AF_PACKET sockets of the device and of all devices (dev_queue_xmit_nit, ptype_all). `outgoing` for sent ones. */
export function packet_taps(_dev: NetDevice, _skb: SkBuff, _outgoing: boolean): void {}
