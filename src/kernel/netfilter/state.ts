// What netfilter keeps of one namespace at run time: which hooks are in use, compiled tables, connections, sets.
// Read first: hooks.ts. The rules themselves are configuration (uapi/netfilter.ts).
import type { TableName } from '../../uapi/netfilter.ts'
import type { DropDetail } from '../../uapi/trace.ts'
import type { NetNs } from '../core/netns.ts'
import type { CtConf } from './conntrack/conf.ts'
import { Conntrack } from './conntrack/table.ts'
import type { TableRuntime } from './ip_tables.ts'
import { IpSets } from './ipset/sets.ts'
import { NatSources } from './nat/sources.ts'

export class Netfilter {
  readonly net: NetNs
  /** By NF_INET_…: what runs there, in order of priority (NF_… of hooks.ts); null for nothing. */
  readonly hooks: (readonly number[] | null)[] = [null, null, null, null, null]
  /** Registered tables. */
  readonly tables: { [T in TableName]: TableRuntime | null } = {
    raw: null,
    mangle: null,
    nat: null,
    filter: null,
    security: null,
  }
  /** Rules that need connection tracking (nf_ct_netns_get). */
  ctUsers = 0
  readonly ct: Conntrack
  /** Its sysctls, compiled; null before the first packet. */
  ctConf: CtConf | null = null
  /** Connections that passed POSTROUTING or INPUT while there was a nat table, by their first source. */
  readonly nat = new NatSources()
  readonly sets = new IpSets()
  /** What rules share by name, "recent DEFAULT", "hashlimit NAME": each match owns its prefix. */
  readonly named = new Map<string, object>()
  /** net.netfilter.nf_log: loggers that were chosen, by family. */
  readonly loggers = new Map<number, string>()
  /** While someone listens: what the last NF_DROP was for. */
  dropDetail: DropDetail | null = null

  constructor(net: NetNs) {
    this.net = net
    this.ct = new Conntrack(net)
    this.ct.onRemove = this.nat
  }
}
