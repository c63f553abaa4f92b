// Protocols by name and number as iptables knows them: its own list (xtables_chain_protos), then /etc/protocols.
// Read first: xtables_parse_protocol, proto_to_name. The file is Debian's, as in ip/names.ts.
import { Names } from '../ip/names.ts'
import { problem } from './exit.ts'
import { strtoui } from './number.ts'

const CHAIN_PROTOS: readonly (readonly [string, number])[] = Object.freeze([
  ['tcp', 6],
  ['sctp', 132],
  ['udp', 17],
  ['udplite', 136],
  ['icmp', 1],
  ['ipv6-icmp', 58],
  ['icmpv6', 58],
  ['esp', 50],
  ['ah', 51],
  ['mobility-header', 135],
  ['ipv6-mh', 135],
  ['mh', 135],
  ['all', 0],
])

const BY_NAME: ReadonlyMap<string, number> = new Map([...CHAIN_PROTOS])
/** The first name of a number counts. */
const BY_NUMBER: ReadonlyMap<number, string> = new Map([...CHAIN_PROTOS].reverse().map(([name, n]) => [n, name]))
const FILE = Object.freeze(new Names(null))

/** xtables_parse_protocol */
export function parseProtocol(text: string): number {
  const known = BY_NAME.get(text)
  if (known !== undefined) return known
  return strtoui(text, 0, 255) ?? FILE.ipprotoId(text) ?? problem(`unknown protocol "${text}" specified`)
}

/** proto_to_name; null when it has none. `lookup` false: only iptables' own names. */
export function protocolName(protocol: number, lookup = true): string | null {
  const known = BY_NUMBER.get(protocol)
  if (known !== undefined) return known
  if (protocol === 0 || !lookup) return null
  const name = FILE.ipprotoName(protocol)
  return name.startsWith('ipproto-') ? null : name
}
