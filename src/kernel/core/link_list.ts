// The links of one namespace while a transaction edits them: the array that will be the configuration's, and which of them
// differ from it so far. Links are frozen values; a change makes a new value in the same place.
import type { Link } from '../../uapi/link.ts'

/** Position of an ifindex in links sorted by it, or where it would be inserted, as -1 - position. */
export function searchLink(links: readonly Link[], ifindex: number): number {
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

export class LinkList {
  /** Sorted by ifindex; frozen at the commit. */
  readonly links: Link[]
  /** ifindexes that were put or removed. */
  readonly touched = new Set<number>()

  constructor(links: readonly Link[]) {
    this.links = [...links]
  }

  /** Add a link, or replace the one with its ifindex. */
  put(link: Link): void {
    const i = searchLink(this.links, link.ifindex)
    if (i >= 0) this.links[i] = link
    else if (-1 - i === this.links.length) this.links.push(link)
    else this.links.splice(-1 - i, 0, link)
    this.touched.add(link.ifindex)
  }

  remove(ifindex: number): void {
    const i = searchLink(this.links, ifindex)
    if (i >= 0) this.links.splice(i, 1)
    this.touched.add(ifindex)
  }
}
