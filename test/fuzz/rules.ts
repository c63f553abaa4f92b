// Random rules of iptables: chains, heads (-s -d -i -o -p -f), matches (matches.ts), and a target of every kind in uapi/xt_target.ts.
// Most rules fit their table and chain; some do not, and then both sides have to refuse them with the same words.
import type { TargetName } from '../../src/uapi/xt_target.ts'
import type { Dice } from './dice.ts'
import { COMMON, fits, MATCH_NAMES, match, not, type Place, PORTS, protocolOf } from './matches.ts'
import { type Step, step } from './model.ts'
import { anyAddress, someAddress, somePrefix, type World } from './world.ts'

const HOOKS: Readonly<Record<string, readonly string[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
}
const TABLES = ['raw', 'mangle', 'mangle', 'nat', 'nat', 'nat', 'filter', 'filter', 'filter', 'security']
const USER_CHAINS = ['one', 'two'] as const

function portRange(d: Dice): string {
  const p = d.pick(PORTS)
  return d.pick([`${p}`, `${p}`, '3000-3001'])
}

/** --to-destination and --to-source; `port` is one of its ports, or several. */
function natTo(p: Place, port: string): string {
  const { d, w } = p
  const a = d.chance(85) ? anyAddress(d, w) : someAddress(d, w)
  return d.pick([a, a, a, `${a}:${port}`, `:${d.pick(PORTS)}`]) + d.pick(['', '', '', ' --persistent'])
}

type Draw = (p: Place) => string
const TARGETS: { readonly [N in TargetName]: Draw } = {
  REJECT: ({ d }) =>
    d.pick([
      '',
      '',
      '--reject-with icmp-host-unreachable',
      '--reject-with icmp-net-unreachable',
      '--reject-with icmp-admin-prohibited',
      '--reject-with icmp-proto-unreachable',
      '--reject-with tcp-reset',
    ]),
  LOG: ({ d }) => d.pick(['', '--log-prefix "x: "', '--log-level 4 --log-uid', '--log-ip-options --log-tcp-options']),
  NFLOG: ({ d }) => d.pick(['', '--nflog-group 1', '--nflog-prefix x']),
  MARK: ({ d }) =>
    d.pick(['--set-mark 1', '--set-mark 2', '--set-xmark 0x10/0xf0', '--or-mark 1', '--and-mark 0xfe', '--xor-mark 3']),
  CONNMARK: ({ d }) =>
    d.pick([
      '--set-mark 1',
      '--save-mark',
      '--restore-mark',
      '--set-xmark 0x10/0xf0',
      '--or-mark 2',
      '--restore-mark --mask 0x1',
    ]),
  CT: ({ d }) => d.pick(['--notrack', '--zone 1', '--zone 2', '--zone-orig 1', '--zone-reply 2', '--ctevents new']),
  NOTRACK: () => '',
  DNAT: (p) => `--to-destination ${natTo(p, portRange(p.d))}`,
  SNAT: (p) => `--to-source ${natTo(p, `${p.d.pick(PORTS)}`)}`,
  MASQUERADE: ({ d }) => d.pick(['', '', '', `--to-ports ${d.pick(PORTS)}`]),
  REDIRECT: ({ d }) => d.pick(['', `--to-ports ${portRange(d)}`, `--to-ports ${d.pick(PORTS)}`]),
  NETMAP: ({ d }) => `--to ${d.pick(['10.0.0.0/24', '10.0.1.0/24', '172.16.0.0/16', '10.0.0.1'])}`,
  TCPMSS: ({ d }) => d.pick(['--set-mss 500', '--clamp-mss-to-pmtu', '--set-mss 2000']),
  TOS: ({ d }) =>
    d.pick(['--set-tos 0x10', '--set-tos 0x04/0x3f', '--or-tos 0x08', '--and-tos 0xf0', '--set-tos Minimize-Cost']),
  DSCP: ({ d }) => d.pick(['--set-dscp 4', '--set-dscp-class EF', '--set-dscp 0']),
  TTL: ({ d }) => d.pick(['--ttl-set 1', '--ttl-set 64', '--ttl-inc 1', '--ttl-dec 1', '--ttl-dec 63', '--ttl-set 0']),
  CLASSIFY: ({ d }) => `--set-class ${d.pick(['1:1', '0:0', 'ffff:1'])}`,
  SET: ({ d, sets }) => {
    const [name, dims] = sets.length > 0 && d.chance(97) ? d.pick(sets) : (['nosuch', 1] as const)
    const flags = Array.from({ length: dims }, () => d.pick(['src', 'dst'])).join(',')
    return `--${d.pick(['add', 'add', 'del'])}-set ${name} ${flags} ${d.pick(['', '--exist'])}`
  },
  TRACE: () => '',
  CHECKSUM: () => '--checksum-fill',
}

const FIT: Readonly<Record<string, (chain: string) => readonly TargetName[]>> = {
  raw: () => ['CT', 'CT', 'NOTRACK', 'TRACE', 'MARK', 'SET', 'LOG'],
  mangle: (c) => [
    'MARK',
    'MARK',
    'CONNMARK',
    'CONNMARK',
    'TCPMSS',
    'TOS',
    'DSCP',
    'TTL',
    'SET',
    'CHECKSUM',
    'LOG',
    ...(c === 'PREROUTING' || c === 'INPUT' ? [] : (['CLASSIFY'] as const)),
  ],
  nat: (c) =>
    c === 'POSTROUTING'
      ? ['SNAT', 'SNAT', 'MASQUERADE', 'MASQUERADE', 'NETMAP', 'LOG']
      : c === 'INPUT'
        ? ['SNAT', 'NETMAP', 'MARK']
        : ['DNAT', 'DNAT', 'DNAT', 'REDIRECT', 'REDIRECT', 'NETMAP', 'SET'],
  filter: () => ['REJECT', 'REJECT', 'REJECT', 'LOG', 'NFLOG', 'MARK', 'SET', 'CONNMARK'],
  security: () => ['NFLOG', 'MARK', 'LOG', 'CONNMARK', 'SET'],
}

function target(p: Place, user: readonly string[]): string {
  const { d, table, chain } = p
  const kind = d.int(0, 99)
  if (kind < 12) return ''
  if (kind < 40)
    return `-j ${d.pick(table === 'nat' ? ['ACCEPT', 'RETURN'] : ['ACCEPT', 'ACCEPT', 'DROP', 'DROP', 'RETURN'])}`
  if (kind < 50 && user.length > 0) return `${d.pick(['-j', '-j', '-g'])} ${d.pick(user)}`
  const name = d.chance(96) ? d.pick(FIT[table]!(chain)) : d.pick(Object.keys(TARGETS) as TargetName[])
  return `-j ${name} ${TARGETS[name](p)}`.trim()
}

/** Does its target ask for a protocol? */
function protocolOfTarget(d: Dice, words: string): string | null {
  if (/TCPMSS|tcp-reset/.test(words)) return 'tcp'
  if (/--to-ports| :\d+|:\d+(-\d+)?( |$)/.test(words) && /DNAT|SNAT|REDIRECT|MASQ/.test(words))
    return d.pick(['udp', 'tcp'])
  return null
}

function head(p: Place, protocol: string | null): string[] {
  const { d, w, ns, chain } = p
  const iif = chain !== 'OUTPUT' && chain !== 'POSTROUTING'
  const oif = chain !== 'PREROUTING' && chain !== 'INPUT'
  const dev = (): string => d.pick([...w.devices[ns]!, 'e+', 'e0'])
  const own = protocol ?? (d.chance(25) ? d.pick(['icmp', 'udp', 'tcp']) : null)
  return [
    own === null ? '' : `${protocol === null ? not(d) : ''}-p ${own}`,
    d.chance(25) ? `${not(d)}-s ${somePrefix(d, w)}` : '',
    d.chance(30) ? `${not(d)}-d ${somePrefix(d, w)}` : '',
    iif && d.chance(15) ? `${not(d)}-i ${dev()}` : '',
    oif && d.chance(15) ? `${not(d)}-o ${dev()}` : '',
    protocol === null && d.chance(3) ? `${not(d)}-f` : '',
  ]
}

function ruleStep(place: Place, user: readonly string[], on: string): Step {
  const { d, ns, table, chain } = place
  const words = target(place, user)
  const count = d.pick([0, 1, 1, 1, 2, 2, 3])
  const names = [...new Set(Array.from({ length: count }, () => (d.chance(50) ? d.pick(COMMON) : d.pick(MATCH_NAMES))))]
  let protocol = protocolOfTarget(d, words)
  const matches: string[] = []
  for (const name of names) {
    if (!fits(name, table, chain) && !d.chance(3)) continue
    const needs = protocolOf(d, name)
    if (needs !== null && protocol !== null && needs !== protocol && !(name === 'multiport' && protocol !== 'icmp'))
      continue
    protocol ??= needs
    matches.push(match(place, name))
  }
  if (/TCPMSS/.test(words) && d.chance(95) && !matches.some((m) => /--syn|tcp-flags/.test(m))) matches.push('--syn')
  const place1 = d.chance(80) ? `-A ${on}` : `-I ${on}`
  return step('command', `n${ns}`, `iptables -t ${table} ${place1}`, ...head(place, protocol), ...matches, words)
}

/** The rules of one namespace. */
export function ruleSteps(d: Dice, w: World, ns: number, sets: Place['sets']): Step[] {
  if (d.chance(25)) return []
  const steps: Step[] = []
  const user = new Map<string, string[]>()
  const count = d.pick([1, 2, 3, 4, 5, 6, 8, 10])
  for (let number = 0; number < count; number++) {
    const table = d.pick(TABLES)
    const base = d.pick(HOOKS[table]!)
    const place = { d, w, ns, table, chain: base, sets, number }
    const chains = user.get(table) ?? []
    if (chains.length < USER_CHAINS.length && d.chance(15)) {
      const name = USER_CHAINS[chains.length]!
      steps.push(step('command', `n${ns}`, `iptables -t ${table} -N ${name}`))
      user.set(table, [...chains, name])
      steps.push(step('command', `n${ns}`, `iptables -t ${table} -A ${base} -j ${name}`))
    }
    const on = chains.length > 0 && d.chance(40) ? d.pick(chains) : base
    steps.push(ruleStep(place, chains, on))
  }
  if (d.chance(10)) steps.push(step('command', `n${ns}`, `iptables -P ${d.pick(['INPUT', 'FORWARD', 'OUTPUT'])} DROP`))
  return steps
}

/** One rule, for a machine that is running already. */
export function oneRule(d: Dice, w: World, ns: number, number: number): Step {
  const table = d.pick(TABLES)
  const chain = d.pick(HOOKS[table]!)
  return ruleStep({ d, w, ns, table, chain, sets: [], number }, [], chain)
}
