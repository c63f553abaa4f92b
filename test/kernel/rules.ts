// Which rules a packet meets, in order: rules/NAME.sh on Linux with iptables-nft and xtables-monitor --trace, with iptables-legacy
// and TRACE's lines in dmesg, and in netsim. Linux is asked by rules_record.ts; rules.test.ts compares.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Host } from 'netsim'
import { formatIp4 } from '../../src/lib/ip4.ts'
import type { IptRule } from '../../src/uapi/netfilter.ts'
import type { NfRuleEvent, TraceEvent } from '../../src/uapi/trace.ts'
import type { Packet } from '../../src/wire/packet.ts'

const FOLDER = join(import.meta.dirname, 'rules')

export interface RulesCase {
  readonly name: string
  /** Machines and rules. */
  readonly before: string
  readonly traffic: string
  readonly sha: string
}

const MACHINES = readFileSync(join(FOLDER, 'machines.sh'), 'utf8')

/** Rule 1 of both chains of raw: everything is traced. */
export const TRACE = 'iptables -t raw -I PREROUTING -j TRACE; iptables -t raw -I OUTPUT -j TRACE'

/** dmesg without what differs from run to run. */
export const DMESG = `dmesg -c | grep TRACE: | sed 's/^\\[ *[0-9.]*\\] //; s/ ID=[0-9]* / ID=N /g; s/ ID=[0-9]* SEQ/ ID=N SEQ/g; s/SEQ=[0-9]* ACK=[0-9]* /SEQ=S ACK=A /; s/SPT=[3-6][0-9]\\{4\\}/SPT=P/g; s/DPT=[3-6][0-9]\\{4\\}/DPT=P/g; s/LEN=5[26] /LEN=N /; s/WINDOW=[0-9]*/WINDOW=W/; s/ OPT ([0-9A-F]*)//; s/MAC=[0-9a-f:]* /MAC=M /'`

export function loadRules(filter = ''): readonly RulesCase[] {
  return readdirSync(FOLDER)
    .filter((f) => f !== 'machines.sh' && f.includes(filter))
    .sort()
    .map((file) => {
      const [rules, traffic] = readFileSync(join(FOLDER, file), 'utf8').split('# traffic\n') as [string, string]
      const before = `${MACHINES}${rules}`
      const sha = createHash('sha256')
        .update(before + TRACE + DMESG + traffic)
        .digest('hex')
      return { name: file.replace('.sh', ''), before, traffic, sha: sha.slice(0, 16) }
    })
}

export interface RulesRecording {
  readonly sha: string
  /** xtables-monitor's lines on the kernel named here: `packet` heads what one packet meets in one machine. */
  readonly nft: { readonly kernel: string; readonly lines: readonly string[] }
  /** TRACE's lines of iptables-legacy. */
  readonly legacy: { readonly kernel: string; readonly lines: readonly string[] }
}

export const rulesRecording = (name: string): string => join(import.meta.dirname, `recordings/rules.${name}.json`)

function showPacket(p: Packet): string {
  if (p.net.kind !== 'ipv4') return 'packet'
  const tcp = p.l4?.kind === 'tcp' ? p.l4.flags : 0
  const flags = [
    [16, ' ACK'],
    [8, ' PSH'],
    [4, ' RST'],
    [2, ' SYN'],
    [1, ' FIN'],
  ] as const
  const names = flags.map(([bit, name]) => ((tcp & bit) !== 0 ? name : '')).join('')
  return `packet ${formatIp4(p.net.src)} > ${formatIp4(p.net.dst)}${names}`
}

const ENDS = new Set(['DNAT', 'SNAT', 'MASQUERADE', 'REDIRECT', 'NETMAP'])

/** The verdict as nf_tables names it: what nat and REJECT do ends the walk, other targets let it go on. */
function verdictOf(e: NfRuleEvent): string {
  const target = e.rule.target
  if (target.kind === 'chain') return `${target.goto ? 'GOTO' : 'JUMP'}:${target.chain}`
  if (e.verdict !== 'TARGET') return e.verdict!
  const name = nameOf(e.rule)
  if (ENDS.has(name)) return 'ACCEPT'
  return name === 'REJECT' ? 'DROP' : 'CONTINUE'
}

function nameOf(rule: IptRule): string {
  return rule.target.kind === 'target' ? rule.target.target.name : ''
}

/** One packet in one machine, from the rule that turns tracing on. */
interface Visit {
  readonly head: string
  traced: boolean
  readonly lines: string[]
}

/** What the first namespace's rules say in netsim, in nf_tables' form. A chain without rules does not exist there. */
class Walks {
  private readonly visits = new Map<number, Visit>()
  readonly all: Visit[] = []

  event(e: TraceEvent): void {
    if (e.kind === 'origin' || e.kind === 'receive')
      this.visits.set(e.packet, { head: showPacket(e.pkt), traced: false, lines: [] })
    const v = this.visits.get(e.packet)
    if (v === undefined) return
    if (e.kind === 'nf-rule' && e.matched) {
      if (!v.traced && nameOf(e.rule) !== 'TRACE') return
      if (!v.traced) this.all.push(v)
      v.traced = true
      v.lines.push(`${e.place.table}:${e.place.chain}:rule ${e.place.number} ${verdictOf(e)}`)
    } else if (e.kind === 'nf-policy' && v.traced && (e.asked > 0 || e.policy === 'DROP'))
      v.lines.push(`${e.table}:${e.chain}:policy ${e.policy}`)
  }
}

export interface Answer {
  readonly nft: readonly string[]
  readonly legacy: readonly string[]
}

export function netsimRules(c: RulesCase): Answer {
  const host = new Host('node1')
  const set = host.sh(`sysctl -qw net.netfilter.nf_log_all_netns=1\n${c.before}\n${TRACE}; dmesg -C`)
  if (set.stderr !== '') throw new Error(set.stderr)
  const walks = new Walks()
  const own = host.netnsId(null)
  const stop = host.onEvent((e) => {
    if (e.netns === own) walks.event(e)
  })
  host.sh(`${c.traffic}\nsleep 0.3`)
  stop()
  const legacy = host.sh(DMESG).output.split('\n').slice(0, -1)
  return { nft: walks.all.flatMap((v) => [v.head, ...v.lines]), legacy }
}

/** The stages of a walk: a packet meets each at most once. */
const ORDER = [
  'raw:PREROUTING mangle:PREROUTING nat:PREROUTING mangle:INPUT mangle:FORWARD filter:INPUT filter:FORWARD',
  'raw:OUTPUT mangle:OUTPUT nat:OUTPUT filter:OUTPUT nat:INPUT mangle:POSTROUTING nat:POSTROUTING',
].flatMap((l) => l.split(' '))

/** `nft -a list`: table:chain → handles in their order. */
function handlesOf(list: string): Map<string, string[]> {
  const chains = new Map<string, string[]>()
  let [table, chain] = ['', '']
  for (const line of list.split('\n')) {
    const t = /^table ip (\w+) /.exec(line)
    const c = /^\tchain (\S+) /.exec(line)
    const rule = /^\t\t.* # handle (\d+)$/.exec(line)
    if (t !== null) table = t[1]!
    else if (c !== null) chain = `${table}:${c[1]}`
    else if (rule !== null) chains.set(chain, [...(chains.get(chain) ?? []), rule[1]!])
  }
  return chains
}

function headOf(line: string): string {
  const m = /SRC=(\S+) DST=(\S+)/.exec(line)!
  const flags = ['ACK', 'PSH', 'RST', 'SYN', 'FIN'].filter((f) => new RegExp(` ${f}\\b`).test(line))
  return ['packet', m[1], '>', m[2], ...flags].join(' ')
}

/** What xtables-monitor printed, with numbers for handles, and every packet's lines together. */
export function nftLines(list: string, monitor: string): string[] {
  const handles = handlesOf(list)
  const groups: { readonly id: string; readonly lines: string[]; stage: number }[] = []
  let head = ''
  for (const line of monitor.split('\n')) {
    if (line.startsWith('PACKET: ')) head = headOf(line)
    const m = /^ TRACE: 2 (\w+) (\w+):(\S+?):(rule|policy|return)(?::0x(\w+))?(?::(\S+))?/.exec(line)
    if (m === null) continue
    const [, id, table, chain, kind, handle, verdict] = m as unknown as string[]
    const stage = ORDER.indexOf(`${table}:${chain}`)
    let group = groups.findLast((g) => g.id === id)
    if (group === undefined || (stage >= 0 && stage < group.stage)) {
      group = { id: id!, lines: [head], stage: -1 }
      groups.push(group)
    }
    if (stage >= 0) group.stage = stage
    const said = verdict === '0xfffffffb' ? 'RETURN' : verdict
    if (kind === 'policy') group.lines.push(`${table}:${chain}:policy ${said}`)
    else {
      const number = handles.get(`${table}:${chain}`)!.indexOf(String(Number.parseInt(handle!, 16))) + 1
      group.lines.push(`${table}:${chain}:rule ${number} ${said}`)
    }
  }
  return groups.flatMap((g) => g.lines)
}
