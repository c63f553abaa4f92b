// Elements, ranges and numbers as ipset reads them (lib/parse.c). Read first: types.ts.
import type { Ip4 } from '../../lib/ip4.ts'
import { Names } from '../ip/names.ts'
import { servicePort } from '../lib/netdb.ts'
import { failed, notModelled } from './exit.ts'
import { icmpByName } from './icmp.ts'
import type { ElementPart, TypeInfo } from './types.ts'

const IPPROTO_ICMP = 1
const IPPROTO_TCP = 6
const IPPROTO_UDP = 17
const IPPROTO_ICMPV6 = 58
const WITH_PORTS: readonly number[] = Object.freeze([6, 17, 132, 136])
/** /etc/protocols */
const FILE = Object.freeze(new Names(null))
export const MAX_NAME = 31

/** What reading needs to know of the program: where errors are, and what a host name stands for. */
export interface Reader {
  /** Line of the file that is restored, 0 without. */
  readonly line: number
  /** The command: add, del … */
  readonly verb: string
  /** null: no such host. Throws NameNeeded when it has to be looked up first. */
  host(name: string): Ip4 | null
}

/** What is read of an element; a part that was not given is undefined. */
export interface ElementText {
  ip?: Ip4
  cidr?: number
  ipTo?: Ip4
  protocol?: number
  port?: number
  portTo?: number
  ip2?: Ip4
  cidr2?: number
  ip2To?: Ip4
  member?: string
  before?: string
  after?: string
}

export function syntax(r: Reader, ...texts: readonly string[]): never {
  return failed(r.line, ...texts.map((t) => `Syntax error: ${t}`))
}

/** ipset_strchr: a separator at either end is none. */
function separator(text: string, sep: string): number {
  const at = text.indexOf(sep)
  return at > 0 && !text.endsWith(sep) ? at : -1
}

const NUMBER = /^\s*[+-]?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/

/** strtoull(…, 0) of the whole text; null when it is no number. */
function strtoull(text: string): bigint | null {
  if (!NUMBER.test(text)) return null
  const digits = text.trim().replace(/^[+-]/, '')
  const octal = /^0[0-7]+$/.test(digits)
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits)
  if (value >= 1n << 64n) return value
  return text.trim().startsWith('-') ? BigInt.asUintN(64, -value) : value
}

/** string_to_number_ll; the message of what is wrong with it, or its value. */
export function numberIn(text: string, min: bigint, max: bigint): bigint | string {
  const value = strtoull(text)
  if (value === null) return `'${text}' is invalid as number`
  if (value < min || value > max) return `'${text}' is out of range ${min}-${max}`
  return value
}

export function number(r: Reader, text: string, max: number): number {
  const value = numberIn(text, 0n, BigInt(max))
  return typeof value === 'string' ? syntax(r, value) : Number(value)
}

function cidrOf(r: Reader, text: string): number {
  const value = number(r, text, 255)
  return value > 32 ? syntax(r, `'${text}' is out of range 0-32`) : value
}

/** strip_escape: [name-with-dash] */
function unescaped(text: string): string {
  return text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
}

function rangeSeparator(text: string): number {
  if (!text.startsWith('[')) return separator(text, '-')
  const end = text.indexOf(']')
  return end >= 0 && text[end + 1] === '-' ? end + 1 : -1
}

function host(r: Reader, text: string): Ip4 {
  const name = unescaped(text)
  return r.host(name) ?? syntax(r, `cannot parse ${name}: resolving to IPv4 address failed`)
}

interface Addresses {
  readonly ip: Ip4
  readonly cidr?: number
  readonly to?: Ip4
}

/** parse_ipaddr: ADDR, ADDR/CIDR or FROM-TO. */
function addresses(r: Reader, text: string): Addresses {
  const slash = separator(text, '/')
  if (slash > 0) {
    const cidr = cidrOf(r, text.slice(slash + 1))
    return { ip: host(r, text.slice(0, slash)), cidr }
  }
  const dash = rangeSeparator(text)
  if (dash < 0) return { ip: host(r, text) }
  const ip = host(r, text.slice(0, dash))
  return { ip, to: host(r, text.slice(dash + 1)) }
}

/** ipset_parse_single_ip */
function single(r: Reader, text: string): Addresses {
  const slash = separator(text, '/')
  if (rangeSeparator(text) > 0 || (slash > 0 && text.slice(slash) !== '/32'))
    syntax(r, `plain IP address must be supplied: ${text}`)
  return addresses(r, text)
}

/** ipset_parse_netrange */
export function range(r: Reader, text: string): Addresses {
  if (rangeSeparator(text) < 0 && separator(text, '/') < 0)
    syntax(r, `IP/cidr or IP-IP range must be specified: ${text}`)
  return addresses(r, text)
}

/** ipset_parse_port: a service's name or a number. */
function portNumber(r: Reader, text: string, protocol: string): number {
  const name = unescaped(text)
  const service = protocol === 'tcp' || protocol === 'udp' ? servicePort(name, protocol) : null
  if (service !== null) return service
  const value = numberIn(text, 0n, 65535n)
  if (typeof value !== 'string') return Number(value)
  return failed(
    r.line,
    `Syntax error: ${value}`,
    `Syntax error: '${protocol}' is invalid as number`,
    `cannot parse '${text}' as a ${protocol} port`,
  )
}

function ports(r: Reader, text: string, protocol: string, into: ElementText): void {
  const dash = rangeSeparator(text)
  if (dash > 0) into.portTo = portNumber(r, text.slice(dash + 1), protocol)
  into.port = portNumber(r, dash > 0 ? text.slice(0, dash) : text, protocol)
}

function icmp(r: Reader, text: string): number {
  const named = icmpByName(text)
  if (named !== null) return named
  const slash = separator(text, '/')
  if (slash < 0) failed(r.line, `Cannot parse ${text} as an ICMP type/code.`)
  const type = number(r, text.slice(0, slash), 255)
  return (type << 8) | number(r, text.slice(slash + 1), 255)
}

function protocolOf(r: Reader, text: string): number {
  const name = text.toLowerCase() === 'icmpv6' ? 'ipv6-icmp' : text
  const value = FILE.ipprotoId(name)
  if (value === null) return syntax(r, `cannot parse '${text}' as a protocol`)
  return value
}

/** ipset_parse_proto_port */
export function protoPort(r: Reader, text: string, into: ElementText): void {
  const colon = separator(text, ':')
  if (colon < 0) {
    into.protocol = IPPROTO_TCP
    ports(r, text, 'tcp', into)
    return
  }
  const name = text.slice(0, colon)
  const rest = text.slice(colon + 1)
  const protocol = protocolOf(r, name)
  into.protocol = protocol
  if (WITH_PORTS.includes(protocol)) ports(r, rest, name, into)
  else if (protocol === IPPROTO_ICMP) into.port = icmp(r, rest)
  else if (protocol === IPPROTO_ICMPV6) {
    const only = 'Syntax error: Protocol ICMPv6 can be used with family inet6 only'
    failed(r.line, only, `Invalid ${r.verb} command: missing setname`)
  } else if (rest !== '0') syntax(r, `Protocol ${name} can be used with pseudo port value 0 only.`)
  else into.port = 0
}

/** ipset_parse_tcp_udp_port: the protocol is only there to find a service. */
export function tcpUdpPort(r: Reader, text: string, into: ElementText): void {
  protoPort(r, text, into)
  if (into.protocol !== IPPROTO_TCP && into.protocol !== IPPROTO_UDP) syntax(r, 'Only protocols TCP and UDP are valid')
  delete into.protocol
}

export function setName(r: Reader, text: string): string {
  return text.length > MAX_NAME ? syntax(r, `setname '${text}' is longer than ${MAX_NAME} characters`) : text
}

/** NAME, or the old spelling NAME,before,NAME (ipset_parse_name_compat). */
function member(r: Reader, text: string, into: ElementText): void {
  const [name = '', how, ref] = text.split(',')
  if (separator(text, ',') < 0) {
    into.member = setName(r, text)
    return
  }
  if (ref === undefined || (how !== 'before' && how !== 'after'))
    failed(r.line, 'you must specify elements as setname,[before|after],setname')
  into.member = setName(r, name)
  into[how] = setName(r, ref)
}

function part(r: Reader, kind: ElementPart, text: string, into: ElementText): void {
  switch (kind) {
    case 'ip':
    case 'net': {
      const a = addresses(r, text)
      into.ip = a.ip
      if (a.cidr !== undefined) into.cidr = a.cidr
      if (a.to !== undefined) into.ipTo = a.to
      break
    }
    case 'net2': {
      const a = addresses(r, text)
      into.ip2 = a.ip
      if (a.cidr !== undefined) into.cidr2 = a.cidr
      if (a.to !== undefined) into.ip2To = a.to
      break
    }
    case 'ip2': {
      const a = single(r, text)
      into.ip2 = a.ip
      if (a.cidr !== undefined) into.cidr2 = a.cidr
      break
    }
    case 'proto:port':
      protoPort(r, text, into)
      break
    case 'port':
      tcpUdpPort(r, text, into)
      break
    case 'name':
      member(r, text, into)
      break
  }
}

const ORDINALS: readonly string[] = Object.freeze(['Second', 'Third'])
const COUNTS: readonly (readonly [found: string, supported: string])[] = Object.freeze([
  ['Elem separator', 'none'],
  ['Two elem separators', 'one'],
  ['Three elem separators', 'two'],
])

/** ipset_parse_elem: the parts of an element between commas. */
export function parseElement(r: Reader, type: TypeInfo, text: string): ElementText {
  if (/:.*:/.test(text.split(',')[0]!)) notModelled('an IPv6 address')
  const into: ElementText = {}
  const texts: string[] = []
  let rest = text
  for (let i = 0; i < type.parts.length; i++) {
    const comma = separator(rest, ',')
    if (i === type.parts.length - 1) {
      if (comma > 0 && type.parts[i] !== 'name') {
        const [found, supported] = COUNTS[i]!
        syntax(r, `${found} in ${text}, but settype ${type.name} supports ${supported}.`)
      }
      texts.push(rest)
    } else {
      if (comma < 0) syntax(r, `${ORDINALS[i]} element is missing from ${text}.`)
      texts.push(rest.slice(0, comma))
      rest = rest.slice(comma + 1)
    }
  }
  for (const [i, t] of texts.entries()) part(r, type.parts[i]!, t, into)
  return into
}
