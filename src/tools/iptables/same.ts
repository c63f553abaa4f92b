// When -D and -C take two rules for the same: every field, matches in order, the data of matches and targets.
// Read first: is_same (libiptc/libip4tc.c), target_same (libiptc/libiptc.c).
import type { IptRule, RuleTarget } from '../../uapi/netfilter.ts'
import type { Match } from '../../uapi/xt.ts'
import type { Target } from '../../uapi/xt_target.ts'

export function sameRule(a: IptRule, b: IptRule): boolean {
  return (
    a.src === b.src &&
    a.dst === b.dst &&
    a.srcMask === b.srcMask &&
    a.dstMask === b.dstMask &&
    a.protocol === b.protocol &&
    a.fragment === b.fragment &&
    a.invert === b.invert &&
    goes(a.target) === goes(b.target) &&
    sameInterface(a.iif, b.iif) &&
    sameInterface(a.oif, b.oif) &&
    sameTarget(a.target, b.target) &&
    a.matches.length === b.matches.length &&
    a.matches.every((m, i) => sameData(m, b.matches[i]!))
  )
}

/** IPT_F_GOTO is a flag of the rule. */
function goes(t: RuleTarget): boolean {
  return t.kind === 'chain' && t.goto
}

/** "+" asks for nothing, as no interface does. */
function sameInterface(a: string, b: string): boolean {
  return a === b || ((a === '' || a === '+') && (b === '' || b === '+'))
}

function sameTarget(a: RuleTarget, b: RuleTarget): boolean {
  if (a.kind === 'verdict') return b.kind === 'verdict' && a.verdict === b.verdict
  if (a.kind === 'chain') return b.kind === 'chain' && a.chain === b.chain
  if (a.kind === 'target') return b.kind === 'target' && sameData(a.target, b.target)
  return a.kind === b.kind
}

/** Plain data, field by field. */
function sameData(a: Match | Target, b: Match | Target): boolean {
  return a === b || (a.name === b.name && sameValue(a, b))
}

function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((k) => sameValue((a as Record<string, unknown>)[k], (b as Record<string, unknown>)[k]))
  )
}
