// How bytes, addresses and frames are spelled in calls files: data to send, and what an answer shows. Twin of run.py.
import { formatIp4, ip4 } from '../../../src/lib/ip4.ts'
import { concat, u32 } from '../../../src/wire/bytes.ts'
import { encodeIcmp, ICMP_ECHO, type Icmp, icmp } from '../../../src/wire/icmp.ts'
import { encodeIpv4, type Ipv4, ipv4 } from '../../../src/wire/ipv4.ts'
import type { Packet } from '../../../src/wire/packet.ts'
import type { Tcp, TcpOptions } from '../../../src/wire/tcp.ts'

const UNITS: Readonly<Record<string, number>> = { us: 1e3, ms: 1e6, s: 1e9 }

/** "50ms" in ns. */
export function nanoseconds(text: string): number {
  const m = /^([0-9.]+)(us|ms|s)$/.exec(text)!
  return Math.round(Number(m[1]) * UNITS[m[2]!]!)
}

/** A time in ns as seconds, coarse enough to be the same twice: steps of "50ms", or "x200ms" times a power of two. */
export function bucket(gap: number, word: string): number {
  if (!word.startsWith('x')) {
    const step = nanoseconds(word)
    return (Math.floor((gap + step / 2) / step) * step) / 1e9
  }
  const base = nanoseconds(word.slice(1))
  return gap < base * 0.9 ? 0 : (base * 2 ** Math.floor(Math.log2(gap / base / 0.9))) / 1e9
}

export function address(text: string): { addr: number; port: number } {
  const [host, port] = text.split(':')
  return { addr: ip4(host!), port: Number(port) }
}

export function showAddress(a: { readonly addr: number; readonly port: number }): string {
  return `${formatIp4(a.addr)}:${a.port}`
}

/** What is to be sent: "text", "A"*100, hex:0a0b; `echo ID SEQ` and `ip DST PROTO TTL ID` put a header before the rest. */
export function payload(words: readonly string[]): Uint8Array {
  const [head, ...rest] = words
  if (head === undefined) return new Uint8Array(0)
  if (head === 'echo') {
    return encodeIcmp(icmp(ICMP_ECHO, 0, (Number(rest[0]) << 16) | Number(rest[1]), false), payload(rest.slice(2)))
  }
  if (head === 'ip') {
    const [dst, proto, ttl, id] = rest
    const header = ipv4(0, ip4(dst!), Number(proto), Number(ttl), 0, Number(id), false, false, 0, 0, null, false)
    return concat(encodeIpv4(header), payload(rest.slice(4)))
  }
  if (head.startsWith('hex:')) return Uint8Array.from(head.slice(4).match(/../g) ?? [], (h) => Number.parseInt(h, 16))
  const m = /^"([^"]*)"(?:\*(\d+))?$/.exec(head)
  if (m === null) throw new Error(`no data: ${head}`)
  return new TextEncoder().encode(m[1]!.repeat(Number(m[2] ?? 1)))
}

export function show(data: Uint8Array): string {
  if (data.length > 8 && data.every((b) => b === data[0])) return `"${String.fromCharCode(data[0]!)}"*${data.length}`
  if (data.length > 100 || data.some((b) => b < 32 || b > 126 || b === 34)) {
    return `${data.length} bytes, sum ${data.reduce((a, b) => a + b, 0)}`
  }
  return `"${new TextDecoder().decode(data)}"`
}

export function showIcmp(h: Icmp, data: Uint8Array): string {
  return `icmp ${h.type}/${h.code} id ${h.rest >>> 16} seq ${h.rest & 0xffff} ${show(data)}`
}

/** Relative sequence numbers, by direction of a connection. */
export class Seqs {
  readonly base = new Map<string, number>()
  of(key: string, seq: number, syn: boolean): number {
    if (syn || !this.base.has(key)) this.base.set(key, seq)
    return (seq - this.base.get(key)!) >>> 0
  }
}

function flagText(flags: number): string {
  let t = ''
  for (const [bit, c] of [
    [2, 'S'],
    [1, 'F'],
    [4, 'R'],
    [8, 'P'],
    [16, '.'],
  ] as const) {
    if ((flags & bit) !== 0) t += c
  }
  return t === '' ? 'none' : t
}

/** In the order of the header. */
function optionText(o: TcpOptions, base: number): string {
  const out: string[] = []
  if (o.mss !== null) out.push(`mss ${o.mss}`)
  if (o.sackPermitted) out.push('sack')
  if (o.timestamps !== null) out.push('ts')
  if (o.windowScale !== null) out.push(`wscale ${o.windowScale}`)
  const b = o.unknown
  if (b !== null && b[0] === 5 && b.length === b[1]) {
    const edges = Array.from({ length: (b.length - 2) / 4 }, (_, i) => (u32(b, 2 + 4 * i) - base) >>> 0)
    out.push(`blocks ${edges.join(' ')}`)
  }
  return out.length === 0 ? '' : ` <${out.join(',')}>`
}

function showTcp(ip: Ipv4, t: Tcp, size: number, seqs: Seqs, full: boolean): string {
  const from = `${formatIp4(ip.src)}:${t.sport}`
  const to = `${formatIp4(ip.dst)}:${t.dport}`
  let line = `${from} > ${to} ${flagText(t.flags)} ${seqs.of(`${from} ${to}`, t.seq, (t.flags & 2) !== 0)}:${size}`
  const back = seqs.base.get(`${to} ${from}`)
  if ((t.flags & 16) !== 0) {
    line += back === undefined ? ' ack N' : ` ack ${(t.ack - back) >>> 0}`
  }
  if (full) line += ` win ${t.window}${t.options === null ? '' : optionText(t.options, back ?? 0)}`
  return line
}

/** One frame as a line; null for what is not shown. */
export function showPacket(p: Packet, seqs: Seqs, full: boolean): string | null {
  const n = p.net
  if (n.kind === 'arp') {
    return n.op === 1 ? `arp who-has ${formatIp4(n.tip)} tell ${formatIp4(n.sip)}` : `arp reply ${formatIp4(n.sip)}`
  }
  if (n.kind !== 'ipv4') return null
  const more = full ? ` ttl ${n.ttl} id ${n.id === 0 ? '0' : 'N'}${n.df ? ' DF' : ''}` : ''
  const [src, dst] = [formatIp4(n.src), formatIp4(n.dst)]
  if (n.mf || n.fragOffset !== 0) {
    return `${src} > ${dst} fragment ${n.fragOffset}:${p.data.length}${n.mf ? '+' : ''}${more}`
  }
  const l4 = p.l4
  if (l4 === null) return `${src} > ${dst} proto ${n.protocol} ${p.data.length}${more}`
  switch (l4.kind) {
    case 'icmp':
      return `${src} > ${dst} icmp ${l4.type}/${l4.code}${more}`
    case 'udp':
      return `${src}:${l4.sport} > ${dst}:${l4.dport} udp ${l4.length - 8}${more}`
    case 'tcp':
      return `${showTcp(n, l4, p.data.length, seqs, full)}${more}`
  }
}
