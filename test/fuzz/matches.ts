// A random match of every kind in uapi/xt.ts. Words come from small pools, so that rules and packets meet. What milliseconds or chance
// decide has no place here: rates are per hour, statistic counts (docs/fuzzing.md).
import type { MatchName } from '../../src/uapi/xt.ts'
import type { Dice } from './dice.ts'
import { somePrefix, type World } from './world.ts'

export const PORTS = [3000, 3001, 4000, 4001] as const

/** What a rule is drawn for. */
export interface Place {
  readonly d: Dice
  readonly w: World
  readonly ns: number
  readonly table: string
  readonly chain: string
  /** Sets of the namespace, with how many dimensions each has. */
  readonly sets: readonly (readonly [name: string, dims: number])[]
  /** Makes names unique. */
  readonly number: number
}

export const not = (d: Dice): string => (d.chance(15) ? '! ' : '')

function ports(d: Dice): string {
  const p = d.pick(PORTS)
  return d.pick([`${p}`, `${p}`, `${p}:${p + d.int(0, 1000)}`, '3000:4001', ':3500', '1024:'])
}

const FLAGS = ['SYN,RST,ACK SYN', 'SYN,ACK SYN,ACK', 'RST RST', 'FIN FIN', 'ALL ACK', 'ALL NONE', 'SYN,FIN SYN']
const STATES = ['NEW', 'ESTABLISHED', 'ESTABLISHED,RELATED', 'RELATED', 'INVALID', 'UNTRACKED', 'NEW,INVALID']
const TYPES = [
  'UNICAST',
  'LOCAL',
  'BROADCAST',
  'MULTICAST',
  'UNREACHABLE',
  'PROHIBIT',
  'BLACKHOLE',
  'LOCAL,UNICAST',
  'UNSPEC',
]
const U32 = [
  '"0>>22&0x3C@0>>24=8"',
  '"6&0xFF=1"',
  '"4&0x3FFF=0"',
  '"0&0xFFFF=0x54:0x100"',
  '"12=0x0a000001"',
  '"8>>24=0:63"',
  '"6&0xFF=17 && 0>>22&0x3C@0&0xFFFF=3000"',
  '"16=0x0a000000:0x0a00ffff,0x0a010000:0x0a01ffff"',
]

type Draw = (p: Place) => string

function conntrack({ d, w }: Place): string {
  return d.pick<() => string>([
    () => `${not(d)}--ctstate ${d.pick([...STATES, 'SNAT', 'DNAT', 'NEW,DNAT'])}`,
    () => `${not(d)}--ctstate ${d.pick(STATES)}`,
    () => `${not(d)}--ctproto ${d.pick(['icmp', 'udp', 'tcp'])}`,
    () => `${not(d)}--ctorigsrc ${somePrefix(d, w)}`,
    () => `${not(d)}--ctorigdst ${somePrefix(d, w)}`,
    () => `${not(d)}--ctreplsrc ${somePrefix(d, w)}`,
    () => `${not(d)}--ctrepldst ${somePrefix(d, w)}`,
    () => `--ctproto udp ${not(d)}--ctorigdstport ${ports(d)}`,
    () => `--ctproto tcp ${not(d)}--ctreplsrcport ${ports(d)}`,
    () => `${not(d)}--ctstatus ${d.pick(['NONE', 'SEEN_REPLY', 'ASSURED', 'CONFIRMED', 'SEEN_REPLY,ASSURED'])}`,
    () => `--ctexpire ${d.pick(['0:20', '0:1000000'])}`,
    () => `--ctdir ${d.pick(['ORIGINAL', 'REPLY'])}`,
  ])()
}

function hashlimit({ d, number }: Place): string {
  const rate = d.chance(70) ? `--hashlimit-${d.pick(['upto', 'above'])} 1/hour --hashlimit-burst ${d.int(1, 4)}` : ''
  const mode = d.chance(85)
    ? `--hashlimit-mode ${d.pick(['srcip', 'dstip', 'srcip,dstip', 'dstport', 'srcip,dstport'])}`
    : ''
  const mask = d.chance(20) ? `--hashlimit-srcmask ${d.pick([8, 16, 24])}` : ''
  const words = rate === '' ? '--hashlimit-upto 1/hour' : rate
  return `${words} ${mode} ${mask} --hashlimit-name h${number} --hashlimit-htable-expire 600000`
}

function recent({ d }: Place): string {
  const what = d.pick(['--set', '--set', '--rcheck', '--update', '--remove'])
  const checks = what === '--rcheck' || what === '--update'
  const more = checks ? d.pick(['', '--seconds 600', '--hitcount 2', '--seconds 600 --hitcount 2', '--rttl']) : ''
  return `--name r${d.int(0, 1)} ${not(d)}${what} ${more} ${d.pick(['', '--rsource', '--rdest', '--mask 255.255.255.0'])}`
}

function set({ d, sets }: Place): string {
  const [name, dims] = sets.length > 0 && d.chance(95) ? d.pick(sets) : (['nosuch', 1] as const)
  const flags = Array.from({ length: d.chance(95) ? dims : d.int(1, 3) }, () => d.pick(['src', 'dst'])).join(',')
  return `${not(d)}--match-set ${name} ${flags} ${d.pick(['', '', '', '! --update-counters', '--packets-gt 1', '--return-nomatch'])}`
}

function addrtype({ d }: Place): string {
  const side = `${not(d)}--${d.pick(['src', 'dst', 'dst'])}-type ${d.pick(TYPES)}`
  return `${side} ${d.pick(['', '', '', '--limit-iface-in', '--limit-iface-out'])}`
}

function owner({ d }: Place): string {
  return `${not(d)}${d.pick(['--uid-owner 0', '--uid-owner 1000', '--gid-owner 0', '--socket-exists', '--uid-owner 0-10', '--suppl-groups --gid-owner 0'])}`
}

/** A word pair "-p …" that a match needs stands in the rule's head: protocolOf. */
const MATCHES: { readonly [N in MatchName]: Draw } = {
  addrtype,
  comment: ({ d }) => `--comment ${d.pick(['a', '"two words"', '"it\'s \\"quoted\\""'])}`,
  // of new connections only: docs/fuzzing.md
  connlimit: ({ d }) =>
    `--connlimit-${d.pick(['above', 'upto'])} ${d.int(0, 2)} ${d.pick(['', '--connlimit-mask 24', '--connlimit-daddr'])}`,
  connmark: ({ d }) => `${not(d)}--mark ${d.pick(['0', '1', '2', '0x1/0x1', '0x10/0xf0'])}`,
  conntrack,
  dscp: ({ d }) => `${not(d)}${d.pick(['--dscp 0', '--dscp 0x04', '--dscp-class EF', '--dscp-class CS1'])}`,
  hashlimit,
  icmp: ({ d }) =>
    `${not(d)}--icmp-type ${d.pick(['echo-request', 'echo-reply', '8', '0', '3', '3/1', '3/3', 'any', 'time-exceeded', 'redirect', 'fragmentation-needed', 'destination-unreachable'])}`,
  iprange: ({ d }) =>
    `${not(d)}--${d.pick(['src', 'dst'])}-range ${d.pick(['10.0.0.1-10.0.0.1', '10.0.0.0-10.0.1.255', '10.0.1.1-10.0.9.255', '10.1.0.0-10.1.255.255', '0.0.0.0-255.255.255.255'])}`,
  length: ({ d }) => `${not(d)}--length ${d.pick(['84', '0:100', '28:60', '61:', '40', '1500', '1000:65535', '34'])}`,
  limit: ({ d }) => `--limit ${d.pick(['1/hour', '2/hour', '1/day'])} --limit-burst ${d.int(1, 4)}`,
  mac: ({ d, w, ns }) => {
    const links = w.links.flatMap(({ a, b }) => (a.ns === ns ? [b] : b.ns === ns ? [a] : []))
    return `${not(d)}--mac-source ${links.length > 0 ? d.pick(links).mac : '02:00:00:00:00:77'}`
  },
  mark: ({ d }) => `${not(d)}--mark ${d.pick(['0', '1', '2', '0x1/0x1', '0x10/0xf0', '0/1'])}`,
  multiport: ({ d }) =>
    `${not(d)}--${d.pick(['dports', 'sports', 'ports'])} ${d.pick(['3000', '3000,4000', '3000:3001,4000:4001', '1:1023', '53,4001'])}`,
  owner,
  physdev: ({ d }) =>
    `${not(d)}${d.pick(['--physdev-in e0', '--physdev-is-in', '--physdev-is-bridged', '--physdev-out e0'])}`,
  pkttype: ({ d }) => `${not(d)}--pkt-type ${d.pick(['unicast', 'broadcast', 'multicast'])}`,
  policy: ({ d }) =>
    `--dir ${d.pick(['in', 'out'])} --pol ${d.pick(['none', 'ipsec'])} ${d.pick(['', '', '--strict --reqid 1', '--proto esp'])}`,
  quota: ({ d }) => `${not(d)}--quota ${d.pick([50, 84, 100, 168, 200, 300, 1000])}`,
  recent,
  rpfilter: ({ d }) => d.pick(['', '--loose', '--validmark', '--accept-local', '--invert', '--loose --invert']),
  sctp: ({ d }) => `${not(d)}--dport ${ports(d)} ${d.pick(['', '--chunk-types any INIT'])}`,
  set,
  state: ({ d }) => `${not(d)}--state ${d.pick(STATES)}`,
  statistic: ({ d }) => {
    const every = d.int(1, 4)
    return `--mode nth ${not(d)}--every ${every} --packet ${d.int(0, every - 1)}`
  },
  string: ({ d }) =>
    `--algo ${d.pick(['bm', 'kmp'])} ${not(d)}${d.pick(['--string hello', '--string HELLO --icase', '--hex-string "|68 65|llo"', '--string hi'])} ${d.pick(['', '', '--from 28', '--to 60', '--from 28 --to 31'])}`,
  tcp: ({ d }) =>
    d.pick([
      `${not(d)}--dport ${ports(d)}`,
      `${not(d)}--sport ${ports(d)}`,
      `${not(d)}--tcp-flags ${d.pick(FLAGS)}`,
      `${not(d)}--syn`,
      `${not(d)}--tcp-option ${d.pick([2, 8, 30])}`,
    ]),
  tcpmss: ({ d }) => `${not(d)}--mss ${d.pick(['1460', '0:1000', '1000:2000', '500'])}`,
  tos: ({ d }) => `${not(d)}--tos ${d.pick(['0x10', '0x10/0x3f', '0', 'Minimize-Delay', '0x04/0xff'])}`,
  ttl: ({ d }) => d.pick(['--ttl-eq 64', '--ttl-eq 63', '--ttl-gt 1', '--ttl-lt 64', '! --ttl-eq 64', '--ttl-eq 1']),
  u32: ({ d }) => `${not(d)}--u32 ${d.pick(U32)}`,
  udp: ({ d }) => `${not(d)}--${d.pick(['dport', 'dport', 'sport'])} ${ports(d)}`,
}

export const MATCH_NAMES = Object.keys(MATCHES) as readonly MatchName[]

/** Protocols of which a match needs one, or null. */
export function protocolOf(d: Dice, name: MatchName): string | null {
  switch (name) {
    case 'tcp':
    case 'tcpmss':
      return 'tcp'
    case 'udp':
    case 'icmp':
    case 'sctp':
      return name
    case 'multiport':
      return d.pick(['tcp', 'udp'])
    default:
      return null
  }
}

/** May it stand in this chain? Others are refused; a few are drawn all the same. */
export function fits(name: MatchName, table: string, chain: string): boolean {
  if (name === 'owner') return chain === 'OUTPUT' || chain === 'POSTROUTING'
  if (name === 'mac') return chain === 'PREROUTING' || chain === 'INPUT' || chain === 'FORWARD'
  if (name === 'rpfilter') return (table === 'raw' || table === 'mangle') && chain === 'PREROUTING'
  return true
}

export function match(place: Place, name: MatchName): string {
  const before = name === 'connlimit' ? '-m conntrack --ctstate NEW ' : ''
  return `${before}-m ${name} ${MATCHES[name](place)}`.replace(/ +/g, ' ').trim()
}

/** Half of a rule's matches are the ones that people use. */
export const COMMON: readonly MatchName[] = [
  'conntrack',
  'state',
  'mark',
  'tcp',
  'udp',
  'icmp',
  'multiport',
  'addrtype',
  'set',
]
