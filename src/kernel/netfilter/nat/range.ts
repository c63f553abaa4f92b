// What a target allows an address and port to become, in the form that packets use (struct nf_nat_range2).
// Read first: uapi/xt_target.ts, NatRange. Made once per rule; masquerade, redirect and null bindings put their own address into one.
import type { Ip4 } from '../../../lib/ip4.ts'
import type { NatRange } from '../../../uapi/xt_target.ts'

export class Range {
  /** NF_NAT_RANGE_MAP_IPS: `min` to `max`, both included. */
  mapIps = false
  min: Ip4 = 0
  max: Ip4 = 0
  /** NF_NAT_RANGE_PROTO_SPECIFIED: a port, or the id of an ICMP query. */
  ports = false
  minPort = 0
  maxPort = 0
  /** NF_NAT_RANGE_PROTO_OFFSET: ports are shifted by what they are above this one; -1 when they are not. */
  base = -1
  /** NF_NAT_RANGE_PROTO_RANDOM_ALL: --random and --random-fully are one since Linux 5.0. */
  random = false
  persistent = false

  /** The same ports, another address. */
  at(addr: Ip4): Range {
    const r = new Range()
    r.mapIps = true
    r.min = addr
    r.max = addr
    r.ports = this.ports
    r.minPort = this.minPort
    r.maxPort = this.maxPort
    r.base = this.base
    r.random = this.random
    r.persistent = this.persistent
    return r
  }
}

export function rangeOf(of: NatRange): Range {
  const r = new Range()
  if (of.addr !== null) {
    r.mapIps = true
    r.min = of.addr.min
    r.max = of.addr.max
  }
  if (of.port !== null) {
    r.ports = true
    r.minPort = of.port.min
    r.maxPort = of.port.max
  }
  r.base = of.portBase ?? -1
  r.random = of.random || of.randomFully
  r.persistent = of.persistent
  return r
}
