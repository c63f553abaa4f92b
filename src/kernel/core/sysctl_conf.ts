// net.ipv4.conf.{all,default,DEV}.* (net/ipv4/devinet.c: devinet_conf_proc, devinet_sysctl_forward, inet_forward_change).
// conf.all does not hold for devices by itself: what reads a value combines it with the device's (and, or, larger of both).

import type { Link } from '../../uapi/link.ts'
import { DEVCONF_DEFAULTS, type DevConf, type DevConfName } from '../../uapi/sysctl.ts'
import { allLinks } from './link_list.ts'
import { changeLink, insertLink, linkByName, withLink } from './links.ts'
import type { NetNs } from './netns.ts'
import { INT_MAX, INT_MIN, parseNumbers } from './sysctl_parse.ts'
import type { Transaction } from './transaction.ts'

type Draftable = ReturnType<Transaction['edit']>['confAll']

export const CONF_NAMES: readonly DevConfName[] = Object.freeze(Object.keys(DEVCONF_DEFAULTS) as DevConfName[])

/** Their handler only flushes cached routes: conf.default is not passed on to devices that exist. */
const NOT_PASSED_ON: ReadonlySet<DevConfName> = new Set<DevConfName>([
  'disable_policy',
  'disable_xfrm',
  'drop_unicast_in_l2_multicast',
  'forwarding',
  'promote_secondaries',
  'route_localnet',
])

export function isConfName(name: string): name is DevConfName {
  return Object.hasOwn(DEVCONF_DEFAULTS, name)
}

/** The values of all, default or a device; null when there is no such directory. */
export function confOf(net: NetNs, dir: string): DevConf | null {
  if (dir === 'all') return net.cfg.confAll
  if (dir === 'default') return net.cfg.confDefault
  const link = net.byName.get(dir)?.link
  return link === undefined || link.noInetDev === true ? null : link.conf
}

function withConf(conf: DevConf, name: DevConfName, value: number): DevConf {
  return conf[name] === value ? conf : Object.freeze({ ...conf, [name]: value })
}

function pin(pinned: Link['confPinned'], name: string): 'all' | readonly string[] {
  if (pinned === 'all' || pinned?.includes(name) === true) return pinned
  return Object.freeze([...(pinned ?? []), name])
}

/** Every link's conf through a function; links that keep theirs keep their identity. */
function eachLink(tx: Transaction, net: NetNs, change: (link: Link) => DevConf): void {
  for (const link of allLinks(net.cfg.links)) {
    const conf = change(link)
    if (conf !== link.conf) insertLink(tx, net, withLink(link, { conf }))
  }
}

/** inet_forward_change: ip_forward and conf.all.forwarding switch every device, and redirects the other way. */
function inet_forward_change(tx: Transaction, net: NetNs, on: number): void {
  const cfg = net.cfg
  const all = withConf(withConf(cfg.confAll, 'forwarding', on), 'accept_redirects', on === 0 ? 1 : 0)
  const draft = tx.edit(net)
  draft.confAll = all as Draftable
  draft.confDefault = withConf(cfg.confDefault, 'forwarding', on) as Draftable
  eachLink(tx, net, (l) => (l.noInetDev === true ? l.conf : withConf(l.conf, 'forwarding', on)))
}

/** devinet_copy_dflt_conf: devices that were never configured follow conf.default. */
function setDefault(tx: Transaction, net: NetNs, name: DevConfName, value: number): void {
  tx.edit(net).confDefault = withConf(net.cfg.confDefault, name, value) as Draftable
  if (NOT_PASSED_ON.has(name)) return
  eachLink(tx, net, (l) => {
    const follows = l.noInetDev !== true && l.confPinned !== 'all' && l.confPinned?.includes(name) !== true
    return follows ? withConf(l.conf, name, value) : l.conf
  })
}

function setDevice(tx: Transaction, net: NetNs, dev: string, name: DevConfName, value: number): void {
  const link = linkByName(tx, net, dev)!
  const fixed = NOT_PASSED_ON.has(name) ? (link.confPinned ?? []) : pin(link.confPinned, name)
  changeLink(tx, net, link.ifindex, { conf: withConf(link.conf, name, value), confPinned: fixed })
}

/** A write to conf/DIR/NAME; the directory exists. */
export function writeConf(tx: Transaction, net: NetNs, dir: string, name: DevConfName, text: string): void {
  if (name === 'mc_forwarding') tx.refuse('EACCES')
  const value = parseNumbers(text, 1)?.[0]
  if (value === undefined || value < INT_MIN || value > INT_MAX) tx.refuse('EINVAL')
  if (dir === 'default') setDefault(tx, net, name, value)
  else if (dir !== 'all') setDevice(tx, net, dir, name, value)
  else if (name !== 'forwarding') tx.edit(net).confAll = withConf(net.cfg.confAll, name, value) as Draftable
  else if (net.cfg.confAll.forwarding !== value) inet_forward_change(tx, net, value)
}
