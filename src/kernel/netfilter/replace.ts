// Reading and replacing a table (do_ipt_get_ctl, do_replace; net/ipv4/netfilter/ip_tables.c).
// Read first: uapi/netfilter.ts. A table is taken whole or not at all; rules that were there before are not checked again unless they can now
// be reached from other hooks. Replacing resets the state of all rules (limit, quota …), as in the kernel.
import type { Draft } from 'immer'
import {
  HOOK_NAMES,
  type IptChain,
  type IptChainState,
  type IptRule,
  type IptTable,
  type IptTableState,
  TABLE_HOOKS,
  type TableName,
} from '../../uapi/netfilter.ts'
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'
import type { Handlers } from '../handlers.ts'
import { chainInfo, reachableFrom } from './chain_info.ts'
import { checkRule } from './check.ts'
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
  setTables(tx, net, [table, ...(net.cfg.iptables ?? [])])
  tx.after(() => {
    net.nf.tables[name] = new TableRuntime(
      net,
      table,
      table.chains.map(() => new Float64Array(2)),
    )
    updateHooks(net.nf)
  })
  return table
}

function get(tx: Transaction, net: NetNs, name: TableName): IptTableState {
  const table = tableOf(net, name) ?? register(tx, net, name)
  const counters = net.nf.tables[name]?.counters
  const chains = table.chains.map(
    (chain, i): IptChainState => ({ chain, counters: counters?.[i]?.slice() ?? new Float64Array(2) }),
  )
  return { name, chains }
}

/** Rules of `now` that were not in `before`: rules that stay are the same objects in the same order. */
function newRules(before: readonly IptRule[], now: readonly IptRule[]): readonly IptRule[] {
  let head = 0
  while (head < before.length && head < now.length && before[head] === now[head]) head++
  let tail = 0
  while (
    tail < before.length - head &&
    tail < now.length - head &&
    before[before.length - 1 - tail] === now[now.length - 1 - tail]
  )
    tail++
  return now.slice(head, now.length - tail)
}

/** Chains, policies and counters have to be what the tool makes of them (check_entry_size_and_hooks, check_underflow). */
function checkShape(tx: Transaction, name: TableName, chains: readonly IptChainState[]): void {
  const builtin = TABLE_HOOKS[name].map((hook): string => HOOK_NAMES[hook])
  const wrong = chains.some(
    ({ chain, counters }, i) =>
      (chain.policy === null) !== i >= builtin.length ||
      (i < builtin.length && chain.name !== builtin[i]) ||
      counters.length !== 2 * chain.rules.length + (chain.policy === null ? 0 : 2),
  )
  const names = new Set(chains.map((c) => c.chain.name))
  if (wrong || chains.length < builtin.length || names.size !== chains.length) tx.refuse('EINVAL')
}

function checkRules(tx: Transaction, net: NetNs, old: IptTable, table: IptTable, masks: Map<string, number>): void {
  const before = new Map(old.chains.map((c) => [c.name, c]))
  const oldMasks = reachableFrom(old)
  for (const chain of table.chains) {
    const was = before.get(chain.name)
    const mask = masks.get(chain.name) ?? 0
    const sameHooks = oldMasks instanceof Map && (oldMasks.get(chain.name) ?? 0) === mask
    const reached = chainInfo(chain).reached
    const sameReach = was !== undefined && chainInfo(was).reached === reached
    if (was === chain && sameHooks) continue
    const all = was === undefined || !sameHooks || !(sameReach || reached === chain.rules.length)
    const rules = all ? chain.rules : newRules(was.rules, chain.rules)
    for (const rule of rules) {
      const hidden = reached < chain.rules.length && chain.rules.indexOf(rule) >= reached
      checkRule(tx, net, table.name, rule, hidden ? 0 : mask)
    }
  }
}

function replace(tx: Transaction, net: NetNs, name: TableName, chains: readonly IptChainState[]): void {
  const old = tableOf(net, name)
  if (old === null) tx.refuse('EINVAL')
  checkShape(tx, name, chains)
  for (const { chain } of chains) freezeChain(chain)
  const table: IptTable = Object.freeze({ name, chains: Object.freeze(chains.map((c) => c.chain)) })
  const masks = reachableFrom(table)
  if (masks === 'loop') tx.refuse('ELOOP')
  if (masks === 'missing') tx.refuse('EINVAL')
  checkRules(tx, net, old, table, masks)
  const counters = chains.map((c) => c.counters.slice())
  setTables(
    tx,
    net,
    (net.cfg.iptables ?? []).map((t) => (t === old ? table : t)),
  )
  tx.after(() => {
    net.nf.tables[name]?.replace(table, counters)
    settle(net, old, table)
  })
}

function freezeChain(chain: IptChain): void {
  if (Object.isFrozen(chain) && Object.isFrozen(chain.rules)) return
  for (const rule of chain.rules) if (!Object.isFrozen(rule)) Object.freeze(rule)
  Object.freeze(chain.rules)
  Object.freeze(chain)
}

/** What rules share is taken for the new table, then given back for the old one; connection tracking goes on or off. */
function settle(net: NetNs, old: IptTable, table: IptTable): void {
  const kept = new Set(old.chains)
  const now = new Set(table.chains)
  let users = 0
  for (const chain of table.chains) {
    if (kept.has(chain)) continue
    users += chainInfo(chain).conntrack
    for (const rule of chainInfo(chain).shared) eachShared(net, rule, 'acquire')
  }
  for (const chain of old.chains) {
    if (now.has(chain)) continue
    users -= chainInfo(chain).conntrack
    for (const rule of chainInfo(chain).shared) eachShared(net, rule, 'release')
  }
  if (users === 0) return
  nf_ct_netns_use(net, users)
  updateHooks(net.nf)
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
    replace(tx, net, req.table, req.chains)
    return null
  },
} satisfies Handlers<'ipt.names' | 'ipt.get' | 'ipt.replace'>)
