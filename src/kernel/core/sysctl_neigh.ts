// net.ipv4.neigh.{default,DEV}.* (net/core/neighbour.c: neigh_sysctl_table): files, their units, and what default passes on.
// The gc_* files of neigh.default are in sysctl_table.ts. neigh.default exists in the initial namespace only.

import type { Link } from '../../uapi/link.ts'
import type { NeighParms } from '../../uapi/sysctl.ts'
import { allLinks } from './link_list.ts'
import { changeLink, linkByName } from './links.ts'
import type { NetNs } from './netns.ts'
import { INT_MAX, INT_MIN, parseNumbers } from './sysctl_parse.ts'
import { MAX_SECONDS } from './sysctl_table.ts'
import type { Transaction } from './transaction.ts'

/** A file: which value it shows, in how many of the value's units, and what it takes. */
interface NeighFile {
  readonly field: keyof NeighParms
  readonly unit: number
  readonly min: number
  readonly max: number
}

function file(field: keyof NeighParms, unit: number, min: number, max: number): NeighFile {
  return Object.freeze({ field, unit, min, max })
}

const count = (field: keyof NeighParms): NeighFile => file(field, 1, 0, INT_MAX)
const seconds = (field: keyof NeighParms): NeighFile => file(field, 1000, INT_MIN, MAX_SECONDS)
/** USER_HZ: hundredths of a second. */
const userHz = (field: keyof NeighParms): NeighFile => file(field, 10, INT_MIN, INT_MAX)
const ms = (field: keyof NeighParms, min: number): NeighFile => file(field, 1, min, INT_MAX)

/** Bytes that a queued packet of full size counts as: SKB_TRUESIZE(ETH_FRAME_LEN). */
const TRUESIZE = 2090

const FILES: Readonly<Record<string, NeighFile>> = Object.freeze({
  anycast_delay: userHz('anycast_delay_ms'),
  app_solicit: count('app_solicit'),
  base_reachable_time: seconds('base_reachable_time_ms'),
  base_reachable_time_ms: ms('base_reachable_time_ms', 0),
  delay_first_probe_time: seconds('delay_first_probe_time_ms'),
  gc_stale_time: seconds('gc_stale_time_ms'),
  interval_probe_time_ms: ms('interval_probe_time_ms', 1),
  locktime: userHz('locktime_ms'),
  mcast_resolicit: count('mcast_resolicit'),
  mcast_solicit: count('mcast_solicit'),
  proxy_delay: userHz('proxy_delay_ms'),
  proxy_qlen: count('proxy_qlen'),
  retrans_time: userHz('retrans_time_ms'),
  retrans_time_ms: ms('retrans_time_ms', 0),
  ucast_solicit: count('ucast_solicit'),
  unres_qlen: file('unres_qlen', 1, 0, Math.floor(INT_MAX / TRUESIZE)),
  unres_qlen_bytes: count('unres_qlen_bytes'),
})

export const NEIGH_NAMES: readonly string[] = Object.freeze(Object.keys(FILES))

export function isNeighName(name: string): boolean {
  return Object.hasOwn(FILES, name)
}

/** The values of default or a device; null when there is no such directory. */
export function neighOf(net: NetNs, dir: string): NeighParms | null {
  if (dir === 'default') return net.id === 0 ? net.cfg.neighDefault : null
  const link = net.byName.get(dir)?.link
  return link === undefined || link.noInetDev === true ? null : link.neigh
}

export function readNeigh(parms: NeighParms, name: string): string {
  const f = FILES[name]!
  return String(Math.trunc(parms[f.field] / f.unit))
}

/** The queue has one limit, in bytes; unres_qlen is the same in packets. */
function withNeigh(parms: NeighParms, field: keyof NeighParms, value: number): NeighParms {
  const next: Record<keyof NeighParms, number> = { ...parms, [field]: value }
  if (field === 'unres_qlen') next.unres_qlen_bytes = value * TRUESIZE
  if (field === 'unres_qlen_bytes') next.unres_qlen = Math.floor(value / TRUESIZE)
  return Object.freeze(next)
}

function variable(field: keyof NeighParms): string {
  return field === 'unres_qlen' ? 'unres_qlen_bytes' : field
}

function isPinned(link: Link, field: keyof NeighParms): boolean {
  return link.neighPinned === 'all' || link.neighPinned?.includes(variable(field)) === true
}

/** neigh_copy_dflt_parms: devices that were never configured follow neigh.default. */
function setDefault(tx: Transaction, net: NetNs, field: keyof NeighParms, value: number): void {
  const parms = withNeigh(net.cfg.neighDefault, field, value)
  tx.edit(net).neighDefault = parms as ReturnType<Transaction['edit']>['neighDefault']
  for (const link of allLinks(net.cfg.links)) {
    if (isPinned(link, field) || link.noInetDev === true) continue
    changeLink(tx, net, link.ifindex, { neigh: withNeigh(link.neigh, field, value) })
  }
}

/** A write to neigh/DIR/NAME; the directory exists. */
export function writeNeigh(tx: Transaction, net: NetNs, dir: string, name: string, text: string): void {
  const f = FILES[name]!
  const given = parseNumbers(text, 1)?.[0]
  if (given === undefined || given < f.min || given > f.max) tx.refuse('EINVAL')
  const value = given * f.unit
  if (dir === 'default') {
    setDefault(tx, net, f.field, value)
    return
  }
  const link = linkByName(tx, net, dir)!
  const neigh = withNeigh(link.neigh, f.field, value)
  if (isPinned(link, f.field)) changeLink(tx, net, link.ifindex, { neigh })
  else {
    const neighPinned = Object.freeze([...(link.neighPinned ?? []), variable(f.field)])
    changeLink(tx, net, link.ifindex, { neigh, neighPinned })
  }
}
