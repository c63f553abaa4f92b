// What -p adds: the options of a protocol (extensions/libct_proto_*.c). tcp, udp and icmp have theirs here,
// udplite, sctp and dccp their ports. Leaves out states and tags of sctp and dccp, gre and icmpv6: unknown options; other protocols have none.
import type { CtFilter, TcpConntrackState } from '../../uapi/conntrack.ts'
import { TCP_CONNTRACK_STATES } from '../../uapi/conntrack.ts'
import { Names } from '../ip/names.ts'
import { type Command, checkOptions, type Pair } from './command.ts'
import { notModelled, problem } from './exit.ts'
import type { LongOption } from './getopt.ts'
import { atoi } from './numbers.ts'

export type Draft = { -readonly [K in keyof CtFilter]: CtFilter[K] }

export interface Protocol {
  readonly name: string
  readonly number: number
  readonly options: readonly LongOption[]
  /** Below `conntrack -h -p NAME`. */
  readonly help: string
}

const required = (name: string, opt: string): LongOption => Object.freeze({ name, arg: 'required', opt })

const PORTS: readonly LongOption[] = Object.freeze([
  required('orig-port-src', 'p1'),
  required('sport', 'p1'),
  required('orig-port-dst', 'p2'),
  required('dport', 'p2'),
  required('reply-port-src', 'p3'),
  required('reply-port-dst', 'p4'),
  required('mask-port-src', 'p5'),
  required('mask-port-dst', 'p6'),
  required('tuple-port-src', 'p8'),
  required('tuple-port-dst', 'p9'),
])

const PORT_HELP = `  --orig-port-src\t\toriginal source port
  --orig-port-dst\t\toriginal destination port
  --reply-port-src\t\treply source port
  --reply-port-dst\t\treply destination port
  --mask-port-src\t\tmask source port
  --mask-port-dst\t\tmask destination port
  --tuple-port-src\t\texpectation tuple src port
  --tuple-port-src\t\texpectation tuple dst port
`

const KEY_HELP = PORT_HELP.replaceAll('port-', 'key-').replace(/(source|destination|src|dst) port\n/g, '$1 key\n')

function protocol(name: string, number: number, options: readonly LongOption[], help: string): Protocol {
  return Object.freeze({ name, number, options: Object.freeze(options), help })
}

const TCP_OPTIONS = [...PORTS, required('state', 'p7')]
const ICMP_OPTIONS = [required('icmp-type', 'i1'), required('icmp-code', 'i2'), required('icmp-id', 'i3')]
const ICMP_HELP = '  --icmp-type\t\t\ticmp type\n  --icmp-code\t\t\ticmp code\n  --icmp-id\t\t\ticmp id\n'
const VTAG_HELP = '  --orig-vtag\t\toriginal verification tag\n  --reply-vtag\t\treply verification tag\n'

/** In the order of their registration. */
const PROTOCOLS: readonly Protocol[] = Object.freeze([
  protocol('tcp', 6, TCP_OPTIONS, `${PORT_HELP}  --state\t\t\tTCP state, fe. ESTABLISHED\n`),
  protocol('udp', 17, PORTS, PORT_HELP),
  protocol('udplite', 136, PORTS, PORT_HELP),
  protocol('sctp', 132, PORTS, `${PORT_HELP}  --state\t\t\tSCTP state, fe. ESTABLISHED\n${VTAG_HELP}`),
  protocol('dccp', 33, PORTS, `${PORT_HELP}  --state\t\t\tDCCP state, fe. RESPOND\n`),
  protocol('icmp', 1, ICMP_OPTIONS, ICMP_HELP),
  protocol('icmpv6', 58, [], ICMP_HELP.replaceAll('icmp-', 'icmpv6-').replaceAll('\ticmp ', '\ticmpv6 ')),
  protocol('gre', 47, [], KEY_HELP),
])

const FILE = Object.freeze(new Names(null))

/** findproto: by name (whatever its case), by /etc/protocols, by number. */
export function findProtocol(text: string): Protocol {
  const known = PROTOCOLS.find((p) => p.name === text.toLowerCase())
  if (known !== undefined) return known
  const unsupported = '  no options (unsupported)\n'
  const listed = /^\s*\d/.test(text) ? null : FILE.ipprotoId(text)
  if (listed !== null) return protocol(text, listed, [], unsupported)
  const number = numberOf(text) ?? problem(`\`${text}' unsupported protocol`)
  const name = FILE.ipprotoName(number)
  return (
    PROTOCOLS.find((p) => p.number === number) ??
    protocol(name.startsWith('ipproto-') ? 'unknown' : name, number, [], unsupported)
  )
}

/** parse_proto_num */
function numberOf(text: string): number | null {
  const m = /^\s*(?:0x([0-9a-f]+)|(0[0-7]*)|([1-9]\d*))$/i.exec(text)
  if (m === null) return null
  const n =
    m[1] !== undefined ? Number.parseInt(m[1], 16) : m[2] !== undefined ? Number.parseInt(m[2], 8) : Number(m[3])
  return n > 255 ? null : n
}

/** Names of the options as messages give them, and the rule of each command for them. */
const PORT_NAMES = Object.freeze([
  'sport',
  'dport',
  'reply-port-src',
  'reply-port-dst',
  'mask-port-src',
  'mask-port-dst',
  'state',
  'tuple-port-src',
  'tuple-port-dst',
])
const ICMP_NAMES = Object.freeze(['icmp-type', 'icmp-code', 'icmp-id'])

const PORT_PAIRS: readonly Pair[] = Object.freeze([
  ['sport', 'dport'],
  ['reply-port-src', 'reply-port-dst'],
] as const)
const PORT_MISSING: readonly Pair[] = Object.freeze([
  ['sport', 'dport'],
  ['reply-src-port', 'reply-dst-port'],
] as const)

function portRules(command: Command): string {
  if (command === 'list' || command === 'delete' || command === 'event') return '222200200'
  return command === 'get' ? '333300200' : '000000000'
}

function icmpRules(command: Command): string {
  if (command === 'list' || command === 'delete' || command === 'event') return '222'
  return command === 'get' ? '112' : '000'
}

/** final_check of the protocol. */
export function checkProtocol(p: Protocol, command: Command, given: ReadonlySet<string>): void {
  if (p.options.includes(PORTS[0]!)) checkOptions(given, PORT_NAMES, portRules(command), PORT_PAIRS, PORT_MISSING)
  else if (p.name === 'icmp') checkOptions(given, ICMP_NAMES, icmpRules(command), [], [])
}

function parseState(text: string): TcpConntrackState {
  if (text === 'LISTEN') return 'SYN_SENT2'
  return TCP_CONNTRACK_STATES.find((s) => s === text) ?? problem(`unknown TCP state \`${text}'`)
}

/** parse_opts of the protocol: what the option asks of a connection, and the name that it counts as. */
export function parseProtocolOption(opt: string, arg: string, f: Draft): string {
  const port = atoi(arg) & 0xffff
  switch (opt) {
    case 'p1':
      f.origSport = port
      return 'sport'
    case 'p2':
      f.origDport = port
      return 'dport'
    case 'p3':
      f.replSport = port
      return 'reply-port-src'
    case 'p4':
      f.replDport = port
      return 'reply-port-dst'
    case 'p5':
      return 'mask-port-src'
    case 'p6':
      return 'mask-port-dst'
    case 'p7':
      f.tcpState = parseState(arg)
      return 'state'
    case 'p8':
      return 'tuple-port-src'
    case 'p9':
      return 'tuple-port-dst'
    case 'i1':
      f.icmpType = atoi(arg) & 0xff
      return 'icmp-type'
    case 'i2':
      f.icmpCode = atoi(arg) & 0xff
      return 'icmp-code'
    case 'i3':
      f.icmpId = port
      return 'icmp-id'
    default:
      return notModelled(`option ${opt}`)
  }
}
