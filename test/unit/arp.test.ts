// netsim's own promise about ARP: the trace says why a question was answered or not, in words that name the setting. What is answered,
// and that the setting decides it, is Linux's: scenarios/arp-reasons; with which reason a packet is dropped: neigh_drops.test.ts.
import { Host } from 'netsim'
import { describe, expect, test } from 'vitest'
import type { Trace } from '../../src/trace/trace.ts'
import { recorded } from '../kernel/story.ts'

/** v0 (10.0.0.1) here asks b, which has v1 (10.0.0.2) and w1 (10.1.0.2). */
const SETUP = `ip netns add b
ip link add v0 type veth peer name v1 netns b; ip link add w0 type veth peer name w1 netns b
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up; ip link set w0 up
ip -n b addr add 10.0.0.2/24 dev v1; ip -n b addr add 10.1.0.2/24 dev w1
ip -n b link set v1 up; ip -n b link set w1 up; ip -n b link set lo up
ip netns exec b sysctl -qw net.ipv4.neigh.v1.proxy_delay=0`
const ARP_IGNORE = 'sysctl -qw net.ipv4.conf.v1.arp_ignore'
const FORWARDING = 'sysctl -qw net.ipv4.conf.v1.forwarding=1'
const PROXY = `${FORWARDING} net.ipv4.conf.v1.proxy_arp=1`

function ask(before: string, question: string): Trace {
  const host = new Host('node1')
  expect(host.sh(SETUP).output).toBe('')
  expect(host.netns('b').sh(before).output).toBe('')
  const stop = host.trace()
  host.sh(`arping -q -c 1 -w 1 -I v0 ${question}`)
  return stop()
}

/** What b thought of the question, and the replies it sent. */
function thoughts(trace: Trace): { reasons: readonly string[]; said: number; sent: number } {
  const there = trace.events.filter((e) => trace.printers.netns(e.netns) === 'b')
  const arp = there.flatMap((e) => (e.kind === 'arp' ? [e] : []))
  return {
    reasons: arp.map((e) => e.reason),
    said: arp.filter((e) => e.action === 'answered' || e.action === 'proxied').length,
    sent: there.filter((e) => e.kind === 'xmit' && e.pkt.net.kind === 'arp' && e.pkt.net.op === 2).length,
  }
}

const DUPLICATE = 'duplicate address detection'
const NOT_OURS = '10.1.0.9 is not an address of this machine'

/** How many answers Linux had. */
const linux = (name: string): number =>
  Number(/^Received (\d+) /m.exec(recorded('scenarios/arp-reasons', name))?.[1] ?? Number.NaN)

describe('the reason that a trace gives', () => {
  test.each<readonly [name: string, otherwise: string, before: string, question: string, reason: string]>([
    ['its own address', 'arp_ignore 8', '', '10.0.0.2', '10.0.0.2 is an address of this machine'],
    ['the address of another device', 'arp_ignore 1', '', '10.1.0.2', '10.1.0.2 is an address of this machine'],
    ['arp_ignore 1', 'the address of another device', `${ARP_IGNORE}=1`, '10.1.0.2', 'arp_ignore is 1 on v1'],
    ['arp_ignore 2', 'the address of another device', `${ARP_IGNORE}=2`, '10.1.0.2', 'arp_ignore is 2 on v1'],
    ['arp_ignore 8', 'its own address', `${ARP_IGNORE}=8`, '10.0.0.2', 'arp_ignore is 8 on v1'],
    ['a duplicate', 'no duplicate', '', '-D 10.0.0.2', `${DUPLICATE}: 10.0.0.2 is an address of this machine`],
    ['no duplicate', 'a duplicate', '', '-D 10.0.0.9', `${DUPLICATE}: 10.0.0.9 is not an address of this machine`],
    [
      'forwarding off',
      'a proxy',
      'sysctl -qw net.ipv4.conf.v1.proxy_arp=1',
      '10.1.0.9',
      `${NOT_OURS}, and forwarding is 0 on v1`,
    ],
    ['proxy_arp off', 'a proxy', FORWARDING, '10.1.0.9', `${NOT_OURS}, and proxy_arp is 0 on v1`],
    ['no route', 'no route, with one', PROXY, '192.0.2.1', 'there is no route to 192.0.2.1'],
    ['the same device', 'a proxy', PROXY, '10.0.0.9', 'the route to 10.0.0.9 leaves by the same device'],
    [
      'one medium',
      'a proxy',
      `${PROXY} net.ipv4.conf.v1.medium_id=-1`,
      '10.1.0.9',
      'medium_id -1 on v1 and 0 on w1 are one medium',
    ],
    ['a proxy', 'proxy_arp off', PROXY, '10.1.0.9', 'proxy_arp is 1 on v1 and the route to 10.1.0.9 leaves by w1'],
    [
      'a proxy entry',
      'proxy_arp off',
      `${FORWARDING}; ip neigh add proxy 10.1.0.9 dev v1`,
      '10.1.0.9',
      'a proxy entry for 10.1.0.9 exists and its route leaves by w1',
    ],
  ])('with %s, unlike with %s, names what decides', (name, otherwise, before, question, reason) => {
    const { reasons, said, sent } = thoughts(ask(before, question))
    expect(
      reasons.some((r) => r.startsWith(reason)),
      String(reasons),
    ).toBe(true)
    expect([said, sent]).toEqual([linux(name), linux(name)])
    expect(linux(otherwise)).toBe(1 - sent)
  })

  test('a question with the MAC of another machine is for that machine', () => {
    const host = new Host('node1')
    host.sh(`${SETUP}\nip neigh add 10.0.0.2 lladdr 02:00:00:00:00:99 nud stale dev v0`)
    const stop = host.trace()
    host.sh('ping -c 1 -W 1 10.0.0.2; sleep 9')
    const { reasons, sent } = thoughts(stop())
    expect(reasons).toContain("the frame is for another machine's MAC")
    expect(sent).toBe(0)
    const shown = host.sh('ip neigh show 10.0.0.2').output.trim()
    expect(recorded('scenarios/arp-reasons', 'the MAC of another machine').trim().split('\n').at(-1)?.trim()).toBe(
      shown,
    )
  })
})
