// A connection as one line (nfct_snprintf: conntrack/snprintf_default.c of libnetfilter_conntrack; ct_save_snprintf for -o save).
// Read first: uapi/conntrack.ts. As XML: xml.ts.
import { formatIp4 } from '../../lib/ip4.ts'
import {
  type CtEventKind,
  type CtInfo,
  type CtTuple,
  IPS_ASSURED,
  IPS_EXPECTED,
  IPS_FIXED_TIMEOUT,
  IPS_SEEN_REPLY,
} from '../../uapi/conntrack.ts'

const NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [33, 'dccp'],
  [47, 'gre'],
  [58, 'icmpv6'],
  [132, 'sctp'],
  [136, 'udplite'],
])

export function protocolName(protocol: number): string {
  return NAMES.get(protocol) ?? 'unknown'
}

const WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136])

export function hasPorts(protocol: number): boolean {
  return WITH_PORTS.has(protocol)
}

export interface LineOptions {
  readonly extended: boolean
  readonly id: boolean
  /** A dump says how often a connection is in use; events do not. */
  readonly use: number | null
}

const EVENT: Readonly<Record<CtEventKind, string>> = Object.freeze({
  new: '    [NEW] ',
  update: ' [UPDATE] ',
  destroy: '[DESTROY] ',
})

function tuple(t: CtTuple): string {
  const addresses = `src=${formatIp4(t.src)} dst=${formatIp4(t.dst)} `
  if (t.protocol === 1) return `${addresses}type=${t.icmpType} code=${t.icmpCode} id=${t.sport} `
  if (t.protocol === 47) return `${addresses}srckey=0x${t.sport.toString(16)} dstkey=0x${t.dport.toString(16)} `
  return hasPorts(t.protocol) ? `${addresses}sport=${t.sport} dport=${t.dport} ` : addresses
}

/** The zone of both directions, or 0 when they differ. */
export function commonZone(c: CtInfo): number {
  return c.zoneOrig === c.zoneReply ? c.zoneOrig : 0
}

export function line(c: CtInfo, event: CtEventKind | null, o: LineOptions): string {
  const both = commonZone(c) !== 0 || c.zoneOrig === c.zoneReply
  const counters = (packets: number, bytes: number): string => `packets=${packets} bytes=${bytes} `
  const parts = [
    event === null ? '' : EVENT[event],
    o.extended ? 'ipv4     2 ' : '',
    `${protocolName(c.orig.protocol).padEnd(8)} ${c.orig.protocol} `,
    c.timeout === null ? '' : `${c.timeout} `,
    c.tcpState === null ? '' : `${c.tcpState} `,
    tuple(c.orig),
    both || c.zoneOrig === 0 ? '' : `zone-orig=${c.zoneOrig} `,
    c.counters === null ? '' : counters(c.counters.origPackets, c.counters.origBytes),
    (c.status & IPS_SEEN_REPLY) === 0 ? '[UNREPLIED] ' : '',
    tuple(c.reply),
    both || c.zoneReply === 0 ? '' : `zone-reply=${c.zoneReply} `,
    c.counters === null ? '' : counters(c.counters.replyPackets, c.counters.replyBytes),
    (c.status & IPS_ASSURED) !== 0 ? '[ASSURED] ' : '',
    event === null || c.mark !== 0 ? `mark=${c.mark >>> 0} ` : '',
    commonZone(c) === 0 ? '' : `zone=${commonZone(c)} `,
    o.use === null ? '' : `use=${o.use} `,
    o.id ? `id=${c.id} ` : '',
  ]
  return parts.join('').trimEnd()
}

const STATUS_WORDS: readonly (readonly [number, string])[] = Object.freeze([
  [IPS_EXPECTED, 'EXPECTED'],
  [IPS_SEEN_REPLY, 'SEEN_REPLY'],
  [IPS_ASSURED, 'ASSURED'],
  [IPS_FIXED_TIMEOUT, 'FIXED_TIMEOUT'],
] as const)

function saveProtocol(c: CtInfo): string {
  const { orig, reply } = c
  if (orig.protocol === 1)
    return `-p icmp --icmp-type ${orig.icmpType} --icmp-code ${orig.icmpCode} --icmp-id ${orig.sport}`
  if (!NAMES.has(orig.protocol)) return `-p ${orig.protocol}`
  const name = `-p ${protocolName(orig.protocol)}`
  if (!hasPorts(orig.protocol)) return name
  const state = c.tcpState === null ? '' : ` --state ${c.tcpState}`
  const there = `--sport ${orig.sport} --dport ${orig.dport}`
  return `${name} ${there} --reply-port-src ${reply.sport} --reply-port-dst ${reply.dport}${state}`
}

/** -o save: as a command that makes (changes, deletes) it. */
export function saveLine(c: CtInfo, event: CtEventKind | null, snat: boolean, dnat: boolean): string {
  const words = STATUS_WORDS.filter(([bit]) => (c.status & bit) !== 0).map(([, word]) => word)
  const zones =
    c.zoneOrig === c.zoneReply
      ? c.zoneOrig === 0
        ? ''
        : ` -w ${c.zoneOrig}`
      : `${c.zoneOrig === 0 ? '' : ` --orig-zone ${c.zoneOrig}`}${c.zoneReply === 0 ? '' : ` --reply-zone ${c.zoneReply}`}`
  const addresses = [
    `-s ${formatIp4(c.orig.src)} -d ${formatIp4(c.orig.dst)}`,
    `${dnat ? '-g' : '-r'} ${formatIp4(c.reply.src)} ${snat ? '-n' : '-q'} ${formatIp4(c.reply.dst)}`,
  ].join(' ')
  const verb = event === 'update' ? '-U' : event === 'destroy' ? '-D' : '-A'
  const timeout = c.timeout === null ? '' : ` -t ${c.timeout}`
  return `${verb}${timeout} -u ${words.length === 0 ? 'UNSET' : words.join(',')}${zones} ${addresses} ${saveProtocol(c)}`
}
