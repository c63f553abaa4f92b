// From events to journeys: the hops of each packet, how it ended, and which packet caused which.
// Read first: uapi/trace.ts. trace.ts is what users hold.
import { unreachable } from '../lib/never.ts'
import type { DropEvent, OriginEvent, TraceEvent } from '../uapi/trace.ts'
import type { Packet } from '../wire/packet.ts'

/** The stay of one packet in one namespace, from its arrival (or making, or end of a wait) to its leaving. */
export interface Hop {
  readonly packet: number
  readonly netns: number
  /** ifindex it came in by; 0 when it was made here. */
  readonly ifindex: number
  readonly time: number
  /** Index of its first event in the trace: the order of hops. */
  readonly seq: number
  /** True when it had waited here (for a neighbour, in the proxy queue) and goes on. */
  readonly resumed: boolean
  /** How long in ns, 0 when it did not. */
  readonly waited: number
  /** Never empty, in order. */
  readonly events: readonly TraceEvent[]
}

/**
 * How a packet ended. delivered: a socket or the kernel's handler took it; answered: an ARP request that got a reply,
 * or a delivered echo request whose reply came home; ignored: understood, nothing to do (ARP); sent: handed to a device
 * that leads nowhere in the simulation; queued: still waits; fragmented, reassembled: goes on as other packets;
 * refused: a local send failed before there was a packet; travelling: on its way when the trace ends.
 */
export type Verdict =
  | 'answered'
  | 'delivered'
  | 'dropped'
  | 'ignored'
  | 'refused'
  | 'queued'
  | 'sent'
  | 'fragmented'
  | 'reassembled'
  | 'travelling'

/** One packet from its making to its end. */
export interface Journey {
  /** Packet id; negative for a send that was refused and never became a packet. */
  readonly packet: number
  /** Packet that this one answers, reports about or is a part of; 0 when none. */
  readonly cause: number
  readonly why: OriginEvent['why'] | 'refused'
  /** The packet as it was first seen, null for a refused send. */
  readonly pkt: Packet | null
  readonly hops: readonly Hop[]
  readonly verdict: Verdict
  readonly drops: readonly DropEvent[]
  /** Journeys caused by this one, in order of appearance. */
  readonly children: readonly Journey[]
}

type DraftHop = Omit<Hop, 'events'> & { readonly events: TraceEvent[] }

interface Draft {
  packet: number
  cause: number
  why: Journey['why']
  pkt: Packet | null
  hops: DraftHop[]
  /** Open hop by namespace. */
  open: Map<number, number>
  /** Since when it waits, by namespace. */
  waits: Map<number, number>
  verdict: Verdict
  drops: DropEvent[]
  children: Journey[]
}

function newDraft(packet: number): Draft {
  return {
    packet,
    cause: 0,
    why: 'injected',
    pkt: null,
    hops: [],
    open: new Map(),
    waits: new Map(),
    verdict: 'travelling',
    drops: [],
    children: [],
  }
}

/** What an event says about the end of its packet, null when nothing. */
function ending(e: TraceEvent): Verdict | null {
  switch (e.kind) {
    case 'origin':
    case 'receive':
      return 'travelling'
    case 'xmit':
      return e.peer === null ? 'sent' : 'travelling'
    case 'deliver':
      return e.protocol === 'packet' ? null : 'delivered'
    case 'drop':
      return 'dropped'
    case 'neigh':
      return e.action === 'queued' ? 'queued' : null
    case 'fragment':
      return fragmentEnding(e.action)
    case 'arp':
      return arpEnding(e.action)
    case 'route':
    case 'forward':
    case 'rewrite':
    case 'exception':
    case 'tcp-state':
    case 'error':
    case 'nf-rule':
    case 'nf-skip':
    case 'nf-policy':
    case 'conntrack':
    case 'nat':
    case 'nf-set':
    case 'log':
      return null
    default:
      return unreachable(e)
  }
}

function fragmentEnding(action: 'split' | 'queued' | 'reassembled'): Verdict {
  if (action === 'split') return 'fragmented'
  return action === 'queued' ? 'queued' : 'reassembled'
}

function arpEnding(action: string): Verdict | null {
  switch (action) {
    case 'answered':
    case 'proxied':
      return 'answered'
    case 'proxy-delayed':
      return 'queued'
    case 'ignored':
      return 'ignored'
    case 'learned':
      return 'delivered'
    default:
      return null
  }
}

/** A later word never takes back that somebody took or answered the packet. */
function combine(before: Verdict, next: Verdict): Verdict {
  if (before === 'answered') return before
  if (before === 'delivered' && next !== 'answered') return before
  if (before === 'ignored' && (next === 'travelling' || next === 'sent')) return before
  return next
}

/** Does the packet wait here after this event, so that what follows is a new chapter? */
function startsWait(e: TraceEvent): boolean {
  if (e.kind === 'neigh') return e.action === 'queued'
  return e.kind === 'arp' && e.action === 'proxy-delayed'
}

function hopFor(d: Draft, e: TraceEvent, seq: number): TraceEvent[] {
  const index = d.open.get(e.netns)
  const since = d.waits.get(e.netns)
  d.waits.delete(e.netns)
  const resumed = since !== undefined
  if (index !== undefined && !resumed && e.kind !== 'receive' && e.kind !== 'origin') return d.hops[index]!.events
  const hop: DraftHop = {
    packet: d.packet,
    netns: e.netns,
    ifindex: e.kind === 'receive' ? e.ifindex : 0,
    time: e.time,
    seq,
    resumed,
    waited: resumed ? e.time - since : 0,
    events: [],
  }
  d.open.set(e.netns, d.hops.length)
  d.hops.push(hop)
  return hop.events
}

function add(d: Draft, e: TraceEvent, seq: number): void {
  hopFor(d, e, seq).push(e)
  if (e.kind === 'origin') {
    d.cause = e.cause
    d.why = e.why
  }
  if (d.pkt === null && (e.kind === 'origin' || e.kind === 'receive')) d.pkt = e.pkt
  if (e.kind === 'drop') {
    d.drops.push(e)
    d.pkt ??= e.pkt
  }
  if (startsWait(e)) d.waits.set(e.netns, e.time)
  const end = ending(e)
  if (end !== null) d.verdict = combine(d.verdict, end)
}

function refusedSend(id: number, e: TraceEvent, seq: number): Draft {
  const d = newDraft(id)
  d.why = 'refused'
  d.verdict = 'refused'
  hopFor(d, e, seq).push(e)
  return d
}

/** Fragments that waited go on as the whole that they are part of. */
function putTogether(drafts: ReadonlyMap<number, Draft>, parts: readonly number[]): void {
  for (const id of parts) {
    const d = drafts.get(id)
    if (d !== undefined) d.verdict = 'reassembled'
  }
}

/** Group events by packet, in order of first appearance. Events about no packet (except refused sends) are not in any. */
export function journeysOf(events: readonly TraceEvent[]): readonly Journey[] {
  const drafts = new Map<number, Draft>()
  let refused = 0
  events.forEach((e, seq) => {
    if (e.packet === 0) {
      if (e.kind === 'error') drafts.set(--refused, refusedSend(refused, e, seq))
      return
    }
    let d = drafts.get(e.packet)
    if (d === undefined) {
      d = newDraft(e.packet)
      drafts.set(e.packet, d)
    }
    add(d, e, seq)
  })
  const all = [...drafts.values()]
  for (const d of all) {
    if (d.cause !== 0) drafts.get(d.cause)?.children.push(d)
  }
  for (const e of events) if (e.kind === 'fragment' && e.parts !== undefined) putTogether(drafts, e.parts)
  for (const d of all) {
    if (d.verdict === 'delivered' && d.children.some((c) => c.why === 'echo-reply' && c.verdict === 'delivered')) {
      d.verdict = 'answered'
    }
  }
  return all
}

/** A journey and all that it caused, in order of first appearance. */
export function familyOf(j: Journey): readonly Journey[] {
  const out: Journey[] = []
  const visit = (x: Journey): void => {
    out.push(x)
    for (const c of x.children) visit(c)
  }
  visit(j)
  return out
}
