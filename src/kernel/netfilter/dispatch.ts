// Hashed dispatch: a long run of rules that ask for exact values of one field is passed over at once, except those that ask for the
// packet's own. Verdict and counters are as if walked one by one: a rule that does not match changes nothing, unless a match before the
// field has state, and such rules are not put into runs.
// Read first: program.ts. Which field: destination, source, or destination port with its protocol (KUBE-SERVICES, KUBE-NODEPORTS).
import { IPT_INV_DSTIP, IPT_INV_PROTO, IPT_INV_SRCIP, type IptRule } from '../../uapi/netfilter.ts'
import { matchOps } from './extensions.ts'
import type { XtPar } from './xt.ts'

/** Shorter runs are walked: a few comparisons cost less than a lookup. */
const MIN_RUN = 8

export const BY_DESTINATION = 0
export const BY_SOURCE = 1
export const BY_DPORT = 2
export type Field = 0 | 1 | 2

export const FIELD_NAMES = Object.freeze([
  Object.freeze(['destination'] as const),
  Object.freeze(['source'] as const),
  Object.freeze(['protocol', 'dport'] as const),
])

const NONE = new Int32Array(0)

export class Segment {
  readonly field: Field
  /** First rule of the run, and the one behind it. */
  readonly from: number
  readonly to: number
  private readonly buckets = new Map<number, Int32Array>()

  constructor(field: Field, from: number, keys: readonly number[]) {
    this.field = field
    this.from = from
    this.to = from + keys.length
    const lists = new Map<number, number[]>()
    keys.forEach((key, i) => {
      const list = lists.get(key)
      if (list === undefined) lists.set(key, [from + i])
      else list.push(from + i)
    })
    lists.forEach((list, key) => {
      this.buckets.set(key, Int32Array.from(list))
    })
  }

  /** The first rule at or behind `i` that asks for this packet's value; `to` when there is none. */
  next(par: XtPar, i: number): number {
    const list = this.buckets.get(keyOf(this.field, par)) ?? NONE
    for (let k = 0; k < list.length; k++) if (list[k]! >= i) return list[k]!
    return this.to
  }
}

/** Can this packet be looked up at all? One without ports has to ask every rule (the match decides what to make of it). */
export function dispatchable(segment: Segment, par: XtPar): boolean {
  if (segment.field !== BY_DPORT) return true
  const l4 = par.skb.l4
  return l4 !== null && l4.kind !== 'icmp' && par.fragOffset === 0
}

function keyOf(field: Field, par: XtPar): number {
  const ip = par.skb.ip
  if (field === BY_DESTINATION) return ip.dst
  if (field === BY_SOURCE) return ip.src
  const l4 = par.skb.l4
  return l4 === null || l4.kind === 'icmp' ? -1 : (ip.protocol << 16) | l4.dport
}

/** What a rule asks of a field, null when it takes more than one value. */
function exactKey(rule: IptRule, field: Field): number | null {
  switch (field) {
    case BY_DESTINATION:
      return rule.dstMask === -1 && (rule.invert & IPT_INV_DSTIP) === 0 ? rule.dst : null
    case BY_SOURCE:
      return rule.srcMask === -1 && (rule.invert & IPT_INV_SRCIP) === 0 ? rule.src : null
    case BY_DPORT:
      return dportKey(rule)
  }
}

function dportKey(rule: IptRule): number | null {
  if (rule.protocol === 0 || (rule.invert & IPT_INV_PROTO) !== 0) return null
  for (const m of rule.matches) {
    if (m.name === 'tcp' || m.name === 'udp') {
      const d = m.dport
      return d !== null && !d.invert && d.min === d.max ? (rule.protocol << 16) | d.min : null
    }
    const ops = matchOps(m)
    if (ops.state !== undefined || ops.acquire !== undefined) return null
  }
  return null
}

/** The longest run that begins at `from`, by the field that gives it. */
function runAt(rules: readonly IptRule[], from: number): Segment | null {
  let best: Segment | null = null
  for (const field of [BY_DESTINATION, BY_SOURCE, BY_DPORT] as const) {
    const keys: number[] = []
    for (let i = from; i < rules.length; i++) {
      const key = exactKey(rules[i]!, field)
      if (key === null) break
      keys.push(key)
    }
    if (keys.length >= MIN_RUN && (best === null || keys.length > best.to - best.from)) {
      best = new Segment(field, from, keys)
    }
  }
  return best
}

/** The runs of a chain, by the index of each rule; null when there are none. */
export function segmentsOf(rules: readonly IptRule[]): readonly (Segment | null)[] | null {
  if (rules.length < MIN_RUN) return null
  const out: (Segment | null)[] = new Array<Segment | null>(rules.length).fill(null)
  let found = false
  for (let i = 0; i < rules.length; ) {
    const run = runAt(rules, i)
    if (run === null) {
      i++
      continue
    }
    found = true
    out.fill(run, run.from, run.to)
    i = run.to
  }
  return found ? out : null
}
