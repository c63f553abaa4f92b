// Backwards from a symptom: a ping failed, and by going back event by event the moment is found at which the neighbour
// entry went from hope to FAILED.
// Run it: npx tsx --conditions=netsim-source examples/time-travel.ts
import { Host } from 'netsim'

export function timeTravel(print: (line: string) => void): void {
  const host = new Host('host')
  host.exec('ip netns add pod; ip link add veth0 type veth peer name eth0 netns pod')
  host.exec('ip addr add 10.0.0.1/24 dev veth0; ip link set veth0 up; ip -n pod link set eth0 up')
  print(host.sh('ping -c 1 10.0.0.2; echo "exit code $?"').output.trimEnd())

  const state = (): string => host.fork().sh('ip neigh show 10.0.0.2').stdout.trim() || 'no entry'
  const seen: string[] = []
  while (host.position > 0) {
    host.back()
    // In the middle of a script nothing can be copied, so the machine is asked itself, and put back where it was.
    const here = host.position
    const entry = host.root.neighbours().length === 0 ? 'no entry' : stateName(host.root.neighbours()[0]!.state)
    const line = `${(host.now / 1e9).toFixed(6)} s  ${entry}`
    host.goTo(here)
    if (!seen[0]?.endsWith(entry)) seen.unshift(line)
    else seen[0] = line
  }
  print('10.0.0.2, backwards to the first moment of each state:')
  for (const line of seen) print(`  ${line}`)
  print(`at the beginning: ${state()}`)
}

function stateName(state: number): string {
  return state === 1 ? 'INCOMPLETE' : state === 32 ? 'FAILED' : state === 0 ? 'NONE' : `state ${state}`
}

if (process.argv[1]?.endsWith('time-travel.ts')) timeTravel(console.log)
