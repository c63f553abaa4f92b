// net.core.* and net.ipv4.* outside conf and neigh: reading and writing values of NetSysctls.
// Read first: sysctl_table.ts.
import type { NetSysctlName, NetSysctls } from '../../uapi/sysctl.ts'
import type { NetNs } from './netns.ts'
import { conntrackBuckets } from './sysctl_nf.ts'
import { parseNumbers } from './sysctl_parse.ts'
import { SYSCTL_PATHS, SYSCTL_RANGES, showSysctl, sysctlFits } from './sysctl_table.ts'
import type { Transaction } from './transaction.ts'

type Value = NetSysctls[NetSysctlName]

/** The value behind a path, or null when this namespace has no such file. */
export function netSysctlName(net: NetNs, path: string): NetSysctlName | null {
  const name = SYSCTL_PATHS.get(path)
  if (name === undefined) return null
  const { initOnly, readable } = SYSCTL_RANGES[name]
  return initOnly && !readable && net.id !== 0 ? null : name
}

/** Values of the whole machine are written in the initial namespace. */
export function isNetSysctlWritable(net: NetNs, name: NetSysctlName): boolean {
  return net.id === 0 || !SYSCTL_RANGES[name].initOnly
}

export function readNetSysctl(net: NetNs, name: NetSysctlName): string {
  return showSysctl(net.cfg.sysctl[name])
}

/** What the text makes of the old value. A vector takes as many numbers as were written and keeps the others. */
function parseValue(tx: Transaction, name: NetSysctlName, old: Value, text: string): Value {
  const { min, max } = SYSCTL_RANGES[name]
  const given = parseNumbers(text, typeof old === 'number' ? 1 : old.length)
  if (given === null || given.some((v) => v < min || v > max)) tx.refuse('EINVAL')
  if (name === 'netfilter.nf_conntrack_buckets') {
    const buckets = conntrackBuckets(given[0]!)
    return typeof buckets === 'number' ? buckets : tx.refuse(buckets)
  }
  if (typeof old === 'number') return given[0]!
  const values = old.map((v, i) => given[i] ?? v)
  // ping_group_range: an empty range is stored as the one that lets nobody in
  if (name === 'ipv4.ping_group_range' && values[0]! > values[1]!) return Object.freeze([1, 0] as const)
  return Object.freeze(values) as Value
}

export function writeNetSysctl(tx: Transaction, net: NetNs, name: NetSysctlName, text: string): void {
  const old = net.cfg.sysctl
  const value = parseValue(tx, name, old[name], text)
  const next: NetSysctls = Object.freeze({ ...old, [name]: value })
  if (!sysctlFits(next)) tx.refuse('EINVAL')
  tx.edit(net).sysctl = next as ReturnType<Transaction['edit']>['sysctl']
  if (!SYSCTL_RANGES[name].initOnly) return
  for (const other of tx.kernel.nets.values()) {
    if (other === net) continue
    const theirs = Object.freeze({ ...other.cfg.sysctl, [name]: value })
    tx.edit(other).sysctl = theirs as ReturnType<Transaction['edit']>['sysctl']
  }
}
