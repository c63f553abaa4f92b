// The chapter "service原理" (how a Service works), step by step: the outcomes are those that Linux gave (recording story-services), the rules
// those that counted there (story-rules), the drops those of its kernel (story-drops); how the trace explains them is netsim's own promise.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Host, type Trace } from 'netsim'
import { beforeEach, describe, expect, test } from 'vitest'
import { droppedByLinux, droppedIn, pinged, recorded } from '../kernel/story.ts'

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

/** Did Linux have an answer to every ping of that step, or to none? Of several commands, that of the nth. */
function answered(title: string, nth = 0): number {
  const pings = step(title)
    .split(/^(?=PING )/m)
    .filter((t) => t.startsWith('PING '))
  const r = pinged(pings[nth]!)
  return r.received === r.sent ? 1 : r.received
}

/** "table chain number" of the rules that counted a packet on Linux. */
function counted(title: string): readonly string[] {
  return [...recorded('scenarios/story-rules', title).matchAll(/^(\S+ \S+ \d+) [1-9]\d*$/gm)].map((m) => m[1]!).sort()
}

const rules = (t: Trace): readonly string[] =>
  t.events.flatMap((e) =>
    e.kind === 'nf-rule' && e.matched ? [`${e.place.table} ${e.place.chain} ${e.place.number}`] : [],
  )
const matched = (t: Trace): readonly string[] => [...rules(t)].sort()

beforeEach(() => {
  host = new Host('node1')
  host.exec(SETUP)
})

describe('a clusterIP', () => {
  test('is translated in PREROUTING, and the answer on its way back', () => {
    host.exec(PREROUTING)
    const { received, trace } = ask('pod-a', VIP)
    expect(received).toBe(answered('clusterIP from a pod'))
    expect(matched(trace)).toEqual(counted('clusterIP from a pod'))
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
    expect(matched(trace)).toEqual(counted('clusterIP from the host with it'))
    expect(trace.events.some((e) => e.kind === 'route' && e.fn === 'ip_route_me_harder')).toBe(true)
  })

  test('hairpin: a pod drops its own address, until it is masqueraded', () => {
    host.exec(PREROUTING)
    const before = ask('pod-b', VIP)
    expect(before.received).toBe(answered('hairpin without masquerade'))
    const drops = droppedByLinux('hairpin without masquerade')
    expect(droppedIn(before.trace)).toEqual(drops)
    const [fn, reason] = drops.find((d) => d.endsWith(' eth0'))!.split(' ')
    expect(before.trace.explain()).toContain(`pod-b dropped it in ${fn} (${reason})`)
    host.exec(HAIRPIN)
    const after = ask('pod-b', VIP)
    expect(after.received).toBe(answered('hairpin with masquerade'))
    expect(matched(after.trace)).toEqual(counted('hairpin with masquerade'))
  })

  test('only first packets meet the nat table', () => {
    host.exec(PREROUTING)
    const r = host.netns('pod-a').ping(VIP, { count: 5 })
    expect(r.received).toBe(5 * answered('clusterIP from a pod'))
    const ours = /^\[(\d+):/m.exec(host.exec('iptables-save -c -t nat | grep DNAT').stdout)?.[1]
    const linux = /^\[(\d+):\d+\] -A PREROUTING/m.exec(step('clusterIP from a pod'))?.[1]
    expect(ours).toBe(linux)
  })
})

describe('a policy', () => {
  test('on the clusterIP never meets a packet; on the pod it stops the clusterIP too', () => {
    host.exec(`${PREROUTING}; iptables -I FORWARD -s 10.244.1.10 -d ${VIP} -j DROP`)
    const first = ask('pod-a', VIP)
    expect(first.received).toBe(answered('policy on the clusterIP'))
    expect(matched(first.trace)).toEqual(counted('policy on the clusterIP'))
    host.exec('iptables -I FORWARD -s 10.244.1.10 -d 10.244.1.11 -j DROP')
    const { received, trace } = ask('pod-a', VIP)
    expect(received).toBe(answered('policy on the pod, from a pod'))
    expect(matched(trace)).toEqual(counted('policy on the pod, from a pod'))
    expect(droppedIn(trace)).toEqual(droppedByLinux('policy on the pod, from a pod'))
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
    expect(ask('pod-b', '10.244.1.10').received).toBe(answered('ESTABLISHED before the DROP'))
    expect(ask('pod-a', '10.244.1.11').received).toBe(answered('ESTABLISHED before the DROP', 1))
  })
})
