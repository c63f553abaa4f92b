// Configurations made by hand: a namespace with veth ends, their addresses and the routes that they imply.
import { ip4 } from '../../src/lib/ip4.ts'
import type { NetnsConfig } from '../../src/uapi/config.ts'
import type { IfAddr, Link } from '../../src/uapi/link.ts'
import type { Route } from '../../src/uapi/route.ts'
import {
  DEVCONF_DEFAULTS,
  type DevConf,
  NEIGH_DEFAULTS,
  NET_SYSCTL_DEFAULTS,
  type NeighParms,
  type NetSysctls,
} from '../../src/uapi/sysctl.ts'
import { lookup } from './trace_fixture.ts'

function ifaddr(local: string, label: string): IfAddr {
  const a = ip4(local)
  return {
    local: a,
    address: a,
    prefixlen: 24,
    broadcast: a | 255,
    scope: 0,
    flags: 0x80,
    label,
    validLft: null,
    preferredLft: null,
    tstamp: 0,
    metric: 0,
    proto: 0,
  }
}

export interface LinkSpec {
  readonly name: string
  readonly addr: string
  readonly conf?: Partial<DevConf>
  readonly neigh?: Partial<NeighParms>
}

function link(ifindex: number, spec: LinkSpec, mac: number): Link {
  const loopback = ifindex === 1
  return {
    ifindex,
    name: spec.name,
    kind: loopback ? 'loopback' : 'veth',
    flags: loopback ? 0x49 : 0x1003,
    carrier: true,
    mtu: loopback ? 65536 : 1500,
    address: loopback ? 0 : mac,
    broadcast: loopback ? 0 : 0xffffffffffff,
    permAddress: 0,
    txqlen: 1000,
    alias: null,
    group: 0,
    qdisc: 'noqueue',
    peer: null,
    promiscuity: 0,
    numTxQueues: 1,
    numRxQueues: 1,
    addrs: spec.addr === '' ? [] : [ifaddr(spec.addr, spec.name)],
    conf: { ...DEVCONF_DEFAULTS, ...spec.conf },
    neigh: { ...NEIGH_DEFAULTS, ...spec.neigh },
  }
}

function entry(
  table: number,
  type: Route['type'],
  dst: number,
  len: number,
  oif: number,
  prefsrc: number,
  gateway = 0,
): Route {
  const scope = type === 'local' ? 254 : gateway === 0 ? 253 : 0
  const nexthops = [{ gateway, oif, weight: 1, flags: 0, scope: type === 'local' ? 255 : 254 }]
  return { dst, len, table, tos: 0, metric: 0, type, scope, protocol: 2, prefsrc, nexthops, metrics: null }
}

/** A namespace's configuration; `gateways` are default routes by the device of that ifindex. */
export function config(
  links: readonly LinkSpec[],
  macBase: number,
  sysctl: Partial<NetSysctls> = {},
  gateway?: string,
): NetnsConfig {
  const all = [link(1, { name: 'lo', addr: '' }, 0), ...links.map((l, i) => link(i + 2, l, macBase + i))]
  const local = all.flatMap((l) =>
    l.addrs.flatMap((a) => [
      entry(255, 'local', a.local, 32, l.ifindex, a.local),
      entry(255, 'broadcast', a.local | 255, 32, l.ifindex, a.local),
    ]),
  )
  const main = all.flatMap((l) => l.addrs.map((a) => entry(254, 'unicast', a.local & ~255, 24, l.ifindex, a.local)))
  if (gateway !== undefined) main.push(entry(254, 'unicast', 0, 0, 2, 0, ip4(gateway)))
  const order = (a: Route, b: Route): number => (a.dst >>> 0) - (b.dst >>> 0) || b.len - a.len
  return {
    links: all,
    nextIfindex: all.length + 1,
    tables: { '255': Object.freeze(local.sort(order)), '254': Object.freeze(main.sort(order)) },
    rules: [lookup(0, 255), lookup(32766, 254), lookup(32767, 253)],
    confAll: DEVCONF_DEFAULTS,
    confDefault: DEVCONF_DEFAULTS,
    neighDefault: NEIGH_DEFAULTS,
    sysctl: { ...NET_SYSCTL_DEFAULTS, ...sysctl },
    nsids: [],
  }
}
