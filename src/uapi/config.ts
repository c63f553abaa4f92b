// The immutable configuration of one network namespace: the root of every request's transaction.
import type { Link } from './link.ts'
import type { IptTable } from './netfilter.ts'
import type { RouteTable, Rule } from './route.ts'
import type { DevConf, NeighParms, NetSysctls } from './sysctl.ts'

/** Links sorted by ifindex, in blocks of some dozens: frozen, blocks too, and replaced whole (kernel/core/link_list.ts). */
export interface LinkTable {
  readonly size: number
  readonly blocks: readonly (readonly Link[])[]
}

export interface NetnsConfig {
  readonly links: LinkTable
  readonly nextIfindex: number
  /** By table number as decimal text; an absent table is empty. Arrays are replaced whole and frozen before assignment. */
  readonly tables: { readonly [table: string]: RouteTable }
  /** Sorted by pref, then insertion. */
  readonly rules: readonly Rule[]
  /** A rule was added or deleted once (fib_has_custom_rules): tables local and main are no longer searched as one. */
  readonly fibHasCustomRules?: boolean
  /** net.ipv4.conf.all, net.ipv4.conf.default */
  readonly confAll: DevConf
  readonly confDefault: DevConf
  /** net.ipv4.neigh.default */
  readonly neighDefault: NeighParms
  readonly sysctl: NetSysctls
  /** Ids by which this namespace knows others (peernet2id), sorted by nsid; a frozen array, replaced whole. */
  readonly nsids: readonly { readonly nsid: number; readonly netns: number }[]
  /** iptables' tables that are registered here, newest first; absent for none. Replaced whole, frozen. */
  readonly iptables?: readonly IptTable[]
}
