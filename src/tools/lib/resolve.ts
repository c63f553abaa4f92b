// getaddrinfo(3), gethostbyname(3) and getnameinfo(3) as a sub-state of a machine: literals, /etc/hosts, then the servers of
// /etc/resolv.conf over UDP, as glibc's res_send does it. The owner passes the events that wantsEvent() names.
// Read first: resolv_conf.ts, dns_message.ts. Leaves out TCP, EDNS, single-request, nsswitch.conf and IPv6 results.
import { formatIp4, type Ip4 } from '../../lib/ip4.ts'
import type { ProgramEvent, Sys } from '../../uapi/program.ts'
import {
  type DnsMessage,
  decodeDns,
  encodeQuery,
  isResponse,
  RCODE_NOTIMP,
  RCODE_NXDOMAIN,
  RCODE_OK,
  RCODE_REFUSED,
  RCODE_SERVFAIL,
  rcodeOf,
  TYPE_A,
  TYPE_AAAA,
  TYPE_CNAME,
  TYPE_PTR,
} from './dns_message.ts'
import { sortAddresses } from './gai_sort.ts'
import { inetAton } from './netdb.ts'
import { hostByAddress, hostByName, nameServers, type ResolvConf, readResolvConf } from './resolv_conf.ts'
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
  | {
      readonly ok: true
      readonly addresses: readonly Ip4[]
      readonly canonical: string
      readonly aliases: readonly string[]
    }
  | { readonly ok: false; readonly error: GaiError }

interface Question {
  readonly type: number
  readonly id: number
  answer: DnsMessage | null
}

/** A lookup under way. Plain data; `result` is set when it is over. */
export interface Lookup {
  readonly timer: number
  readonly host: string
  /** gethostbyname: the addresses stay in the order of the answer. */
  byName: boolean
  /** Names to ask for, in order (search list). */
  readonly names: readonly string[]
  /** The first of them is the name as it was given. */
  readonly asIsFirst: boolean
  readonly servers: readonly Ip4[]
  readonly timeout: number
  readonly attempts: number
  /** Types that are asked together, and what follows when they have failed (gethostbyname: AAAA, then A). */
  types: readonly number[]
  later: readonly (readonly number[])[]
  name: number
  server: number
  attempt: number
  fd: number
  questions: Question[]
  /** What the names before this one failed with. */
  nodata: boolean
  servfail: boolean
  asIsError: GaiError | null
  result: LookupResult | null
}

export interface LookupOptions {
  /** Timer id of the owner that the lookup may use. */
  readonly timer: number
  /** AF_UNSPEC: AAAA is asked as well. False for AF_INET hints. */
  readonly both: boolean
}

function newLookup(sys: Sys, timer: number, host: string, names: readonly string[], c: ResolvConf): Lookup {
  const servers = nameServers(c)
  const turn = c.rotate ? Math.floor(sys.random() * servers.length) : 0
  return {
    timer,
    host,
    byName: false,
    names,
    asIsFirst: names[0] === host.replace(/\.$/, ''),
    servers: [...servers.slice(turn), ...servers.slice(0, turn)],
    timeout: c.timeout,
    attempts: c.attempts,
    types: [],
    later: [],
    name: 0,
    server: 0,
    attempt: 0,
    fd: -1,
    questions: [],
    nodata: false,
    servfail: false,
    asIsError: null,
    result: null,
  }
}

function candidates(host: string, c: ResolvConf): string[] {
  if (host.endsWith('.')) return [host.slice(0, -1)]
  const searched = c.search.filter((d) => d !== '.').map((d) => `${host}.${d}`)
  return host.split('.').length - 1 >= c.ndots ? [host, ...searched] : [...searched, host]
}

function prepare(sys: Sys, host: string, timer: number): Lookup {
  const c = readResolvConf(sys)
  const l = newLookup(sys, timer, host, candidates(host, c), c)
  const literal = inetAton(host)
  if (literal !== null) l.result = { ok: true, addresses: [literal], canonical: host, aliases: [] }
  else if (host === '' || /[^\w.-]|\.\./.test(host)) l.result = { ok: false, error: 'EAI_NONAME' }
  return l
}

/** getaddrinfo: begin; `result` is already there for literals and names of /etc/hosts. */
export function lookupHost(sys: Sys, host: string, o: LookupOptions): Lookup {
  const l = prepare(sys, host, o.timer)
  if (l.result !== null) return l
  const entry = hostByName(sys, host)
  if (entry !== null) l.result = { ok: true, ...entry }
  else begin(sys, l, o.both ? [TYPE_A, TYPE_AAAA] : [TYPE_A])
  return sorted(sys, l)
}

/** getaddrinfo puts the addresses in order once they are all there. */
function sorted(sys: Sys, l: Lookup): Lookup {
  if (l.result?.ok === true) l.result = { ...l.result, addresses: sortAddresses(sys, l.result.addresses) }
  return l
}

/** gethostbyname2 for IPv6 and then for IPv4: files hold no IPv6, so the servers are asked before /etc/hosts helps. */
export function lookupHostByName(sys: Sys, host: string, timer: number): Lookup {
  const l = prepare(sys, host, timer)
  if (l.result !== null) return l
  l.byName = true
  l.later = [[TYPE_A]]
  begin(sys, l, [TYPE_AAAA])
  return l
}

/** getnameinfo: `canonical` of the result is the name. */
export function lookupAddress(sys: Sys, address: Ip4, o: LookupOptions): Lookup {
  const name = `${formatIp4(address).split('.').reverse().join('.')}.in-addr.arpa`
  const l = newLookup(sys, o.timer, name, [name], readResolvConf(sys))
  const entry = hostByAddress(sys, address)
  if (entry !== null) l.result = { ok: true, ...entry }
  else begin(sys, l, [TYPE_PTR])
  return l
}

function begin(sys: Sys, l: Lookup, types: readonly number[]): void {
  l.types = types
  l.name = 0
  l.nodata = false
  l.servfail = false
  l.asIsError = null
  query(sys, l)
}

/** res_query: the questions keep their ids while servers are tried. */
function query(sys: Sys, l: Lookup): void {
  l.server = 0
  l.attempt = 0
  l.questions = l.types.map((type) => ({ type, id: Math.floor(sys.random() * 65536), answer: null }))
  send(sys, l)
}

/** Send to the current server; servers that cannot be reached are passed over. */
function send(sys: Sys, l: Lookup): void {
  for (; l.attempt < l.attempts; l.attempt++, l.server = 0) {
    for (; l.server < l.servers.length; l.server++) if (sendTo(sys, l, l.servers[l.server]!)) return
  }
  failed(sys, l, 'EAI_AGAIN')
}

function sendTo(sys: Sys, l: Lookup, server: Ip4): boolean {
  closeQuery(sys, l)
  const sock = openSocket(sys, 'udp', 0, 'resolver')
  if (isErrno(sock)) return false
  l.fd = sock.fd
  if (!sys.sockets.connect(sock.s, { addr: server, port: 53 }).ok) return false
  for (const q of l.questions) {
    q.answer = null
    if (!sys.sockets.send(sock.s, encodeQuery(q.id, l.names[l.name]!, q.type)).ok) return false
  }
  const seconds = l.server === 0 ? l.timeout : Math.floor((l.timeout << l.server) / l.servers.length)
  sys.watch(l.fd, true, false)
  sys.setTimer(l.timer, sys.now() + Math.max(1, seconds) * SECOND)
  return true
}

function closeQuery(sys: Sys, l: Lookup): void {
  if (l.fd < 0) return
  sys.unwatch(l.fd)
  sys.close(l.fd)
  sys.clearTimer(l.timer)
  l.fd = -1
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
      if (r.errno !== 'EAGAIN' || sys.sockets.takeError(s) !== null) nextServer(sys, l)
      return
    }
    received(sys, l, r.value.data)
    if (sys.fdSocket(l.fd) !== s) return
  }
}

function nextServer(sys: Sys, l: Lookup): void {
  closeQuery(sys, l)
  l.server++
  send(sys, l)
}

function isFailure(m: DnsMessage): boolean {
  const code = rcodeOf(m)
  return code === RCODE_SERVFAIL || code === RCODE_NOTIMP || code === RCODE_REFUSED
}

/** send_dg: a failure of one question waits for the other; the server has failed when all have. */
function received(sys: Sys, l: Lookup, data: Uint8Array): void {
  const m = decodeDns(data)
  if (m === null || !isResponse(m)) return
  const q = l.questions.find((x) => x.id === m.id && x.type === m.type && x.answer === null)
  if (q === undefined || m.name.toLowerCase() !== l.names[l.name]!.toLowerCase()) return
  q.answer = m
  if (rcodeOf(m) === RCODE_SERVFAIL) l.servfail = true
  if (l.questions.some((x) => x.answer === null)) return
  if (l.questions.every((x) => isFailure(x.answer!))) nextServer(sys, l)
  else answered(sys, l)
}

/** What the answers of one name say. */
function answered(sys: Sys, l: Lookup): void {
  const answers = l.questions.map((q) => q.answer!)
  const good = answers.filter((m) => rcodeOf(m) === RCODE_OK && m.answers.length > 0)
  if (good.length === 0) {
    failed(sys, l, answers.some((m) => rcodeOf(m) === RCODE_NXDOMAIN) ? 'EAI_NONAME' : 'EAI_NODATA')
    return
  }
  const first = good[0]!
  const addresses = good.flatMap((m) => m.answers.filter((r) => r.type === TYPE_A).map((r) => r.address))
  const wanted = l.types[0] === TYPE_PTR ? TYPE_PTR : TYPE_CNAME
  const target = first.answers.filter((r) => r.type === wanted).at(-1)?.target
  if (wanted === TYPE_PTR ? target === undefined : addresses.length === 0) ended(sys, l, 'EAI_NONAME')
  else {
    const aliases = first.answers.filter((r) => r.type === TYPE_CNAME).map((r) => r.name)
    closeQuery(sys, l)
    l.result = { ok: true, addresses, canonical: target ?? first.name, aliases }
    if (!l.byName) sorted(sys, l)
  }
}

/** res_search: the next name of the search list, unless this failure ends the search. */
function failed(sys: Sys, l: Lookup, error: GaiError): void {
  closeQuery(sys, l)
  const asIs = l.asIsFirst ? 0 : l.names.length - 1
  if (l.name === asIs && l.asIsFirst) l.asIsError = error
  if (error === 'EAI_NODATA') l.nodata = true
  const fatal = error === 'EAI_AGAIN' && !l.servfail && l.name !== asIs
  const next = fatal ? asIs : l.name + 1
  if (next > l.name && next < l.names.length) {
    l.name = next
    query(sys, l)
    return
  }
  ended(sys, l, l.asIsError ?? (l.nodata ? 'EAI_NODATA' : l.servfail ? 'EAI_AGAIN' : error))
}

/** The types of this turn have come to nothing. */
function ended(sys: Sys, l: Lookup, error: GaiError): void {
  closeQuery(sys, l)
  const [types, ...later] = l.later
  const entry = types === undefined ? null : hostByName(sys, l.host)
  if (entry !== null) l.result = { ok: true, ...entry }
  else if (types === undefined) l.result = { ok: false, error }
  else {
    l.later = later
    begin(sys, l, types)
  }
}
