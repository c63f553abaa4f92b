// Files of netfilter that are no plain values of a namespace: nf_conntrack_count, the other name of nf_conntrack_max, nf_log/N.
// Read first: sysctl.ts. nf_log/N says who logs packets of protocol family N: netfilter/nf_loggers.ts.
import { chooseLogger, loggerOf } from '../netfilter/nf_loggers.ts'
import type { NetNs } from './netns.ts'
import type { Transaction } from './transaction.ts'

const COUNT = 'netfilter/nf_conntrack_count'
/** net.nf_conntrack_max, in the initial namespace only: the same value as net.netfilter.nf_conntrack_max. */
export const CONNTRACK_MAX = 'nf_conntrack_max'
const NF_LOG = 'netfilter/nf_log/'
/** NFPROTO_NUMPROTO */
const FAMILIES = 11

export function nfSysctlPaths(net: NetNs): string[] {
  const logs = Array.from({ length: FAMILIES }, (_, family) => `${NF_LOG}${family}`)
  return [COUNT, ...(net.id === 0 ? [CONNTRACK_MAX] : []), ...logs]
}

export function readNfSysctl(net: NetNs, path: string): string {
  if (path === COUNT) return String(net.nf.ct.count)
  if (path === CONNTRACK_MAX) return String(net.cfg.sysctl['netfilter.nf_conntrack_max'])
  return loggerOf(net, Number(path.slice(NF_LOG.length)))
}

export function isNfSysctlWritable(path: string): boolean {
  return path.startsWith(NF_LOG)
}

export function writeNfSysctl(tx: Transaction, net: NetNs, path: string, text: string): void {
  chooseLogger(tx, net, Number(path.slice(NF_LOG.length)), text)
}

const SLOTS_PER_PAGE = 512

/** nf_conntrack_hash_resize: whole pages of buckets; null for none, a negative number cannot be had. */
export function conntrackBuckets(wanted: number): number | 'EINVAL' | 'ENOMEM' {
  if (wanted === 0) return 'EINVAL'
  return wanted < 0 ? 'ENOMEM' : Math.ceil(wanted / SLOTS_PER_PAGE) * SLOTS_PER_PAGE
}
