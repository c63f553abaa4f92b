// Random ipsets of every type that netsim has, with entries that packets meet.
import type { Dice } from './dice.ts'
import type { Place } from './matches.ts'
import { type Step, step } from './model.ts'
import { someAddress, somePrefix, type World } from './world.ts'

interface SetType {
  readonly type: string
  readonly dims: number
  readonly entry: (d: Dice, w: World) => string
}

const net = (d: Dice, w: World): string => {
  const p = somePrefix(d, w)
  return p === '0.0.0.0/0' ? '10.0.0.0/8' : p
}
const port = (d: Dice): string =>
  d.pick([
    'tcp:3000',
    'udp:3000',
    'udp:4000',
    'tcp:4000-4001',
    'icmp:echo-request',
    'udp:3000-3001',
    '3000',
    'icmp:8/0',
  ])

const TYPES: readonly SetType[] = [
  { type: 'hash:ip', dims: 1, entry: (d, w) => d.pick([someAddress(d, w), '10.0.0.1-10.0.0.3']) },
  { type: 'hash:ip netmask 24', dims: 1, entry: someAddress },
  { type: 'hash:net', dims: 1, entry: (d, w) => `${net(d, w)}${d.pick(['', '', '', ' nomatch'])}` },
  { type: 'hash:ip,port', dims: 2, entry: (d, w) => `${someAddress(d, w)},${port(d)}` },
  { type: 'hash:net,port', dims: 2, entry: (d, w) => `${net(d, w)},${port(d)}` },
  { type: 'hash:ip,port,ip', dims: 3, entry: (d, w) => `${someAddress(d, w)},${port(d)},${someAddress(d, w)}` },
  { type: 'bitmap:ip range 10.0.0.0/16', dims: 1, entry: someAddress },
  { type: 'bitmap:port range 1-9000', dims: 1, entry: (d) => d.pick(['3000', '4000', '3000-4000', '53']) },
]

/** Sets of one namespace: the steps that make them, and what rules may speak of. */
export function setSteps(d: Dice, w: World, ns: number): { steps: Step[]; sets: Place['sets'] } {
  const steps: Step[] = []
  const sets: [string, number][] = []
  const count = d.chance(25) ? d.int(1, 2) : 0
  for (let i = 0; i < count; i++) {
    const t = d.pick(TYPES)
    const options = [d.chance(30) ? 'counters' : '', d.chance(15) ? 'timeout 600' : '', d.chance(10) ? 'comment' : '']
    steps.push(step('command', `n${ns}`, `ipset create s${i} ${t.type}`, ...options))
    for (let n = d.int(0, 4); n > 0; n--) steps.push(step('command', `n${ns}`, `ipset add s${i} ${t.entry(d, w)}`))
    sets.push([`s${i}`, t.dims])
  }
  if (sets.length === 2 && sets[0]![1] === sets[1]![1] && d.chance(50)) {
    steps.push(
      step('command', `n${ns}`, 'ipset create all list:set'),
      step('command', `n${ns}`, 'ipset add all s0'),
      step('command', `n${ns}`, 'ipset add all s1'),
    )
    sets.push(['all', sets[0]![1]])
  }
  return { steps, sets }
}
