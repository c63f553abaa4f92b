// Counters that differ by what captures leave out: bare acknowledgments. A process that answers within 40 ms takes the acknowledgment along, a slower one's kernel sends it
// alone (delayed ACK), so counters may differ by those that the captures differ by. Pure.
// Read first: compare.ts, conversations.ts.
import type { Frame, Observation, StepState } from './types.ts'

const IPV4 = 0x0800
const TCP = 6
const ACK = 0x10
const ETHERNET = 14

/** A segment that holds nothing but an acknowledgment. */
function isBareAck(f: Frame): boolean {
  const header = ((f.bytes[0] ?? 0) & 15) * 4
  const offset = ((f.bytes[header + 12] ?? 0) >> 4) * 4
  return (
    f.protocol === IPV4 &&
    f.bytes[9] === TCP &&
    f.bytes[header + 13] === ACK &&
    offset >= 20 &&
    f.length === header + offset
  )
}

interface Count {
  readonly packets: number
  readonly bytes: number
}

/** Bare acknowledgments of a device until a step was looked at; lo sends what it receives. */
function acksOf(o: Observation, key: string, outgoing: boolean, until: number): Count {
  const c = o.captures.get(key)
  let [packets, bytes] = [0, 0]
  for (const f of c?.frames ?? []) {
    if (f.time > until || !isBareAck(f) || (c?.device !== 'lo' && f.outgoing !== outgoing)) continue
    packets++
    bytes += f.length
  }
  return { packets, bytes }
}

/** Both runs, and the step after which they are looked at. */
export interface Looked {
  readonly linux: Observation
  readonly netsim: Observation
  readonly steps: readonly [StepState, StepState]
  readonly netns: string
}

/** How many more Linux has. */
function extra(s: Looked, ifindex: string, outgoing: boolean): Count {
  const key = `${s.netns} ${ifindex}`
  const a = acksOf(s.linux, key, outgoing, s.steps[0].looked)
  const b = acksOf(s.netsim, key, outgoing, s.steps[1].looked)
  return { packets: a.packets - b.packets, bytes: a.bytes - b.bytes }
}

const COUNTERS = /^ +(\d+) +(\d+)( +\d+ +\S+ +\d+ +\d+ *)$/
/** An ARP packet with its Ethernet header. */
const ARP_BYTES = 42

/** What else links differ by that time explains: ARP packets in counters; a capture that ends, for tcpdump reads its packets up to a second later. */
export interface LinksDiffer {
  readonly arp: boolean
  readonly promiscuity: boolean
}

/** Links that differ by exactly the acknowledgments by which the captures of these devices do, and by what time explains; else null. */
export function linksDiffer(s: Looked, a: readonly string[], b: readonly string[]): LinksDiffer | null {
  let ifindex = ''
  let outgoing = false
  let [arp, promiscuity] = [false, false]
  if (a.length !== b.length) return null
  for (const [i, line] of a.entries()) {
    const other = b[i]!
    ifindex = /^(\d+): /.exec(line)?.[1] ?? ifindex
    const way = /^ +(RX|TX): /.exec(line)?.[1]
    if (way !== undefined) outgoing = way === 'TX'
    if (line === other) continue
    if (withoutPromiscuity(line) === withoutPromiscuity(other)) {
      promiscuity = true
      continue
    }
    const [x, y] = [COUNTERS.exec(line), COUNTERS.exec(other)]
    if (x === null || y === null || x[3] !== y[3]) return null
    const more = extra(s, ifindex, outgoing)
    const packets = Number(x[2]) - Number(y[2]) - more.packets
    const bytes = Number(x[1]) - Number(y[1]) - more.bytes - ETHERNET * more.packets
    if (bytes !== ARP_BYTES * packets) return null
    if (packets !== 0) arp = true
  }
  return { arp, promiscuity }
}

function withoutPromiscuity(line: string): string {
  return line.replace(/ promiscuity \d+ /, ' ')
}

const RULE = /\[(\d+):(\d+)\]/

/** Do rules' counters differ by acknowledgments, no more of them than the captures of some device of the namespace do? */
export function rulesDifferByAcks(s: Looked, a: readonly string[], b: readonly string[]): boolean {
  const most = mostExtra(s)
  return (
    a.length === b.length &&
    a.every((line, i) => {
      if (line === b[i]) return true
      const [x, y] = [RULE.exec(line), RULE.exec(b[i]!)]
      if (x === null || y === null || line.replace(RULE, '') !== b[i]!.replace(RULE, '')) return false
      const packets = Number(x[1]) - Number(y[1])
      const bytes = Number(x[2]) - Number(y[2])
      return most.some((m) => Math.abs(packets) <= Math.abs(m.packets) && bytes * m.packets === m.bytes * packets)
    })
  )
}

/** What the devices of a namespace differ by, those that do. */
function mostExtra(s: Looked): Count[] {
  const out: Count[] = []
  for (const c of [...s.linux.captures.values(), ...s.netsim.captures.values()]) {
    if (c.netns !== s.netns) continue
    for (const outgoing of [true, false]) {
      const more = extra(s, String(c.ifindex), outgoing)
      if (more.packets !== 0) out.push(more)
    }
  }
  return out
}
