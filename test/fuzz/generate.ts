// A random machine from a seed: world, settings, sets, rules, servers, captures; traffic and changes; then what is left of it all.
// Read first: model.ts. What is drawn how often is in world, settings, sets, matches, rules, traffic.
import { type Dice, draw } from './dice.ts'
import { type Machine, type Step, step } from './model.ts'
import { oneRule, ruleSteps } from './rules.ts'
import { setSteps } from './sets.ts'
import { change, settingSteps } from './settings.ts'
import { serverSteps, traffic } from './traffic.ts'
import { drawWorld, type World, worldSteps } from './world.ts'

/** Tables that a machine leaves, per namespace. */
const PROBES = [
  'iptables-save -c',
  'conntrack -L 2>/dev/null | sort',
  'ip neigh | sort',
  'ip -s link',
  'ip -4 addr',
  'ip rule',
  'ip -4 route show table all',
  'ipset save | sort',
] as const

function busy(d: Dice, w: World): Step[] {
  const steps: Step[] = []
  const count = d.int(2, 6)
  for (let i = 0; i < count; i++) {
    if (i > 0 && d.chance(20)) {
      const ns = d.int(0, w.count - 1)
      const made = d.chance(25) ? oneRule(d, w, ns, 50 + i) : change(d, w, ns)
      steps.push(made)
      if (made.parts[0]!.startsWith('link set')) steps.push(step('command', `n${ns}`, 'sleep 1.3'))
    }
    steps.push(traffic(d, w))
  }
  return steps
}

function machine(d: Dice): Step[] {
  const w = drawWorld(d)
  const steps = worldSteps(d, w)
  const namespaces = Array.from({ length: w.count }, (_, i) => i)
  for (const i of namespaces) steps.push(...settingSteps(d, w, i))
  for (const i of namespaces) {
    const { steps: made, sets } = setSteps(d, w, i)
    steps.push(...made, ...ruleSteps(d, w, i, sets))
  }
  steps.push(...serverSteps(d, w))
  for (const i of namespaces)
    steps.push(step('capture', `n${i}`, 'tcpdump -l -n -e -v -s 4096 --immediate-mode -i any'))
  steps.push(...busy(d, w))
  for (const i of namespaces) steps.push(...PROBES.map((p) => step('probe', `n${i}`, p)))
  return steps
}

export function machineOf(seed: number): Machine {
  return { seed, steps: draw(seed, machine) }
}
