// getaddrinfo(3) and getnameinfo(3) as a sub-state of a machine: literals, /etc/hosts, then UDP to the servers of
// /etc/resolv.conf (5 s, two rounds, search list, ndots). The owner passes the events that wantsEvent() names.
// Read first: dns_message.ts, resolv.conf(5). Leaves out TCP, EDNS, nsswitch.conf and IPv6 results.
import { formatIp4, INADDR_LOOPBACK, type Ip4, parseIp4 } from '../../lib/ip4.ts'
import type { ProgramEvent, Sys } from '../../uapi/program.ts'
import {
  decodeDns,
  encodeQuery,
  RCODE_NXDOMAIN,
  RCODE_OK,
  TYPE_A,
  TYPE_AAAA,
  TYPE_CNAME,
  TYPE_PTR,
} from './dns_message.ts'
import { inetAton } from './netdb.ts'
import { isErrno, openSocket } from './sock.ts'

const SECOND = 1_000_000_000

/** EAI_… and gai_strerror's texts. */
export const GAI = Object.freeze({
  EAI_NONAME: 'Name or service not known',
  EAI_AGAIN: 'Temporary failure in name resolution',
  EAI_NODATA: 'No address associated with hostname',
  EAI_ADDRFAMILY: 'Address family for hostname not supported',
  EAI_SERVICE: 'Servname not supported for ai_socktype',
})
export type GaiError = keyof typeof GAI

export type LookupResult =
  | { readonly ok: true; readonly addresses: readonly Ip4[]; readonly canonical: string }
  | { readonly ok: false; readonly error: GaiError }

/** A lookup under way. Plain data; `result` is set when it is over. */
export interface Lookup {
  readonly timer: number
  readonly reverse: boolean
  /** Names to ask for, in order (search list). */
  readonly names: readonly string[]
  readonly servers: readonly Ip4[]
  readonly timeout: number
  readonly attempts: number
  /** AF_UNSPEC: AAAA is asked as well. */
  readonly both: boolean
  name: number
  server: number
  attempt: number
  fd: number
  /** Query ids not answered yet. */
  waiting: number[]
  addresses: Ip4[]
  canonical: string
  nodata: boolean
  result: LookupResult | null
}

export interface LookupOptions {
  /** Timer id of the owner that the lookup may use. */
  readonly timer: number
  /** False for AF_INET hints (A only). */
  readonly both: boolean
}

interface Config {
  servers: Ip4[]
  search: string[]
  ndots: number
  timeout: number
  attempts: number
}

function readConfig(sys: Sys): Config {
  const c: Config = { servers: [], search: [], ndots: 1, timeout: 5, attempts: 2 }
  const file = sys.readFile('/etc/resolv.conf')
  for (const line of file.ok ? file.value.split('\n') : []) {
    const [key, ...values] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/)
    const server = key === 'nameserver' ? parseIp4(values[0] ?? '') : null
    if (server !== null && c.servers.length < 3) c.servers.push(server)
    else if (key === 'search' || key === 'domain') c.search = values
    else if (key === 'options') {
      for (const v of values) {
        const n = Number(/^(?:ndots|timeout|attempts):(\d+)$/.exec(v)?.[1] ?? Number.NaN)
        if (Number.isNaN(n)) continue
        if (v.startsWith('ndots')) c.ndots = n
        else if (v.startsWith('timeout')) c.timeout = n
        else c.attempts = n
      }
    }
  }
  if (c.servers.length === 0) c.servers.push(INADDR_LOOPBACK)
  return c
}

/** Lines of /etc/hosts that hold IPv4 addresses. */
function hosts(sys: Sys): { readonly address: Ip4; readonly names: readonly string[] }[] {
  const file = sys.readFile('/etc/hosts')
  const found: { address: Ip4; names: string[] }[] = []
  for (const line of file.ok ? file.value.split('\n') : []) {
    const [text, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    const address = parseIp4(text ?? '')
    if (address !== null && names.length > 0) found.push({ address, names })
  }
  return found
}

function newLookup(sys: Sys, o: LookupOptions, reverse: boolean, names: (c: Config) => string[]): Lookup {
  const c = readConfig(sys)
  return {
    timer: o.timer,
    reverse,
    names: names(c),
    servers: c.servers,
    timeout: c.timeout,
    attempts: c.attempts,
    both: o.both && !reverse,
    name: 0,
    server: 0,
    attempt: 0,
    fd: -1,
    waiting: [],
    addresses: [],
    canonical: '',
    nodata: false,
    result: null,
  }
}

/** getaddrinfo: begin; `result` is already there for literals and names of /etc/hosts. */
export function lookupHost(sys: Sys, host: string, o: LookupOptions): Lookup {
  const l = newLookup(sys, o, false, (c) => candidates(host, c))
  const literal = inetAton(host)
  if (literal !== null) {
    l.result = { ok: true, addresses: [literal], canonical: host }
    return l
  }
  if (host === '' || /[^\w.-]/.test(host)) {
    l.result = { ok: false, error: 'EAI_NONAME' }
    return l
  }
  const lower = host.toLowerCase().replace(/\.$/, '')
  const entry = hosts(sys).find((h) => h.names.some((n) => n.toLowerCase() === lower))
  if (entry !== undefined) l.result = { ok: true, addresses: [entry.address], canonical: entry.names[0]! }
  else if (lower === 'localhost' || lower.endsWith('.localhost')) {
    l.result = { ok: true, addresses: [INADDR_LOOPBACK], canonical: 'localhost' }
  } else ask(sys, l)
  return l
}

/** getnameinfo: `canonical` of the result is the name. */
export function lookupAddress(sys: Sys, address: Ip4, o: LookupOptions): Lookup {
  const l = newLookup(sys, o, true, () => [`${formatIp4(address).split('.').reverse().join('.')}.in-addr.arpa`])
  const entry = hosts(sys).find((h) => h.address === address)
  if (entry !== undefined) l.result = { ok: true, addresses: [address], canonical: entry.names[0]! }
  else ask(sys, l)
  return l
}

function candidates(host: string, c: Config): string[] {
  if (host.endsWith('.')) return [host.slice(0, -1)]
  const searched = c.search.filter((d) => d !== '.').map((d) => `${host}.${d}`)
  return host.split('.').length - 1 >= c.ndots ? [host, ...searched] : [...searched, host]
}

/** Send the current question to the current server; servers that cannot be reached are passed over. */
function ask(sys: Sys, l: Lookup): void {
  for (; l.attempt < l.attempts; l.attempt++, l.server = 0) {
    for (; l.server < l.servers.length; l.server++) if (sendTo(sys, l, l.servers[l.server]!)) return
  }
  end(sys, l, { ok: false, error: 'EAI_AGAIN' })
}

function sendTo(sys: Sys, l: Lookup, server: Ip4): boolean {
  closeQuery(sys, l)
  const sock = openSocket(sys, 'udp', 0, 'resolver')
  if (isErrno(sock)) return false
  l.fd = sock.fd
  if (!sys.sockets.connect(sock.s, { addr: server, port: 53 }).ok) return false
  const types = l.reverse ? [TYPE_PTR] : l.both ? [TYPE_A, TYPE_AAAA] : [TYPE_A]
  l.waiting = []
  for (const type of types) {
    const id = Math.floor(sys.random() * 65536)
    if (!sys.sockets.send(sock.s, encodeQuery(id, l.names[l.name]!, type)).ok) return false
    l.waiting.push(id)
  }
  const seconds = l.server === 0 ? l.timeout : Math.max(1, Math.floor((l.timeout << l.server) / l.servers.length))
  sys.watch(l.fd, true, false)
  sys.setTimer(l.timer, sys.now() + seconds * SECOND)
  return true
}

function closeQuery(sys: Sys, l: Lookup): void {
  if (l.fd < 0) return
  sys.unwatch(l.fd)
  sys.close(l.fd)
  sys.clearTimer(l.timer)
  l.fd = -1
}

function end(sys: Sys, l: Lookup, result: LookupResult): void {
  closeQuery(sys, l)
  l.result = result
}

/** True for events that stepLookup has to see. */
export function wantsEvent(l: Lookup, e: ProgramEvent): boolean {
  if (l.result !== null) return false
  return (e.kind === 'ready' && e.fd === l.fd) || (e.kind === 'timer' && e.id === l.timer)
}

export function stepLookup(sys: Sys, l: Lookup, e: ProgramEvent): void {
  if (e.kind === 'timer') {
    nextServer(sys, l)
    return
  }
  const s = sys.fdSocket(l.fd)
  while (s !== null && l.result === null && l.fd >= 0) {
    const r = sys.sockets.recv(s)
    if (!r.ok) {
      if (r.errno !== 'EAGAIN') nextServer(sys, l)
      else if (sys.sockets.takeError(s) !== null) nextServer(sys, l)
      return
    }
    answer(sys, l, r.value.data)
    if (sys.fdSocket(l.fd) !== s) return
  }
}

function nextServer(sys: Sys, l: Lookup): void {
  closeQuery(sys, l)
  l.server++
  ask(sys, l)
}

function answer(sys: Sys, l: Lookup, data: Uint8Array): void {
  const m = decodeDns(data)
  if (m === null || !m.response || !l.waiting.includes(m.id)) return
  if (m.rcode !== RCODE_OK && m.rcode !== RCODE_NXDOMAIN) {
    nextServer(sys, l)
    return
  }
  l.waiting = l.waiting.filter((id) => id !== m.id)
  const names = m.answers.filter((r) => r.type === (l.reverse ? TYPE_PTR : TYPE_CNAME))
  if (m.type !== TYPE_AAAA) l.canonical = names.at(-1)?.target ?? (l.reverse ? '' : m.name)
  for (const r of m.answers) if (r.type === TYPE_A) l.addresses.push(r.address)
  if (m.rcode === RCODE_OK && m.answers.length === 0) l.nodata = true
  if (l.waiting.length > 0) return
  const found = l.reverse ? l.canonical !== '' : l.addresses.length > 0
  if (found) {
    end(sys, l, { ok: true, addresses: l.addresses, canonical: l.canonical })
    return
  }
  if (l.name + 1 < l.names.length) {
    l.name++
    l.server = 0
    l.attempt = 0
    ask(sys, l)
    return
  }
  end(sys, l, { ok: false, error: l.nodata ? 'EAI_NODATA' : 'EAI_NONAME' })
}
