// The words behind a command: options of create, add, del and test (call_parser, check_mandatory, check_allowed of lib/ipset.c; parse.c).
// Read first: types.ts, element.ts.
import type { Ip4 } from '../../lib/ip4.ts'
import { type ElementText, number, numberIn, type Reader, range, setName, syntax, tcpUdpPort } from './element.ts'
import { notModelled, other, problem } from './exit.ts'
import { type ArgName, hasValue, OLD_ARGS, type TypeInfo } from './types.ts'

export type CadtCommand = 'create' | 'add' | 'del' | 'test'

/** What the options said; what was not given is undefined. */
export interface Options {
  hashsize?: number
  maxelem?: number
  netmask?: number
  size?: number
  timeout?: number
  counters?: true
  comment?: string
  forceadd?: true
  skbinfo?: true
  bucketsize?: number
  initval?: number
  nomatch?: true
  packets?: number
  bytes?: number
  skbmark?: { readonly mark: number; readonly mask: number }
  skbprio?: number
  skbqueue?: number
  before?: string
  after?: string
  from?: Ip4
  to?: Ip4
  cidr?: number
  ports?: ElementText
}

const U32 = 0xffffffff
const MAX_TIMEOUT = 2147483
const MAX_COMMENT = 255

function netmask(r: Reader, text: string): number {
  const value = numberIn(text, 0n, 255n)
  const known = 'netmask is out of the inclusive range of 1-32'
  if (typeof value === 'string') return syntax(r, value, known)
  return value < 1n || value > 32n ? syntax(r, `'${text}' is out of range 1-32`, known) : Number(value)
}

function skbmark(r: Reader, text: string): { readonly mark: number; readonly mask: number } {
  const both = /^0x([0-9a-f]+)\/0x([0-9a-f]+)/i.exec(text)
  const one = /^0x([0-9a-f]+)/i.exec(text)
  if (both !== null) return { mark: Number.parseInt(both[1]!, 16) >>> 0, mask: Number.parseInt(both[2]!, 16) >>> 0 }
  if (one !== null) return { mark: Number.parseInt(one[1]!, 16) >>> 0, mask: U32 }
  return syntax(r, 'Invalid skbmark format, it should be:  MARK/MASK or MARK (see manpage)')
}

function skbprio(r: Reader, text: string): number {
  const m = /^(?:0x)?([0-9a-f]+):(?:0x)?([0-9a-f]+)/i.exec(text)
  if (m === null) return syntax(r, 'Invalid skbprio format, it should be:MAJOR:MINOR (see manpage)')
  return ((Number.parseInt(m[1]!, 16) << 16) | (Number.parseInt(m[2]!, 16) & 0xffff)) >>> 0
}

function comment(r: Reader, text: string): string {
  if (text.includes('"')) syntax(r, '" character is not permitted in comments')
  if (text.length > MAX_COMMENT) syntax(r, `Comment is longer than the maximum allowed ${MAX_COMMENT} characters`)
  return text
}

function family(r: Reader, text: string): void {
  if (text === 'inet' || text === 'ipv4' || text === '-4') return
  if (['inet6', 'ipv6', '-6', 'any', 'unspec'].includes(text)) notModelled(`family ${text}`)
  syntax(r, `unknown inet family ${text}`)
}

const MOST_U64 = (1n << 64n) - 2n

function u64(r: Reader, text: string): number {
  const value = numberIn(text, 0n, MOST_U64)
  return typeof value === 'string' ? syntax(r, value) : Number(value)
}

function setRange(r: Reader, type: TypeInfo, text: string, o: Options): void {
  if (type.name === 'bitmap:port') {
    o.ports = {}
    tcpUdpPort(r, text, o.ports)
    if (o.ports.portTo === undefined) problem("Mandatory option `to' is missing")
    return
  }
  const a = range(r, text)
  o.from = a.ip
  if (a.to !== undefined) o.to = a.to
  if (a.cidr !== undefined) o.cidr = a.cidr
}

function take(r: Reader, type: TypeInfo, create: boolean, arg: ArgName, text: string, o: Options): void {
  switch (arg) {
    case 'family':
    case '-4':
    case '-6':
      return family(r, text)
    case 'hashsize':
    case 'maxelem':
    case 'size':
    case 'initval':
      o[arg] = number(r, text, U32)
      return
    case 'bucketsize':
      o.bucketsize = number(r, text, 255)
      return
    case 'netmask':
      o.netmask = netmask(r, text)
      return
    case 'range':
      return setRange(r, type, text, o)
    case 'timeout':
      o.timeout = number(r, text, MAX_TIMEOUT)
      return
    case 'counters':
    case 'forceadd':
    case 'skbinfo':
    case 'nomatch':
      o[arg] = true
      return
    case 'comment':
      o.comment = create ? '' : comment(r, text)
      return
    case 'packets':
    case 'bytes':
      o[arg] = u64(r, text)
      return
    case 'skbmark':
      o.skbmark = skbmark(r, text)
      return
    case 'skbprio':
      o.skbprio = skbprio(r, text)
      return
    case 'skbqueue':
      o.skbqueue = number(r, text, 65535)
      return
    case 'before':
    case 'after':
      o[arg] = setName(r, text)
      return
    default:
      return notModelled(`option ${arg}`)
  }
}

/** Options that are one in the library: a second is one too many. */
function optOf(arg: ArgName): string {
  return arg === 'after' ? 'before' : arg
}

function unknown(type: TypeInfo, command: CadtCommand, word: string): never {
  const since = command === 'create' ? type.later[word.replace(/^--/, '') as ArgName] : undefined
  if (since === undefined) return problem(`Unknown argument: \`${word}'`)
  return problem(
    `Argument \`${word}' is supported in the kernel module of the set type ${type.name} starting from the revision ${since} ` +
      `and you have installed revision ${type.revision} only. Your kernel is behind your ipset utility.`,
  )
}

const FAMILY: readonly ArgName[] = Object.freeze(['family', '-4', '-6'])

/** call_parser */
export function parseOptions(r: Reader, type: TypeInfo, command: CadtCommand, words: readonly string[]): Options {
  const create = command === 'create'
  const known: readonly ArgName[] = type[command]
  const o: Options = {}
  const seen = new Set<string>()
  // create is read twice: for the family alone, then the rest
  for (const round of create ? ['family', 'rest'] : ['all'])
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!
      const name = word.startsWith('--') ? word.slice(2) : word
      const arg = known.find((a) => a === name) ?? unknown(type, command, word)
      const valued = hasValue(arg, create)
      if (valued && i + 1 >= words.length) problem(`Missing mandatory argument of option \`${arg}'`)
      const text = valued ? words[++i]! : word
      if (round !== 'all' && FAMILY.includes(arg) !== (round === 'family')) continue
      if (OLD_ARGS.includes(arg)) notModelled(`option ${arg}`)
      if (valued && seen.has(optOf(arg))) syntax(r, `${arg} already specified`)
      seen.add(optOf(arg))
      take(r, type, create, arg, text, o)
    }
  if (known.includes('range') && !seen.has('range')) problem("Mandatory option `range' is missing")
  return o
}

const FAMILIES: Readonly<Record<TypeInfo['family'], string>> = Object.freeze({
  inet: 'inet',
  both: 'inet',
  neutral: 'unspec',
})

/** check_allowed: what an element may not be in this command. */
export function checkAllowed(type: TypeInfo, command: CadtCommand, e: ElementText): void {
  if (type.parts.includes('ip2') && e.cidr2 !== undefined)
    other("There are not allowed options (28) but can't resolve them. It's a bug, please report the problem.")
  if (command !== 'test' || type.name === 'hash:ip') return
  const where = `is not allowed in command test with set type ${type.name} and family ${FAMILIES[type.family]}`
  if (e.cidr !== undefined && !type.parts.includes('net')) other(`IP/CIDR range ${where}`)
  if (e.ipTo !== undefined) other(`FROM-TO IP range ${where}`)
  if (e.portTo !== undefined) other(`FROM-TO port range ${where}`)
  if (e.ip2To !== undefined) other(`FROM-TO IP range ${where}`)
}
