// A packet as one line of the kernel's log (net/netfilter/nf_log_syslog.c).
// Read first: nf_log.ts. Works on bytes as the kernel does: a datagram may be cut short, and an ICMP error quotes another one.
// Leaves out PHYSIN, PHYSOUT and VLAN tags.
import { formatIp4 } from '../../lib/ip4.ts'
import { i32, u8, u16, u32 } from '../../wire/bytes.ts'
import { encodeNet } from '../../wire/codec.ts'
import { encodeEthernet } from '../../wire/ethernet.ts'
import {
  ICMP_DEST_UNREACH,
  ICMP_ECHO,
  ICMP_ECHOREPLY,
  ICMP_FRAG_NEEDED,
  ICMP_HLEN,
  ICMP_PARAMETERPROB,
  ICMP_REDIRECT,
  ICMP_SOURCE_QUENCH,
  ICMP_TIME_EXCEEDED,
  ICMP_TIMESTAMP,
  ICMP_TIMESTAMPREPLY,
} from '../../wire/icmp.ts'
import { IP_HLEN, IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP } from '../../wire/ipv4.ts'
import { TCP_HLEN, tcpHeaderLength } from '../../wire/tcp.ts'
import { UDP_HLEN } from '../../wire/udp.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { SkBuff } from '../core/skbuff.ts'

export const NF_LOG_TCPSEQ = 0x01
export const NF_LOG_TCPOPT = 0x02
export const NF_LOG_IPOPT = 0x04
export const NF_LOG_UID = 0x08
export const NF_LOG_MACDECODE = 0x20
/** What lines of TRACE and of conntrack say (NF_LOG_DEFAULT_MASK). */
export const NF_LOG_DEFAULT_MASK = NF_LOG_TCPSEQ | NF_LOG_TCPOPT | NF_LOG_IPOPT | NF_LOG_UID

const IPPROTO_ESP = 50
const IPPROTO_AH = 51
const IPPROTO_UDPLITE = 136
/** Flags of TCP in the order that they are named. */
const TCP_FLAGS: readonly (readonly [number, string])[] = Object.freeze([
  [0x80, 'CWR '],
  [0x40, 'ECE '],
  [0x20, 'URG '],
  [0x10, 'ACK '],
  [0x08, 'PSH '],
  [0x04, 'RST '],
  [0x02, 'SYN '],
  [0x01, 'FIN '],
] as const)

/** Bytes that a message of each type has to have. */
const ICMP_REQUIRED: Readonly<Record<number, number>> = Object.freeze({
  [ICMP_ECHOREPLY]: 4,
  [ICMP_DEST_UNREACH]: ICMP_HLEN + IP_HLEN,
  [ICMP_SOURCE_QUENCH]: ICMP_HLEN + IP_HLEN,
  [ICMP_REDIRECT]: ICMP_HLEN + IP_HLEN,
  [ICMP_ECHO]: 4,
  [ICMP_TIME_EXCEEDED]: ICMP_HLEN + IP_HLEN,
  [ICMP_PARAMETERPROB]: ICMP_HLEN + IP_HLEN,
  [ICMP_TIMESTAMP]: 20,
  [ICMP_TIMESTAMPREPLY]: 20,
  17: 12,
  18: 12,
})

function hex(n: number, digits: number): string {
  return n.toString(16).padStart(digits, '0')
}

function options(b: Uint8Array): string {
  return `OPT (${Array.from(b, (x) => hex(x, 2).toUpperCase()).join('')}) `
}

function incomplete(b: Uint8Array): string {
  return `INCOMPLETE [${b.length} bytes] `
}

/** nf_log_ip_packet: the line, with the blank at its end. */
export function nf_log_ip_packet(
  skb: SkBuff,
  indev: NetDevice | null,
  outdev: NetDevice | null,
  prefix: string,
  flags: number,
  owner: string,
): string {
  const mac = indev === null ? '' : dump_mac_header(skb, indev, flags)
  const bytes = encodeNet(skb.packet())
  const tail = owner + (skb.mark === 0 ? '' : `MARK=0x${hex(skb.mark >>> 0, 1)} `)
  const head = `${prefix}IN=${indev?.name ?? ''} OUT=${outdev?.name ?? ''} `
  return head + mac + dump_ipv4_packet(bytes, flags, tail, true)
}

function dump_mac_header(skb: SkBuff, indev: NetDevice, flags: number): string {
  const { eth } = skb
  const dev = skb.dev ?? indev
  const bytes = eth === null ? [] : Array.from(encodeEthernet(eth), (x) => hex(x, 2))
  if ((flags & NF_LOG_MACDECODE) === 0 || dev.loopback) return `MAC=${bytes.join(':')} `
  if (eth === null) return ''
  return `MACSRC=${bytes.slice(6, 12).join(':')} MACDST=${bytes.slice(0, 6).join(':')} MACPROTO=${hex(eth.type, 4)} `
}

/** The datagram in `b`; `outer` is not the one that an ICMP error quotes. `tail` stands at the end unless the header was cut short. */
function dump_ipv4_packet(b: Uint8Array, flags: number, tail: string, outer: boolean): string {
  if (b.length < IP_HLEN) return 'TRUNCATED'
  const hlen = (u8(b, 0) & 15) * 4
  const tos = u8(b, 1)
  const frag = u16(b, 6)
  let text = `SRC=${formatIp4(i32(b, 12))} DST=${formatIp4(i32(b, 16))} LEN=${u16(b, 2)} `
  text += `TOS=0x${hex(tos & 0x1e, 2).toUpperCase()} PREC=0x${hex(tos & 0xe0, 2).toUpperCase()} `
  text += `TTL=${u8(b, 8)} ID=${u16(b, 4)} `
  if ((frag & 0x8000) !== 0) text += 'CE '
  if ((frag & 0x4000) !== 0) text += 'DF '
  if ((frag & 0x2000) !== 0) text += 'MF '
  const later = (frag & 0x1fff) !== 0
  if (later) text += `FRAG:${frag & 0x1fff} `
  if ((flags & NF_LOG_IPOPT) !== 0 && hlen > IP_HLEN) {
    if (b.length < hlen) return `${text}TRUNCATED`
    text += options(b.subarray(IP_HLEN, hlen))
  }
  const rest = b.subarray(hlen)
  switch (u8(b, 9)) {
    case IPPROTO_TCP:
      if (!later && rest.length < TCP_HLEN) return `${text}PROTO=TCP ${incomplete(rest)}`
      return text + dump_tcp_header(rest, later, flags) + tail
    case IPPROTO_UDP:
    case IPPROTO_UDPLITE: {
      const name = u8(b, 9) === IPPROTO_UDP ? 'PROTO=UDP ' : 'PROTO=UDPLITE '
      if (!later && rest.length < UDP_HLEN) return text + name + incomplete(rest)
      return text + name + (later ? '' : `SPT=${u16(rest, 0)} DPT=${u16(rest, 2)} LEN=${u16(rest, 4)} `) + tail
    }
    case IPPROTO_ICMP:
      return `${text}PROTO=ICMP ${later ? '' : dump_icmp(rest, flags, outer)}${tail}`
    case IPPROTO_AH:
      return text + (later ? '' : `PROTO=AH ${spi(rest, 12, 4)}`) + tail
    case IPPROTO_ESP:
      return `${text}PROTO=ESP ${later ? '' : spi(rest, 8, 0)}${tail}`
    default:
      return `${text}PROTO=${u8(b, 9)} ${tail}`
  }
}

function spi(b: Uint8Array, headerLength: number, at: number): string {
  return b.length < headerLength ? incomplete(b) : `SPI=0x${hex(u32(b, at), 1)} `
}

/** nf_log_dump_tcp_header */
function dump_tcp_header(b: Uint8Array, later: boolean, flags: number): string {
  if (later) return 'PROTO=TCP '
  let text = `PROTO=TCP SPT=${u16(b, 0)} DPT=${u16(b, 2)} `
  if ((flags & NF_LOG_TCPSEQ) !== 0) text += `SEQ=${u32(b, 4)} ACK=${u32(b, 8)} `
  // the reserved bits, moved to where RFC 793 had them
  text += `WINDOW=${u16(b, 14)} RES=0x${hex((u8(b, 12) & 0x0f) << 2, 2)} `
  for (const [bit, name] of TCP_FLAGS) if ((u8(b, 13) & bit) !== 0) text += name
  text += `URGP=${u16(b, 18)} `
  const hlen = tcpHeaderLength(b)
  if ((flags & NF_LOG_TCPOPT) === 0 || hlen <= TCP_HLEN) return text
  return text + (b.length < hlen ? 'OPT (TRUNCATED)' : options(b.subarray(TCP_HLEN, hlen)))
}

function dump_icmp(b: Uint8Array, flags: number, outer: boolean): string {
  if (b.length < ICMP_HLEN) return incomplete(b)
  const type = u8(b, 0)
  const head = `TYPE=${type} CODE=${u8(b, 1)} `
  if (b.length < (ICMP_REQUIRED[type] ?? 0)) return head + incomplete(b)
  const quoted = (): string => (outer ? `[${dump_ipv4_packet(b.subarray(ICMP_HLEN), flags, '', false)}] ` : '')
  switch (type) {
    case ICMP_ECHOREPLY:
    case ICMP_ECHO:
      return `${head}ID=${u16(b, 4)} SEQ=${u16(b, 6)} `
    case ICMP_PARAMETERPROB:
      return `${head}PARAMETER=${u8(b, 4)} `
    case ICMP_REDIRECT:
      return `${head}GATEWAY=${formatIp4(i32(b, 4))} ${quoted()}`
    case ICMP_DEST_UNREACH:
      return head + quoted() + (u8(b, 1) === ICMP_FRAG_NEEDED ? `MTU=${u16(b, 6)} ` : '')
    case ICMP_SOURCE_QUENCH:
    case ICMP_TIME_EXCEEDED:
      return head + quoted()
    default:
      return head
  }
}
