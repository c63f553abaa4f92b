// How a trace reads: wording, hops and verdicts are netsim's own promise; the events are made by hand, after what Linux did.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ip4 } from '../../src/lib/ip4.ts'
import type { Trace } from '../../src/trace/trace.ts'
import { recorded, recordedSections } from '../kernel/story.ts'
import { echo, GW, HOST, NS1, Script } from './trace_fixture.ts'
import { answerLost, noRoute, silentGateway, success } from './trace_outcomes.ts'

/** "function reason" of every drop that one of these recordings holds. */
function dropsOfLinux(...files: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>()
  const collect = (x: unknown): void => {
    if (typeof x !== 'object' || x === null) return
    const { fn, reason } = x as { readonly fn?: unknown; readonly reason?: unknown }
    if (typeof fn === 'string') found.add(`${fn} ${reason}`)
    Object.values(x).forEach(collect)
  }
  for (const f of files)
    collect(JSON.parse(readFileSync(new URL(`../kernel/recordings/${f}.json`, import.meta.url), 'utf8')))
  return found
}

describe('the events made by hand', () => {
  const linux = dropsOfLinux('drops', 'neigh_drops', 'drop_reasons')
  const count = (t: Trace, action: string): number =>
    t.events.filter((e) => e.kind === 'arp' && e.action === action).length

  it.each([
    ['a silent gateway', silentGateway],
    ['a lost answer', answerLost],
    ['late fragments', () => lateFragment(sentInTwo())],
  ] as const)('of %s drop where Linux drops, for its reason', (_name, make) => {
    const drops = make().trace().drops
    expect(drops.length).toBeGreaterThan(0)
    for (const d of drops) expect(linux).toContain(`${d.fn} ${d.reason}`)
  })

  it('ask as often as Linux asked, and give up when it did', () => {
    const [, asked] = /^who-has (\d+) /m.exec(recorded('scenarios/story-way', 'a gateway that nobody has'))!
    const t = silentGateway().trace()
    expect(count(t, 'solicited')).toBe(Number(asked))
    expect(count(t, 'ignored')).toBe(Number(asked))
    const states = recordedSections('scenarios/example-time-travel').map(
      ([at, text]) => [Number.parseInt(at, 10), text] as const,
    )
    const failed = states.findIndex(([, text]) => text.includes('FAILED'))
    const end = t.events.find((e) => e.kind === 'neigh' && e.action === 'failed')!.time / 1e6
    expect(end).toBeGreaterThan(states[failed - 1]![0])
    expect(end).toBeLessThan(states[failed]![0])
  })

  it('answer as a proxy within the delay that Linux allows', () => {
    expect(count(success().trace(), 'proxied')).toBe(1)
    const [most] = recorded('scenarios/story-pod-to-host', 'proxy_arp').split('\n').map(Number)
    const at = (action: string): number =>
      success().events.find((e) => e.kind === 'arp' && e.action === action)!.time / 1e6
    expect(at('proxied') - at('proxy-delayed')).toBeLessThan(most! * 10)
  })

  it('are refused with the errno that Linux had', () => {
    const { events } = noRoute()
    const linuxErrno = /^(E[A-Z]+) /m.exec(recorded('scenarios/request-errnos', 'ip route get 9.9.9.9'))![1]
    expect(events.map((e) => (e.kind === 'error' ? e.errno : e.kind))).toEqual([linuxErrno])
  })
})

describe('the four outcomes of a first ping', () => {
  it('no route: nothing was sent, and the text says so', () => {
    const t = noRoute().trace()
    expect(t.verdict).toBe('refused')
    expect(String(t)).toMatchInlineSnapshot(`
      "packet to 192.168.6.160 from ns1                                     NOT SENT: ENETUNREACH
       1 ns1    error      192.168.6.160: Network is unreachable (ENETUNREACH)
                           no table that the rules lead to has a route there: no packet was made
      "
    `)
    expect(t.text({ form: 'short' })).toMatchInlineSnapshot(`
      "packet to 192.168.6.160 from ns1                                     NOT SENT: ENETUNREACH
       1 ns1    192.168.6.160: Network is unreachable (ENETUNREACH)
      "
    `)
  })

  it('a gateway that does not answer: the packet waits, three questions, why nobody answers, host unreachable', () => {
    const t = silentGateway().trace()
    expect(t.verdict).toBe('dropped')
    expect(t.drops[0]?.reason).toBe('NEIGH_FAILED')
    expect(String(t)).toMatchInlineSnapshot(`
      "ping 192.168.6.160 from ns1                                          DROPPED in ns1: NEIGH_FAILED
       1 ns1    output     icmp 172.20.1.10 > 192.168.6.160 echo request id 1 seq 1 ttl 64
                route      192.168.6.160 -> default via 169.254.10.24 dev eth0           table main, rule 32766
                neighbour  169.254.10.24 dev eth0 has no MAC address yet: it waits       NONE -> INCOMPLETE
       2 ns1    arp ask    who has 169.254.10.24? tell 172.20.1.10                       because of hop 1
                arp        broadcast probe 1 of 3
                xmit       eth0 ~> host veth1
       3 host   receive    veth1  arp who has 169.254.10.24? tell 172.20.1.10
                arp        no answer: 169.254.10.24 is not an address of this machine, and forwarding is 0 on veth1
       4 ns1    arp ask    who has 169.254.10.24? tell 172.20.1.10                       because of hop 1
                arp        broadcast probe 2 of 3
                xmit       eth0 ~> host veth1
       5 host   receive    veth1  arp who has 169.254.10.24? tell 172.20.1.10
                arp        no answer: 169.254.10.24 is not an address of this machine, and forwarding is 0 on veth1
       6 ns1    arp ask    who has 169.254.10.24? tell 172.20.1.10                       because of hop 1
                arp        broadcast probe 3 of 3
                xmit       eth0 ~> host veth1
       7 host   receive    veth1  arp who has 169.254.10.24? tell 172.20.1.10
                arp        no answer: 169.254.10.24 is not an address of this machine, and forwarding is 0 on veth1
       8 ns1    neighbour  169.254.10.24 dev eth0: nobody answered, given up             INCOMPLETE -> FAILED, after 3000 ms
                DROP       neigh_invalidate: NEIGH_FAILED
                           169.254.10.24 did not answer ARP
       9 ns1    report     icmp 172.20.1.10 > 172.20.1.10 host unreachable ttl 64        about hop 8
                xmit       lo, back into ns1
      10 ns1    receive    lo
                deliver    to ping (ping socket)
      "
    `)
    expect(t.text({ form: 'short' })).toMatchInlineSnapshot(`
      "ping 192.168.6.160 from ns1                                          DROPPED in ns1: NEIGH_FAILED
       1 ns1    icmp 172.20.1.10 > 192.168.6.160 echo request id 1 seq 1 ttl 64, via 169.254.10.24, waits for the MAC address of 169.254.10.24
       2 ns1    arp who has 169.254.10.24? tell 172.20.1.10, out eth0 ~> host veth1 (because of hop 1)
       3 host   veth1: arp who has 169.254.10.24? tell 172.20.1.10, no answer: 169.254.10.24 is not an address of this machine, and forwarding is 0 on veth1
       4 ns1    arp who has 169.254.10.24? tell 172.20.1.10, out eth0 ~> host veth1 (because of hop 1)
       5 host   veth1: arp who has 169.254.10.24? tell 172.20.1.10, no answer: 169.254.10.24 is not an address of this machine, and forwarding is 0 on veth1
       6 ns1    arp who has 169.254.10.24? tell 172.20.1.10, out eth0 ~> host veth1 (because of hop 1)
       7 host   veth1: arp who has 169.254.10.24? tell 172.20.1.10, no answer: 169.254.10.24 is not an address of this machine, and forwarding is 0 on veth1
       8 ns1    169.254.10.24 did not answer, DROP neigh_invalidate: NEIGH_FAILED: 169.254.10.24 did not answer ARP
       9 ns1    icmp 172.20.1.10 > 172.20.1.10 host unreachable ttl 64, out lo, back into ns1 (about hop 8)
      10 ns1    lo, to ping (ping socket)
      "
    `)
  })

  it('an answer that finds no way back: the request arrived, the answer was dropped elsewhere', () => {
    const t = answerLost().trace()
    expect(t.verdict).toBe('dropped')
    expect(t.drops.map((d) => [d.netns, d.reason])).toEqual([[GW, 'IP_INNOROUTES']])
    expect(String(t)).toMatchInlineSnapshot(`
      "ping 192.168.6.160 from ns1                                          ANSWER DROPPED in gw: IP_INNOROUTES
       1 ns1    output     icmp 172.20.1.10 > 192.168.6.160 echo request id 1 seq 1 ttl 64
                route      192.168.6.160 -> default via 169.254.10.24 dev eth0           table main, rule 32766
                neighbour  169.254.10.24 dev eth0 -> 02:00:00:00:00:02 REACHABLE
                xmit       eth0 ~> host veth1
       2 host   receive    veth1
                route      192.168.6.160 is an address of this machine                   table local, rule 0
                deliver    to the kernel (icmp)
       3 host   answer     icmp 192.168.6.160 > 172.20.1.10 echo reply id 1 seq 1 ttl 64  answers hop 2
                route      172.20.1.10 -> default via 192.168.6.1 dev ens3               table main, rule 32766
                xmit       ens3 ~> gw eth0
       4 gw     receive    eth0
                DROP       ip_error: IP_INNOROUTES
                           no table that the rules lead to has a route
      "
    `)
    expect(t.text({ form: 'short' })).toMatchInlineSnapshot(`
      "ping 192.168.6.160 from ns1                                          ANSWER DROPPED in gw: IP_INNOROUTES
       1 ns1    icmp 172.20.1.10 > 192.168.6.160 echo request id 1 seq 1 ttl 64, via 169.254.10.24, out eth0 ~> host veth1
       2 host   veth1, to the kernel (icmp)
       3 host   icmp 192.168.6.160 > 172.20.1.10 echo reply id 1 seq 1 ttl 64, via 192.168.6.1, out ens3 ~> gw eth0 (answers hop 2)
       4 gw     eth0, DROP ip_error: IP_INNOROUTES: no table that the rules lead to has a route
      "
    `)
  })

  it('success: who answered for whom, how long it took, and the way back', () => {
    const t = success().trace()
    expect(t.verdict).toBe('answered')
    expect(t.drops).toEqual([])
    expect(t.path).toEqual([
      { netns: 'ns1', device: '' },
      { netns: 'host', device: 'veth1' },
    ])
    expect(String(t)).toMatchInlineSnapshot(`
      "ping 192.168.6.160 from ns1                                          ANSWERED
       1 ns1    output     icmp 172.20.1.10 > 192.168.6.160 echo request id 1 seq 1 ttl 64
                route      192.168.6.160 -> default via 169.254.10.24 dev eth0           table main, rule 32766
                neighbour  169.254.10.24 dev eth0 has no MAC address yet: it waits       NONE -> INCOMPLETE
       2 ns1    arp ask    who has 169.254.10.24? tell 172.20.1.10                       because of hop 1
                xmit       eth0 ~> host veth1
       3 host   receive    veth1  arp who has 169.254.10.24? tell 172.20.1.10
                arp        will answer in its place: proxy_arp is 1 on veth1 and the route to 169.254.10.24 leaves by ens3; the answer waits 300 ms
       4 host   arp        answers in its place                                          after 300 ms
       5 host   arp reply  169.254.10.24 is at 02:00:00:00:00:02                         answers hop 4
                xmit       veth1 ~> ns1 eth0
       6 ns1    receive    eth0  arp reply: 169.254.10.24 is at 02:00:00:00:00:02
                arp        learned: reply about 169.254.10.24
       7 ns1    neighbour  169.254.10.24 dev eth0 -> 02:00:00:00:00:02 REACHABLE         after 300 ms
                xmit       eth0 ~> host veth1
       8 host   receive    veth1
                route      192.168.6.160 is an address of this machine                   table local, rule 0
                deliver    to the kernel (icmp)
       9 host   answer     icmp 192.168.6.160 > 172.20.1.10 echo reply id 1 seq 1 ttl 64  answers hop 8
                route      172.20.1.10 -> dev veth1 scope link                           table main, rule 32766
                xmit       veth1 ~> ns1 eth0
      10 ns1    receive    eth0
                route      172.20.1.10 is an address of this machine                     table local, rule 0
                deliver    to ping (ping socket)
      "
    `)
    expect(t.text({ form: 'short' })).toMatchInlineSnapshot(`
      "ping 192.168.6.160 from ns1                                          ANSWERED
       1 ns1    icmp 172.20.1.10 > 192.168.6.160 echo request id 1 seq 1 ttl 64, via 169.254.10.24, waits for the MAC address of 169.254.10.24
       2 ns1    arp who has 169.254.10.24? tell 172.20.1.10, out eth0 ~> host veth1 (because of hop 1)
       3 host   veth1: arp who has 169.254.10.24? tell 172.20.1.10, will answer in its place: proxy_arp is 1 on veth1 and the route to 169.254.10.24 leaves by ens3; the answer waits 300 ms
       4 host   answers in its place: proxy_arp is 1 on veth1 and the route to 169.254.10.24 leaves by ens3
       5 host   arp reply: 169.254.10.24 is at 02:00:00:00:00:02, out veth1 ~> ns1 eth0 (answers hop 4)
       6 ns1    eth0: arp reply: 169.254.10.24 is at 02:00:00:00:00:02, learned: reply about 169.254.10.24
       7 ns1    out eth0 ~> host veth1
       8 host   veth1, to the kernel (icmp)
       9 host   icmp 192.168.6.160 > 172.20.1.10 echo reply id 1 seq 1 ttl 64, out veth1 ~> ns1 eth0 (answers hop 8)
      10 ns1    eth0, to ping (ping socket)
      "
    `)
    expect(t.text({ form: 'verbose' })).toContain('ethernet 02:00:00:00:00:01 > 02:00:00:00:00:02 type 0x0800')
  })
})

describe('a request whose answer could not be made', () => {
  it('is shown as not answered, with the errno', () => {
    const s = success()
    const at = s.events.findIndex((e) => e.kind === 'deliver')
    s.events.splice(at + 1)
    s.add('error', [301_000_000, 1, HOST, 0, 'icmp_reply'], { errno: 'ENETUNREACH', dst: ip4('172.20.1.10') })
    const t = s.trace()
    expect(t.verdict).toBe('refused')
    expect(String(t)).toContain('NOT ANSWERED by host: ENETUNREACH')
    expect(String(t)).toContain('no answer is sent')
  })
})

describe('journeys', () => {
  it('link replies, reports and ARP questions to what caused them', () => {
    const [root, ask, told, answer] = success().trace().journeys
    expect(root?.children).toEqual([ask, answer])
    expect(ask?.children).toEqual([told])
    expect(answer?.why).toBe('echo-reply')
    expect(root?.verdict).toBe('answered')
    expect(ask?.verdict).toBe('answered')
  })

  it('start a new hop where a packet goes on after waiting', () => {
    const root = success().trace().journeys[0]!
    expect(root.hops.map((h) => [h.netns, h.resumed])).toEqual([
      [NS1, false],
      [NS1, true],
      [HOST, false],
    ])
  })

  it('can be followed one at a time', () => {
    const t = success().trace().follow(2)
    expect(t.journeys.map((j) => j.packet)).toEqual([2, 3])
  })

  it('are empty and silent for an empty trace', () => {
    const t = new Script().trace()
    expect(String(t)).toBe('')
    expect(t.path).toEqual([])
    expect(t.subject).toBeNull()
  })
})

const whole = echo('172.20.1.10', '192.168.6.160', 8)

function sentInTwo(): Script {
  const split = { action: 'split', mtu: 1500, fragments: 2 } as const
  const s = new Script().add('origin', [0, 1, NS1, 2, '__ip_local_out'], { pkt: whole, cause: 0, why: 'socket' })
  s.add('fragment', [0, 1, NS1, 2, 'ip_do_fragment'], split)
  for (const id of [2, 3]) {
    s.add('origin', [0, id, NS1, 2, 'ip_do_fragment'], { pkt: whole, cause: 1, why: 'fragment' })
    s.xmit(0, id, NS1, 2, whole, [HOST, 3]).receive(5000, id, HOST, 3, whole)
    s.add('fragment', [5000, id, HOST, 3, 'ip_frag_queue'], { action: 'queued', mtu: 0, fragments: 1 })
  }
  return s
}

function lateFragment(s: Script): Script {
  return s.add('drop', [30e9, 2, HOST, 3, 'ip_expire'], { reason: 'FRAG_REASM_TIMEOUT', pkt: whole, detail: null })
}

describe('fragments', () => {
  it('are judged by the whole that they make', () => {
    const s = sentInTwo().add('origin', [5000, 4, HOST, 3, 'ip_frag_reasm'], {
      pkt: whole,
      cause: 2,
      why: 'reassembled',
    })
    s.add('deliver', [5000, 4, HOST, 3, 'udp_rcv'], { protocol: 'udp', pkt: whole, socket: 5, owner: 'nc' })
    expect(s.trace().verdict).toBe('delivered')
    expect(String(s.trace())).toContain('DELIVERED in host')
  })

  it('are judged by the one that was dropped', () => {
    const s = lateFragment(sentInTwo())
    expect(s.trace().verdict).toBe('dropped')
    expect(String(s.trace())).toContain('DROPPED in host: FRAG_REASM_TIMEOUT')
  })
})
