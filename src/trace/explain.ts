// Why a packet ended where it did, in a few sentences: who sent it, what was changed on the way, who decided, and by which entry.
// Read first: trace.ts (outcomeOf). The whole story, decision by decision, is text.ts.
import type { DropEvent, NatEvent, NfRuleEvent, TraceEvent } from '../uapi/trace.ts'
import type { Hop, Journey } from './journey.ts'
import { dropWhy, errorText } from './lines.ts'
import { endpointText } from './netfilter_lines.ts'
import type { Printers } from './printers.ts'
import { errorOf, outcomeOf, type Trace } from './trace.ts'

/** Sentences about the packet that the trace is about; one line each. */
export function explain(trace: Trace): string {
  const root = trace.subject
  if (root === null) return 'Nothing was sent.\n'
  const p = trace.printers
  const out = [beginning(root, p), ...onTheWay(root, p)]
  const end = outcomeOf(root)
  if (end.journey !== root) {
    out.push(arrival(root, p), ...chain(root, end.journey).flatMap((j) => [nextPacket(j, p), ...onTheWay(j, p)]))
  }
  out.push(...ending(end.journey, p))
  return `${out.filter((s) => s !== '').join('\n')}\n`
}

/** The journeys that lead from the root (without it) to the one that decided. */
function chain(root: Journey, last: Journey): readonly Journey[] {
  const path = (j: Journey): Journey[] | null => {
    if (j === last) return [j]
    for (const c of j.children) {
      const rest = path(c)
      if (rest !== null) return [j, ...rest]
    }
    return null
  }
  return (path(root) ?? [root]).slice(1)
}

function beginning(j: Journey, p: Printers): string {
  const where = p.netns(j.hops[0]!.netns)
  if (j.pkt === null) return ''
  return j.why === 'injected' ? `${where} got ${p.packet(j.pkt)}.` : `${where} sent ${p.packet(j.pkt)}.`
}

function nextPacket(j: Journey, p: Printers): string {
  const where = p.netns(j.hops[0]!.netns)
  if (j.pkt === null) return ''
  const what = j.why === 'echo-reply' ? 'answered with' : j.why === 'fragment' ? 'split it; one piece is' : 'made of it'
  return `${where} ${what} ${p.packet(j.pkt)}.`
}

function arrival(j: Journey, p: Printers): string {
  const last = j.hops[j.hops.length - 1]!
  return j.verdict === 'delivered' || j.verdict === 'answered' ? `It arrived in ${p.netns(last.netns)}.` : ''
}

/** What changed the packet, hop by hop, and who passed it on. */
function onTheWay(j: Journey, p: Printers): string[] {
  const out: string[] = []
  const forwarders: string[] = []
  for (const hop of j.hops) {
    let rule: NfRuleEvent | null = null
    for (const e of hop.events) {
      if (e.kind === 'nf-rule' && e.matched) rule = e
      if (e.kind === 'nat') out.push(natSentence(e, rule, p))
      if (e.kind === 'conntrack' && e.action === 'invalid')
        out.push(`To connection tracking in ${p.netns(e.netns)} it was INVALID: ${e.reason}.`)
    }
    if (passedOn(hop)) forwarders.push(p.netns(hop.netns))
  }
  if (forwarders.length > 0) out.push(`It was forwarded by ${forwarders.join(', ')}.`)
  return out
}

function passedOn(hop: Hop): boolean {
  const sent = hop.events.some((e) => e.kind === 'xmit' || (e.kind === 'neigh' && e.action === 'queued'))
  return sent && hop.events.some((e) => e.kind === 'forward')
}

function natSentence(e: NatEvent, rule: NfRuleEvent | null, p: Printers): string {
  const change = `${endpointText(e.before, e.manip)} to ${endpointText(e.after, e.manip)}`
  const by =
    rule !== null && rule.place.table === 'nat'
      ? `rule ${rule.place.number} of ${rule.place.chain} (table nat): ${p.iptRule(rule.rule)}`
      : `what was decided when connection #${e.conn} began`
  return `${p.netns(e.netns)} changed its ${e.manip} from ${change}, by ${by}.`
}

function ending(j: Journey, p: Printers): string[] {
  const last = j.hops[j.hops.length - 1]!
  const where = p.netns(last.netns)
  switch (j.verdict) {
    case 'dropped':
      return j.drops.slice(0, 1).map((d) => dropSentence(d, p))
    case 'answered':
      return [`It was answered by ${where}.`]
    case 'delivered':
      return [errorOf(j) === null ? deliveredSentence(last.events, where) : unanswered(j, where)]
    case 'refused':
      return [`${where} could not send it: ${reasonOfRefusal(j)}.`]
    case 'ignored':
      return [`${where} had nothing to do with it.`]
    case 'queued':
      return [`It waits in ${where} for the MAC address of its next hop.`]
    case 'sent':
      return [`${where} sent it out by a device that leads nowhere.`]
    case 'fragmented':
    case 'reassembled':
    case 'travelling':
      return [`It was last seen in ${where}.`]
  }
}

function dropSentence(d: DropEvent, p: Printers): string {
  return `${p.netns(d.netns)} dropped it in ${d.fn} (${d.reason}): ${dropWhy(d, p)}.`
}

function deliveredSentence(events: readonly TraceEvent[], where: string): string {
  for (const e of events) {
    if (e.kind === 'deliver' && e.protocol !== 'packet' && e.owner !== '') return `${e.owner} in ${where} received it.`
  }
  return `${where} received it.`
}

function unanswered(j: Journey, where: string): string {
  return `${where} received it, but could not answer: ${reasonOfRefusal(j)}.`
}

function reasonOfRefusal(j: Journey): string {
  const e = errorOf(j)
  return e === null ? 'no reason is known' : errorText(e.errno, e.dst)
}
