// The sets of one namespace (struct ip_set_net, struct ip_set; net/netfilter/ipset/ip_set_core.c).
// Read first: uapi/ipset.ts; hash.ts, bitmap.ts, list.ts for what each type keeps; adt.ts for changes, kadt.ts for packets.
import type { SetHeader, SetType } from '../../../uapi/ipset.ts'
import type { BitmapSet } from './bitmap.ts'
import type { HashSet } from './hash.ts'
import type { HashType } from './layout.ts'
import type { ListSet } from './list.ts'

/** IPSET_INVALID_ID - 1: there is always room for more, up to that. */
const MOST_SETS = 65534

export type SetData =
  | { readonly kind: 'hash'; readonly type: HashType; readonly set: HashSet }
  | { readonly kind: 'bitmap'; readonly type: 'bitmap:ip' | 'bitmap:port'; readonly set: BitmapSet }
  | { readonly kind: 'list'; readonly type: 'list:set'; readonly set: ListSet }

/** How many of an element's parts a packet has to give (IPSET_DIM_…). */
export const DIMENSIONS: Readonly<Record<SetType, number>> = Object.freeze({
  'bitmap:ip': 1,
  'bitmap:port': 1,
  'hash:ip': 1,
  'hash:net': 1,
  'hash:ip,port': 2,
  'hash:net,port': 2,
  'hash:ip,port,ip': 3,
  'hash:net,net': 2,
  'list:set': 1,
})

export class IpSet {
  name: string
  readonly header: SetHeader
  readonly data: SetData
  /** Rules and lists that use it. */
  references = 0

  constructor(header: SetHeader, data: SetData) {
    this.name = header.name
    this.header = header
    this.data = data
  }
}

export class IpSets {
  /** By ip_set_id_t, in the order of listings; a place that was given up is taken again. */
  readonly places: (IpSet | null)[] = []
  private readonly index = new Map<string, number>()

  /** __find_set_get: its place, -1 when there is none of that name. */
  find(name: string): number {
    return this.index.get(name) ?? -1
  }

  get(name: string): IpSet | null {
    const i = this.index.get(name)
    return i === undefined ? null : (this.places[i] ?? null)
  }

  at(place: number): IpSet | null {
    return this.places[place] ?? null
  }

  put(set: IpSet): boolean {
    let i = this.places.indexOf(null)
    if (i < 0) i = this.places.length
    if (i >= MOST_SETS) return false
    this.places[i] = set
    this.index.set(set.name, i)
    return true
  }

  remove(place: number): void {
    const set = this.places[place]
    if (set === null || set === undefined) return
    this.index.delete(set.name)
    this.places[place] = null
  }

  rename(place: number, name: string): void {
    const set = this.at(place)
    if (set === null) return
    this.index.delete(set.name)
    set.name = name
    this.index.set(name, place)
  }

  /** ip_set_swap: contents change places; names and references stay where they are. */
  swap(a: number, b: number): void {
    const x = this.at(a)
    const y = this.at(b)
    if (x === null || y === null) return
    this.places[a] = y
    this.places[b] = x
    const { name, references } = x
    x.name = y.name
    x.references = y.references
    y.name = name
    y.references = references
  }

  refer(name: string, by: 1 | -1): void {
    const set = this.get(name)
    if (set !== null) set.references += by
  }

  release(places: readonly number[]): void {
    for (const place of places) {
      const set = this.at(place)
      if (set !== null) set.references--
    }
  }
}
