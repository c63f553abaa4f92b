// Netfilter's events as JSON. Read first: json.ts.
import { formatIp4 } from '../lib/ip4.ts'
import { unreachable } from '../lib/never.ts'
import type { CtTuple } from '../uapi/conntrack.ts'
import { HOOK_NAMES } from '../uapi/netfilter.ts'
import type { RulePlace, TracedConn } from '../uapi/trace.ts'
import type { JsonObject } from './json_value.ts'
import { ctinfoName, type NetfilterEvent } from './netfilter_lines.ts'
import { packetJson } from './packet_json.ts'
import type { Printers } from './printers.ts'

export function placeJson(place: RulePlace): JsonObject {
  return { table: place.table, chain: place.chain, number: place.number }
}

export function netfilterFields(e: NetfilterEvent, p: Printers): JsonObject {
  switch (e.kind) {
    case 'nf-rule':
      return {
        hook: HOOK_NAMES[e.hook],
        ...placeJson(e.place),
        rule: p.iptRule(e.rule),
        matched: e.matched,
        failed: e.failed,
        verdict: e.verdict,
      }
    case 'nf-skip':
      return { hook: HOOK_NAMES[e.hook], table: e.table, chain: e.chain, from: e.from, to: e.to, by: e.by }
    case 'nf-policy':
      return {
        hook: HOOK_NAMES[e.hook],
        table: e.table,
        chain: e.chain,
        policy: e.policy,
        asked: e.asked,
        matched: e.matched,
      }
    case 'conntrack':
      return {
        action: e.action,
        conn: e.conn === null ? null : connJson(e.conn),
        ctstate: e.ctinfo < 0 ? null : ctinfoName(e.ctinfo),
        before: e.before,
        reason: e.reason,
      }
    case 'nat':
      return {
        manip: e.manip,
        conn: e.conn,
        inner: e.inner,
        before: packetJson(e.before, p),
        after: packetJson(e.after, p),
      }
    case 'nf-set':
      return { field: e.field, before: e.before, after: e.after }
    case 'log':
      return { to: e.to, group: e.group, level: e.level, text: e.text }
    default:
      return unreachable(e)
  }
}

function connJson(c: TracedConn): JsonObject {
  return {
    id: c.id,
    orig: tupleJson(c.orig),
    reply: tupleJson(c.reply),
    status: c.status,
    tcpState: c.tcpState,
    mark: c.mark,
    zone: c.zone,
  }
}

function tupleJson(t: CtTuple): JsonObject {
  return {
    src: formatIp4(t.src),
    dst: formatIp4(t.dst),
    protocol: t.protocol,
    sport: t.sport,
    dport: t.dport,
    icmpType: t.icmpType,
    icmpCode: t.icmpCode,
  }
}
