// host(1): A, then AAAA and MX of what a name turned out to be, or one type.
// Read first: exchange.ts, print.ts. Transfers, ANY and TCP are refused by name.
import { formatIp4, type Ip4, parseIp4 } from '../../lib/ip4.ts'
import { fail, type Machine, type ProgramEvent, type Sys } from '../../uapi/program.ts'
import {
  type DnsMessage,
  type DnsRecord,
  encodeQuery,
  FLAG_RD,
  RCODE_NXDOMAIN,
  RCODE_OK,
  rcodeOf,
  TYPE_A,
  TYPE_AAAA,
  TYPE_ANY,
  TYPE_CNAME,
  TYPE_NS,
  TYPE_PTR,
} from '../lib/dns_message.ts'
import { notModelled } from '../lib/refuse.ts'
import { nameServers, readResolvConf } from '../lib/resolv_conf.ts'
import { type Lookup, lookupHost, stepLookup, wantsEvent } from '../lib/resolve.ts'
import { DIG_VERSION } from './dig_options.ts'
import { beginExchange, type Exchange, serverText, stepExchange, TIMEOUT } from './exchange.ts'
import { classNumber, nameProblem, rcodeName, reverseName, typeName, typeNumber } from './names.ts'
import { answersText, ednsText, headerText, PLAIN, questionText } from './print.ts'

const TYPE_MX = 15
const USAGE = `Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]
            [-R number] [-m flag] [-p port] hostname [server]
       -a is equivalent to -v -t ANY
       -A is like -a but omits RRSIG, NSEC, NSEC3
       -c specifies query class for non-IN data
       -C compares SOA records on authoritative nameservers
       -d is equivalent to -v
       -l lists all hosts in a domain, using AXFR
       -m set memory debugging flag (trace|record|usage)
       -N changes the number of dots allowed before root lookup is done
       -p specifies the port on the server to query
       -r disables recursive processing
       -R specifies number of retries for UDP packets
       -s a SERVFAIL response should stop query
       -t specifies the query type
       -T enables TCP/IP mode
       -U enables UDP mode
       -v enables verbose output
       -V print version number and exit
       -w specifies to wait forever for a reply
       -W specifies how long to wait for a reply
       -4 use IPv4 query transport only
       -6 use IPv6 query transport only
`
const WITH_VALUE = 'cmNpRtW'
const KNOWN = 'aAcCdDilmnNprRstTUvVwW46'
const NOT_MODELLED = 'aACDlmnTw6'

interface HostOptions {
  type: number | null
  cls: number
  port: number
  tries: number
  timeout: number
  ndots: number | null
  recurse: boolean
  verbose: boolean
}

export interface HostState {
  readonly opt: HostOptions
  readonly server: string | null
  addresses: readonly Ip4[] | null
  /** The server's introduction is printed once. */
  introduced: boolean
  finding: Lookup | null
  exchange: Exchange | null
  /** Names still to be tried for the present type. */
  names: string[]
  name: string
  /** Types still to be asked. */
  types: number[]
  code: number
}

function setOption(sys: Sys, o: HostOptions, letter: string, value: string): number | null {
  const n = Number.parseInt(value, 10) || 0
  switch (letter) {
    case 'c':
      o.cls = classNumber(value) ?? 0
      o.type ??= TYPE_A
      return o.cls === 0 ? fail(sys, `host: invalid class: ${value}\n\n`, 2) : null
    case 't': {
      const type = typeNumber(value.split('=')[0] ?? '')
      if (type === null) return fail(sys, `host: invalid type: ${value}\n\n`, 2)
      if (type === TYPE_ANY || type === 251 || type === 252) {
        return fail(sys, notModelled('host', `type ${value.toUpperCase()} (it is asked over TCP)`), 1)
      }
      o.type = type
      return null
    }
    case 'N':
      o.ndots = n
      return null
    case 'p':
      o.port = n
      return null
    case 'R':
      o.tries = Math.max(1, n + 1)
      return null
    case 'W':
      o.timeout = Math.max(1, n)
      return null
    case 'r':
      o.recurse = false
      return null
    case 'd':
    case 'v':
      o.verbose = true
      return null
    default:
      return null
  }
}

/** getopt: the words that are no options, or an exit code. */
function parse(sys: Sys, argv: readonly string[], o: HostOptions): string[] | number {
  const words: string[] = []
  const found: [string, string][] = []
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!
    if (!/^-./.test(word)) words.push(word)
    for (let k = 1; /^-./.test(word) && k < word.length; k++) {
      const letter = word[k]!
      if (!KNOWN.includes(letter)) return fail(sys, `host: illegal option -- ${letter}\n${USAGE}`, 1)
      if (!WITH_VALUE.includes(letter)) {
        found.push([letter, ''])
        continue
      }
      const value = k + 1 < word.length ? word.slice(k + 1) : argv[++i]
      if (value === undefined) return fail(sys, `host: option requires an argument -- ${letter}\n${USAGE}`, 1)
      found.push([letter, value])
      break
    }
  }
  for (const [letter, value] of found) {
    if (letter === 'V') return fail(sys, `host ${DIG_VERSION}\n`, 0)
    if (NOT_MODELLED.includes(letter)) return fail(sys, notModelled('host', `option -${letter}`), 1)
    const code = setOption(sys, o, letter, value)
    if (code !== null) return code
  }
  return words
}

function start(sys: Sys, argv: readonly string[]): HostState | number {
  const conf = readResolvConf(sys)
  const opt: HostOptions = {
    type: null,
    cls: 1,
    port: 53,
    tries: 2,
    timeout: conf.timeout,
    ndots: null,
    recurse: true,
    verbose: false,
  }
  const words = parse(sys, argv, opt)
  if (typeof words === 'number') return words
  const [name, server] = words
  if (name === undefined) return fail(sys, USAGE, 1)
  const addr = parseIp4(name)
  const types = addr !== null ? [TYPE_PTR] : [opt.type ?? TYPE_A]
  const names = addr !== null ? [reverseName(addr)] : candidates(name, opt.ndots ?? conf.ndots, conf.search)
  return {
    opt,
    server: server ?? null,
    addresses: server === undefined ? nameServers(conf) : null,
    introduced: server === undefined,
    finding: null,
    exchange: null,
    names,
    name,
    types,
    code: 0,
  }
}

function candidates(name: string, ndots: number, search: readonly string[]): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)]
  const searched = search.map((d) => `${name}.${d}`)
  return name.split('.').length > ndots ? [name, ...searched] : [...searched, name]
}

function step(sys: Sys, st: HostState, e: ProgramEvent): void {
  if (st.exchange === null) {
    if (st.finding !== null && wantsEvent(st.finding, e)) stepLookup(sys, st.finding, e)
    if (!findServer(sys, st)) return
    const problem = nameProblem(st.name)
    if (problem !== null) {
      sys.exit(fail(sys, `host: '${st.name}' is not a legal name (${problem})\n`, 1))
      return
    }
    next(sys, st)
  } else stepExchange(sys, st.exchange, e)
  while (st.exchange !== null && st.exchange.outcome !== 'waiting') {
    finished(sys, st, st.exchange)
    next(sys, st)
  }
}

function findServer(sys: Sys, st: HostState): boolean {
  if (st.addresses !== null) return true
  st.finding ??= lookupHost(sys, st.server!, { timer: TIMEOUT, both: true })
  const r = st.finding.result
  if (r === null) return false
  st.finding = null
  if (!r.ok) {
    const why = r.error === 'EAI_AGAIN' ? 'failure' : 'not found'
    sys.exit(fail(sys, `host: couldn't get address for '${st.server}': ${why}\n`, 1))
    return false
  }
  st.addresses = r.addresses
  return true
}

function next(sys: Sys, st: HostState): void {
  st.exchange = null
  if (st.names.length === 0 || st.types.length === 0) {
    sys.exit(st.code)
    return
  }
  st.name = st.names.shift()!
  if (st.opt.verbose) sys.write(1, `Trying "${st.name}"\n`)
  const id = Math.floor(sys.random() * 65536)
  const flags = st.opt.recurse ? FLAG_RD : 0
  st.exchange = {
    prog: 'host',
    id,
    name: st.name,
    bytes: encodeQuery(id, st.name, st.types[0]!, { flags, cls: st.opt.cls }),
    servers: st.addresses!,
    called: st.server,
    port: st.opt.port,
    source: null,
    timeout: st.opt.timeout,
    tries: st.opt.tries,
    server: 0,
    fd: -1,
    s: -1,
    sentAt: 0,
    outcome: 'waiting',
    answer: null,
  }
  beginExchange(sys, st.exchange)
}

/** Print what came; the name's other types follow an answer about its addresses. */
function finished(sys: Sys, st: HostState, x: Exchange): void {
  const m = x.answer
  if (m !== null && rcodeOf(m) === RCODE_NXDOMAIN && st.names.length > 0) return
  const type = st.types.shift()!
  st.names = []
  if (m === null) {
    if (x.outcome === 'no-servers') sys.write(1, ';; no servers could be reached\n')
    st.code = 1
    st.types = []
    return
  }
  sys.write(1, introduction(st, x) + replyText(sys, st, m, x, type))
  if (rcodeOf(m) !== RCODE_OK) st.code = 1
  else if (type === TYPE_A && st.opt.type === null) {
    st.types = [TYPE_AAAA, TYPE_MX]
    st.name = m.answers.filter((r) => r.type === TYPE_CNAME).at(-1)?.target ?? st.name
  }
  if (st.types.length > 0) st.names = [st.name]
}

function introduction(st: HostState, x: Exchange): string {
  if (st.introduced) return ''
  st.introduced = true
  return `Using domain server:\nName: ${st.server}\nAddress: ${serverText(x)}\nAliases: \n\n`
}

function replyText(sys: Sys, st: HostState, m: DnsMessage, x: Exchange, type: number): string {
  if (!st.opt.verbose) return plainText(st, m, type)
  const received = receivedText(sys, m, x)
  if (rcodeOf(m) === RCODE_OK) return verboseText(m) + received
  // a name that is not there ends the search as well, which tells the same once more
  return plainText(st, m, type) + received.repeat(rcodeOf(m) === RCODE_NXDOMAIN ? 2 : 1)
}

function receivedText(sys: Sys, m: DnsMessage, x: Exchange): string {
  return `Received ${m.size} bytes from ${serverText(x)} in ${Math.floor((sys.now() - x.sentAt) / 1_000_000)} ms\n`
}

function verboseText(m: DnsMessage): string {
  const answers = m.answers.length === 0 ? '' : `;; ANSWER SECTION:\n${answersText(m, PLAIN)}\n`
  const edns = m.edns === null ? '' : ednsText(m.edns)
  return `${headerText(m)}${edns};; QUESTION SECTION:\n${questionText(m, PLAIN)}\n${answers}`
}

function plainText(st: HostState, m: DnsMessage, type: number): string {
  const code = rcodeOf(m)
  if (code !== RCODE_OK) return `Host ${st.name} not found: ${code}(${rcodeName(code)})\n`
  if (m.answers.length === 0 && (st.opt.type !== null || type === TYPE_PTR)) {
    return `${st.name} has no ${typeName(type)} record\n`
  }
  return m.answers.map(recordText).join('')
}

function recordText(r: DnsRecord): string {
  if (r.type === TYPE_A) return `${r.name} has address ${formatIp4(r.address)}\n`
  if (r.type === TYPE_CNAME) return `${r.name} is an alias for ${r.target}.\n`
  if (r.type === TYPE_PTR) return `${r.name} domain name pointer ${r.target}.\n`
  return r.type === TYPE_NS ? `${r.name} name server ${r.target}.\n` : ''
}

export const host: Machine<HostState> = { start, step }
