// netsim's own promises about time and copies: run, step, back, goTo; snapshot, restore and fork with servers and endless pings under way.
import { Host, NetsimError } from 'netsim'
import { describe, expect, test } from 'vitest'
import { dump, pair } from './host_fixture.ts'

/** A machine with servers and an endless ping under way, three and a half seconds in. */
function busy(): Host {
  const host = pair()
  const ns1 = host.netns('ns1')
  ns1.start('socat TCP4-LISTEN:7000,fork,reuseaddr exec:cat')
  ns1.start('nc -l -k 7001')
  ns1.start('python3 -m http.server 8000')
  host.start('ping 10.0.0.2 > /tmp/ping')
  host.run(3.5)
  return host
}

const TALK = `echo hello | nc -N -w 1 10.0.0.2 7000
echo hello | nc -N -w 1 10.0.0.2 7001; echo "nc $?"
curl -s -o /dev/null -w '%{http_code}\\n' http://10.0.0.2:8000/
wc -l < /tmp/ping; ss -tan; ip -s link; ip neigh`

function code(act: () => unknown): string {
  try {
    act()
  } catch (e) {
    return e instanceof NetsimError ? e.code : String(e)
  }
  return 'nothing thrown'
}

describe('copies of a busy machine', () => {
  test('a fork goes on like the original: its servers answer, its ping counts', () => {
    const host = busy()
    const copy = host.fork('what-if')
    expect(dump(copy)).toBe(dump(host))
    const talk = copy.sh(TALK)
    expect(busy().sh(TALK)).toEqual(talk)
    expect(host.sh(TALK)).toEqual(talk)
  })

  test('what happens in a fork does not happen in the original, nor the other way round', () => {
    const host = busy()
    const before = dump(host)
    const copy = host.fork()
    copy.netns('ns1').down('v1')
    copy.exec('ip netns del ns1')
    copy.run(100)
    expect(dump(host)).toBe(before)
    const other = host.fork()
    const there = dump(other)
    host.netns('ns1').down('v1')
    expect(dump(other)).toBe(there)
    expect(other.root.ping('10.0.0.2').received).toBe(1)
    expect(host.root.ping('10.0.0.2').received).toBe(0)
  })

  test('the fragments that a ping still has to send are copied with it', () => {
    const host = busy()
    const sent = (h: Host): number => Number(/TX:.*\n +\d+ +(\d+)/.exec(h.exec('ip -s link show v0').stdout)?.[1])
    const before = sent(host)
    host.start('ping -n -c 1 -s 6000 10.0.0.2')
    for (let i = 0; i < 12; i++) {
      const copy = host.fork()
      copy.run(0.4)
      expect(sent(copy) - before, `copied after ${i} steps`).toBe(5)
      host.step()
    }
  })

  test('restore after anything equals the snapshot, as often as one likes', () => {
    const host = busy()
    const s = host.snapshot()
    const [then, talk] = [dump(host), host.sh(TALK)]
    for (const act of [
      'ip netns del ns1',
      'ip link set v0 down; ip route flush table all; sysctl -qw net.ipv4.ip_forward=1; kill -9 1008',
      'sleep 4000',
    ]) {
      host.sh(act)
      host.restore(s)
      expect(dump(host)).toBe(then)
    }
    expect(host.sh(TALK)).toEqual(talk)
  })

  test('a snapshot can be restored into another machine', () => {
    const [one, two] = [busy(), new Host('other')]
    two.restore(one.snapshot())
    expect(two.sh(TALK)).toEqual(one.sh(TALK))
  })

  test('a running script is refused by name, from a listener as well as after goTo', () => {
    const host = pair()
    const codes = new Set<string>()
    const stop = host.onEvent(() => codes.add(code(() => host.snapshot())).add(code(() => host.fork())))
    host.sh('ping -c 1 10.0.0.2; echo done')
    stop()
    expect([...codes]).toEqual(['RUNNING_SCRIPT'])
    const before = host.position
    host.sh('ping -c 3 10.0.0.2; echo done')
    host.goTo(before + 5)
    expect(() => host.snapshot()).toThrow(/a running script cannot be copied: \d+ bash -c ping -c 3 10.0.0.2/)
  })

  test('a listener can look, but neither change nor copy the machine', () => {
    const host = pair()
    const codes = new Set<string>()
    let seen = 0
    const stop = host.onEvent(() => {
      seen++
      for (const act of [
        () => host.snapshot(),
        () => host.exec('ip link'),
        () => host.run(1),
        () => host.back(),
        () => host.root.up('v0'),
      ])
        codes.add(code(act))
    })
    expect(host.root.ping('10.0.0.2').received).toBe(1)
    stop()
    expect(seen).toBeGreaterThan(10)
    expect([...codes]).toEqual(['LISTENING'])
    expect(host.root.ping('10.0.0.2').received).toBe(1)
  })
})

describe('time', () => {
  test('run lets virtual time pass and nothing else', () => {
    const host = new Host('node1')
    host.run(2.5)
    expect(host.now).toBe(2_500_000_000)
  })

  test('step is one event; back undoes it', () => {
    const host = busy()
    const states = [dump(host)]
    const positions = [host.position]
    for (let i = 0; i < 12; i++) {
      expect(host.step()).toBe(true)
      positions.push(host.position)
      states.push(dump(host))
    }
    for (let i = 11; i >= 0; i--) {
      host.goTo(positions[i]!)
      expect(host.position).toBe(positions[i]!)
      expect(dump(host)).toBe(states[i]!)
    }
    host.back(0)
    expect(dump(host)).toBe(states[0]!)
  })

  test('step is false when nothing is left to happen', () => {
    const host = new Host('node1')
    let n = 0
    while (host.step()) expect(++n).toBeLessThan(100)
    expect(host.step()).toBe(false)
  })

  test('goTo stands still in the middle of a script, and going on gives the same end', () => {
    const host = pair()
    const before = host.position
    host.sh(
      'for i in 1 2 3; do ping -c 1 -W 1 10.0.0.2; done; ip link add zz type dummy; ping -c 1 10.0.0.99; ip link set zz up',
    )
    const [after, now] = [host.position, host.now]
    host.run(60)
    const end = dump(host)
    for (const p of [after - 1, Math.floor((before + after) / 2), before + 1]) {
      host.goTo(p)
      expect(host.position).toBe(p)
      expect(host.exec('ip -br link show up').stdout).not.toContain('zz')
      host.goTo(p)
      host.run((now + 60e9 - host.now) / 1e9)
      expect(dump(host)).toBe(end)
    }
  })

  test('the past after a stop inside a script is remembered as it was', () => {
    const host = pair()
    const before = host.position
    host.sh('ping -c 3 10.0.0.2 >/dev/null; ip link add late type dummy')
    host.goTo(before + 6)
    host.root.addLink({ kind: 'dummy', name: 'early' })
    const [position, here] = [host.position, host.root.links().map((l) => l.link.name)]
    expect(here).toEqual(['lo', 'v0', 'early'])
    host.run(60)
    expect(host.root.links().map((l) => l.link.name)).toEqual(['lo', 'v0', 'early', 'late'])
    host.goTo(position)
    expect(host.root.links().map((l) => l.link.name)).toEqual(here)
    host.run(60)
    expect(host.root.links().map((l) => l.link.name)).toEqual(['lo', 'v0', 'early', 'late'])
  })

  test('goTo reaches the inside of a send and of a ping', () => {
    const host = pair()
    const before = host.position
    const whole = host.netns('ns1').send({ udp: { dst: '10.0.0.1', dport: 9 } }).events.length
    const after = host.position
    expect(whole).toBeGreaterThan(10)
    for (let p = after; p >= before; p--) {
      host.goTo(p)
      expect(host.position).toBe(p)
    }
  })
})

describe('listening', () => {
  test('onEvent hears every event as it happens and keeps none', () => {
    const host = pair()
    const kinds: string[] = []
    const stop = host.onEvent((e) => kinds.push(e.kind))
    const r = host.root.ping('10.0.0.2')
    stop()
    host.root.ping('10.0.0.2')
    expect(kinds).toEqual(r.trace.events.map((e) => e.kind))
  })

  test('traces nest: the outer one holds what the inner one heard', () => {
    const host = pair()
    const stop = host.trace()
    const inner = host.root.ping('10.0.0.2').trace.events
    expect(stop().events).toEqual(inner)
  })

  test('a full recorder says so: the oldest or the newest events are kept', () => {
    const host = pair()
    host.root.ping('10.0.0.2')
    const record = (drop: 'newest' | 'oldest'): ReturnType<ReturnType<Host['trace']>> => {
      const stop = host.trace({ limit: 5, drop })
      host.root.ping('10.0.0.2')
      return stop()
    }
    const [first, last] = [record('newest'), record('oldest')]
    expect(first).toMatchObject({ truncated: true, limit: 5, keep: 'first' })
    expect(first.lost).toBe(last.lost)
    expect(first.events.map((e) => e.kind)[0]).toBe('origin')
    expect(last.events.at(-1)?.kind).toBe('deliver')
    expect(String(first)).toContain(`${first.lost}`)
  })

  test('names are those of the time of the event', () => {
    const host = pair()
    const trace = host.netns('ns1').ping('10.0.0.1').trace
    host.exec('ip netns del ns1')
    expect(String(trace)).toContain('v1 ~> node1 v0')
  })
})
