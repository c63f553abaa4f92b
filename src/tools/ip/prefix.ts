// Addresses and prefixes as iproute2 takes them: 10.8 is 10.8.0.0, parts may be hexadecimal, "default", "any" and "all"
// have no family. Read first: exit.ts. IPv6 is refused by name where the real tool would take it.
import { formatIp4, type Ip4, maskOf } from '../../lib/ip4.ts'
import { ToolExit } from '../lib/exit.ts'
import { notModelled } from './exit.ts'
import { parseU32, strtol } from './numbers.ts'

/** preferred_family; "link" is -0. */
export type Family = 'unspec' | 'inet' | 'link'

export interface Prefix {
  readonly family: Family
  readonly addr: Ip4
  /** Bytes of the address: 4, or 0 for "any", and for "default" while the family is open. */
  readonly bytes: number
  readonly len: number
  /** PREFIXLEN_SPECIFIED */
  readonly specified: boolean
}

/** Dotted parts, each by strtoul(3); fewer than four leave zeros on the right. */
export function parseInet(text: string): Ip4 | null {
  let addr = 0
  let rest = text
  for (let i = 0; i < 4; i++) {
    const part = strtol(rest)
    if (part === null || part.value < 0 || part.value > 255) return null
    addr |= part.value << (24 - 8 * i)
    if (part.rest === '') return addr
    if (i === 3 || !part.rest.startsWith('.')) return null
    rest = part.rest.slice(1)
  }
  return addr
}

/** get_addr_1: bitlen -2 marks the words without an address. */
function parseAddress(text: string, family: Family): (Omit<Prefix, 'len'> & { readonly word: boolean }) | null {
  if (text === 'default') {
    return { family, addr: 0, bytes: family === 'inet' ? 4 : 0, specified: true, word: true }
  }
  if (text === 'all' || text === 'any') return { family, addr: 0, bytes: 0, specified: false, word: true }
  if (text.includes(':')) {
    if (family === 'unspec') notModelled(`the IPv6 address ${text}: IPv6`)
    return null
  }
  const addr = family === 'link' ? null : parseInet(text)
  return addr === null ? null : { family: 'inet', addr, bytes: 4, specified: false, word: false }
}

/** A netmask of ones and then zeros as a length. */
function maskLength(text: string): number | null {
  const mask = parseInet(text)
  if (mask === null) return null
  for (let len = 0; len <= 32; len++) if (maskOf(len) === mask) return len
  return null
}

/** get_prefix_1, without messages. */
export function tryPrefix(text: string, family: Family): Prefix | null {
  const slash = text.indexOf('/')
  const a = parseAddress(slash < 0 ? text : text.slice(0, slash), family)
  if (a === null) return null
  const { word, ...base } = a
  if (slash < 0) return { ...base, len: word ? 0 : 32 }
  const length = text.slice(slash + 1)
  const len = word ? null : (parseU32(length) ?? maskLength(length))
  return len === null || len > 32 ? null : { ...base, len, specified: true }
}

const familyWords = (family: Family): string => (family === 'unspec' ? 'any valid' : family)

/** get_prefix */
export function parsePrefix(text: string, family: Family): Prefix {
  if (family === 'link') {
    throw new ToolExit(`Error: "${text}" may be inet prefix, but it is not allowed in this context.\n`, 1)
  }
  const p = tryPrefix(text, family)
  if (p !== null) return p
  throw new ToolExit(`Error: ${familyWords(family)} prefix is expected rather than "${text}".\n`, 1)
}

/** get_addr */
export function parseAddr(text: string, family: Family): Prefix {
  const a = parseAddress(text, family)
  if (a !== null) return { ...a, len: a.word ? 0 : 32 }
  throw new ToolExit(`Error: ${familyWords(family)} address is expected rather than "${text}".\n`, 1)
}

/** A prefix as listings show it: the length is left out for a host. */
export function formatPrefix(addr: Ip4, len: number): string {
  return len === 32 ? formatIp4(addr) : `${formatIp4(addr)}/${len}`
}

/** inet_addr_match: the first `bits` bits are equal. */
export function samePrefix(a: Ip4, b: Ip4, bits: number): boolean {
  return ((a ^ b) & maskOf(bits)) === 0
}
