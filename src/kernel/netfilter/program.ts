// A table in the form that packets walk: rules as objects of one shape, chains with hashed dispatch (see dispatch.ts).
// Read first: ip_tables.ts. Made from configuration alone, so copies of a machine share it; counters and state are apart.
import {
  counterSlots,
  HOOK_NAMES,
  IPT_INV_DSTIP,
  IPT_INV_FRAG,
  IPT_INV_PROTO,
  IPT_INV_SRCIP,
  IPT_INV_VIA_IN,
  IPT_INV_VIA_OUT,
  type IptChain,
  type IptRule,
  type IptTable,
  TABLE_HOOKS,
} from '../../uapi/netfilter.ts'
import type { Match } from '../../uapi/xt.ts'
import type { Target } from '../../uapi/xt_target.ts'
import type { NetNs } from '../core/netns.ts'
import { unconditional } from './chain_info.ts'
import { type Segment, segmentsOf } from './dispatch.ts'
import { matchOps, targetOps } from './extensions.ts'
import type { MatchFn, TargetFn, XtPar } from './xt.ts'

/** What a rule does. */
export const DO_NOTHING = 0
export const DO_ACCEPT = 1
export const DO_DROP = 2
export const DO_RETURN = 3
export const DO_JUMP = 4
export const DO_GOTO = 5
export const DO_TARGET = 6
export type Action = 0 | 1 | 2 | 3 | 4 | 5 | 6

/** Answers of CompiledRule.test: which part did not match. The k-th match is FAILED_MATCH + k. */
export const MATCHED = -1
export const FAILED_SOURCE = 0
export const FAILED_DESTINATION = 1
export const FAILED_IN = 2
export const FAILED_OUT = 3
export const FAILED_PROTOCOL = 4
export const FAILED_FRAGMENT = 5
export const FAILED_MATCH = 6

const NO_MATCHES: readonly MatchFn[] = Object.freeze([])

export class CompiledRule {
  readonly rule: IptRule
  /** Its place in the chain, from 0. */
  readonly index: number
  private readonly src: number
  private readonly srcMask: number
  private readonly dst: number
  private readonly dstMask: number
  private readonly protocol: number
  private readonly invert: number
  /** The device names without their "+"; '' for any. */
  private readonly iif: string
  private readonly iifWild: boolean
  private readonly oif: string
  private readonly oifWild: boolean
  private readonly fragment: boolean
  private readonly matches: readonly MatchFn[]
  readonly action: Action
  readonly target: TargetFn | null
  /** A verdict without any condition looks to TRACE like the end of the chain (get_chainname_rulenum). */
  readonly tail: boolean
  /** Where DO_JUMP and DO_GOTO lead. */
  chain: CompiledChain | null = null

  constructor(rule: IptRule, index: number, action: Action, matches: readonly MatchFn[], target: TargetFn | null) {
    this.rule = rule
    this.index = index
    this.src = rule.src
    this.srcMask = rule.srcMask
    this.dst = rule.dst
    this.dstMask = rule.dstMask
    this.protocol = rule.protocol
    this.invert = rule.invert
    this.iifWild = rule.iif.endsWith('+')
    this.iif = this.iifWild ? rule.iif.slice(0, -1) : rule.iif
    this.oifWild = rule.oif.endsWith('+')
    this.oif = this.oifWild ? rule.oif.slice(0, -1) : rule.oif
    this.fragment = rule.fragment
    this.matches = matches.length === 0 ? NO_MATCHES : matches
    this.action = action
    this.target = target
    this.tail = rule.target.kind === 'verdict' && unconditional(rule)
  }

  /** ip_packet_match, then the matches in their order: MATCHED, or the first part that says no. */
  test(par: XtPar): number {
    const ip = par.skb.ip
    const inv = this.invert
    if (((ip.src & this.srcMask) !== this.src) !== ((inv & IPT_INV_SRCIP) !== 0)) return FAILED_SOURCE
    if (((ip.dst & this.dstMask) !== this.dst) !== ((inv & IPT_INV_DSTIP) !== 0)) return FAILED_DESTINATION
    if (this.iif !== '' || (inv & IPT_INV_VIA_IN) !== 0) {
      const name = par.indev === null ? '' : par.indev.name
      if (otherDevice(name, this.iif, this.iifWild) !== ((inv & IPT_INV_VIA_IN) !== 0)) return FAILED_IN
    }
    if (this.oif !== '' || (inv & IPT_INV_VIA_OUT) !== 0) {
      const name = par.outdev === null ? '' : par.outdev.name
      if (otherDevice(name, this.oif, this.oifWild) !== ((inv & IPT_INV_VIA_OUT) !== 0)) return FAILED_OUT
    }
    if (this.protocol !== 0 && (ip.protocol !== this.protocol) !== ((inv & IPT_INV_PROTO) !== 0)) return FAILED_PROTOCOL
    if ((this.fragment && par.fragOffset === 0) !== ((inv & IPT_INV_FRAG) !== 0)) return FAILED_FRAGMENT
    const m = this.matches
    for (let i = 0; i < m.length; i++) if (!m[i]!(par)) return FAILED_MATCH + i
    return MATCHED
  }
}

/** ifname_compare_aligned: the empty name with a wildcard is any device. */
function otherDevice(name: string, wanted: string, wild: boolean): boolean {
  if (wanted === '') return false
  return wild ? !name.startsWith(wanted) : name !== wanted
}

export class CompiledChain {
  readonly name: string
  /** Where its counters begin in those of the table. */
  readonly counters: number
  /** Null for the user's chains. */
  readonly policy: 'ACCEPT' | 'DROP' | null
  readonly rules: readonly CompiledRule[]
  /** By the index of a rule: the run of rules that it is in, when there is one (null: it is walked rule by rule). */
  readonly segments: readonly (Segment | null)[] | null

  constructor(chain: IptChain, counters: number, rules: readonly CompiledRule[]) {
    this.name = chain.name
    this.counters = counters
    this.policy = chain.policy
    this.rules = rules
    this.segments = segmentsOf(chain.rules)
  }
}

export class Program {
  static readonly shared = true
  readonly table: IptTable
  readonly chains: readonly CompiledChain[]
  /** By NF_INET_…: the built-in chain of that hook. */
  readonly hooks: readonly (CompiledChain | null)[]
  private readonly slots: readonly ({ readonly match: Match } | { readonly target: Target })[]

  constructor(table: IptTable) {
    this.table = table
    const slots: ({ match: Match } | { target: Target })[] = []
    let counters = 0
    this.chains = table.chains.map((chain) => {
      const compiled = new CompiledChain(chain, counters, compileRules(chain.rules, slots))
      counters += counterSlots(chain)
      return compiled
    })
    this.slots = slots
    const byName = new Map(this.chains.map((c) => [c.name, c]))
    for (const c of this.chains) {
      for (const r of c.rules) if (r.rule.target.kind === 'chain') r.chain = byName.get(r.rule.target.chain) ?? null
    }
    const hooks: (CompiledChain | null)[] = [null, null, null, null, null]
    for (const hook of TABLE_HOOKS[table.name]) hooks[hook] = byName.get(HOOK_NAMES[hook]) ?? null
    this.hooks = hooks
  }

  /** Fresh state for every rule that has some: as after each replacement of a table. */
  states(net: NetNs): (object | null)[] {
    return this.slots.map(
      (s) =>
        ('match' in s ? matchOps(s.match).state?.(net, s.match) : targetOps(s.target).state?.(net, s.target)) ?? null,
    )
  }
}

function compileRules(rules: readonly IptRule[], slots: ({ match: Match } | { target: Target })[]): CompiledRule[] {
  return rules.map((rule, index) => {
    const matches: MatchFn[] = []
    for (const m of rule.matches) {
      const ops = matchOps(m)
      if (ops.state !== undefined) slots.push({ match: m })
      const fn = ops.compile(m, slots.length - 1)
      if (m.name !== 'comment') matches.push(fn)
    }
    const t = rule.target
    let target: TargetFn | null = null
    if (t.kind === 'target') {
      const ops = targetOps(t.target)
      if (ops.state !== undefined) slots.push({ target: t.target })
      target = ops.compile(t.target, slots.length - 1)
    }
    return new CompiledRule(rule, index, actionOf(rule), matches, target)
  })
}

function actionOf(rule: IptRule): Action {
  const t = rule.target
  switch (t.kind) {
    case 'none':
      return DO_NOTHING
    case 'chain':
      return t.goto ? DO_GOTO : DO_JUMP
    case 'target':
      return DO_TARGET
    case 'verdict':
      return t.verdict === 'ACCEPT' ? DO_ACCEPT : t.verdict === 'RETURN' ? DO_RETURN : DO_DROP
  }
}
