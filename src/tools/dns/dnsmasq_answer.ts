// What dnsmasq knows by itself: /etc/hosts, --host-record, --cname, --address, --local, and what it remembers of answers.
// Read first: dnsmasq_options.ts. Reference: answer_request in rfc1035.c, domain-match.c.
import { formatIp4, type Ip4, parseIp4 } from '../../lib/ip4.ts'
import {
  CLASS_IN,
  type DnsMessage,
  type DnsRecord,
  RCODE_NXDOMAIN,
  RCODE_OK,
  RCODE_REFUSED,
  rcodeOf,
  TYPE_A,
  TYPE_AAAA,
  TYPE_ANY,
  TYPE_CNAME,
  TYPE_PTR,
} from '../lib/dns_message.ts'
import type { DnsmasqOptions, HostRecord, UpstreamServer } from './dnsmasq_options.ts'
import { typeName } from './names.ts'

const SECOND = 1_000_000_000
const MAX_CHAIN = 10
export const EDE_NOT_READY = 14

export interface Cached {
  readonly name: string
  readonly type: number
  readonly expires: number
  readonly records: readonly DnsRecord[]
}

/** The first name of an address is its reverse name; such entries come first and take turns among themselves. */
export interface KnownHost extends HostRecord {
  readonly reverse: boolean
}

export interface Knowledge {
  readonly opt: DnsmasqOptions
  /** Exact names as they were given. */
  readonly given: KnownHost[]
  /** The same in the order in which they are answered; a look-up moves the first of a name to the end. */
  hosts: KnownHost[]
  cache: Cached[]
}

export type Verdict =
  | {
      readonly kind: 'answer'
      readonly rcode: number
      readonly authoritative: boolean
      readonly records: readonly DnsRecord[]
      readonly ede: number | null
      readonly log: readonly string[]
    }
  | { readonly kind: 'forward'; readonly servers: readonly UpstreamServer[]; readonly log: readonly string[] }

const PRIVATE = /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|0\.)/

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function below(name: string, domain: string): boolean {
  const n = name.toLowerCase()
  return domain === '' || n === domain || n.endsWith(`.${domain}`)
}

function found(records: readonly DnsRecord[], authoritative: boolean, log: readonly string[]): Verdict {
  return { kind: 'answer', rcode: RCODE_OK, authoritative, records, ede: null, log }
}

function nothing(rcode: number, authoritative: boolean, ede: number | null, log: readonly string[]): Verdict {
  return { kind: 'answer', rcode, authoritative, records: [], ede, log }
}

/** The address that a reverse name spells, or null. */
export function addressOfReverse(name: string): Ip4 | null {
  const m = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/i.exec(name)
  return m === null ? null : parseIp4(`${m[4]}.${m[3]}.${m[2]}.${m[1]}`)
}

/** NODATA and which kind, as the log calls it. */
export function noData(type: number): string {
  return type === TYPE_A ? 'NODATA-IPv4' : type === TYPE_AAAA ? 'NODATA-IPv6' : 'NODATA'
}

function reverse(k: Knowledge, q: DnsMessage): Verdict | null {
  const ip = addressOfReverse(q.name)
  if (ip === null) return null
  const text = formatIp4(ip)
  const h = k.given.find((x) => x.addr === ip)
  if (h !== undefined) {
    const record = { name: q.name, type: TYPE_PTR, ttl: h.ttl < 0 ? k.opt.ttl : h.ttl, address: 0, target: h.name }
    return found([record], true, [`${h.source} ${text} is ${h.name}`])
  }
  if (!k.opt.set.has('bogus-priv') || !PRIVATE.test(text)) return null
  return nothing(RCODE_NXDOMAIN, true, null, [`config ${text} is NXDOMAIN`])
}

/** add_hosts_entry: looks for the same entry first, which turns the round robin. */
export function addHost(k: Knowledge, h: HostRecord): void {
  if (addresses(k, h.name).some((x) => x.addr === h.addr)) return
  const record = { ...h, reverse: k.given.every((x) => x.addr !== h.addr) }
  k.given.push(record)
  const at = k.hosts.findIndex((x) => sameName(x.name, h.name) && !x.reverse)
  if (record.reverse && at >= 0) k.hosts.splice(at, 0, record)
  else k.hosts.push(record)
}

/** Addresses of an exact name, and its turn of the round robin. */
function addresses(k: Knowledge, name: string): readonly KnownHost[] {
  const mine = k.hosts.filter((h) => sameName(h.name, name))
  const turning = mine.filter((h) => h.reverse === mine[0]!.reverse)
  if (turning.length > 1 && !k.opt.set.has('no-round-robin')) {
    const turned = [...turning.slice(1), turning[0]!]
    let next = 0
    k.hosts = k.hosts.map((h) => (turning.includes(h) ? turned[next++]! : h))
  }
  return mine
}

/** What is answered without asking anybody, or who is to be asked. */
export function consider(k: Knowledge, q: DnsMessage, now: number): Verdict {
  if (q.cls !== CLASS_IN) return byDomain(k, q, [])
  if (q.type === TYPE_PTR) {
    const r = reverse(k, q)
    if (r !== null) return r
  }
  const records: DnsRecord[] = []
  const log: string[] = []
  let owner = q.name
  for (let i = 0; i < MAX_CHAIN; i++) {
    const alias = k.opt.aliases.find((a) => sameName(a.name, owner))
    if (alias === undefined) break
    const ttl = alias.ttl < 0 ? k.opt.ttl : alias.ttl
    records.push({ name: owner, type: TYPE_CNAME, ttl, address: 0, target: alias.target })
    log.push(`config ${owner} is <CNAME>`)
    owner = alias.target
  }
  if (q.type === TYPE_A || q.type === TYPE_ANY) {
    for (const h of addresses(k, owner)) {
      records.push({ name: owner, type: TYPE_A, ttl: h.ttl < 0 ? k.opt.ttl : h.ttl, address: h.addr, target: '' })
      log.push(`${h.source} ${owner} is ${formatIp4(h.addr)}`)
    }
  }
  if (records.length > 0) return found(records, true, log)
  return remembered(k, q, now)
}

/** From the cache, or by domain. */
function remembered(k: Knowledge, q: DnsMessage, now: number): Verdict {
  const fresh = k.cache.filter((c) => c.expires > now)
  const records: DnsRecord[] = []
  const log: string[] = []
  let owner = q.name
  for (let i = 0; i < MAX_CHAIN; i++) {
    const hit = fresh.find((c) => sameName(c.name, owner) && c.type === q.type)
    const entry = hit ?? fresh.find((c) => sameName(c.name, owner) && c.type === TYPE_CNAME)
    if (entry === undefined) break
    const ttl = Math.max(0, entry.expires / SECOND - Math.floor(now / SECOND))
    for (const r of entry.records) {
      records.push({ ...r, ttl })
      log.push(`cached ${cachedText(r)}`)
    }
    if (hit !== undefined) return found(records, false, log)
    owner = entry.records[0]!.target
  }
  return byDomain(k, q, log)
}

function cachedText(r: DnsRecord): string {
  if (r.type === TYPE_PTR) return `${formatIp4(addressOfReverse(r.name) ?? 0)} is ${r.target}`
  return `${r.name} is ${r.type === TYPE_CNAME ? '<CNAME>' : formatIp4(r.address)}`
}

/** The longest domain that has something for this type: addresses, knowledge that it is local, servers. */
function byDomain(k: Knowledge, q: DnsMessage, log: readonly string[]): Verdict {
  const { opt } = k
  const address = q.cls === CLASS_IN && (q.type === TYPE_A || q.type === TYPE_ANY)
  const plain = !q.name.includes('.') && (address || q.type === TYPE_AAAA)
  const fixed = opt.domains.filter((d) => below(q.name, d.domain) && (d.addr === null || address))
  const servers = opt.servers.filter((s) => below(q.name, s.domain))
  const longest = Math.max(-1, ...fixed.map((d) => d.domain.length), ...servers.map((s) => s.domain.length))
  const here = fixed.filter((d) => d.domain.length === longest).reverse()
  const there = servers.filter((s) => s.domain.length === longest)
  if (here.some((d) => d.addr !== null)) {
    const given = here.flatMap((d) => (d.addr === null ? [] : [d.addr]))
    const records = given.map((a) => ({ name: q.name, type: TYPE_A, ttl: opt.ttl, address: a, target: '' }))
    return found(records, true, [...log, ...given.map((a) => `config ${q.name} is ${formatIp4(a)}`)])
  }
  if (here.length > 0 || there.some((s) => s.addr === null)) return localOnly(k, q)
  if (plain && opt.set.has('domain-needed') && (longest <= 0 || there.length === 0)) {
    return nothing(RCODE_NXDOMAIN, false, there.length === 0 ? EDE_NOT_READY : null, [`config ${q.name} is NXDOMAIN`])
  }
  if (there.length > 0) return { kind: 'forward', servers: there, log }
  return nothing(RCODE_REFUSED, false, EDE_NOT_READY, ['config error is REFUSED (EDE: not ready)'])
}

function localOnly(k: Knowledge, q: DnsMessage): Verdict {
  const known = k.hosts.some((h) => sameName(h.name, q.name))
  const what = known ? noData(q.type) : 'NXDOMAIN'
  return nothing(known ? RCODE_OK : RCODE_NXDOMAIN, false, null, [`config ${q.name} is ${what}`])
}

/** What the log says of a server's reply. */
export function replyLog(m: DnsMessage): string[] {
  const code = rcodeOf(m)
  if (code === RCODE_NXDOMAIN) return [`reply ${m.name} is NXDOMAIN`]
  if (code !== RCODE_OK) return [`reply error is ${code === RCODE_REFUSED ? 'REFUSED' : 'SERVFAIL'}`]
  const lines = m.answers.map((r) => `reply ${cachedText(r)}`)
  if (m.answers.some((r) => r.type === m.type)) return lines
  const last = m.answers.filter((r) => r.type === TYPE_CNAME).at(-1)?.target ?? m.name
  return [...lines, `reply ${last} is ${noData(m.type)}`]
}

/** Keep a positive reply's records as long as they say. */
export function remember(k: Knowledge, m: DnsMessage, now: number): void {
  if (rcodeOf(m) !== RCODE_OK || k.opt.cacheSize === 0) return
  const groups = new Map<string, DnsRecord[]>()
  for (const r of m.answers) {
    if (r.ttl <= 0 || (r.type !== TYPE_A && r.type !== TYPE_CNAME && r.type !== TYPE_PTR)) continue
    const key = `${r.type} ${r.name.toLowerCase()}`
    groups.set(key, [...(groups.get(key) ?? []), r])
  }
  for (const records of groups.values()) {
    const { name, type, ttl } = records[0]!
    const others = k.cache.filter((c) => c.expires > now && (c.type !== type || !sameName(c.name, name)))
    k.cache = [...others, { name, type, expires: (Math.floor(now / SECOND) + ttl) * SECOND, records }].slice(
      -k.opt.cacheSize,
    )
  }
}

/** For the log: query[A]. */
export function queryType(type: number): string {
  const name = typeName(type)
  return name.startsWith('TYPE') ? `type=${type}` : name
}
