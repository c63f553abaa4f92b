// The packet on its way: a small mutable envelope over header objects that are replaced, never edited.
// Read first: docs/architecture.md, "State". Reference: include/linux/skbuff.h.
// Leaves out: paged data, GSO, checksum offload (checksums are computed when bytes are wanted).
import { ETH_HLEN, type Ethernet } from '../../wire/ethernet.ts'
import type { Ipv4 } from '../../wire/ipv4.ts'
import { type Net, NO_DATA, type Packet, type Transport } from '../../wire/packet.ts'
import type { Rtable } from '../ipv4/rtable.ts'
import type { NfConn } from '../netfilter/conntrack/conn.ts'
import type { NetDevice } from './netdevice.ts'

/** skb->pkt_type */
export const PACKET_HOST = 0
export const PACKET_BROADCAST = 1
export const PACKET_MULTICAST = 2
export const PACKET_OTHERHOST = 3
export const PACKET_OUTGOING = 4
export const PACKET_LOOPBACK = 5

/** IPCB(skb)->flags */
export const IPSKB_FORWARDED = 1
/** Not one of the kernel's: it was dropped on its way out (no neighbour entry, a veth's peer refused it): the sender is told ENOBUFS. */
export const IPSKB_NOBUFS = 0x100
/** Not one of the kernel's: netfilter dropped it on its way out, the sender is told EPERM (NF_DROP_GETERR). */
export const IPSKB_EPERM = 0x200
/** Not one of the kernel's: its device's queue is stopped (qdisc noop, NET_XMIT_CN): no error for the sender, but a datagram's other fragments do not follow. */
export const IPSKB_XMIT_CN = 0x400
/** Not one of the kernel's: skb->ignore_df of a process's datagram. It is cut to a narrower path in spite of DF, and its fragments bear none. */
export const IPSKB_IGNORE_DF = 0x800
/** Not one of the kernel's: it has DF and does not fit the way out (ip_fragment), the sender is told EMSGSIZE. */
export const IPSKB_EMSGSIZE = 0x1000

/** SkBuff.sk of what the kernel itself sends through its control sockets (icmp_sk, ipv4_tcp_sk): no process has them open. */
export const SK_CONTROL = -1

/** What -j CT asks of conntrack for this packet (a template connection). */
export interface CtTemplate {
  readonly zone: number
  /** --zone mark: the zone is the lower half of the packet's mark. */
  readonly zoneOfMark: boolean
  readonly zoneDir: 'both' | 'orig' | 'reply'
  /** IPCT_…: what listeners hear of the connection. */
  readonly events: number
  /** What the rest of the raw table sees: a connection without addresses, the rule's own. */
  readonly conn: NfConn
}

export class SkBuff {
  /** Packet id in the trace, unique in the machine. */
  id: number
  eth: Ethernet | null = null
  net: Net
  l4: Transport | null
  data: Uint8Array
  /** The device it is in or leaves by; null before routing on output. */
  dev: NetDevice | null = null
  /** ifindex it came in by (skb_iif); 0 for locally made packets. */
  iif = 0
  pktType = PACKET_HOST
  mark = 0
  priority = 0
  /** Route taken (skb_dst). */
  rt: Rtable | null = null
  /** Inode of the sending socket, 0 when none (skb->sk); SK_CONTROL. */
  sk = 0
  uid = 0
  /** Virtual time of reception in ns. */
  tstamp = 0
  /** IPSKB_… */
  cbFlags = 0
  /** IPCB frag_max_size, 0 when it was never in fragments. */
  fragMaxSize = 0
  /** Its connection (skb_nfct), and what it is to it (IP_CT_…); IP_CT_UNTRACKED without one: not to be tracked. */
  nfct: NfConn | null = null
  ctinfo = 0
  /** TRACE: every rule that it meets is logged (skb->nf_trace). */
  nfTrace = false
  /** The zone of a template that -j CT put on it, for conntrack to find; null for none. */
  ctTemplate: CtTemplate | null = null

  constructor(id: number, net: Net, l4: Transport | null, data: Uint8Array) {
    this.id = id
    this.net = net
    this.l4 = l4
    this.data = data
  }

  /** nf_ct_get: its connection, or the template that -j CT gave it. */
  get conn(): NfConn | null {
    return this.nfct ?? this.ctTemplate?.conn ?? null
  }

  /** nf_reset_ct: what is made of it from now on has nothing to do with its connection. */
  resetConntrack(): void {
    this.nfct = null
    this.ctinfo = 0
    this.ctTemplate = null
  }

  /** The IPv4 header; only where the caller knows it is one. */
  get ip(): Ipv4 {
    return this.net as Ipv4
  }

  /** Bytes from the network header on (skb->len below the link layer). */
  get len(): number {
    const n = this.net
    if (n.kind === 'ipv4') return n.totalLength
    return n.kind === 'arp' ? 28 : n.bytes.length
  }

  /** Bytes on the wire with the Ethernet header. */
  get frameLength(): number {
    return ETH_HLEN + this.len
  }

  /** The headers as an immutable value, for traces and captures. */
  packet(): Packet {
    return { eth: this.eth, net: this.net, l4: this.l4, data: this.data }
  }

  /** skb_clone: shares the headers. The clone keeps the packet id. */
  clone(): SkBuff {
    const c = new SkBuff(this.id, this.net, this.l4, this.data)
    c.copyMetadata(this)
    c.eth = this.eth
    c.pktType = this.pktType
    c.tstamp = this.tstamp
    c.fragMaxSize = this.fragMaxSize
    c.nfTrace = this.nfTrace
    c.ctTemplate = this.ctTemplate
    return c
  }

  /** What a clone and each fragment take over from the packet that they are made of (__copy_skb_header, ip_copy_metadata). */
  copyMetadata(from: SkBuff): void {
    this.dev = from.dev
    this.iif = from.iif
    this.mark = from.mark
    this.priority = from.priority
    this.rt = from.rt
    this.sk = from.sk
    this.uid = from.uid
    this.cbFlags = from.cbFlags
    this.nfct = from.nfct
    this.ctinfo = from.ctinfo
  }
}

export { NO_DATA }
