// Walking a table (ipt_do_table, net/ipv4/netfilter/ip_tables.c).
// Read first: program.ts. Next: replace.ts (how tables come to be), xt.ts (what matches and targets are).
import type { IptTable, NfHook, TableName } from '../../uapi/netfilter.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import type { SkBuff } from '../core/skbuff.ts'
import { dispatchable, FIELD_NAMES } from './dispatch.ts'
import { trace_packet } from './nf_log.ts'
import {
  type CompiledChain,
  type CompiledRule,
  DO_ACCEPT,
  DO_DROP,
  DO_GOTO,
  DO_JUMP,
  DO_NOTHING,
  DO_RETURN,
  MATCHED,
  Program,
} from './program.ts'
import { failedPart, verdictName } from './rule_names.ts'
import { NF_ACCEPT, NF_DROP, XT_CONTINUE, XtPar } from './xt.ts'

/** A registered table at run time: its program (shared by copies of the machine), counters and rules' state. */
export class TableRuntime {
  readonly net: NetNs
  readonly name: TableName
  private table: IptTable
  /** Made at the first packet after a change. */
  private compiled: Program | null = null
  /** As uapi/netfilter.ts has them: those of all chains, one after the other. */
  counters: Float64Array
  states: (object | null)[] = []

  constructor(net: NetNs, table: IptTable, counters: Float64Array) {
    this.net = net
    this.name = table.name
    this.table = table
    this.counters = counters
  }

  /** The table was replaced. */
  replace(table: IptTable, counters: Float64Array): void {
    this.table = table
    this.counters = counters
    this.compiled = null
  }

  get program(): Program {
    if (this.compiled === null) {
      this.compiled = new Program(this.table)
      this.states = this.compiled.states(this.net)
    }
    return this.compiled
  }
}

/** One walk: the packet as rules see it, and the way back from user chains. Reused, one per depth of nesting. */
class Walk {
  readonly par = new XtPar()
  readonly chains: CompiledChain[] = []
  readonly positions: number[] = []
  depth = 0
}

const walks: Walk[] = []
let nesting = 0

/** ipt_do_table: NF_DROP, NF_ACCEPT or NF_STOLEN. */
export function ipt_do_table(
  table: TableRuntime,
  hook: number,
  skb: SkBuff,
  indev: NetDevice | null,
  outdev: NetDevice | null,
): number {
  const program = table.program
  const base = program.hooks[hook]
  if (base === null || base === undefined) return NF_ACCEPT
  walks[nesting] ??= new Walk()
  const walk = walks[nesting]!
  nesting++
  try {
    const par = walk.par
    par.net = table.net
    par.skb = skb
    par.hook = hook
    par.indev = indev
    par.outdev = outdev
    par.fragOffset = skb.ip.fragOffset
    par.hotdrop = false
    par.states = table.states
    walk.depth = 0
    return table.net.kernel.tr === null && !skb.nfTrace ? run(table, base, walk) : runTraced(table, base, walk)
  } finally {
    nesting--
  }
}

/** The walk without listeners. runTraced is the same, told step by step. */
function run(table: TableRuntime, base: CompiledChain, walk: Walk): number {
  const { par, chains, positions } = walk
  const skb = par.skb
  let chain = base
  let i = 0
  for (;;) {
    const { rules, segments } = chain
    if (segments !== null && i < rules.length) {
      const segment = segments[i]
      if (segment !== null && segment !== undefined && dispatchable(segment, par)) i = segment.next(par, i)
      if (segment !== null && segment !== undefined && i === segment.to) continue
    }
    if (i >= rules.length) {
      if (walk.depth === 0) return policy(table, base, skb)
      walk.depth--
      chain = chains[walk.depth]!
      i = positions[walk.depth]!
      continue
    }
    const r = rules[i]!
    if (r.test(par) !== MATCHED) {
      if (par.hotdrop) return NF_DROP
      i++
      continue
    }
    count(table, chain, i, skb)
    switch (r.action) {
      case DO_NOTHING:
        i++
        break
      case DO_ACCEPT:
        return NF_ACCEPT
      case DO_DROP:
        return NF_DROP
      case DO_RETURN:
        i = rules.length
        break
      case DO_JUMP:
        chains[walk.depth] = chain
        positions[walk.depth] = i + 1
        walk.depth++
        chain = r.chain!
        i = 0
        break
      case DO_GOTO:
        chain = r.chain!
        i = 0
        break
      default: {
        const verdict = r.target!(par)
        if (par.hotdrop) return NF_DROP
        if (verdict !== XT_CONTINUE) return verdict
        i++
        // the target was TRACE: the rest of the walk is told
        if (skb.nfTrace) return runTraced(table, base, walk, chain, i)
      }
    }
  }
}

/** Rule `i` of the chain, or its policy behind the last one. */
function count({ counters }: TableRuntime, chain: CompiledChain, i: number, skb: SkBuff): void {
  const at = chain.counters + 2 * i
  counters[at]!++
  counters[at + 1]! += skb.len
}

function policy(table: TableRuntime, base: CompiledChain, skb: SkBuff): number {
  count(table, base, base.rules.length, skb)
  return base.policy === 'DROP' ? NF_DROP : NF_ACCEPT
}

/** How many rules were asked, and how many matched: for the policy's event. */
class Tally {
  asked = 0
  matched = 0
}

/** The same walk, every step told to the trace and, for packets marked by TRACE, to the log. */
function runTraced(
  table: TableRuntime,
  base: CompiledChain,
  walk: Walk,
  start: CompiledChain = base,
  from = 0,
): number {
  const { par, chains, positions } = walk
  const skb = par.skb
  const tally = new Tally()
  let chain = start
  let i = from
  for (;;) {
    const { rules, segments } = chain
    const segment = segments?.[i] ?? null
    if (segment !== null && dispatchable(segment, par)) {
      const next = segment.next(par, i)
      if (next > i) traceSkip(table, par, chain, i, next, FIELD_NAMES[segment.field]!)
      tally.asked += next - i
      i = next
      if (i === segment.to) continue
    }
    if (i >= rules.length) {
      // the end of a user chain is a rule of its own to TRACE
      if (skb.nfTrace && chain !== base) traceLog(table, par, chain, 'return', rules.length + 1)
      if (walk.depth === 0) return policyTraced(table, par, base, tally)
      walk.depth--
      chain = chains[walk.depth]!
      i = positions[walk.depth]!
      continue
    }
    const r = rules[i]!
    tally.asked++
    const failed = r.test(par)
    if (failed !== MATCHED) {
      traceRule(table, par, chain, r, failed, null)
      if (par.hotdrop) return dropped(table, chain, r)
      i++
      continue
    }
    tally.matched++
    count(table, chain, i, skb)
    if (skb.nfTrace) traceLog(table, par, chain, r.tail ? (chain === base ? 'policy' : 'return') : 'rule', i + 1)
    traceRule(table, par, chain, r, MATCHED, verdictName(r.action))
    switch (r.action) {
      case DO_NOTHING:
        i++
        break
      case DO_ACCEPT:
        return NF_ACCEPT
      case DO_DROP:
        return dropped(table, chain, r)
      case DO_RETURN:
        if (walk.depth === 0) return policyTraced(table, par, base, tally)
        walk.depth--
        chain = chains[walk.depth]!
        i = positions[walk.depth]!
        break
      case DO_JUMP:
        chains[walk.depth] = chain
        positions[walk.depth] = i + 1
        walk.depth++
        chain = r.chain!
        i = 0
        break
      case DO_GOTO:
        chain = r.chain!
        i = 0
        break
      default: {
        const verdict = r.target!(par)
        if (par.hotdrop || verdict === NF_DROP) return dropped(table, chain, r)
        if (verdict !== XT_CONTINUE) return verdict
        i++
      }
    }
  }
}

/** Keep for kfree_skb which rule it was. */
function dropped(table: TableRuntime, chain: CompiledChain, r: CompiledRule): number {
  table.net.nf.dropDetail = {
    kind: 'nf-rule',
    place: { table: table.name, chain: chain.name, number: r.index + 1 },
    rule: r.rule,
  }
  return NF_DROP
}

function policyTraced(table: TableRuntime, par: XtPar, base: CompiledChain, tally: Tally): number {
  const verdict = policy(table, base, par.skb)
  const net = table.net
  if (par.skb.nfTrace) traceLog(table, par, base, 'policy', base.rules.length + 1)
  net.kernel.tr?.emit({
    kind: 'nf-policy',
    time: net.kernel.sim.now,
    packet: par.skb.id,
    netns: net.id,
    ifindex: par.skb.dev === null ? 0 : par.skb.dev.ifindex,
    fn: 'ipt_do_table',
    hook: par.hook as NfHook,
    table: table.name,
    chain: base.name,
    policy: base.policy ?? 'ACCEPT',
    asked: tally.asked,
    matched: tally.matched,
  })
  if (verdict === NF_DROP) net.nf.dropDetail = { kind: 'nf-policy', table: table.name, chain: base.name }
  return verdict
}

function traceLog(
  table: TableRuntime,
  par: XtPar,
  chain: CompiledChain,
  what: 'rule' | 'return' | 'policy',
  number: number,
): void {
  trace_packet(par, par.hook as NfHook, table.name, chain.name, what, number)
}

function traceSkip(
  table: TableRuntime,
  par: XtPar,
  chain: CompiledChain,
  from: number,
  to: number,
  by: (typeof FIELD_NAMES)[number],
): void {
  const net = table.net
  net.kernel.tr?.emit({
    kind: 'nf-skip',
    time: net.kernel.sim.now,
    packet: par.skb.id,
    netns: net.id,
    ifindex: par.skb.dev === null ? 0 : par.skb.dev.ifindex,
    fn: 'ipt_do_table',
    hook: par.hook as NfHook,
    table: table.name,
    chain: chain.name,
    from: from + 1,
    to,
    by,
  })
}

function traceRule(
  table: TableRuntime,
  par: XtPar,
  chain: CompiledChain,
  r: CompiledRule,
  failed: number,
  verdict: ReturnType<typeof verdictName>,
): void {
  const net = table.net
  net.kernel.tr?.emit({
    kind: 'nf-rule',
    time: net.kernel.sim.now,
    packet: par.skb.id,
    netns: net.id,
    ifindex: par.skb.dev === null ? 0 : par.skb.dev.ifindex,
    fn: 'ipt_do_table',
    hook: par.hook as NfHook,
    place: { table: table.name, chain: chain.name, number: r.index + 1 },
    rule: r.rule,
    matched: failed === MATCHED,
    failed: failedPart(r.rule, failed),
    verdict,
  })
}
