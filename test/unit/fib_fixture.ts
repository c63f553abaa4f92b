// A namespace with links and addresses, driven through the route and rule handlers alone: no sockets, no clock.

import type { Draft } from 'immer'
import { createDraft, finishDraft, freeze } from 'immer'
import { KernelError } from '../../src/kernel/core/errors.ts'
import { changeLink, linkByName, removeLink } from '../../src/kernel/core/links.ts'
import { NetNs } from '../../src/kernel/core/netns.ts'
import { Transaction } from '../../src/kernel/core/transaction.ts'
import {
  fib_add_ifaddr,
  fib_del_ifaddr,
  fib_modify_prefix_metric,
  fibLinkCarrier,
  fibLinkDown,
  fibLinkUp,
} from '../../src/kernel/ipv4/fib_events.ts'
import { routeHandlers } from '../../src/kernel/ipv4/fib_frontend.ts'
import { ruleHandlers } from '../../src/kernel/ipv4/fib_rules.ts'
import type { Kernel } from '../../src/kernel/kernel.ts'
import { type Ip4, ip4, maskOf } from '../../src/lib/ip4.ts'
import { formatRoute } from '../../src/tools/ip/route_print.ts'
import { formatRule } from '../../src/tools/ip/rule_print.ts'
import type { NetnsConfig } from '../../src/uapi/config.ts'
import { IFA_F_SECONDARY, IFF_BROADCAST, IFF_LOOPBACK, IFF_UP, type IfAddr, type Link } from '../../src/uapi/link.ts'
import type { NewMode, Notification, RouteSpec, RuleSpec } from '../../src/uapi/request.ts'
import type { Rule } from '../../src/uapi/route.ts'
import { DEVCONF_DEFAULTS, NEIGH_DEFAULTS, NET_SYSCTL_DEFAULTS } from '../../src/uapi/sysctl.ts'

function link(ifindex: number, name: string): Link {
  const lo = name === 'lo'
  return {
    ifindex,
    name,
    kind: lo ? 'loopback' : 'dummy',
    flags: lo ? IFF_LOOPBACK | IFF_UP : IFF_BROADCAST,
    carrier: true,
    mtu: lo ? 65536 : 1500,
    address: ifindex,
    broadcast: 0,
    permAddress: 0,
    txqlen: 1000,
    alias: null,
    group: 0,
    qdisc: 'noqueue',
    peer: null,
    promiscuity: 0,
    numTxQueues: 1,
    numRxQueues: 1,
    addrs: [],
    conf: DEVCONF_DEFAULTS,
    neigh: NEIGH_DEFAULTS,
  }
}

const ANY_RULE: Rule = {
  pref: 0,
  action: 'lookup',
  table: 0,
  goto: 0,
  invert: false,
  src: 0,
  srcLen: 0,
  dst: 0,
  dstLen: 0,
  tos: 0,
  iif: null,
  oif: null,
  mark: 0,
  markMask: 0,
  ipproto: 0,
  sport: null,
  dport: null,
  uidrange: null,
  suppressPrefixlength: -1,
  suppressIfgroup: -1,
  protocol: 2,
}

const CONFIG: NetnsConfig = freeze(
  {
    links: [link(1, 'lo'), link(2, 'd0'), link(3, 'd1'), link(4, 'd2')],
    nextIfindex: 5,
    tables: {},
    rules: [
      { ...ANY_RULE, table: 255 },
      { ...ANY_RULE, pref: 32766, table: 254 },
      { ...ANY_RULE, pref: 32767, table: 253 },
    ],
    confAll: DEVCONF_DEFAULTS,
    confDefault: DEVCONF_DEFAULTS,
    neighDefault: NEIGH_DEFAULTS,
    sysctl: NET_SYSCTL_DEFAULTS,
    nsids: [],
  },
  true,
)

const INDEX: Readonly<Record<string, number>> = { lo: 1, d0: 2, d1: 3, d2: 4 }

function prefix(text: string): { dst: Ip4; len: number } {
  const [a, len] = text.split('/')
  return { dst: ip4(a!), len: len === undefined ? 32 : Number(len) }
}

/** Links lo (up), d0, d1, d2 (down); no addresses. */
export class FibHost {
  readonly net: NetNs
  readonly heard: string[] = []

  constructor() {
    const kernel = {
      adopt: (net: NetNs, cfg: NetnsConfig) => net.sync(cfg, []),
      relink: () => undefined,
      hasMonitors: () => true,
      notifyMonitors: (_net: NetNs, n: Notification) => this.hear(n),
    }
    this.net = new NetNs(kernel as unknown as Kernel, 0, CONFIG)
    this.net.sync(CONFIG, [])
  }

  private hear(n: Notification): void {
    if (n.kind === 'route') this.heard.push(`${n.deleted ? 'Deleted ' : ''}${this.spell(n.route)}`)
    if (n.kind === 'rule') this.heard.push(`${n.deleted ? 'Deleted ' : ''}${formatRule(n.info.rule)}`)
  }

  private spell(r: Parameters<typeof formatRoute>[0]): string {
    return formatRoute(r, (i) => Object.keys(INDEX).find((n) => INDEX[n] === i) ?? `if${i}`).trim()
  }

  /** One request: 'ok', or "ERRNO" or "ERRNO: extack" as it was refused. */
  private attempt(act: (tx: Transaction) => void): string {
    const tx = new Transaction(this.net.kernel)
    try {
      act(tx)
    } catch (e) {
      if (e instanceof KernelError) return e.extack === null ? e.errno : `${e.errno}: ${e.extack}`
      throw e
    }
    tx.commit()
    return 'ok'
  }

  add(route: RouteSpec): string {
    return this.attempt((tx) => routeHandlers['route.new'](tx, this.net, { mode: 'add', route }))
  }

  del(route: RouteSpec): string {
    return this.attempt((tx) => routeHandlers['route.del'](tx, this.net, { route }))
  }

  route(mode: NewMode, dst: string, spec: Omit<RouteSpec, 'dst' | 'len'> = {}): string {
    return this.attempt((tx) => routeHandlers['route.new'](tx, this.net, { mode, route: { ...prefix(dst), ...spec } }))
  }

  unroute(dst: string, spec: Omit<RouteSpec, 'dst' | 'len'> = {}): string {
    return this.del({ ...prefix(dst), ...spec })
  }

  rule(spec: RuleSpec): string {
    return this.attempt((tx) => ruleHandlers['rule.add'](tx, this.net, spec))
  }

  unrule(spec: RuleSpec): string {
    return this.attempt((tx) => ruleHandlers['rule.del'](tx, this.net, spec))
  }

  rules(): string[] {
    return ruleHandlers['rule.list'](new Transaction(this.net.kernel), this.net, {}).map((i) => formatRule(i.rule))
  }

  routes(table = 254): string[] {
    const all = routeHandlers['route.list'](new Transaction(this.net.kernel), this.net, { table })
    return all.map((r) => this.spell(r))
  }

  private editLink(
    name: string,
    edit: (l: Link) => Partial<Link>,
    then: (tx: Transaction, ifindex: number) => void,
  ): void {
    this.attempt((tx) => {
      const link = linkByName(tx, this.net, name)!
      changeLink(tx, this.net, link.ifindex, edit(link))
      then(tx, link.ifindex)
    })
  }

  up(...names: string[]): this {
    for (const name of names) {
      this.editLink(
        name,
        (l) => ({ flags: l.flags | IFF_UP }),
        (tx, i) => fibLinkUp(tx, this.net, i),
      )
    }
    return this
  }

  down(name: string): void {
    this.editLink(
      name,
      (l) => ({ flags: l.flags & ~IFF_UP }),
      (tx, i) => fibLinkDown(tx, this.net, i, false),
    )
  }

  carrier(name: string, on: boolean): void {
    this.editLink(
      name,
      () => ({ carrier: on }),
      (tx, i) => fibLinkCarrier(tx, this.net, i, on),
    )
  }

  /** Unregister: the link and all it had. */
  remove(name: string): void {
    this.down(name)
    for (const a of this.net.byName.get(name)!.link.addrs) this.drop(name, a)
    this.attempt((tx) => {
      fibLinkDown(tx, this.net, INDEX[name]!, true)
      removeLink(tx, this.net, INDEX[name]!)
    })
  }

  conf(name: string, conf: Partial<Link['conf']>): void {
    this.editLink(
      name,
      (l) => ({ conf: { ...l.conf, ...conf } }),
      () => undefined,
    )
  }

  private static ifaddr(name: string, text: string, more: Partial<IfAddr>): IfAddr {
    const { dst, len } = prefix(text)
    const flags = more.flags ?? 0
    return {
      local: dst,
      address: dst,
      prefixlen: len,
      broadcast: 0,
      scope: 0,
      label: name,
      validLft: null,
      preferredLft: null,
      tstamp: 0,
      metric: 0,
      proto: 0,
      ...more,
      flags,
    }
  }

  addr(name: string, text: string, more: Partial<IfAddr> = {}): this {
    const given = FibHost.ifaddr(name, text, more)
    const subnet = (a: IfAddr): Ip4 => a.address & maskOf(a.prefixlen)
    const link = this.net.byName.get(name)!.link
    const second = link.addrs.some((a) => a.prefixlen === given.prefixlen && subnet(a) === subnet(given))
    const ifa = second ? { ...given, flags: given.flags | IFA_F_SECONDARY } : given
    this.editLink(
      name,
      (l) => ({ addrs: [...l.addrs, ifa] }),
      (tx, i) => fib_add_ifaddr(tx, this.net, i, ifa),
    )
    return this
  }

  unaddr(name: string, text: string): void {
    const { dst, len } = prefix(text)
    this.drop(name, this.net.byName.get(name)!.link.addrs.find((a) => a.local === dst && a.prefixlen === len)!)
  }

  private drop(name: string, ifa: IfAddr): void {
    this.editLink(
      name,
      (l) => ({ addrs: l.addrs.filter((a) => a !== ifa) }),
      (tx, i) => fib_del_ifaddr(tx, this.net, i, ifa),
    )
  }

  metric(name: string, text: string, metric: number): void {
    const { dst, len } = prefix(text)
    const ifa = this.net.byName.get(name)!.link.addrs.find((a) => a.local === dst && a.prefixlen === len)!
    this.editLink(
      name,
      (l) => ({ addrs: l.addrs.map((a) => (a === ifa ? { ...a, metric } : a)) }),
      (tx, i) => fib_modify_prefix_metric(tx, this.net, i, ifa, metric),
    )
  }

  /** A route table put in place as it is, for lookups. */
  static withTables(tables: NetnsConfig['tables']): FibHost {
    const host = new FibHost()
    const cfg = createDraft(host.net.cfg)
    cfg.tables = tables as Draft<NetnsConfig>['tables']
    host.net.sync(finishDraft(cfg) as NetnsConfig, [])
    return host
  }
}
