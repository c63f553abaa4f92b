// The set types as the tool knows them: revision, arguments of each command, words of the help (lib/ipset_hash_ip.c and the like; args.c).
import type { SetType } from '../../uapi/ipset.ts'

/** Arguments: 'flag' stands alone, 'value' has a word behind it. */
export type ArgName =
  | 'family'
  | '-4'
  | '-6'
  | 'hashsize'
  | 'maxelem'
  | 'netmask'
  | 'bitmask'
  | 'size'
  | 'range'
  | 'timeout'
  | 'counters'
  | 'comment'
  | 'forceadd'
  | 'skbinfo'
  | 'bucketsize'
  | 'initval'
  | 'nomatch'
  | 'packets'
  | 'bytes'
  | 'skbmark'
  | 'skbprio'
  | 'skbqueue'
  | 'before'
  | 'after'
  | 'probes'
  | 'resize'
  | 'gc'
  | 'from'
  | 'to'
  | 'network'

const FLAGS: ReadonlySet<string> = new Set(['-4', '-6', 'counters', 'forceadd', 'skbinfo', 'nomatch'])

/** comment is a flag of create and has a value elsewhere. */
export function hasValue(arg: ArgName, create: boolean): boolean {
  return !(FLAGS.has(arg) || (arg === 'comment' && create))
}

/** What the tool accepts from older versions and does nothing with, or reads in another way: refused by name. */
export const OLD_ARGS: readonly string[] = Object.freeze(['probes', 'resize', 'gc', 'from', 'to', 'network'])

/** What the element is made of. */
export type ElementPart = 'ip' | 'net' | 'proto:port' | 'port' | 'ip2' | 'net2' | 'name'

export interface TypeInfo {
  readonly name: SetType
  readonly aliases: readonly string[]
  readonly revision: number
  readonly family: 'inet' | 'both' | 'neutral'
  readonly parts: readonly ElementPart[]
  readonly create: readonly ArgName[]
  readonly add: readonly ArgName[]
  readonly del: readonly ArgName[]
  readonly test: readonly ArgName[]
  /** Arguments of later kernels, by the revision that they come with. */
  readonly later: Readonly<Partial<Record<ArgName, number>>>
  /** In the help: behind the type's name in create, then the element of add and del, of test. */
  readonly createHelp: string
  readonly addHelp: string
  readonly testHelp: string
  readonly usage: string
  /** The help goes on with what [PROTO:]PORT may be. */
  readonly portUsage: boolean
}

const EXTENSIONS: readonly ArgName[] = Object.freeze(['timeout', 'counters', 'comment', 'forceadd', 'skbinfo'])
const HASH: readonly ArgName[] = Object.freeze(['family', '-4', '-6', 'hashsize', 'maxelem'])
const TUNING: readonly ArgName[] = Object.freeze(['bucketsize', 'initval'])
const OLD_HASH: readonly ArgName[] = Object.freeze(['probes', 'resize', 'gc'])
const ADD: readonly ArgName[] = Object.freeze([
  'timeout',
  'packets',
  'bytes',
  'comment',
  'skbmark',
  'skbprio',
  'skbqueue',
])
const ADD_NET: readonly ArgName[] = Object.freeze(['timeout', 'nomatch', ...ADD.slice(1)])
const BITMAP: readonly ArgName[] = Object.freeze(['timeout', 'counters', 'comment', 'skbinfo'])

const PORT_RANGE = `      Adding/deleting multiple elements with TCP/SCTP/UDP/UDPLITE
      port range is supported both for IPv4 and IPv6.
`
const HOST = '      IP is a valid IPv4 or IPv6 address (or hostname).\n'
const HOST_MORE = '      IP is a valid IPv4 or IPv6 address (or hostname),\n'
const WHERE = 'where depending on the INET family\n'
const CIDR = '      CIDR is a valid IPv4 or IPv6 CIDR prefix.\n'

function hash(
  name: SetType,
  revision: number,
  parts: readonly ElementPart[],
  later: TypeInfo['later'],
  words: readonly [add: string, test: string, usage: string],
): TypeInfo {
  const nets = parts.includes('net')
  const netmask: readonly ArgName[] = name === 'hash:ip' ? ['netmask'] : []
  return Object.freeze({
    name,
    aliases: OLD_NAMES[name] ?? [],
    revision,
    family: 'both',
    parts: Object.freeze(parts),
    create: Object.freeze([...HASH, ...netmask, ...EXTENSIONS, ...TUNING, ...OLD_HASH]),
    add: nets ? ADD_NET : ADD,
    del: Object.freeze([]),
    test: Object.freeze(nets ? (['nomatch'] as const) : []),
    later: Object.freeze(later),
    createHelp: '',
    addHelp: words[0],
    testHelp: words[1],
    usage: words[2],
    portUsage: parts.includes('proto:port'),
  })
}

const OLD_NAMES: Readonly<Partial<Record<SetType, readonly string[]>>> = Object.freeze({
  'hash:ip': Object.freeze(['iphash']),
  'hash:net': Object.freeze(['nethash']),
  'hash:net,port': Object.freeze(['netporthash']),
  'hash:ip,port': Object.freeze(['ipporthash']),
  'hash:ip,port,ip': Object.freeze(['ipportiphash']),
})

const IP_PORT = 'IP,[PROTO:]PORT'

export const TYPES: readonly TypeInfo[] = Object.freeze([
  hash('hash:ip', 5, ['ip'], { bitmask: 6 }, [
    'IP',
    'IP',
    `${WHERE}      IP is a valid IPv4 or IPv6 address (or hostname),
      CIDR is a valid IPv4 or IPv6 CIDR prefix.
      Adding/deleting multiple elements in IP/CIDR or FROM-TO form
      is supported for IPv4.
`,
  ]),
  hash('hash:net', 7, ['net'], {}, [
    'IP[/CIDR]',
    'IP[/CIDR]',
    `${WHERE}      IP is an IPv4 or IPv6 address (or hostname),
${CIDR}`,
  ]),
  hash('hash:ip,port', 6, ['ip', 'proto:port'], { netmask: 7, bitmask: 7 }, [
    IP_PORT,
    IP_PORT,
    `${WHERE}${HOST}      Adding/deleting multiple elements in IP/CIDR or FROM-TO form
      is supported for IPv4.
${PORT_RANGE}`,
  ]),
  hash('hash:net,port', 8, ['net', 'proto:port'], {}, [
    'IP[/CIDR]|FROM-TO,[PROTO:]PORT',
    'IP[/CIDR],[PROTO:]PORT',
    `${WHERE}${HOST_MORE}${CIDR}${PORT_RANGE}`,
  ]),
  hash('hash:ip,port,ip', 6, ['ip', 'proto:port', 'ip2'], {}, [
    `${IP_PORT},IP`,
    `${IP_PORT},IP`,
    `${WHERE}${HOST}      Adding/deleting multiple elements in IP/CIDR or FROM-TO form
      in the first IP component is supported for IPv4.
${PORT_RANGE}`,
  ]),
  hash('hash:net,net', 3, ['net', 'net2'], { netmask: 4, bitmask: 4 }, [
    'IP[/CIDR]|FROM-TO,IP[/CIDR]|FROM-TO',
    'IP[/CIDR],IP[/CIDR]',
    `${WHERE}      IP is an IPv4 or IPv6 address (or hostname),
${CIDR}      IP range is not supported with IPv6.
`,
  ]),
  Object.freeze({
    name: 'bitmap:ip',
    aliases: Object.freeze(['ipmap']),
    revision: 3,
    family: 'inet',
    parts: Object.freeze(['ip'] as const),
    create: Object.freeze(['range', 'netmask', ...BITMAP, 'from', 'to', 'network'] as const),
    add: ADD,
    del: Object.freeze([]),
    test: Object.freeze([]),
    later: Object.freeze({}),
    createHelp: 'range IP/CIDR|FROM-TO',
    addHelp: 'IP|IP/CIDR|FROM-TO',
    testHelp: 'IP',
    usage: `where IP, FROM and TO are IPv4 addresses (or hostnames),
      CIDR is a valid IPv4 CIDR prefix.
`,
    portUsage: false,
  }),
  Object.freeze({
    name: 'bitmap:port',
    aliases: Object.freeze(['portmap']),
    revision: 3,
    family: 'neutral',
    parts: Object.freeze(['port'] as const),
    create: Object.freeze(['range', ...BITMAP, 'from', 'to'] as const),
    add: ADD,
    del: Object.freeze([]),
    test: Object.freeze([]),
    later: Object.freeze({}),
    createHelp: 'range [PROTO:]FROM-TO',
    addHelp: '[PROTO:]PORT|FROM-TO',
    testHelp: '[PROTO:]PORT',
    usage: `where PORT, FROM and TO are port numbers or port names from /etc/services.
      PROTO is only needed if a service name is used and it does not exist
      as a TCP service; just the resolved service numer is stored in the set.
`,
    portUsage: false,
  }),
  Object.freeze({
    name: 'list:set',
    aliases: Object.freeze(['setlist']),
    revision: 3,
    family: 'neutral',
    parts: Object.freeze(['name'] as const),
    create: Object.freeze(['size', ...BITMAP] as const),
    add: Object.freeze(['timeout', 'before', 'after', ...ADD.slice(1)] as const),
    del: Object.freeze(['before', 'after'] as const),
    test: Object.freeze(['before', 'after'] as const),
    later: Object.freeze({}),
    createHelp: '',
    addHelp: 'NAME [before|after NAME]',
    testHelp: 'NAME [before|after NAME]',
    usage: 'where NAME are existing set names.\n',
    portUsage: false,
  }),
] satisfies TypeInfo[])

/** Types that the program has and netsim has not. */
export const OTHER_TYPES: readonly string[] = Object.freeze([
  'hash:mac',
  'hash:ip,mac',
  'hash:net,iface',
  'hash:net,port,net',
  'hash:ip,port,net',
  'hash:ip,mark',
  'bitmap:ip,mac',
  'ipportnethash',
  'macipmap',
  'netifacehash',
])

export function typeByName(name: string): TypeInfo | null {
  return TYPES.find((t) => t.name === name || t.aliases.includes(name)) ?? null
}
