// Rule requests: add, delete, list (fib_nl_newrule, fib_nl_delrule, fib_nl2rule of net/core/fib_rules.c; fib4_rule_configure
// of net/ipv4/fib_rules.c). Read first: fib_rule_match.ts (what rules do). Leaves out l3mdev, tun_id, realms: the tool
// refuses them.
import type { Draft } from 'immer'
import type { RuleInfo, RuleSpec } from '../../uapi/request.ts'
import { RT_TABLE_LOCAL, RT_TABLE_MAIN, type Rule } from '../../uapi/route.ts'
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'
import type { Handlers } from '../handlers.ts'

/** IPTOS_TOS_MASK */
const TOS_MASK = 0x1e

/** fib_default_rule_pref: one below the second rule of the list. */
function fib_default_rule_pref(rules: readonly Rule[]): number {
  const second = rules[1]
  return second === undefined || second.pref === 0 ? 0 : second.pref - 1
}

type Range = readonly [number, number]

/** fib_rule_port_range_valid */
function checkPorts(tx: Transaction, range: Range | undefined, what: string): Range | null {
  if (range === undefined) return null
  const [from, to] = range
  if (from === 0 || to === 0 || to >= 0xffff || from > to) tx.refuse('EINVAL', `Invalid ${what} range`)
  return range
}

function checkGoto(tx: Transaction, spec: RuleSpec, pref: number): number {
  if (spec.goto === undefined) {
    if (spec.action === 'goto') tx.refuse('EINVAL', 'Missing goto target for action goto')
    return 0
  }
  if (spec.action !== 'goto') tx.refuse('EINVAL', 'Unexpected goto')
  if (spec.goto <= pref) tx.refuse('EINVAL', 'Backward goto not supported')
  return spec.goto
}

/** fib_nl2rule: the rule as the request has it; 0, null and -1 where it says nothing. */
function fib_nl2rule(tx: Transaction, rules: readonly Rule[], spec: RuleSpec): Rule {
  const srcLen = spec.srcLen ?? 0
  const dstLen = spec.dstLen ?? 0
  if (srcLen > 32 || (srcLen > 0 && spec.src === undefined)) tx.refuse('EINVAL', 'Invalid source address')
  if (dstLen > 32 || (dstLen > 0 && spec.dst === undefined)) tx.refuse('EINVAL', 'Invalid dst address')
  const pref = spec.pref ?? fib_default_rule_pref(rules)
  const action = spec.action ?? 'lookup'
  const mark = (spec.mark ?? 0) >>> 0
  const goto = checkGoto(tx, spec, pref)
  const uids = spec.uidrange
  if (uids !== undefined && uids[0] > uids[1]) tx.refuse('EINVAL', 'Invalid uid range')
  return Object.freeze({
    pref,
    action,
    table: spec.table ?? 0,
    goto,
    invert: spec.invert ?? false,
    src: spec.src ?? 0,
    srcLen,
    dst: spec.dst ?? 0,
    dstLen,
    tos: spec.tos ?? 0,
    iif: spec.iif ?? null,
    oif: spec.oif ?? null,
    mark,
    markMask: (spec.markMask ?? (mark === 0 ? 0 : -1)) >>> 0,
    ipproto: spec.ipproto ?? 0,
    sport: checkPorts(tx, spec.sport, 'sport'),
    dport: checkPorts(tx, spec.dport, 'dport'),
    uidrange: uids ?? null,
    suppressPrefixlength: spec.suppressPrefixlength ?? -1,
    suppressIfgroup: spec.suppressIfgroup ?? -1,
    protocol: spec.protocol ?? 0,
  })
}

function sameRange(a: Range | null, b: Range | null): boolean {
  return a === b || (a !== null && b !== null && a[0] === b[0] && a[1] === b[1])
}

/** fib4_rule_compare: what the request names of addresses and tos has to be equal; what it leaves open is. */
function fib4_rule_compare(r: Rule, want: Rule): boolean {
  if (want.srcLen !== 0 && (r.srcLen !== want.srcLen || r.src !== want.src)) return false
  if (want.dstLen !== 0 && (r.dstLen !== want.dstLen || r.dst !== want.dst)) return false
  return want.tos === 0 || r.tos === want.tos
}

/** Where the rules of a preference, or of a higher one, begin. */
function firstRule(rules: readonly Rule[], pref: number): number {
  let lo = 0
  let hi = rules.length
  while (lo < hi) {
    const mid = (lo + hi) >>> 1
    if (rules[mid]!.pref < pref) lo = mid + 1
    else hi = mid
  }
  return lo
}

/** rule_exists: neither `not` nor a goto's target tells two rules apart, and open addresses are equal to any. */
function rule_exists(rules: readonly Rule[], want: Rule): boolean {
  // sorted by preference
  return rules
    .slice(firstRule(rules, want.pref), firstRule(rules, want.pref + 1))
    .some(
      (r) =>
        r.action === want.action &&
        r.table === want.table &&
        r.iif === want.iif &&
        r.oif === want.oif &&
        r.mark === want.mark &&
        r.suppressIfgroup === want.suppressIfgroup &&
        r.suppressPrefixlength === want.suppressPrefixlength &&
        r.markMask === want.markMask &&
        sameRange(r.uidrange, want.uidrange) &&
        r.ipproto === want.ipproto &&
        r.protocol === want.protocol &&
        sameRange(r.sport, want.sport) &&
        sameRange(r.dport, want.dport) &&
        fib4_rule_compare(r, want),
    )
}

/** rule_find: the first rule that has all that was given. */
function rule_find(rules: readonly Rule[], want: Rule, spec: RuleSpec): number {
  return rules.findIndex(
    (r) =>
      (spec.action === undefined || r.action === want.action) &&
      (want.table === 0 || r.table === want.table) &&
      (spec.pref === undefined || r.pref === want.pref) &&
      (want.iif === null || r.iif === want.iif) &&
      (want.oif === null || r.oif === want.oif) &&
      (want.mark === 0 || r.mark === want.mark) &&
      (want.suppressIfgroup === -1 || r.suppressIfgroup === want.suppressIfgroup) &&
      (want.suppressPrefixlength === -1 || r.suppressPrefixlength === want.suppressPrefixlength) &&
      (want.markMask === 0 || r.markMask === want.markMask) &&
      (want.uidrange === null || sameRange(r.uidrange, want.uidrange)) &&
      (want.ipproto === 0 || r.ipproto === want.ipproto) &&
      (want.protocol === 0 || r.protocol === want.protocol) &&
      (want.sport === null || sameRange(r.sport, want.sport)) &&
      (want.dport === null || sameRange(r.dport, want.dport)) &&
      fib4_rule_compare(r, want),
  )
}

/** fib_empty_table: the first table number that nothing uses. */
function fib_empty_table(tx: Transaction, net: NetNs): number {
  for (let id = 1; id <= RT_TABLE_LOCAL; id++) {
    if (id !== RT_TABLE_MAIN && id !== RT_TABLE_LOCAL && net.cfg.tables[id] === undefined) return id
  }
  return tx.refuse('ENOBUFS')
}

/** fib4_rule_configure */
function fib4_rule_configure(tx: Transaction, net: NetNs, rule: Rule): Rule {
  if ((rule.tos & 3) !== 0) tx.refuse('EINVAL', 'Invalid dsfield (tos): ECN bits must be 0')
  if ((rule.tos & ~TOS_MASK) !== 0) tx.refuse('EINVAL', 'Invalid tos')
  if (rule.action !== 'lookup' || rule.table !== 0) return rule
  return Object.freeze({ ...rule, table: fib_empty_table(tx, net) })
}

function setRules(tx: Transaction, net: NetNs, rules: Rule[]): void {
  const cfg = tx.edit(net)
  cfg.rules = Object.freeze(rules) as Draft<Rule[]>
  cfg.fibHasCustomRules = true
}

/** A rule as a listing shows it: with devices and targets that do not exist (FIB_RULE_*_DETACHED, FIB_RULE_UNRESOLVED). */
function ruleInfo(net: NetNs, rules: readonly Rule[], rule: Rule): RuleInfo {
  return {
    rule,
    iifDetached: rule.iif !== null && !net.byName.has(rule.iif),
    oifDetached: rule.oif !== null && !net.byName.has(rule.oif),
    unresolved: rule.action === 'goto' && !rules.some((r) => r.pref === rule.goto),
  }
}

/** fib_nl_newrule: behind all rules of its preference. */
function addRule(tx: Transaction, net: NetNs, spec: RuleSpec): void {
  const rules = tx.view(net).rules
  const wanted = fib_nl2rule(tx, rules, spec)
  if (rule_exists(rules, wanted)) tx.refuse('EEXIST')
  const rule = fib4_rule_configure(tx, net, wanted)
  const next = [...rules]
  next.splice(firstRule(rules, rule.pref + 1), 0, rule)
  setRules(tx, net, next)
  tx.notify(net, () => ({ kind: 'rule', deleted: false, info: ruleInfo(net, next, rule) }))
}

/** fib_nl_delrule: the first rule that matches. */
function deleteRule(tx: Transaction, net: NetNs, spec: RuleSpec): void {
  const rules = tx.view(net).rules
  const wanted = fib_nl2rule(tx, rules, spec)
  const at = rule_find(rules, wanted, spec)
  const rule = rules[at]
  if (rule === undefined) tx.refuse('ENOENT')
  const next = rules.filter((_, i) => i !== at)
  setRules(tx, net, next)
  tx.notify(net, () => ({ kind: 'rule', deleted: true, info: ruleInfo(net, next, rule) }))
}

export const ruleHandlers: Handlers<'rule.add' | 'rule.del' | 'rule.list'> = Object.freeze({
  'rule.add': (tx, net, spec) => {
    addRule(tx, net, spec)
    return null
  },
  'rule.del': (tx, net, spec) => {
    deleteRule(tx, net, spec)
    return null
  },
  'rule.list': (_tx, net) => {
    const rules = net.cfg.rules
    return rules.map((r) => ruleInfo(net, rules, r))
  },
})
