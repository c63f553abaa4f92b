// Packets that wait for an address in vain, and ARP packets that nobody heeds: what the tracepoint skb:kfree_skb says about them is
// asked of a real kernel (neigh_drops_record.ts) and of netsim's trace (test/unit/neigh_drops.test.ts).
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface DropCase {
  readonly name: string
  /** Run after the set-up, before anybody listens. */
  readonly before?: string
  /** Packets are dropped during this. */
  readonly script: string
}

/** v0 (10.0.0.1) here, v1 (10.0.0.2) in the namespace b; a third device w1 (10.1.0.2) in b. */
export const SETUP = `${readFileSync(join(import.meta.dirname, 'scenarios/lib/neighbours.sh'), 'utf8')}
ip link set lo up
ip link add w1 netns b type veth peer name w0
ip -n b addr add 10.1.0.2/24 dev w1; ip -n b link set w1 up; ip link set w0 up
sleep 0.5`

const ask = (target: string, more = ''): string => `arping -q -c 1 -w 1 ${more} -I v0 ${target} >/dev/null`

export const DROP_CASES: readonly DropCase[] = [
  { name: 'nobody answers', script: 'ping -q -c 1 -W 5 10.0.0.77 >/dev/null' },
  {
    name: 'no question is allowed',
    before: 'sysctl -qw net.ipv4.neigh.v0.mcast_solicit=0',
    script: 'ping -q -c 1 -W 1 10.0.0.77 >/dev/null',
  },
  {
    name: 'more packets than the queue holds',
    before: 'sysctl -qw net.ipv4.neigh.v0.unres_qlen_bytes=5000; sysctl -qw net.ipv4.neigh.v0.retrans_time_ms=3000',
    script: 'ping -q -c 4 -i 0.01 -W 1 -s 1400 10.0.0.77 >/dev/null',
  },
  {
    name: 'the entry is deleted',
    script: 'ping -q -c 1 -W 1 10.0.0.77 >/dev/null & sleep 0.5; ip neigh del 10.0.0.77 dev v0; wait',
  },
  {
    name: 'the device goes down',
    script: 'ping -q -c 1 -W 1 10.0.0.77 >/dev/null & sleep 0.5; ip link set v0 down; wait',
  },
  {
    name: 'the table is full',
    before:
      'for i in {0..1099}; do echo "neigh add 10.9.$((i / 250)).$((i % 250)) lladdr 02:00:00:00:00:01 nud stale dev v0"; done >/tmp/fill',
    script: 'ip -force -batch /tmp/fill >/dev/null 2>&1; ping -q -c 1 -W 1 10.0.0.77 >/dev/null; ip neigh flush dev v0',
  },
  { name: 'a question for a group', script: ask('224.0.0.5') },
  { name: 'a question for a loopback address', script: ask('127.0.0.1') },
  { name: 'a question for somebody else', script: ask('10.0.0.9') },
  {
    name: 'an announcement, with drop_gratuitous_arp',
    before: 'ip netns exec b sysctl -qw net.ipv4.conf.v1.arp_accept=1 net.ipv4.conf.v1.drop_gratuitous_arp=1',
    script: ask('10.0.0.1', '-U'),
  },
  {
    name: 'more questions than the queue of proxies holds',
    before: `ip netns exec b sysctl -qw net.ipv4.conf.v1.forwarding=1 net.ipv4.conf.v1.proxy_arp=1
ip netns exec b sysctl -qw net.ipv4.neigh.v1.proxy_qlen=0 net.ipv4.neigh.v1.proxy_delay=1000`,
    script: `${ask('10.1.0.11')} & ${ask('10.1.0.12')} & ${ask('10.1.0.13')} & wait`,
  },
]

/** A dropped packet as the tracepoint names it. */
export interface Drop {
  readonly fn: string
  readonly reason: string
}

export interface NeighDrops {
  readonly kernel: string
  readonly script: string
  readonly answers: Readonly<Record<string, readonly Drop[]>>
}

export const RECORDING = join(import.meta.dirname, 'recordings/neigh_drops.json')

/** Of everything that was asked. */
export function digest(): string {
  const text = JSON.stringify([SETUP, DROP_CASES])
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
