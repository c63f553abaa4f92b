// The trace that users hold: events, and what they mean: journeys, path, verdict, drops.
// Read first: journey.ts (grouping), text.ts (printing). Recording is in recorder.ts.
import type { DropEvent, ErrorEvent, TraceEvent } from '../uapi/trace.ts'
import { explain } from './explain.ts'
import { familyOf, type Hop, type Journey, journeysOf, type Verdict } from './journey.ts'
import { type Printers, plainPrinters } from './printers.ts'
import type { Recording } from './recorder.ts'
import { renderText, type TextOptions } from './text.ts'

/** Where a packet was: a namespace, and the device it came in by ('' where it was made). */
export interface Place {
  readonly netns: string
  readonly device: string
}

/** How a root packet's story ended: its own fate, or that of the answer to it. */
export interface Outcome {
  readonly verdict: Verdict
  /** The journey that decided: the packet's own, or its answer's. */
  readonly journey: Journey
  /** Why it ended there, null when it did not end in a drop. */
  readonly drop: DropEvent | null
}

/** An immutable recording with its reading. */
export class Trace {
  readonly events: readonly TraceEvent[]
  /** Events that happened and were not kept because the recorder was full. */
  readonly lost: number
  readonly limit: number
  readonly keep: 'first' | 'last'
  readonly printers: Printers
  private cache: readonly Journey[] | null = null

  constructor(recording: Recording, printers: Printers = plainPrinters()) {
    this.events = recording.events
    this.lost = recording.lost
    this.limit = recording.limit
    this.keep = recording.keep
    this.printers = printers
  }

  /** True when the recorder was full and events are missing. */
  get truncated(): boolean {
    return this.lost > 0
  }

  /** Every packet's journey, in order of appearance; children are linked to what caused them. */
  get journeys(): readonly Journey[] {
    this.cache ??= journeysOf(this.events)
    return this.cache
  }

  /** Journeys that nothing in the trace caused: what users and programs sent. */
  get roots(): readonly Journey[] {
    const known = new Set(this.journeys.map((j) => j.packet))
    return this.journeys.filter((j) => !known.has(j.cause) || j.cause === 0)
  }

  /** All hops of all packets in the order in which they began. */
  get hops(): readonly Hop[] {
    return this.journeys.flatMap((j) => j.hops).sort((a, b) => a.seq - b.seq)
  }

  /** The root that the trace is about: the first that is not ARP, else the first; null when it is empty. */
  get subject(): Journey | null {
    const roots = this.roots
    return roots.find((j) => j.pkt === null || j.pkt.net.kind !== 'arp') ?? roots[0] ?? null
  }

  /** How the subject ended ('travelling' when there is none). */
  get verdict(): Verdict {
    const s = this.subject
    return s === null ? 'travelling' : outcomeOf(s).verdict
  }

  /** Namespaces and devices that the subject passed, in order. */
  get path(): readonly Place[] {
    const s = this.subject
    return s === null ? [] : this.pathOf(s)
  }

  pathOf(j: Journey): readonly Place[] {
    return j.hops
      .filter((h) => !h.resumed)
      .map((h) => ({
        netns: this.printers.netns(h.netns),
        device: h.ifindex === 0 ? '' : this.printers.device(h.netns, h.ifindex),
      }))
  }

  /** Every drop, in order: those of the subject and of its answers first. */
  get drops(): readonly DropEvent[] {
    const s = this.subject
    const own = s === null ? [] : familyOf(s).flatMap((j) => j.drops)
    const seen = new Set(own)
    return [...own, ...this.journeys.flatMap((j) => j.drops).filter((d) => !seen.has(d))]
  }

  /** The same trace reduced to one packet and everything that it caused. */
  follow(packet: number): Trace {
    const root = this.journeys.find((j) => j.packet === packet)
    const ids = new Set(root === undefined ? [] : familyOf(root).map((j) => j.packet))
    const events = this.events.filter((e) => e.packet !== 0 && ids.has(e.packet))
    return new Trace({ events, lost: this.lost, limit: this.limit, keep: this.keep }, this.printers)
  }

  /** Text: 'short' is a line per hop, 'full' (default) every decision, 'verbose' with times, functions and header fields. */
  text(options: TextOptions = {}): string {
    return renderText(this, options)
  }

  /** In a few sentences: who sent the packet, what changed it on the way, and why it ended where it did. */
  explain(): string {
    return explain(this)
  }

  toString(): string {
    return this.text()
  }
}

/** The end of a root's story. A request that arrived is judged by its answer, a datagram by its fragments. */
export function outcomeOf(j: Journey): Outcome {
  const own: Outcome = { verdict: j.verdict, journey: j, drop: j.drops[0] ?? null }
  if (j.verdict === 'fragmented') {
    const parts = j.children.filter((c) => c.why === 'fragment')
    const bad = parts.map(outcomeOf).find((o) => o.verdict === 'dropped')
    const whole = familyOf(j).find((c) => c.why === 'reassembled')
    return bad ?? (whole === undefined ? own : outcomeOf(whole))
  }
  if (j.verdict !== 'delivered') return own
  const reply = j.children.find((c) => c.why === 'echo-reply')
  if (reply === undefined) return errorOf(j) === null ? own : { verdict: 'refused', journey: j, drop: null }
  const end = outcomeOf(reply)
  return end.verdict === 'delivered' ? { verdict: 'answered', journey: reply, drop: null } : end
}

/** The error that ended a send: of the packet itself, or of an answer that could not be made. Null when there is none. */
export function errorOf(j: Journey): ErrorEvent | null {
  for (const h of j.hops) for (const e of h.events) if (e.kind === 'error') return e
  return null
}
