// IPv4 in tcpdump's words (print-ip.c) and the dispatch on its protocol (print-ip-demux.c).
// A new protocol: one printer file beside this one and one case in `demux`.
import { checksum, shouldBe } from '../checksum.ts'
import { IP_HLEN, IPPROTO_ICMP, IPPROTO_IPIP, IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP } from '../ipv4.ts'
import { summaryIcmp } from './icmp.ts'
import type { Printer } from './printer.ts'
import { summaryTcp } from './tcp.ts'
import { summaryUdp } from './udp.ts'

/** ipproto_values: what -v calls the protocol. */
const PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [0, 'Options'],
  [1, 'ICMP'],
  [2, 'IGMP'],
  [4, 'IPIP'],
  [6, 'TCP'],
  [8, 'EGP'],
  [9, 'IGRP'],
  [17, 'UDP'],
  [33, 'DCCP'],
  [41, 'IPv6'],
  [43, 'Routing'],
  [46, 'RSVP'],
  [47, 'GRE'],
  [50, 'ESP'],
  [51, 'AH'],
  [55, 'Mobile IP'],
  [58, 'ICMPv6'],
  [88, 'EIGRP'],
  [89, 'OSPF'],
  [103, 'PIM'],
  [108, 'Compressed IP'],
  [112, 'VRRP'],
  [113, 'PGM'],
  [132, 'SCTP'],
  [135, 'Mobility'],
])

const OPTIONS: ReadonlyMap<number, string> = new Map([
  [0, 'EOL'],
  [1, 'NOP'],
  [68, 'timestamp'],
  [130, 'security'],
  [7, 'RR'],
  [137, 'SSRR'],
  [131, 'LSRR'],
  [148, 'RA'],
  [82, 'traceroute'],
])

const ECN: readonly string[] = Object.freeze(['', ',ECT(1)', ',ECT(0)', ',CE'])

/** An IPv4 header as the printers of what it carries need it. */
export interface IpView {
  readonly at: number
  readonly src: string
  readonly dst: string
  readonly protocol: number
  /** MF is set: lengths and checksums of the payload are not complete. */
  readonly fragmented: boolean
}

/** A datagram at `at`; `length` bytes on the wire from there. */
export function summaryIp(p: Printer, at: number, length: number): void {
  p.protocol = 'ip'
  const version = p.u8(at) >> 4
  if (version !== 4) {
    p.put(version === 6 ? 'IP6, wrong link-layer encapsulation (invalid)' : `IP${version} (invalid)`)
    return
  }
  if (!p.options.linkLevel) p.put('IP ')
  if (!p.has(at, IP_HLEN)) {
    p.put(' [|ip]')
    return
  }
  if (length < IP_HLEN) {
    p.put(`truncated-ip ${length}`)
    return
  }
  const hlen = (p.u8(at) & 15) * 4
  if (hlen < IP_HLEN) {
    p.put(`bad-hlen ${hlen}`)
    return
  }
  const total = p.u16(at + 2)
  if (length < total) p.put(`truncated-ip - ${total - length} bytes missing! `)
  if (total < hlen) {
    p.put(`bad-len ${total}`)
    return
  }
  const end = p.end
  p.end = Math.min(p.end, at + total)
  if (p.options.verbose === 0 || verboseHeader(p, at, hlen)) body(p, at, hlen, total - hlen)
  p.end = end
}

/** The parenthesis of -v; false when the options were cut off. */
function verboseHeader(p: Printer, at: number, hlen: number): boolean {
  const tos = p.u8(at + 1)
  const ttl = p.u8(at + 8)
  const frag = p.u16(at + 6)
  const protocol = p.u8(at + 9)
  const flags = [frag & 0x2000 ? '+' : '', frag & 0x4000 ? 'DF' : '', frag & 0x8000 ? 'rsvd' : '']
  p.put(`(tos 0x${tos.toString(16)}${ECN[tos & 3]}${ttl > 0 ? `, ttl ${ttl}` : ''}, id ${p.u16(at + 4)}`)
  p.put(`, offset ${(frag & 0x1fff) * 8}, flags [${flags.filter((f) => f !== '').join(', ') || 'none'}]`)
  p.put(`, proto ${PROTOCOLS.get(protocol) ?? 'unknown'} (${protocol}), length ${p.u16(at + 2)}`)
  let whole = true
  if (hlen > IP_HLEN) {
    p.put(', options (')
    whole = ipOptions(p, at + IP_HLEN, hlen - IP_HLEN)
    p.put(whole ? ')' : ' [truncated-option])')
  }
  if (p.has(at, hlen)) {
    const rest = checksum(p.bytes, at, at + hlen)
    const sum = p.u16(at + 10)
    if (rest !== 0) p.put(`, bad cksum ${sum.toString(16)} (->${shouldBe(sum, rest).toString(16)})!`)
  }
  p.put(')\n    ')
  if (!whole) p.put(`${p.host(at + 12)} > ${p.host(at + 16)}:  [|ip]`)
  return whole
}

function ipOptions(p: Printer, at: number, length: number): boolean {
  let separator = ''
  for (let i = 0; i < length; ) {
    p.put(separator)
    separator = ','
    const kind = p.u8(at + i)
    p.put(OPTIONS.get(kind) ?? `unknown ${kind}`)
    const len = kind < 2 ? 1 : p.u8(at + i + 1)
    if ((kind > 1 && len < 2) || len > length - i) {
      p.put(` [bad length ${len}]`)
      return true
    }
    if (!p.has(at + i, len)) return false
    if (kind === 0) return true
    if (kind === 7 || kind === 137 || kind === 131) recordRoute(p, at + i, len)
    else if (kind === 148) routerAlert(p, at + i, len)
    i += len
  }
  return true
}

function recordRoute(p: Printer, at: number, length: number): void {
  if (length < 3) {
    p.put(` [bad length ${length}]`)
    return
  }
  if (((length + 1) & 3) !== 0) p.put(` [bad length ${length}]`)
  const pointer = p.u8(at + 2) - 1
  if (pointer < 3 || ((pointer + 1) & 3) !== 0 || pointer > length + 1) p.put(` [bad ptr ${p.u8(at + 2)}]`)
  for (let i = 3; i + 4 <= length; i += 4) p.put(` ${p.host(at + i)}${pointer > i ? ',' : ''}`)
}

function routerAlert(p: Printer, at: number, length: number): void {
  if (length < 4) p.put(` [bad length ${length}]`)
  else if (p.u16(at + 2) !== 0) p.put(` value ${p.u16(at + 2)}`)
}

function body(p: Printer, at: number, hlen: number, length: number): void {
  const frag = p.u16(at + 6)
  const protocol = p.u8(at + 9)
  const ip = { at, src: p.host(at + 12), dst: p.host(at + 16), protocol, fragmented: (frag & 0x2000) !== 0 }
  if ((frag & 0x1fff) !== 0) {
    p.put(`${ip.src} > ${ip.dst}: ${protocolName(p, protocol)}`)
    return
  }
  if (protocol !== IPPROTO_TCP && protocol !== IPPROTO_UDP && protocol !== IPPROTO_SCTP && protocol !== 33)
    p.put(`${ip.src} > ${ip.dst}: `)
  if (!p.has(at, hlen)) {
    p.put(` [remaining caplen(${p.end - at}) < header length(${hlen})]`)
    p.need(at, hlen)
  }
  demux(p, ip, at + hlen, length)
}

function protocolName(p: Printer, protocol: number): string {
  return p.options.names?.protocol(protocol) ?? `ip-proto-${protocol}`
}

function demux(p: Printer, ip: IpView, at: number, length: number): void {
  switch (ip.protocol) {
    case IPPROTO_ICMP:
      summaryIcmp(p, ip, at, length)
      break
    case IPPROTO_UDP:
      summaryUdp(p, ip, at, length)
      break
    case IPPROTO_TCP:
      summaryTcp(p, ip, at, length)
      break
    case IPPROTO_IPIP:
      summaryIp(p, at, length)
      break
    default:
      p.put(` ${protocolName(p, ip.protocol)} ${length}`)
  }
}
