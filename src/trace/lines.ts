// One event as a line of text: a keyword, what happened, and where it is written (table, rule) in the right column.
// Read first: uapi/trace.ts. The layout is in text.ts.
import { type Errno, strerror } from '../lib/errno.ts'
import { formatIp4 } from '../lib/ip4.ts'
import { formatMac } from '../lib/mac.ts'
import { unreachable } from '../lib/never.ts'
import { DROP_REASONS } from '../uapi/drop.ts'
import type {
  ArpEvent,
  DeliverEvent,
  DropDetail,
  DropEvent,
  FragmentEvent,
  NeighEvent,
  OriginEvent,
  RewriteEvent,
  RouteEvent,
  TraceEvent,
  XmitEvent,
} from '../uapi/trace.ts'
import { type Line, line } from './line.ts'
import { netfilterLine } from './netfilter_lines.ts'
import type { Printers } from './printers.ts'

/** The line of an event; null for what only the verbose form shows (copies for captures, rules that did not match). */
export function eventLine(e: TraceEvent, p: Printers): Line | null {
  switch (e.kind) {
    case 'origin':
      return line(originKey(e), p.packet(e.pkt))
    case 'receive':
      return line('receive', p.device(e.netns, e.ifindex))
    case 'route':
      return routeLine(e, p)
    case 'neigh':
      return neighLine(e, p)
    case 'arp':
      return line('arp', arpText(e))
    case 'forward':
      return line('forward', `ttl ${e.ttl} -> ${e.newTtl}`)
    case 'rewrite':
      return rewriteLine(e, p)
    case 'xmit':
      return line('xmit', xmitText(e, p))
    case 'fragment':
      return line('fragment', fragmentText(e))
    case 'exception':
      return line('learn', exceptionText(e.dst, e.mtu, e.gateway))
    case 'deliver':
      return e.protocol === 'packet' ? null : line('deliver', deliverText(e))
    case 'tcp-state':
      return line('tcp', `${e.before} -> ${e.after}`)
    case 'drop':
      return dropLine(e, p)
    case 'nf-rule':
    case 'nf-skip':
    case 'nf-policy':
    case 'conntrack':
    case 'nat':
    case 'nf-set':
    case 'log':
      return netfilterLine(e, p)
    case 'error':
      return line('error', errorText(e.errno, e.dst), '', e.packet === 0 ? refusalText(e.errno) : 'no answer is sent')
    default:
      return unreachable(e)
  }
}

function originKey(e: OriginEvent): string {
  if (e.pkt.net.kind === 'arp') return e.why === 'arp-reply' ? 'arp reply' : 'arp ask'
  return e.why === 'echo-reply' ? 'answer' : e.why === 'icmp-error' || e.why === 'icmp-redirect' ? 'report' : 'output'
}

function routeLine(e: RouteEvent, p: Printers): Line {
  const dst = formatIp4(e.dst)
  const key = e.direction === 'reverse-path' ? 'way back' : 'route'
  const route = e.route
  const where = route === null ? '' : `table ${p.table(route.table)}`
  const note = e.rule === null ? where : where === '' ? `rule ${p.rule(e.rule)}` : `${where}, rule ${e.rule.pref}`
  switch (e.result) {
    case 'local':
      return line(key, `${dst} is an address of this machine`, note)
    case 'broadcast':
      return line(key, `${dst} is a broadcast address`, note)
    case 'multicast':
      return line(key, `${dst} is a multicast group`, note)
    case 'none':
      return line(key, `${dst} -> nowhere: no table that the rules lead to has a route`, note)
    case 'unicast':
    case 'cached':
    case 'blackhole':
    case 'unreachable':
    case 'prohibit': {
      if (route === null) return line(key, `${dst} -> ${e.result}`, note)
      const text = p.route(e.netns, route, e.nexthop)
      const own = `${dst} `
      return line(key, `${dst} -> ${text.startsWith(own) ? text.slice(own.length) : text}`, note)
    }
    default:
      return unreachable(e.result)
  }
}

function neighLine(e: NeighEvent, p: Printers): Line {
  const who = `${formatIp4(e.dst)} dev ${p.device(e.netns, e.ifindex)}`
  const state = p.neighState(e.state)
  const change = e.before === e.state ? state : `${p.neighState(e.before)} -> ${state}`
  const mac = e.lladdr === null ? '?' : formatMac(e.lladdr)
  switch (e.action) {
    case 'used':
      return line('neighbour', `${who} -> ${mac} ${change}`)
    case 'queued':
      return line('neighbour', `${who} has no MAC address yet: it waits`, change)
    case 'failed':
      return line('neighbour', `${who}: nobody answered, given up`, change)
    case 'created':
      return line('neighbour', `${who} noted: ${mac}`, change)
    case 'changed':
      return line('neighbour', `${who} ${e.lladdr === null ? '' : `-> ${mac} `}${change}`)
    default:
      return unreachable(e.action)
  }
}

function arpText(e: ArpEvent): string {
  switch (e.action) {
    case 'solicited':
      return e.reason
    case 'answered':
      return `answers: ${e.reason}`
    case 'proxied':
      return `answers in its place: ${e.reason}`
    case 'proxy-delayed':
      return `will answer in its place: ${e.reason}`
    case 'ignored':
      return `no answer: ${e.reason}`
    case 'learned':
      return `learned: ${e.reason}`
    default:
      return unreachable(e.action)
  }
}

function rewriteLine(e: RewriteEvent, p: Printers): Line {
  return line('rewrite', `${e.layer}: ${p.packet(e.before)}`, '', `becomes ${p.packet(e.after)}`)
}

function xmitText(e: XmitEvent, p: Printers): string {
  const dev = p.device(e.netns, e.ifindex)
  if (e.peer === null) return `${dev}, which leads nowhere`
  if (e.peer.netns === e.netns && e.peer.ifindex === e.ifindex) return `${dev}, back into ${p.netns(e.netns)}`
  return `${dev} ~> ${p.netns(e.peer.netns)} ${p.device(e.peer.netns, e.peer.ifindex)}`
}

function fragmentText(e: FragmentEvent): string {
  switch (e.action) {
    case 'split':
      return `into ${e.fragments} fragments for an MTU of ${e.mtu}`
    case 'queued':
      return 'kept until the other fragments are here'
    case 'reassembled':
      return `whole again, from ${e.fragments} fragments`
    default:
      return unreachable(e.action)
  }
}

function exceptionText(dst: number, mtu: number, gateway: number): string {
  const words = []
  if (mtu !== 0) words.push(`the path to ${formatIp4(dst)} takes at most ${mtu} bytes`)
  if (gateway !== 0) words.push(`${formatIp4(dst)} is better reached via ${formatIp4(gateway)}`)
  return words.join(', ')
}

function deliverText(e: DeliverEvent): string {
  if (e.socket === 0) return `to the kernel (${e.protocol})`
  return e.owner === '' ? `to a ${e.protocol} socket` : `to ${e.owner} (${e.protocol} socket)`
}

function dropLine(e: DropEvent, p: Printers): Line {
  return line('DROP', `${e.fn}: ${e.reason}`, '', dropWhy(e, p))
}

/** A drop's reason as a sentence: the entry or knob responsible, else what the reason means. */
export function dropWhy(e: DropEvent, p: Printers): string {
  return e.detail === null ? DROP_REASONS[e.reason] : detailText(e.netns, e.detail, p)
}

function detailText(netns: number, d: DropDetail, p: Printers): string {
  switch (d.kind) {
    case 'sysctl':
      return `net.${d.name} is ${d.value}`
    case 'route': {
      const by = d.rule === null ? '' : `, rule ${d.rule.pref}`
      return `by the route ${p.route(netns, d.route, d.route.nexthops[0] ?? null)} (table ${p.table(d.route.table)}${by})`
    }
    case 'rule':
      return `by the rule ${p.rule(d.rule)}`
    case 'neigh':
      return `${formatIp4(d.dst)} did not answer ARP`
    case 'address':
      return `${formatIp4(d.address)} ${d.note}`
    case 'nf-rule':
      return `by rule ${d.place.number} of ${d.place.chain} (table ${d.place.table}): ${p.iptRule(d.rule)}`
    case 'nf-policy':
      return `by the policy of ${d.chain} (table ${d.table})`
    case 'text':
      return d.note
    default:
      return unreachable(d)
  }
}

/** Why a send ended before there was a packet. */
function refusalText(errno: string): string {
  const made = 'no packet was made'
  return errno === 'ENETUNREACH' ? `no table that the rules lead to has a route there: ${made}` : made
}

/** A local error in the words of strerror. */
export function errorText(errno: string, dst: number): string {
  return `${formatIp4(dst)}: ${strerror(errno as Errno)} (${errno})`
}
