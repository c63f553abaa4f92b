// dnsmasq(8) as a DNS server: answers what it knows, passes the rest on to its servers and remembers what they said.
// Read first: dnsmasq_options.ts, dnsmasq_answer.ts. Leaves out TCP, DHCP, TFTP, DNSSEC and every configuration file.
import { strerror } from '../../lib/errno.ts'
import { formatIp4, type Ip4 } from '../../lib/ip4.ts'
import { fail, type Machine, type ProgramEvent, type Sys } from '../../uapi/program.ts'
import type { SockAddr } from '../../uapi/socket.ts'
import {
  type DnsMessage,
  decodeDns,
  EDNS_EDE,
  encodeDns,
  FLAG_AA,
  FLAG_CD,
  FLAG_QR,
  FLAG_RA,
  FLAG_RD,
  isResponse,
  RCODE_REFUSED,
  RCODE_SERVFAIL,
  rcodeOf,
  withId,
} from '../lib/dns_message.ts'
import { readHosts, readResolvConf } from '../lib/resolv_conf.ts'
import { isErrno, openSocket } from '../lib/sock.ts'
import { addHost, consider, type Knowledge, queryType, remember, replyLog, type Verdict } from './dnsmasq_answer.ts'
import { parseDnsmasq, type UpstreamServer } from './dnsmasq_options.ts'

const EDE_NETWORK_ERROR = 23
const FORGOTTEN = 10_000_000_000
const UDP_SIZE = 1232
const VERSION = `Dnsmasq version 2.90  Copyright (c) 2000-2024 Simon Kelley`
const COMPILED =
  'IPv6 GNU-getopt DBus no-UBus i18n IDN2 DHCP DHCPv6 no-Lua TFTP conntrack ipset nftset auth cryptohash DNSSEC loop-detect inotify dumpfile'
const FREE = `
This software comes with ABSOLUTELY NO WARRANTY.
Dnsmasq is free software, and you are welcome to redistribute it
under the terms of the GNU General Public License, version 2 or 3.
`

/** A question on its way to servers. */
interface Forward {
  readonly fd: number
  readonly s: number
  readonly id: number
  readonly query: DnsMessage
  readonly from: SockAddr
  readonly to: Ip4
  readonly listener: number
  readonly since: number
  readonly servers: readonly UpstreamServer[]
  /** Servers that have not answered yet. */
  waiting: number
}

export interface DnsmasqState {
  readonly known: Knowledge
  readonly sockets: { readonly s: number; readonly fd: number }[]
  forwards: Forward[]
  /** The server of a domain that answered last: it alone is asked next time. */
  readonly last: Map<string, UpstreamServer>
  readonly logging: boolean
  readonly argv: readonly string[]
}

function start(sys: Sys, argv: readonly string[]): DnsmasqState | number {
  const opt = parseDnsmasq(sys, argv)
  if (typeof opt === 'number') return opt
  if (opt.set.has('version')) {
    sys.write(1, `${VERSION}\nCompile time options: ${COMPILED}\n${FREE}`)
    return 0
  }
  if (opt.set.has('test')) return fail(sys, 'dnsmasq: syntax check OK.\n', 0)
  const logging = opt.set.has('no-daemon') || opt.set.has('log-stderr')
  return { known: { opt, given: [], hosts: [], cache: [] }, sockets: [], forwards: [], last: new Map(), logging, argv }
}

function log(sys: Sys, st: DnsmasqState, line: string): void {
  const who = st.known.opt.set.has('no-daemon') ? 'dnsmasq' : `dnsmasq[${sys.pid}]`
  if (st.logging) sys.write(2, `${who}: ${line}\n`)
}

/** Bind every socket; false when the program has ended instead. */
function open(sys: Sys, st: DnsmasqState): boolean {
  const { opt } = st.known
  const own = opt.set.has('bind-interfaces') && opt.listen.length > 0
  for (const addr of opt.port === 0 ? [] : own ? opt.listen : [0]) {
    const sock = openSocket(sys, 'udp', 0, 'dnsmasq')
    const bound = isErrno(sock) ? null : sys.sockets.bind(sock.s, { addr, port: opt.port })
    if (isErrno(sock) || bound?.ok !== true) {
      const errno = isErrno(sock) ? sock : bound?.ok === false ? bound.errno : 'EINVAL'
      const where = addr === 0 ? `port ${opt.port}` : formatIp4(addr)
      sys.exit(fail(sys, `\ndnsmasq: failed to create listening socket for ${where}: ${strerror(errno)}\n`, 2))
      return false
    }
    st.sockets.push(sock)
  }
  return true
}

/** Without -d and -k the program goes to the background once its sockets are there. */
function begin(sys: Sys, st: DnsmasqState): void {
  const { opt } = st.known
  if (!open(sys, st)) return
  if (!opt.set.has('no-daemon') && !opt.set.has('keep-in-foreground')) {
    for (const sock of st.sockets) sys.close(sock.fd)
    sys.spawn([...st.argv, '--keep-in-foreground'], { group: true })
    sys.exit(0)
    return
  }
  sys.onSignal(['TERM'])
  load(sys, st)
  for (const sock of st.sockets) sys.watch(sock.fd, true, false)
}

function load(sys: Sys, st: DnsmasqState): void {
  const { known } = st
  const { opt } = known
  const size = opt.port === 0 ? 'DNS disabled' : opt.cacheSize === 0 ? 'cache disabled' : `cachesize ${opt.cacheSize}`
  log(sys, st, `started, version 2.90 ${size}`)
  log(sys, st, `compile time options: ${COMPILED}`)
  if (opt.port === 0) return
  for (const h of opt.hosts) addHost(known, h)
  if (opt.set.has('no-resolv') && !opt.servers.some((s) => s.addr !== null)) {
    log(sys, st, 'warning: no upstream servers configured')
  }
  const given = opt.set.has('no-resolv') ? [] : readResolvConf(sys).servers
  for (const s of opt.servers) logServer(sys, st, s)
  if (given.length > 0) log(sys, st, 'reading /etc/resolv.conf')
  for (const addr of given) {
    const server = { domain: '', addr, port: 53 }
    opt.servers.push(server)
    logServer(sys, st, server)
  }
  if (!opt.set.has('no-resolv') && given.length === 0) {
    log(sys, st, 'no servers found in /etc/resolv.conf, will retry')
  }
  if (opt.set.has('no-hosts')) {
    log(sys, st, 'cleared cache')
    return
  }
  let names = 0
  for (const h of readHosts(sys)) {
    for (const name of h.names) addHost(known, { name, addr: h.address, ttl: -1, source: '/etc/hosts' })
    names += h.names.length
  }
  log(sys, st, `read /etc/hosts - ${names} names`)
}

function serverName(s: UpstreamServer): string {
  return formatIp4(s.addr ?? 0)
}

function logServer(sys: Sys, st: DnsmasqState, s: UpstreamServer): void {
  if (s.addr === null) log(sys, st, `using only locally-known addresses for ${s.domain}`)
  else log(sys, st, `using nameserver ${serverName(s)}#${s.port}${s.domain === '' ? '' : ` for domain ${s.domain} `}`)
}

function serve(sys: Sys, st: DnsmasqState, listener: number): void {
  const { opt } = st.known
  for (let r = sys.sockets.recv(listener); r.ok; r = sys.sockets.recv(listener)) {
    const { data, from, to } = r.value
    if (opt.listen.length > 0 && !opt.listen.includes(to.addr)) continue
    const q = decodeDns(data)
    if (q === null || isResponse(q)) continue
    if (opt.set.has('log-queries')) log(sys, st, `query[${queryType(q.type)}] ${q.name} from ${formatIp4(from.addr)}`)
    const verdict = consider(st.known, q, sys.now())
    logAll(sys, st, verdict.log)
    if (verdict.kind === 'answer') sys.sockets.sendto(listener, encodeAnswer(q, verdict), from, to.addr)
    else forward(sys, st, { query: q, bytes: data, from, to: to.addr, listener }, verdict.servers)
  }
}

function logAll(sys: Sys, st: DnsmasqState, lines: readonly string[]): void {
  if (st.known.opt.set.has('log-queries')) for (const line of lines) log(sys, st, line)
}

function encodeAnswer(q: DnsMessage, v: Verdict & { kind: 'answer' }): Uint8Array {
  const options = v.ede === null ? [] : [{ code: EDNS_EDE, data: Uint8Array.from([0, v.ede]) }]
  const flags = FLAG_QR | FLAG_RA | (q.flags & (FLAG_RD | FLAG_CD)) | (v.authoritative ? FLAG_AA : 0) | v.rcode
  const edns = q.edns === null ? null : { udp: UDP_SIZE, dnssec: q.edns.dnssec, options }
  return encodeDns({ id: q.id, flags, name: q.name, type: q.type, cls: q.cls, answers: v.records, edns })
}

interface Asked {
  readonly query: DnsMessage
  readonly bytes: Uint8Array
  readonly from: SockAddr
  readonly to: Ip4
  readonly listener: number
}

/** To the server that answered last, or else to all of them. */
function forward(sys: Sys, st: DnsmasqState, asked: Asked, servers: readonly UpstreamServer[]): void {
  const now = sys.now()
  for (const old of st.forwards.filter((f) => now - f.since > FORGOTTEN)) drop(sys, st, old)
  const last = st.last.get(servers[0]!.domain)
  const chosen = last === undefined ? servers : [last]
  const sock = openSocket(sys, 'udp', 0, 'dnsmasq')
  if (isErrno(sock)) return
  const id = Math.floor(sys.random() * 65536)
  let waiting = 0
  for (const s of chosen) {
    const sent = sys.sockets.sendto(sock.s, withId(asked.bytes, id), { addr: s.addr ?? 0, port: s.port })
    if (!sent.ok) continue
    waiting++
    logAll(sys, st, [`forwarded ${asked.query.name} to ${serverName(s)}${s.port === 53 ? '' : `#${s.port}`}`])
  }
  const { query, from, to, listener } = asked
  const f: Forward = { ...sock, id, query, from, to, listener, since: now, servers, waiting }
  st.forwards.push(f)
  if (waiting > 0) {
    sys.watch(f.fd, true, false)
    return
  }
  drop(sys, st, f)
  logAll(sys, st, ['config error is REFUSED (EDE: network error)'])
  const v = { kind: 'answer', rcode: RCODE_REFUSED, authoritative: false, records: [], log: [] } as const
  sys.sockets.sendto(listener, encodeAnswer(query, { ...v, ede: EDE_NETWORK_ERROR }), from, to)
}

function drop(sys: Sys, st: DnsmasqState, f: Forward): void {
  sys.unwatch(f.fd)
  sys.close(f.fd)
  st.forwards = st.forwards.filter((x) => x !== f)
}

/** A server's reply: the first good one is passed on, or the last of the bad ones. */
function replied(sys: Sys, st: DnsmasqState, f: Forward): void {
  for (;;) {
    const r = sys.sockets.recv(f.s)
    if (!r.ok) {
      sys.sockets.takeError(f.s)
      return
    }
    const m = decodeDns(r.value.data)
    const by = f.servers.find((s) => s.addr === r.value.from.addr && s.port === r.value.from.port)
    if (m === null || by === undefined || !isResponse(m) || m.id !== f.id) continue
    f.waiting--
    const bad = rcodeOf(m) === RCODE_REFUSED || rcodeOf(m) === RCODE_SERVFAIL
    if (bad && f.waiting > 0) continue
    if (!bad) st.last.set(by.domain, by)
    remember(st.known, m, sys.now())
    logAll(sys, st, replyLog(m))
    drop(sys, st, f)
    sys.sockets.sendto(f.listener, withId(r.value.data, f.query.id), f.from, f.to)
    return
  }
}

function step(sys: Sys, st: DnsmasqState, e: ProgramEvent): void {
  if (e.kind === 'start') begin(sys, st)
  if (e.kind === 'signal') {
    log(sys, st, 'exiting on receipt of SIGTERM')
    sys.exit(0)
  }
  if (e.kind !== 'ready') return
  const sock = st.sockets.find((x) => x.fd === e.fd)
  const f = st.forwards.find((x) => x.fd === e.fd)
  if (sock !== undefined) serve(sys, st, sock.s)
  else if (f !== undefined) replied(sys, st, f)
}

export const dnsmasq: Machine<DnsmasqState> = { start, step }
