// What a command does to a table in memory: libiptc's functions, with its errno and order of checks.
// Read first: handle.ts; TC_INSERT_ENTRY … TC_SET_POLICY (libiptc/libiptc.c).
import type { IptRule, RuleTarget } from '../../uapi/netfilter.ts'

import { ChainHead, type Handle } from './handle.ts'
import { isVerdict } from './lookup.ts'
import { sameRule } from './same.ts'

/** sizeof(IPT_CHAINLABEL): longer than what a command line may name. */
const IPT_CHAINLABEL = 32

/** iptcc_map_target: no jumps into built-in chains. What is no verdict has asked TC_BUILTIN, which changes iptc_fn. */
function mapTarget(h: Handle, target: RuleTarget): boolean {
  if (target.kind === 'none' || target.kind === 'verdict') return true
  h.fn = 'other'
  return target.kind === 'chain' && h.isBuiltin(target.chain) ? h.fail('other', 'EINVAL') : true
}

function put(
  h: Handle,
  c: ChainHead,
  at: number,
  replace: boolean,
  rule: IptRule,
  packets: number,
  bytes: number,
): boolean {
  if (!mapTarget(h, rule.target)) return false
  const entries = c.edit()
  const entry = { rule, from: -1, zeroed: false, packets, bytes }
  if (replace) {
    h.count(entries[at]!.rule, -1)
    entries[at] = entry
  } else if (at === entries.length) entries.push(entry)
  else entries.splice(at, 0, entry)
  h.count(rule, 1)
  return h.touch()
}

export function appendRule(h: Handle, chain: string, rule: IptRule, packets: number, bytes: number): boolean {
  h.fn = 'other'
  const c = h.find(chain)
  return c === undefined ? h.fail('other', 'ENOENT') : put(h, c, c.length, false, rule, packets, bytes)
}

/** `at` counts from 0. */
export function insertRule(
  h: Handle,
  chain: string,
  at: number,
  rule: IptRule,
  packets: number,
  bytes: number,
): boolean {
  h.fn = 'insert'
  const c = h.find(chain)
  if (c === undefined) return h.fail('insert', 'ENOENT')
  return at > c.length ? h.fail('insert', 'E2BIG') : put(h, c, at, false, rule, packets, bytes)
}

export function replaceRule(
  h: Handle,
  chain: string,
  at: number,
  rule: IptRule,
  packets: number,
  bytes: number,
): boolean {
  h.fn = 'replace'
  const c = h.find(chain)
  if (c === undefined) return h.fail('replace', 'ENOENT')
  return at >= c.length ? h.fail('replace', 'E2BIG') : put(h, c, at, true, rule, packets, bytes)
}

function remove(h: Handle, c: ChainHead, at: number): true {
  const entries = c.edit()
  h.count(entries[at]!.rule, -1)
  entries.splice(at, 1)
  return h.touch()
}

export function deleteNumber(h: Handle, chain: string, at: number): boolean {
  h.fn = 'deleteNumber'
  const c = h.find(chain)
  if (c === undefined) return h.fail('deleteNumber', 'ENOENT')
  return at >= c.length ? h.fail('deleteNumber', 'E2BIG') : remove(h, c, at)
}

/** -D and -C: the first rule that is the same. */
export function deleteRule(h: Handle, chain: string, rule: IptRule, checkOnly: boolean): boolean {
  h.fn = 'delete'
  const c = h.find(chain)
  if (c === undefined) return h.fail('delete', 'ENOENT')
  if (!mapTarget(h, rule.target)) return false
  for (let i = 0; i < c.length; i++) {
    if (!sameRule(c.rule(i), rule)) continue
    return checkOnly || remove(h, c, i)
  }
  return h.fail(h.fn, 'ENOENT')
}

export function flushChain(h: Handle, chain: string): boolean {
  h.fn = 'other'
  const c = h.find(chain)
  if (c === undefined) return h.fail('other', 'ENOENT')
  for (let i = 0; i < c.length; i++) h.count(c.rule(i), -1)
  c.entries = []
  return h.touch()
}

export function zeroChain(h: Handle, chain: string): boolean {
  h.fn = 'other'
  const c = h.find(chain)
  if (c === undefined) return h.fail('other', 'ENOENT')
  for (const e of c.edit()) if (e.from >= 0) e.zeroed = true
  return h.touch()
}

/** `number` counts from 1. */
export function zeroRule(h: Handle, chain: string, number: number): boolean {
  h.fn = 'zero'
  const c = h.find(chain)
  if (c === undefined) return h.fail('zero', 'ENOENT')
  if (number > c.length) return h.fail('zero', 'E2BIG')
  const e = c.edit()[number - 1]!
  if (e.from >= 0) e.zeroed = true
  return h.touch()
}

export function createChain(h: Handle, name: string): boolean {
  h.fn = 'create'
  if (h.find(name) !== undefined || isVerdict(name)) return h.fail('create', 'EEXIST')
  if (name.length >= IPT_CHAINLABEL) return h.fail('create', 'EINVAL')
  h.addChain(new ChainHead(name, null))
  return h.touch()
}

export function deleteChain(h: Handle, name: string): boolean {
  h.fn = 'other'
  const c = h.find(name)
  if (c === undefined) return h.fail('other', 'ENOENT')
  if (c.policy !== null) return h.fail('other', 'EINVAL')
  if (h.referencesTo(name) > 0) return h.fail('other', 'EMLINK')
  if (c.length > 0) return h.fail('other', 'ENOTEMPTY')
  h.removeChain(c)
  return h.touch()
}

export function renameChain(h: Handle, from: string, to: string): boolean {
  h.fn = 'other'
  if (h.find(to) !== undefined || isVerdict(to)) return h.fail('other', 'EEXIST')
  const c = h.find(from)
  if (c === undefined || c.policy !== null) return h.fail('other', 'ENOENT')
  if (to.length >= IPT_CHAINLABEL) return h.fail('other', 'EINVAL')
  h.renameChain(c, to)
  return h.touch()
}

/** Without counters they become 0. */
export function setPolicy(
  h: Handle,
  chain: string,
  policy: string,
  counters: { packets: number; bytes: number } | null,
): boolean {
  h.fn = 'policy'
  const c = h.find(chain)
  if (c === undefined || c.policy === null) return h.fail('policy', 'ENOENT')
  if (policy !== 'ACCEPT' && policy !== 'DROP') return h.fail('policy', 'EINVAL')
  c.policy = policy
  c.policySet = true
  c.policyPackets = counters?.packets ?? 0
  c.policyBytes = counters?.bytes ?? 0
  return h.touch()
}
