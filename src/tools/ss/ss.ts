// ss(8) of iproute2 6.1: which sockets are shown and how.
// Read first: filter.ts, columns.ts. Refused by name: -o -e -m -i -r -K -E -b -Z -z -T -D -F and protocols netsim has not.
import { formatIp4 } from '../../lib/ip4.ts'
import type { Main, Sys } from '../../uapi/program.ts'
import type { NetnsId } from '../../uapi/request.ts'
import { SOCKET_STATES, type SocketInfo, type SocketState } from '../../uapi/socket.ts'
import { exitStatus, ToolExit } from '../lib/exit.ts'
import { getopt, type LongOption, type OptionItem } from '../lib/getopt.ts'
import { serviceName } from '../lib/netdb.ts'
import { refuse } from '../lib/refuse.ts'
import { type Row, renderTable, SS_HEADER } from './columns.ts'
import { type Filter, matches, parseFilter } from './filter.ts'
import { socketHolders } from './holders.ts'
import { SS_USAGE } from './texts.ts'

const CONNECTED: readonly SocketState[] = SOCKET_STATES.filter((s) => s !== 'LISTEN' && s !== 'UNCONN')

/** Words after "state" and "exclude". */
const STATE_WORDS: Readonly<Record<string, readonly SocketState[]>> = Object.freeze({
  all: SOCKET_STATES,
  established: ['ESTAB'],
  estab: ['ESTAB'],
  'syn-sent': ['SYN-SENT'],
  'syn-recv': ['SYN-RECV'],
  'fin-wait-1': ['FIN-WAIT-1'],
  'fin-wait-2': ['FIN-WAIT-2'],
  'time-wait': ['TIME-WAIT'],
  unconnected: ['UNCONN'],
  closed: ['UNCONN'],
  close: ['UNCONN'],
  'close-wait': ['CLOSE-WAIT'],
  'last-ack': ['LAST-ACK'],
  listening: ['LISTEN'],
  listen: ['LISTEN'],
  closing: ['CLOSING'],
  connected: CONNECTED,
  synchronized: CONNECTED.filter((s) => s !== 'SYN-SENT'),
  bucket: ['SYN-RECV', 'TIME-WAIT'],
  big: SOCKET_STATES.filter((s) => s !== 'SYN-RECV' && s !== 'TIME-WAIT'),
})

type Protocol = 'tcp' | 'udp' | 'raw'
/** Order in which ss asks for them. */
const PROTOCOLS: readonly Protocol[] = Object.freeze(['raw', 'udp', 'tcp'])
/** Tables that netsim has no sockets for: listing them shows nothing. */
const EMPTY_TABLES = Object.freeze(['unix', 'packet', 'dccp', 'sctp', 'mptcp'])

const LONG: readonly LongOption[] = Object.freeze([
  { name: 'numeric', arg: 'none', opt: 'n' },
  { name: 'resolve', arg: 'none', opt: 'r' },
  { name: 'options', arg: 'none', opt: 'o' },
  { name: 'extended', arg: 'none', opt: 'e' },
  { name: 'memory', arg: 'none', opt: 'm' },
  { name: 'info', arg: 'none', opt: 'i' },
  { name: 'processes', arg: 'none', opt: 'p' },
  { name: 'threads', arg: 'none', opt: 'T' },
  { name: 'bpf', arg: 'none', opt: 'b' },
  { name: 'events', arg: 'none', opt: 'E' },
  { name: 'dccp', arg: 'none', opt: 'd' },
  { name: 'tcp', arg: 'none', opt: 't' },
  { name: 'sctp', arg: 'none', opt: 'S' },
  { name: 'udp', arg: 'none', opt: 'u' },
  { name: 'raw', arg: 'none', opt: 'w' },
  { name: 'unix', arg: 'none', opt: 'x' },
  { name: 'tipc', arg: 'none', opt: '--tipc' },
  { name: 'vsock', arg: 'none', opt: '--vsock' },
  { name: 'all', arg: 'none', opt: 'a' },
  { name: 'listening', arg: 'none', opt: 'l' },
  { name: 'ipv4', arg: 'none', opt: '4' },
  { name: 'ipv6', arg: 'none', opt: '6' },
  { name: 'packet', arg: 'none', opt: '0' },
  { name: 'family', arg: 'required', opt: 'f' },
  { name: 'socket', arg: 'required', opt: 'A' },
  { name: 'query', arg: 'required', opt: 'A' },
  { name: 'summary', arg: 'none', opt: 's' },
  { name: 'diag', arg: 'required', opt: 'D' },
  { name: 'filter', arg: 'required', opt: 'F' },
  { name: 'version', arg: 'none', opt: 'V' },
  { name: 'help', arg: 'none', opt: 'h' },
  { name: 'context', arg: 'none', opt: 'Z' },
  { name: 'contexts', arg: 'none', opt: 'z' },
  { name: 'net', arg: 'required', opt: 'N' },
  { name: 'tipcinfo', arg: 'none', opt: '--tipcinfo' },
  { name: 'tos', arg: 'none', opt: '--tos' },
  { name: 'cgroup', arg: 'none', opt: '--cgroup' },
  { name: 'kill', arg: 'none', opt: 'K' },
  { name: 'no-header', arg: 'none', opt: 'H' },
  { name: 'xdp', arg: 'none', opt: '--xdp' },
  { name: 'mptcp', arg: 'none', opt: 'M' },
  { name: 'oneline', arg: 'none', opt: 'O' },
  { name: 'inet-sockopt', arg: 'none', opt: '--inet-sockopt' },
])

interface Selection {
  numeric: boolean
  processes: boolean
  header: boolean
  summary: boolean
  all: boolean
  listening: boolean
  inet: boolean
  tables: string[]
  netns: NetnsId
  states: SocketState[]
  filter: Filter | null
}

const TABLE_OF: Readonly<Record<string, string>> = Object.freeze({
  t: 'tcp',
  u: 'udp',
  w: 'raw',
  x: 'unix',
  d: 'dccp',
  S: 'sctp',
  M: 'mptcp',
  '0': 'packet',
})

function query(text: string): string[] {
  return text.split(',').flatMap((name) => {
    if (name === 'all') return [...PROTOCOLS, ...EMPTY_TABLES]
    if (name === 'inet') return ['tcp', 'udp', 'raw', 'sctp', 'dccp', 'mptcp']
    const known = ['tcp', 'udp', 'raw', ...EMPTY_TABLES]
    if (known.includes(name) || /^(unix|u|packet|p)_\w+$/.test(name)) return [name]
    if (/^(netlink|vsock_\w+|tipc|xdp)$/.test(name)) refuse('ss', `table ${name}`, 1)
    throw new ToolExit(`ss: "${name}" is illegal socket table id\n${SS_USAGE}`, 255)
  })
}

function family(s: Selection, name: string): void {
  if (name === 'inet') s.inet = true
  else if (name === 'inet6') s.inet = false
  else if (name === 'unix' || name === 'link') s.tables.push(name === 'unix' ? 'unix' : 'packet')
  else if (name === 'help') throw new ToolExit(SS_USAGE, 0, 1)
  else throw new ToolExit(`ss: "${name}" is invalid family\n${SS_USAGE}`, 255)
}

function apply(sys: Sys, s: Selection, item: OptionItem): void {
  if (item.error !== null) throw new ToolExit(item.error + SS_USAGE, 255)
  const table = TABLE_OF[item.opt]
  if (table !== undefined) {
    s.tables.push(table)
    return
  }
  switch (item.opt) {
    case 'n':
      s.numeric = true
      return
    case 'p':
      s.processes = true
      return
    case 'H':
      s.header = false
      return
    case 'O': // each socket is on one line already
    case '4':
      return
    case '6':
      s.inet = false
      return
    case 'a':
      s.all = true
      return
    case 'l':
      s.listening = true
      return
    case 's':
      s.summary = true
      return
    case 'A':
      s.tables.push(...query(item.arg ?? ''))
      return
    case 'f':
      family(s, item.arg ?? '')
      return
    case 'N': {
      const r = sys.netlink.request(sys.netns, 'netns.find', { name: item.arg ?? '' })
      if (!r.ok) throw new ToolExit(`Cannot open network namespace "${item.arg}": No such file or directory\n`, 1)
      s.netns = r.value
      return
    }
    case 'V':
      throw new ToolExit('ss utility, iproute2-6.1.0\n', 0, 1)
    case 'h':
      throw new ToolExit(SS_USAGE, 0, 1)
    case 'Z':
    case 'z':
      throw new ToolExit('ss: SELinux is not enabled.\n', 1)
    default:
      return refuse('ss', `option ${item.opt.startsWith('--') ? item.opt : `-${item.opt}`}`, 1)
  }
}

/** "state X" and "exclude X" in front of the expression. */
function stateWords(s: Selection, words: readonly string[]): readonly string[] {
  let at = 0
  let chosen: Set<SocketState> | null = null
  for (; words[at] === 'state' || words[at] === 'exclude' || words[at] === 'excl'; at += 2) {
    const word = words[at + 1]
    if (word === undefined) throw new ToolExit(SS_USAGE, 255)
    const states = STATE_WORDS[word]
    if (states === undefined) throw new ToolExit(`ss: wrong state name: ${word}\n`, 255)
    if (words[at] === 'state') {
      chosen ??= new Set()
      for (const st of states) chosen.add(st)
    } else {
      chosen ??= new Set(SOCKET_STATES)
      for (const st of states) chosen.delete(st)
    }
  }
  if (chosen !== null) s.states = [...chosen]
  return words.slice(at)
}

function deviceIndex(sys: Sys, netns: Sys['netns'], name: string): number | null {
  const links = sys.netlink.request(netns, 'link.list', {})
  return (links.ok ? links.value.find((l) => l.link.name === name)?.link.ifindex : undefined) ?? null
}

function select(sys: Sys, argv: readonly string[]): Selection {
  const s: Selection = {
    numeric: false,
    processes: false,
    header: true,
    summary: false,
    all: false,
    listening: false,
    inet: true,
    tables: [],
    netns: sys.netns,
    states: [],
    filter: null,
  }
  const { items, rest } = getopt(['ss', ...argv.slice(1)], 'dhalBetuwxnro460spTbEf:mMiA:D:F:vVzZN:KHSO', LONG)
  for (const item of items) apply(sys, s, item.opt === 'v' ? { ...item, opt: 'V' } : item)
  const words = stateWords(s, rest)
  s.filter = parseFilter(words, (name) => deviceIndex(sys, s.netns, name))
  if (s.states.length === 0) {
    if (s.all) s.states = [...SOCKET_STATES]
    else
      s.states = s.listening
        ? ['LISTEN', 'UNCONN']
        : [...CONNECTED].filter((st) => st !== 'TIME-WAIT' && st !== 'SYN-RECV')
  }
  return s
}

/** Not resolved: ports that clients get. */
function isEphemeral(sys: Sys, port: number): boolean {
  const r = sys.readFile('/proc/sys/net/ipv4/ip_local_port_range')
  const [low, high] = (r.ok ? r.value : '32768 60999').trim().split(/\s+/).map(Number)
  return port >= (low ?? 32768) && port <= (high ?? 60999)
}

const PROTOCOL_NAMES: Readonly<Record<number, string>> = Object.freeze({
  1: 'icmp',
  2: 'igmp',
  4: 'ipv4',
  6: 'tcp',
  17: 'udp',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'ipv6-icmp',
  89: 'ospfigp',
  132: 'sctp',
  255: 'raw',
})

function portText(sys: Sys, s: Selection, netid: Protocol, port: number): string {
  if (port === 0) return '*'
  if (s.numeric) return String(port)
  if (netid === 'raw') return PROTOCOL_NAMES[port] ?? String(port)
  return (isEphemeral(sys, port) ? null : serviceName(port, netid)) ?? String(port)
}

type Holders = ReturnType<typeof socketHolders> | null

function holderText(info: SocketInfo, holders: Holders): string {
  const users = holders?.get(info.inode)
  return users === undefined ? '' : ` ${users}`
}

function row(sys: Sys, s: Selection, info: SocketInfo, dev: (ifindex: number) => string, holders: Holders): Row {
  const netid = info.netid as Protocol
  const bound = info.ifindex === 0 ? '' : `%${dev(info.ifindex)}`
  return [
    netid,
    info.state,
    String(info.recvQ).padEnd(6),
    String(info.sendQ).padEnd(6),
    `${formatIp4(info.local)}${bound}:`,
    portText(sys, s, netid, info.lport),
    `${formatIp4(info.remote)}:`,
    portText(sys, s, netid, info.rport),
    holderText(info, holders),
  ]
}

function summary(list: readonly SocketInfo[]): string {
  const count = (f: (s: SocketInfo) => boolean): number => list.filter(f).length
  const waiting = count((s) => s.state === 'TIME-WAIT')
  const tcp = count((s) => s.netid === 'tcp')
  const estab = count((s) => s.netid === 'tcp' && s.state === 'ESTAB')
  const raw = count((s) => s.netid === 'raw')
  const udp = count((s) => s.netid === 'udp')
  const inuse = tcp - waiting
  const line = (name: string, n: number): string =>
    `${name}\t  ${String(n).padEnd(9)} ${String(n).padEnd(9)} 0        \n`
  return `Total: ${list.length - waiting}
TCP:   ${tcp} (estab ${estab}, closed ${waiting}, orphaned 0, timewait ${waiting})

Transport Total     IP        IPv6
${line('RAW', raw)}${line('UDP', udp)}${line('TCP', inuse)}${line('INET', raw + udp + inuse)}${line('FRAG', 0)}
`
}

function run(sys: Sys, argv: readonly string[]): number {
  const s = select(sys, argv)
  const r = sys.netlink.request(s.netns, 'socket.list', {})
  const list = r.ok ? r.value : []
  if (s.summary) {
    sys.write(1, summary(list))
    if (s.tables.length === 0) return 0
  }
  const links = sys.netlink.request(s.netns, 'link.list', {})
  const dev = (ifindex: number): string =>
    (links.ok ? links.value.find((l) => l.link.ifindex === ifindex)?.link.name : undefined) ?? ''
  const holders = s.processes ? socketHolders(sys) : null
  const tables = s.tables.length === 0 ? ['raw', 'udp', 'tcp', ...EMPTY_TABLES] : [...new Set(s.tables)]
  const rows: Row[] = s.header ? [SS_HEADER] : []
  for (const proto of PROTOCOLS) {
    if (!tables.includes(proto) || !s.inet) continue
    for (const info of list) {
      if (info.netid !== proto || !s.states.some((st) => st === info.state)) continue
      if (s.filter === null || matches(s.filter, info, dev)) rows.push(row(sys, s, info, dev, holders))
    }
  }
  const hidden = [...(tables.length === 1 ? [0] : []), ...(s.states.length === 1 ? [1] : [])]
  sys.write(1, renderTable(rows, hidden))
  return 0
}

export const ss: Main = (sys, argv) => {
  try {
    return run(sys, argv)
  } catch (e) {
    return exitStatus(sys, e)
  }
}
