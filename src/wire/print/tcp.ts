// TCP in tcpdump's words (print-tcp.c). Payload is decoded for HTTP and DNS; options in tcp_options.ts here.
import { i32 } from '../bytes.ts'
import { checksum, pseudoHeader, shouldBe } from '../checksum.ts'
import { IPPROTO_TCP } from '../ipv4.ts'
import { TCP_ACK, TCP_FIN, TCP_HLEN, TCP_RST, TCP_SYN, TCP_URG } from '../tcp.ts'
import { summaryDns } from './dns.ts'
import { summaryHttp } from './http.ts'
import type { IpView } from './ip.ts'
import { type Printer, visibleChar } from './printer.ts'
import { summaryTcpOptions } from './tcp_options.ts'

/** Bits 0 … 7: FIN SYN RST PSH ACK URG ECE CWR. */
const FLAG_LETTERS = 'FSRP.UEW'
const MAX_RST_DATA = 30

/** Text between the brackets of "Flags [S.]". */
function tcpFlagText(flags: number): string {
  let text = ''
  for (let bit = 0; bit < 8; bit++) if ((flags & (1 << bit)) !== 0) text += FLAG_LETTERS[bit]
  return text || 'none'
}

/** Sequence numbers as they are printed, and what SACK blocks are relative to. */
interface Numbers {
  seq: number
  ack: number
  sackBase: number
}

/** Relative numbers: a connection counts from its first segment with ACK, or its last SYN with ACK. */
function relative(p: Printer, ip: IpView, at: number, flags: number): Numbers {
  const seq = p.u32(at + 4)
  const ack = p.u32(at + 8)
  const flows = p.options.flows
  if (flows === null || (flags & TCP_ACK) === 0) return { seq, ack, sackBase: 0 }
  const sport = p.u16(at)
  const dport = p.u16(at + 2)
  const reverse = sport > dport || (sport === dport && p.u32(ip.at + 12) > p.u32(ip.at + 16))
  const src = i32(p.bytes, ip.at + (reverse ? 16 : 12))
  const dst = i32(p.bytes, ip.at + (reverse ? 12 : 16))
  const key = reverse ? `${src} ${dst} ${dport} ${sport}` : `${src} ${dst} ${sport} ${dport}`
  const before = (ack - 1) >>> 0
  const known = flows.get(key)
  if (known === undefined || (flags & TCP_SYN) !== 0) {
    flows.set(key, reverse ? { seq: before, ack: seq } : { seq, ack: before })
    return { seq, ack, sackBase: before }
  }
  return {
    seq: (seq - (reverse ? known.ack : known.seq)) >>> 0,
    ack: (ack - (reverse ? known.seq : known.ack)) >>> 0,
    sackBase: reverse ? known.seq : known.ack,
  }
}

function checksumText(p: Printer, ip: IpView, at: number, length: number): string {
  const sum = p.u16(at + 16)
  const pseudo = pseudoHeader(i32(p.bytes, ip.at + 12), i32(p.bytes, ip.at + 16), IPPROTO_TCP, length)
  const rest = checksum(p.bytes, at, at + length, pseudo)
  const hex = (n: number): string => `0x${n.toString(16).padStart(4, '0')}`
  return `, cksum ${hex(sum)} (${rest === 0 ? 'correct' : `incorrect -> ${hex(shouldBe(sum, rest))}`})`
}

/** A segment of `length` bytes at `at`, header included. */
export function summaryTcp(p: Printer, ip: IpView, at: number, length: number): void {
  p.protocol = 'tcp'
  if (!p.has(at, 4)) {
    p.put(`${ip.src} > ${ip.dst}: [|tcp]`)
    return
  }
  const sport = p.u16(at)
  const dport = p.u16(at + 2)
  p.put(`${ip.src}.${p.port(sport, 'tcp')} > ${ip.dst}.${p.port(dport, 'tcp')}: `)
  if (!p.has(at, TCP_HLEN)) {
    p.put(' [|tcp]')
    return
  }
  const hlen = (p.u8(at + 12) >> 4) * 4
  if (hlen < TCP_HLEN) {
    p.put(` tcp ${(length - hlen) >>> 0} [bad hdr length ${hlen} - too short, < ${TCP_HLEN}]`)
    return
  }
  if (p.options.quiet) {
    const bad = hlen > length ? ` [bad hdr length ${hlen} - too long, > ${length}]` : ''
    p.put(`tcp ${(length - hlen) >>> 0}${bad}`)
    return
  }
  const flags = p.u8(at + 13)
  p.put(`Flags [${tcpFlagText(flags)}]`)
  const n = relative(p, ip, at, flags)
  if (hlen > length) {
    p.put(` [bad hdr length ${hlen} - too long, > ${length}]`)
    return
  }
  if (p.options.verbose > 0 && !ip.fragmented && p.has(at, length)) p.put(checksumText(p, ip, at, length))
  fields(p, at, hlen, length - hlen, flags, n)
}

function fields(p: Printer, at: number, hlen: number, data: number, flags: number, n: Numbers): void {
  if (p.options.verbose > 1 || data > 0 || (flags & (TCP_SYN | TCP_FIN | TCP_RST)) !== 0)
    p.put(`, seq ${n.seq}${data > 0 ? `:${(n.seq + data) >>> 0}` : ''}`)
  if ((flags & TCP_ACK) !== 0) p.put(`, ack ${n.ack}`)
  p.put(`, win ${p.u16(at + 14)}`)
  if ((flags & TCP_URG) !== 0) p.put(`, urg ${p.u16(at + 18)}`)
  if (hlen > TCP_HLEN && !summaryTcpOptions(p, at + TCP_HLEN, hlen - TCP_HLEN, n.sackBase)) return
  p.put(`, length ${data}`)
  if (data === 0) return
  if (!p.has(at, hlen)) {
    p.put(` [remaining caplen(${p.end - at}) < header length(${hlen})]`)
    p.need(at, hlen)
  }
  payload(p, at, at + hlen, data, flags)
}

function payload(p: Printer, at: number, data: number, length: number, flags: number): void {
  if ((flags & TCP_RST) !== 0 && p.options.verbose > 0) {
    const shown = Math.min(length, MAX_RST_DATA)
    let text = `${p.has(data, length) ? ' [RST' : ' [!RST'}${length > shown ? '+' : ''} `
    for (let i = data; i < Math.min(data + shown, p.end); i++) text += visibleChar(p.u8(i))
    p.put(`${text}]`)
    return
  }
  const sport = p.u16(at)
  const dport = p.u16(at + 2)
  const either = (port: number): boolean => sport === port || dport === port
  if (either(80) || either(8080)) {
    p.put(': ')
    summaryHttp(p, data, length)
  } else if (either(53)) summaryDns(p, data, length, true)
}
