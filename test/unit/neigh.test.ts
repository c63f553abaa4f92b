// netsim's own promises about neighbours: order of listings, shared headers, what a trace tells, copies, a clock that comes to rest.

import type { Host } from 'netsim'
import { beforeEach, describe, expect, test } from 'vitest'
import { pair } from './host_fixture.ts'

let host: Host
beforeEach(() => {
  host = pair()
})

test('entries are listed in order of creation, and proxies apart', () => {
  for (const n of [9, 3, 5]) host.exec(`ip neigh add 10.0.0.${n} lladdr 02:00:00:00:00:09 dev v0`)
  host.sh('ip neigh add proxy 10.0.0.51; ip neigh add proxy 10.0.0.50 dev v0')
  const shown = (args: string): string[] => host.exec(`ip neigh show ${args}`).stdout.match(/^\S+/gm) ?? []
  expect(shown('')).toEqual(['10.0.0.9', '10.0.0.3', '10.0.0.5'])
  expect([...shown('proxy')].sort()).toEqual(['10.0.0.50', '10.0.0.51'])
})

test('a known neighbour gives every packet the same header object', () => {
  const { trace } = host.root.ping('10.0.0.2', { count: 4 })
  const headers = trace.events.flatMap((e) =>
    e.kind === 'xmit' && e.netns === 0 && e.pkt.net.kind === 'ipv4' ? [e.eth] : [],
  )
  expect([headers.length, new Set(headers).size]).toEqual([4, 1])
})

test('a trace links the error to the packet that waited in vain, and the answer to the one that did not', () => {
  host.exec('ip link set lo up')
  const { trace } = host.root.ping('10.0.0.77', { timeout: 5 })
  const error = trace.journeys.find((j) => j.why === 'icmp-error')
  expect(error?.cause).toBe(trace.journeys.find((j) => j.verdict === 'dropped')?.packet)
  expect(host.root.ping('10.0.0.2').trace.journeys.map((j) => j.verdict)).toContain('answered')
})

test('the clock does not stay busy when there is nothing to collect', () => {
  host.root.ping('10.0.0.2')
  host.run(200)
  expect(host.step()).toBe(false)
})

describe('a copy of a machine', () => {
  test('made while packets wait goes on by itself and leaves the original alone', () => {
    for (const dst of ['10.0.0.2', '10.0.0.77']) host.start(`ping -c 1 -W 5 ${dst}`)
    const shown = (h: Host): string => h.fork().exec('ip neigh show nud all; ip -n ns1 neigh show nud all').stdout
    const before = shown(host)
    const copy = host.fork()
    copy.run(5)
    expect(shown(host)).toBe(before)
    expect(shown(copy)).not.toBe(before)
    const rest = copy.fork()
    host.run(5)
    expect(shown(host)).toBe(shown(copy))
    copy.run(100)
    host.run(100)
    rest.run(100)
    expect([shown(host), shown(rest)]).toEqual([shown(copy), shown(copy)])
  })
})
