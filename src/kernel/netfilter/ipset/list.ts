// list:set: sets one after another (net/netfilter/ipset/ip_set_list_set.c). Members are places (ip_set_id_t) in the namespace's table of sets,
// so that a swap changes what is there. Read first: sets.ts.
import type { IpsetErr, SetHeader } from '../../../uapi/ipset.ts'
import { type ElementExt, Extensions, elementSize, gcPeriod } from './extensions.ts'

/** sizeof(struct list_set), sizeof(struct set_elem) */
const BASE = 80
const ELEMENT = 48

/** What a member is beside: before (1) or after (-1) `ref`, or just in the list (0). */
export interface Place {
  readonly before: -1 | 0 | 1
  readonly ref: number
}

interface Member {
  readonly index: number
  /** Its row of extensions. */
  readonly row: number
}

export class ListSet {
  readonly size: number
  members: Member[] = []
  readonly ext: Extensions
  private rows = 0
  private readonly dsize: number
  private readonly born: number
  private collected = 0

  constructor(h: SetHeader, now: number) {
    this.size = h.size
    this.ext = new Extensions(h, 8)
    this.dsize = elementSize(h, ELEMENT, 8)
    this.born = now
  }

  get memsize(): number {
    return BASE + this.members.length * this.dsize + this.ext.commentBytes
  }

  live(now: number): Member[] {
    return this.members.filter((m) => !this.ext.expired(m.row, now))
  }

  private row(): number {
    const taken = new Set(this.members.map((m) => m.row))
    let row = 0
    while (taken.has(row)) row++
    if (row >= this.rows) {
      this.rows = row + 1
      this.ext.grow(2 * this.rows + 8)
    }
    this.ext.zero(row)
    return row
  }

  /** list_set_uadd: an error, or whether the reference to the set is now the list's. */
  add(index: number, place: Place, ext: ElementExt, exist: boolean, now: number): IpsetErr | 'kept' | 'known' {
    const known = this.members.find((m) => m.index === index)
    const at = this.members.findIndex((m) => m.index !== index && place.before !== 0 && m.index === place.ref)
    if (place.before !== 0 && at < 0) return 'REF_EXIST'
    if (known !== undefined) {
      if (!exist) return 'EXIST'
      this.ext.destroy(known.row)
      this.ext.write(known.row, ext, now)
      return 'known'
    }
    const member: Member = { index, row: this.row() }
    this.ext.write(member.row, ext, now)
    const where = place.before === 0 ? this.members.length : place.before > 0 ? at : at + 1
    this.members.splice(where, 0, member)
    return 'kept'
  }

  /** Where it stands, and beside what the request says; -1 when it does not. */
  private locate(index: number, place: Place): number {
    const i = this.members.findIndex((m) => m.index === index)
    if (i < 0 || place.before === 0) return i
    return this.members[i + place.before]?.index === place.ref ? i : -1
  }

  test(index: number, place: Place, now: number): boolean {
    const i = this.locate(index, place)
    return i >= 0 && !this.ext.expired(this.members[i]!.row, now)
  }

  del(index: number, place: Place): IpsetErr | null {
    const i = this.locate(index, place)
    if (i < 0) return place.before === 0 ? 'EXIST' : 'REF_EXIST'
    this.remove(i)
    return null
  }

  private remove(i: number): void {
    const [gone] = this.members.splice(i, 1)
    if (gone !== undefined) this.ext.destroy(gone.row)
  }

  /** set_cleanup_entries: gives the sets that are no longer referred to. */
  expire(now: number): number[] {
    const gone = this.members.filter((m) => this.ext.expired(m.row, now)).map((m) => m.index)
    for (const index of gone) this.remove(this.members.findIndex((m) => m.index === index))
    return gone
  }

  /** The garbage collector's runs since the last look. */
  collect(now: number): number[] {
    if (this.ext.timeout === null) return []
    const period = gcPeriod(this.ext.timeout)
    const runs = Math.floor((now - this.born) / period)
    if (runs === this.collected) return []
    this.collected = runs
    return this.expire(this.born + runs * period)
  }

  flush(): number[] {
    const gone = this.members.map((m) => m.index)
    this.members = []
    this.ext.commentBytes = 0
    return gone
  }
}
