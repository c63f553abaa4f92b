// dig(1): one lookup after another, and what came back in full, by sections or in the short form.
// Read first: dig_options.ts, exchange.ts, print.ts. Leaves out what dig_options.ts refuses.
import { formatIp4, type Ip4 } from '../../lib/ip4.ts'
import { fail, type Machine, type ProgramEvent, type Sys } from '../../uapi/program.ts'
import {
  type DnsMessage,
  EDNS_COOKIE,
  encodeQuery,
  FLAG_AD,
  FLAG_CD,
  FLAG_RD,
  RCODE_NXDOMAIN,
  rcodeOf,
} from '../lib/dns_message.ts'
import { nameServers, readResolvConf } from '../lib/resolv_conf.ts'
import { type Lookup, lookupHost, stepLookup, wantsEvent } from '../lib/resolve.ts'
import { DIG_VERSION, type DigLookup, type DigOptions, parseDig } from './dig_options.ts'
import { beginExchange, type Exchange, fullServerText, stepExchange, TIMEOUT } from './exchange.ts'
import { nameProblem } from './names.ts'
import { answersText, ednsText, headerText, questionText, recordData } from './print.ts'

const EXIT_NO_REPLY = 9
const EXIT_INTERNAL = 10

export interface DigState {
  readonly opt: DigOptions
  /** The words of the command line, for the greeting; null once it is printed. */
  words: string | null
  at: number
  /** The address of an @server is being looked up. */
  finding: Lookup | null
  exchange: Exchange | null
  /** What is asked for, and what the search list has beyond it. */
  names: string[]
  code: number
}

function start(sys: Sys, argv: readonly string[]): DigState | number {
  const opt = parseDig(sys, argv)
  if (typeof opt === 'number') return opt
  return { opt, words: argv.slice(1).join(' '), at: 0, finding: null, exchange: null, names: [], code: 0 }
}

/** Find the addresses of the servers that were named; false while one is being looked up. */
function findServers(sys: Sys, st: DigState): boolean {
  for (const l of st.opt.lookups) {
    if (l.server === null || l.addresses !== null) continue
    st.finding ??= lookupHost(sys, l.server, { timer: TIMEOUT, both: true })
    const r = st.finding.result
    if (r === null) return false
    st.finding = null
    if (!r.ok) {
      const why = r.error === 'EAI_NONAME' || r.error === 'EAI_NODATA' ? 'not found' : 'failure'
      sys.exit(fail(sys, `dig: couldn't get address for '${l.server}': ${why}\n`, 1))
      return false
    }
    l.addresses = r.addresses
  }
  return true
}

function step(sys: Sys, st: DigState, e: ProgramEvent): void {
  if (st.exchange === null) {
    if (st.finding !== null && wantsEvent(st.finding, e)) stepLookup(sys, st.finding, e)
    if (!findServers(sys, st)) return
    next(sys, st)
  } else stepExchange(sys, st.exchange, e)
  while (st.exchange !== null && st.exchange.outcome !== 'waiting') {
    finished(sys, st, st.exchange)
    next(sys, st)
  }
}

/** Begin the next name or lookup, or end. */
function next(sys: Sys, st: DigState): void {
  const l = st.opt.lookups[st.at]
  st.exchange = null
  if (l === undefined) {
    sys.exit(st.code)
    return
  }
  if (st.names.length === 0) st.names = candidates(sys, l)
  const problem = nameProblem(l.name)
  if (problem === null) {
    st.exchange = newExchange(sys, l, st.names.shift()!)
    beginExchange(sys, st.exchange)
  } else sys.exit(fail(sys, `dig: '${l.name}' is not a legal name (${problem})\n`, EXIT_INTERNAL))
}

function candidates(sys: Sys, l: DigLookup): string[] {
  if (!l.flags.search || l.name.endsWith('.')) return [l.name]
  const searched = readResolvConf(sys).search.map((d) => `${l.name}.${d}`)
  return l.name.split('.').length > l.numbers.ndots ? [l.name, ...searched] : [...searched, l.name]
}

function serversOf(sys: Sys, l: DigLookup): readonly Ip4[] {
  return l.addresses ?? nameServers(readResolvConf(sys))
}

function newExchange(sys: Sys, l: DigLookup, name: string): Exchange {
  const { flags, numbers } = l
  const id = Math.floor(sys.random() * 65536)
  const cookie = new Uint8Array(8).map(() => Math.floor(sys.random() * 256))
  const options = flags.cookie ? [{ code: EDNS_COOKIE, data: cookie }] : []
  const edns = flags.edns || flags.dnssec ? { udp: numbers.bufsize, dnssec: flags.dnssec, options } : null
  const bits = (flags.rdflag ? FLAG_RD : 0) | (flags.adflag ? FLAG_AD : 0) | (flags.cdflag ? FLAG_CD : 0)
  return {
    prog: 'dig',
    id,
    name: l.name,
    bytes: encodeQuery(id, name, l.type, { flags: bits, cls: l.cls, edns }),
    servers: serversOf(sys, l),
    called: l.server,
    port: l.port,
    source: l.source,
    timeout: numbers.timeout,
    tries: numbers.tries,
    server: 0,
    fd: -1,
    s: -1,
    sentAt: 0,
    outcome: 'waiting',
    answer: null,
  }
}

function finished(sys: Sys, st: DigState, x: Exchange): void {
  const l = st.opt.lookups[st.at]!
  const m = x.answer
  if (m !== null && rcodeOf(m) === RCODE_NXDOMAIN && st.names.length > 0) return
  st.names = []
  st.at++
  if (m !== null) sys.write(1, greeting(st, l) + (st.opt.short ? shortText(sys, l, m, x) : fullText(sys, st, l, m, x)))
  else {
    st.code = EXIT_NO_REPLY
    if (x.outcome === 'no-servers') sys.write(1, `${greeting(st, l)};; no servers could be reached\n`)
  }
}

/** The command line, before the first thing that is printed in full. */
function greeting(st: DigState, l: DigLookup): string {
  const words = st.words
  if (words === null || st.opt.short || !st.opt.cmd) return ''
  st.words = null
  const found = l.addresses?.length ?? 0
  const servers = found === 0 ? '' : `; (${found} server${found === 1 ? '' : 's'} found)\n`
  return `\n; <<>> DiG ${DIG_VERSION} <<>>${words === '' ? '' : ` ${words}`}\n${servers};; global options: +cmd\n`
}

function elapsed(sys: Sys, x: Exchange): number {
  return Math.floor((sys.now() - x.sentAt) / 1_000_000)
}

function shortText(sys: Sys, l: DigLookup, m: DnsMessage, x: Exchange): string {
  const from = ` from server ${formatIp4(x.servers[x.server]!)} in ${elapsed(sys, x)} ms.`
  return m.answers.map((r) => `${recordData(r)}${l.flags.identify ? from : ''}\n`).join('')
}

function fullText(sys: Sys, st: DigState, l: DigLookup, m: DnsMessage, x: Exchange): string {
  const { flags } = l
  const style = { ttl: flags.ttlid || flags.ttlunits, ttlUnits: flags.ttlunits, cls: flags.class }
  let out = ''
  if (flags.comments) out += `;; Got answer:\n${headerText(m)}${m.edns === null ? '' : ednsText(m.edns)}`
  const end = flags.comments ? '\n' : ''
  if (flags.question) out += `${flags.comments ? ';; QUESTION SECTION:\n' : ''}${questionText(m, style)}${end}`
  if (flags.answer && m.answers.length > 0) {
    out += `${flags.comments ? ';; ANSWER SECTION:\n' : ''}${answersText(m, style)}${end}`
  }
  return flags.stats ? out + statsText(sys, st, m, x) : out
}

const DAYS = Object.freeze(['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'])
const MONTHS = Object.freeze(['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'])

function statsText(sys: Sys, st: DigState, m: DnsMessage, x: Exchange): string {
  const now = new Date(sys.wallClock() / 1_000_000)
  const clock = now.toISOString().slice(11, 19)
  const day = String(now.getUTCDate()).padStart(2, '0')
  const when = `${DAYS[now.getUTCDay()]} ${MONTHS[now.getUTCMonth()]} ${day} ${clock} UTC ${now.getUTCFullYear()}`
  const took = st.opt.micros ? `${Math.floor((sys.now() - x.sentAt) / 1000)} usec` : `${elapsed(sys, x)} msec`
  const server = `${fullServerText(x)} (UDP)`
  return `;; Query time: ${took}\n;; SERVER: ${server}\n;; WHEN: ${when}\n;; MSG SIZE  rcvd: ${m.size}\n\n`
}

export const dig: Machine<DigState> = { start, step }
