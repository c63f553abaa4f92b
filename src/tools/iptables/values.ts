// Arguments of options by libxtables' types (enum xt_option_type): the value, or the message of the real one.
// Read first: extension.ts; libxtables/xtoptions.c, xtopt_parse_*. Leaves out NBO and PUT, which are about C structs.
import { unreachable } from '../../lib/never.ts'
import { inetAton, servicePort } from '../lib/netdb.ts'
import { leadingDouble } from '../lib/number.ts'
import { problem } from './exit.ts'
import type { OptionEntry, OptionValue } from './extension.ts'
import { plainNumber, strtoui, strtoul } from './number.ts'
import { parseProtocol } from './protocols.ts'

/** What getaddrinfo(3) knows at once; NameNeeded is thrown when a name server has to be asked first. */
export interface Resolver {
  addresses(
    host: string,
  ): { readonly ok: true; readonly addresses: readonly number[] } | { readonly ok: false; readonly error: string }
}

interface Reading {
  readonly ext: string
  readonly entry: OptionEntry
  readonly resolver: Resolver
}

/** xtables_option_parse's second half. */
export function optionValue(ext: string, entry: OptionEntry, arg: string, resolver: Resolver): OptionValue {
  const r: Reading = { ext, entry, resolver }
  const t = entry.type
  switch (t) {
    case 'none':
      return NONE
    case 'string':
      return stringValue(r, arg)
    case 'uint8':
    case 'uint16':
    case 'uint32':
      return { type: 'number', value: Number(integer(r, arg, MAX[t])) }
    case 'uint64':
      return { type: 'bigint', value: integer(r, arg, MAX[t]) }
    case 'uint8rc':
    case 'uint16rc':
    case 'uint32rc':
    case 'uint64rc':
      return integers(r, arg, MAX[t])
    case 'double':
      return double(r, arg)
    case 'tosmask':
      return tosMask(r, arg)
    case 'markmask32':
      return markMask(r, arg)
    case 'sysloglevel':
      return { type: 'number', value: syslogLevel(arg) }
    case 'host':
      return { type: 'address', addr: host(r, arg), mask: -1 }
    case 'hostmask':
      return hostMask(r, arg)
    case 'protocol':
      return { type: 'number', value: parseProtocol(arg) }
    case 'port':
      return { type: 'number', value: port(arg) }
    case 'portrc':
      return ports(r, arg)
    case 'plen':
      return { type: 'number', value: prefixLength(r, arg) }
    case 'plenmask':
      return { type: 'address', addr: 0, mask: lengthMask(prefixLength(r, arg)) }
    case 'ethermac':
      return { type: 'mac', mac: etherMac(arg) }
    default:
      return unreachable(t)
  }
}

const NONE: OptionValue = Object.freeze({ type: 'none' })

const MAX = Object.freeze({
  uint8: 0xffn,
  uint8rc: 0xffn,
  uint16: 0xffffn,
  uint16rc: 0xffffn,
  uint32: 0xffffffffn,
  uint32rc: 0xffffffffn,
  uint64: 0xffffffffffffffffn,
  uint64rc: 0xffffffffffffffffn,
})

function stringValue({ entry }: Reading, arg: string): OptionValue {
  const { min = 0, max = 0 } = entry
  if (min !== 0 && arg.length < min) problem(`Argument must have a minimum length of ${min} characters\n`)
  if (max !== 0 && arg.length > max) problem(`Argument must have a maximum length of ${max} characters\n`)
  return { type: 'string', text: arg }
}

/** xtopt_parse_int */
function integer({ ext, entry }: Reading, arg: string, typeMax: bigint): bigint {
  const min = BigInt(entry.min ?? 0)
  const max = entry.max === undefined || entry.max === 0 ? typeMax : BigInt(entry.max)
  const n = strtoul(arg)
  if (n === null || n.rest !== '' || n.big < min || n.big > max)
    problem(`${ext}: bad value for option "--${entry.name}", or out of range (${min}-${max}).\n`)
  return n.big
}

/** xtopt_parse_mint: "a:b"; a missing part is 0 or the greatest. One number alone is one value. */
function integers({ ext, entry }: Reading, arg: string, max: bigint): OptionValue {
  const values: number[] = []
  let open = false
  let rest = arg
  for (;;) {
    if (values.length === 2) problem(`${ext}: Too many components for option "--${entry.name}" (max: 2)\n`)
    if (rest === '' || rest[0] === ':') {
      open ||= values.length === 1
      values.push(values.length === 1 ? Number(max) : 0)
    } else {
      const n = strtoul(rest)
      if (n === null || n.big > max)
        problem(`${ext}: bad value for option "--${entry.name}" near "${rest}", or out of range (0-${max}).\n`)
      if (n.rest !== '' && n.rest[0] !== ':')
        problem(`${ext}: Argument to "--${entry.name}" has unexpected characters near "${n.rest}".\n`)
      values.push(n.value)
      rest = n.rest
    }
    if (rest === '') return { type: 'range', values, open }
    rest = rest.slice(1)
  }
}

/** xtopt_parse_float */
function double({ ext, entry }: Reading, arg: string): OptionValue {
  const { min = 0, max = 0 } = entry
  const { value, rest } = leadingDouble(arg)
  if (rest !== '' || arg === '' || (min !== max && (value < min || value > max)))
    problem(`${ext}: bad value for option "--${entry.name}", or out of range (${min}-${max}).\n`)
  return { type: 'number', value }
}

const TOS_NAMES: Readonly<Record<string, number>> = Object.freeze({
  'minimize-delay': 0x10,
  'maximize-throughput': 0x08,
  'maximize-reliability': 0x04,
  'minimize-cost': 0x02,
  'normal-service': 0x00,
})

/** xtopt_parse_tosmask; a symbolic name has the mask `max` of the entry. */
function tosMask({ entry }: Reading, arg: string): OptionValue {
  const n = strtoul(arg)
  if (n !== null && n.value <= 255) {
    if (n.rest === '') return { type: 'masked', value: n.value, mask: 255 }
    const mask = n.rest[0] === '/' ? strtoui(n.rest.slice(1), 0, 255) : null
    return mask === null ? problem(`Illegal value: "${arg}"`) : { type: 'masked', value: n.value, mask }
  }
  const value = TOS_NAMES[arg.toLowerCase()]
  return value === undefined
    ? problem(`Symbolic name "${arg}" is unknown`)
    : { type: 'masked', value, mask: entry.max ?? 0 }
}

/** xtables_parse_mark_mask */
function markMask({ ext, entry }: Reading, arg: string): OptionValue {
  const bad = (): never => problem(`${ext}: bad integer value for option "--${entry.name}", or out of range.\n`)
  const garbage = (): never => problem(`${ext}: trailing garbage after value for option "--${entry.name}".\n`)
  const value = strtoul(arg)
  if (value === null || value.value > 0xffffffff) return bad()
  if (value.rest === '') return { type: 'masked', value: value.value, mask: 0xffffffff }
  if (value.rest[0] !== '/') return garbage()
  const mask = strtoul(value.rest.slice(1))
  if (mask === null || mask.value > 0xffffffff) return bad()
  return mask.rest === '' ? { type: 'masked', value: value.value, mask: mask.value } : garbage()
}

const SYSLOG: Readonly<Record<string, number>> = Object.freeze({
  alert: 1,
  crit: 2,
  debug: 7,
  emerg: 0,
  error: 3,
  info: 6,
  notice: 5,
  panic: 0,
  warning: 4,
})

function syslogLevel(arg: string): number {
  const n = strtoui(arg, 0, 7)
  if (n !== null) return n
  return Object.hasOwn(SYSLOG, arg) ? SYSLOG[arg]! : problem(`log level "${arg}" unknown\n`)
}

/** xtopt_parse_host: one address; a name that has several is refused. */
function host({ resolver }: Reading, arg: string): number {
  const found = resolver.addresses(arg)
  if (!found.ok) problem(`getaddrinfo: ${found.error}\n`)
  const first = found.addresses[0]!
  if (found.addresses.some((a) => a !== first)) problem(`${arg} resolves to more than one address\n`)
  return first
}

function hostMask(r: Reading, arg: string): OptionValue {
  const slash = arg.indexOf('/')
  if (slash < 0) return { type: 'address', addr: host(r, arg), mask: -1 }
  const addr = host(r, arg.slice(0, slash))
  return { type: 'address', addr, mask: lengthMask(prefixLength(r, arg.slice(slash + 1))) }
}

/** xtopt_parse_plen; a mask that is none of a prefix has the length 255, as in C's uint8_t. */
function prefixLength({ ext, entry }: Reading, arg: string): number {
  const n = strtoui(arg, 0, 32)
  if (n !== null) return n
  const mask = inetAton(arg)
  if (mask === null)
    problem(`${ext}: bad value for option "--${entry.name}", neither a valid network mask nor valid CIDR (0-32).\n`)
  return prefixOf(mask) ?? 255
}

/** Length of a mask of leading ones, or null. */
export function prefixOf(mask: number): number | null {
  const ones = Math.clz32(~mask)
  return mask === (ones === 0 ? 0 : (-1 << (32 - ones)) | 0) ? ones : null
}

function lengthMask(len: number): number {
  return len === 0 ? 0 : len >= 32 ? -1 : (-1 << (32 - len)) | 0
}

/** getaddrinfo(NULL, name): a number (taken modulo 65536, as htons does) or the name of any protocol's service. */
function port(arg: string): number {
  const found = servicePortOf(arg)
  return found ?? problem(`Port "${arg}" does not resolve to anything.\n`)
}

function servicePortOf(arg: string): number | null {
  const plain = plainNumber(arg)
  if (plain !== null) return plain & 0xffff
  if (/^[ \t]*[+-]?\d+$/.test(arg)) {
    // strtoul into an int: what becomes negative is taken for a name
    const int = Number(BigInt.asIntN(32, BigInt(arg.trim().replace('+', ''))))
    if (int >= 0) return int & 0xffff
  }
  return servicePort(arg, 'tcp') ?? servicePort(arg, 'udp')
}

/** xtopt_parse_mport: always two ends. */
function ports({ ext, entry }: Reading, arg: string): OptionValue {
  if (!arg.includes(':')) {
    const one = arg === '' ? 0 : port(arg)
    return { type: 'range', values: [one, one], open: false }
  }
  const parts = arg.split(':')
  const values = [0, 0xffff]
  for (let i = 0; i < parts.length; i++) {
    if (i === 2) problem(`${ext}: Too many components for option "--${entry.name}" (max: 2)\n`)
    if (parts[i] !== '') values[i] = port(parts[i]!)
  }
  return { type: 'range', values, open: parts.length === 2 && parts[1] === '' }
}

function etherMac(arg: string): number {
  if (!/^[0-9a-fA-F]{0,2}(:[0-9a-fA-F]{0,2}){5}$/.test(arg)) problem('Invalid MAC address specified.')
  return arg.split(':').reduce((mac, part) => mac * 256 + Number.parseInt(part === '' ? '0' : part, 16), 0)
}

/** xtables_parse_port: a port or a service of one protocol, for extensions that read their text themselves. */
export function parsePort(text: string, protocol: string): number {
  const known = protocol === 'tcp' || protocol === 'udp' ? protocol : 'tcp'
  return strtoui(text, 0, 0xffff) ?? servicePort(text, known) ?? problem(`invalid port/service \`${text}' specified`)
}

/** xtables_save_string without the blank before it: quoted where iptables-restore needs it. */
export function quoted(text: string): string {
  return /^[\w-]+$/.test(text) ? text : `"${text.replace(/["\\']/g, '\\$&')}"`
}
