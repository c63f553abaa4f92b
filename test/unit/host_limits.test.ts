// Every limit: a clear LimitError that names it, never a hang, and a machine that can still be used (docs/limits.md).
import { readFileSync } from 'node:fs'
import { Host, LimitError, type LimitName, type Limits } from 'netsim'
import { describe, expect, test } from 'vitest'
import { DEFAULT_LIMITS } from '../../src/os/limits.ts'
import { pair } from './host_fixture.ts'

/** Small ones, so that each is reached at once. */
const SMALL: Limits = {
  steps: 30_000,
  events: 20_000,
  virtualTime: 3_600_000_000_000,
  processes: 300,
  output: 100_000,
  fileSize: 100_000,
}

/** Two routers a and b that send 9.0.0.0/8 to each other for ever, and c that asks a. */
const ROUTING_LOOP = `ip netns add a; ip netns add b; ip netns add c; ip link add z netns c type veth peer name w netns a
ip -n c addr add 10.1.0.2/24 dev z; ip -n c link set z up; ip -n a addr add 10.1.0.1/24 dev w; ip -n a link set w up
ip -n c route add default via 10.1.0.1; ip link add x netns a type veth peer name y netns b
for n in a b; do ip netns exec $n sysctl -qw net.ipv4.ip_forward=1; ip -n $n link set lo up; done
ip -n a addr add 10.0.0.1/24 dev x; ip -n b addr add 10.0.0.2/24 dev y; ip -n a link set x up; ip -n b link set y up
ip -n a route add 9.0.0.0/8 via 10.0.0.2; ip -n b route add default via 10.0.0.1`

function limitOf(act: () => unknown): LimitError {
  try {
    act()
  } catch (e) {
    if (e instanceof LimitError) return e
    throw e
  }
  throw new Error('no limit was reached')
}

const SCRIPTS: readonly (readonly [LimitName, string, string])[] = [
  ['steps', 'an endless loop', 'while true; do :; done'],
  ['steps', 'an endless loop of arithmetic', 'for ((;;)); do ((i++)); done'],
  ['steps', 'a command that is always retried', 'until false; do false; done'],
  ['virtualTime', 'a loop that sleeps', 'while sleep 1; do :; done'],
  ['virtualTime', 'an endless ping', 'ping -q 127.0.0.1'],
  ['virtualTime', 'a program that waits for a timer only', 'sleep 1000000'],
  ['events', 'an endless flood', 'ping -q -f 127.0.0.1'],
  ['processes', 'a fork bomb', ':(){ :|:& };: ; wait'],
  ['processes', 'background jobs without end', 'while :; do sleep 1000 & done'],
  ['output', 'endless output', 'while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done'],
  [
    'fileSize',
    'a file that grows',
    'while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa >> /tmp/f; done',
  ],
  ['depth', 'a function that calls itself', 'f() { f; }; f'],
  ['depth', 'subshells within subshells', 'f() { (f); }; f'],
  ['depth', 'a file that sources itself', 'echo ". /tmp/x" > /tmp/x; . /tmp/x'],
  ['blocked', 'a server that nobody will ever call', 'nc -l 80'],
]

describe('scripts', () => {
  test.each(SCRIPTS)('%s: %s', (limit, _, script) => {
    const host = new Host('node1', {
      limits: {
        ...SMALL,
        ...(limit === 'virtualTime' ? { events: 1e6 } : limit === 'depth' ? { processes: 5000 } : {}),
      },
    })
    const e = limitOf(() => host.sh(script))
    expect(e).toMatchObject({ name: 'LimitError', code: 'LIMIT', limit })
    expect(e.message.length).toBeGreaterThan(20)
    expect(host.sh('echo alive; ip -br link').stdout).toMatch(/^alive\nlo /)
    expect(host.exec('ps -e -o comm=').stdout.trim().split('\n').length, 'what the run left behind').toBeLessThan(10)
  })
})

describe('packets', () => {
  test('a routing loop ends with the TTL, and the trace shows it', () => {
    const host = new Host('node1')
    host.sh(ROUTING_LOOP)
    const t = host.netns('c').send({ udp: { dst: '9.9.9.9', dport: 1, ttl: 255 } })
    expect([t.verdict, t.drops[0]?.reason, t.drops[0]?.fn]).toEqual(['dropped', 'IP_INHDR', 'ip_forward'])
    expect(t.path.length).toBe(256)
  })

  test.each<readonly [string, (h: Host) => unknown]>([
    ['sh', (h) => h.sh('ip netns exec c ping -f -q -t 255 9.9.9.9')],
    ['send', (h) => h.netns('c').send({ udp: { dst: '9.9.9.9', dport: 1, ttl: 255 } })],
    ['ping', (h) => h.netns('c').ping('9.9.9.9', { ttl: 255 })],
    [
      'run',
      (h) => {
        h.netns('c').start('ping -q -t 255 9.9.9.9')
        h.run(60)
      },
    ],
  ])('a storm stops %s at the events limit; the machine goes on', (_, act) => {
    const host = new Host('node1', { limits: { events: 100 } })
    host.sh(ROUTING_LOOP)
    expect(limitOf(() => act(host))).toMatchObject({ limit: 'events', value: 100 })
    expect(host.netns('a').ping('10.0.0.2').received).toBe(1)
  })

  test('an endless ping is no reason for run to end early, a day of virtual time is', () => {
    const host = pair({ limits: { virtualTime: 60e9 } })
    host.start('ping 10.0.0.2 > /dev/null')
    host.run(59)
    expect(limitOf(() => host.run(61)).limit).toBe('virtualTime')
    host.run(5)
  })

  test('a trace is bounded, and says what it lost', () => {
    const host = pair()
    const stop = host.trace({ limit: 20 })
    host.root.ping('10.0.0.2', { count: 5 })
    const t = stop()
    expect(t.events.length).toBe(20)
    expect(t.lost).toBeGreaterThan(20)
    expect(String(t)).toContain(`trace incomplete: ${t.lost} later events were not kept (limit 20 events)`)
  })
})

test('docs/limits.md names every limit with its default', () => {
  const page = readFileSync(new URL('../../docs/limits.md', import.meta.url), 'utf8')
  for (const [name, value] of Object.entries(DEFAULT_LIMITS)) {
    expect(page).toContain(`| \`${name}\` |`)
    expect(page).toContain(`| ${value.toLocaleString('en-US')} |`)
  }
  for (const [limit] of SCRIPTS) expect(page).toContain(`\`${limit}\``)
})
