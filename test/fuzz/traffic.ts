// Random traffic: ping, UDP and TCP with options, one command after the other, each over before the next begins.
import type { Dice } from './dice.ts'
import { PORTS } from './matches.ts'
import { type Step, step } from './model.ts'
import { anyAddress, strangeAddress, type World } from './world.ts'

function destination(d: Dice, w: World, from: number): string {
  if (d.chance(22)) return strangeAddress(d, w)
  const others = w.addresses.flatMap((a, i) => (i === from ? [] : a))
  return others.length > 0 && d.chance(95) ? d.pick(others) : anyAddress(d, w)
}

function source(d: Dice, w: World, from: number): string {
  return d.pick([...w.addresses[from]!, ...(d.chance(10) ? [anyAddress(d, w), '127.0.0.1'] : [])])
}

function ping(d: Dice, w: World, from: number): Step {
  const count = d.chance(25) ? '-i 0.55 -c 2' : '-c 1'
  const options = [
    d.chance(20) ? `-s ${d.pick([0, 8, 500, 1472, 1473, 2000, 3000])}` : '',
    d.chance(12) ? `-t ${d.pick([1, 2, 3])}` : '',
    d.chance(15) ? `-M ${d.pick(['do', 'want', 'dont'])}` : '',
    d.chance(12) && w.addresses[from]!.length > 0
      ? `-I ${d.chance(50) ? source(d, w, from) : d.pick(w.devices[from]!)}`
      : '',
    d.chance(10) ? `-Q ${d.pick(['0x10', '0x04', '184'])}` : '',
    d.chance(10) ? `-m ${d.pick(['1', '2', '16'])}` : '',
    d.chance(5) ? '-b' : '',
    d.chance(4) ? '-p 68656c6c6f' : '',
  ]
  return step(
    'traffic',
    `n${from}`,
    `ip netns exec n${from} ping -n -W 1 ${count}`,
    ...options,
    destination(d, w, from),
  )
}

function sourceOptions(d: Dice, w: World, from: number): string {
  if (w.addresses[from]!.length === 0 || !d.chance(12)) return ''
  return `-s ${source(d, w, from)}`
}

function udp(d: Dice, w: World, from: number): Step {
  const word = d.pick(['hello', 'hello', 'HELLO', 'hi'])
  const head = `echo ${word} | ip netns exec n${from} timeout 5 nc -n -u -w 1`
  const own = d.chance(8) ? `-p ${d.pick(PORTS)}` : ''
  const tos = d.chance(6) ? '-T 0x10' : ''
  return step(
    'traffic',
    `n${from}`,
    head,
    sourceOptions(d, w, from),
    own,
    tos,
    `${destination(d, w, from)} ${d.pick(PORTS)}`,
  )
}

function tcp(d: Dice, w: World, from: number): Step {
  const where = `${destination(d, w, from)} ${d.pick(PORTS)}`
  if (d.chance(60))
    return step(
      'traffic',
      `n${from}`,
      `ip netns exec n${from} timeout 0.8 nc -n -z -v`,
      sourceOptions(d, w, from),
      where,
    )
  return step(
    'traffic',
    `n${from}`,
    `echo hello | ip netns exec n${from} timeout 0.8 nc -n`,
    sourceOptions(d, w, from),
    where,
  )
}

export function traffic(d: Dice, w: World): Step {
  const from = d.int(0, w.count - 1)
  const kind = d.int(0, 99)
  if (kind < 50) return ping(d, w, from)
  return kind < 75 ? udp(d, w, from) : tcp(d, w, from)
}

/** Who answers: UDP and TCP echo on some ports of some namespaces. TCP waits longer than a delayed ACK (40 ms), so that a loaded machine acts alike. */
export function serverSteps(d: Dice, w: World): Step[] {
  const steps: Step[] = []
  for (let i = 0; i < w.count; i++) {
    if (d.chance(60))
      steps.push(step('server', `n${i}`, `socat UDP4-RECVFROM:${d.pick([3000, 3000, 4000])},fork EXEC:cat`))
    if (d.chance(60))
      steps.push(
        step(
          'server',
          `n${i}`,
          `socat TCP4-LISTEN:${d.pick([3000, 3000, 4000])},fork,reuseaddr SYSTEM:"sleep 0.2; head -n 1; sleep 0.1"`,
        ),
      )
  }
  return steps
}
