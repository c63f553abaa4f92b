// ICMP in tcpdump's words (print-icmp.c). Leaves out router advertisements and RFC 4884 extensions.
import { checksum, shouldBe } from '../checksum.ts'
import {
  ICMP_DEST_UNREACH,
  ICMP_ECHO,
  ICMP_ECHOREPLY,
  ICMP_FRAG_NEEDED,
  ICMP_HLEN,
  ICMP_PARAMETERPROB,
  ICMP_PORT_UNREACH,
  ICMP_PROT_UNREACH,
  ICMP_REDIRECT,
  ICMP_TIME_EXCEEDED,
  ICMP_TIMESTAMP,
  ICMP_TIMESTAMPREPLY,
  isIcmpError,
} from '../icmp.ts'
import { IPPROTO_TCP, IPPROTO_UDP } from '../ipv4.ts'
import { type IpView, summaryIp } from './ip.ts'
import type { Printer } from './printer.ts'

const OTHER_TYPES: ReadonlyMap<number, string> = new Map([
  [4, 'source quench'],
  [10, 'router solicitation'],
  [15, 'information request'],
  [16, 'information reply'],
  [17, 'address mask request'],
])

/** Codes of "destination unreachable": words before and after the address; null has words of its own below. */
const UNREACHABLE: readonly (readonly [string, string] | null)[] = Object.freeze([
  ['net ', ' unreachable'],
  ['host ', ' unreachable'],
  null,
  null,
  null,
  ['', ' unreachable - source route failed'],
  ['net ', ' unreachable - unknown'],
  ['host ', ' unreachable - unknown'],
  ['', ' unreachable - source host isolated'],
  ['net ', ' unreachable - admin prohibited'],
  ['host ', ' unreachable - admin prohibited'],
  ['net ', ' unreachable - tos prohibited'],
  ['host ', ' unreachable - tos prohibited'],
  ['host ', ' unreachable - admin prohibited filter'],
  ['host ', ' unreachable - host precedence violation'],
  ['host ', ' unreachable - precedence cutoff'],
])

const REDIRECTS: readonly (readonly [string, string])[] = Object.freeze([
  ['redirect ', ' to net '],
  ['redirect ', ' to host '],
  ['redirect-tos ', ' to net '],
  ['redirect-tos ', ' to host '],
])

function unreachableText(p: Printer, at: number, code: number): string {
  const quoted = at + ICMP_HLEN
  if (code === ICMP_PORT_UNREACH) return portText(p, quoted)
  const dst = p.host(quoted + 16)
  if (code === ICMP_PROT_UNREACH) return `${dst} protocol ${p.u8(quoted + 9)} unreachable`
  if (code === ICMP_FRAG_NEEDED) {
    const mtu = p.u16(at + 6)
    return `${dst} unreachable - need to frag${mtu === 0 ? '' : ` (mtu ${mtu})`}`
  }
  const words = UNREACHABLE[code]
  return words ? `${words[0]}${dst}${words[1]}` : `${dst} unreachable - #${code}`
}

function portText(p: Printer, quoted: number): string {
  p.check(quoted + 9, 1)
  const protocol = p.u8(quoted + 9)
  const dport = p.u16(quoted + (p.u8(quoted) & 15) * 4 + 2)
  const dst = p.host(quoted + 16)
  if (protocol === IPPROTO_TCP) return `${dst} tcp port ${p.port(dport, 'tcp')} unreachable`
  if (protocol === IPPROTO_UDP) return `${dst} udp port ${p.port(dport, 'udp')} unreachable`
  return `${dst} protocol ${protocol} port ${dport} unreachable`
}

function redirectText(p: Printer, at: number, code: number): string {
  const dst = p.host(at + ICMP_HLEN + 16)
  const gateway = p.host(at + 4)
  const words = REDIRECTS[code]
  return words ? `${words[0]}${dst}${words[1]}${gateway}` : `redirect-#${code} ${dst} to ${gateway}`
}

function exceededText(p: Printer, at: number, code: number): string {
  p.check(at + ICMP_HLEN + 16, 4)
  if (code === 0) return 'time exceeded in-transit'
  return code === 1 ? 'ip reassembly time exceeded' : `time exceeded-#${code}`
}

/** Milliseconds since midnight UTC. */
function clock(ms: number): string {
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0')
  const fraction = String(ms % 1000).padStart(3, '0')
  return `${two(ms / 3600000)}:${two((ms / 60000) % 60)}:${two((ms / 1000) % 60)}.${fraction}`
}

function timestampReply(p: Printer, at: number): string {
  p.check(at + 16, 4)
  const times = [p.u32(at + 8), p.u32(at + 12), p.u32(at + 16)].map(clock)
  return `time stamp reply id ${p.u16(at + 4)} seq ${p.u16(at + 6)}: org ${times[0]}, recv ${times[1]}, xmit ${times[2]}`
}

function text(p: Printer, at: number, type: number, code: number): string {
  switch (type) {
    case ICMP_ECHO:
    case ICMP_ECHOREPLY:
      return `echo ${type === ICMP_ECHO ? 'request' : 'reply'}, id ${p.u16(at + 4)}, seq ${p.u16(at + 6)}`
    case ICMP_DEST_UNREACH:
      return unreachableText(p, at, code)
    case ICMP_REDIRECT:
      return redirectText(p, at, code)
    case ICMP_TIME_EXCEEDED:
      return exceededText(p, at, code)
    case ICMP_PARAMETERPROB:
      return `parameter problem - ${code === 0 ? `octet ${p.u8(at + 4)}` : `code ${code}`}`
    case ICMP_TIMESTAMP:
      return `time stamp query id ${p.u16(at + 4)} seq ${p.u16(at + 6)}`
    case ICMP_TIMESTAMPREPLY:
      return timestampReply(p, at)
    case 18:
      return `address mask is 0x${p
        .u32(at + 8)
        .toString(16)
        .padStart(8, '0')}`
    default:
      return OTHER_TYPES.get(type) ?? `type-#${type}`
  }
}

/** A message of `length` bytes at `at`. */
export function summaryIcmp(p: Printer, ip: IpView, at: number, length: number): void {
  p.protocol = 'icmp'
  const type = p.u8(at)
  p.put(`ICMP ${text(p, at, type, p.u8(at + 1))}, length ${length}`)
  if (p.options.verbose === 0) return
  if (!ip.fragmented && p.has(at, length)) {
    const rest = checksum(p.bytes, at, at + length)
    const sum = p.u16(at + 2)
    if (rest !== 0) p.put(` (wrong icmp cksum ${sum.toString(16)} (->${shouldBe(sum, rest).toString(16)})!)`)
  }
  if (!isIcmpError(type)) return
  p.put('\n\t')
  const quoted = at + ICMP_HLEN
  const end = p.end
  p.end = Math.min(end, quoted + p.u16(quoted + 2))
  summaryIp(p, quoted, p.u16(quoted + 2))
  p.end = end
}
