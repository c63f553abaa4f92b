// A script run in netsim as verify runs it, for tests that hold two runs against each other.
import { wantedTables } from '../../src/cli/verify/probe.ts'
import type { Job } from '../../src/cli/verify/run_linux.ts'
import { missingInNetsim, runInNetsim } from '../../src/cli/verify/run_netsim.ts'
import { split } from '../../src/cli/verify/split.ts'
import type { Observation, StepState, TableName, Tables } from '../../src/cli/verify/types.ts'

export function jobOf(script: string, name = 'script.sh'): Job {
  return { name, args: [], split: split(script), defaults: '', wanted: wantedTables(script, missingInNetsim()) }
}

/** What netsim answers, under the name of either side. */
export function observe(script: string, side: 'Linux' | 'netsim' = 'netsim', seed = 1, pace = ''): Observation {
  return { ...runInNetsim(jobOf(script), seed, pace), side }
}

/** The same run with another state after one step. */
export function withStep(o: Observation, number: number, change: (s: StepState) => Partial<StepState>): Observation {
  return { ...o, steps: o.steps.map((s) => (s.number === number ? { ...s, ...change(s) } : s)) }
}

/** The same run with another text in one table. */
export function withTable(
  o: Observation,
  number: number,
  netns: string,
  table: TableName,
  change: (text: string) => string,
): Observation {
  return withStep(o, number, (s) => {
    const tables = new Map<TableName, string>((s.netns?.get(netns) as Tables) ?? [])
    const before = tables.get(table) ?? ''
    const after = change(before)
    if (after === before) throw new TypeError(`nothing to change in ${table}: ${before}`)
    tables.set(table, after)
    return { netns: new Map([...(s.netns ?? []), [netns, tables]]) }
  })
}

/** Two namespaces and a veth pair. */
export const PAIR = `ip netns add a
ip netns add b
ip link add e0 netns a type veth peer name e0 netns b
for n in a b; do ip -n $n link set lo up; ip -n $n link set e0 up; done
ip -n a addr add 10.0.0.1/24 dev e0
ip -n b addr add 10.0.0.2/24 dev e0
ip netns exec b iptables -A INPUT -p icmp -m conntrack --ctstate NEW -j ACCEPT
`
