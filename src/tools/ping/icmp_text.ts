// ICMP errors in ping's words (iputils ping.c: pr_icmph).
// Leaves out -v's dump of the quoted header.
import { formatIp4 } from '../../lib/ip4.ts'
import {
  ICMP_DEST_UNREACH,
  ICMP_ECHO,
  ICMP_ECHOREPLY,
  ICMP_PARAMETERPROB,
  ICMP_REDIRECT,
  ICMP_SOURCE_QUENCH,
  ICMP_TIME_EXCEEDED,
  ICMP_TIMESTAMP,
  ICMP_TIMESTAMPREPLY,
} from '../../wire/icmp.ts'

const UNREACH: readonly string[] = Object.freeze([
  'Destination Net Unreachable',
  'Destination Host Unreachable',
  'Destination Protocol Unreachable',
  'Destination Port Unreachable',
  '',
  'Source Route Failed',
  'Destination Net Unknown',
  'Destination Host Unknown',
  'Source Host Isolated',
  'Destination Net Prohibited',
  'Destination Host Prohibited',
  'Destination Net Unreachable for Type of Service',
  'Destination Host Unreachable for Type of Service',
  'Packet filtered',
  'Precedence Violation',
  'Precedence Cutoff',
])

const REDIRECT: readonly string[] = Object.freeze([
  'Redirect Network',
  'Redirect Host',
  'Redirect Type of Service and Network',
  'Redirect Type of Service and Host',
])

/** `info`: the MTU, the new gateway or the pointer, by type. Ends with a newline. */
export function icmpText(type: number, code: number, info: number): string {
  switch (type) {
    case ICMP_ECHOREPLY:
      return 'Echo Reply\n'
    case ICMP_DEST_UNREACH:
      if (code === 4) return `Frag needed and DF set (mtu = ${info})\n`
      return `${UNREACH[code] ?? `Dest Unreachable, Bad Code: ${code}`}\n`
    case ICMP_SOURCE_QUENCH:
      return 'Source Quench\n'
    case ICMP_REDIRECT:
      return `${REDIRECT[code] ?? `Redirect, Bad Code: ${code}`}(New nexthop: ${formatIp4(info)})\n`
    case ICMP_ECHO:
      return 'Echo Request\n'
    case ICMP_TIME_EXCEEDED:
      if (code === 0) return 'Time to live exceeded\n'
      return code === 1 ? 'Frag reassembly time exceeded\n' : `Time exceeded, Bad Code: ${code}\n`
    case ICMP_PARAMETERPROB:
      return `Parameter problem: pointer = ${info}\n`
    case ICMP_TIMESTAMP:
      return 'Timestamp\n'
    case ICMP_TIMESTAMPREPLY:
      return 'Timestamp Reply\n'
    default:
      return `Bad ICMP type: ${type}\n`
  }
}
