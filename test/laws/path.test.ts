// Laws of a packet's way (RFC 1812, 5.2.3 and 5.3.1): MACs change at each routed hop and addresses do not, TTL goes down by one per
// forward; and every packet's story has an end.
import { readFileSync } from 'node:fs'
import { fc, test } from '@fast-check/vitest'
import { Host, type Trace } from 'netsim'
import { describe, expect } from 'vitest'
import type { DropRecording } from '../kernel/drops_record.ts'
import { chainScript } from '../unit/host_fixture.ts'
import { anyFrame, LAB, type Move, make, move } from './machine_moves.ts'

const chains = [1, 2, 3, 4].map((hops) => {
  const host = new Host('node1')
  host.sh(chainScript(hops))
  return { hops, snapshot: host.snapshot() }
})

/** What Linux's tracepoint says of a packet with ttl 1 that is to be forwarded. */
const expired = (
  JSON.parse(readFileSync(new URL('../kernel/recordings/drops.json', import.meta.url), 'utf8')) as DropRecording
).answers['ttl 1, to forward']!.drops[0]!

interface Seen {
  readonly src: number
  readonly dst: number
  readonly from: number
  readonly to: number
  readonly ttl: number
}

/** The subject's frames as the devices on its way received them. */
function frames(t: Trace): readonly Seen[] {
  const id = t.subject?.packet
  return t.events.flatMap((e) => {
    if (e.kind !== 'receive' || e.packet !== id || e.pkt.net.kind !== 'ipv4' || e.pkt.eth === null) return []
    const { net, eth } = e.pkt
    return [{ src: net.src, dst: net.dst, ttl: net.ttl, from: eth.src, to: eth.dst }]
  })
}

describe('a routed packet', () => {
  test.prop(
    [
      fc.constantFrom(...chains),
      fc.constantFrom('udp' as const, 'tcp' as const, 'icmp' as const),
      fc.integer({ min: 1, max: 64 }),
      fc.integer({ min: 1, max: 0xffffffff }),
    ],
    { numRuns: 40 },
  )(
    'MACs change at each routed hop, addresses do not, and TTL goes down by one',
    ({ hops, snapshot }, protocol, ttl, mark) => {
      const host = new Host('node1')
      host.restore(snapshot)
      const dst = `10.0.${hops}.2`
      const common = { dst, ttl, mark }
      const n0 = host.netns('n0')
      const t = n0.send(
        protocol === 'udp'
          ? { udp: { ...common, dport: 7 } }
          : protocol === 'tcp'
            ? { tcp: { ...common, dport: 7 } }
            : { icmp: common },
      )
      const seen = frames(t)
      expect(seen.length).toBe(Math.min(ttl, hops + 1))
      for (const [i, f] of seen.entries()) {
        expect(f.ttl).toBe(ttl - i)
        expect([f.src, f.dst]).toEqual([seen[0]!.src, seen[0]!.dst])
        const next = seen[i + 1]
        if (next !== undefined) expect(new Set([f.from, f.to, next.from, next.to]).size).toBe(4)
      }
      const forwards = t.events.filter((e) => e.kind === 'forward').filter((e) => e.packet === t.subject?.packet)
      expect(forwards.map((e) => [e.ttl, e.newTtl])).toEqual(seen.slice(0, -1).map((f) => [f.ttl, f.ttl - 1]))
      if (ttl <= hops) expect(t.drops[0]).toMatchObject(expired)
    },
  )
})

/** Ends that explain themselves; 'travelling' and 'queued' are none. */
const ENDS = new Set(['answered', 'delivered', 'dropped', 'ignored', 'refused', 'sent', 'fragmented', 'reassembled'])

const lab = new Host('node1')
lab.sh(LAB)
const start = lab.snapshot()

describe('nothing disappears silently', () => {
  test.prop([fc.array(move, { minLength: 1, maxLength: 12 })], { numRuns: 40 })(
    'every packet’s trace has an end',
    (moves: readonly Move[]) => {
      const host = new Host('node1')
      host.restore(start)
      const stop = host.trace()
      for (const m of moves) make(host, m)
      // ARP, its three probes, delayed answers and reassembly give up within this time.
      host.run(60)
      const trace = stop()
      const open = trace.journeys.filter((j) => !ENDS.has(j.verdict))
      expect(open.map((j) => `${j.verdict}\n${trace.follow(j.packet)}`)).toEqual([])
      expect(trace.journeys.filter((j) => j.verdict === 'dropped' && j.drops.length === 0)).toEqual([])
    },
  )

  test.prop(
    [
      fc.constantFrom('n0', 'n1', 'n2'),
      fc.constantFrom('left', 'right', 'lo'),
      fc.array(anyFrame, { minLength: 5, maxLength: 20 }),
    ],
    { numRuns: 40 },
  )('injected bytes never throw, and each frame’s trace has an end', (netns, dev, list) => {
    const host = new Host('node1')
    host.restore(start)
    if (
      host
        .netns(netns)
        .links()
        .every((l) => l.link.name !== dev)
    )
      return
    for (const bytes of list) {
      const t = host.netns(netns).inject(dev, bytes)
      expect(ENDS.has(t.verdict) || t.verdict === 'queued', `${t.verdict}\n${t.text({ form: 'verbose' })}`).toBe(true)
    }
    expect(host.netns('n0').ping('10.0.1.2').exitCode).toBeLessThan(3)
  })
})
