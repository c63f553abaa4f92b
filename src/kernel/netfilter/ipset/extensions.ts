// What an element carries besides its key: timeout, counters, comment, skbinfo (ip_set_ext, net/netfilter/ipset/ip_set_core.c).
// A column per extension, a row per element: typed arrays, so that a copy of the machine copies them in one go.
import type { SetElement, SetHeader } from '../../../uapi/ipset.ts'

/** The extensions of one element as a request or a packet gives them; -1 is "not given". */
export class ElementExt {
  /** Seconds; 0 is for ever. */
  timeout = -1
  packets = -1
  bytes = -1
  comment: string | null = null
  mark = 0
  markMask = 0
  prio = 0
  queue = 0
}

/** What a rule asks of an element's counters, and what it gets of it (ip_set_adt_opt). */
export class MatchOpt {
  /** Of the packet: one, and its bytes. */
  readonly ext = new ElementExt()
  updateCounters = true
  updateSubcounters = true
  matchCounters = false
  packetsOp: CounterOp = 'none'
  packets = 0
  bytesOp: CounterOp = 'none'
  bytes = 0
  /** skbinfo of the element that matched. */
  mark = 0
  markMask = 0
  prio = 0
  queue = 0
}
export type CounterOp = 'none' | 'eq' | 'ne' | 'lt' | 'gt'

function compare(op: CounterOp, counter: number, value: number): boolean {
  switch (op) {
    case 'none':
      return true
    case 'eq':
      return counter === value
    case 'ne':
      return counter !== value
    case 'lt':
      return counter < value
    case 'gt':
      return counter > value
  }
}

/** sizeof(struct ip_set_comment_rcu) without the text, and the zero behind it. */
const COMMENT_SIZE = 17
const SECOND = 1e9

function grown(a: Float64Array | null, rows: number): Float64Array | null {
  if (a === null) return null
  const b = new Float64Array(rows)
  b.set(a)
  return b
}

export class Extensions {
  /** The set's own timeout, for elements that give none. */
  readonly timeout: number | null
  /** When it ends, in virtual ns; 0 for never. */
  expires: Float64Array | null
  packets: Float64Array | null
  bytes: Float64Array | null
  /** mark, mask, prio, queue */
  skb: Float64Array | null
  comments: (string | null)[] | null
  /** Memory of comments (part of set->ext_size). */
  commentBytes = 0

  constructor(h: SetHeader, rows: number) {
    this.timeout = h.timeout
    this.expires = h.timeout === null ? null : new Float64Array(rows)
    this.packets = h.counters ? new Float64Array(rows) : null
    this.bytes = h.counters ? new Float64Array(rows) : null
    this.skb = h.skbinfo ? new Float64Array(4 * rows) : null
    this.comments = h.comment ? new Array<string | null>(rows).fill(null) : null
  }

  grow(rows: number): void {
    this.expires = grown(this.expires, rows)
    this.packets = grown(this.packets, rows)
    this.bytes = grown(this.bytes, rows)
    this.skb = grown(this.skb, 4 * rows)
    if (this.comments !== null) while (this.comments.length < rows) this.comments.push(null)
  }

  /** kzalloc */
  zero(row: number): void {
    if (this.expires !== null) this.expires[row] = 0
    if (this.packets !== null) this.packets[row] = 0
    if (this.bytes !== null) this.bytes[row] = 0
    this.skb?.fill(0, 4 * row, 4 * row + 4)
    if (this.comments !== null) this.comments[row] = null
  }

  /** memcpy: the comment is the same object, its memory is counted once. */
  copyFrom(x: Extensions, from: number, to: number): void {
    if (this.expires !== null) this.expires[to] = x.expires?.[from] ?? 0
    if (this.packets !== null) this.packets[to] = x.packets?.[from] ?? 0
    if (this.bytes !== null) this.bytes[to] = x.bytes?.[from] ?? 0
    if (this.skb !== null && x.skb !== null) for (let i = 0; i < 4; i++) this.skb[4 * to + i] = x.skb[4 * from + i] ?? 0
    if (this.comments !== null) this.comments[to] = x.comments?.[from] ?? null
  }

  /** ip_set_timeout_expired */
  expired(row: number, now: number): boolean {
    if (this.expires === null) return false
    const at = this.expires[row]!
    return at !== 0 && at < now
  }

  /** ip_set_ext_destroy: only comments own memory. */
  destroy(row: number): void {
    if (this.comments === null) return
    const old = this.comments[row] ?? null
    if (old !== null) this.commentBytes -= COMMENT_SIZE + old.length
    this.comments[row] = null
  }

  /** What an add writes. Counters that are not given stay what that memory held, as in ip_set_init_counter. */
  write(row: number, e: ElementExt, now: number): void {
    if (this.packets !== null && e.packets >= 0) this.packets[row] = e.packets
    if (this.bytes !== null && e.bytes >= 0) this.bytes[row] = e.bytes
    if (this.comments !== null) {
      this.destroy(row)
      if (e.comment !== null && e.comment !== '') {
        this.comments[row] = e.comment
        this.commentBytes += COMMENT_SIZE + e.comment.length
      }
    }
    if (this.skb !== null) {
      this.skb[4 * row] = e.mark
      this.skb[4 * row + 1] = e.markMask
      this.skb[4 * row + 2] = e.prio
      this.skb[4 * row + 3] = e.queue
    }
    if (this.expires !== null) {
      const seconds = e.timeout >= 0 ? e.timeout : (this.timeout ?? 0)
      this.expires[row] = seconds === 0 ? 0 : now + seconds * SECOND
    }
  }

  /** ip_set_match_extensions: an element that has not expired, counted, and with the counters that the rule wants. */
  matches(row: number, now: number, opt: MatchOpt | null): boolean {
    if (this.expired(row, now)) return false
    if (opt === null) return true
    const { packets, bytes, skb } = this
    if (packets !== null && bytes !== null) {
      if (opt.updateCounters) {
        packets[row] = packets[row]! + opt.ext.packets
        bytes[row] = bytes[row]! + opt.ext.bytes
      }
      if (opt.matchCounters && !compare(opt.packetsOp, packets[row]!, opt.packets)) return false
      if (opt.matchCounters && !compare(opt.bytesOp, bytes[row]!, opt.bytes)) return false
    }
    if (skb !== null) {
      opt.mark = skb[4 * row]!
      opt.markMask = skb[4 * row + 1]!
      opt.prio = skb[4 * row + 2]!
      opt.queue = skb[4 * row + 3]!
    }
    return true
  }

  /** ip_set_put_extensions: what a listing tells. */
  read(row: number, now: number): ExtensionValues {
    const { expires, skb } = this
    const at = expires === null ? 0 : expires[row]!
    const marked = skb !== null && (skb[4 * row] !== 0 || skb[4 * row + 1] !== 0)
    return {
      timeout: expires === null ? null : at === 0 ? 0 : Math.max(1, Math.floor((at - now) / SECOND)),
      packets: this.packets?.[row] ?? null,
      bytes: this.bytes?.[row] ?? null,
      comment: this.comments?.[row] ?? null,
      skbmark: marked ? { mark: skb[4 * row]!, mask: skb[4 * row + 1]! } : null,
      skbprio: skb === null || skb[4 * row + 2] === 0 ? null : skb[4 * row + 2]!,
      skbqueue: skb === null || skb[4 * row + 3] === 0 ? null : skb[4 * row + 3]!,
    }
  }
}

type ExtensionValues = Pick<
  SetElement,
  'timeout' | 'packets' | 'bytes' | 'comment' | 'skbmark' | 'skbprio' | 'skbqueue'
>

/** ip_set_elem_len: bytes of an element of `size` with the set's extensions behind it. */
export function elementSize(h: SetHeader, size: number, align: number): number {
  let at = size
  let most = align
  const add = (wanted: boolean, length: number, alignment: number): void => {
    if (!wanted) return
    most = Math.max(most, alignment)
    at = Math.ceil(at / alignment) * alignment + length
  }
  add(h.counters, 16, 8)
  add(h.timeout !== null, 8, 8)
  add(h.skbinfo, 16, 4)
  add(h.comment, 8, 8)
  return most === 0 ? at : Math.ceil(at / most) * most
}

/** IPSET_GC_PERIOD in ns: how often what has expired is cleared away. */
export function gcPeriod(timeout: number): number {
  const third = Math.floor(timeout / 3)
  return (third === 0 ? 1 : Math.min(third, 180)) * SECOND
}
