// dnsmasq's command line: what it answers itself, whom it asks, where it listens.
// Read first: dnsmasq(8). DHCP, TFTP, configuration files and the rest of its options are refused by name.
import { type Ip4, parseIp4 } from '../../lib/ip4.ts'
import { fail, type Sys } from '../../uapi/program.ts'
import { notModelled } from '../lib/refuse.ts'

export interface UpstreamServer {
  /** '' is every name; otherwise this domain and all below it. */
  readonly domain: string
  /** Null: the domain is known here only (--local). */
  readonly addr: Ip4 | null
  readonly port: number
}

export interface HostRecord {
  readonly name: string
  readonly addr: Ip4
  /** -1: the general one. */
  readonly ttl: number
  readonly source: 'config' | '/etc/hosts'
}

export interface DnsmasqOptions {
  port: number
  readonly listen: Ip4[]
  /** --address=/domain/ip: the domain and all below it ('' is every name); null is NXDOMAIN. */
  readonly domains: { readonly domain: string; readonly addr: Ip4 | null }[]
  readonly hosts: HostRecord[]
  readonly aliases: { readonly name: string; readonly target: string; readonly ttl: number }[]
  readonly servers: UpstreamServer[]
  ttl: number
  cacheSize: number
  /** Options without a value. */
  readonly set: Set<string>
}

const FLAGS = Object.freeze(
  new Set(
    (
      'no-daemon keep-in-foreground no-resolv bind-interfaces bind-dynamic no-poll domain-needed bogus-priv no-negcache ' +
      'no-hosts log-queries test version no-round-robin'
    ).split(' '),
  ),
)
const VALUES = Object.freeze(
  new Set('port local-ttl listen-address address host-record cname server local cache-size log-facility'.split(' ')),
)
/** Options that dnsmasq has and netsim does not model. */
const OTHERS = Object.freeze(
  new Set(
    (
      'bogus-nxdomain conf-file selfmx expand-hosts filterwin2k filter-A filter-AAAA filter-rr dhcp-range group dhcp-host dhcp-hostsfile ' +
      'addn-hosts hostsdir interface except-interface localmx mx-host dhcp-leasefile dhcp-authoritative use-stale-cache strict-order ' +
      'dhcp-option dhcp-boot edns-packet-max query-port port-limit resolv-file servers-file rev-server domain mx-target neg-ttl max-ttl ' +
      'max-cache-ttl min-cache-ttl fast-dns-retry user alias srv-host help pid-file localise-queries txt-record ptr-record interface-name ' +
      'read-ethers enable-dbus conf-dir dns-forward-max enable-tftp tftp-root log-dhcp log-async stop-dns-rebind all-servers naptr-record ' +
      'min-port max-port add-mac add-subnet proxy-dnssec conntrack enable-ra dynamic-host caa-record dns-rr auth-server auth-zone ipset ' +
      'nftset synth-domain dnssec trust-anchor log-debug local-service dns-loop-detect no-ident cache-rr max-tcp-connections'
    ).split(' '),
  ),
)
const SHORT: Readonly<Record<string, string>> = Object.freeze({
  ...{
    d: 'no-daemon',
    k: 'keep-in-foreground',
    R: 'no-resolv',
    z: 'bind-interfaces',
    n: 'no-poll',
    D: 'domain-needed',
  },
  ...{
    b: 'bogus-priv',
    h: 'no-hosts',
    q: 'log-queries',
    N: 'no-negcache',
    v: 'version',
    p: 'port',
    a: 'listen-address',
  },
  ...{ A: 'address', T: 'local-ttl', S: 'server', c: 'cache-size', 8: 'log-facility', C: 'conf-file', H: 'addn-hosts' },
  ...{
    i: 'interface',
    I: 'except-interface',
    r: 'resolv-file',
    o: 'strict-order',
    u: 'user',
    g: 'group',
    x: 'pid-file',
  },
  ...{ E: 'expand-hosts', F: 'dhcp-range', G: 'dhcp-host', m: 'mx-host', Y: 'txt-record', W: 'srv-host', s: 'domain' },
  ...{
    w: 'help',
    Q: 'query-port',
    7: 'conf-dir',
    y: 'localise-queries',
    B: 'bogus-nxdomain',
    V: 'alias',
    t: 'mx-target',
  },
})

export function emptyOptions(): DnsmasqOptions {
  return {
    port: 53,
    listen: [],
    domains: [],
    hosts: [],
    aliases: [],
    servers: [],
    ttl: 0,
    cacheSize: 150,
    set: new Set(),
  }
}

const TRY_HELP = 'try --help'

/** "/a/b/value" as the domains before the last slash and what follows it; domains empty when there is no slash. */
function slashed(value: string): { readonly domains: string[]; readonly rest: string } {
  const at = value.lastIndexOf('/')
  if (!value.startsWith('/') || at === 0) return { domains: [], rest: value }
  const domains = value.slice(1, at).split('/')
  return {
    domains: domains.map((d) => d.toLowerCase().replace(/^\./, '').replace(/^#$/, '')),
    rest: value.slice(at + 1),
  }
}

/** Take an option's value; what is wrong with it, or null. */
function setValue(o: DnsmasqOptions, name: string, value: string): string | null {
  switch (name) {
    case 'port':
    case 'local-ttl':
    case 'cache-size':
      return setNumber(o, name, value)
    case 'listen-address': {
      const addrs = value.split(',').map(parseIp4)
      if (addrs.some((a) => a === null)) return TRY_HELP
      o.listen.push(...(addrs as Ip4[]))
      return null
    }
    case 'address':
      return addAddress(o, value)
    case 'server':
    case 'local':
      return addServer(o, value)
    case 'host-record':
      return addHost(o, value)
    case 'cname':
      return addAlias(o, value)
    default:
      return null
  }
}

function setNumber(o: DnsmasqOptions, name: 'port' | 'local-ttl' | 'cache-size', value: string): string | null {
  const n = Number(value)
  if (!/^\d+$/.test(value) || (name === 'port' && n > 65535)) return TRY_HELP
  if (name === 'port') o.port = n
  else if (name === 'local-ttl') o.ttl = n
  else o.cacheSize = n
  return null
}

function addAddress(o: DnsmasqOptions, value: string): string | null {
  const { domains, rest } = slashed(value)
  const addr = rest === '' ? null : rest === '#' ? 0 : parseIp4(rest)
  if (domains.length === 0 || (addr === null && rest !== '')) return 'Bad address in --address'
  for (const domain of domains) o.domains.push({ domain, addr })
  return null
}

function addServer(o: DnsmasqOptions, value: string): string | null {
  const { domains, rest } = slashed(value)
  const [text, port] = rest.split('#')
  const addr = rest === '' ? null : parseIp4(text!)
  if ((addr === null && rest !== '') || (port !== undefined && !/^\d+$/.test(port))) return 'Cannot resolve server name'
  if (addr === null && domains.length === 0) return TRY_HELP
  for (const domain of domains.length === 0 ? [''] : domains) o.servers.push({ domain, addr, port: Number(port ?? 53) })
  return null
}

function addHost(o: DnsmasqOptions, value: string): string | null {
  const parts = value.split(',')
  if (parts.length < 2) return 'Bad host-record'
  const addrs = parts.map(parseIp4).filter((a) => a !== null)
  const last = parts.at(-1)!
  const ttl = /^\d+$/.test(last) ? Number(last) : -1
  for (const p of parts) {
    if (parseIp4(p) !== null || (ttl >= 0 && p === last)) continue
    for (const addr of addrs) o.hosts.push({ name: p, addr, ttl, source: 'config' })
  }
  return null
}

function addAlias(o: DnsmasqOptions, value: string): string | null {
  const parts = value.split(',')
  const ttl = parts.length > 2 && /^\d+$/.test(parts.at(-1)!) ? Number(parts.pop()) : -1
  if (parts.length < 2) return 'bad CNAME'
  const target = parts.pop()!
  for (const name of parts) o.aliases.push({ name, target, ttl })
  return null
}

interface Word {
  readonly name: string | null
  readonly value: string | undefined
}

/** One word of the command line as options: letters may be glued, the last one takes the rest as its value. */
function split(word: string): Word[] {
  if (word.startsWith('--')) {
    const m = /^--([^=]*)(?:=(.*))?$/s.exec(word)!
    return [{ name: m[1]!, value: m[2] }]
  }
  const out: Word[] = []
  for (let i = 1; i < word.length; i++) {
    const name = SHORT[word[i]!] ?? null
    const glued = name !== null && !FLAGS.has(name) && i + 1 < word.length
    out.push({ name, value: glued ? word.slice(i + 1) : undefined })
    if (glued) break
  }
  return out
}

function one(sys: Sys, o: DnsmasqOptions, w: Word, next: string | undefined): { code: number | null; used: boolean } {
  const bad = (what: string): { code: number; used: boolean } => {
    return { code: fail(sys, `\ndnsmasq: bad command line options: ${what}\n`, 1), used: false }
  }
  const { name } = w
  if (name === null || name === '') return bad(TRY_HELP)
  if (FLAGS.has(name)) {
    if (w.value !== undefined) return bad(TRY_HELP)
    o.set.add(name)
    return { code: null, used: false }
  }
  if (!VALUES.has(name)) {
    const known = OTHERS.has(name) || /^(dhcp|tftp|pxe|ra)-/.test(name)
    return known ? { code: fail(sys, notModelled('dnsmasq', `option --${name}`), 1), used: false } : bad(TRY_HELP)
  }
  const value = w.value ?? next
  if (value === undefined) return bad(TRY_HELP)
  if (name === 'log-facility' && value !== '-') {
    return { code: fail(sys, notModelled('dnsmasq', `--log-facility=${value}`), 1), used: false }
  }
  if (name === 'log-facility') o.set.add('log-stderr')
  const what = setValue(o, name, value)
  return what === null ? { code: null, used: w.value === undefined } : bad(what)
}

/** The options, or an exit code. */
export function parseDnsmasq(sys: Sys, argv: readonly string[]): DnsmasqOptions | number {
  const o = emptyOptions()
  for (let i = 1; i < argv.length; i++) {
    if (!argv[i]!.startsWith('-')) return fail(sys, '\ndnsmasq: junk found in command line\n', 1)
    for (const w of split(argv[i]!)) {
      const { code, used } = one(sys, o, w, argv[i + 1])
      if (code !== null) return code
      if (used) i++
    }
  }
  if (o.set.has('bind-interfaces') && o.set.has('bind-dynamic')) {
    return fail(sys, '\ndnsmasq: cannot set --bind-interfaces and --bind-dynamic\n', 1)
  }
  return o
}
