// host(1), dig(1) in its +short form, and getent hosts: the small tools that ask for names.
// Read first: lib/resolve.ts, lib/dns_message.ts. Everything else of dig and host is refused by name.
import { formatIp4, INADDR_LOOPBACK, type Ip4, parseIp4 } from '../../lib/ip4.ts'
import { fail, type Machine, type ProgramEvent, type Sys } from '../../uapi/program.ts'
import {
  type DnsMessage,
  decodeDns,
  encodeQuery,
  RCODE_NXDOMAIN,
  RCODE_OK,
  RCODE_REFUSED,
  TYPE_A,
  TYPE_AAAA,
  TYPE_CNAME,
  TYPE_PTR,
} from '../lib/dns_message.ts'
import { notModelled } from '../lib/refuse.ts'
import { type Lookup, lookupAddress, lookupHost, stepLookup, wantsEvent } from '../lib/resolve.ts'
import { isErrno, openSocket } from '../lib/sock.ts'

const SECOND = 1_000_000_000
const TIMEOUT = 1

export interface QueryState {
  readonly tool: 'dig' | 'host'
  readonly name: string
  readonly type: number
  readonly server: Ip4
  readonly timeout: number
  tries: number
  id: number
  fd: number
  s: number
}

const TYPES: Readonly<Record<string, number>> = Object.freeze({
  a: TYPE_A,
  cname: TYPE_CNAME,
  ptr: TYPE_PTR,
  aaaa: TYPE_AAAA,
})

function firstServer(sys: Sys): Ip4 {
  const file = sys.readFile('/etc/resolv.conf')
  const m = /^nameserver\s+(\S+)/m.exec(file.ok ? file.value : '')
  return parseIp4(m?.[1] ?? '') ?? INADDR_LOOPBACK
}

function reverseName(addr: Ip4): string {
  return `${formatIp4(addr).split('.').reverse().join('.')}.in-addr.arpa`
}

/** The server operand: a literal or a name of /etc/hosts. */
function serverAddress(sys: Sys, text: string): Ip4 | null {
  const l = lookupHost(sys, text, { timer: TIMEOUT, both: false })
  if (l.result === null) return null
  return l.result.ok ? l.result.addresses[0]! : null
}

function newQuery(
  tool: 'dig' | 'host',
  name: string,
  type: number,
  server: Ip4,
  timeout: number,
  tries: number,
): QueryState {
  return { tool, name, type, server, timeout, tries, id: 0, fd: -1, s: -1 }
}

function startDig(sys: Sys, argv: readonly string[]): QueryState | number {
  let name = ''
  let type = TYPE_A
  let server = firstServer(sys)
  let short = false
  let timeout = 5
  let tries = 3
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!
    const set = /^\+(time|timeout|tries|retry)=(\d+)$/.exec(word)
    if (word === '+short') short = true
    else if (set !== null) {
      if (set[1]!.startsWith('time')) timeout = Math.max(1, Number(set[2]))
      else tries = Math.max(1, Number(set[2]) + (set[1] === 'retry' ? 1 : 0))
    } else if (word.startsWith('@')) {
      const addr = serverAddress(sys, word.slice(1))
      if (addr === null) return fail(sys, `dig: couldn't get address for '${word.slice(1)}': not found\n`, 10)
      server = addr
    } else if (word === '-x') {
      const addr = parseIp4(argv[++i] ?? '')
      if (addr === null) return fail(sys, `dig: Invalid IP address ${argv[i] ?? ''}\n`, 1)
      name = reverseName(addr)
      type = TYPE_PTR
    } else if (word === '-4' || word.toUpperCase() === 'IN') continue
    else if (word.startsWith('-') || word.startsWith('+')) return fail(sys, notModelled('dig', `option ${word}`), 1)
    else if (TYPES[word.toLowerCase()] !== undefined && name !== '') type = TYPES[word.toLowerCase()]!
    else name = word
  }
  if (!short) return fail(sys, notModelled('dig', 'output other than +short'), 1)
  return newQuery('dig', name === '' ? '.' : name, type, server, timeout, tries)
}

function startHost(sys: Sys, argv: readonly string[]): QueryState | number {
  const words = argv.slice(1)
  const option = words.find((w) => w.startsWith('-'))
  if (option !== undefined) return fail(sys, notModelled('host', `option ${option}`), 1)
  if (words.length === 0 || words.length > 2) {
    return fail(
      sys,
      'Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]\n            [-R number] [-m flag] [-p port] hostname [server]\n',
      1,
    )
  }
  const addr = parseIp4(words[0]!)
  const server = words[1] === undefined ? firstServer(sys) : serverAddress(sys, words[1])
  if (server === null) return fail(sys, `host: couldn't get address for '${words[1]}': not found\n`, 1)
  return newQuery(
    'host',
    addr === null ? words[0]! : reverseName(addr),
    addr === null ? TYPE_A : TYPE_PTR,
    server,
    5,
    2,
  )
}

function ask(sys: Sys, st: QueryState): void {
  if (st.fd >= 0) {
    sys.unwatch(st.fd)
    sys.close(st.fd)
    st.fd = -1
  }
  if (st.tries-- <= 0) {
    noServer(sys, st)
    return
  }
  const sock = openSocket(sys, 'udp', 0, st.tool)
  if (isErrno(sock)) {
    noServer(sys, st)
    return
  }
  st.fd = sock.fd
  st.s = sock.s
  st.id = Math.floor(sys.random() * 65536)
  const sent = sys.sockets.connect(st.s, { addr: st.server, port: 53 })
  if (!sent.ok || !sys.sockets.send(st.s, encodeQuery(st.id, st.name, st.type)).ok) {
    ask(sys, st)
    return
  }
  sys.watch(st.fd, true, false)
  sys.setTimer(TIMEOUT, sys.now() + st.timeout * SECOND)
}

function noServer(sys: Sys, st: QueryState): void {
  if (st.tool === 'dig') sys.write(1, ';; connection timed out; no servers could be reached\n')
  else sys.write(2, ';; connection timed out; no servers could be reached\n')
  sys.exit(st.tool === 'dig' ? 9 : 1)
}

function digShort(m: DnsMessage): string {
  return m.answers
    .filter((r) => r.type === TYPE_A || r.type === TYPE_CNAME || r.type === TYPE_PTR)
    .map((r) => (r.type === TYPE_A ? `${formatIp4(r.address)}\n` : `${r.target}.\n`))
    .join('')
}

function hostText(m: DnsMessage): string {
  return m.answers
    .map((r) => {
      if (r.type === TYPE_A) return `${r.name} has address ${formatIp4(r.address)}\n`
      if (r.type === TYPE_CNAME) return `${r.name} is an alias for ${r.target}.\n`
      return r.type === TYPE_PTR ? `${r.name} domain name pointer ${r.target}.\n` : ''
    })
    .join('')
}

const RCODES: Readonly<Record<number, string>> = Object.freeze({
  1: 'FORMERR',
  2: 'SERVFAIL',
  3: 'NXDOMAIN',
  4: 'NOTIMP',
  5: 'REFUSED',
})

function answered(sys: Sys, st: QueryState, m: DnsMessage): void {
  if (st.tool === 'dig') {
    sys.write(1, digShort(m))
    sys.exit(0)
    return
  }
  if (m.rcode === RCODE_OK) {
    sys.write(1, hostText(m))
    sys.exit(0)
    return
  }
  sys.write(1, `Host ${st.name} not found: ${m.rcode}(${RCODES[m.rcode] ?? 'RESERVED'})\n`)
  sys.exit(m.rcode === RCODE_NXDOMAIN || m.rcode >= RCODE_REFUSED - 3 ? 1 : 0)
}

function stepQuery(sys: Sys, st: QueryState, e: ProgramEvent): void {
  if (e.kind === 'start' || e.kind === 'timer') {
    ask(sys, st)
    return
  }
  if (e.kind !== 'ready') return
  const r = sys.sockets.recv(st.s)
  if (!r.ok) {
    if (r.errno === 'EAGAIN' && sys.sockets.takeError(st.s) === null) return
    ask(sys, st)
    return
  }
  const m = decodeDns(r.value.data)
  if (m?.response === true && m.id === st.id) answered(sys, st, m)
}

export const dig: Machine<QueryState> = { start: startDig, step: stepQuery }
export const host: Machine<QueryState> = { start: startHost, step: stepQuery }

export interface GetentState {
  readonly keys: readonly string[]
  at: number
  lookup: Lookup | null
  code: number
}

function startGetent(sys: Sys, argv: readonly string[]): GetentState | number {
  const [database, ...keys] = argv.slice(1)
  if (database === undefined) return fail(sys, 'getent: wrong number of arguments\n', 1)
  if (database !== 'hosts' && database !== 'ahostsv4')
    return fail(sys, notModelled('getent', `database ${database}`), 1)
  if (keys.length > 0) return { keys, at: 0, lookup: null, code: 0 }
  const file = sys.readFile('/etc/hosts')
  for (const line of file.ok ? file.value.split('\n') : []) {
    const [addr, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (parseIp4(addr ?? '') !== null && names.length > 0) sys.write(1, `${addr!.padEnd(15)} ${names.join(' ')}\n`)
  }
  return 0
}

/** Ask for the next key, or report the one that is answered. */
function stepGetent(sys: Sys, st: GetentState, e: ProgramEvent): void {
  if (st.lookup !== null) {
    if (wantsEvent(st.lookup, e)) stepLookup(sys, st.lookup, e)
    if (!report(sys, st)) return
  }
  while (st.at < st.keys.length) {
    const key = st.keys[st.at]!
    const addr = parseIp4(key)
    const options = { timer: TIMEOUT, both: false }
    st.lookup = addr === null ? lookupHost(sys, key, options) : lookupAddress(sys, addr, options)
    if (!report(sys, st)) return
  }
  sys.exit(st.code)
}

/** False while the look-up goes on. */
function report(sys: Sys, st: GetentState): boolean {
  const r = st.lookup?.result ?? null
  if (r === null) return false
  st.lookup = null
  st.at++
  if (!r.ok) st.code = 2
  else for (const a of r.addresses) sys.write(1, `${formatIp4(a).padEnd(15)} ${r.canonical}\n`)
  return true
}

export const getent: Machine<GetentState> = { start: startGetent, step: stepGetent }
