// Matches and targets by name (xtables_find_match, xtables_find_target), and those that Debian's iptables has and netsim does not.
import type { Match } from '../../uapi/xt.ts'
import type { Target } from '../../uapi/xt_target.ts'
import { otherProblem, problem } from './exit.ts'
import type { Extension } from './extension.ts'
import { MATCHES } from './match/table.ts'
import { strtoui } from './number.ts'
import { protocolName } from './protocols.ts'
import { TARGETS } from './target/table.ts'

const matches: Readonly<Record<string, Extension<Match> | undefined>> = MATCHES
const targets: Readonly<Record<string, Extension<Target> | undefined>> = TARGETS

const OTHER_MATCHES: ReadonlySet<string> = new Set(
  `ah bpf cgroup cluster connbytes connlabel cpu dccp devgroup ecn esp helper ipcomp ipvs nfacct osf rateest realm
socket time`.split(/\s+/),
)
const OTHER_TARGETS: ReadonlySet<string> = new Set(
  `AUDIT CLUSTERIP CONNSECMARK ECN HMARK IDLETIMER LED NFQUEUE RATEEST SECMARK SYNPROXY TCPOPTSTRIP TEE TPROXY
ULOG`.split(/\s+/),
)

function matchOf(name: string): Extension<Match> | null {
  if (name.length >= 29) problem(`Invalid match name "${name}" (28 chars max)`)
  if (OTHER_MATCHES.has(name)) otherProblem(`match \`${name}' is not modelled by netsim`)
  return Object.hasOwn(matches, name) ? (matches[name] ?? null) : null
}

/** -m NAME */
export function findMatch(name: string): Extension<Match> {
  const real = name === 'icmpv6' || name === 'ipv6-icmp' ? 'icmp6' : name
  return matchOf(real) ?? problem(`Couldn't load match \`${real}':No such file or directory\n`)
}

/** find_proto: the match that -p PROTOCOL brings along when one of its options is met. */
export function findProtocolMatch(protocol: string): Extension<Match> | null {
  const number = strtoui(protocol, 0, 255)
  const name = number === null ? protocol : protocolName(number)
  return name === null ? null : matchOf(name)
}

const VERDICTS: ReadonlySet<string> = new Set(['ACCEPT', 'DROP', 'QUEUE', 'RETURN'])

export function isVerdict(name: string): boolean {
  return VERDICTS.has(name)
}

/** -j NAME: a verdict, an extension, or null (perhaps a chain). */
export function findTarget(name: string): Extension<Target> | 'verdict' | null {
  if (name === '' || VERDICTS.has(name)) return 'verdict'
  if (OTHER_TARGETS.has(name)) otherProblem(`target \`${name}' is not modelled by netsim`)
  return Object.hasOwn(targets, name) ? (targets[name] ?? null) : null
}

/** A chain may not have this name. */
export function isTargetName(name: string): boolean {
  return name === 'standard' || OTHER_TARGETS.has(name) || findTarget(name) !== null
}

/** By the name that data carries; undefined only while a file is missing from the tables. */
export function matchExtension(name: string): Extension<Match> | undefined {
  return matches[name]
}

export function targetExtension(name: string): Extension<Target> | undefined {
  return targets[name]
}
