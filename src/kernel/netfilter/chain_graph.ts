// Which chain leads where, and from which hooks each can be reached (mark_source_chains, net/ipv4/netfilter/ip_tables.c).
// Read first: chain_info.ts. Kept with the table, so that the next one is compared with it: a chain that did not change is not looked at again, and
// where no jump changed nothing is walked.
import { type IptChain, type IptTable, TABLE_HOOKS } from '../../uapi/netfilter.ts'
import { type ChainInfo, chainInfo } from './chain_info.ts'

/** Of a table's chains, by their position in it. */
export class ChainGraph {
  readonly chains: readonly IptChain[]
  readonly infos: readonly ChainInfo[]
  /** The hooks (1 << NF_INET_…) from which a chain can be reached. */
  readonly masks: Uint8Array
  readonly positions: ReadonlyMap<string, number>

  constructor(
    chains: readonly IptChain[],
    infos: readonly ChainInfo[],
    masks: Uint8Array,
    positions: ReadonlyMap<string, number>,
  ) {
    this.chains = chains
    this.infos = infos
    this.masks = masks
    this.positions = positions
  }

  /** Where the chain of this name is, -1 when there is none; it is most often where it was in another table. */
  position(name: string, likely: number): number {
    return this.chains[likely]?.name === name ? likely : (this.positions.get(name) ?? -1)
  }

  /** Is this very chain in the table? */
  has(chain: IptChain, likely: number): boolean {
    return this.chains[likely] === chain || this.chains[this.position(chain.name, likely)] === chain
  }
}

const known = new WeakMap<IptTable, ChainGraph>()

/** Of a table that was taken. */
export function graphOf(table: IptTable): ChainGraph {
  return known.get(table)!
}

/** The graph of a new table, kept with it; or what is wrong: two chains of one name, a jump to none (EINVAL), a loop (ELOOP). */
export function makeGraph(table: IptTable, before: ChainGraph | null): ChainGraph | 'EINVAL' | 'ELOOP' {
  const { chains } = table
  const infos = chains.map((chain, i) => infoOf(chain, i, before))
  const same = before !== null && sameNames(chains, before.chains) ? before : null
  const positions = same?.positions ?? positionsOf(chains)
  if (positions.size !== chains.length) return 'EINVAL'
  const masks = same !== null && sameJumps(infos, same.infos) ? same.masks : reach(table, infos, positions)
  if (typeof masks === 'string') return masks
  const graph = new ChainGraph(chains, infos, masks, positions)
  known.set(table, graph)
  return graph
}

function positionsOf(chains: readonly IptChain[]): ReadonlyMap<string, number> {
  const positions = new Map<string, number>()
  for (let i = 0; i < chains.length; i++) positions.set(chains[i]!.name, i)
  return positions
}

function infoOf(chain: IptChain, i: number, before: ChainGraph | null): ChainInfo {
  if (before === null) return chainInfo(chain)
  const at = before.position(chain.name, i)
  return before.chains[at] === chain ? before.infos[at]! : chainInfo(chain)
}

function sameNames(chains: readonly IptChain[], before: readonly IptChain[]): boolean {
  if (chains.length !== before.length) return false
  for (let i = 0; i < chains.length; i++) if (chains[i]!.name !== before[i]!.name) return false
  return true
}

function sameJumps(infos: readonly ChainInfo[], before: readonly ChainInfo[]): boolean {
  for (let i = 0; i < infos.length; i++) {
    const now = infos[i]!.leadsTo
    const was = before[i]!.leadsTo
    if (now === was) continue
    if (now.length !== was.length || now.some((name, k) => name !== was[k])) return false
  }
  return true
}

/** Chain i leads to the chains to[first[i]] … to[first[i + 1] - 1]. */
interface Links {
  readonly first: Int32Array
  readonly to: Int32Array
}

/** Names as positions; null when one is missing. */
function linksOf(infos: readonly ChainInfo[], positions: ReadonlyMap<string, number>): Links | null {
  const first = new Int32Array(infos.length + 1)
  for (let i = 0; i < infos.length; i++) first[i + 1] = first[i]! + infos[i]!.leadsTo.length
  const to = new Int32Array(first[infos.length]!)
  for (let i = 0; i < infos.length; i++) {
    const { leadsTo } = infos[i]!
    for (let k = 0; k < leadsTo.length; k++) {
      const at = positions.get(leadsTo[k]!)
      if (at === undefined) return null
      to[first[i]! + k] = at
    }
  }
  return { first, to }
}

function reach(
  table: IptTable,
  infos: readonly ChainInfo[],
  positions: ReadonlyMap<string, number>,
): Uint8Array | 'EINVAL' | 'ELOOP' {
  const links = linksOf(infos, positions)
  if (links === null) return 'EINVAL'
  const masks = new Uint8Array(infos.length)
  // built-in chains come first, in the order of their hooks
  for (const [i, hook] of TABLE_HOOKS[table.name].entries()) if (!mark(links, i, 1 << hook, masks)) return 'ELOOP'
  return masks
}

/** Depth first, without recursion: rulesets may be deep. False: a chain leads back to itself. */
function mark({ first, to }: Links, start: number, bit: number, masks: Uint8Array): boolean {
  const onPath = new Uint8Array(masks.length)
  const path: { readonly chain: number; next: number }[] = []
  const enter = (chain: number): void => {
    masks[chain]! |= bit
    onPath[chain] = 1
    path.push({ chain, next: first[chain]! })
  }
  enter(start)
  for (let top = path[0]; top !== undefined; top = path[path.length - 1]) {
    if (top.next === first[top.chain + 1]) {
      onPath[top.chain] = 0
      path.pop()
      continue
    }
    const chain = to[top.next++]!
    if (onPath[chain] === 1) return false
    if ((masks[chain]! & bit) === 0) enter(chain)
  }
  return true
}
