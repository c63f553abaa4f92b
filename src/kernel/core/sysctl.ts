// The files below /proc/sys/net: which exist in a namespace, reading, writing, listing.
// Read first: sysctl_table.ts (net.core, net.ipv4), sysctl_conf.ts, sysctl_neigh.ts. Files of the kernel that netsim does
// not model do not exist here.

import { unreachable } from '../../lib/never.ts'
import type { SysctlEntry } from '../../uapi/request.ts'
import type { DevConfName, NetSysctlName } from '../../uapi/sysctl.ts'
import type { Handlers } from '../handlers.ts'
import { allLinks } from './link_list.ts'
import type { NetNs } from './netns.ts'
import { CONF_NAMES, confOf, isConfName, writeConf } from './sysctl_conf.ts'
import { CONF6, DISABLE_IPV6, IPV6_OFF, writeDisableIpv6 } from './sysctl_ipv6.ts'
import { isNeighName, NEIGH_NAMES, neighOf, readNeigh, writeNeigh } from './sysctl_neigh.ts'
import { isNetSysctlWritable, netSysctlName, readNetSysctl, writeNetSysctl } from './sysctl_net.ts'
import { CONNTRACK_MAX, isNfSysctlWritable, nfSysctlPaths, readNfSysctl, writeNfSysctl } from './sysctl_nf.ts'
import { SYSCTL_PATHS } from './sysctl_table.ts'
import type { Transaction } from './transaction.ts'

const IP_FORWARD = 'ipv4/ip_forward'
const FLUSH = 'ipv4/route/flush'
const CONF = 'ipv4/conf'
const NEIGH = 'ipv4/neigh'

/** What a path names. */
type Node =
  | { readonly kind: 'value'; readonly name: NetSysctlName }
  | { readonly kind: 'conf'; readonly dir: string; readonly name: DevConfName }
  | { readonly kind: 'neigh'; readonly dir: string; readonly name: string }
  | { readonly kind: 'flush' }
  | { readonly kind: 'netfilter'; readonly path: string }
  | { readonly kind: 'disable_ipv6' }

function find(net: NetNs, path: string): Node | null {
  if (path === IP_FORWARD) return { kind: 'conf', dir: 'all', name: 'forwarding' }
  if (path === FLUSH) return { kind: 'flush' }
  const value = netSysctlName(net, path)
  if (value !== null) return { kind: 'value', name: value }
  if (nfSysctlPaths(net).includes(path)) {
    if (path === CONNTRACK_MAX) return { kind: 'value', name: 'netfilter.nf_conntrack_max' }
    return { kind: 'netfilter', path }
  }
  const [family, area, dir, name, more] = path.split('/')
  if (dir === undefined || name === undefined || more !== undefined) return null
  if (`${family}/${area}` === CONF6 && name === DISABLE_IPV6 && confOf(net, dir) !== null)
    return { kind: 'disable_ipv6' }
  if (family !== 'ipv4') return null
  if (area === 'conf' && isConfName(name) && confOf(net, dir) !== null) return { kind: 'conf', dir, name }
  if (area === 'neigh' && isNeighName(name) && neighOf(net, dir) !== null) return { kind: 'neigh', dir, name }
  return null
}

function read(net: NetNs, node: Node): string {
  switch (node.kind) {
    case 'value':
      return readNetSysctl(net, node.name)
    case 'conf':
      return String(confOf(net, node.dir)![node.name])
    case 'neigh':
      return readNeigh(neighOf(net, node.dir)!, node.name)
    case 'netfilter':
      return readNfSysctl(net, node.path)
    case 'disable_ipv6':
      return IPV6_OFF
    case 'flush':
      return ''
    default:
      return unreachable(node)
  }
}

function write(tx: Transaction, net: NetNs, node: Node, text: string): void {
  switch (node.kind) {
    case 'value':
      writeNetSysctl(tx, net, node.name, text)
      return
    case 'conf':
      writeConf(tx, net, node.dir, node.name, text)
      return
    case 'neigh':
      writeNeigh(tx, net, node.dir, node.name, text)
      return
    case 'netfilter':
      writeNfSysctl(tx, net, node.path, text)
      return
    case 'disable_ipv6':
      writeDisableIpv6(tx, text)
      return
    case 'flush':
      tx.after(() => net.routes.flush())
      return
    default:
      unreachable(node)
  }
}

function isWritable(net: NetNs, node: Node): boolean {
  if (node.kind === 'netfilter') return isNfSysctlWritable(node.path)
  if (node.kind === 'value') return isNetSysctlWritable(net, node.name)
  return node.kind !== 'conf' || node.name !== 'mc_forwarding'
}

/** All directories of devices' values on the way to, or below, a path. */
function allDirectories(
  net: NetNs,
  path: string,
): { readonly conf: string[]; readonly conf6: string[]; readonly neigh: string[] } {
  return {
    conf: directories(net, CONF, ['all', 'default'], path),
    conf6: directories(net, CONF6, ['all', 'default'], path),
    neigh: directories(net, NEIGH, net.id === 0 ? ['default'] : [], path),
  }
}

/** Directories of conf or neigh that lie on the way to, or below, a path. */
function directories(net: NetNs, area: string, first: readonly string[], path: string): string[] {
  if (path !== '' && !area.startsWith(path) && !path.startsWith(area)) return []
  const hidden = new Set(['all', 'default'])
  const devices = allLinks(net.cfg.links)
    .filter((l) => l.noInetDev !== true && !hidden.has(l.name))
    .map((l) => l.name)
  return [...first, ...devices].map((d) => `${area}/${d}`)
}

function isBelow(file: string, path: string): boolean {
  return path === '' || file === path || file.startsWith(`${path}/`)
}

/** Sorted by component, as a directory tree is walked. */
function byComponent(paths: readonly string[]): string[] {
  return paths
    .map((path) => [path.replaceAll('/', '\0'), path] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, path]) => path)
}

function fixedFiles(net: NetNs): string[] {
  return [...SYSCTL_PATHS.keys(), ...nfSysctlPaths(net), IP_FORWARD, FLUSH]
}

function files(net: NetNs, path: string): string[] {
  const { conf, conf6, neigh } = allDirectories(net, path)
  const all = [
    ...fixedFiles(net),
    ...conf.flatMap((d) => CONF_NAMES.map((n) => `${d}/${n}`)),
    ...conf6.map((d) => `${d}/${DISABLE_IPV6}`),
    ...neigh.flatMap((d) => NEIGH_NAMES.map((n) => `${d}/${n}`)),
  ]
  return byComponent(all.filter((f) => isBelow(f, path)))
}

/** Is it a directory with files below? */
function isDirectory(net: NetNs, path: string): boolean {
  if (path === '' || fixedFiles(net).some((f) => f.startsWith(`${path}/`))) return true
  const { conf, conf6, neigh } = allDirectories(net, path)
  return [...conf, ...conf6, ...neigh].some((d) => isBelow(d, path))
}

function list(net: NetNs, path: string): SysctlEntry[] {
  return files(net, path).flatMap((f) => {
    const node = find(net, f)
    return node === null ? [] : [{ path: f, value: read(net, node), writable: isWritable(net, node) }]
  })
}

function findOrRefuse(tx: Transaction, net: NetNs, path: string): Node {
  return find(net, path) ?? tx.refuse('ENOENT')
}

export const sysctlHandlers: Handlers<'sysctl.get' | 'sysctl.set' | 'sysctl.list' | 'sysctl.isDirectory'> =
  Object.freeze({
    'sysctl.get': (tx, net, req) => {
      const node = findOrRefuse(tx, net, req.path)
      if (node.kind === 'flush') tx.refuse('EACCES')
      return { path: req.path, value: read(net, node), writable: isWritable(net, node) }
    },
    'sysctl.set': (tx, net, req) => {
      const node = findOrRefuse(tx, net, req.path)
      if (!isWritable(net, node)) tx.refuse('EACCES')
      // write(2) of nothing never reaches the kernel's handler
      if (req.value !== '' || node.kind === 'flush') write(tx, net, node, req.value)
      return null
    },
    'sysctl.list': (_tx, net, req) => list(net, req.path),
    'sysctl.isDirectory': (_tx, net, req) => isDirectory(net, req.path),
  } satisfies Handlers<'sysctl.get' | 'sysctl.set' | 'sysctl.list' | 'sysctl.isDirectory'>)
