// /proc/net: dev, route, arp, tcp, udp, raw, icmp in the kernel's own columns (net/core/net-procfs.c, fib_trie.c, arp.c, tcp_ipv4.c).
// Leaves out the statistics files (snmp, netstat, sockstat) and everything of IPv6.
import { formatIp4, type Ip4, maskOf } from '../lib/ip4.ts'
import { formatMac } from '../lib/mac.ts'
import { type CtInfo, type CtTuple, IPS_ASSURED, IPS_SEEN_REPLY } from '../uapi/conntrack.ts'
import { NUD_PERMANENT, NUD_VALID } from '../uapi/neigh.ts'
import type { SocketInfo } from '../uapi/socket.ts'
import { linksOf } from './sysfs.ts'
import type { Asker } from './virtual.ts'

export const PROC_NET: readonly string[] = Object.freeze([
  'arp',
  'dev',
  'icmp',
  'nf_conntrack',
  'raw',
  'route',
  'tcp',
  'udp',
])

const RT_TABLE_MAIN = 254

/** The kernel prints addresses as the little-endian word they are in memory. */
function hexAddr(a: Ip4): string {
  const h = (a >>> 0).toString(16).padStart(8, '0').toUpperCase()
  return h.slice(6) + h.slice(4, 6) + h.slice(2, 4) + h.slice(0, 2)
}

function hex(n: number, width: number): string {
  return n.toString(16).toUpperCase().padStart(width, '0')
}

function dev(who: Asker): string {
  let out =
    'Inter-|   Receive                                                |  Transmit\n' +
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n'
  const n = (v: number, w: number): string => String(v).padStart(w)
  for (const { link, stats: s } of linksOf(who)) {
    out +=
      `${link.name.padStart(6)}: ${n(s.rxBytes, 7)} ${n(s.rxPackets, 7)} ${n(s.rxErrors, 4)} ${n(s.rxDropped, 4)} ` +
      `${n(0, 4)} ${n(0, 5)} ${n(0, 10)} ${n(s.rxMulticast, 9)} ${n(s.txBytes, 8)} ${n(s.txPackets, 7)} ` +
      `${n(s.txErrors, 4)} ${n(s.txDropped, 4)} ${n(0, 4)} ${n(0, 5)} ${n(0, 7)} ${n(0, 10)}\n`
  }
  return out
}

function route(who: Asker): string {
  const names = new Map(linksOf(who).map((l) => [l.link.ifindex, l.link.name]))
  const r = who.machine.netlink.request(who.netns, 'route.list', { table: RT_TABLE_MAIN })
  const line = (s: string): string => `${s.padEnd(127)}\n`
  let out = line('Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT')
  for (const route of r.ok ? r.value : []) {
    if (route.type === 'broadcast' || route.type === 'multicast') continue
    const hop = route.nexthops[0]
    const gateway = hop?.gateway ?? 0
    // RTF_UP, RTF_GATEWAY, RTF_HOST, RTF_REJECT
    const refuse = route.type === 'unreachable' || route.type === 'prohibit'
    const flags = 1 | (gateway !== 0 ? 2 : 0) | (route.len === 32 ? 4 : 0) | (refuse ? 0x200 : 0)
    const name = hop === undefined ? '*' : (names.get(hop.oif) ?? '*')
    out += line(
      `${name}\t${hexAddr(route.dst)}\t${hexAddr(gateway)}\t${hex(flags, 4)}\t0\t0\t${route.metric}\t` +
        `${hexAddr(maskOf(route.len))}\t0\t0\t0`,
    )
  }
  return out
}

function arp(who: Asker): string {
  const names = new Map(linksOf(who).map((l) => [l.link.ifindex, l.link.name]))
  const r = who.machine.netlink.request(who.netns, 'neigh.list', { proxy: false })
  let out = 'IP address       HW type     Flags       HW address            Mask     Device\n'
  for (const e of r.ok ? r.value : []) {
    // ATF_COM, ATF_PERM
    const flags = (e.state & NUD_PERMANENT) !== 0 ? 6 : (e.state & NUD_VALID) !== 0 ? 2 : 0
    const mac = formatMac(e.lladdr ?? 0)
    const ip = formatIp4(e.dst).padEnd(16)
    out += `${ip} 0x${'1'.padEnd(10)}0x${flags.toString(16).padEnd(10)}${mac}     *        ${names.get(e.ifindex) ?? '?'}\n`
  }
  return out
}

const TCP_STATES: Readonly<Record<string, number>> = Object.freeze({
  ESTAB: 1,
  'SYN-SENT': 2,
  'SYN-RECV': 3,
  'FIN-WAIT-1': 4,
  'FIN-WAIT-2': 5,
  'TIME-WAIT': 6,
  UNCONN: 7,
  'CLOSE-WAIT': 8,
  'LAST-ACK': 9,
  LISTEN: 10,
  CLOSING: 11,
})

function socketLine(s: SocketInfo, slot: number, width: number): string {
  const place = `${String(slot).padStart(width)}: ${hexAddr(s.local)}:${hex(s.lport, 4)} ${hexAddr(s.remote)}:${hex(s.rport, 4)}`
  const queues = `${hex(s.sendQ, 8)}:${hex(s.recvQ, 8)} 00:00000000 00000000`
  return `${place} ${hex(TCP_STATES[s.state] ?? 7, 2)} ${queues} ${String(s.uid).padStart(5)}        0 ${s.inode}`
}

function sockets(who: Asker, netid: SocketInfo['netid']): string {
  const r = who.machine.netlink.request(who.netns, 'socket.list', {})
  const mine = (r.ok ? r.value : []).filter((s) => s.netid === netid)
  const line = (s: string): string => `${s.padEnd(netid === 'tcp' ? 149 : 127)}\n`
  if (netid === 'tcp') {
    const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
    return line(head) + mine.map((s, i) => line(`${socketLine(s, i, 4)} 1 0000000000000000 100 0 0 10 0`)).join('')
  }
  const head =
    '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops'
  return line(head) + mine.map((s, i) => line(`${socketLine(s, i, 5)} 2 0000000000000000 0`)).join('')
}

function tuple(t: CtTuple): string {
  const addresses = `src=${formatIp4(t.src)} dst=${formatIp4(t.dst)} `
  if (t.protocol === 1) return `${addresses}type=${t.icmpType} code=${t.icmpCode} id=${t.sport} `
  return t.protocol === 6 || t.protocol === 17 ? `${addresses}sport=${t.sport} dport=${t.dport} ` : addresses
}

/** ct_seq_show (net/netfilter/nf_conntrack_standalone.c); who reads it holds the connection too, so use is 2. */
function conntrack(who: Asker): string {
  const r = who.machine.netlink.request(who.netns, 'ct.list', { filter: {} })
  const names: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp' }
  const line = (c: CtInfo): string => {
    const n = c.counters
    const both = c.zoneOrig === c.zoneReply
    const head = `ipv4     2 ${(names[c.orig.protocol] ?? 'unknown').padEnd(8)} ${c.orig.protocol} ${c.timeout ?? 0} `
    const there = `${tuple(c.orig)}${both || c.zoneOrig === 0 ? '' : `zone-orig=${c.zoneOrig} `}`
    const back = `${tuple(c.reply)}${both || c.zoneReply === 0 ? '' : `zone-reply=${c.zoneReply} `}`
    const sent = n === null ? '' : `packets=${n.origPackets} bytes=${n.origBytes} `
    const answered = n === null ? '' : `packets=${n.replyPackets} bytes=${n.replyBytes} `
    const unreplied = (c.status & IPS_SEEN_REPLY) === 0 ? '[UNREPLIED] ' : ''
    const assured = (c.status & IPS_ASSURED) !== 0 ? '[ASSURED] ' : ''
    const zone = both && c.zoneOrig !== 0 ? `zone=${c.zoneOrig} ` : ''
    const state = c.tcpState === null ? '' : `${c.tcpState} `
    return `${head}${state}${there}${sent}${unreplied}${back}${answered}${assured}mark=${c.mark >>> 0} ${zone}use=2\n`
  }
  return r.ok ? r.value.map(line).join('') : ''
}

export function procNetFile(who: Asker, name: string): string {
  switch (name) {
    case 'dev':
      return dev(who)
    case 'route':
      return route(who)
    case 'arp':
      return arp(who)
    case 'nf_conntrack':
      return conntrack(who)
    case 'tcp':
    case 'udp':
    case 'raw':
    case 'icmp':
      return sockets(who, name)
    default:
      return ''
  }
}
