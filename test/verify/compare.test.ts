// verify must not say "identical" wrongly: every kind of change in one of two runs is found, and what may differ is not.
import { describe, expect, test } from 'vitest'
import { compare, differences, keyOf } from '../../src/cli/verify/compare.ts'
import type { Capture, Difference, Observation } from '../../src/cli/verify/types.ts'
import { observe, PAIR, withStep, withTable } from './run.ts'

const SCRIPT = `${PAIR}ip netns exec a ping -c 1 10.0.0.2
echo hi | ip netns exec a nc -u -w1 -p 41000 10.0.0.2 9
ip netns exec b sysctl -w net.ipv4.conf.e0.rp_filter=1
ip -n b neigh
`
const PING = 8
const LAST = 11
const linux = observe(SCRIPT, 'Linux')
const netsim = observe(SCRIPT)
const end = linux.steps[linux.steps.length - 1]!.number

function found(changed: Observation): Difference | null {
  const d = compare(linux, changed, SCRIPT)
  expect(compare(changed, linux, SCRIPT)?.step).toBe(d?.step)
  return d
}

test('a run agrees with itself, and with another seed: MACs, ids and ports may differ', () => {
  expect(differences(linux, netsim, SCRIPT)).toEqual([])
  expect(differences(linux, observe(SCRIPT, 'netsim', 77), SCRIPT)).toEqual([])
})

test('it has something to agree on', () => {
  expect(linux.steps.length).toBe(12)
  expect(linux.failure).toBeNull()
  expect(linux.captures.get('a 2')?.frames.length).toBeGreaterThan(4)
  for (const t of ['link', 'addr', 'route', 'neigh', 'iptables', 'conntrack'] as const)
    expect(linux.steps[PING - 1]?.netns?.get('b')?.get(t)).toMatch(/\S/)
})

describe('a difference is found, in the step after which it shows:', () => {
  const table = (
    name: Parameters<typeof withTable>[3],
    step: number,
    from: string | RegExp,
    to: string,
    netns = 'b',
  ): Difference | null => found(withTable(netsim, step, netns, name, (t) => t.replace(from, to)))

  test('a word that was printed', () => {
    const d = found(withStep(netsim, PING, (s) => ({ output: s.output.replace('1 received', '0 received') })))
    expect(d).toMatchObject({ kind: 'output', step: PING })
  })

  test('a missing last line', () => {
    const d = found(withStep(netsim, PING, (s) => ({ output: s.output.replace(/[^\n]*\n$/, '') })))
    expect(d).toMatchObject({ kind: 'output', step: PING })
  })

  test('an exit code', () => {
    expect(found(withStep(netsim, PING, () => ({ status: 1 })))).toMatchObject({ kind: 'status', step: PING })
  })

  test('a script that ends early', () => {
    const d = found({ ...netsim, steps: netsim.steps.slice(0, PING) })
    expect(d).toMatchObject({ kind: 'end', step: PING + 1 })
  })

  test('a flipped sysctl', () => {
    const d = table('sysctl', end, '/e0/rp_filter:1', '/e0/rp_filter:0')
    expect(d).toMatchObject({ kind: 'table', table: 'sysctl', netns: 'b', step: end })
  })

  test('a device without its sysctls', () => {
    expect(table('sysctl', end, /.*\/conf\/e0\/rp_filter.*\n/, '')).toMatchObject({ table: 'sysctl', step: end })
  })

  test('a packet more in a rule’s counter', () => {
    expect(table('iptables', PING, '[1:84] -A INPUT', '[2:84] -A INPUT')).toMatchObject({
      table: 'iptables',
      step: PING,
    })
  })

  test('a byte more in a device’s counter', () => {
    const d = table('link', PING, /140( +2 .*\n)(?![\s\S]*140)/, '141$1')
    expect(d).toMatchObject({ table: 'link', step: PING })
  })

  test('a device that is not up', () => {
    expect(table('link', PING, '<BROADCAST,MULTICAST,UP,LOWER_UP>', '<BROADCAST,MULTICAST>')).toMatchObject({
      table: 'link',
    })
  })

  test('an address, a route, a rule', () => {
    expect(table('addr', PING, '10.0.0.2/24', '10.0.0.2/25')).toMatchObject({ table: 'addr', step: PING })
    expect(table('route', PING, /.*scope link.*\n/, '')).toMatchObject({ table: 'route', step: PING })
    expect(table('rule', end, '32766', '32765')).toMatchObject({ table: 'rule', step: end })
  })

  test('routes in another order', () => {
    const d = table('route', PING, /(.*\n)(.*\n)/, '$2$1')
    expect(d).toMatchObject({ table: 'route', step: PING })
  })

  test('a neighbour with the MAC of another device, and one in another state', () => {
    const own = /link\/ether (\S+)/.exec(netsim.steps[PING - 1]!.netns!.get('b')!.get('link')!)![1]!
    expect(table('neigh', PING, /lladdr \S+/, `lladdr ${own}`)).toMatchObject({ table: 'neigh', step: PING })
    expect(table('neigh', PING, 'REACHABLE', 'STALE', 'a')).toMatchObject({ table: 'neigh', step: PING })
  })

  test('a connection less, another mark, a timeout far off', () => {
    expect(table('conntrack', PING, /.*\n/, '')).toMatchObject({ table: 'conntrack', step: PING })
    expect(table('conntrack', PING, 'mark=0', 'mark=1')).toMatchObject({ table: 'conntrack', step: PING })
    expect(table('conntrack', PING, /(icmp +1) \d+ /, '$1 25 ')).toMatchObject({ table: 'conntrack', step: PING })
  })

  test('a namespace more', () => {
    const d = found(withStep(netsim, LAST, (s) => ({ netns: new Map([...s.netns!, ['c', new Map()]]) })))
    expect(d).toMatchObject({ kind: 'namespaces', step: LAST })
  })
})

describe('captures', () => {
  const KEY = 'a 2'
  const frames = (change: (f: Capture['frames']) => Capture['frames']): Difference | null => {
    const c = netsim.captures.get(KEY)!
    return found({ ...netsim, captures: new Map([...netsim.captures, [KEY, { ...c, frames: change(c.frames) }]]) })
  }
  const byte = (at: number, value: number) => (f: Capture['frames']) =>
    f.map((x) => {
      if (x.protocol !== 0x800 || x.bytes[9] !== 17) return x
      const bytes = x.bytes.slice()
      bytes[at] = value
      return { ...x, bytes }
    })

  test('a missing packet is found, wherever it is', () => {
    const n = netsim.captures.get(KEY)!.frames.length
    for (let i = 0; i < n; i++)
      expect(frames((f) => f.filter((_, j) => j !== i))).toMatchObject({ kind: 'capture', device: 'e0', netns: 'a' })
  })

  test('a packet twice, in the other direction, a device that saw nothing', () => {
    expect(frames((f) => [...f, f[f.length - 1]!])).toMatchObject({ kind: 'capture' })
    expect(frames((f) => f.map((x, i) => (i === 0 ? { ...x, outgoing: !x.outgoing } : x)))).toMatchObject({
      kind: 'capture',
    })
    const without = new Map([...netsim.captures].filter(([k]) => k !== KEY))
    expect(found({ ...netsim, captures: without })).toMatchObject({ kind: 'capture', device: 'e0' })
  })

  test('a TTL, a TOS, an address, a port, a byte of the payload', () => {
    for (const change of [byte(8, 63), byte(1, 4), byte(15, 9), byte(23, 10), byte(28, 0x48)])
      expect(frames(change)).toMatchObject({ kind: 'capture' })
  })

  test('a checksum that was left to the device may differ', () => {
    expect(frames(byte(26, 7))).toBeNull()
  })

  test('no capture is compared where one side has none, and that is known', () => {
    const missing = new Map([...linux.missing, ['captures of a', 'why']])
    const without = new Map([...linux.captures].filter(([k]) => k !== KEY))
    expect(compare({ ...linux, missing, captures: without }, netsim, SCRIPT)).toBeNull()
  })
})

test('a difference keeps its key from run to run, also when its text is another', () => {
  const changed = (to: string): Difference =>
    compare(
      linux,
      withStep(netsim, PING, (s) => ({ output: s.output.replace('1 received', to) })),
      SCRIPT,
    )!
  expect(keyOf(changed('2 received'))).toBe(keyOf(changed('3 received')))
})

test('timers of neighbours: what differs after one step only, late, is their doing; what stays, or is early, is not', () => {
  const late = (o: Observation, ms: number): Observation => ({
    ...o,
    steps: o.steps.map((s) => ({ ...s, time: s.time + ms, looked: s.looked + ms })),
  })
  const gone = (o: Observation, step: number): Observation => withTable(o, step, 'b', 'neigh', () => '')
  expect(compare(late(linux, 10_000), late(gone(netsim, PING), 10_000), SCRIPT)).toBeNull()
  expect(compare(linux, gone(netsim, PING), SCRIPT)).toMatchObject({ table: 'neigh', step: PING })
  const all = [PING, 9, 10, 11, end].reduce(gone, netsim)
  expect(compare(late(linux, 10_000), late(all, 10_000), SCRIPT)).toMatchObject({ table: 'neigh' })
})
