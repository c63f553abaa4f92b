// Reading and replacing a table (do_ipt_get_ctl, do_replace; net/ipv4/netfilter/ip_tables.c).
// Read first: uapi/netfilter.ts. A table is taken whole or not at all; rules that were there before are not checked again unless they can now
// be reached from other hooks. Replacing resets the state of all rules (limit, quota …), as in the kernel.
import type { Draft } from 'immer'
import {
  counterSlots,
  HOOK_NAMES,
  type IptChain,
  type IptRule,
  type IptTable,
  type IptTableState,
  TABLE_HOOKS,
  type TableName,
} from '../../uapi/netfilter.ts'
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'
import type { Handlers } from '../handlers.ts'
import { type ChainGraph, graphOf, makeGraph } from './chain_graph.ts'
import { RuleCheck } from './check.ts'
import { nf_ct_netns_use } from './conntrack/core.ts'
import { matchOps, targetOps } from './extensions.ts'
import { updateHooks } from './hooks.ts'
import { TableRuntime } from './ip_tables.ts'

const NO_RULES: readonly IptRule[] = Object.freeze([])

function tableOf(net: NetNs, name: TableName): IptTable | null {
  return net.cfg.iptables?.find((t) => t.name === name) ?? null
}

/** ipt_alloc_initial_table: built-in chains without rules. */
function emptyTable(name: TableName): IptTable {
  const chains = TABLE_HOOKS[name].map(
    (hook): IptChain => Object.freeze({ name: HOOK_NAMES[hook], policy: 'ACCEPT', rules: NO_RULES }),
  )
  return Object.freeze({ name, chains: Object.freeze(chains) })
}

function setTables(tx: Transaction, net: NetNs, tables: readonly IptTable[]): void {
  tx.edit(net).iptables = Object.freeze(tables) as Draft<IptTable>[]
}

/** The first use of a table: it is registered with its hooks (ipt_register_table). */
function register(tx: Transaction, net: NetNs, name: TableName): IptTable {
  const table = emptyTable(name)
  makeGraph(table, null)
  setTables(tx, net, [table, ...(net.cfg.iptables ?? [])])
  tx.after(() => {
    net.nf.tables[name] = new TableRuntime(net, table, noCounters(table))
    updateHooks(net.nf)
  })
  return table
}

function noCounters(table: IptTable): Float64Array {
  return new Float64Array(table.chains.reduce((n, chain) => n + counterSlots(chain), 0))
}

function get(tx: Transaction, net: NetNs, name: TableName): IptTableState {
  const table = tableOf(net, name) ?? register(tx, net, name)
  return { table, counters: net.nf.tables[name]?.counters.slice() ?? noCounters(table) }
}

/** Chains, policies and counters have to be what the tool makes of them (check_entry_size_and_hooks, check_underflow). */
function checkShape(tx: Transaction, { name, chains }: IptTable, counters: Float64Array): void {
  const builtin = TABLE_HOOKS[name]
  let slots = 0
  for (let i = 0; i < chains.length; i++) {
    const chain = chains[i]!
    slots += counterSlots(chain)
    const hook = builtin[i]
    if ((chain.policy === null) !== (hook === undefined)) tx.refuse('EINVAL')
    if (hook !== undefined && chain.name !== HOOK_NAMES[hook]) tx.refuse('EINVAL')
  }
  if (chains.length < builtin.length || slots !== counters.length) tx.refuse('EINVAL')
}

function checkRules(tx: Transaction, net: NetNs, table: TableName, old: ChainGraph, now: ChainGraph): void {
  const check = new RuleCheck(tx, net, table)
  for (let i = 0; i < now.chains.length; i++) {
    const { name, rules } = now.chains[i]!
    const mask = now.masks[i]!
    const at = old.position(name, i)
    const was = old.chains[at]
    const sameHooks = was !== undefined && old.masks[at] === mask
    if (was === now.chains[i] && sameHooks) continue
    const { reached } = now.infos[i]!
    const sameReach = was !== undefined && (old.infos[at]!.reached === reached || reached === rules.length)
    // rules that stay are the same objects in the same order
    const known = sameHooks && sameReach ? was.rules : NO_RULES
    const head = sameHead(known, rules)
    const end = rules.length - sameTail(known, rules, head)
    for (let k = head; k < end; k++) check.rule(rules[k]!, k < reached ? mask : 0)
  }
}

function sameHead(before: readonly IptRule[], now: readonly IptRule[]): number {
  let n = 0
  while (n < before.length && n < now.length && before[n] === now[n]) n++
  return n
}

/** How many at the end are the same, those at the head not counted. */
function sameTail(before: readonly IptRule[], now: readonly IptRule[], head: number): number {
  const most = Math.min(before.length, now.length) - head
  let n = 0
  while (n < most && before[before.length - 1 - n] === now[now.length - 1 - n]) n++
  return n
}

function replace(
  tx: Transaction,
  net: NetNs,
  name: TableName,
  chains: readonly IptChain[],
  counters: Float64Array,
): void {
  const old = tableOf(net, name)
  if (old === null) tx.refuse('EINVAL')
  const table: IptTable = Object.freeze({ name, chains: Object.freeze([...chains]) })
  checkShape(tx, table, counters)
  const before = graphOf(old)
  table.chains.forEach((chain, i) => {
    if (chain !== old.chains[i]) freezeChain(chain)
  })
  const graph = makeGraph(table, before)
  if (typeof graph === 'string') tx.refuse(graph)
  checkRules(tx, net, name, before, graph)
  const taken = counters.slice()
  setTables(
    tx,
    net,
    (net.cfg.iptables ?? []).map((t) => (t === old ? table : t)),
  )
  tx.after(() => {
    net.nf.tables[name]?.replace(table, taken)
    settle(net, before, graph)
  })
}

function freezeChain(chain: IptChain): void {
  if (Object.isFrozen(chain) && Object.isFrozen(chain.rules)) return
  for (const rule of chain.rules) if (!Object.isFrozen(rule)) Object.freeze(rule)
  Object.freeze(chain.rules)
  Object.freeze(chain)
}

/** What rules share is taken for the new table, then given back for the old one; connection tracking goes on or off. */
function settle(net: NetNs, old: ChainGraph, now: ChainGraph): void {
  const users = exchange(net, now, old, 'acquire') - exchange(net, old, now, 'release')
  if (users === 0) return
  nf_ct_netns_use(net, users)
  updateHooks(net.nf)
}

/** Takes or gives back what chains share that only `one` has; how many of their rules need connection tracking. */
function exchange(net: NetNs, one: ChainGraph, other: ChainGraph, what: 'acquire' | 'release'): number {
  let users = 0
  for (let i = 0; i < one.chains.length; i++) {
    if (other.has(one.chains[i]!, i)) continue
    const { conntrack, shared } = one.infos[i]!
    users += conntrack
    for (const rule of shared) eachShared(net, rule, what)
  }
  return users
}

function eachShared(net: NetNs, rule: IptRule, what: 'acquire' | 'release'): void {
  for (const m of rule.matches) matchOps(m)[what]?.(net, m)
  const t = rule.target
  if (t.kind === 'target') targetOps(t.target)[what]?.(net, t.target)
}

export const iptHandlers: Handlers<'ipt.names' | 'ipt.get' | 'ipt.replace'> = Object.freeze({
  'ipt.names': (_tx, net) => (net.cfg.iptables ?? []).map((t) => t.name),
  'ipt.get': (tx, net, req) => get(tx, net, req.table),
  'ipt.replace': (tx, net, req) => {
    replace(tx, net, req.table, req.chains, req.counters)
    return null
  },
} satisfies Handlers<'ipt.names' | 'ipt.get' | 'ipt.replace'>)
