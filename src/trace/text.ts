// The trace as text: one block per packet that somebody sent, with everything it caused, hop by hop in order of time.
// Read first: lines.ts. Short is a line per hop, full every decision, verbose adds times, functions and header fields.
import { formatIp4 } from '../lib/ip4.ts'
import { formatMac } from '../lib/mac.ts'
import type { TraceEvent } from '../uapi/trace.ts'
import { ICMP_ECHO } from '../wire/icmp.ts'
import type { Packet } from '../wire/packet.ts'
import { familyOf, type Hop, type Journey } from './journey.ts'
import type { Line } from './line.ts'
import { dropWhy, errorText, eventLine } from './lines.ts'
import { unmatchedLine } from './netfilter_lines.ts'
import type { Printers } from './printers.ts'
import { errorOf, outcomeOf, type Trace } from './trace.ts'

export interface TextOptions {
  /** Default 'full'. */
  readonly form?: 'short' | 'full' | 'verbose'
}

/** Columns of the title's verdict and of the right-hand notes. */
const TITLE_WIDTH = 68
const TEXT_WIDTH = 60
const KEY_WIDTH = 10

/** A whole trace; ends with a newline unless it is empty. */
export function renderText(trace: Trace, options: TextOptions = {}): string {
  const form = options.form ?? 'full'
  const p = trace.printers
  const blocks = trace.roots.map((j) => block(j, p, form))
  if (form === 'verbose') {
    const loose = trace.events.filter((e) => e.packet === 0 && e.kind !== 'error')
    if (loose.length > 0) blocks.push(looseBlock(loose, p))
  }
  if (trace.truncated) blocks.push(`${truncation(trace)}\n`)
  return blocks.join('\n')
}

/** What a full recorder did not keep, in one sentence. */
export function truncation(trace: Trace): string {
  const which = trace.keep === 'first' ? 'later' : 'earlier'
  return `trace incomplete: ${trace.lost} ${which} events were not kept (limit ${trace.limit} events)`
}

function block(root: Journey, p: Printers, form: 'short' | 'full' | 'verbose'): string {
  const family = familyOf(root)
  const hops = family.flatMap((j) => j.hops.map((hop) => ({ hop, journey: j })))
  hops.sort((a, b) => a.hop.seq - b.hop.seq)
  const width = Math.max(6, ...hops.map(({ hop }) => p.netns(hop.netns).length))
  const lastHop = new Map<number, number>()
  const out = [title(root, p)]
  hops.forEach(({ hop, journey }, i) => {
    const cause = lastHop.get(journey.cause) ?? 0
    lastHop.set(journey.packet, i + 1)
    const head = `${String(i + 1).padStart(2)} ${p.netns(hop.netns).padEnd(width)} `
    const lines = form === 'short' ? [shortLine(hop, journey, cause, p)] : fullLines(hop, journey, cause, p, form)
    const indent = ' '.repeat(head.length)
    lines.forEach((l, k) => {
      out.push((k === 0 ? head : indent) + l)
    })
  })
  return `${out.map((l) => l.trimEnd()).join('\n')}\n`
}

// ---- titles

function title(root: Journey, p: Printers): string {
  const first = root.hops[0]!
  const from = p.netns(first.netns)
  const what = `${subjectText(root.pkt, first.events[0]!, p)} from ${from}`
  return `${what.padEnd(TITLE_WIDTH)} ${verdictText(root, p)}`
}

function subjectText(pkt: Packet | null, first: TraceEvent, p: Printers): string {
  if (pkt === null) return first.kind === 'error' ? `packet to ${formatIp4(first.dst)}` : 'packet'
  const { net, l4 } = pkt
  if (net.kind !== 'ipv4' || l4 === null) return p.packet(pkt)
  const dst = formatIp4(net.dst)
  if (l4.kind === 'udp') return `udp ${dst}:${l4.dport}`
  if (l4.kind === 'tcp') return p.packet(pkt)
  return l4.type === ICMP_ECHO ? `ping ${dst}` : p.packet(pkt)
}

function verdictText(root: Journey, p: Printers): string {
  const end = outcomeOf(root)
  const answer = end.journey.why === 'echo-reply' ? 'ANSWER ' : ''
  const last = end.journey.hops[end.journey.hops.length - 1]!
  const where = p.netns(end.drop === null ? last.netns : end.drop.netns)
  switch (end.verdict) {
    case 'dropped':
      return `${answer}DROPPED in ${where}: ${end.drop!.reason}`
    case 'answered':
      return 'ANSWERED'
    case 'delivered':
      return `DELIVERED in ${where}`
    case 'refused':
      return root.pkt === null
        ? `NOT SENT: ${errorOf(root)?.errno}`
        : `NOT ANSWERED by ${where}: ${errorOf(end.journey)?.errno}`
    case 'ignored':
      return `NOT ANSWERED by ${where}`
    case 'queued':
      return `${answer}WAITS in ${where}`
    case 'sent':
      return `${answer}SENT by ${where} into nowhere`
    case 'fragmented':
    case 'reassembled':
    case 'travelling':
      return `${answer}STILL ON ITS WAY, last seen in ${where}`
  }
}

// ---- full and verbose

function fullLines(hop: Hop, j: Journey, cause: number, p: Printers, form: 'full' | 'verbose'): string[] {
  const out: string[] = []
  hop.events.forEach((e, i) => {
    let line = eventLine(e, p)
    if (line === null) {
      if (form === 'full') return
      line =
        e.kind === 'nf-rule' || e.kind === 'nf-skip'
          ? unmatchedLine(e, p)
          : { key: 'copy', text: 'to a capture', note: '', below: '' }
    }
    if (i === 0) line = opening(line, e, hop, j, cause, p)
    if (form === 'full') out.push(...layout(line))
    else out.push(...layout(line, stamp(e)), ...headerFields(e))
  })
  return out
}

/** The first line of a hop says what the reader needs to place it: the cause, the wait, the packet of a bare arrival. */
function opening(line: Line, e: TraceEvent, hop: Hop, j: Journey, cause: number, p: Printers): Line {
  if (e.kind === 'origin') {
    const text = line.text.replace(/^arp (reply: )?/, '')
    return { ...line, text, note: cause === 0 ? '' : causeText(j, cause) }
  }
  if (hop.resumed && e.kind !== 'drop') return afterWait(line, e, hop)
  if (e.kind !== 'receive') return line
  const unknown = j.hops[0] === hop || e.pkt.net.kind === 'arp'
  return unknown ? { ...line, text: `${line.text}  ${p.packet(e.pkt)}` } : line
}

function afterWait(line: Line, e: TraceEvent, hop: Hop): Line {
  const wait = `after ${milliseconds(hop.waited)}`
  const text = e.kind === 'arp' && e.action === 'proxied' ? 'answers in its place' : line.text
  return { ...line, text, note: line.note === '' ? wait : `${line.note}, ${wait}` }
}

/** A duration in ns as people read it. */
function milliseconds(ns: number): string {
  return `${Number((ns / 1e6).toPrecision(4))} ms`
}

function causeText(j: Journey, cause: number): string {
  switch (j.why) {
    case 'echo-reply':
    case 'arp-reply':
      return `answers hop ${cause}`
    case 'icmp-error':
    case 'icmp-redirect':
      return `about hop ${cause}`
    case 'fragment':
    case 'reassembled':
      return `made from hop ${cause}`
    default:
      return `because of hop ${cause}`
  }
}

function layout(line: Line, stamp = ''): string[] {
  const key = line.key.padEnd(KEY_WIDTH)
  const text = line.note === '' ? line.text : `${line.text.padEnd(TEXT_WIDTH)}  ${line.note}`
  const out = [`${stamp}${key} ${text}`]
  if (line.below !== '') out.push(`${' '.repeat(stamp.length + KEY_WIDTH)} ${line.below}`)
  return out
}

/** Milliseconds with six decimals, and the kernel's function. */
function stamp(e: TraceEvent): string {
  return `${(e.time / 1e6).toFixed(6).padStart(14)} ms #${String(e.packet).padEnd(4)} ${e.fn.padEnd(26)} `
}

/** What verbose adds below an arrival, a departure or a beginning. */
function headerFields(e: TraceEvent): string[] {
  if (e.kind !== 'origin' && e.kind !== 'receive' && e.kind !== 'xmit') return []
  const { eth, net, data } = e.pkt
  const pad = ' '.repeat(stamp(e).length + KEY_WIDTH + 1)
  const out: string[] = []
  if (eth !== null) {
    out.push(
      `${pad}ethernet ${formatMac(eth.src)} > ${formatMac(eth.dst)} type 0x${eth.type.toString(16).padStart(4, '0')}`,
    )
  }
  if (net.kind === 'ipv4') {
    const flags = net.df ? ' DF' : net.mf ? ' MF' : ''
    out.push(
      `${pad}ipv4 id ${net.id}${flags} offset ${net.fragOffset} tos 0x${net.tos.toString(16)} ttl ${net.ttl} length ${net.totalLength}, ${data.length} bytes of data`,
    )
  }
  return out
}

function looseBlock(events: readonly TraceEvent[], p: Printers): string {
  const width = Math.max(6, ...events.map((e) => p.netns(e.netns).length))
  const rows = events.flatMap((e) => {
    const line = eventLine(e, p)
    return line === null ? [] : layout(line, `   ${p.netns(e.netns).padEnd(width)} ${stamp(e)}`)
  })
  return `${['without a packet', ...rows].map((l) => l.trimEnd()).join('\n')}\n`
}

// ---- short

function shortLine(hop: Hop, j: Journey, cause: number, p: Printers): string {
  const parts: string[] = []
  for (const e of hop.events) {
    const text = shortEvent(e, hop, p)
    if (text !== '') parts.push(text)
  }
  const first = hop.events[0]!
  const why = first.kind === 'origin' && cause !== 0 ? ` (${causeText(j, cause)})` : ''
  return parts.join(', ') + why
}

function shortEvent(e: TraceEvent, hop: Hop, p: Printers): string {
  switch (e.kind) {
    case 'origin':
      return p.packet(e.pkt)
    case 'receive':
      return e.pkt.net.kind === 'arp'
        ? `${p.device(e.netns, e.ifindex)}: ${p.packet(e.pkt)}`
        : p.device(e.netns, e.ifindex)
    case 'xmit':
    case 'deliver':
    case 'fragment': {
      const line = eventLine(e, p)
      return line === null ? '' : e.kind === 'xmit' ? `out ${line.text}` : line.text
    }
    case 'route': {
      if (e.result === 'none') return `no route to ${formatIp4(e.dst)}`
      const gateway = e.nexthop?.gateway ?? 0
      return gateway === 0 ? '' : `via ${formatIp4(gateway)}`
    }
    case 'neigh':
      if (e.action === 'queued') return `waits for the MAC address of ${formatIp4(e.dst)}`
      return e.action === 'failed' ? `${formatIp4(e.dst)} did not answer` : ''
    case 'arp':
      return e.action === 'solicited' ? '' : eventLine(e, p)!.text
    case 'forward':
      return `ttl ${e.newTtl}`
    case 'drop':
      return `DROP ${e.fn}: ${e.reason}: ${dropWhy(e, p)}`
    case 'error':
      return errorText(e.errno, e.dst)
    case 'nat':
      return eventLine(e, p)!.text
    case 'nf-rule':
      return e.matched && e.verdict === 'DROP' ? `${e.place.table} ${eventLine(e, p)!.text}` : ''
    case 'conntrack':
      return e.action === 'invalid' ? eventLine(e, p)!.text : ''
    case 'nf-skip':
    case 'nf-policy':
    case 'nf-set':
    case 'log':
      return ''
    case 'rewrite':
    case 'exception':
    case 'tcp-state':
      return hop.events.length === 1 ? eventLine(e, p)!.text : ''
  }
}
