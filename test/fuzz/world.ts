// The layout of a random machine: namespaces, veths with their addresses, and what may be spoken of in rules and traffic.
import type { Dice } from './dice.ts'
import { type Step, step } from './model.ts'

export interface Port {
  readonly ns: number
  readonly dev: string
  /** 10.0.LINK.1 or .2 */
  readonly address: string
  readonly mac: string
  readonly link: number
  /** The same at both ends: docs/fuzzing.md. */
  readonly mtu: number
}

export interface Link {
  readonly a: Port
  readonly b: Port
}

export interface World {
  readonly count: number
  readonly links: readonly Link[]
  /** Addresses of each namespace. */
  readonly addresses: readonly (readonly string[])[]
  /** Devices of each namespace, lo too. */
  readonly devices: readonly (readonly string[])[]
}

function drawLinks(d: Dice, count: number): Link[] {
  const links: Link[] = []
  const used = new Array<number>(count).fill(0)
  const connect = (x: number, y: number): void => {
    const n = links.length
    const mtu = d.chance(15) ? d.pick([600, 1000, 1280, 1400, 2000]) : 1500
    const port = (ns: number, side: number): Port => {
      const dev = `e${used[ns]!++}`
      return { ns, dev, address: `10.0.${n}.${side}`, mac: `02:00:00:00:0${n}:0${side}`, link: n, mtu }
    }
    links.push({ a: port(x, 1), b: port(y, 2) })
  }
  for (let i = 1; i < count; i++) connect(d.chance(75) ? i - 1 : d.int(0, i - 1), i)
  const more = count === 1 ? d.int(0, 1) : d.chance(25) ? d.int(1, 2) : 0
  for (let i = 0; i < more; i++) connect(d.int(0, count - 1), d.int(0, count - 1))
  return links
}

export function portsOf(w: World, ns: number): Port[] {
  return w.links.flatMap((l) => [l.a, l.b]).filter((p) => p.ns === ns)
}

export function drawWorld(d: Dice): World {
  const count = d.pick([1, 2, 2, 3, 3, 3, 4, 4, 5, 6])
  const links = drawLinks(d, count)
  const world: World = { count, links, addresses: [], devices: [] }
  const namespaces = Array.from({ length: count }, (_, i) => i)
  const addresses = namespaces.map((i) => [
    ...portsOf(world, i).map((p) => p.address),
    ...(d.chance(30) ? [`10.1.${i}.1`] : []),
  ])
  return { ...world, addresses, devices: namespaces.map((i) => ['lo', ...portsOf(world, i).map((p) => p.dev)]) }
}

/** Namespaces, veths, addresses and links up: nearly always as it should be. */
export function worldSteps(d: Dice, w: World): Step[] {
  const steps: Step[] = []
  for (let i = 0; i < w.count; i++) steps.push(step('netns', `n${i}`, `ip netns add n${i}`))
  for (const { a, b } of w.links) {
    const end = (p: Port): string => `${p.dev} address ${p.mac} netns n${p.ns}`
    const made: Step = step('veth', '', `link add ${end(a)} type veth peer name ${end(b)}`)
    steps.push({ ...made, devices: [a, b].map((p) => [`n${p.ns}`, p.dev] as const) })
  }
  for (let i = 0; i < w.count; i++) steps.push(...namespaceSteps(d, w, i))
  return steps
}

function namespaceSteps(d: Dice, w: World, ns: number): Step[] {
  const name = `n${ns}`
  const steps: Step[] = []
  for (const p of portsOf(w, ns)) {
    const length = d.chance(90) ? 24 : d.pick([30, 32, 16, 8])
    steps.push(step('ip', name, `addr add ${p.address}/${length} dev ${p.dev}`, d.chance(8) ? 'noprefixroute' : ''))
    if (d.chance(8)) steps.push(step('ip', name, `addr add ${anyAddress(d, w)}/${d.pick([24, 32])} dev ${p.dev}`))
    if (p.mtu !== 1500) steps.push(step('ip', name, `link set ${p.dev} mtu ${p.mtu}`))
    if (d.chance(97)) steps.push(step('ip', name, `link set ${p.dev} up`))
  }
  for (const a of w.addresses[ns]!) if (a.startsWith('10.1.')) steps.push(step('ip', name, `addr add ${a}/32 dev lo`))
  return steps
}

export function anyAddress(d: Dice, w: World): string {
  return d.pick(w.addresses.flat().concat(w.count === 1 ? ['127.0.0.1'] : []))
}

/** An address that may be nobody's, a broadcast, or have no route. */
export function strangeAddress(d: Dice, w: World): string {
  const link = d.int(0, Math.max(0, w.links.length - 1))
  return d.pick([
    `10.0.${link}.77`,
    `10.0.${link}.255`,
    `10.0.${link}.0`,
    '192.0.2.1',
    '127.0.0.1',
    '127.0.0.5',
    '10.1.0.1',
    '172.16.0.1',
    '172.16.0.1',
  ])
}

export function someAddress(d: Dice, w: World): string {
  return d.chance(85) ? anyAddress(d, w) : strangeAddress(d, w)
}

export function somePrefix(d: Dice, w: World): string {
  const a = someAddress(d, w)
  const [x, y, z] = a.split('.')
  return d.pick([
    a,
    `${x}.${y}.${z}.0/24`,
    `${x}.${y}.${z}.0/24`,
    `${x}.${y}.0.0/16`,
    `${a}/32`,
    '0.0.0.0/0',
    '172.16.0.0/16',
  ])
}
