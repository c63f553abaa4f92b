// A small authoritative DNS server spelled as dnsmasq: --address, --host-record, --cname, --listen-address, --port.
// Read first: lib/dns_message.ts. It answers from these and /etc/hosts; forwarding, DHCP and TFTP are refused by name.
import { strerror } from '../../lib/errno.ts'
import { formatIp4, type Ip4, parseIp4 } from '../../lib/ip4.ts'
import { fail, type Machine, type ProgramEvent, type Sys } from '../../uapi/program.ts'
import {
  type DnsMessage,
  type DnsRecord,
  decodeDns,
  encodeResponse,
  RCODE_NXDOMAIN,
  RCODE_OK,
  RCODE_REFUSED,
  TYPE_A,
  TYPE_CNAME,
  TYPE_PTR,
} from '../lib/dns_message.ts'
import { notModelled } from '../lib/refuse.ts'
import { isErrno, openSocket } from '../lib/sock.ts'

export interface DnsmasqState {
  port: number
  listen: Ip4[]
  /** --address=/domain/ip: the domain and all below it; "#" is every name. */
  readonly domains: [string, Ip4][]
  /** --host-record and /etc/hosts: exact names. */
  readonly hosts: [string, Ip4][]
  readonly aliases: [string, string][]
  ttl: number
  hostsFile: boolean
  logQueries: boolean
  readonly sockets: { readonly s: number; readonly fd: number }[]
}

/** Options without effect here: nothing is forwarded, cached or daemonised. */
const IGNORED = new Set([
  'no-daemon',
  'keep-in-foreground',
  'no-resolv',
  'bind-interfaces',
  'bind-dynamic',
  'no-poll',
  'domain-needed',
  'bogus-priv',
  'no-negcache',
])
const SHORT: Readonly<Record<string, string>> = Object.freeze({
  d: 'no-daemon',
  k: 'keep-in-foreground',
  R: 'no-resolv',
  z: 'bind-interfaces',
  n: 'no-poll',
  D: 'domain-needed',
  b: 'bogus-priv',
  h: 'no-hosts',
  q: 'log-queries',
  p: 'port',
  a: 'listen-address',
  A: 'address',
  T: 'local-ttl',
  N: 'no-negcache',
})

function option(sys: Sys, st: DnsmasqState, name: string, value: string): number | null {
  const bad = (): number => fail(sys, `\ndnsmasq: bad command line options: bad option at --${name}=${value}\n`, 1)
  if (IGNORED.has(name)) return null
  switch (name) {
    case 'no-hosts':
      st.hostsFile = false
      return null
    case 'log-queries':
      st.logQueries = true
      return null
    case 'port':
      st.port = Number(value)
      return /^\d+$/.test(value) && st.port <= 65535 ? null : bad()
    case 'local-ttl':
      st.ttl = Number(value)
      return /^\d+$/.test(value) ? null : bad()
    case 'listen-address': {
      const addrs = value.split(',').map(parseIp4)
      if (addrs.some((a) => a === null)) return bad()
      st.listen.push(...(addrs as Ip4[]))
      return null
    }
    case 'address': {
      const m = /^\/(.*)\/([^/]*)$/.exec(value)
      const ip = parseIp4(m?.[2] ?? '')
      if (m === null || ip === null) return bad()
      for (const d of m[1]!.split('/')) st.domains.push([d.toLowerCase().replace(/^\./, ''), ip])
      return null
    }
    case 'host-record': {
      const parts = value.split(',')
      const ip = parseIp4(parts.at(-1) ?? '')
      if (ip === null || parts.length < 2) return bad()
      for (const n of parts.slice(0, -1)) st.hosts.push([n.toLowerCase(), ip])
      return null
    }
    case 'cname': {
      const parts = value.split(',')
      if (parts.length < 2) return bad()
      for (const n of parts.slice(0, -1)) st.aliases.push([n.toLowerCase(), parts.at(-1)!.toLowerCase()])
      return null
    }
    default:
      return fail(sys, notModelled('dnsmasq', `option --${name}`), 1)
  }
}

function start(sys: Sys, argv: readonly string[]): DnsmasqState | number {
  const st: DnsmasqState = {
    port: 53,
    listen: [],
    domains: [],
    hosts: [],
    aliases: [],
    ttl: 0,
    hostsFile: true,
    logQueries: false,
    sockets: [],
  }
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!
    const long = /^--([^=]+)(?:=(.*))?$/s.exec(word)
    const letter = /^-(.)(.*)$/s.exec(word)
    const name = long?.[1] ?? SHORT[letter?.[1] ?? ''] ?? null
    if (name === null) return fail(sys, notModelled('dnsmasq', `option ${word}`), 1)
    const takes = /^(port|local-ttl|listen-address|address|host-record|cname)$/.test(name)
    let value = long?.[2] ?? (letter?.[2] !== '' && long === null ? letter?.[2] : undefined)
    if (takes && value === undefined) value = argv[++i]
    if (!takes && long === null && value !== undefined) {
      // Letters without a value may be glued: -kd.
      const rest = [...value].map((l) => SHORT[l])
      for (const r of rest) {
        const code = r === undefined ? fail(sys, notModelled('dnsmasq', `option ${word}`), 1) : option(sys, st, r, '')
        if (code !== null) return code
      }
      value = ''
    }
    const code = option(sys, st, name, value ?? '')
    if (code !== null) return code
  }
  return st
}

function readHosts(sys: Sys, st: DnsmasqState): void {
  const file = sys.readFile('/etc/hosts')
  for (const line of file.ok ? file.value.split('\n') : []) {
    const [text, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    const ip = parseIp4(text ?? '')
    if (ip !== null) for (const n of names) st.hosts.push([n.toLowerCase(), ip])
  }
}

function open(sys: Sys, st: DnsmasqState): void {
  if (st.hostsFile) readHosts(sys, st)
  for (const addr of st.listen.length > 0 ? st.listen : [0]) {
    const sock = openSocket(sys, 'udp', 0, 'dnsmasq')
    const bound = isErrno(sock) ? null : sys.sockets.bind(sock.s, { addr, port: st.port })
    if (isErrno(sock) || bound?.ok !== true) {
      const errno = isErrno(sock) ? sock : bound?.ok === false ? bound.errno : 'EINVAL'
      const where = addr === 0 ? `port ${st.port}` : formatIp4(addr)
      sys.exit(fail(sys, `\ndnsmasq: failed to create listening socket for ${where}: ${strerror(errno)}\n`, 2))
      return
    }
    st.sockets.push(sock)
    sys.watch(sock.fd, true, false)
  }
}

/** Addresses of a name: exact hosts first, else the longest matching domain. */
function addresses(st: DnsmasqState, name: string): Ip4[] {
  const exact = st.hosts.filter(([n]) => n === name).map(([, ip]) => ip)
  if (exact.length > 0) return exact
  const matching = st.domains.filter(([d]) => d === '#' || d === '' || name === d || name.endsWith(`.${d}`))
  const longest = matching.reduce((n, [d]) => Math.max(n, d.length), 0)
  return matching.filter(([d]) => d.length === longest).map(([, ip]) => ip)
}

function answer(st: DnsmasqState, q: DnsMessage): { readonly rcode: number; readonly records: DnsRecord[] } {
  const name = q.name.toLowerCase()
  const records: DnsRecord[] = []
  if (q.type === TYPE_PTR) {
    const m = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/.exec(name)
    const ip = m === null ? null : parseIp4(`${m[4]}.${m[3]}.${m[2]}.${m[1]}`)
    const found = st.hosts.find(([, a]) => a === ip)
    if (found === undefined) return { rcode: RCODE_NXDOMAIN, records }
    return { rcode: RCODE_OK, records: [{ name: q.name, type: TYPE_PTR, ttl: st.ttl, address: 0, target: found[0] }] }
  }
  let owner = name
  for (let hops = 0; hops < 8; hops++) {
    const alias = st.aliases.find(([n]) => n === owner)
    if (alias === undefined) break
    records.push({ name: owner, type: TYPE_CNAME, ttl: st.ttl, address: 0, target: alias[1] })
    owner = alias[1]
  }
  const found = addresses(st, owner)
  if (found.length === 0 && records.length === 0) return { rcode: RCODE_REFUSED, records }
  if (q.type === TYPE_A) {
    for (const address of found)
      records.push({ name: owner === name ? q.name : owner, type: TYPE_A, ttl: st.ttl, address, target: '' })
  }
  return { rcode: RCODE_OK, records }
}

function serve(sys: Sys, st: DnsmasqState, s: number): void {
  for (let r = sys.sockets.recv(s); r.ok; r = sys.sockets.recv(s)) {
    const q = decodeDns(r.value.data)
    if (q === null || q.response) continue
    const { rcode, records } = answer(st, q)
    if (st.logQueries) {
      const type = q.type === TYPE_A ? 'A' : q.type === TYPE_PTR ? 'PTR' : `type=${q.type}`
      sys.write(2, `dnsmasq: query[${type}] ${q.name} from ${formatIp4(r.value.from.addr)}\n`)
    }
    sys.sockets.sendto(s, encodeResponse(q, rcode, rcode === RCODE_OK, records), r.value.from)
  }
}

function step(sys: Sys, st: DnsmasqState, e: ProgramEvent): void {
  if (e.kind === 'start') {
    open(sys, st)
    return
  }
  if (e.kind !== 'ready') return
  const sock = st.sockets.find((x) => x.fd === e.fd)
  if (sock !== undefined) serve(sys, st, sock.s)
}

export const dnsmasq: Machine<DnsmasqState> = { start, step }
