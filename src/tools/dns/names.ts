// Mnemonics of DNS types, classes and codes as bind's tools know them, and what they call an illegal name.
// Read first: lib/dns_message.ts.
import { formatIp4, type Ip4, parseIp4 } from '../../lib/ip4.ts'

const TYPES: readonly (readonly [string, number])[] = Object.freeze([
  ['A', 1],
  ['NS', 2],
  ['CNAME', 5],
  ['SOA', 6],
  ['PTR', 12],
  ['HINFO', 13],
  ['MX', 15],
  ['TXT', 16],
  ['RP', 17],
  ['AAAA', 28],
  ['LOC', 29],
  ['SRV', 33],
  ['NAPTR', 35],
  ['CERT', 37],
  ['DNAME', 39],
  ['DS', 43],
  ['SSHFP', 44],
  ['RRSIG', 46],
  ['NSEC', 47],
  ['DNSKEY', 48],
  ['NSEC3', 50],
  ['TLSA', 52],
  ['SVCB', 64],
  ['HTTPS', 65],
  ['SPF', 99],
  ['IXFR', 251],
  ['AXFR', 252],
  ['ANY', 255],
  ['URI', 256],
  ['CAA', 257],
] as const)

const CLASSES: readonly (readonly [string, number])[] = Object.freeze([
  ['IN', 1],
  ['CH', 3],
  ['CHAOS', 3],
  ['HS', 4],
  ['HESIOD', 4],
  ['NONE', 254],
  ['ANY', 255],
] as const)

const RCODES = Object.freeze(['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'])

export function typeNumber(text: string): number | null {
  const word = text.toUpperCase()
  const generic = /^TYPE(\d{1,5})$/.exec(word)
  if (generic !== null && Number(generic[1]) < 65536) return Number(generic[1])
  return TYPES.find(([n]) => n === word)?.[1] ?? null
}

export function typeName(type: number): string {
  return TYPES.find(([, t]) => t === type)?.[0] ?? `TYPE${type}`
}

export function classNumber(text: string): number | null {
  const word = text.toUpperCase()
  return CLASSES.find(([n]) => n === word)?.[1] ?? null
}

export function className(cls: number): string {
  return CLASSES.find(([, c]) => c === cls)?.[0] ?? `CLASS${cls}`
}

export function rcodeName(code: number): string {
  return RCODES[code] ?? `RESERVED${code}`
}

/** With the dot at the end; the root is the dot. */
export function absolute(name: string): string {
  return `${name.replace(/\.$/, '')}.`
}

/** dns_name_fromtext's verdict, or null when the name is legal. */
export function nameProblem(name: string): string | null {
  const labels = name.replace(/\.$/, '').split('.')
  if (name === '.' || name === '') return null
  if (labels.some((l) => l === '')) return 'empty label'
  if (labels.some((l) => l.length > 63)) return 'label too long'
  return labels.reduce((n, l) => n + l.length + 1, 1) > 255 ? 'ran out of space' : null
}

export function reverseName(addr: Ip4): string {
  return `${formatIp4(addr).split('.').reverse().join('.')}.in-addr.arpa`
}

/** dig -x: octets of an address, or of its beginning, turned round. */
export function reverseOf(text: string): string {
  const addr = parseIp4(text)
  return addr === null ? `${text.split('.').reverse().join('.')}.in-addr.arpa` : reverseName(addr)
}
