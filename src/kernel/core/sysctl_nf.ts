// Files of netfilter that are no plain values of a namespace: nf_conntrack_count, the other name of nf_conntrack_max, nf_log/N.
// Read first: sysctl.ts. nf_log/N says who logs packets of protocol family N; binding one by hand is not modelled: the files are read only.
import type { NetNs } from './netns.ts'

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
  return 'NONE'
}

const SLOTS_PER_PAGE = 512

/** nf_conntrack_hash_resize: whole pages of buckets; null for none, a negative number cannot be had. */
export function conntrackBuckets(wanted: number): number | 'EINVAL' | 'ENOMEM' {
  if (wanted === 0) return 'EINVAL'
  return wanted < 0 ? 'ENOMEM' : Math.ceil(wanted / SLOTS_PER_PAGE) * SLOTS_PER_PAGE
}
