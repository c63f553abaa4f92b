// dig's command line: a list of lookups. What stands before the first name holds for all of them, the rest for its own.
// Read first: dig(1), names.ts. TCP, TLS, transfers, +trace and the like are refused by name.
import { type Ip4, parseIp4 } from '../../lib/ip4.ts'
import { fail, type Sys } from '../../uapi/program.ts'
import { TYPE_A, TYPE_ANY, TYPE_NS, TYPE_PTR } from '../lib/dns_message.ts'
import { notModelled } from '../lib/refuse.ts'
import { readResolvConf } from '../lib/resolv_conf.ts'
import { classNumber, reverseOf, typeNumber } from './names.ts'

export const DIG_VERSION = '9.18.49-1~deb12u3-Debian'

const FLAGS = Object.freeze({
  additional: 3,
  adflag: 2,
  answer: 2,
  authority: 2,
  cdflag: 2,
  class: 2,
  comments: 3,
  cookie: 3,
  dnssec: 4,
  edns: 3,
  identify: 3,
  question: 3,
  rdflag: 2,
  recurse: 3,
  search: 2,
  stats: 2,
  ttlid: 4,
  ttlunits: 4,
})
type Flag = keyof typeof FLAGS
const NUMBERS = Object.freeze({ bufsize: 2, ndots: 2, retry: 3, timeout: 3, tries: 3 })
type NumberOption = keyof typeof NUMBERS

export interface DigLookup {
  name: string
  type: number
  typeSet: boolean
  cls: number
  /** The word after @. */
  server: string | null
  /** Its addresses, once they are known. */
  addresses: readonly Ip4[] | null
  port: number
  source: { readonly addr: Ip4; readonly port: number } | null
  flags: Readonly<Record<Flag, boolean>>
  numbers: Readonly<Record<NumberOption, number>>
}

export interface DigOptions {
  readonly lookups: DigLookup[]
  /** +cmd and +short hold for every lookup, wherever they stand. */
  cmd: boolean
  short: boolean
  micros: boolean
}

const SECTIONS = Object.freeze(['additional', 'answer', 'authority', 'comments', 'question', 'stats'] as const)
const REFUSED =
  'aaflag aaonly badcookie besteffort coflag crypto defname dns64prefix domain ednsflags ednsnegotiation ednsopt expandaaaa expire fail ' +
  'header-only https https-get http-plain http-plain-get idnin idnout ignore keepalive keepopen multiline nsid nssearch onesoa opcode ' +
  'padding qid qr raflag rrcomments showbadcookie showsearch split subnet tcflag tcp tls tls-ca tls-hostname tls-certfile tls-keyfile ' +
  'trace unknownformat vc yaml zflag'
const REFUSED_NAMES = Object.freeze(new Set(REFUSED.split(' ')))

const USAGE = `Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}
            {global-d-opt} host [@local-server] {local-d-opt}
            [ host [@local-server] {local-d-opt} [...]]

Use "dig -h" (or "dig -h | more") for complete list of options
`

function defaults(sys: Sys): DigLookup {
  const conf = readResolvConf(sys)
  const all = Object.fromEntries(Object.keys(FLAGS).map((k) => [k, true])) as Record<Flag, boolean>
  return {
    name: '',
    type: TYPE_A,
    typeSet: false,
    cls: 1,
    server: null,
    addresses: null,
    port: 53,
    source: null,
    flags: { ...all, cdflag: false, dnssec: false, identify: false, search: false, ttlunits: false },
    numbers: { bufsize: 1232, ndots: conf.ndots, retry: 2, timeout: conf.timeout, tries: 3 },
  }
}

function longest<K extends string>(table: Readonly<Record<K, number>>, word: string): K | null {
  for (const [name, least] of Object.entries(table) as [K, number][]) {
    if (word.length >= least && name.startsWith(word)) return name
  }
  return null
}

/** +[no]name[=value]; an exit code when it is wrong. */
function plus(sys: Sys, o: DigOptions, l: DigLookup, text: string): number | null {
  const m = /^(no)?([^=]*)(?:=(.*))?$/s.exec(text.toLowerCase())!
  const bare = typeof m[1] === 'string' && m[2] === '' ? 'no' : m[2]!
  const on = m[1] === undefined
  if (bare === 'all' || bare === 'al') {
    o.cmd = on
    l.flags = { ...l.flags, ...Object.fromEntries(SECTIONS.map((s) => [s, on])) }
    return null
  }
  if (bare === 'cmd' || bare === 'cm') {
    o.cmd = on
    return null
  }
  if (bare === 'short' || bare === 'shor') {
    o.short = on
    if (!on) return null
    o.cmd = false
    const off = SECTIONS.filter((s) => s !== 'answer').map((s) => [s, false])
    l.flags = { ...l.flags, answer: true, ...Object.fromEntries(off) }
    return null
  }
  const number = longest(NUMBERS, bare)
  if (number !== null && on) return setNumber(sys, l, number, m[3], text)
  const flag = longest(FLAGS, bare)
  if (flag !== null) {
    if (flag === 'edns' && m[3] !== undefined && m[3] !== '0')
      return fail(sys, notModelled('dig', `option +${text}`), 1)
    l.flags = { ...l.flags, [flag]: on, ...(flag === 'recurse' ? { rdflag: on } : {}) }
    return null
  }
  if (REFUSED_NAMES.has(bare)) {
    if (!on) return null
    return fail(sys, notModelled('dig', `option +${text}`), 1)
  }
  return fail(sys, `Invalid option: +${text}\n${USAGE}`, 1)
}

const NOUNS = Object.freeze({
  bufsize: ['buffer size', 'buffer size'],
  ndots: ['ndots', 'ndots'],
  retry: ['retries', 'retries'],
  timeout: ['timeout', 'timeout'],
  tries: ['tries', 'tries'],
})

function setNumber(sys: Sys, l: DigLookup, name: NumberOption, value: string | undefined, text: string): number | null {
  if (value === undefined) return fail(sys, `Invalid option: +${text}\n${USAGE}`, 1)
  const [what, parse] = NOUNS[name]
  if (!/^\d+$/.test(value)) {
    sys.write(1, `invalid ${what} '${value}': not a valid number\n`)
    return fail(sys, `dig: Couldn't parse ${parse}\n`, 10)
  }
  const n = Number(value)
  const least = name === 'timeout' || name === 'tries' ? Math.max(1, n) : n
  l.numbers = { ...l.numbers, [name]: least, ...(name === 'retry' ? { tries: n + 1 } : {}) }
  return null
}

interface Parse {
  readonly o: DigOptions
  /** What names that follow start from. */
  readonly base: DigLookup
  current: DigLookup | null
  /** Words may still be types and classes. */
  open: boolean
}

function addName(p: Parse, name: string): DigLookup {
  const l: DigLookup = { ...p.base, name }
  p.o.lookups.push(l)
  p.current = l
  return l
}

/** -x value, with the value glued on or in the next word; the number of words used, or an exit code as ~code. */
function dash(sys: Sys, p: Parse, word: string, next: string | undefined): number {
  const letter = word[1] ?? ''
  const l = p.current ?? p.base
  if (letter === '4' || letter === 'r' || letter === 'i') return 1
  if (letter === 'u') {
    p.o.micros = true
    return 1
  }
  if (letter === 'v') return ~fail(sys, `DiG ${DIG_VERSION}\n`, 0)
  if (/[6fkmyh]/.test(letter)) return ~fail(sys, notModelled('dig', `option -${letter}`), 1)
  const value = word.length > 2 ? word.slice(2) : next
  if (!/[bcpqtx]/.test(letter) || value === undefined) return ~fail(sys, `Invalid option: ${word}\n${USAGE}`, 1)
  const code = withValue(sys, p, l, letter, value)
  return code === null ? (word.length > 2 ? 1 : 2) : ~code
}

function withValue(sys: Sys, p: Parse, l: DigLookup, letter: string, value: string): number | null {
  switch (letter) {
    case 'b': {
      const [addr, port] = value.split('#')
      const ip = parseIp4(addr ?? '')
      if (ip === null) return fail(sys, `dig: invalid address ${value}\n`, 10)
      l.source = { addr: ip, port: Number(port ?? 0) }
      return null
    }
    case 'c': {
      const cls = classNumber(value)
      p.open = false
      if (cls === null) sys.write(2, `;; Warning, ignoring invalid class ${value}\n`)
      else l.cls = cls
      return null
    }
    case 'p': {
      const wrong = !/^\d+$/.test(value) ? 'not a valid number' : Number(value) > 65535 ? 'out of range' : null
      if (wrong === null) {
        l.port = Number(value)
        return null
      }
      sys.write(1, `invalid port number '${value}': ${wrong}\n`)
      return fail(sys, "dig: Couldn't parse port number\n", 1)
    }
    case 'q':
      addName(p, value)
      return null
    case 't':
      p.open = false
      return setType(sys, l, value)
    default: {
      const reverse = addName(p, reverseOf(value))
      if (!reverse.typeSet) reverse.type = TYPE_PTR
      return null
    }
  }
}

function setType(sys: Sys, l: DigLookup, text: string): number | null {
  const type = typeNumber(text)
  if (type === null) {
    sys.write(2, `;; Warning, ignoring invalid type ${text}\n`)
    return null
  }
  if (type === TYPE_ANY || type === 251 || type === 252) {
    return fail(sys, notModelled('dig', `type ${text.toUpperCase()} (it is asked over TCP)`), 1)
  }
  l.type = type
  l.typeSet = true
  return null
}

/** The words of the command line, or an exit code. */
export function parseDig(sys: Sys, argv: readonly string[]): DigOptions | number {
  const o: DigOptions = { lookups: [], cmd: true, short: false, micros: false }
  const p: Parse = { o, base: defaults(sys), current: null, open: true }
  for (let i = 1; i < argv.length; ) {
    const word = argv[i]!
    const used = one(sys, p, word, argv[i + 1])
    if (used < 0) return ~used
    i += used
  }
  if (o.lookups.length === 0) {
    const l = addName(p, '.')
    if (!l.typeSet) l.type = TYPE_NS
  }
  return o
}

function one(sys: Sys, p: Parse, word: string, next: string | undefined): number {
  const l = p.current ?? p.base
  if (word.startsWith('@')) l.server = word.slice(1)
  else if (word.startsWith('+')) {
    const code = plus(sys, p.o, l, word.slice(1))
    if (code !== null) return ~code
  } else if (word.startsWith('-') && word !== '-') return dash(sys, p, word, next)
  else if (p.open && typeNumber(word) !== null) {
    const code = setType(sys, l, word)
    if (code !== null) return ~code
  } else if (p.open && classNumber(word) !== null) l.cls = classNumber(word)!
  else addName(p, word)
  return 1
}
