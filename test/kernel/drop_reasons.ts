// The table of docs/drop-reasons.md: each pair of function and reason that netsim can produce, and how it is known to be the
// kernel's. To write the page anew: node --conditions=netsim-source --import tsx test/kernel/drop_reasons.ts --write
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DROP_REASONS, type DropReason } from '../../src/uapi/drop.ts'
import type { ReasonDrop } from './drop_reasons_cases.ts'
import { producible } from './drop_reasons_source.ts'

const RECORDINGS = join(import.meta.dirname, 'recordings')
const PAGE = join(import.meta.dirname, '../../docs/drop-reasons.md')

/** Ends of which Linux tells nothing (it consumes the packet); netsim says why nothing came of it. Pair → a case of it. */
export const SILENT: Readonly<Record<string, string>> = {
  '__ip_do_redirect NOT_SPECIFIED': 'a redirect for a router',
  'icmp_discard NOT_SPECIFIED': 'ICMP type 7',
  'icmp_echo NOT_SPECIFIED': 'icmp_echo_ignore_all 1',
  'icmp_redirect NOT_SPECIFIED': 'ICMP redirect that quotes garbage',
  'icmp_timestamp PKT_TOO_SMALL': 'ICMP timestamp request without timestamps',
  'icmp_unreach NOT_SPECIFIED': 'an ICMP error of an unknown code, and one that quotes too little',
  'ifb_xmit NOT_SPECIFIED': 'nothing was redirected to an ifb',
  'inet_frag_rbtree_purge DUP_FRAG': 'a fragment overlaps two others',
  'raw_rcv_skb SOCKET_RCVBUFF': 'nobody reads from a raw socket',
  'tcp_conn_request IP_OUTNOROUTES': 'a SYN whose sender no route leads to',
  'tcp_conn_request NOT_SPECIFIED': 'more handshakes are under way than the backlog',
  'tcp_conn_request TCP_LISTEN_OVERFLOW': 'the accept queue is full',
  'tcp_v4_conn_request NOT_SPECIFIED': 'a SYN for a broadcast address',
}

/** What no script can provoke. Pair → why. */
export const UNVERIFIED: Readonly<Record<string, string>> = {
  '__neigh_event_send NEIGH_DEAD': 'an entry that is removed between being found and being used: a race',
  'ip_rcv_core HDR_TRUNC': 'a frame shorter than an Ethernet header: no socket sends one',
  'ip_rcv_core NOT_SPECIFIED': 'these bytes are an ARP packet and end in arp_rcv',
  'ip_rcv_core UNHANDLED_PROTO': 'such a frame ends in __netif_receive_skb_core',
  'neigh_proxy_process NOT_SPECIFIED':
    'the queue is emptied when the device goes down, so its timer finds none of them',
  'tcp_rcv_established TCP_ZEROWINDOW':
    'Linux 6.18 refuses data beyond the window before (tcp_validate_incoming: TCP_INVALID_END_SEQUENCE); 6.1 has no such check',
  'tcp_rcv_state_process TCP_CLOSE': 'a closed socket is in no table: no segment finds it',
  'tcp_rcv_state_process TCP_ZEROWINDOW': 'as tcp_rcv_established',
  'tcp_v4_do_rcv TCP_OLD_ACK': 'nothing was acknowledged yet, so what is old is TCP_TOO_OLD_ACK',
}

/** Not in the enum of Linux 6.1 (its list of names is in the kernel image). */
const AFTER_6_1: ReadonlySet<DropReason> = new Set<DropReason>([
  'IP_LOCAL_SOURCE',
  'IP_INVALID_SOURCE',
  'IP_LOCALNET',
  'IP_INVALID_DEST',
  'QUEUE_PURGE',
  'PACKET_SOCK_ERROR',
  'FRAG_REASM_TIMEOUT',
  'DUP_FRAG',
  'TCP_ABORT_ON_DATA',
  'TCP_RFC7323_TW_PAWS',
  'TCP_OLD_SEQUENCE',
  'TCP_INVALID_ACK_SEQUENCE',
  'TCP_LISTEN_OVERFLOW',
])

export const pairOf = (d: ReasonDrop): string => `${d.fn} ${d.reason}`

/** Where a pair was seen on Linux. */
interface Seen {
  readonly what: string
  readonly by: 'frame' | 'neighbour' | 'script' | 'segment'
}

type Answers = Readonly<Record<string, readonly ReasonDrop[] | { readonly drops: readonly ReasonDrop[] }>>

function json(file: string): { readonly kernel: string; readonly answers: Answers } {
  return JSON.parse(readFileSync(join(RECORDINGS, file), 'utf8')) as { kernel: string; answers: Answers }
}

/** Pair → what provoked it on the recorded kernel. */
export function verified(): Map<string, Seen[]> {
  const out = new Map<string, Seen[]>()
  const add = (pair: string, seen: Seen): void => {
    const known = out.get(pair) ?? []
    if (!known.some((s) => s.what === seen.what)) out.set(pair, [...known, seen])
  }
  for (const [file, by] of [
    ['drops.json', 'frame'],
    ['neigh_drops.json', 'neighbour'],
    ['drop_reasons.json', 'script'],
  ] as const)
    for (const [what, answer] of Object.entries(json(file).answers))
      for (const d of 'drops' in answer ? answer.drops : answer) add(pairOf(d), { what, by })
  for (const file of ['calls.tcp-drops.txt', 'calls.drop-reasons.txt', 'calls.tcp-path.txt']) {
    let section = ''
    for (const line of readFileSync(join(RECORDINGS, file), 'utf8').split('\n')) {
      if (line.startsWith('== ')) section = line.slice(3)
      const verdict = /\.verdict \S+ (.*) -> (\w+ [A-Z0-9_]+)$/.exec(line)
      if (verdict !== null) add(verdict[2]!, { what: `${section}: \`${verdict[1]}\``, by: 'segment' })
    }
  }
  return out
}

function row(pair: string, seen: ReadonlyMap<string, Seen[]>): string {
  const [fn, reason] = pair.split(' ') as [string, DropReason]
  const name = `\`${reason}\`${AFTER_6_1.has(reason) ? ' †' : ''}`
  if (pair in SILENT) return `| ${name} | \`${fn}\` | ${SILENT[pair]} | Linux is silent |`
  if (pair in UNVERIFIED) return `| ${name} | \`${fn}\` | ${UNVERIFIED[pair]} | not verified |`
  const all = seen.get(pair) ?? []
  const first = all.slice(0, 3).map((s) => s.what)
  const more = all.length > 3 ? ` … (${all.length} cases)` : ''
  const by = [...new Set(all.map((s) => s.by))].join(', ')
  return `| ${name} | \`${fn}\` | ${first.join('; ')}${more} | ${by} |`
}

/** The whole page. */
export function page(): string {
  const seen = verified()
  const kernel = json('drop_reasons.json').kernel.split(' ').slice(0, 2).join(' ')
  const names = Object.keys(DROP_REASONS)
  const order = (pair: string): number => names.indexOf(pair.split(' ')[1]!)
  const pairs = producible().sort((a, b) => order(a) - order(b) || (a < b ? -1 : 1))
  const count = (list: Readonly<Record<string, string>>): number => pairs.filter((p) => p in list).length
  const [silent, open] = [count(SILENT), count(UNVERIFIED)]
  return `---
title: Drop reasons
---

# Drop reasons

Every end of a packet in netsim has the kernel's own reason (\`enum skb_drop_reason\` without \`SKB_DROP_REASON_\`) and the kernel's function, as the
tracepoint \`skb:kfree_skb\` of ${kernel} names them. This table is made from netsim's source and the recordings by
\`test/kernel/drop_reasons.ts --write\`; a test fails when a pair is in the source and not here. Of ${pairs.length} pairs, ${pairs.length - silent - open} were seen on Linux
and ${open} could not be provoked; of ${silent} Linux tells nothing: it consumes the packet, and netsim says why nothing came of it.

- frame: one frame of \`test/kernel/drop_frames.ts\`; neighbour: \`test/kernel/neigh_drops.ts\`; script: \`test/kernel/drop_reasons_cases.ts\`;
  segment: a TCP segment of \`test/kernel/calls/{tcp-drops,tcp-path,drop-reasons}.txt\`.
- † Linux 6.1 does not have this reason yet. A function that the compiler has put into its caller, or that ends in a jump, appears under the
  caller's name (\`ip_frag_queue\` as \`ip_defrag\`); another build may do otherwise.
- netsim names no reason twice for one packet: where Linux frees its own copy of an echo reply in \`ping_rcv\` with NO_SOCKET although a raw
  socket has another, netsim says that the raw socket got it.

| reason | function | what provokes it | verified by |
|---|---|---|---|
${pairs.map((p) => row(p, seen)).join('\n')}
`
}

export function writtenPage(): string {
  return readFileSync(PAGE, 'utf8')
}

if (process.argv.includes('--write')) writeFileSync(PAGE, page())
