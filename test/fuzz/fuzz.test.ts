// The fuzzer finds what differs, shrinks it to what matters, and leaves the rest alone: with a planted difference (no privileges), and
// a few seeds live where root is available.
import { describe, expect, test } from 'vitest'
import { differences, judge, linuxSide, netsimSide, type Side, type Sides } from './both.ts'
import { compare, kindOf } from './compare.ts'
import { machineOf } from './generate.ts'
import { unavailable } from './linux.ts'
import { type Machine, scriptOf, step, textOf } from './model.ts'
import { shrink } from './shrink.ts'

/** A machine of many steps that has nothing random. */
const LAB: Machine = {
  seed: 0,
  steps: [
    step('netns', 'n0', 'ip netns add n0'),
    step('netns', 'n1', 'ip netns add n1'),
    {
      ...step('veth', '', 'link add e0 netns n0 type veth peer name e0 netns n1'),
      devices: [
        ['n0', 'e0'],
        ['n1', 'e0'],
      ],
    },
    step('ip', 'n0', 'addr add 10.0.0.1/24 dev e0'),
    step('ip', 'n0', 'link set e0 up'),
    step('ip', 'n1', 'addr add 10.0.0.2/24 dev e0'),
    step('ip', 'n1', 'link set e0 up'),
    step('sysctl', 'n1', 'net.ipv4.conf.all.rp_filter=1'),
    step('ip', 'n1', 'route add 10.9.0.0/16 dev e0', 'metric 7'),
    step('command', 'n1', 'iptables -A INPUT', '-p icmp', '-m ttl --ttl-eq 64', '-j ACCEPT'),
    step('command', 'n1', 'iptables -A FORWARD', '-p tcp', '-j DROP'),
    step('traffic', 'n0', 'ip netns exec n0 ping -n -W 1 -c 1', '-s 100', '10.0.0.2'),
    step('traffic', 'n1', 'ip netns exec n1 ping -n -W 1 -c 1', '10.0.0.1'),
    step('probe', 'n1', 'iptables-save -c'),
    step('probe', 'n1', 'ip -4 route show table all'),
    step('probe', 'n0', 'ip -4 addr'),
  ],
}

/** A "Linux" that is netsim with another script. */
function fake(edit: (script: string) => string): Side {
  return (scripts) => netsimSide(scripts.map(edit))
}

async function smallest(sides: Sides): Promise<{ steps: string[]; kind: string }> {
  const [verdict] = await judge(sides, [LAB])
  expect(verdict?.difference).not.toBeNull()
  const found = { machine: LAB, difference: verdict!.difference! }
  const f = await shrink((machines) => differences(sides, machines), found)
  return { steps: f.machine.steps.map(textOf), kind: kindOf(f.difference) }
}

describe('a planted difference', () => {
  test('in a rule is shrunk to the rule and the table that shows it', async () => {
    const linux = fake((s) => s.replace(/^(\{ .*--ttl-eq) 64/gm, '$1 63'))
    const { steps, kind } = await smallest({ linux, netsim: netsimSide })
    expect(kind).toContain('iptables-save')
    expect(steps).toEqual(['ip netns add n1', 'iptables -A INPUT -m ttl --ttl-eq 64', 'iptables-save -c'])
  })

  test('in a sysctl is shrunk to a command that does not work and what it needs', async () => {
    const silent = 'ip netns exec n1 sysctl -qw net.ipv4.icmp_echo_ignore_all=1'
    const linux = fake((s) => s.replace(/^ip -n n1 link set lo up$/m, `$&\n${silent}`))
    const { steps, kind } = await smallest({ linux, netsim: netsimSide })
    expect(kind).toContain('ping')
    expect(steps).toEqual([
      'ip netns add n0',
      'ip netns add n1',
      'link add e0 netns n0 type veth peer name e0 netns n1',
      'addr add 10.0.0.1/24 dev e0',
      'link set e0 up',
      'addr add 10.0.0.2/24 dev e0',
      'link set e0 up',
      'ip netns exec n0 ping -n -W 1 -c 1 10.0.0.2',
    ])
  })

  test('that Linux shows only once is unsteady, not a difference', async () => {
    let runs = 0
    const linux: Side = (scripts) =>
      netsimSide(runs++ === 0 ? scripts.map((s) => s.replaceAll('10.0.0.2/24', '10.0.0.3/24')) : scripts)
    const [verdict] = await judge({ linux, netsim: netsimSide }, [LAB])
    expect(verdict?.difference).toBeNull()
    expect(verdict?.unsteady).not.toBeNull()
  })
})

test('a seed draws the same machine every time, and another seed another one', () => {
  expect(machineOf(7)).toEqual(machineOf(7))
  expect(scriptOf(machineOf(7))).not.toBe(scriptOf(machineOf(8)))
})

test('ports, identifications and seconds do not count, order and numbers do', () => {
  const a = '== 1 x\n10.0.0.1.40000 > 10.0.0.2.3000: UDP, length 6\nrc=0\n'
  expect(compare('', a, a.replace('40000', '50001'))).toBeNull()
  expect(compare('', a, a.replace('length 6', 'length 7'))?.title).toBe('== 1 x')
  expect(compare('', a, a.replace('rc=0', 'rc=1'))).not.toBeNull()
})

const why = unavailable()
test.skipIf(why !== null)(
  `a few seeds on this machine's Linux${why === null ? '' : ` (skipped: ${why})`}`,
  { timeout: 60_000 },
  async () => {
    const machines = Array.from({ length: 4 }, (_, i) => machineOf(1 + i))
    const verdicts = await judge({ linux: linuxSide(4), netsim: netsimSide }, machines)
    expect(verdicts.filter((v) => v.difference !== null).map((v) => [v.machine.seed, v.difference])).toEqual([])
  },
)
