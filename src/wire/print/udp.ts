// UDP in tcpdump's words (print-udp.c). Payload is decoded for DNS; other well-known ports show their length only.
import { i32 } from '../bytes.ts'
import { checksum, pseudoHeader, shouldBe } from '../checksum.ts'
import { IPPROTO_UDP } from '../ipv4.ts'
import { UDP_HLEN } from '../udp.ts'
import { summaryDns } from './dns.ts'
import type { IpView } from './ip.ts'
import type { Printer } from './printer.ts'

const PORT_DOMAIN = 53

function addresses(p: Printer, ip: IpView, sport: number, dport: number): string {
  return `${ip.src}.${p.port(sport, 'udp')} > ${ip.dst}.${p.port(dport, 'udp')}: `
}

/** -vv only. */
function checksumText(p: Printer, ip: IpView, at: number, covered: number): string {
  const sum = p.u16(at + 6)
  if (sum === 0) return '[no cksum] '
  if (!p.has(at, covered)) return ''
  const pseudo = pseudoHeader(i32(p.bytes, ip.at + 12), i32(p.bytes, ip.at + 16), IPPROTO_UDP, covered)
  const rest = checksum(p.bytes, at, at + covered, pseudo)
  if (rest === 0) return '[udp sum ok] '
  const hex = (n: number): string => `0x${n.toString(16).padStart(4, '0')}`
  return `[bad udp cksum ${hex(sum)} -> ${hex(shouldBe(sum, rest))}!] `
}

/** A datagram; `payload` bytes of IP payload from `at`. */
export function summaryUdp(p: Printer, ip: IpView, at: number, payload: number): void {
  p.protocol = 'udp'
  if (!p.has(at, 4)) {
    p.put(`${ip.src} > ${ip.dst}:  [|udp]`)
    return
  }
  const sport = p.u16(at)
  const dport = p.u16(at + 2)
  p.put(addresses(p, ip, sport, dport))
  if (payload < UDP_HLEN) {
    p.put(`truncated-udp ${payload}`)
    return
  }
  if (!p.has(at, 6)) {
    p.put(' [|udp]')
    return
  }
  const stated = p.u16(at + 4)
  if (stated < UDP_HLEN) {
    p.put(`truncated-udplength ${stated}`)
    return
  }
  if (!p.has(at, UDP_HLEN)) {
    p.put(' [|udp]')
    return
  }
  const length = Math.min(stated, payload) - UDP_HLEN
  if (p.options.verbose > 1 && !ip.fragmented) p.put(checksumText(p, ip, at, length + UDP_HLEN))
  if (!p.options.quiet && (sport === PORT_DOMAIN || dport === PORT_DOMAIN)) summaryDns(p, at + UDP_HLEN, length, false)
  else if (stated > payload && !ip.fragmented) p.put(`UDP, bad length ${stated - UDP_HLEN} > ${length}`)
  else p.put(`UDP, length ${stated - UDP_HLEN}`)
}
