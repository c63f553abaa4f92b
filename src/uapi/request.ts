// The one door for configuration: every tool and every typed method builds these requests; the kernel answers them.
// A request succeeds whole or changes nothing. Operations are rtnetlink's; fields are its attributes, decoded.
import type { Errno } from '../lib/errno.ts'
import type { Ip4 } from '../lib/ip4.ts'
import type { Mac } from '../lib/mac.ts'
import type { CtEvent, CtFilter, CtInfo, CtStats, CtTuple } from './conntrack.ts'
import type { SetElement, SetHeader, SetInfo } from './ipset.ts'
import type { KernelLogEntry } from './klog.ts'
import type { IfAddr, Link, LinkKind } from './link.ts'
import type { NeighEntry } from './neigh.ts'
import type { IptChain, IptTableState, TableName } from './netfilter.ts'
import type { Route, RouteMetrics, RouteType, Rule, RuleAction } from './route.ts'
import type { SocketInfo } from './socket.ts'

/** How the kernel says no: errno and, where it sets one, the extended-ack text that iproute2 prints as "Error: …". */
export interface Refusal {
  readonly errno: Errno
  readonly extack: string | null
  /** A warning or message that goes with success is in Result.warning, not here. */
}

export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly warning?: string }
  | ({ readonly ok: false } & Refusal)

/** Namespace of a link request: a namespace id (see netns.find). */
export type NetnsId = number

/** How a request names a device: by index or by name (the kernel looks names up in the request's namespace). */
export type DevRef = number | string

export interface LinkStats {
  readonly rxBytes: number
  readonly rxPackets: number
  readonly rxErrors: number
  readonly rxDropped: number
  /** Packets for another MAC; `ip -s -s` shows them when there are any. */
  readonly rxOtherhost: number
  readonly rxMulticast: number
  readonly txBytes: number
  readonly txPackets: number
  readonly txErrors: number
  readonly txDropped: number
}

/** A link as RTM_GETLINK answers. */
export interface LinkInfo {
  readonly link: Link
  readonly stats: LinkStats
  /** Where the veth peer lives when it is another namespace: nsid and, when /run/netns names it, the name. */
  readonly linkNetns: { readonly nsid: number; readonly name: string | null } | null
  /** Name of the peer when it is in this namespace (printed as NAME@PEER), else null. */
  readonly peerName: string | null
}

export interface LinkAdd {
  readonly kind: LinkKind
  /** Null: the kernel picks the kind's pattern (veth%d, dummy%d, ifb%d). */
  readonly name: string | null
  readonly ifindex?: number
  readonly address?: Mac
  readonly broadcast?: Mac
  readonly mtu?: number
  readonly txqlen?: number
  readonly alias?: string
  readonly group?: number
  readonly numTxQueues?: number
  readonly numRxQueues?: number
  readonly up?: boolean
  readonly netns?: NetnsId
  /** veth only. */
  readonly peer?: {
    readonly name: string | null
    readonly ifindex?: number
    readonly address?: Mac
    readonly mtu?: number
    readonly txqlen?: number
    readonly netns?: NetnsId
    readonly up?: boolean
    readonly numTxQueues?: number
    readonly numRxQueues?: number
  }
}

export interface LinkSet {
  readonly dev: DevRef
  /** `ip link set group NAME …` without a device: all links of the group. */
  readonly byGroup?: number
  readonly name?: string
  /** Flags to change: bits of `mask` take their value from `flags`. */
  readonly flags?: { readonly flags: number; readonly mask: number }
  readonly mtu?: number
  readonly address?: Mac
  readonly broadcast?: Mac
  readonly txqlen?: number
  /** Empty text removes it. */
  readonly alias?: string
  readonly group?: number
  readonly netns?: NetnsId
  readonly carrier?: boolean
}

export interface AddrSpec {
  readonly dev: DevRef
  readonly local: Ip4
  readonly prefixlen: number
  /** Peer's address of a point-to-point one. */
  readonly peer?: Ip4
  readonly broadcast?: Ip4
  readonly anycast?: Ip4
  readonly label?: string
  readonly scope?: number
  readonly flags?: number
  readonly validLft?: number | null
  readonly preferredLft?: number | null
  readonly metric?: number
  readonly proto?: number
}

export interface AddrInfo {
  readonly ifindex: number
  readonly addr: IfAddr
}

/** rtnetlink's NLM_F flags of a route, rule, address or neighbour request. */
export type NewMode = 'add' | 'replace' | 'change' | 'append' | 'prepend' | 'test'

export interface NextHopSpec {
  readonly gateway?: Ip4
  readonly dev?: DevRef
  /** 1…256 */
  readonly weight?: number
  /** RTNH_F_ONLINK, RTNH_F_PERVASIVE */
  readonly flags?: number
}

export interface RouteSpec {
  readonly dst: Ip4
  readonly len: number
  readonly table?: number
  readonly tos?: number
  readonly metric?: number
  readonly type?: RouteType
  /** Absent: as iproute2 leaves it to its own defaults (see tools/ip/route); the kernel takes what is given. */
  readonly scope?: number
  readonly protocol?: number
  readonly prefsrc?: Ip4
  readonly gateway?: Ip4
  readonly dev?: DevRef
  readonly flags?: number
  readonly multipath?: readonly NextHopSpec[]
  readonly metrics?: RouteMetrics
}

/** RTM_GETROUTE for one destination (ip route get). */
export interface RouteGet {
  readonly dst: Ip4
  readonly src?: Ip4
  readonly iif?: DevRef
  readonly oif?: DevRef
  readonly mark?: number
  readonly tos?: number
  readonly uid?: number
  readonly ipproto?: number
  readonly sport?: number
  readonly dport?: number
  readonly fibmatch?: boolean
}

export interface RouteGetReply {
  /** The answer in route form: with fibmatch the entry itself, else a cloned host route (table, type, gateway, dev, prefsrc, …). */
  readonly route: Route
  readonly fibmatch: boolean
  /** RTA_SRC as given by `from`. */
  readonly src: Ip4 | null
  readonly iif: number | null
  readonly mark: number
  readonly uid: number
  /** RTM_F flags: "local", "redirected" etc. of the rtcache, as iproute2 words them in "cache <…>". */
  readonly cacheFlags: readonly string[]
  /** Seconds left of a PMTU exception, null when none. */
  readonly expires: number | null
  /** Path MTU of the exception, null when none; `lock` when the PMTU is locked. */
  readonly mtu: number | null
  readonly mtuLock: boolean
}

export interface RuleSpec {
  readonly pref?: number
  readonly action?: RuleAction
  readonly table?: number
  readonly goto?: number
  readonly invert?: boolean
  readonly src?: Ip4
  readonly srcLen?: number
  readonly dst?: Ip4
  readonly dstLen?: number
  readonly tos?: number
  readonly iif?: string
  readonly oif?: string
  readonly mark?: number
  readonly markMask?: number
  readonly ipproto?: number
  readonly sport?: readonly [number, number]
  readonly dport?: readonly [number, number]
  readonly uidrange?: readonly [number, number]
  readonly suppressPrefixlength?: number
  readonly suppressIfgroup?: number
  readonly protocol?: number
}

/** A rule in a listing: with FIB_RULE_UNRESOLVED ([detached] devices, unresolved gotos). */
export interface RuleInfo {
  readonly rule: Rule
  readonly iifDetached: boolean
  readonly oifDetached: boolean
  readonly unresolved: boolean
}

export interface NeighSpec {
  readonly dst: Ip4
  readonly dev: DevRef
  readonly lladdr?: Mac
  /** NUD_…; absent: PERMANENT as `ip neigh add` sends it. */
  readonly state?: number
  /** NTF_PROXY, NTF_ROUTER, NTF_USE, NTF_EXT_LEARNED */
  readonly flags?: number
  readonly protocol?: number
}

/** One sysctl file below /proc/sys/net, by its path with slashes, e.g. "ipv4/conf/eth0.1/rp_filter". */
export interface SysctlEntry {
  readonly path: string
  /** As the file reads, without the final newline: "1", "32768\t60999". */
  readonly value: string
  readonly writable: boolean
}

export interface NetnsInfo {
  readonly id: NetnsId
  readonly name: string
  /** Id by which the asking namespace knows it, or null (ip netns list prints "(id: N)"). */
  readonly nsid: number | null
}

/** Every operation with its request and its answer. The kernel's handler table is a mapped type over this. */
export interface Operations {
  'link.add': { req: LinkAdd; reply: null }
  'link.set': { req: LinkSet; reply: null }
  /** With byGroup: all links of the group instead of `dev`. */
  'link.del': { req: { readonly dev: DevRef; readonly byGroup?: number }; reply: null }
  /** One link by name, index or altname. ENODEV when absent. */
  'link.get': { req: { readonly dev: DevRef }; reply: LinkInfo }
  'link.list': { req: Record<never, never>; reply: readonly LinkInfo[] }
  'addr.new': { req: { readonly mode: NewMode; readonly addr: AddrSpec }; reply: null }
  'addr.del': {
    req: {
      readonly addr: AddrSpec /** inet_rtm_deladdr matches on what is present. */
      readonly match: { readonly address: boolean; readonly label: boolean }
    }
    reply: null
  }
  'addr.list': { req: Record<never, never>; reply: readonly AddrInfo[] }
  'route.new': { req: { readonly mode: NewMode; readonly route: RouteSpec }; reply: null }
  'route.del': { req: { readonly route: Omit<RouteSpec, 'type'> & { readonly type?: RouteType } }; reply: null }
  /** All tables, in the kernel's dump order. */
  'route.list': { req: { readonly table?: number }; reply: readonly Route[] }
  'route.get': { req: RouteGet; reply: RouteGetReply }
  /** PMTU and redirect exceptions that have been used (ip route show cache). */
  'route.cache': { req: { readonly table?: number }; reply: readonly RouteGetReply[] }
  'route.flushCache': { req: Record<never, never>; reply: null }
  'rule.add': { req: RuleSpec; reply: null }
  'rule.del': { req: RuleSpec; reply: null }
  'rule.list': { req: Record<never, never>; reply: readonly RuleInfo[] }
  'neigh.new': { req: { readonly mode: NewMode; readonly neigh: NeighSpec }; reply: null }
  'neigh.del': { req: { readonly neigh: NeighSpec }; reply: null }
  'neigh.get': { req: { readonly neigh: NeighSpec }; reply: NeighEntry }
  'neigh.list': { req: { readonly proxy: boolean }; reply: readonly NeighEntry[] }
  'sysctl.get': { req: { readonly path: string }; reply: SysctlEntry }
  /** value as written to the file. EINVAL, ENOENT, EACCES as the file would answer. */
  'sysctl.set': { req: { readonly path: string; readonly value: string }; reply: null }
  /** Paths of all files below `path` ("" for all), sorted as readdir of procps' sysctl -a shows them. */
  'sysctl.list': { req: { readonly path: string }; reply: readonly SysctlEntry[] }
  'sysctl.isDirectory': { req: { readonly path: string }; reply: boolean }
  'netns.add': { req: { readonly name: string }; reply: NetnsId }
  'netns.del': { req: { readonly name: string }; reply: null }
  'netns.list': { req: Record<never, never>; reply: readonly NetnsInfo[] }
  /** Id of a named namespace (ENOENT when absent). */
  'netns.find': { req: { readonly name: string }; reply: NetnsId }
  /** RTM_GETNSID dump: every namespace that the asking one has an id for, by nsid (ip netns list-id). */
  'netns.ids': { req: Record<never, never>; reply: readonly { readonly nsid: number; readonly name: string | null }[] }
  /** RTM_NEWNSID; nsid -1 is "auto". */
  'netns.set': { req: { readonly name: string; readonly nsid: number }; reply: null }
  'socket.list': { req: Record<never, never>; reply: readonly SocketInfo[] }
  /** /proc/net/ip_tables_names: registered tables of this namespace, newest first. */
  'ipt.names': { req: Record<never, never>; reply: readonly TableName[] }
  /** IPT_SO_GET_ENTRIES; the first use of a table registers it with its hooks. */
  'ipt.get': { req: { readonly table: TableName }; reply: IptTableState }
  /** IPT_SO_SET_REPLACE: the whole table with its counters, or nothing. EINVAL, ELOOP, ENOENT, EOPNOTSUPP … as x_tables answers. */
  'ipt.replace': {
    req: { readonly table: TableName; readonly chains: readonly IptChain[]; readonly counters: Float64Array }
    reply: null
  }
  /** IPCTNL_MSG_CT_GET dump, in the order of the kernel's table. */
  'ct.list': { req: { readonly filter: CtFilter }; reply: readonly CtInfo[] }
  /** One connection by its original or reply tuple; ENOENT when absent. */
  'ct.get': { req: { readonly tuple: CtTuple; readonly reply: boolean; readonly zone: number }; reply: CtInfo }
  /** Delete what fits; the answer is what was deleted. */
  'ct.delete': { req: { readonly filter: CtFilter; readonly portid?: number }; reply: readonly CtInfo[] }
  'ct.flush': { req: { readonly portid?: number }; reply: null }
  'ct.count': { req: Record<never, never>; reply: { readonly count: number; readonly max: number } }
  'ct.stats': { req: Record<never, never>; reply: CtStats }
  /** Refusals of ipset carry the name of an IPSET_ERR (uapi/ipset.ts) in extack where errno alone does not tell. */
  'set.create': {
    req: {
      readonly header: SetHeader
      /** bitmap:ip: the range was given as a prefix of that length. */
      readonly cidr: number | null
      /** The seed of a hash type's hash; null for a random one. */
      readonly initval: number | null
      readonly exist: boolean
    }
    reply: null
  }
  'set.destroy': { req: { readonly name: string | null }; reply: null }
  'set.flush': { req: { readonly name: string | null }; reply: null }
  'set.rename': { req: { readonly from: string; readonly to: string }; reply: null }
  'set.swap': { req: { readonly from: string; readonly to: string }; reply: null }
  'set.list': { req: { readonly name: string | null }; reply: readonly SetInfo[] }
  'set.header': { req: { readonly name: string }; reply: SetHeader }
  'set.add': { req: SetChange; reply: null }
  'set.del': { req: SetChange; reply: null }
  /** True when it is in the set. */
  'set.test': { req: SetChange; reply: boolean }
  /** Lists of -m recent that rules name, in the order of their making (/proc/net/xt_recent); ENOENT while no rule ever named one. */
  'recent.names': { req: Record<never, never>; reply: readonly string[] }
  /** Least recently updated first. */
  'recent.get': { req: { readonly name: string }; reply: readonly RecentInfo[] }
  /** One write to the list's file: "+ADDR", "-ADDR" or "/". */
  'recent.write': { req: { readonly name: string; readonly text: string }; reply: null }
  /** Tables of -m hashlimit (/proc/net/ipt_hashlimit); ENOENT while no rule ever named one. */
  'hashlimit.names': { req: Record<never, never>; reply: readonly string[] }
  'hashlimit.get': { req: { readonly name: string }; reply: readonly HashlimitInfo[] }
  /** The kernel's log, the machine's own: syslog(SYSLOG_ACTION_READ_ALL), SYSLOG_ACTION_CLEAR. */
  'klog.read': { req: Record<never, never>; reply: readonly KernelLogEntry[] }
  'klog.clear': { req: Record<never, never>; reply: null }
}

/** An address in a list of -m recent; times in jiffies, in a ring whose next place is `index`. */
export interface RecentInfo {
  readonly addr: Ip4
  readonly ttl: number
  readonly lastSeen: number
  readonly index: number
  readonly stamps: readonly number[]
}

/** A bucket of -m hashlimit: seconds that it lives on, whose it is, and the kernel's three 64-bit numbers in decimal. */
export interface HashlimitInfo {
  readonly seconds: number
  readonly src: Ip4
  readonly sport: number
  readonly dst: Ip4
  readonly dport: number
  readonly credit: string
  readonly creditCap: string
  readonly cost: string
}

/** An element of a set, or a range of them (`ipTo`, `portTo`), as the tool sends it. */
export interface SetChange {
  readonly name: string
  readonly element: SetElement
  readonly ipTo: Ip4 | null
  readonly ip2To: Ip4 | null
  readonly portTo: number | null
  /** -exist */
  readonly exist: boolean
  /** list:set: put before or after this member. */
  readonly before: string | null
  readonly after: string | null
}

export type Op = keyof Operations

/** The kernel as tools see it. */
export interface Netlink {
  request<K extends Op>(netns: NetnsId, op: K, req: Operations[K]['req']): Result<Operations[K]['reply']>
}

/** What `ip monitor` hears: one notification per change, in order. */
export type Notification =
  | { readonly kind: 'link'; readonly deleted: boolean; readonly info: LinkInfo }
  | { readonly kind: 'addr'; readonly deleted: boolean; readonly info: AddrInfo; readonly dev: string }
  | {
      readonly kind: 'route'
      readonly deleted: boolean
      readonly route: Route /** NLM_F_REPLACE, APPEND as ip monitor words them. */
      readonly flags: 'none' | 'replace' | 'append'
    }
  | { readonly kind: 'rule'; readonly deleted: boolean; readonly info: RuleInfo }
  | { readonly kind: 'neigh'; readonly deleted: boolean; readonly entry: NeighEntry; readonly dev: string }
  | { readonly kind: 'nsid'; readonly deleted: boolean; readonly nsid: number; readonly name: string | null }
  | { readonly kind: 'conntrack'; readonly event: CtEvent }
  /** A line of the kernel's log, told in every namespace: dmesg -w. */
  | { readonly kind: 'log'; readonly entry: KernelLogEntry }
