// Numbers and addresses as conntrack reads them (atoi, strtoul with base 0, parse_addr of src/conntrack.c).
import { type Ip4, maskOf } from '../../lib/ip4.ts'
import { inetAton } from '../lib/netdb.ts'
import { problem } from './exit.ts'

/** atoi(3): what is no number is 0. */
export function atoi(text: string): number {
  const m = /^\s*([+-]?\d+)/.exec(text)
  return m === null ? 0 : Number(m[1]) | 0
}

/** strtoul(3) with base 0: the number (a negative one to be cut to its bits), and what is left of the text; null when there is none. */
export function strtoul(text: string): { readonly value: number; readonly rest: string } | null {
  const m = /^\s*([+-]?)(?:0x([0-9a-f]+)|(0[0-7]*)|([1-9]\d*))/i.exec(text)
  if (m === null) return null
  const [, sign, hex, octal, decimal] = m
  const size =
    hex !== undefined ? Number.parseInt(hex, 16) : octal !== undefined ? Number.parseInt(octal, 8) : Number(decimal)
  return { value: sign === '-' ? -size : size, rest: text.slice(m[0].length) }
}

/** As far as a number goes, cut to so many bits (1.4.7 looks no closer). */
export function looseNumber(text: string, bits: 16 | 32): number {
  const value = strtoul(text)?.value ?? 0
  return bits === 16 ? value & 0xffff : value >>> 0
}

export type Address =
  | { readonly family: 'ipv4'; readonly addr: Ip4; readonly mask: Ip4 | null }
  | { readonly family: 'ipv6' }

/** parse_addr: "1.2.3.4", "1.2.3.4/8" where a mask may be, or something of IPv6. */
export function parseAddress(text: string, option: string, maskAllowed: boolean): Address {
  const slash = text.indexOf('/')
  const host = slash < 0 ? text : text.slice(0, slash)
  const addr = inetAton(host)
  if (addr === null && !isIpv6(host)) problem(`Invalid IP address \`${text}'`)
  if (slash >= 0 && !maskAllowed) problem(`CIDR notation unavailable for \`--${option}'`)
  const bits = slash < 0 ? null : text.slice(slash + 1)
  const longest = addr === null ? 128 : 32
  if (bits !== null && (!/^\s*[+-]?\d+$/.test(bits) || Number(bits) < 0 || Number(bits) > longest))
    problem('Invalid netmask')
  if (addr === null) return { family: 'ipv6' }
  return { family: 'ipv4', addr, mask: bits === null || Number(bits) === 32 ? null : maskOf(Number(bits)) }
}

/** inet_pton(AF_INET6): near enough to tell it from something that is no address at all. */
function isIpv6(text: string): boolean {
  if (!/^[0-9a-f:]+(?:\d+\.\d+\.\d+\.\d+)?$/i.test(text) || !text.includes(':')) return false
  const halves = text.split('::')
  const groups = text.split(':').filter((g) => g !== '').length + (text.includes('.') ? 1 : 0)
  return halves.length <= 2 && (halves.length === 2 ? groups < 8 : groups === 8) && !/[0-9a-f]{5}/i.test(text)
}
