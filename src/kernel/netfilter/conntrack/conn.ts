// One connection: two tuples, status, timeout, what its protocol remembers (struct nf_conn, nf_conntrack_tuple).
// Read first: uapi/conntrack.ts. One flat class: a table may hold a million. `o…` is the original direction, `r…` the reply's.
import type { Ip4 } from '../../../lib/ip4.ts'
import { type CtTuple, IP_CT_DIR_ORIGINAL } from '../../../uapi/conntrack.ts'
import { IPPROTO_ICMP } from '../../../wire/ipv4.ts'
import type { TcpTrack } from './proto_tcp.ts'

export class NfConn {
  readonly id: number
  readonly protocol: number
  oSrc: Ip4
  oDst: Ip4
  /** Port; the id of an ICMP query; 0 for protocols without either. */
  oSport: number
  /** Port; type << 8 | code of an ICMP query. */
  oDport: number
  rSrc: Ip4
  rDst: Ip4
  rSport: number
  rDport: number
  /** Zone of each direction, 0 for none. */
  oZone: number
  rZone: number
  /** IPS_… */
  status = 0
  mark = 0
  /** Virtual ns when it times out; before it is confirmed, the length of the timeout in ns. */
  timeout = 0
  /** TCP's state and windows, null for other protocols. */
  tcp: TcpTrack | null = null
  /** UDP: virtual ns from which traffic both ways makes it a stream (udp.stream_ts). */
  streamAt = 0
  /** Events not yet told to listeners (IPCT_…), gathered while one packet is looked at; -1: nobody listened when it was made, nobody will hear of it. */
  events = -1
  /** IPCT_…: those that listeners hear of at all (-j CT --ctevents). */
  eventMask = -1
  /** The device whose address a MASQUERADE gave it; 0 for none (nf_conn_nat.masq_index). */
  masqIfindex = 0
  /** Packets and bytes of both directions, made while nf_conntrack_acct is on. */
  acct: Float64Array | null = null
  /** Neighbours in nat's bysource chain. */
  nextBySource: NfConn | null = null
  prevBySource: NfConn | null = null

  constructor(
    id: number,
    protocol: number,
    oSrc: Ip4,
    oDst: Ip4,
    oSport: number,
    oDport: number,
    rSrc: Ip4,
    rDst: Ip4,
    rSport: number,
    rDport: number,
    oZone: number,
    rZone: number,
  ) {
    this.id = id
    this.protocol = protocol
    this.oSrc = oSrc
    this.oDst = oDst
    this.oSport = oSport
    this.oDport = oDport
    this.rSrc = rSrc
    this.rDst = rDst
    this.rSport = rSport
    this.rDport = rDport
    this.oZone = oZone
    this.rZone = rZone
  }

  /** The tuple of a direction as a value, for traces and dumps. */
  tuple(dir: number): CtTuple {
    const o = dir === IP_CT_DIR_ORIGINAL
    const dport = o ? this.oDport : this.rDport
    const icmp = this.protocol === IPPROTO_ICMP
    return {
      src: o ? this.oSrc : this.rSrc,
      dst: o ? this.oDst : this.rDst,
      sport: o ? this.oSport : this.rSport,
      dport: icmp ? 0 : dport,
      protocol: this.protocol,
      icmpType: icmp ? dport >> 8 : 0,
      icmpCode: icmp ? dport & 0xff : 0,
    }
  }
}
