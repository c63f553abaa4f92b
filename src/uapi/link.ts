// Links (network devices) and addresses as configuration: what a request reads and writes. Immutable (immer).
// Read first: docs/architecture.md. Constants: include/uapi/linux/if.h, if_addr.h, rtnetlink.h.
import type { Ip4 } from '../lib/ip4.ts'
import type { Mac } from '../lib/mac.ts'
import type { DevConf, NeighParms } from './sysctl.ts'

export const IFF_UP = 0x1
export const IFF_BROADCAST = 0x2
export const IFF_DEBUG = 0x4
export const IFF_LOOPBACK = 0x8
export const IFF_POINTOPOINT = 0x10
export const IFF_NOTRAILERS = 0x20
export const IFF_RUNNING = 0x40
export const IFF_NOARP = 0x80
export const IFF_PROMISC = 0x100
export const IFF_ALLMULTI = 0x200
export const IFF_MULTICAST = 0x1000
export const IFF_PORTSEL = 0x2000
export const IFF_AUTOMEDIA = 0x4000
export const IFF_DYNAMIC = 0x8000
export const IFF_LOWER_UP = 0x10000

/** Device kinds, one file each in kernel/device. */
export type LinkKind = 'loopback' | 'dummy' | 'ifb' | 'veth'

/** Scope of an address, route or nexthop (enum rt_scope_t). */
export const RT_SCOPE_UNIVERSE = 0
export const RT_SCOPE_SITE = 200
export const RT_SCOPE_LINK = 253
export const RT_SCOPE_HOST = 254
export const RT_SCOPE_NOWHERE = 255

export const IFA_F_SECONDARY = 0x01
/** The preferred lifetime is over. */
export const IFA_F_DEPRECATED = 0x20
export const IFA_F_PERMANENT = 0x80
export const IFA_F_NOPREFIXROUTE = 0x200

/** One IPv4 address of a link (struct in_ifaddr). */
export interface IfAddr {
  /** ifa_local: the machine's own address. */
  readonly local: Ip4
  /** ifa_address: the peer's on a point-to-point address, else the same as local. */
  readonly address: Ip4
  readonly prefixlen: number
  /** 0 when none was given. */
  readonly broadcast: Ip4
  readonly scope: number
  /** IFA_F_… */
  readonly flags: number
  /** At most 15 characters; the device's name unless given. */
  readonly label: string
  /** Seconds, or null for forever. */
  readonly validLft: number | null
  readonly preferredLft: number | null
  /** Virtual time in ns when the lifetimes were set. */
  readonly tstamp: number
  /** ifa_rt_priority: metric of the prefix route, 0 when none. */
  readonly metric: number
  /** IFA_PROTO (ip addr … proto N), 0 when none. */
  readonly proto: number
}

/** The other end of a veth pair: a namespace id and an ifindex there. */
export interface LinkRef {
  readonly netns: number
  readonly ifindex: number
}

export interface Link {
  readonly ifindex: number
  readonly name: string
  readonly kind: LinkKind
  /** Administrative flags: IFF_UP, IFF_BROADCAST, IFF_NOARP, IFF_PROMISC …; IFF_RUNNING and IFF_LOWER_UP follow `carrier`. */
  readonly flags: number
  /** netif_carrier_ok: of a veth, both ends are up. */
  readonly carrier: boolean
  readonly mtu: number
  readonly address: Mac
  readonly broadcast: Mac
  /** The address it was born with (IFLA_PERM_ADDRESS); 0 when none. */
  readonly permAddress: Mac
  readonly txqlen: number
  readonly alias: string | null
  /** 0 is "default". */
  readonly group: number
  /** The root qdisc's name: noop before the first up, then noqueue, pfifo_fast or what tc set. */
  readonly qdisc: string
  readonly peer: LinkRef | null
  /** How many asked for promiscuous mode (ip link … promisc on, tcpdump). */
  readonly promiscuity: number
  readonly numTxQueues: number
  readonly numRxQueues: number
  /** In insertion order of the kernel's list: primaries before secondaries of their subnet (inet_insert_ifa). */
  readonly addrs: readonly IfAddr[]
  /** net.ipv4.conf.DEV.* */
  readonly conf: DevConf
  /** net.ipv4.neigh.DEV.* */
  readonly neigh: NeighParms
  /**
   * Values of conf and neigh that no longer follow conf.default and neigh.default when those are written: the ones
   * that were written themselves, and 'all' once the link was given an address (ipv4_devconf_setall).
   */
  readonly confPinned?: 'all' | readonly string[]
  readonly neighPinned?: 'all' | readonly string[]
  /** The MTU went below 68: no IPv4 on this link, no addresses, no files of conf and neigh (inetdev_destroy). */
  readonly noInetDev?: boolean
  /** dev->operstate as the last change of carrier left it (rfc2863_policy); absent before the first one. */
  readonly operState?: OperState
  /** How often carrier came or went (carrier_changes); absent for never. */
  readonly carrierChanges?: number
}

/** IFLA_OPERSTATE (RFC 2863). */
export type OperState = 'UNKNOWN' | 'DOWN' | 'LOWERLAYERDOWN' | 'UP'

/** What a change of carrier makes of the state. Linux compares bare ifindexes to tell whether the cause lies below. */
export function carrierOperState(l: Pick<Link, 'ifindex' | 'peer'>, carrier: boolean): OperState {
  if (carrier) return 'UP'
  return l.peer !== null && l.peer.ifindex !== l.ifindex ? 'LOWERLAYERDOWN' : 'DOWN'
}

/** The state that is shown: a device that is not up is DOWN, one whose carrier never changed is UNKNOWN. */
export function linkOperState(l: Link): OperState {
  if ((l.flags & IFF_UP) === 0) return 'DOWN'
  return l.operState ?? (l.carrier && l.kind !== 'veth' ? 'UNKNOWN' : carrierOperState(l, l.carrier))
}

/** True when packets can leave: IFF_UP and carrier (netif_oper_up for the kinds here). */
export function linkIsRunning(l: Link): boolean {
  return (l.flags & IFF_UP) !== 0 && l.carrier
}
