// What an ARP packet does to machine b (10.0.0.2 on vb, 10.1.0.2 on wb). Conditions: net/ipv4/arp.c, ip-sysctl.rst.
import { describe, expect, it } from 'vitest'
import { neigh_lookup } from '../../src/kernel/core/neighbour.ts'
import { arp_notify } from '../../src/kernel/ipv4/arp.ts'
import { arp_send } from '../../src/kernel/ipv4/arp_neigh.ts'
import { formatIp4, ip4 } from '../../src/lib/ip4.ts'
import { MAC_BROADCAST } from '../../src/lib/mac.ts'
import { NUD_REACHABLE, NUD_STALE } from '../../src/uapi/neigh.ts'
import type { DevConf } from '../../src/uapi/sysctl.ts'
import type { ArpEvent } from '../../src/uapi/trace.ts'
import { type Pair, pair } from './neigh_fixture.ts'

const A = '10.0.0.1'

/** ARP events of b, as [action, reason]. */
function heard(m: Pair): [string, string][] {
  const events = m.recorder.recording().events.filter((e): e is ArpEvent => e.kind === 'arp' && e.netns === m.b.id)
  return events.map((e) => [e.action, e.reason])
}

/** a asks for `target` from `sender`; what b made of it. */
function ask(m: Pair, target: string, sender = A, seconds = 0.1): [string, string][] {
  arp_send(m.va, 1, ip4(target), ip4(sender), null, 0, 0)
  m.run(seconds)
  return heard(m)
}

function withConf(conf: Partial<DevConf>, neigh = {}): Pair {
  return pair({ b: { conf, neigh } })
}

describe('requests for an address of this machine', () => {
  it('are answered on every device, and the asker is noted as STALE', () => {
    const m = pair()
    expect(ask(m, '10.0.0.2')).toEqual([['answered', '10.0.0.2 is an address of this machine']])
    expect(neigh_lookup(m.vb, ip4(A))?.state).toBe(NUD_STALE)
    expect(ask(pair(), '10.1.0.2')).toEqual([['answered', '10.1.0.2 is an address of this machine']])
  })

  it.each([
    [1, '10.0.0.2', 'answered'],
    [1, '10.1.0.2', 'ignored'],
    [2, '10.0.0.2', 'answered'],
    [3, '10.1.0.2', 'answered'],
    [4, '10.1.0.2', 'answered'],
    [8, '10.0.0.2', 'ignored'],
  ])('with arp_ignore %i, %s is %s', (arp_ignore, target, action) => {
    const [event] = ask(withConf({ arp_ignore }), target)
    expect(event?.[0]).toBe(action)
    if (action === 'ignored') expect(event?.[1]).toContain(`arp_ignore is ${arp_ignore} on vb`)
  })

  it('with arp_ignore 2, an asker of another subnet is ignored', () => {
    const m = withConf({ arp_ignore: 2 })
    expect(ask(m, '10.0.0.2', '10.7.0.1')[0]?.[0]).toBe('ignored')
  })

  it('are answered to 0.0.0.0 without noting anything (duplicate address detection)', () => {
    const m = pair()
    expect(ask(m, '10.0.0.2', '0.0.0.0')[0]?.[0]).toBe('answered')
    expect(m.vb.neigh.entries.size).toBe(0)
    expect(ask(pair(), '10.0.0.9', '0.0.0.0')[0]).toEqual([
      'ignored',
      'duplicate address detection: 10.0.0.9 is not an address of this machine',
    ])
  })
})

describe('requests for somebody else', () => {
  const proxy = { forwarding: 1, proxy_arp: 1 }

  it.each<[string, Partial<DevConf>, string, string]>([
    [
      'forwarding off',
      { proxy_arp: 1 },
      '10.1.0.9',
      '10.1.0.9 is not an address of this machine, and forwarding is 0 on vb',
    ],
    [
      'proxy_arp off',
      { forwarding: 1 },
      '10.1.0.9',
      '10.1.0.9 is not an address of this machine, and proxy_arp is 0 on vb',
    ],
    ['no route', proxy, '192.0.2.1', 'there is no route to 192.0.2.1'],
    ['the same device', proxy, '10.0.0.9', 'the route to 10.0.0.9 leaves by the same device'],
    ['medium_id -1', { ...proxy, medium_id: -1 }, '10.1.0.9', 'medium_id -1 on vb and 0 on wb are one medium'],
  ])('stay unanswered with %s', (_name, conf, target, reason) => {
    expect(ask(withConf(conf), target)).toEqual([['ignored', reason]])
  })

  it('are answered by a proxy after a random delay below proxy_delay', () => {
    const m = withConf(proxy)
    const [first] = ask(m, '10.1.0.9')
    expect(first?.[0]).toBe('proxy-delayed')
    m.run(0.8)
    expect(heard(m)[1]).toEqual(['proxied', 'proxy_arp is 1 on vb and the route to 10.1.0.9 leaves by wb'])
    expect(neigh_lookup(m.vb, ip4(A))?.state).toBe(NUD_STALE)
  })

  it('are answered at once with proxy_delay 0', () => {
    expect(ask(withConf(proxy, { proxy_delay_ms: 0 }), '10.1.0.9')[0]?.[0]).toBe('proxied')
  })

  it('overflow the proxy queue above proxy_qlen', () => {
    const m = withConf(proxy, { proxy_qlen: 0 })
    for (let i = 0; i < 3; i++) arp_send(m.va, 1, ip4('10.1.0.9'), ip4(A), null, 0, 0)
    m.run(0.0001)
    expect(m.trace().drops.map((d) => d.fn)).toEqual(['pneigh_enqueue', 'pneigh_enqueue'])
  })

  it('are answered back out of the same device with proxy_arp_pvlan, but not about the asker itself', () => {
    const conf = { forwarding: 1, proxy_arp_pvlan: 1 }
    const m = withConf(conf, { proxy_delay_ms: 0 })
    expect(ask(m, '10.0.0.9')[0]?.[0]).toBe('proxied')
    expect(ask(withConf(conf, { proxy_delay_ms: 0 }), A, A)[0]?.[0]).toBe('ignored')
  })

  it('are answered for a proxy entry when the route leaves by another device', () => {
    const m = withConf({ forwarding: 1 }, { proxy_delay_ms: 0 })
    for (const dst of ['10.1.0.9', '10.0.0.9']) {
      m.kernel.request(m.b.id, 'neigh.new', { mode: 'add', neigh: { dst: ip4(dst), dev: 'vb', flags: 8 } })
    }
    expect(ask(m, '10.1.0.9')[0]).toEqual(['proxied', 'a proxy entry for 10.1.0.9 exists and its route leaves by wb'])
    expect(ask(m, '10.0.0.9')[1]).toEqual(['ignored', 'the route to 10.0.0.9 leaves by the same device'])
  })

  it('refresh an entry that exists already', () => {
    const m = pair()
    ask(m, '10.0.0.2')
    expect(
      ask(m, '10.0.0.9')
        .slice(1)
        .map((e) => e[0]),
    ).toEqual(['ignored', 'learned'])
  })
})

describe('announcements and unasked replies', () => {
  function announce(m: Pair, op: number): void {
    arp_send(m.va, op, ip4(A), ip4(A), op === 1 ? null : MAC_BROADCAST, op === 1 ? 0 : m.va.mac, 0)
    m.run(0.1)
  }

  it.each([
    [0, 1, false],
    [0, 2, false],
    [1, 1, true],
    [1, 2, true],
    [2, 1, true],
  ])('with arp_accept %i, a gratuitous operation %i makes an entry: %s', (arp_accept, op, made) => {
    const m = withConf({ arp_accept })
    announce(m, op)
    expect(neigh_lookup(m.vb, ip4(A))?.state).toBe(made ? NUD_STALE : undefined)
  })

  it('are dropped with drop_gratuitous_arp', () => {
    const m = withConf({ arp_accept: 1, drop_gratuitous_arp: 1 })
    announce(m, 1)
    expect(m.trace().drops[0]).toMatchObject({ fn: 'arp_process', reason: 'NOT_SPECIFIED', detail: { kind: 'sysctl' } })
  })

  it('change a known address only after locktime', () => {
    const m = pair()
    ask(m, '10.0.0.2')
    const n = neigh_lookup(m.vb, ip4(A))!
    m.va.mac = 0x02000000ffff
    arp_send(m.va, 2, ip4('10.0.0.2'), ip4(A), m.vb.mac, m.vb.mac, 0)
    m.run(0.5)
    expect(n.lladdr).toBe(0x020000000a00)
    m.run(1)
    arp_send(m.va, 2, ip4('10.0.0.2'), ip4(A), m.vb.mac, m.vb.mac, 0)
    m.run(0.1)
    expect(n).toMatchObject({ lladdr: 0x02000000ffff, state: NUD_REACHABLE })
  })

  it('are sent for every address when arp_notify is on', () => {
    const m = pair({ a: { conf: { arp_notify: 1 } } })
    arp_notify(m.a, m.va)
    arp_notify(m.b, m.vb)
    m.run(0.1)
    const sent = m.recorder
      .recording()
      .events.flatMap((e) => (e.kind === 'xmit' && e.pkt.net.kind === 'arp' ? [e.pkt.net] : []))
    expect(sent.map((p) => [p.op, formatIp4(p.sip), formatIp4(p.tip)])).toEqual([[1, A, A]])
  })
})

describe('questions', () => {
  it('for group and loopback addresses are dropped', () => {
    const m = pair()
    ask(m, '224.0.0.5')
    ask(m, '127.0.0.1')
    expect(m.trace().drops.map((d) => d.fn)).toEqual(['arp_process', 'arp_process'])
  })

  it('with the MAC of another machine are not looked at', () => {
    const m = pair()
    arp_send(m.va, 1, ip4('10.0.0.2'), ip4(A), 0x02000000eeee, 0, 0)
    m.run(0.1)
    expect(heard(m)).toEqual([['ignored', "the frame is for another machine's MAC"]])
  })
})
