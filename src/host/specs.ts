// The typed API's arguments and the requests they become, with the defaults that iproute2 would choose.
// Read first: uapi/request.ts, netns.ts.
import { ArgumentError } from '../lib/errors.ts'
import { isLoopback, maskOf } from '../lib/ip4.ts'
import {
  IFF_ALLMULTI,
  IFF_MULTICAST,
  IFF_NOARP,
  IFF_PROMISC,
  IFF_UP,
  type LinkKind,
  RT_SCOPE_HOST,
  RT_SCOPE_LINK,
  RT_SCOPE_NOWHERE,
  RT_SCOPE_UNIVERSE,
} from '../uapi/link.ts'
import { NTF_PROXY, NUD_PERMANENT } from '../uapi/neigh.ts'
import type { AddrSpec, LinkAdd, LinkSet, NeighSpec, NextHopSpec, RouteSpec, RuleSpec } from '../uapi/request.ts'
import {
  type RouteMetrics,
  type RouteType,
  RT_TABLE_LOCAL,
  RT_TABLE_MAIN,
  RTNH_F_ONLINK,
  RTPROT_BOOT,
  type RuleAction,
} from '../uapi/route.ts'
import type { Host } from './host.ts'
import { address, mac, NUD_BY_NAME, type NudName, prefix, tableId } from './values.ts'

/** One end of a new link. */
export interface LinkEnd {
  readonly name?: string
  readonly address?: string
  readonly mtu?: number
  /** Name of the namespace it is made in. */
  readonly netns?: string
}

export interface LinkOptions extends LinkEnd {
  readonly kind: LinkKind
  readonly up?: boolean
  readonly txqueuelen?: number
  readonly alias?: string
  /** veth only. */
  readonly peer?: LinkEnd
}

export interface LinkChanges {
  readonly name?: string
  readonly up?: boolean
  readonly mtu?: number
  readonly address?: string
  readonly txqueuelen?: number
  readonly alias?: string
  readonly promisc?: boolean
  readonly allmulticast?: boolean
  readonly arp?: boolean
  readonly multicast?: boolean
  /** Move it to the namespace of this name; null is the initial one. */
  readonly netns?: string | null
}

export interface AddressOptions {
  readonly peer?: string
  /** An address, or '+' for the subnet's own. */
  readonly broadcast?: string
  readonly scope?: number
  readonly label?: string
  readonly metric?: number
}

export interface NextHopOptions {
  readonly via?: string
  readonly dev?: string
  readonly weight?: number
  readonly onlink?: boolean
}

export interface RouteOptions extends NextHopOptions {
  /** "default" or a prefix. */
  readonly dst: string
  readonly type?: RouteType
  readonly src?: string
  readonly metric?: number
  readonly table?: number | string
  readonly tos?: number
  readonly scope?: number
  readonly metrics?: RouteMetrics
  readonly nexthops?: readonly NextHopOptions[]
}

export interface RuleOptions {
  readonly pref?: number
  readonly from?: string
  readonly to?: string
  readonly iif?: string
  readonly oif?: string
  readonly fwmark?: number
  readonly fwmask?: number
  readonly tos?: number
  readonly ipproto?: number
  readonly sport?: readonly [number, number]
  readonly dport?: readonly [number, number]
  readonly uidrange?: readonly [number, number]
  readonly not?: boolean
  readonly lookup?: number | string
  readonly goto?: number
  readonly action?: RuleAction
  readonly suppressPrefixlength?: number
}

export interface NeighbourOptions {
  readonly lladdr?: string
  readonly nud?: NudName
  readonly proxy?: boolean
  readonly replace?: boolean
}

/** Leave out what is undefined: exact optional properties. */
function compact<T extends object>(o: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined)) as T
}

function end(host: Host, e: LinkEnd): { name: string | null; address?: number; mtu?: number; netns?: number } {
  return compact({
    name: e.name ?? null,
    address: e.address === undefined ? undefined : mac(e.address),
    mtu: e.mtu,
    netns: e.netns === undefined ? undefined : host.netnsId(e.netns),
  })
}

const KINDS: readonly string[] = ['dummy', 'ifb', 'veth'] satisfies readonly LinkKind[]

export function linkAdd(host: Host, o: LinkOptions): LinkAdd {
  if (!KINDS.includes(o.kind))
    throw new ArgumentError(`no link kind is called "${o.kind}" (known: ${KINDS.join(', ')})`)
  return compact<LinkAdd>({
    ...end(host, o),
    kind: o.kind,
    txqlen: o.txqueuelen,
    alias: o.alias,
    up: o.up,
    peer: o.peer === undefined ? undefined : end(host, o.peer),
  })
}

export function linkSet(host: Host, dev: string, o: LinkChanges): LinkSet {
  let flags = 0
  let mask = 0
  const flag = (bit: number, on: boolean | undefined): void => {
    if (on === undefined) return
    mask |= bit
    if (on) flags |= bit
  }
  flag(IFF_UP, o.up)
  flag(IFF_PROMISC, o.promisc)
  flag(IFF_ALLMULTI, o.allmulticast)
  flag(IFF_MULTICAST, o.multicast)
  flag(IFF_NOARP, o.arp === undefined ? undefined : !o.arp)
  return compact<LinkSet>({
    dev,
    name: o.name,
    mtu: o.mtu,
    address: o.address === undefined ? undefined : mac(o.address),
    txqlen: o.txqueuelen,
    alias: o.alias,
    netns: o.netns === undefined ? undefined : host.netnsId(o.netns),
    flags: mask === 0 ? undefined : { flags, mask },
  })
}

export function addr(dev: string, cidr: string, o: AddressOptions): AddrSpec {
  const { addr: local, len } = prefix(cidr)
  const peer = o.peer === undefined ? undefined : prefix(o.peer)
  const prefixlen = peer?.len ?? len
  const broadcast =
    o.broadcast === undefined
      ? undefined
      : o.broadcast === '+'
        ? (local & maskOf(prefixlen)) | ~maskOf(prefixlen)
        : address(o.broadcast)
  const scope = o.scope ?? (isLoopback(local) ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE)
  return compact<AddrSpec>({
    dev,
    local,
    prefixlen,
    scope,
    peer: peer?.addr,
    broadcast,
    label: o.label,
    metric: o.metric,
  })
}

function nexthop(o: NextHopOptions): NextHopSpec {
  return compact<NextHopSpec>({
    gateway: o.via === undefined ? undefined : address(o.via),
    dev: o.dev,
    weight: o.weight,
    flags: o.onlink === true ? RTNH_F_ONLINK : undefined,
  })
}

/** iproute2's choice of scope: host for local, link for what has no gateway, else universe. */
function defaultScope(o: RouteOptions): number {
  const type = o.type ?? 'unicast'
  if (type === 'local' || type === 'nat') return RT_SCOPE_HOST
  if (type === 'broadcast' || type === 'multicast' || type === 'anycast') return RT_SCOPE_LINK
  if (type === 'unicast' && o.via === undefined && o.nexthops === undefined) return RT_SCOPE_LINK
  return RT_SCOPE_UNIVERSE
}

function tableOf(o: RouteOptions): number {
  if (o.table !== undefined) return tableId(o.table)
  const type = o.type ?? 'unicast'
  return type === 'local' || type === 'broadcast' || type === 'nat' || type === 'anycast'
    ? RT_TABLE_LOCAL
    : RT_TABLE_MAIN
}

export function route(o: RouteOptions): RouteSpec {
  const { addr: dst, len } = prefix(o.dst)
  const { weight, ...hop } = nexthop(o)
  if (weight !== undefined) throw new ArgumentError('a weight belongs to one of several nexthops')
  return compact<RouteSpec>({
    dst,
    len,
    ...hop,
    table: tableOf(o),
    type: o.type ?? 'unicast',
    scope: o.scope ?? defaultScope(o),
    protocol: RTPROT_BOOT,
    tos: o.tos,
    metric: o.metric,
    prefsrc: o.src === undefined ? undefined : address(o.src),
    metrics: o.metrics,
    multipath: o.nexthops?.map(nexthop),
  })
}

/** For a deletion: what is not given matches anything. */
export function routeKey(o: RouteOptions): Omit<RouteSpec, 'type'> & { readonly type?: RouteType } {
  const { type: _type, protocol: _protocol, scope: _scope, ...rest } = route(o)
  return { ...rest, scope: o.scope ?? RT_SCOPE_NOWHERE, ...(o.type === undefined ? {} : { type: o.type }) }
}

export function rule(o: RuleOptions): RuleSpec {
  const src = o.from === undefined || o.from === 'all' ? undefined : prefix(o.from)
  const dst = o.to === undefined || o.to === 'all' ? undefined : prefix(o.to)
  return compact<RuleSpec>({
    pref: o.pref,
    action: o.action ?? (o.goto === undefined ? 'lookup' : 'goto'),
    table:
      o.lookup === undefined
        ? o.action === undefined && o.goto === undefined
          ? RT_TABLE_MAIN
          : undefined
        : tableId(o.lookup),
    goto: o.goto,
    invert: o.not,
    src: src?.addr,
    srcLen: src?.len,
    dst: dst?.addr,
    dstLen: dst?.len,
    tos: o.tos,
    iif: o.iif,
    oif: o.oif,
    mark: o.fwmark,
    markMask: o.fwmask,
    ipproto: o.ipproto,
    sport: o.sport,
    dport: o.dport,
    uidrange: o.uidrange,
    suppressPrefixlength: o.suppressPrefixlength,
  })
}

export function neigh(dev: string, dst: string, o: NeighbourOptions): NeighSpec {
  return compact<NeighSpec>({
    dev,
    dst: address(dst),
    lladdr: o.lladdr === undefined ? undefined : mac(o.lladdr),
    state: o.nud === undefined ? NUD_PERMANENT : NUD_BY_NAME[o.nud],
    flags: o.proxy === true ? NTF_PROXY : undefined,
  })
}
