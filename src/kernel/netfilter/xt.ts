// What a match and a target are to ip_tables (struct xt_match, xt_target, xt_action_param; net/netfilter/x_tables.c).
// Read first: uapi/xt.ts. One file each in match/ and target/; their tables are mapped types over uapi's unions.
import type { TableName } from '../../uapi/netfilter.ts'
import type { Match, MatchName, MatchOf } from '../../uapi/xt.ts'
import type { Target, TargetName, TargetOf } from '../../uapi/xt_target.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import type { SkBuff } from '../core/skbuff.ts'
import type { Transaction } from '../core/transaction.ts'

/** A target's answer: a verdict, or go on with the next rule. */
export const XT_CONTINUE = -1
export const NF_DROP = 0
export const NF_ACCEPT = 1
/** Somebody else has the packet now. */
export const NF_STOLEN = 2

/** struct xt_action_param: the packet as rules see it. One object per traversal, reused; nobody keeps it. */
export class XtPar {
  net!: NetNs
  skb!: SkBuff
  /** NF_INET_… */
  hook = 0
  indev: NetDevice | null = null
  outdev: NetDevice | null = null
  /** Bytes; 0 for a whole datagram and for a first fragment. */
  fragOffset = 0
  /** A match found the packet so broken that it has to be dropped. */
  hotdrop = false
  /** Run-time state of the rules of this table, by slot. */
  states: (object | null)[] = []
}

export type MatchFn = (par: XtPar) => boolean
export type TargetFn = (par: XtPar) => number

/** What a rule is checked against when it is put in (struct xt_mtchk_param). */
export interface XtCheck {
  readonly tx: Transaction
  readonly net: NetNs
  readonly table: TableName
  /** Bits 1 << NF_INET_… of the hooks from which the rule can be reached. */
  readonly hooks: number
  /** The rule's own protocol, and whether it is inverted. */
  readonly protocol: number
  readonly protocolInverted: boolean
  /** The rule's matches. */
  readonly matches: readonly Match[]
  /** A line for dmesg (pr_info_ratelimited in the function `site`); then refuse. */
  log(text: string, site: string): void
}

/**
 * One match. State of a rule (a token bucket, a counter) begins anew whenever its table is replaced, as in the kernel: make it in
 * `state`, find it in par.states[slot]. What rules share by name (recent, hashlimit, sets) is taken in `acquire` and given back in `release`.
 */
export interface MatchOps<M extends Match> {
  readonly name: M['name']
  /** Only in these tables / from these hooks (1 << NF_INET_…) / with this protocol: xt_check_match refuses the rest. */
  readonly tables?: readonly TableName[]
  readonly hooks?: number
  readonly protocol?: number
  /** The rule needs connection tracking (nf_ct_netns_get). */
  readonly conntrack?: boolean
  /** checkentry: refuse with check.tx.refuse(errno). */
  check?(check: XtCheck, info: M): void
  state?(net: NetNs, info: M): object
  acquire?(net: NetNs, info: M): void
  release?(net: NetNs, info: M): void
  compile(info: M, slot: number): MatchFn
}

export interface TargetOps<T extends Target> {
  readonly name: T['name']
  readonly tables?: readonly TableName[]
  readonly hooks?: number
  readonly protocol?: number
  readonly conntrack?: boolean | ((info: T) => boolean)
  check?(check: XtCheck, info: T): void
  state?(net: NetNs, info: T): object
  acquire?(net: NetNs, info: T): void
  release?(net: NetNs, info: T): void
  compile(info: T, slot: number): TargetFn
}

export type MatchTable = { readonly [N in MatchName]: MatchOps<MatchOf<N>> }
export type TargetTable = { readonly [N in TargetName]: TargetOps<TargetOf<N>> }
