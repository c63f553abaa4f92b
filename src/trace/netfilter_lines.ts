// Netfilter's events as lines: rules, connections, NAT. Read first: lines.ts.
import { formatIp4 } from '../lib/ip4.ts'
import { unreachable } from '../lib/never.ts'
import {
  type CtTuple,
  IP_CT_ESTABLISHED,
  IP_CT_ESTABLISHED_REPLY,
  IP_CT_NEW,
  IP_CT_RELATED,
  IP_CT_RELATED_REPLY,
} from '../uapi/conntrack.ts'
import type {
  ConntrackEvent,
  LogEvent,
  NatEvent,
  NfPolicyEvent,
  NfRuleEvent,
  NfSetEvent,
  NfSkipEvent,
  TracedConn,
} from '../uapi/trace.ts'
import { IPPROTO_ICMP, IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP } from '../wire/ipv4.ts'
import type { Packet } from '../wire/packet.ts'
import { type Line, line } from './line.ts'
import type { Printers } from './printers.ts'

export type NetfilterEvent =
  | NfRuleEvent
  | NfSkipEvent
  | NfPolicyEvent
  | ConntrackEvent
  | NatEvent
  | NfSetEvent
  | LogEvent

/** Null for rules that did not match: the full form leaves them out. */
export function netfilterLine(e: NetfilterEvent, p: Printers): Line | null {
  switch (e.kind) {
    case 'nf-rule':
      return e.matched ? line(e.place.table, ruleText(e, p)) : null
    case 'nf-skip':
      return null
    case 'nf-policy':
      return line(e.table, policyText(e))
    case 'conntrack':
      return line('conntrack', conntrackText(e), e.before === null ? '' : `${e.before} -> ${e.conn?.tcpState ?? ''}`)
    case 'nat':
      return line('nat', natText(e))
    case 'nf-set':
      return line('set', setText(e))
    case 'log':
      return line(
        'log',
        e.to === 'nobody' ? `${e.text} (nobody listens)` : e.text,
        e.to === 'nflog' ? `group ${e.group}` : '',
      )
    default:
      return unreachable(e)
  }
}

/** The lines of the verbose form for what the full form leaves out. */
export function unmatchedLine(e: NfRuleEvent | NfSkipEvent, p: Printers): Line {
  if (e.kind === 'nf-skip') {
    const which = e.from === e.to ? `${e.from}` : `${e.from}-${e.to}`
    return line(e.table, `${e.chain} ${which}  passed over: another ${e.by.join(', ')}`)
  }
  return line(e.place.table, ruleText(e, p), `no: ${e.failed ?? ''}`)
}

function ruleText(e: NfRuleEvent, p: Printers): string {
  return `${e.place.chain} ${e.place.number}  ${p.iptRule(e.rule)}`
}

function policyText(e: NfPolicyEvent): string {
  const rules = `${e.asked} looked at`
  if (e.asked === 0) return `${e.chain}  policy ${e.policy}, there are no rules`
  return `${e.chain}  policy ${e.policy}, ${e.matched === 0 ? 'no rule matched' : 'no rule decided'} (${rules})`
}

/** What a packet is to its connection, as ctstate names it. */
export function ctinfoName(ctinfo: number): string {
  switch (ctinfo) {
    case IP_CT_ESTABLISHED:
    case IP_CT_ESTABLISHED_REPLY:
      return 'ESTABLISHED'
    case IP_CT_RELATED:
    case IP_CT_RELATED_REPLY:
      return 'RELATED'
    case IP_CT_NEW:
      return 'NEW'
    default:
      return 'UNTRACKED'
  }
}

function conntrackText(e: ConntrackEvent): string {
  const c = e.conn
  const who = c === null ? '' : `#${c.id}`
  switch (e.action) {
    case 'new':
      return `new ${who}  ${c === null ? '' : tupleText(c.orig)}`
    case 'found':
      return `${ctinfoName(e.ctinfo)} ${who}${isReply(e.ctinfo) ? ', reply direction' : ''}`
    case 'related':
      return `RELATED to ${who}  ${c === null ? '' : tupleText(c.orig)}`
    case 'invalid':
      return `INVALID: ${e.reason}`
    case 'untracked':
      return 'UNTRACKED'
    case 'confirmed':
      return `${who} confirmed  ${c === null ? '' : replyText(c)}`
    case 'clash':
      return `${who} clashes with another connection: ${e.reason}`
    case 'destroyed':
      return `${who} destroyed: ${e.reason}`
    case 'evicted':
      return `${who} evicted: ${e.reason}`
    case 'full':
      return `the table is full: ${e.reason}`
    default:
      return unreachable(e.action)
  }
}

function isReply(ctinfo: number): boolean {
  return ctinfo === IP_CT_ESTABLISHED_REPLY || ctinfo === IP_CT_RELATED_REPLY
}

function replyText(c: TracedConn): string {
  return `replies are ${tupleText(c.reply)}`
}

/** "tcp 10.0.0.1:40000 > 10.0.0.2:80" */
export function tupleText(t: CtTuple): string {
  const src = formatIp4(t.src)
  const dst = formatIp4(t.dst)
  switch (t.protocol) {
    case IPPROTO_TCP:
      return `tcp ${src}:${t.sport} > ${dst}:${t.dport}`
    case IPPROTO_UDP:
      return `udp ${src}:${t.sport} > ${dst}:${t.dport}`
    case IPPROTO_SCTP:
      return `sctp ${src}:${t.sport} > ${dst}:${t.dport}`
    case IPPROTO_ICMP:
      return `icmp ${src} > ${dst} id ${t.sport}`
    default:
      return `protocol ${t.protocol} ${src} > ${dst}`
  }
}

/** Address, and port where there is one, of a side of a packet. */
export function endpointText(p: Packet, side: 'source' | 'destination'): string {
  if (p.net.kind !== 'ipv4') return '?'
  const addr = formatIp4(side === 'source' ? p.net.src : p.net.dst)
  if (p.l4 === null || p.l4.kind === 'icmp') return addr
  return `${addr}:${side === 'source' ? p.l4.sport : p.l4.dport}`
}

function natText(e: NatEvent): string {
  const where = e.inner ? ' inside the error' : ''
  return `${e.manip}${where} ${endpointText(e.before, e.manip)} -> ${endpointText(e.after, e.manip)}`
}

function setText(e: NfSetEvent): string {
  const text = e.field === 'mark' || e.field === 'connmark' || e.field === 'tos' ? hex : String
  return `${e.field} ${text(e.before)} -> ${text(e.after)}`
}

function hex(n: number): string {
  return `0x${(n >>> 0).toString(16)}`
}
