// iptables' tables, chains and rules as configuration: what a request reads and replaces. Immutable.
// Read first: docs/architecture.md, "Netfilter". Matches and targets: xt.ts. Constants: linux/netfilter.h, linux/netfilter_ipv4.h.
import type { Ip4 } from '../lib/ip4.ts'
import type { Match } from './xt.ts'
import type { Target } from './xt_target.ts'

/** enum nf_inet_hooks: the five places where a packet meets netfilter. */
export const NF_INET_PRE_ROUTING = 0
export const NF_INET_LOCAL_IN = 1
export const NF_INET_FORWARD = 2
export const NF_INET_LOCAL_OUT = 3
export const NF_INET_POST_ROUTING = 4
export type NfHook = 0 | 1 | 2 | 3 | 4

/** Names of the built-in chains by hook. */
export const HOOK_NAMES = Object.freeze(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'] as const)
export type HookName = (typeof HOOK_NAMES)[number]

export type TableName = 'raw' | 'mangle' | 'nat' | 'filter' | 'security'
/** As /proc/net/ip_tables_names knows them; iptables-save prints registered ones newest first. */
export const TABLE_NAMES: readonly TableName[] = Object.freeze(['raw', 'mangle', 'nat', 'filter', 'security'])

/** Built-in chains of a table (valid_hooks), in the order that iptables lists them. */
export const TABLE_HOOKS: { readonly [T in TableName]: readonly NfHook[] } = Object.freeze({
  raw: Object.freeze([NF_INET_PRE_ROUTING, NF_INET_LOCAL_OUT] as const),
  mangle: Object.freeze([
    NF_INET_PRE_ROUTING,
    NF_INET_LOCAL_IN,
    NF_INET_FORWARD,
    NF_INET_LOCAL_OUT,
    NF_INET_POST_ROUTING,
  ] as const),
  nat: Object.freeze([NF_INET_PRE_ROUTING, NF_INET_LOCAL_IN, NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING] as const),
  filter: Object.freeze([NF_INET_LOCAL_IN, NF_INET_FORWARD, NF_INET_LOCAL_OUT] as const),
  security: Object.freeze([NF_INET_LOCAL_IN, NF_INET_FORWARD, NF_INET_LOCAL_OUT] as const),
})

/** ipt_ip.invflags */
export const IPT_INV_VIA_IN = 0x01
export const IPT_INV_VIA_OUT = 0x02
export const IPT_INV_FRAG = 0x04
export const IPT_INV_SRCIP = 0x08
export const IPT_INV_DSTIP = 0x10
export const IPT_INV_PROTO = 0x40

/** One rule (struct ipt_entry) without its counters. */
export interface IptRule {
  readonly src: Ip4
  /** Any bit pattern, as an address. */
  readonly srcMask: Ip4
  readonly dst: Ip4
  readonly dstMask: Ip4
  /** Device name, "" for any; a final "+" is a wildcard. */
  readonly iif: string
  readonly oif: string
  /** IPPROTO_…, 0 for any. */
  readonly protocol: number
  /** -f: second and further fragments only. */
  readonly fragment: boolean
  /** IPT_INV_… */
  readonly invert: number
  /** In the order given: they are asked in this order. */
  readonly matches: readonly Match[]
  readonly target: RuleTarget
}

/** What a rule does: nothing, a verdict, a user chain, or a target extension. */
export type RuleTarget =
  | { readonly kind: 'none' }
  | { readonly kind: 'verdict'; readonly verdict: 'ACCEPT' | 'DROP' | 'RETURN' | 'QUEUE' }
  /** -j CHAIN, or -g CHAIN. */
  | { readonly kind: 'chain'; readonly chain: string; readonly goto: boolean }
  | { readonly kind: 'target'; readonly target: Target }

export interface Counter {
  readonly packets: number
  readonly bytes: number
}

/** A chain: built in (with a policy) or the user's (policy null). */
export interface IptChain {
  readonly name: string
  readonly policy: 'ACCEPT' | 'DROP' | null
  /** A frozen array, replaced whole; rules that stay are the same objects. */
  readonly rules: readonly IptRule[]
}

/** A registered table. Built-in chains first, in the order of TABLE_HOOKS; then the user's, sorted by name. */
export interface IptTable {
  readonly name: TableName
  readonly chains: readonly IptChain[]
}

/** How many counters a chain has: two numbers a rule (packets, bytes), then the policy's pair of a built-in one. */
export function counterSlots({ rules, policy }: Pick<IptChain, 'rules' | 'policy'>): number {
  return 2 * rules.length + (policy === null ? 0 : 2)
}

/** getsockopt(IPT_SO_GET_ENTRIES): a table, and the counters of its chains one after the other (there may be tens of thousands). */
export interface IptTableState {
  readonly table: IptTable
  readonly counters: Float64Array
}

/** Names of a chain that a rule may not jump to or that may not be made, at most 28 characters. */
export const XT_EXTENSION_MAXNAMELEN = 29
