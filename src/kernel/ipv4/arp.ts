// ARP (net/ipv4/arp.c).
import type { Ip4 } from '../../lib/ip4.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import type { SkBuff } from '../core/skbuff.ts'

/** arp_rcv: an ARP packet has arrived. */
export function arp_rcv(_net: NetNs, _skb: SkBuff): void {}
/** Gratuitous ARP for an address (arp_notify, inetdev_send_gratuitous_arp). */
export function arp_send_gratuitous(_net: NetNs, _dev: NetDevice, _addr: Ip4): void {}
