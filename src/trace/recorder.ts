// Where events go: a bounded list, and a listener that hears each one as it happens.
// Read first: uapi/trace.ts. What is made of the list is in trace.ts.
import { ArgumentError } from '../lib/errors.ts'
import type { TraceEvent, TraceSink } from '../uapi/trace.ts'

/** Events kept unless told otherwise: about 100 MB. */
export const DEFAULT_TRACE_LIMIT = 500_000

export interface RecorderOptions {
  /** How many events are kept at most; 0 keeps none (for listeners only). Default DEFAULT_TRACE_LIMIT. */
  readonly limit?: number
  /** What gives way at the limit: 'first' keeps the beginning, 'last' the newest events. Default 'first'. */
  readonly keep?: 'first' | 'last'
  /** Hears every event, also those that are not kept. It must not change the machine. */
  readonly listener?: (event: TraceEvent) => void
}

/** What a recorder says about its own completeness. */
export interface Recording {
  readonly events: readonly TraceEvent[]
  /** Events that happened and are not in `events`. */
  readonly lost: number
  readonly limit: number
  readonly keep: 'first' | 'last'
}

/** A bounded TraceSink. At its limit it counts what it no longer keeps; nothing is lost in silence. */
export class Recorder implements TraceSink {
  readonly limit: number
  readonly keep: 'first' | 'last'
  private readonly listener: ((event: TraceEvent) => void) | null
  private kept: TraceEvent[] = []
  /** Of a ring ('last'): index of its oldest event once it is full. */
  private head = 0
  /** Events that were emitted so far. */
  emitted = 0
  /** Value of `emitted` at the last clear(). */
  private base = 0

  constructor(options: RecorderOptions = {}) {
    this.limit = options.limit ?? DEFAULT_TRACE_LIMIT
    this.keep = options.keep ?? 'first'
    this.listener = options.listener ?? null
    if (!Number.isInteger(this.limit) || this.limit < 0)
      throw new ArgumentError(`not a number of trace events: ${this.limit}`)
  }

  emit(event: TraceEvent): void {
    this.emitted++
    if (this.kept.length < this.limit) this.kept.push(event)
    else if (this.keep === 'last' && this.limit > 0) {
      this.kept[this.head] = event
      this.head = (this.head + 1) % this.limit
    }
    if (this.listener !== null) this.listener(event)
  }

  /** Events that were emitted since the start or the last clear() and are not kept. */
  get lost(): number {
    return this.emitted - this.base - this.kept.length
  }

  /** Everything kept, or what was emitted from `since` on (a former value of `emitted`). */
  recording(since = 0): Recording {
    const all = this.head === 0 ? this.kept : [...this.kept.slice(this.head), ...this.kept.slice(0, this.head)]
    const from = Math.max(since, this.base)
    const wanted = this.emitted - from
    // 'first' keeps numbers base … base + kept - 1, 'last' the newest ones.
    const firstKept = this.keep === 'first' ? this.base : this.emitted - all.length
    const events = all.slice(Math.max(0, from - firstKept))
    return { events, lost: wanted - events.length, limit: this.limit, keep: this.keep }
  }

  /** Forget what was kept. */
  clear(): void {
    this.kept = []
    this.head = 0
    this.base = this.emitted
  }
}
