// The normal form of what a tool printed: lines without what may differ between two machines that do the same.
// Read first: normalize.ts (the rules that hold for every text). Here: MACs by the device that has them, seconds that are
// left (compared with a tolerance, not cut away), and each table's own. docs/verify.md lists all of it with reasons.
import { normalize } from './normalize.ts'
import type { Observation, TableName } from './types.ts'

/** A line, and the seconds in it that a clock counts down. */
export interface NormalLine {
  readonly text: string
  readonly seconds: readonly number[]
}

/** MAC → the device that was first seen with it. */
export type Macs = ReadonlyMap<string, string>

const MAC = /\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/gi

/** MACs that the machine chose, named in the order in which `ip link` showed them, so that a neighbour's can be told from another's. */
export function macsOf(o: Observation, script: string): Macs {
  const macs = new Map<string, string>()
  const given = script.toLowerCase()
  for (const step of o.steps) {
    for (const tables of step.netns?.values() ?? []) {
      for (const m of (tables.get('link') ?? '').matchAll(/link\/ether (\S+)/g)) {
        const mac = m[1]!.toLowerCase()
        if (!macs.has(mac) && !given.includes(mac)) macs.set(mac, `MAC-${macs.size + 1}`)
      }
    }
  }
  return macs
}

/** conntrack -L and -E, address lifetimes, routes that expire, members of an ipset. */
const SECONDS =
  /((?:\btcp {6}6|\budp {6}17|\bicmp {5}1|\bunknown {2}\d+) |\b(?:valid_lft|preferred_lft|expires) |^add \S+ .*\btimeout )(\d+)/gm

function lineOf(text: string): NormalLine {
  const seconds: number[] = []
  const without = text.replace(SECONDS, (_, before: string, n: string) => {
    seconds.push(Number(n))
    return `${before}T`
  })
  return { text: without, seconds }
}

/**
 * A device's operational state follows its carrier by a work queue, up to a second later (linkwatch_event): NO-CARRIER beside
 * LOWER_UP, or neither on a device that is up, is a device whose state is on its way.
 */
const LINK_LINE = /^(\d+): (\S+?)(?:@(\S+))?: <([^>]*)>(.*) state (?:UP|DOWN|LOWERLAYERDOWN)\b/gm

function settled(text: string): string {
  return text.replace(
    LINK_LINE,
    (all, n: string, name: string, peer: string | undefined, flags: string, rest: string) => {
      const f = new Set(flags.split(','))
      if (!f.has('UP') || f.has('NO-CARRIER') !== f.has('LOWER_UP')) return all
      const lower = f.has('LOWER_UP')
      const down = peer === undefined || peer === `if${n}` ? 'DOWN' : 'LOWERLAYERDOWN'
      const list = lower ? [...f].filter((x) => x !== 'NO-CARRIER') : ['NO-CARRIER', ...f]
      const at = peer === undefined ? name : `${name}@${peer}`
      return `${n}: ${at}: <${list.join(',')}>${rest} state ${lower ? 'UP' : down}`
    },
  )
}

/** Ports that the script names are not the machine's choice: their digits are hidden from the rules. */
function guardPorts(text: string, script: string): string {
  return text.replace(/\b[3-6]\d{4}\b/g, (port) =>
    new RegExp(`\\b${port}\\b`).test(script)
      ? port.replace(/\d/g, (d) => String.fromCharCode(GUARD + Number(d)))
      : port,
  )
}

/** Of the private use area. */
const GUARD = 0xe000

function unguard(text: string): string {
  return text.replace(/[\ue000-\ue009]/g, (c) => String(c.charCodeAt(0) - GUARD))
}

/** The lines of any text that a tool printed. */
export function normalLines(text: string, script: string, macs: Macs): NormalLine[] {
  const named = settled(text).replace(MAC, (mac) => macs.get(mac.toLowerCase()) ?? mac)
  const lines = named.split('\n')
  if (lines[lines.length - 1] === '') lines.pop()
  const cut = lines.map(lineOf)
  const kept = guardPorts(cut.map((l) => l.text).join('\n'), script)
  const normal = unguard(normalize(kept, script)).split('\n')
  return lines.length === 0 ? [] : normal.map((t, i) => ({ text: t, seconds: cut[i]?.seconds ?? [] }))
}

type Rule = readonly [RegExp, string]

const LINK: readonly Rule[] = [
  // Depends on the number of processors and on the kernel's configuration, not on the network.
  [/ addrgenmode \w+| numtxqueues \d+| numrxqueues \d+/g, ''],
  // TX: dropped: what is sent by a device that is down is counted by netsim and 6.18 (noop_enqueue), not by 6.1.
  [/^( +TX: .*\n(?: +\d+){3} +)\d+/gm, '$1-'],
]

const CUT: Partial<Readonly<Record<TableName, readonly Rule[]>>> = {
  link: LINK,
  // When and by which process it was written.
  iptables: [[/^# (?:Generated|Completed) .*\n/gm, '']],
  qdisc: [[/ refcnt \d+/g, '']],
}

/** Groups that IPv6 and IGMP join by themselves. */
const FDB_NOISE = /^(?:33:33|01:00:5e)/

/** The kernel lists these by hash. */
const UNORDERED: ReadonlySet<TableName> = new Set(['neigh', 'conntrack', 'fdb', 'sysctl'])

/** Lines that look the same by the seconds that they have left. */
const byText = (a: NormalLine, b: NormalLine): number =>
  a.text < b.text ? -1 : a.text > b.text ? 1 : (a.seconds[0] ?? 0) - (b.seconds[0] ?? 0)

/** Members are listed by hash, sets in their order. */
function sortMembers(lines: readonly NormalLine[]): NormalLine[] {
  const out: NormalLine[] = []
  let members: NormalLine[] = []
  for (const l of lines) {
    if (l.text.startsWith('add ')) members.push(l)
    else {
      out.push(...members.sort(byText), l)
      members = []
    }
  }
  return [...out, ...members.sort(byText)]
}

/** A table of a namespace. */
export function normalTable(table: TableName, text: string, script: string, macs: Macs): NormalLine[] {
  let cut = text
  for (const [pattern, by] of CUT[table] ?? []) cut = cut.replace(pattern, by)
  let lines = normalLines(cut, script, macs)
  if (table === 'fdb') lines = lines.filter((l) => !FDB_NOISE.test(l.text))
  if (table === 'ipset') return sortMembers(lines)
  return UNORDERED.has(table) ? lines.sort(byText) : lines
}

/** Is a kernel newer than 6.1, which netsim follows? Then its links differ in ways that withoutNewer takes away. */
export function isNewer(kernel: string): boolean {
  const [major, minor] = /^Linux (\d+)\.(\d+)/.exec(kernel)?.slice(1).map(Number) ?? [0, 0]
  return major! > 6 || (major === 6 && minor! > 1)
}

/**
 * A veth whose peer lives in another namespace is DOWN and not LOWERLAYERDOWN (default_operstate asks for the peer); every kind of
 * device has a larger tso_max_size.
 */
export function withoutNewer(lines: readonly NormalLine[]): NormalLine[] {
  return lines.map((l) => ({
    ...l,
    text: l.text.replace(/ state LOWERLAYERDOWN\b/, ' state DOWN').replace(/ tso_max_size \d+/, ''),
  }))
}

/** States that a neighbour which answers goes through by itself as time passes. */
const ALIVE = /\b(?:REACHABLE|STALE|DELAY|PROBE) *$/
/** DELAY ends after delay_first_probe_time, 5 s; before that no state changes by time alone. */
export const NEIGH_TIMER = 4900

export function withoutNeighTimers(lines: readonly NormalLine[]): NormalLine[] {
  return lines.map((l) => ({ ...l, text: l.text.replace(ALIVE, 'answers') }))
}

// --- sysctls -----------------------------------------------------------------------------------------------------------

/** Sized by the machine's memory, random, or counting. */
const MACHINES_OWN =
  /\/(?:tcp_mem|udp_mem|tcp_max_orphans|tcp_max_tw_buckets|tcp_max_syn_backlog|nf_conntrack_(?:count|max|buckets|expect_max)|fib_multipath_hash_seed|tcp_fastopen_key):/
/** Group ids that a user namespace does not map are shown as nobody's. */
const UNMAPPED = /ping_group_range:65534\t65534$/
/** Of the kernel, not of a namespace: only its first one shows neigh/default, and nf_log names modules that others loaded. */
const KERNELS_OWN = /\/(?:neigh\/default|nf_log)\//

/** /proc/sys/net/ipv4/conf/eth0/rp_filter → conf/<device>/rp_filter: what a kernel has for every device. */
function kind(line: string): string {
  return line.slice(0, line.indexOf(':')).replace(/\/(conf|neigh)\/.*\/(\w+)$/, '/$1/*/$2')
}

/** Sysctls that both kernels have; which devices have them is compared. */
export function commonSysctls(a: readonly NormalLine[], b: readonly NormalLine[]): [NormalLine[], NormalLine[]] {
  const kinds = (lines: readonly NormalLine[]): Set<string> => new Set(lines.map((l) => kind(l.text)))
  const [inA, inB] = [kinds(a), kinds(b)]
  const unmapped = [...a, ...b].some((l) => UNMAPPED.test(l.text))
  const keep = (lines: readonly NormalLine[], other: ReadonlySet<string>): NormalLine[] =>
    lines.filter(
      (l) =>
        other.has(kind(l.text)) &&
        !MACHINES_OWN.test(l.text) &&
        !KERNELS_OWN.test(l.text) &&
        !(unmapped && l.text.includes('ping_group_range')),
    )
  return [keep(a, inB), keep(b, inA)]
}

// --- captures ----------------------------------------------------------------------------------------------------------

const FRAME: readonly Rule[] = [
  // tcpdump reads the ports of a quoted ICMP header where its checksum is.
  [/(protocol 1) port \d+ unreachable/g, '$1 port N unreachable'],
  // A counter or a random number of the sender.
  [/\bid \d+, offset/g, 'id N, offset'],
  [/\b(seq|ack) \d{6,}\b/g, '$1 N'],
  // HTTP's dates.
  [/\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT\b/g, 'DATE'],
  [/\bTS val \d+ ecr (?:0\b|\d+)/g, 'TS val T'],
  // Left to a device that computes it, and so wrong on a veth.
  [/, cksum 0x[0-9a-f]+ \((?:correct|incorrect -> 0x[0-9a-f]+)\)/g, ''],
  [/ \[bad udp cksum 0x[0-9a-f]+ -> 0x[0-9a-f]+!\]| \[udp sum ok\]/g, ''],
]

/** Packets in a device's order. */
export function normalFrames(lines: readonly string[], script: string, macs: Macs): string[] {
  const cut = lines.map((l) => FRAME.reduce((text, [pattern, by]) => text.replace(pattern, by), l))
  return cut.length === 0 ? [] : normalLines(cut.join('\n'), script, macs).map((l) => l.text)
}
