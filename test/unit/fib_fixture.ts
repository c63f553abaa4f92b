// A namespace with links and addresses, driven through the route and rule handlers alone: no sockets, no clock.

import type { Draft } from 'immer'
import { createDraft, finishDraft, freeze } from 'immer'
import { KernelError } from '../../src/kernel/core/errors.ts'
import { linkTable } from '../../src/kernel/core/link_list.ts'
import { NetNs } from '../../src/kernel/core/netns.ts'
import { Transaction } from '../../src/kernel/core/transaction.ts'
import { routeHandlers } from '../../src/kernel/ipv4/fib_frontend.ts'
import { ruleHandlers } from '../../src/kernel/ipv4/fib_rules.ts'
import type { Kernel } from '../../src/kernel/kernel.ts'
import type { NetnsConfig } from '../../src/uapi/config.ts'
import { IFF_BROADCAST, IFF_LOOPBACK, IFF_UP, type Link } from '../../src/uapi/link.ts'
import type { RouteSpec, RuleSpec } from '../../src/uapi/request.ts'
import type { Rule } from '../../src/uapi/route.ts'
import { DEVCONF_DEFAULTS, NEIGH_DEFAULTS, NET_SYSCTL_DEFAULTS } from '../../src/uapi/sysctl.ts'

function link(ifindex: number, name: string): Link {
  const lo = name === 'lo'
  return {
    ifindex,
    name,
    kind: lo ? 'loopback' : 'dummy',
    flags: lo ? IFF_LOOPBACK | IFF_UP : name === 'd0' ? IFF_BROADCAST | IFF_UP : IFF_BROADCAST,
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
    links: linkTable([link(1, 'lo'), link(2, 'd0'), link(3, 'd1'), link(4, 'd2')]),
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

/** Links lo and d0 (up), d1, d2 (down); no addresses; tables as they are given. */
export class FibHost {
  readonly net: NetNs

  constructor() {
    const kernel = {
      adopt: (net: NetNs, cfg: NetnsConfig) => net.sync(cfg, []),
      relink: () => undefined,
      hasMonitors: () => false,
    }
    this.net = new NetNs(kernel as unknown as Kernel, 0, CONFIG)
    this.net.sync(CONFIG, [])
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

  rule(spec: RuleSpec): string {
    return this.attempt((tx) => ruleHandlers['rule.add'](tx, this.net, spec))
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
