// The links of one namespace: a frozen table in blocks, so that a change copies one block and not thousands of links; and the
// table while a transaction edits it. Links are frozen values; a change makes a new value in the same place.
// Read first: uapi/config.ts (LinkTable).
import type { LinkTable } from '../../uapi/config.ts'
import type { Link } from '../../uapi/link.ts'

const BLOCK = 64
const NONE: readonly Link[] = Object.freeze([])

/** Flat lists, made at the first question; tables are frozen, so they hold for ever. */
const flat = new WeakMap<LinkTable, readonly Link[]>()

/** A table of links that are sorted by ifindex and fit into one block. */
export function linkTable(links: readonly Link[]): LinkTable {
  return Object.freeze({ size: links.length, blocks: Object.freeze([Object.freeze(links)]) })
}

/** All of them, by ifindex. */
export function allLinks(table: LinkTable): readonly Link[] {
  if (table.blocks.length <= 1) return table.blocks[0] ?? NONE
  let all = flat.get(table)
  if (all === undefined) {
    all = Object.freeze(table.blocks.flat())
    flat.set(table, all)
  }
  return all
}

/** The block that holds, or would hold, an ifindex. */
function blockOf(blocks: readonly (readonly Link[])[], ifindex: number): number {
  let lo = 0
  let hi = blocks.length - 1
  while (lo < hi) {
    const mid = (lo + hi + 1) >> 1
    if (blocks[mid]![0]!.ifindex <= ifindex) lo = mid
    else hi = mid - 1
  }
  return lo
}

/** Position of an ifindex in a block, or where it would be inserted, as -1 - position. */
function searchLink(links: readonly Link[], ifindex: number): number {
  let lo = 0
  let hi = links.length
  while (lo < hi) {
    const mid = (lo + hi) >> 1
    const at = links[mid]!.ifindex
    if (at === ifindex) return mid
    if (at < ifindex) lo = mid + 1
    else hi = mid
  }
  return -1 - lo
}

export function findLink(blocks: readonly (readonly Link[])[], ifindex: number): Link | null {
  const block = blocks[blockOf(blocks, ifindex)] ?? NONE
  const i = searchLink(block, ifindex)
  return i < 0 ? null : block[i]!
}

export class LinkList {
  /** Frozen blocks, none of them empty. */
  readonly blocks: (readonly Link[])[]
  /** ifindexes that were put or removed. */
  readonly touched = new Set<number>()
  private size: number

  constructor(table: LinkTable) {
    this.blocks = [...table.blocks]
    this.size = table.size
  }

  all(): readonly Link[] {
    return this.blocks.flat()
  }

  /** Add a link, or replace the one with its ifindex. */
  put(link: Link): void {
    this.touched.add(link.ifindex)
    const b = blockOf(this.blocks, link.ifindex)
    const block = [...(this.blocks[b] ?? NONE)]
    const i = searchLink(block, link.ifindex)
    if (i >= 0) block[i] = link
    else {
      block.splice(-1 - i, 0, link)
      this.size++
    }
    // what grows at its end leaves full blocks behind
    const half = -1 - i === BLOCK ? BLOCK : BLOCK >> 1
    const rest = block.length > BLOCK ? block.splice(half) : null
    this.blocks[b] = Object.freeze(block)
    if (rest !== null) this.blocks.splice(b + 1, 0, Object.freeze(rest))
  }

  remove(ifindex: number): void {
    this.touched.add(ifindex)
    const b = blockOf(this.blocks, ifindex)
    const block = this.blocks[b] ?? NONE
    if (searchLink(block, ifindex) < 0) return
    this.size--
    if (block.length === 1) this.blocks.splice(b, 1)
    else this.blocks[b] = Object.freeze(block.filter((l) => l.ifindex !== ifindex))
  }

  /** The configuration's new value. */
  table(): LinkTable {
    return Object.freeze({ size: this.size, blocks: Object.freeze(this.blocks) })
  }
}
