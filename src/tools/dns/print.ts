// A DNS message in bind's words: header, EDNS, question and records in columns. Shared by dig and host -v.
// Read first: names.ts. Reference: dns_message_totext, dns_master_rdatasettotext.
import { formatIp4 } from '../../lib/ip4.ts'
import {
  type DnsMessage,
  type DnsRecord,
  EDNS_COOKIE,
  EDNS_EDE,
  type Edns,
  FLAG_AA,
  FLAG_AD,
  FLAG_CD,
  FLAG_QR,
  FLAG_RA,
  FLAG_RD,
  FLAG_TC,
  rcodeOf,
  TYPE_A,
} from '../lib/dns_message.ts'
import { readU16 } from '../lib/sock.ts'
import { absolute, className, rcodeName, typeName } from './names.ts'

const FLAGS = Object.freeze([
  [FLAG_QR, 'qr'],
  [FLAG_AA, 'aa'],
  [FLAG_TC, 'tc'],
  [FLAG_RD, 'rd'],
  [FLAG_RA, 'ra'],
  [FLAG_AD, 'ad'],
  [FLAG_CD, 'cd'],
] as const)

export interface RecordStyle {
  readonly ttl: boolean
  readonly ttlUnits: boolean
  readonly cls: boolean
}

export const PLAIN: RecordStyle = Object.freeze({ ttl: true, ttlUnits: false, cls: true })

/** Tabs and spaces from one column to another; at least one. */
function indent(from: number, to: number): string {
  const target = from >= to ? from + 1 : to
  const tabs = Math.floor(target / 8) - Math.floor(from / 8)
  if (tabs > 0) return '\t'.repeat(tabs) + ' '.repeat(target % 8)
  return ' '.repeat(target - from)
}

/** Words at columns; each follows the one before it. */
function columns(words: readonly (readonly [number, string])[]): string {
  let at = 0
  let out = ''
  for (const [column, text] of words) {
    if (out !== '') {
      out += indent(at, column)
      at = Math.max(at + 1, column)
    }
    out += text
    at += text.length
  }
  return out
}

const UNITS = Object.freeze([
  ['w', 604800],
  ['d', 86400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const)

function ttlText(ttl: number, units: boolean): string {
  if (!units) return `${ttl >>> 0}`
  let left = ttl >>> 0
  let text = ''
  for (const [unit, size] of UNITS) {
    if (left >= size) text += `${Math.floor(left / size)}${unit}`
    left %= size
  }
  return text === '' ? '0s' : text
}

export function recordData(r: DnsRecord): string {
  return r.type === TYPE_A ? formatIp4(r.address) : absolute(r.target)
}

function recordLine(r: DnsRecord, cls: number, style: RecordStyle): string {
  const words: [number, string][] = [[0, absolute(r.name)]]
  let column = 24
  if (style.ttl) words.push([column, ttlText(r.ttl, style.ttlUnits)])
  if (style.ttl) column += 8
  if (style.cls) words.push([column, className(cls)])
  if (style.cls) column += 8
  words.push([column, typeName(r.type)], [column + 8, recordData(r)])
  return `${columns(words)}\n`
}

export function headerText(m: DnsMessage): string {
  const flags = FLAGS.filter(([bit]) => (m.flags & bit) !== 0).map(([, name]) => ` ${name}`)
  const counts = `QUERY: 1, ANSWER: ${m.answers.length}, AUTHORITY: 0, ADDITIONAL: ${m.edns === null ? 0 : 1}`
  const missing = (m.flags & (FLAG_RD | FLAG_RA)) === FLAG_RD
  return (
    `;; ->>HEADER<<- opcode: QUERY, status: ${rcodeName(rcodeOf(m))}, id: ${m.id}\n` +
    `;; flags:${flags.join('')}; ${counts}\n` +
    `${missing ? ';; WARNING: recursion requested but not available\n' : ''}\n`
  )
}

const EDE_TEXTS: ReadonlyMap<number, string> = new Map([
  [14, 'Not Ready'],
  [15, 'Blocked'],
  [22, 'No Reachable Authority'],
  [23, 'Network Error'],
])

function optionText(code: number, data: Uint8Array): string {
  if (code === EDNS_EDE && data.length >= 2) {
    const ede = readU16(data, 0)
    return `; EDE: ${ede} (${EDE_TEXTS.get(ede) ?? 'Unknown Code'})\n`
  }
  const hex = [...data].map((b) => b.toString(16).padStart(2, '0')).join('')
  return code === EDNS_COOKIE ? `; COOKIE: ${hex}\n` : `; OPT=${code}: ${hex.replace(/(..)(?=.)/g, '$1 ')}\n`
}

export function ednsText(e: Edns): string {
  const options = e.options.map((o) => optionText(o.code, o.data)).join('')
  return `;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:${e.dnssec ? ' do' : ''}; udp: ${e.udp}\n${options}`
}

/** The class is always told; where the TTL's or its own column is missing it moves to the left. */
export function questionText(m: DnsMessage, style: RecordStyle): string {
  const at = style.ttl && style.cls ? 32 : 24
  const words = [
    [0, `;${absolute(m.name)}`],
    [at, className(m.cls)],
    [at + 8, typeName(m.type)],
  ] as const
  return `${columns(words)}\n`
}

export function answersText(m: DnsMessage, style: RecordStyle): string {
  return m.answers.map((r) => recordLine(r, m.cls, style)).join('')
}
