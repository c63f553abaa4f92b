// The answer of routing as packets carry it (struct rtable / dst_entry), and what a namespace has learned about
// destinations: PMTU and redirect exceptions (struct fib_nh_exception).
// Read first: fib_lookup.ts. Reference: include/net/route.h, net/ipv4/route.c.

import type { Errno } from '../../lib/errno.ts'
import type { Ip4 } from '../../lib/ip4.ts'
import type { NetnsConfig } from '../../uapi/config.ts'
import {
  type NextHop,
  type Route,
  type RouteMetrics,
  RT_TABLE_LOCAL,
  RTPROT_KERNEL,
  type Rule,
} from '../../uapi/route.ts'
import { allLinks } from '../core/link_list.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import type { SkBuff } from '../core/skbuff.ts'
import { fib_has_custom_rules } from './fib_cache.ts'
import type { FibNexthop } from './fib_lookup.ts'
import type { InetPeer } from './inetpeer.ts'

/** unreachable stands for every failed lookup; `error` says which. */
export type RtType = 'unicast' | 'local' | 'broadcast' | 'multicast' | 'unreachable'

/** A routing decision, shared by all packets that take it; immutable once made. */
export class Rtable {
  readonly type: RtType
  /** The device it leaves by (lo for local destinations). */
  readonly dev: NetDevice
  /** 0 when the destination itself is the neighbour. */
  readonly gateway: Ip4
  /** Null when no entry decided (limited broadcast, multicast, an on-link assumption). */
  readonly route: Route | null
  readonly nexthop: NextHop | null
  readonly rule: Rule | null
  /** The source address that goes with it on output. */
  readonly prefsrc: Ip4
  /** IPSKB_DOREDIRECT applies: it leaves by the device it came in by, and there is a better first hop. */
  readonly doRedirect: boolean
  /** Those of the route, where they count (dst_metric): not for what is delivered here, nor without a route. */
  readonly metrics: RouteMetrics | null
  /** MTU of the route's metric or of an exception; 0 when the device's counts. */
  readonly mtu: number
  /** The mtu metric is locked: no PMTU discovery. */
  readonly mtuLocked: boolean
  /** dst.error of a failed lookup. */
  readonly error: Errno | null
  /** The exception it comes from, for `ip route get`; null when none. */
  readonly exception: RouteException | null
  readonly isInput: boolean

  constructor(
    type: RtType,
    dev: NetDevice,
    gateway: Ip4,
    route: Route | null,
    nexthop: NextHop | null,
    rule: Rule | null,
    prefsrc: Ip4,
    doRedirect: boolean,
    metrics: RouteMetrics | null,
    error: Errno | null,
    exception: RouteException | null,
    isInput: boolean,
  ) {
    this.type = type
    this.dev = dev
    this.gateway = gateway
    this.route = route
    this.nexthop = nexthop
    this.rule = rule
    this.prefsrc = prefsrc
    this.doRedirect = doRedirect
    this.metrics = metrics
    this.mtu = exception !== null && exception.mtu !== 0 ? exception.mtu : (metrics?.mtu ?? 0)
    this.mtuLocked = metrics?.lock?.includes('mtu') === true || exception?.mtuLocked === true
    this.error = error
    this.exception = exception
    this.isInput = isInput
  }
}

/** inet_iif: the device a packet counts as having come in by. What this namespace sent itself came by the device that has the address, not by lo. */
export function inet_iif(skb: SkBuff): number {
  const rt = skb.rt
  if (rt === null || rt.isInput || rt.nexthop === null || rt.route === null || rt.route.type !== 'local') return skb.iif
  return rt.nexthop.oif
}

/** struct fib_nh_exception: what was learned about one destination. Valid while its route is. */
export interface RouteException {
  readonly dst: Ip4
  /** 0 when nothing was learned about the MTU. */
  readonly mtu: number
  readonly mtuLocked: boolean
  /** 0 when not redirected. */
  readonly gateway: Ip4
  /** Virtual ns when the MTU is forgotten; 0 for never. */
  readonly expires: number
  /** A route has been made of it: until then `ip route show cache` passes it over (fnhe_dump_bucket). */
  bound: boolean
}

/** Routes that were made for the current configuration, and exceptions. One per namespace. */
export class RouteCache {
  readonly net: NetNs
  /** By the nexthop they belong to, by identity: gone with its route. */
  readonly exceptions = new Map<NextHop, Map<Ip4, RouteException>>()
  /** Grows whenever an exception or the configuration changes: holders of an Rtable compare it. */
  genid = 0
  private madeFor: NetnsConfig | null = null
  /** Routes by nexthop: forwarding without and with redirect, local delivery, output. */
  readonly forward = new Map<FibNexthop, Rtable>()
  readonly redirecting = new Map<FibNexthop, Rtable>()
  readonly localInput = new Map<FibNexthop, Rtable>()
  readonly output = new Map<FibNexthop, Rtable>()
  /** Every address of this namespace's links (inet_lookup_ifaddr). */
  private localAddrs = new Set<Ip4>()
  private localAddrsOf: NetnsConfig['links'] | null = null
  /** fib_has_custom_rules, fib_has_custom_local_routes: the cheap source check is not enough. */
  fullSourceCheck = false
  /** What is limited about a host, by its address. */
  readonly peers = new Map<Ip4, InetPeer>()
  /** fa_default: which of several equal default routes was taken last, by the first of them. */
  readonly defaults = new Map<Route, number>()
  private ident: number

  constructor(net: NetNs) {
    this.net = net
    this.ident = net.kernel.random.u32() & 0xffff
  }

  /** Forget what was made for an older configuration. */
  check(): void {
    if (this.madeFor === this.net.cfg) return
    this.madeFor = this.net.cfg
    this.forward.clear()
    this.redirecting.clear()
    this.localInput.clear()
    this.output.clear()
    this.genid++
    const cfg = this.net.cfg
    this.defaults.forEach((_, r) => {
      if (cfg.tables[r.table]?.includes(r) !== true) this.defaults.delete(r)
    })
    this.fullSourceCheck =
      fib_has_custom_rules(cfg) ||
      (cfg.tables[RT_TABLE_LOCAL] ?? []).some((r) => r.type === 'local' && r.protocol !== RTPROT_KERNEL)
  }

  /** inet_lookup_ifaddr: is this an address of one of the namespace's links? */
  isLocalAddress(a: Ip4): boolean {
    const links = this.net.cfg.links
    if (this.localAddrsOf !== links) {
      this.localAddrsOf = links
      this.localAddrs = new Set(allLinks(links).flatMap((l) => l.addrs.map((x) => x.local)))
    }
    return this.localAddrs.has(a)
  }

  /** The device that has this address (__ip_dev_find), or null. */
  deviceOf(a: Ip4): NetDevice | null {
    if (!this.isLocalAddress(a)) return null
    const link = allLinks(this.net.cfg.links).find((l) => l.addrs.some((x) => x.local === a))
    return link === undefined ? null : this.net.device(link.ifindex)
  }

  /** The next value of the IP identification counter (1 … 65535). */
  nextIdent(): number {
    this.ident = this.ident >= 0xffff ? 1 : this.ident + 1
    return this.ident
  }

  /** find_exception: a live one for a destination that is reached by that nexthop, or null. */
  exception(dst: Ip4, nh: NextHop): RouteException | null {
    if (this.exceptions.size === 0) return null
    const known = this.exceptions.get(nh)
    const e = known?.get(dst)
    if (known === undefined || e === undefined) return null
    if (e.expires !== 0 && e.expires <= this.net.kernel.sim.now) {
      known.delete(dst)
      this.genid++
      return null
    }
    return e
  }

  /** update_or_create_fnhe */
  learn(nh: NextHop, e: Omit<RouteException, 'bound'>): void {
    const known = this.exceptions.get(nh)
    const bound = known?.get(e.dst)?.bound ?? false
    if (known === undefined) this.exceptions.set(nh, new Map([[e.dst, { ...e, bound }]]))
    else known.set(e.dst, { ...e, bound })
    this.genid++
  }

  flush(): void {
    this.exceptions.clear()
    this.genid++
  }
}
