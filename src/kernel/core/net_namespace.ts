// Namespaces: what a fresh one holds, names, deletion (net/core/net_namespace.c, and iproute2's /run/netns).
// Read first: nsid.ts. Leaves out: namespaces that only a process or a mounted file keeps, except while a process is in one.
import { utf8Length } from '../../lib/utf8.ts'
import type { NetnsConfig } from '../../uapi/config.ts'
import type { Link } from '../../uapi/link.ts'
import type { NetnsId, NetnsInfo } from '../../uapi/request.ts'
import { RT_TABLE_DEFAULT, RT_TABLE_LOCAL, RT_TABLE_MAIN, RTPROT_KERNEL, type Rule } from '../../uapi/route.ts'
import {
  DEVCONF_DEFAULTS,
  type DevConf,
  NEIGH_DEFAULTS,
  NET_SYSCTL_DEFAULTS,
  type NetSysctls,
} from '../../uapi/sysctl.ts'
import { loopback } from '../device/loopback.ts'
import type { Handlers } from '../handlers.ts'
import { loopbackConf } from '../ipv4/inetdev.ts'
import type { Kernel } from '../kernel.ts'
import { unregister_netdevice } from '../rtnetlink/unregister.ts'
import { allLinks, linkTable } from './link_list.ts'
import { linkByIndex } from './links.ts'
import { neigh_ifdown } from './neigh_gc.ts'
import type { NetNs } from './netns.ts'
import { allocNsid, forgetNsid, peernet2id } from './nsid.ts'
import { SYSCTL_RANGES } from './sysctl_table.ts'
import { Transaction } from './transaction.ts'

const NAME_MAX = 255

function defaultRule(pref: number, table: number): Rule {
  return Object.freeze({
    pref,
    action: 'lookup',
    table,
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
    protocol: RTPROT_KERNEL,
  })
}

/** fib_default_rules_init */
const DEFAULT_RULES: readonly Rule[] = Object.freeze([
  defaultRule(0, RT_TABLE_LOCAL),
  defaultRule(32766, RT_TABLE_MAIN),
  defaultRule(32767, RT_TABLE_DEFAULT),
])

/** ipv4_devconf: conf.all differs from conf.default in one value. */
const CONF_ALL: DevConf = Object.freeze({ ...DEVCONF_DEFAULTS, accept_source_route: 0 })
const LO_CONF: DevConf = loopbackConf(DEVCONF_DEFAULTS)
const NO_NSIDS: NetnsConfig['nsids'] = Object.freeze([])
const NO_TABLES: NetnsConfig['tables'] = Object.freeze({})

/** What devconf_inherit_init_net says new namespaces take (inet_init_net). */
function inheritFrom(init: NetnsConfig | null, creator: NetnsConfig | null): NetnsConfig | null {
  switch (init?.sysctl['core.devconf_inherit_init_net']) {
    case undefined:
    case 2:
      return null
    case 3:
      return creator
    default:
      return init
  }
}

/** Sockets' memory limits and what SYSCTL_RANGES calls the machine's own are taken over; the rest begins with its defaults. */
function inheritSysctls(init: NetSysctls): NetSysctls {
  const same = (Object.keys(init) as (keyof NetSysctls)[]).every((k) => init[k] === NET_SYSCTL_DEFAULTS[k])
  if (same) return NET_SYSCTL_DEFAULTS
  const taken = Object.entries(init).filter(
    ([k]) =>
      k.startsWith('core.') ||
      k === 'ipv4.tcp_rmem' ||
      k === 'ipv4.tcp_wmem' ||
      SYSCTL_RANGES[k as keyof NetSysctls].initOnly,
  )
  return Object.freeze({ ...NET_SYSCTL_DEFAULTS, ...(Object.fromEntries(taken) as Partial<NetSysctls>) })
}

/** Configuration of a fresh namespace: lo (down, without address), three rules, and what it inherits. `init` null: the first. */
export function initialNetnsConfig(init: NetnsConfig | null, creator: NetnsConfig | null = init): NetnsConfig {
  const from = inheritFrom(init, creator)
  const confDefault = from?.confDefault ?? DEVCONF_DEFAULTS
  const neigh = init?.neighDefault ?? NEIGH_DEFAULTS
  const lo: Link = Object.freeze({
    ifindex: 1,
    name: 'lo',
    kind: 'loopback',
    flags: loopback.flags,
    carrier: true,
    mtu: loopback.mtu,
    address: 0,
    broadcast: 0,
    permAddress: 0,
    txqlen: loopback.txqlen,
    alias: null,
    group: 0,
    qdisc: 'noop',
    peer: null,
    promiscuity: 0,
    numTxQueues: 1,
    numRxQueues: 1,
    addrs: Object.freeze([]),
    conf: confDefault === DEVCONF_DEFAULTS ? LO_CONF : loopbackConf(confDefault),
    neigh,
    confPinned: Object.freeze([]),
    neighPinned: Object.freeze([]),
    noInetDev: false,
  })
  return Object.freeze({
    links: linkTable([lo]),
    nextIfindex: 2,
    tables: NO_TABLES,
    rules: DEFAULT_RULES,
    confAll: from?.confAll ?? CONF_ALL,
    confDefault,
    neighDefault: neigh,
    sysctl: init === null ? NET_SYSCTL_DEFAULTS : inheritSysctls(init.sysctl),
    nsids: NO_NSIDS,
  })
}

/** cleanup_net: every device goes, with the other ends of its veths; others forget the namespace's number. */
function cleanup_net(tx: Transaction, net: NetNs, name: string | null): void {
  for (const { ifindex } of allLinks(net.cfg.links)) {
    const link = ifindex === 1 ? null : linkByIndex(tx, net, ifindex)
    if (link !== null) unregister_netdevice(tx, net, link)
  }
  for (const other of tx.kernel.nets.values()) if (other !== net) forgetNsid(tx, other, net.id, name)
  tx.after(() => {
    neigh_ifdown(net, net.lo, false)
    net.dead = true
    if (net.addrTimer !== null) tx.kernel.sim.cancel(net.addrTimer)
    tx.kernel.nets.delete(net.id)
  })
}

/** The last process left a namespace: without a name it ends (put_net). */
export function put_net(kernel: Kernel, id: NetnsId): void {
  const net = kernel.nets.get(id)
  if (net === undefined || id === 0 || net.name !== null || kernel.upcalls?.netnsBusy?.(id) === true) return
  const tx = new Transaction(kernel)
  cleanup_net(tx, net, null)
  tx.commit()
}

function checkName(tx: Transaction, name: string): void {
  if (name === '' || name === '.' || name === '..' || name.includes('/')) tx.refuse('EINVAL')
  if (utf8Length(name) > NAME_MAX) tx.refuse('ENAMETOOLONG')
}

function addNetns(tx: Transaction, net: NetNs, name: string): NetnsId {
  checkName(tx, name)
  if (tx.kernel.netnsNames.has(name)) tx.refuse('EEXIST')
  const made = tx.kernel.createNetns(initialNetnsConfig(tx.kernel.initNet.cfg, net.cfg))
  made.name = name
  tx.kernel.netnsNames.set(name, made.id)
  return made.id
}

/** Unmount and remove /run/netns/NAME; the namespace ends with it unless a process is still inside. */
function delNetns(tx: Transaction, name: string): void {
  const net = tx.kernel.net(findNetns(tx, name))
  const busy = tx.kernel.upcalls?.netnsBusy?.(net.id) === true
  if (!busy) cleanup_net(tx, net, name)
  tx.after(() => {
    net.name = null
    tx.kernel.netnsNames.delete(name)
  })
}

function findNetns(tx: Transaction, name: string): NetnsId {
  return tx.kernel.netnsNames.get(name) ?? tx.refuse('ENOENT')
}

/** RTM_NEWNSID */
function setNsid(tx: Transaction, net: NetNs, name: string, nsid: number): void {
  const peer = findNetns(tx, name)
  if (peernet2id(net, peer) !== null) tx.refuse('EEXIST', 'Peer netns already has a nsid assigned')
  allocNsid(tx, net, peer, nsid < 0 ? null : nsid)
}

/** As reading the directory /run/netns gives them: the newest first. */
function listNetns(net: NetNs): readonly NetnsInfo[] {
  const list = [...net.kernel.netnsNames].map(([name, id]) => ({ id, name, nsid: peernet2id(net, id) }))
  return list.reverse()
}

export const netnsHandlers: Handlers<
  'netns.add' | 'netns.del' | 'netns.list' | 'netns.find' | 'netns.ids' | 'netns.set'
> = Object.freeze({
  'netns.add': (tx, net, req) => addNetns(tx, net, req.name),
  'netns.del': (tx, _net, req) => {
    delNetns(tx, req.name)
    return null
  },
  'netns.list': (_tx, net) => listNetns(net),
  'netns.find': (tx, _net, req) => findNetns(tx, req.name),
  'netns.ids': (_tx, net) =>
    net.cfg.nsids.map(({ nsid, netns }) => ({ nsid, name: net.kernel.nets.get(netns)?.name ?? null })),
  'netns.set': (tx, net, req) => {
    setNsid(tx, net, req.name, req.nsid)
    return null
  },
} satisfies Handlers<'netns.add' | 'netns.del' | 'netns.list' | 'netns.find' | 'netns.ids' | 'netns.set'>)
