// What the kernel wants to know of a chain before it takes a table: where its rules lead, what they need.
// Read first: replace.ts. Next: chain_graph.ts, which asks this once for each chain.
import type { IptChain, IptRule } from '../../uapi/netfilter.ts'
import { matchOps, targetOps } from './extensions.ts'

export interface ChainInfo {
  /** Rules from this one on are behind an unconditional verdict: nothing reaches them. */
  readonly reached: number
  /** Names of the chains that its reachable rules lead to, in their order; seldom one more than once. */
  readonly leadsTo: readonly string[]
  /** How many rules need connection tracking. */
  readonly conntrack: number
  /** Rules that take something shared by name. */
  readonly shared: readonly IptRule[]
}

const NO_CHAINS: readonly string[] = Object.freeze([])
const NO_RULES: readonly IptRule[] = Object.freeze([])

export function chainInfo({ rules }: IptChain): ChainInfo {
  const leadsTo: string[] = []
  const shared: IptRule[] = []
  let conntrack = 0
  let reached = rules.length
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i]!
    const t = rule.target
    if (i < reached && t.kind === 'chain' && leadsTo[leadsTo.length - 1] !== t.chain) leadsTo.push(t.chain)
    if (reached === rules.length && t.kind === 'verdict' && unconditional(rule)) reached = i + 1
    if (rule.matches.length === 0 && t.kind !== 'target') continue
    if (needsConntrack(rule)) conntrack++
    if (takesShared(rule)) shared.push(rule)
  }
  return {
    reached,
    // a copy has no room for more
    leadsTo: leadsTo.length === 0 ? NO_CHAINS : leadsTo.slice(),
    conntrack,
    shared: shared.length === 0 ? NO_RULES : shared,
  }
}

/** No match and no condition of its own. */
export function unconditional(r: IptRule): boolean {
  return (
    r.matches.length === 0 &&
    r.srcMask === 0 &&
    r.dstMask === 0 &&
    r.src === 0 &&
    r.dst === 0 &&
    r.protocol === 0 &&
    r.iif === '' &&
    r.oif === '' &&
    !r.fragment &&
    r.invert === 0
  )
}

/** Index loops here and in check.ts: tables of tens of thousands of short lists are taken before anything is compiled. */
function needsConntrack({ matches, target }: IptRule): boolean {
  for (let i = 0; i < matches.length; i++) if (matchOps(matches[i]!).conntrack === true) return true
  if (target.kind !== 'target') return false
  const { conntrack } = targetOps(target.target)
  return typeof conntrack === 'function' ? conntrack(target.target) : conntrack === true
}

function takesShared({ matches, target }: IptRule): boolean {
  for (let i = 0; i < matches.length; i++) if (matchOps(matches[i]!).acquire !== undefined) return true
  return target.kind === 'target' && targetOps(target.target).acquire !== undefined
}
