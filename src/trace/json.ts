// The trace as JSON: a stable, versioned schema (docs/trace-json.md, docs/trace.schema.json). Addresses are text, times ns.
// Read first: journey.ts. Fields may be added within a version; none changes its meaning or goes away.
import { formatIp4 } from '../lib/ip4.ts'
import { formatMac } from '../lib/mac.ts'
import { unreachable } from '../lib/never.ts'
import type { NextHop, Route, Rule } from '../uapi/route.ts'
import type { DropDetail, TraceEvent } from '../uapi/trace.ts'
import type { Journey } from './journey.ts'
import type { JsonObject } from './json_value.ts'
import { dropWhy } from './lines.ts'
import { netfilterFields, placeJson } from './netfilter_json.ts'
import { packetJson } from './packet_json.ts'
import type { Printers } from './printers.ts'
import { outcomeOf, type Trace } from './trace.ts'

/** Version of the schema. */
export const TRACE_JSON_VERSION = 1

/** The document as a value; JSON.stringify it, or use renderJson. */
export function traceToJson(trace: Trace): JsonObject {
  const p = trace.printers
  const index = new Map(trace.events.map((e, i) => [e, i] as const))
  return {
    schema: 'netsim-trace',
    version: TRACE_JSON_VERSION,
    verdict: trace.verdict,
    lost: trace.lost,
    limit: trace.limit,
    keep: trace.keep,
    journeys: trace.journeys.map((j) => journeyJson(j, index, p)),
    events: trace.events.map((e) => eventToJson(e, p)),
  }
}

/** The document as text, ending in a newline. */
export function renderJson(trace: Trace, indent = 2): string {
  return `${JSON.stringify(traceToJson(trace), null, indent)}\n`
}

function journeyJson(j: Journey, index: ReadonlyMap<TraceEvent, number>, p: Printers): JsonObject {
  const end = outcomeOf(j)
  return {
    packet: j.packet,
    cause: j.cause,
    why: j.why,
    summary: j.pkt === null ? null : p.packet(j.pkt),
    verdict: j.verdict,
    outcome: end.verdict,
    dropReason: end.drop === null ? null : end.drop.reason,
    children: j.children.map((c) => c.packet),
    hops: j.hops.map((h) => ({
      netns: p.netns(h.netns),
      device: h.ifindex === 0 ? null : p.device(h.netns, h.ifindex),
      time: h.time,
      resumed: h.resumed,
      events: h.events.map((e) => index.get(e) ?? -1),
    })),
  }
}

/** One event: the envelope, then what its kind adds. Also the line format of streamed traces. */
export function eventToJson(e: TraceEvent, p: Printers): JsonObject {
  return {
    kind: e.kind,
    time: e.time,
    packet: e.packet,
    netns: p.netns(e.netns),
    device: e.ifindex === 0 ? null : p.device(e.netns, e.ifindex),
    fn: e.fn,
    ...eventFields(e, p),
  }
}

function eventFields(e: TraceEvent, p: Printers): JsonObject {
  switch (e.kind) {
    case 'origin':
      return { cause: e.cause, why: e.why, pkt: packetJson(e.pkt, p) }
    case 'receive':
      return { pkt: packetJson(e.pkt, p) }
    case 'route':
      return {
        direction: e.direction,
        dst: formatIp4(e.dst),
        src: formatIp4(e.src),
        result: e.result,
        prefsrc: addr(e.prefsrc),
        route: e.route === null ? null : routeJson(e.netns, e.route, e.nexthop, p),
        rule: e.rule === null ? null : ruleJson(e.rule, p),
      }
    case 'neigh':
      return {
        dst: formatIp4(e.dst),
        action: e.action,
        before: p.neighState(e.before),
        state: p.neighState(e.state),
        lladdr: e.lladdr === null ? null : formatMac(e.lladdr),
      }
    case 'arp':
      return { action: e.action, reason: e.reason, target: formatIp4(e.target) }
    case 'forward':
      return { ttl: e.ttl, newTtl: e.newTtl }
    case 'rewrite':
      return { layer: e.layer, before: packetJson(e.before, p), after: packetJson(e.after, p) }
    case 'xmit':
      return {
        pkt: packetJson(e.pkt, p),
        peer: e.peer === null ? null : { netns: p.netns(e.peer.netns), device: p.device(e.peer.netns, e.peer.ifindex) },
      }
    case 'fragment':
      return { action: e.action, mtu: e.mtu, fragments: e.fragments }
    case 'exception':
      return { dst: formatIp4(e.dst), mtu: e.mtu, gateway: addr(e.gateway) }
    case 'deliver':
      return { protocol: e.protocol, socket: e.socket, owner: e.owner, pkt: packetJson(e.pkt, p) }
    case 'tcp-state':
      return { socket: e.socket, before: e.before, after: e.after }
    case 'drop':
      return {
        reason: e.reason,
        explanation: dropWhy(e, p),
        detail: e.detail === null ? null : detailJson(e.netns, e.detail, p),
        pkt: packetJson(e.pkt, p),
      }
    case 'error':
      return { errno: e.errno, dst: formatIp4(e.dst) }
    case 'nf-rule':
    case 'nf-skip':
    case 'nf-policy':
    case 'conntrack':
    case 'nat':
    case 'nf-set':
    case 'log':
      return netfilterFields(e, p)
    default:
      return unreachable(e)
  }
}

function addr(a: number): string | null {
  return a === 0 ? null : formatIp4(a)
}

function routeJson(netns: number, r: Route, nh: NextHop | null, p: Printers): JsonObject {
  return {
    text: p.route(netns, r, nh),
    dst: `${formatIp4(r.dst)}/${r.len}`,
    table: p.table(r.table),
    type: r.type,
    metric: r.metric,
    scope: r.scope,
    protocol: r.protocol,
    gateway: nh === null ? null : addr(nh.gateway),
    device: nh === null || nh.oif === 0 ? null : p.device(netns, nh.oif),
  }
}

function ruleJson(r: Rule, p: Printers): JsonObject {
  return { text: p.rule(r), pref: r.pref, action: r.action }
}

function detailJson(netns: number, d: DropDetail, p: Printers): JsonObject {
  switch (d.kind) {
    case 'sysctl':
      return { kind: d.kind, name: d.name, value: d.value }
    case 'route':
      return {
        kind: d.kind,
        route: routeJson(netns, d.route, d.route.nexthops[0] ?? null, p),
        rule: d.rule === null ? null : ruleJson(d.rule, p),
      }
    case 'rule':
      return { kind: d.kind, rule: ruleJson(d.rule, p) }
    case 'neigh':
      return { kind: d.kind, dst: formatIp4(d.dst) }
    case 'address':
      return { kind: d.kind, address: formatIp4(d.address), note: d.note }
    case 'nf-rule':
      return { kind: d.kind, ...placeJson(d.place), rule: p.iptRule(d.rule) }
    case 'nf-policy':
      return { kind: d.kind, table: d.table, chain: d.chain }
    case 'text':
      return { kind: d.kind, note: d.note }
    default:
      return unreachable(d)
  }
}
