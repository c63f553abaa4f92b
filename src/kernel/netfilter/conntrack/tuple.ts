// What of a packet identifies its connection (nf_ct_get_tuple, nf_ct_invert_tuple; net/netfilter/nf_conntrack_core.c, _proto_icmp.c).
// Read first: conn.ts. A tuple is read into one reused object: no packet makes one.
import type { Ip4 } from '../../../lib/ip4.ts'
import { u16 } from '../../../wire/bytes.ts'
import {
  ICMP_ECHO,
  ICMP_ECHOREPLY,
  ICMP_HLEN,
  ICMP_TIMESTAMP,
  ICMP_TIMESTAMPREPLY,
  type Icmp,
} from '../../../wire/icmp.ts'
import { IPPROTO_ICMP, IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP, type Ipv4 } from '../../../wire/ipv4.ts'
import type { Transport } from '../../../wire/packet.ts'
import type { Quoted } from '../../../wire/quoted.ts'

const IPPROTO_DCCP = 33
const IPPROTO_UDPLITE = 136
const ICMP_INFO_REQUEST = 15
const ICMP_INFO_REPLY = 16
const ICMP_ADDRESS = 17
const ICMP_ADDRESSREPLY = 18

/** The type that answers an ICMP query, -1 for types that no connection is made of (invmap). */
function invertedType(type: number): number {
  switch (type) {
    case ICMP_ECHO:
      return ICMP_ECHOREPLY
    case ICMP_ECHOREPLY:
      return ICMP_ECHO
    case ICMP_TIMESTAMP:
      return ICMP_TIMESTAMPREPLY
    case ICMP_TIMESTAMPREPLY:
      return ICMP_TIMESTAMP
    case ICMP_INFO_REQUEST:
      return ICMP_INFO_REPLY
    case ICMP_INFO_REPLY:
      return ICMP_INFO_REQUEST
    case ICMP_ADDRESS:
      return ICMP_ADDRESSREPLY
    case ICMP_ADDRESSREPLY:
      return ICMP_ADDRESS
    default:
      return -1
  }
}

export class Tuple {
  src: Ip4 = 0
  dst: Ip4 = 0
  /** Port, or the id of an ICMP query. */
  sport = 0
  /** Port, or type << 8 | code of ICMP. */
  dport = 0
  protocol = 0

  /** nf_ct_get_tuple: false when the transport header is cut short. */
  read(ip: Ipv4, l4: Transport | null, data: Uint8Array): boolean {
    this.src = ip.src
    this.dst = ip.dst
    this.protocol = ip.protocol
    this.sport = 0
    this.dport = 0
    if (l4 !== null) {
      if (l4.kind === 'icmp') this.readIcmp(l4)
      else {
        this.sport = l4.sport
        this.dport = l4.dport
      }
      return true
    }
    return this.readBytes(data)
  }

  private readIcmp(h: Icmp): void {
    this.sport = h.rest >>> 16
    this.dport = (h.type << 8) | h.code
  }

  private readBytes(data: Uint8Array): boolean {
    switch (this.protocol) {
      case IPPROTO_TCP:
      case IPPROTO_UDP:
      case IPPROTO_SCTP:
      case IPPROTO_UDPLITE:
      case IPPROTO_DCCP:
        if (data.length < 8) return false
        this.sport = u16(data, 0)
        this.dport = u16(data, 2)
        return true
      case IPPROTO_ICMP:
        return data.length >= ICMP_HLEN
      default:
        return true
    }
  }

  /** nf_ct_get_tuplepr: of the datagram inside an ICMP error; false when not enough of it is there. */
  readQuoted(q: Quoted): boolean {
    this.src = q.ip.src
    this.dst = q.ip.dst
    this.protocol = q.protocol
    this.sport = 0
    this.dport = 0
    if (q.ip.fragOffset !== 0) return false
    if (q.icmp !== null) {
      this.readIcmp(q.icmp)
      return true
    }
    return this.readBytes(q.payload)
  }

  /** nf_ct_invert_tuple, in place: the tuple of the other direction; false when there is none. */
  invert(): boolean {
    const { src, sport } = this
    this.src = this.dst
    this.dst = src
    if (this.protocol !== IPPROTO_ICMP) {
      this.sport = this.dport
      this.dport = sport
      return true
    }
    const type = invertedType(this.dport >> 8)
    if (type < 0) return false
    this.dport = (type << 8) | (this.dport & 0xff)
    return true
  }
}
