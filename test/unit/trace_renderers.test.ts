// How a trace is rendered, netsim's own promise: JSON by its published schema (docs/trace.schema.json), Mermaid.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Host } from '../../src/host/host.ts'
import { renderJson, TRACE_JSON_VERSION, traceToJson } from '../../src/trace/json.ts'
import { renderMermaid } from '../../src/trace/mermaid.ts'
import { answerLost, noRoute, silentGateway, success } from './trace_outcomes.ts'

interface Schema {
  readonly [key: string]: unknown
}

const schema = JSON.parse(readFileSync(new URL('../../docs/trace.schema.json', import.meta.url), 'utf8')) as Schema

/** As much of JSON Schema as docs/trace.schema.json uses. Returns the complaints. */
function check(value: unknown, s: Schema, path: string): string[] {
  if (typeof s['$ref'] === 'string') {
    const name = s['$ref'].replace('#/$defs/', '')
    return check(value, (schema['$defs'] as Record<string, Schema>)[name]!, path)
  }
  if (Array.isArray(s['oneOf'])) {
    const results = (s['oneOf'] as Schema[]).map((o) => check(value, o, path))
    const good = results.filter((r) => r.length === 0).length
    return good === 1 ? [] : [`${path}: ${good} alternatives fit`, ...(results.find((r) => r.length > 0) ?? [])]
  }
  if ('const' in s) return value === s['const'] ? [] : [`${path}: not ${String(s['const'])}`]
  if (Array.isArray(s['enum'])) return s['enum'].includes(value) ? [] : [`${path}: ${String(value)} is not in the enum`]
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  const wanted = ([] as unknown[]).concat(s['type']).map((t) => (t === 'integer' ? 'number' : t))
  if (!wanted.includes(type)) return [`${path}: ${type}, not ${wanted.join(' or ')}`]
  if (type === 'array') return (value as unknown[]).flatMap((v, i) => check(v, s['items'] as Schema, `${path}[${i}]`))
  if (type !== 'object') return []
  const object = value as Record<string, unknown>
  const props = (s['properties'] ?? {}) as Record<string, Schema>
  const missing = ((s['required'] ?? []) as string[]).filter((k) => !(k in object)).map((k) => `${path}.${k}: missing`)
  const extra = Object.keys(object)
    .filter((k) => s['additionalProperties'] === false && !(k in props))
    .map((k) => `${path}.${k}: not in the schema`)
  const inner = Object.keys(props).flatMap((k) => (k in object ? check(object[k], props[k]!, `${path}.${k}`) : []))
  return [...missing, ...extra, ...inner]
}

describe('JSON', () => {
  it.each([
    ['no route', noRoute],
    ['a silent gateway', silentGateway],
    ['an answer that gets lost', answerLost],
    ['success', success],
  ] as const)('follows the published schema: %s', (_name, make) => {
    expect(check(traceToJson(make().trace()), schema, '$')).toEqual([])
  })

  it('follows the published schema: a clusterIP, a policy, a logged and rejected datagram', () => {
    const host = new Host('node1')
    host.exec(readFileSync(new URL('../kernel/scenarios/lib/two-pods.sh', import.meta.url), 'utf8'))
    host.exec(`iptables -t nat -A PREROUTING -d 10.96.0.100 -j DNAT --to-destination 10.244.1.11
iptables -t mangle -A FORWARD -j MARK --set-mark 7
iptables -A INPUT -p udp -j LOG; iptables -A INPUT -p udp -j REJECT; iptables -A INPUT -p tcp -j DROP; iptables -P INPUT DROP
for i in $(seq 10); do iptables -A FORWARD -s 10.1.0.$i -j DROP; done`)
    const stop = host.trace()
    host.netns('pod-a').ping('10.96.0.100', { count: 1 })
    host.netns('pod-a').send({ udp: { dst: '192.168.6.160', dport: 53 } })
    host.netns('pod-a').send({ tcp: { dst: '192.168.6.160', dport: 53 } })
    host.netns('pod-a').ping('192.168.6.160', { count: 1, timeout: 1 })
    const trace = stop()
    const doc = traceToJson(trace)
    expect(check(doc, schema, '$')).toEqual([])
    const kinds = new Set((doc['events'] as { kind: string }[]).map((e) => e.kind))
    for (const kind of ['nf-rule', 'nf-skip', 'nf-policy', 'conntrack', 'nat', 'nf-set', 'log'])
      expect(kinds).toContain(kind)
  })

  it('names its version, the outcome and the reason', () => {
    const doc = JSON.parse(renderJson(answerLost().trace())) as Record<string, unknown>
    expect(doc['version']).toBe(TRACE_JSON_VERSION)
    expect(doc['verdict']).toBe('dropped')
    const journeys = doc['journeys'] as Record<string, unknown>[]
    expect(journeys.map((j) => [j['packet'], j['cause'], j['verdict'], j['outcome'], j['dropReason']])).toEqual([
      [1, 0, 'delivered', 'dropped', 'IP_INNOROUTES'],
      [3, 1, 'dropped', 'dropped', 'IP_INNOROUTES'],
    ])
  })

  it('lets hops point at their events', () => {
    const doc = traceToJson(success().trace()) as unknown as {
      events: { packet: number }[]
      journeys: { packet: number; hops: { events: number[] }[] }[]
    }
    for (const j of doc.journeys) {
      for (const i of j.hops.flatMap((h) => h.events)) expect(doc.events[i]?.packet).toBe(j.packet)
    }
  })
})

describe('Mermaid', () => {
  it('draws crossings as arrows and drops as notes', () => {
    expect(renderMermaid(answerLost().trace())).toMatchInlineSnapshot(`
      "sequenceDiagram
        participant N1 as ns1
        participant N0 as host
        participant N2 as gw
        N1->>N0: icmp 172.20.1.10 > 192.168.6.160 echo request id 1 seq 1 ttl 64
        N0->>N2: icmp 192.168.6.160 > 172.20.1.10 echo reply id 1 seq 1 ttl 64
        Note over N2: DROP IP_INNOROUTES<br/>no table that the rules lead to has a route
      "
    `)
  })

  it('shows a refused send and an ARP request that nobody answers', () => {
    expect(renderMermaid(noRoute().trace())).toContain(
      'Note over N1: 192.168.6.160: Network is unreachable (ENETUNREACH)',
    )
    expect(renderMermaid(silentGateway().trace())).toContain(
      'Note over N0: no answer<br/>169.254.10.24 is not an address',
    )
  })
})
