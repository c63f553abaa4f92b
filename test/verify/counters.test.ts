// Counters may differ by a bare acknowledgment when the captures do, by exactly that one, and by nothing else.
import { describe, expect, test } from 'vitest'
import { compare } from '../../src/cli/verify/compare.ts'
import type { Observation } from '../../src/cli/verify/types.ts'
import { observe, PAIR, withTable } from './run.ts'

const SCRIPT = `${PAIR}ip netns exec b iptables -A INPUT -p tcp
ip netns exec b nc -n -l 80 </dev/null >/dev/null & sleep 1
echo hi | ip netns exec a nc -n -N 10.0.0.2 80
`
const linux = observe(SCRIPT, 'Linux')
const netsim = observe(SCRIPT)
const steps = linux.steps.length
/** The first step whose counters show the connection. */
const first = netsim.steps.find((s) =>
  /\[[1-9]\d*:\d+\] -A INPUT -p tcp/.test(s.netns?.get('b')?.get('iptables') ?? ''),
)!.number

/** The run in which a's last acknowledgment has never come to b, as far as captures tell. */
function withoutAck(o: Observation): Observation {
  const c = o.captures.get('b 2')!
  const at = c.frames.findLastIndex((f) => !f.outgoing && f.bytes[9] === 6)
  return { ...o, captures: new Map([...o.captures, ['b 2', { ...c, frames: c.frames.filter((_, i) => i !== at) }]]) }
}

/** Both counters of `pattern` less by so many packets and bytes, after every step that shows the connection. */
function less(
  o: Observation,
  table: 'link' | 'iptables',
  pattern: RegExp,
  packets: number,
  bytes: number,
): Observation {
  let changed = o
  for (let n = first; n <= steps; n++) {
    if (o.steps[n - 1]!.netns === null) continue
    changed = withTable(changed, n, 'b', table, (t) =>
      t.replace(pattern, (_, before: string, x: string, between: string, y: string) =>
        table === 'link'
          ? `${before}${Number(x) - bytes}${between}${Number(y) - packets}`
          : `${before}${Number(x) - packets}${between}${Number(y) - bytes}`,
      ),
    )
  }
  return changed
}

const RX = /(2: e0[\s\S]*?RX: .*\n +)(\d+)( +)(\d+)/
const RULE = /(\[)(\d+)(:)(\d+)(?=\] -A INPUT -p tcp)/

describe('a bare acknowledgment less', () => {
  test('in captures and in all counters is no difference', () => {
    expect(compare(linux, less(withoutAck(netsim), 'link', RX, 1, 66), SCRIPT)).toBeNull()
    const all = less(less(withoutAck(netsim), 'link', RX, 1, 66), 'iptables', RULE, 1, 52)
    expect(compare(linux, all, SCRIPT)).toBeNull()
    expect(compare(all, linux, SCRIPT)).toBeNull()
  })

  test('in counters only is one', () => {
    expect(compare(linux, less(netsim, 'link', RX, 1, 66), SCRIPT)).toMatchObject({ table: 'link', step: first })
    expect(compare(linux, less(netsim, 'iptables', RULE, 1, 52), SCRIPT)).toMatchObject({
      table: 'iptables',
      step: first,
    })
  })

  test('explains no other number of packets or bytes', () => {
    for (const [packets, bytes] of [
      [2, 132],
      [1, 67],
      [0, 66],
    ] as const)
      expect(compare(linux, less(withoutAck(netsim), 'link', RX, packets, bytes), SCRIPT)).toMatchObject({
        table: 'link',
      })
    const link = less(withoutAck(netsim), 'link', RX, 1, 66)
    expect(compare(linux, less(link, 'iptables', RULE, 2, 104), SCRIPT)).toMatchObject({ table: 'iptables' })
    expect(compare(linux, less(link, 'iptables', RULE, 1, 53), SCRIPT)).toMatchObject({ table: 'iptables' })
  })
})

test('a capture that ends later on one side: promiscuity that agrees a step later, and one that never does', () => {
  const listening = (step: number): Observation =>
    withTable(netsim, step, 'b', 'link', (t) => t.replace('promiscuity 0', 'promiscuity 1'))
  const at = netsim.steps.find((s) => s.netns?.has('b') && s.number < first)!.number
  expect(compare(linux, listening(at), SCRIPT)).toBeNull()
  expect(compare(linux, listening(steps), SCRIPT)).toMatchObject({ table: 'link', step: steps })
})
