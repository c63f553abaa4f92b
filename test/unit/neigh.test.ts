// Expected times and states: net/core/neighbour.c of Linux 6.1, seen with `ip monitor neigh` on 6.1 and 6.18.
import { describe, expect, it } from 'vitest'
import { neigh_ifdown } from '../../src/kernel/core/neigh_gc.ts'
import { truesize } from '../../src/kernel/core/neigh_state.ts'
import { neigh_lookup } from '../../src/kernel/core/neighbour.ts'
import { ip4 } from '../../src/lib/ip4.ts'
import {
  NUD_DELAY,
  NUD_FAILED,
  NUD_INCOMPLETE,
  NUD_NOARP,
  NUD_NONE,
  NUD_PERMANENT,
  NUD_PROBE,
  NUD_REACHABLE,
  NUD_STALE,
} from '../../src/uapi/neigh.ts'
import type { NeighSpec, NewMode } from '../../src/uapi/request.ts'
import type { XmitEvent } from '../../src/uapi/trace.ts'
import { type Pair, pair } from './neigh_fixture.ts'

const B = ip4('10.0.0.2')
const NOBODY = ip4('10.0.0.77')

function stateOf(m: Pair, dst: number): number | undefined {
  return neigh_lookup(m.va, dst)?.state
}

function questions(m: Pair): readonly XmitEvent[] {
  return m.recorder
    .recording()
    .events.filter((e) => e.kind === 'xmit')
    .filter((e) => e.netns === m.a.id && e.pkt.net.kind === 'arp' && e.pkt.net.op === 1)
}

function drops(m: Pair): string[] {
  return m.trace().drops.map((d) => d.reason)
}

describe('an unknown neighbour', () => {
  it('is asked for at once, answers, and the packet that waited goes out', () => {
    const m = pair()
    const id = m.ping('10.0.0.2')
    expect(stateOf(m, B)).toBe(NUD_INCOMPLETE)
    m.run(0.1)
    expect(stateOf(m, B)).toBe(NUD_REACHABLE)
    expect(neigh_lookup(m.vb, ip4('10.0.0.1'))?.state).toBe(NUD_DELAY)
    expect(m.trace().journeys.find((j) => j.packet === id)?.verdict).toBe('answered')
  })

  it('is asked for three times, a second apart, then fails and the sender hears host unreachable', () => {
    const m = pair()
    const id = m.ping('10.0.0.77')
    m.run(2.999)
    expect(stateOf(m, NOBODY)).toBe(NUD_INCOMPLETE)
    m.run(0.002)
    expect(stateOf(m, NOBODY)).toBe(NUD_FAILED)
    expect(questions(m).map((e) => e.time / 1e9)).toEqual([0, 1, 2])
    const error = m.trace().journeys.find((j) => j.why === 'icmp-error')
    expect(error?.cause).toBe(id)
    expect(m.trace().drops[0]).toMatchObject({ reason: 'NEIGH_FAILED', fn: 'neigh_invalidate' })
  })

  it('is asked for again by a later packet, from FAILED', () => {
    const m = pair()
    m.ping('10.0.0.77')
    m.run(4)
    m.ping('10.0.0.77')
    expect(stateOf(m, NOBODY)).toBe(NUD_INCOMPLETE)
    m.run(4)
    expect(questions(m)).toHaveLength(6)
  })

  it('fails without a question when mcast_solicit is 0', () => {
    const m = pair({ a: { neigh: { mcast_solicit: 0 } } })
    m.ping('10.0.0.77')
    expect(stateOf(m, NOBODY)).toBe(NUD_FAILED)
    expect(drops(m)).toEqual(['NEIGH_FAILED'])
    expect(questions(m)).toHaveLength(0)
  })

  it('keeps as many packets as unres_qlen_bytes hold and drops the oldest', () => {
    const m = pair({ a: { neigh: { unres_qlen_bytes: 4000 } } })
    const ids = [1, 2, 3, 4, 5, 6, 7].map(() => m.ping('10.0.0.77'))
    expect(m.trace().drops.map((d) => [d.packet, d.reason])).toEqual([
      [ids[0], 'NEIGH_QUEUEFULL'],
      [ids[1], 'NEIGH_QUEUEFULL'],
    ])
    expect(neigh_lookup(m.va, NOBODY)?.queue).toHaveLength(5)
  })

  it('counts truesize as the kernel does on x86-64', () => {
    expect([truesize(30), truesize(428), truesize(1428)]).toEqual([768, 1280, 2304])
  })
})

describe('a known neighbour', () => {
  it('becomes STALE after 0.5 to 1.5 × base_reachable_time without confirmation', () => {
    const m = pair()
    m.ping('10.0.0.2')
    m.run(14.9)
    expect(stateOf(m, B)).toBe(NUD_REACHABLE)
    m.run(31)
    expect(stateOf(m, B)).toBe(NUD_STALE)
  })

  it('is used while STALE, waits 5 s in DELAY for a sign of life, then is asked by unicast', () => {
    const m = pair()
    m.ping('10.0.0.2')
    m.run(46)
    const before = questions(m).length
    m.ping('10.0.0.2')
    expect(stateOf(m, B)).toBe(NUD_DELAY)
    m.run(4.99)
    expect(stateOf(m, B)).toBe(NUD_DELAY)
    m.run(0.02)
    expect(stateOf(m, B)).toBe(NUD_REACHABLE)
    const probe = questions(m).slice(before)
    expect(probe.map((e) => e.eth?.dst)).toEqual([m.vb.mac])
  })

  it('fails after three unanswered unicast probes', () => {
    const m = pair()
    m.ping('10.0.0.2')
    m.run(46)
    m.vb.noarp = true
    m.ping('10.0.0.2')
    m.run(5.1)
    expect(stateOf(m, B)).toBe(NUD_PROBE)
    m.run(2.8)
    expect(stateOf(m, B)).toBe(NUD_PROBE)
    m.run(0.2)
    expect(stateOf(m, B)).toBe(NUD_FAILED)
  })

  it('stays REACHABLE without a probe when an upper layer confirmed it during DELAY', () => {
    const m = pair()
    m.ping('10.0.0.2')
    m.run(46)
    const before = questions(m).length
    m.ping('10.0.0.2')
    m.run(3)
    neigh_lookup(m.va, B)!.confirmed = m.kernel.sim.now
    m.run(2.1)
    expect(stateOf(m, B)).toBe(NUD_REACHABLE)
    expect(questions(m)).toHaveLength(before)
  })

  it('gives every packet the same header object', () => {
    const m = pair()
    m.ping('10.0.0.2')
    m.run(0.1)
    m.ping('10.0.0.2')
    m.ping('10.0.0.2')
    const headers = m.recorder
      .recording()
      .events.filter((e) => e.kind === 'xmit' && e.netns === m.a.id && e.pkt.net.kind === 'ipv4')
    expect(new Set(headers.map((e) => (e.kind === 'xmit' ? e.eth : null))).size).toBe(1)
  })
})

describe('neighbours that need no question', () => {
  it('are broadcast addresses, loopback and groups', () => {
    const m = pair()
    m.ping('10.0.0.1')
    m.run(0.1)
    expect(neigh_lookup(m.a.lo, 0)?.state).toBe(NUD_NOARP)
    expect([...m.a.lo.neigh.entries.keys()]).toEqual([0])
    expect(questions(m)).toHaveLength(0)
  })
})

function neigh(m: Pair, mode: NewMode, spec: Partial<NeighSpec> & { dst: number }): string {
  const r = m.kernel.request(m.a.id, 'neigh.new', { mode, neigh: { dev: 'va', ...spec } })
  return r.ok ? 'ok' : `${r.errno}${r.extack === null ? '' : `: ${r.extack}`}`
}

function remove(m: Pair, spec: Partial<NeighSpec> & { dst: number }): string {
  const r = m.kernel.request(m.a.id, 'neigh.del', { neigh: { dev: 'va', ...spec } })
  return r.ok ? 'ok' : r.errno
}

describe('ip neigh requests', () => {
  const mac = 0x020000000009

  it('add once, change what exists, replace either way', () => {
    const m = pair()
    expect(neigh(m, 'add', { dst: NOBODY, lladdr: mac })).toBe('ok')
    expect(stateOf(m, NOBODY)).toBe(NUD_PERMANENT)
    expect(neigh(m, 'add', { dst: NOBODY, lladdr: mac })).toBe('EEXIST')
    expect(neigh(m, 'change', { dst: ip4('10.0.0.78'), lladdr: mac })).toBe('ENOENT')
    expect(neigh(m, 'replace', { dst: NOBODY, lladdr: mac + 1, state: NUD_STALE })).toBe('ok')
    expect(neigh_lookup(m.va, NOBODY)).toMatchObject({ state: NUD_STALE, lladdr: mac + 1 })
  })

  it('without an address fail and leave an entry in NONE, as the kernel does', () => {
    const m = pair()
    expect(neigh(m, 'add', { dst: NOBODY })).toBe('EINVAL: No link layer address given')
    expect(stateOf(m, NOBODY)).toBe(NUD_NONE)
    expect(neigh(m, 'add', { dst: NOBODY, lladdr: mac })).toBe('EEXIST')
  })

  it('delete, and say ENOENT for what is not there', () => {
    const m = pair()
    neigh(m, 'add', { dst: NOBODY, lladdr: mac })
    expect(remove(m, { dst: NOBODY })).toBe('ok')
    expect(remove(m, { dst: NOBODY })).toBe('ENOENT')
    expect(stateOf(m, NOBODY)).toBeUndefined()
  })

  it('share one entry on lo, which only 0.0.0.0 finds', () => {
    const m = pair()
    expect(neigh(m, 'add', { dst: NOBODY, dev: 'lo', lladdr: mac })).toBe('ok')
    expect(remove(m, { dst: NOBODY, dev: 'lo' })).toBe('ENOENT')
    expect(remove(m, { dst: 0, dev: 'lo' })).toBe('ok')
  })

  it('drop what waited for a deleted entry with NEIGH_FAILED', () => {
    const m = pair()
    m.ping('10.0.0.77')
    expect(remove(m, { dst: NOBODY })).toBe('ok')
    expect(drops(m)).toEqual(['NEIGH_FAILED'])
  })

  it('list entries in order of creation, and proxies apart', () => {
    const m = pair()
    for (const n of [9, 3, 5]) neigh(m, 'add', { dst: ip4(`10.0.0.${n}`), lladdr: mac })
    neigh(m, 'add', { dst: ip4('10.0.0.50'), flags: 8 })
    neigh(m, 'add', { dst: ip4('10.0.0.51'), flags: 8, dev: 0 })
    const list = m.kernel.request(m.a.id, 'neigh.list', { proxy: false })
    const proxies = m.kernel.request(m.a.id, 'neigh.list', { proxy: true })
    expect(list.ok && list.value.map((e) => e.dst & 255)).toEqual([9, 3, 5])
    expect(proxies.ok && proxies.value.map((e) => [e.dst & 255, e.ifindex])).toEqual([
      [50, 2],
      [51, 0],
    ])
  })
})

describe('devices', () => {
  it('that go down take their entries and what waits with them', () => {
    const m = pair()
    m.ping('10.0.0.77')
    neigh(m, 'add', { dst: B, lladdr: 1 })
    neigh_ifdown(m.a, m.va, false)
    expect(m.va.neigh.entries.size).toBe(0)
    expect(drops(m)).toEqual(['QUEUE_PURGE'])
    m.run(10)
    expect(questions(m)).toHaveLength(1)
  })

  it('that lose their carrier keep permanent entries', () => {
    const m = pair()
    m.ping('10.0.0.2')
    m.run(0.1)
    neigh(m, 'add', { dst: NOBODY, lladdr: 1 })
    neigh_ifdown(m.a, m.va, true)
    expect([...m.va.neigh.entries.keys()]).toEqual([NOBODY])
  })
})

describe('garbage collection', () => {
  const small = {
    'ipv4.neigh.default.gc_thresh1': 2,
    'ipv4.neigh.default.gc_thresh2': 3,
    'ipv4.neigh.default.gc_thresh3': 4,
  }

  it('refuses new entries above gc_thresh3 while all are fresh (NEIGH_CREATEFAIL)', () => {
    const m = pair({ sysctl: small })
    for (let i = 0; i < 6; i++) m.ping(`10.0.0.${50 + i}`)
    expect(m.va.neigh.entries.size).toBe(4)
    expect(drops(m)).toEqual(['NEIGH_CREATEFAIL', 'NEIGH_CREATEFAIL'])
  })

  it('makes room from failed entries', () => {
    const m = pair({ sysctl: small })
    for (let i = 0; i < 4; i++) m.ping(`10.0.0.${50 + i}`)
    m.run(3.1)
    m.ping('10.0.0.60')
    expect(m.va.neigh.entries.has(ip4('10.0.0.60'))).toBe(true)
  })

  it('collects failed and long unused entries only from gc_thresh1 on', () => {
    const m = pair({ sysctl: small })
    const n = pair()
    for (const x of [m, n]) {
      x.ping('10.0.0.50')
      x.ping('10.0.0.51')
      x.run(20)
    }
    expect(m.va.neigh.entries.size).toBe(0)
    expect(n.va.neigh.entries.size).toBe(2)
  })

  it('does not keep the clock busy when there is nothing to collect', () => {
    const m = pair()
    m.ping('10.0.0.2')
    m.run(200)
    expect(m.kernel.sim.next()).toBe(-1)
  })
})
