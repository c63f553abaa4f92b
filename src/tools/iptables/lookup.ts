// Matches and targets by name (xtables_find_match, xtables_find_target), and those that Debian's iptables has and netsim does not.
import type { Match } from '../../uapi/xt.ts'
import type { Target } from '../../uapi/xt_target.ts'
import { otherProblem, problem } from './exit.ts'
import type { Extension } from './extension.ts'
import { MATCHES } from './match/table.ts'
import { strtoui } from './number.ts'
import { protocolName } from './protocols.ts'
import { TARGETS } from './target/table.ts'

/** What a word is, in one look-up: a file may have tens of thousands. */
const OTHER = 'not modelled'
type MatchWord = Extension<Match> | typeof OTHER
type TargetWord = Extension<Target> | 'verdict' | typeof OTHER

const VERDICTS: readonly string[] = Object.freeze(['ACCEPT', 'DROP', 'QUEUE', 'RETURN'])

const MATCH_WORDS: ReadonlyMap<string, MatchWord> = new Map<string, MatchWord>([
  ...others(`ah bpf cgroup cluster connbytes connlabel cpu dccp devgroup ecn esp helper ipcomp ipvs nfacct osf rateest realm
socket time`),
  ...Object.entries<Extension<Match>>(MATCHES),
])

const TARGET_WORDS: ReadonlyMap<string, TargetWord> = new Map<string, TargetWord>([
  ['', 'verdict'],
  ...VERDICTS.map((name) => [name, 'verdict'] as const),
  ...others(`AUDIT CLUSTERIP CONNSECMARK ECN HMARK IDLETIMER LED NFQUEUE RATEEST SECMARK SYNPROXY TCPOPTSTRIP TEE TPROXY
ULOG`),
  ...Object.entries<Extension<Target>>(TARGETS),
])

function others(names: string): readonly (readonly [string, typeof OTHER])[] {
  return names.split(/\s+/).map((name) => [name, OTHER])
}

function matchOf(name: string): Extension<Match> | null {
  if (name.length >= 29) problem(`Invalid match name "${name}" (28 chars max)`)
  const found = MATCH_WORDS.get(name)
  if (found === OTHER) otherProblem(`match \`${name}' is not modelled by netsim`)
  return found ?? null
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

export function isVerdict(name: string): boolean {
  return VERDICTS.includes(name)
}

/** -j NAME: a verdict, an extension, or null (perhaps a chain). */
export function findTarget(name: string): Extension<Target> | 'verdict' | null {
  const found = TARGET_WORDS.get(name)
  if (found === OTHER) otherProblem(`target \`${name}' is not modelled by netsim`)
  return found ?? null
}

/** A chain may not have this name. */
export function isTargetName(name: string): boolean {
  return name === 'standard' || TARGET_WORDS.has(name)
}

/** By the name that data carries; undefined only while a file is missing from the tables. */
export function matchExtension(name: string): Extension<Match> | undefined {
  const found = MATCH_WORDS.get(name)
  return found === OTHER ? undefined : found
}

export function targetExtension(name: string): Extension<Target> | undefined {
  const found = TARGET_WORDS.get(name)
  return typeof found === 'string' ? undefined : found
}
