// What the kernel wants to know of a chain before it takes a table: where its rules lead, from which hooks they can be reached
// (mark_source_chains, net/ipv4/netfilter/ip_tables.c). Read first: replace.ts.
import { HOOK_NAMES, type IptChain, type IptRule, type IptTable, TABLE_HOOKS } from '../../uapi/netfilter.ts'
import { matchOps, targetOps } from './extensions.ts'

/** Facts about one chain, kept by its identity: a chain that did not change is not looked at again. */
export interface ChainInfo {
  /** Rules from this one on are behind an unconditional verdict: nothing reaches them. */
  readonly reached: number
  /** Names of the chains that its reachable rules lead to, each once. */
  readonly leadsTo: readonly string[]
  /** How many rules need connection tracking. */
  readonly conntrack: number
  /** Rules that take something shared by name. */
  readonly shared: readonly IptRule[]
}

const known = new WeakMap<IptChain, ChainInfo>()

export function chainInfo(chain: IptChain): ChainInfo {
  let info = known.get(chain)
  if (info === undefined) {
    info = lookAt(chain)
    known.set(chain, info)
  }
  return info
}

function lookAt(chain: IptChain): ChainInfo {
  const { rules } = chain
  const leadsTo = new Set<string>()
  const shared: IptRule[] = []
  let conntrack = 0
  let reached = rules.length
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i]!
    const t = rule.target
    if (i <= reached && t.kind === 'chain') leadsTo.add(t.chain)
    if (reached === rules.length && t.kind === 'verdict' && unconditional(rule)) reached = i + 1
    if (rule.matches.length === 0 && t.kind !== 'target') continue
    if (needsConntrack(rule)) conntrack++
    if (takesShared(rule)) shared.push(rule)
  }
  return { reached, leadsTo: [...leadsTo], conntrack, shared }
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

function needsConntrack(r: IptRule): boolean {
  if (r.matches.some((m) => matchOps(m).conntrack === true)) return true
  if (r.target.kind !== 'target') return false
  const { conntrack } = targetOps(r.target.target)
  return typeof conntrack === 'function' ? conntrack(r.target.target) : conntrack === true
}

function takesShared(r: IptRule): boolean {
  if (r.matches.some((m) => matchOps(m).acquire !== undefined)) return true
  return r.target.kind === 'target' && targetOps(r.target.target).acquire !== undefined
}

/**
 * mark_source_chains: by chain, the hooks (1 << NF_INET_…) from which it can be reached; 'loop' when a chain leads back to itself, and the
 * name of a chain that is missing as { missing }.
 */
export function reachableFrom(table: IptTable): Map<string, number> | 'loop' | 'missing' {
  const byName = new Map(table.chains.map((c) => [c.name, c]))
  const masks = new Map<string, number>()
  for (const hook of TABLE_HOOKS[table.name]) {
    const seen = mark(byName, HOOK_NAMES[hook], 1 << hook, masks)
    if (seen !== null) return seen
  }
  for (const c of table.chains) if (chainInfo(c).leadsTo.some((name) => !byName.has(name))) return 'missing'
  return masks
}

/** Depth first, without recursion: rulesets may be deep. */
function mark(
  chains: ReadonlyMap<string, IptChain>,
  start: string,
  bit: number,
  masks: Map<string, number>,
): 'loop' | 'missing' | null {
  const path: { readonly name: string; readonly next: readonly string[]; at: number }[] = []
  const onPath = new Set<string>()
  const enter = (name: string): 'missing' | null => {
    const chain = chains.get(name)
    if (chain === undefined) return 'missing'
    masks.set(name, (masks.get(name) ?? 0) | bit)
    path.push({ name, next: chainInfo(chain).leadsTo, at: 0 })
    onPath.add(name)
    return null
  }
  if (enter(start) !== null) return 'missing'
  for (let top = path[path.length - 1]; top !== undefined; top = path[path.length - 1]) {
    const name = top.next[top.at++]
    if (name === undefined) {
      onPath.delete(top.name)
      path.pop()
    } else if (onPath.has(name)) return 'loop'
    else if (((masks.get(name) ?? 0) & bit) === 0 && enter(name) !== null) return 'missing'
  }
  return null
}
