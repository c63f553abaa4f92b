// How sets are listed: plain, as commands (save) and as XML (list_create, list_adt, print_set_done of lib/session.c; print.c).
import { formatIp4, type Ip4 } from '../../lib/ip4.ts'
import { unreachable } from '../../lib/never.ts'
import type { SetElement, SetHeader, SetInfo } from '../../uapi/ipset.ts'
import { protocolName } from '../iptables/protocols.ts'
import { icmpText } from './icmp.ts'
import { type ArgName, type TypeInfo, typeByName } from './types.ts'

export type OutputMode = 'plain' | 'save' | 'xml'

export interface Listing {
  readonly mode: OutputMode
  readonly sorted: boolean
  readonly names: boolean
  readonly terse: boolean
}

const IPPROTO_ICMP = 1

/** Text of an element without its options. */
export function elementText(type: TypeInfo, e: SetElement, ipTo: Ip4 | null = null): string {
  const net = (ip: number, cidr: number): string => (cidr === 32 ? formatIp4(ip) : `${formatIp4(ip)}/${cidr}`)
  const texts = type.parts.map((p): string => {
    switch (p) {
      case 'ip':
      case 'net':
        return `${net(e.ip, e.cidr)}${ipTo === null ? '' : `-${formatIp4(ipTo)}`}`
      case 'ip2':
      case 'net2':
        return net(e.ip2, e.cidr2)
      case 'port':
        return `${e.port}`
      case 'proto:port':
        return `${protocolName(e.protocol) ?? e.protocol}:${e.protocol === IPPROTO_ICMP ? icmpText(e.port) : e.port}`
      case 'name':
        return e.member
      default:
        return unreachable(p)
    }
  })
  return texts.join(',')
}

function hex(x: number): string {
  return `0x${x.toString(16)}`
}

/** The value of an option of an element: '' for a flag, null when it is not there. */
function elementOption(arg: ArgName, e: SetElement): string | null {
  switch (arg) {
    case 'timeout':
    case 'packets':
    case 'bytes':
    case 'skbqueue':
      return e[arg] === null ? null : `${e[arg]}`
    case 'nomatch':
      return e.nomatch ? '' : null
    case 'comment':
      return e.comment === null ? null : `"${e.comment}"`
    case 'skbmark':
      if (e.skbmark === null) return null
      return e.skbmark.mask === 0xffffffff ? hex(e.skbmark.mark) : `${hex(e.skbmark.mark)}/${hex(e.skbmark.mask)}`
    case 'skbprio':
      return e.skbprio === null ? null : `${(e.skbprio >>> 16).toString(16)}:${(e.skbprio & 0xffff).toString(16)}`
    default:
      return null
  }
}

/** forceadd is never shown: the program does not know it again in what the kernel says. */
function headerOption(type: TypeInfo, arg: ArgName, h: SetHeader): string | null {
  switch (arg) {
    case 'family':
      return type.family === 'both' ? 'inet' : null
    case 'hashsize':
    case 'maxelem':
    case 'size':
    case 'bucketsize':
      return `${h[arg]}`
    case 'netmask':
      return h.netmask === 32 ? null : `${h.netmask}`
    case 'range':
      return type.name === 'bitmap:ip' ? `${formatIp4(h.from)}-${formatIp4(h.to)}` : `${h.from}-${h.to}`
    case 'timeout':
      return h.timeout === null ? null : `${h.timeout}`
    case 'counters':
    case 'comment':
    case 'skbinfo':
      return h[arg] ? '' : null
    case 'initval':
      return `0x${h.initval.toString(16).padStart(8, '0')}`
    default:
      return null
  }
}

type Pair = readonly [ArgName, string]

function pairs(args: readonly ArgName[], value: (arg: ArgName) => string | null): Pair[] {
  return args.flatMap((arg): Pair[] => {
    const text = value(arg)
    return text === null ? [] : [[arg, text]]
  })
}

function words(list: readonly Pair[]): string {
  return list.map(([arg, text]) => (text === '' ? ` ${arg}` : ` ${arg} ${text}`)).join('')
}

function tags(list: readonly Pair[]): string {
  return list.map(([arg, text]) => (text === '' ? `<${arg}/>` : `<${arg}>${text}</${arg}>`)).join('')
}

function memberLine(type: TypeInfo, name: string, e: SetElement, mode: OutputMode): string {
  const list = pairs(type.add, (arg) => elementOption(arg, e))
  const text = elementText(type, e)
  switch (mode) {
    case 'plain':
      return `${text}${words(list)}\n`
    case 'save':
      return `add ${name} ${text}${words(list)}\n`
    case 'xml':
      return `<member><elem>${text}</elem>${tags(list)}</member>\n`
  }
}

/** -sorted: by the parts of the elements as numbers. */
function inOrder(a: SetElement, b: SetElement): number {
  return (
    (a.ip >>> 0) - (b.ip >>> 0) ||
    a.cidr - b.cidr ||
    a.protocol - b.protocol ||
    a.port - b.port ||
    (a.ip2 >>> 0) - (b.ip2 >>> 0) ||
    a.cidr2 - b.cidr2
  )
}

function members(type: TypeInfo, info: SetInfo, l: Listing): string {
  const { elements } = info
  const shown = l.sorted && type.name.startsWith('hash:') ? [...elements].sort(inOrder) : elements
  return shown.map((e) => memberLine(type, info.header.name, e, l.mode)).join('')
}

function xml(type: TypeInfo, info: SetInfo, l: Listing): string {
  const { header, memsize, references, entries } = info
  const list = pairs(type.create, (arg) => headerOption(type, arg, header))
  const head =
    `<ipset name="${header.name}">\n<type>${type.name}</type>\n<revision>${header.revision}</revision>\n` +
    `<header>${tags(list)}\n<memsize>${memsize}</memsize>\n<references>${references}</references>\n` +
    `<numentries>${entries}</numentries>\n</header>\n`
  return l.terse ? `${head}</ipset>\n` : `${head}<members>\n${members(type, info, l)}</members>\n</ipset>\n`
}

function one(info: SetInfo, l: Listing, first: boolean): string {
  const { header } = info
  const type = typeByName(header.type)
  if (type === null) return ''
  if (l.names && l.mode !== 'save') return l.mode === 'xml' ? `<ipset name="${header.name}"/>\n` : `${header.name}\n`
  const list = pairs(type.create, (arg) => headerOption(type, arg, header))
  switch (l.mode) {
    case 'save':
      return `create ${header.name} ${type.name}${words(list)}\n${members(type, info, l)}`
    case 'xml':
      return xml(type, info, l)
    case 'plain':
      return (
        `${first ? '' : '\n'}Name: ${header.name}\nType: ${type.name}\nRevision: ${header.revision}\nHeader:${words(list)}\n` +
        `Size in memory: ${info.memsize}\nReferences: ${info.references}\nNumber of entries: ${info.entries}\n` +
        (l.terse ? '' : `Members:\n${members(type, info, l)}`)
      )
  }
}

export function listText(sets: readonly SetInfo[], l: Listing): string {
  const text = sets.map((s, i) => one(s, l, i === 0)).join('')
  return l.mode === 'xml' ? `<ipsets>\n${text}</ipsets>\n` : text
}
