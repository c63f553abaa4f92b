// What every device saw: read from tcpdump's files on Linux, heard from the trace's events in netsim; and one packet as a line.
// Read first: types.ts, capture_shim.ts. The lines are tcpdump -v's, by the same printer for both sides.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Host } from '../../host/host.ts'
import { readPcap } from '../../tools/tcpdump/pcap.ts'
import type { TraceEvent } from '../../uapi/trace.ts'
import { concat } from '../../wire/bytes.ts'
import { encodeNet } from '../../wire/codec.ts'
import { ETH_P_ARP, ETH_P_IP } from '../../wire/ethernet.ts'
import type { Packet } from '../../wire/packet.ts'
import type { TcpFlows } from '../../wire/print/printer.ts'
import { decodeSll2, encodeSll2, SLL2_HLEN } from '../../wire/sll2.ts'
import { summarizeCaptured } from '../../wire/summary.ts'
import { SNAPLEN } from './capture_shim.ts'
import type { Observed } from './observe.ts'
import type { Capture, Frame, StepState } from './types.ts'

const ETH_P_IPV6 = 0x86dd
const OUTGOING = 4
const LOOPBACK = 1

export interface Captures {
  readonly captures: ReadonlyMap<string, Capture>
  /** 'captures' or 'captures of NETNS' → why they are not there. */
  readonly missing: ReadonlyMap<string, string>
}

type Collected = Map<string, { readonly netns: string; readonly ifindex: number; readonly frames: Frame[] }>

function put(all: Collected, netns: string, ifindex: number, frame: Frame): void {
  const key = `${netns} ${ifindex}`
  let c = all.get(key)
  if (c === undefined) {
    c = { netns, ifindex, frames: [] }
    all.set(key, c)
  }
  c.frames.push(frame)
}

/** The last name that a device had in a listing of `ip link`; if7 for one that came and went within a step. */
export function deviceNames(steps: readonly StepState[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const s of steps) {
    for (const [netns, tables] of s.netns ?? []) {
      for (const m of (tables.get('link') ?? '').matchAll(/^(\d+): ([^:@\s]+)/gm)) names.set(`${netns} ${m[1]}`, m[2]!)
    }
  }
  return names
}

function named(all: Collected, steps: readonly StepState[]): ReadonlyMap<string, Capture> {
  const names = deviceNames(steps)
  return new Map(
    [...all].map(([key, c]) => {
      const device = names.get(key.replace(/#\d+(?= \d+$)/, '')) ?? `if${c.ifindex}`
      return [key, { ...c, device }]
    }),
  )
}

/** NAME, and NAME#2 for the second namespace of that name. */
function occurrence(name: string, seen: Map<string, number>): string {
  const n = (seen.get(name) ?? 0) + 1
  seen.set(name, n)
  return n === 1 ? name : `${name}#${n}`
}

// --- Linux -----------------------------------------------------------------------------------------------------------

export function linuxCaptures(dir: string, o: Observed): Captures {
  const missing = new Map<string, string>()
  if (!existsSync(join(dir, 'list'))) {
    missing.set('captures', 'tcpdump is not installed')
    return { captures: new Map(), missing }
  }
  const all: Collected = new Map()
  const seen = new Map<string, number>()
  for (const line of readFileSync(join(dir, 'list'), 'utf8').split('\n')) {
    const [n, name] = /^(\d+) \d+ (.*)$/.exec(line)?.slice(1) ?? []
    if (n === undefined || name === undefined) continue
    const netns = occurrence(name, seen)
    const trouble = readOne(dir, n, netns, o.began, all)
    if (trouble !== null) missing.set(capturesOf(netns), trouble)
  }
  for (const s of o.steps)
    for (const netns of s.netns?.keys() ?? [])
      if (!seen.has(netns)) missing.set(capturesOf(netns), 'it was not made by ip netns add')
  return { captures: named(all, o.steps), missing }
}

export function capturesOf(netns: string): string {
  return `captures of ${netns === '' ? 'the first namespace' : netns}`
}

function readOne(dir: string, n: string, netns: string, began: number, all: Collected): string | null {
  const errors = readdirSync(dir).includes(`${n}.err`) ? readFileSync(join(dir, `${n}.err`), 'utf8') : ''
  const lost = /^(\d+) packets? dropped by kernel/m.exec(errors)?.[1] ?? '0'
  if (lost !== '0') return `tcpdump lost ${lost} packets`
  // It says so at its end; one that could not begin, or was killed, does not.
  if (!/^\d+ packets? captured/m.test(errors))
    return errors.trim().split('\n').pop() || 'tcpdump did not come to its end'
  const pcap = existsSync(join(dir, `${n}.pcap`))
    ? readPcap(readFileSync(join(dir, `${n}.pcap`)))
    : 'nothing was written'
  if (typeof pcap === 'string' || pcap.trouble !== null)
    return `tcpdump: ${typeof pcap === 'string' ? errors.trim().split('\n').pop() || pcap : pcap.trouble}`
  for (const r of pcap.records) {
    const h = decodeSll2(r.bytes)
    if (h.protocol === ETH_P_IPV6) continue
    const frame = { time: r.time / 1000 - began, outgoing: h.packetType === OUTGOING, protocol: h.protocol }
    put(all, netns, h.ifindex, { ...frame, bytes: r.bytes.slice(SLL2_HLEN), length: r.wireLength - SLL2_HLEN })
  }
  return null
}

// --- netsim ----------------------------------------------------------------------------------------------------------

/** Hears a machine's events and keeps what captures in its named namespaces would see. */
export class NetsimCaptures {
  private readonly all: Collected = new Map()
  private readonly seen = new Map<string, number>()
  /** Namespace id → its key; ids are never used again. */
  private readonly keys = new Map<number, string>([[0, '']])
  private readonly host: Host

  constructor(host: Host) {
    this.host = host
  }

  readonly hear = (event: TraceEvent): void => {
    if (event.kind !== 'receive' && event.kind !== 'xmit') return
    const outgoing = event.kind === 'xmit'
    // libpcap shows a packet on lo once, on its way in.
    if (outgoing && event.ifindex === LOOPBACK) return
    const netns = this.key(event.netns)
    if (netns === null) return
    const { pkt } = event
    const whole = encodeNet(pkt)
    const bytes = whole.length > SNAPLEN - SLL2_HLEN ? whole.slice(0, SNAPLEN - SLL2_HLEN) : whole
    const protocol = protocolOf(pkt)
    put(this.all, netns, event.ifindex, { time: event.time / 1e6, outgoing, protocol, bytes, length: whole.length })
  }

  /** Null for a namespace whose name has been deleted: on Linux its capture ends there. */
  private key(id: number): string | null {
    if (id === 0) return ''
    for (const [name, named] of this.host.current.kernel.netnsNames) {
      if (named !== id) continue
      const key = this.keys.get(id) ?? occurrence(name, this.seen)
      this.keys.set(id, key)
      return key
    }
    return null
  }

  /** `began`: the script's beginning in virtual milliseconds. */
  collected(steps: readonly StepState[], began: number): ReadonlyMap<string, Capture> {
    for (const c of this.all.values())
      for (const [i, f] of c.frames.entries()) c.frames[i] = { ...f, time: f.time - began }
    return named(this.all, steps)
  }
}

function protocolOf(p: Packet): number {
  return p.eth?.type ?? (p.net.kind === 'arp' ? ETH_P_ARP : ETH_P_IP)
}

// --- one packet as a line ----------------------------------------------------------------------------------------------

const VERBOSE = Object.freeze({ linkLevel: false, verbose: 1, quiet: false, names: null, dump: true })

/** What a capture says of a packet, in tcpdump -v's words; `flows` counts sequence numbers from their connection's first. */
export function frameLine(f: Frame, flows: TcpFlows): string {
  const packetType = f.outgoing ? OUTGOING : 0
  const header = encodeSll2({ protocol: f.protocol, ifindex: 1, hatype: 1, packetType, address: 0 })
  const captured = { bytes: concat(header, f.bytes), wireLength: f.length + SLL2_HLEN, cooked: '' }
  const text = summarizeCaptured(captured, { ...VERBOSE, flows }, null)
  return `${text.trim().replace(/\s*\n\s*/g, ' ')}${payload(f)}`
}

const IP_ICMP = 1
const IP_UDP = 17
const IP_TCP = 6
const SHOWN = 48

/** What a TCP segment or a datagram carries, which tcpdump does not show; its length is in the line. */
function payload(f: Frame): string {
  const b = f.bytes
  if (f.protocol !== ETH_P_IP || b.length < 28) return ''
  const ihl = (b[0]! & 15) * 4
  const fragment = (((b[6]! & 31) << 8) | b[7]!) !== 0
  if (fragment || (b[9] !== IP_UDP && b[9] !== IP_TCP)) return ''
  const total = Math.min(b.length, (b[2]! << 8) | b[3]!)
  const data = b.subarray(ihl + (b[9] === IP_UDP ? 8 : ((b[ihl + 12] ?? 0x50) >> 4) * 4), total)
  const isDns = [0, 2].some((at) => ((b[ihl + at]! << 8) | b[ihl + at + 1]!) === 53)
  if (data.length === 0 || isDns) return ''
  const text = [...data.subarray(0, SHOWN)].map((c) => (c < 32 || c > 126 ? '.' : String.fromCharCode(c))).join('')
  return ` "${text}"`
}

/** What tells a conversation from another between the same hosts: its ports, or the id of its echoes; they are not in the line. */
export function flowOf(f: Frame): string {
  const b = f.bytes
  const ihl = (b[0]! & 15) * 4
  if (f.protocol !== ETH_P_IP || b.length < ihl + 8 || (((b[6]! & 31) << 8) | b[7]!) !== 0) return ''
  const two = (at: number): number => (b[ihl + at]! << 8) | b[ihl + at + 1]!
  if (b[9] === IP_UDP || b[9] === IP_TCP) return `${two(0)} ${two(2)}`
  return b[9] === IP_ICMP && (b[ihl] === 0 || b[ihl] === 8) ? `${two(4)}` : ''
}
