// The chapter "service原理" (how a Service works), step by step: the outcomes are those that Linux gave (recording story-services); what the
// trace and its explanation say is netsim's own promise.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Host, type Trace } from 'netsim'
import { beforeEach, describe, expect, test } from 'vitest'
import { pinged, recorded } from '../kernel/story.ts'

const step = (title: string): string => recorded('scenarios/story-services', title)

const SETUP = readFileSync(join(import.meta.dirname, '../kernel/scenarios/lib/two-pods.sh'), 'utf8')

let host: Host
const VIP = '10.96.0.100'
const DNAT = `-d ${VIP} -j DNAT --to-destination 10.244.1.11`
const PREROUTING = `iptables -t nat -A PREROUTING ${DNAT}`
const OUTPUT = `iptables -t nat -A OUTPUT ${DNAT}`
const HAIRPIN = 'iptables -t nat -A POSTROUTING -d 10.244.1.11 -s 10.244.1.11 -j MASQUERADE'

/** One ping: how many came back, and its trace. */
function ask(ns: string, address: string): { readonly received: number; readonly trace: Trace } {
  const from = ns === 'host' ? host.root : host.netns(ns)
  const r = from.ping(address, { count: 1, timeout: 1 })
  return { received: r.received, trace: r.trace }
}

/** Did Linux have an answer to every ping of that step, or to none? */
function answered(title: string): number {
  const r = pinged(step(title))
  return r.received === r.sent ? 1 : r.received
}

const rules = (t: Trace): readonly string[] =>
  t.events.flatMap((e) =>
    e.kind === 'nf-rule' && e.matched ? [`${e.place.table} ${e.place.chain} ${e.place.number}`] : [],
  )

beforeEach(() => {
  host = new Host('node1')
  host.exec(SETUP)
})

describe('a clusterIP', () => {
  test('is translated in PREROUTING, and the answer on its way back', () => {
    host.exec(PREROUTING)
    const { received, trace } = ask('pod-a', VIP)
    expect(received).toBe(answered('clusterIP from a pod'))
    expect(rules(trace)).toEqual(['nat PREROUTING 1'])
    const manips = trace.events.flatMap((e) => (e.kind === 'nat' ? [e.manip] : []))
    expect(manips).toEqual(['destination', 'source'])
    expect(trace.explain()).toContain(`changed its destination from ${VIP} to 10.244.1.11, by rule 1 of PREROUTING`)
  })

  test('does not exist for the host before the rule in OUTPUT', () => {
    host.exec(PREROUTING)
    expect(ask('host', VIP).received).toBe(answered('clusterIP from the host without the OUTPUT rule'))
    host.exec(OUTPUT)
    const { received, trace } = ask('host', VIP)
    expect(received).toBe(answered('clusterIP from the host with it'))
    expect(rules(trace)).toEqual(['nat OUTPUT 1'])
    expect(trace.events.some((e) => e.kind === 'route' && e.fn === 'ip_route_me_harder')).toBe(true)
  })

  test('hairpin: a pod drops its own address, until it is masqueraded', () => {
    host.exec(PREROUTING)
    const before = ask('pod-b', VIP)
    expect(before.received).toBe(answered('hairpin without masquerade'))
    expect(before.trace.drops[0]).toMatchObject({ reason: 'IP_LOCAL_SOURCE', fn: 'ip_rcv_finish_core' })
    expect(before.trace.explain()).toContain('pod-b dropped it in ip_rcv_finish_core (IP_LOCAL_SOURCE)')
    host.exec(HAIRPIN)
    const after = ask('pod-b', VIP)
    expect(after.received).toBe(answered('hairpin with masquerade'))
    expect(rules(after.trace)).toEqual(['nat PREROUTING 1', 'nat POSTROUTING 1'])
  })

  test('only first packets meet the nat table', () => {
    host.exec(PREROUTING)
    const r = host.netns('pod-a').ping(VIP, { count: 5 })
    expect(r.received).toBe(5)
    const counted = /^\[(\d+):/m.exec(host.exec('iptables-save -c -t nat | grep DNAT').stdout)?.[1]
    const linux = /^\[(\d+):\d+\] -A PREROUTING/m.exec(step('clusterIP from a pod'))?.[1]
    expect(counted).toBe(linux)
  })
})

describe('a policy', () => {
  test('on the clusterIP never meets a packet; on the pod it stops the clusterIP too', () => {
    host.exec(`${PREROUTING}; iptables -I FORWARD -s 10.244.1.10 -d ${VIP} -j DROP`)
    expect(ask('pod-a', VIP).received).toBe(answered('policy on the clusterIP'))
    host.exec('iptables -I FORWARD -s 10.244.1.10 -d 10.244.1.11 -j DROP')
    const { received, trace } = ask('pod-a', VIP)
    expect(received).toBe(answered('policy on the pod, from a pod'))
    expect(trace.drops[0]).toMatchObject({ reason: 'NETFILTER_DROP', fn: 'nf_hook_slow' })
    expect(trace.explain()).toContain(
      'by rule 1 of FORWARD (table filter): -s 10.244.1.10/32 -d 10.244.1.11/32 -j DROP',
    )
  })

  test('stops answers too, unless established connections pass before it', () => {
    host.exec('iptables -I FORWARD -s 10.244.1.10 -d 10.244.1.11 -j DROP')
    expect(ask('pod-b', '10.244.1.10').received).toBe(answered('the policy stops answers too'))
    host.exec('iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT')
    expect(ask('pod-b', '10.244.1.10').received).toBe(answered('ESTABLISHED after the DROP'))
    host.exec('iptables -I FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT')
    expect(ask('pod-b', '10.244.1.10').received).toBe(1)
    expect(ask('pod-a', '10.244.1.11').received).toBe(0)
  })
})
