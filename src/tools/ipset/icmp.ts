// Names of ICMP types and codes as ipset has them (lib/icmp.c), in its order: the first that fits is meant.
const NAMES: readonly (readonly [name: string, type: number, code: number])[] = Object.freeze([
  ['echo-reply', 0, 0],
  ['pong', 0, 0],
  ['network-unreachable', 3, 0],
  ['host-unreachable', 3, 1],
  ['protocol-unreachable', 3, 2],
  ['port-unreachable', 3, 3],
  ['fragmentation-needed', 3, 4],
  ['source-route-failed', 3, 5],
  ['network-unknown', 3, 6],
  ['host-unknown', 3, 7],
  ['network-prohibited', 3, 9],
  ['host-prohibited', 3, 10],
  ['TOS-network-unreachable', 3, 11],
  ['TOS-host-unreachable', 3, 12],
  ['communication-prohibited', 3, 13],
  ['host-precedence-violation', 3, 14],
  ['precedence-cutoff', 3, 15],
  ['source-quench', 4, 0],
  ['network-redirect', 5, 0],
  ['host-redirect', 5, 1],
  ['TOS-network-redirect', 5, 2],
  ['TOS-host-redirect', 5, 3],
  ['echo-request', 8, 0],
  ['ping', 8, 0],
  ['router-advertisement', 9, 0],
  ['router-solicitation', 10, 0],
  ['ttl-zero-during-transit', 11, 0],
  ['ttl-zero-during-reassembly', 11, 1],
  ['ip-header-bad', 12, 0],
  ['required-option-missing', 12, 1],
  ['timestamp-request', 13, 0],
  ['timestamp-reply', 14, 0],
  ['address-mask-request', 17, 0],
  ['address-mask-reply', 18, 0],
])

export const ICMP_NAMES: readonly string[] = Object.freeze(NAMES.map(([name]) => name))

export const ICMPV6_NAMES: readonly string[] = Object.freeze([
  'no-route',
  'communication-prohibited',
  'address-unreachable',
  'port-unreachable',
  'packet-too-big',
  'ttl-zero-during-transit',
  'ttl-zero-during-reassembly',
  'bad-header',
  'unknown-header-type',
  'unknown-option',
  'echo-request',
  'ping',
  'echo-reply',
  'pong',
  'router-solicitation',
  'router-advertisement',
  'neighbour-solicitation',
  'neigbour-solicitation',
  'neighbour-advertisement',
  'neigbour-advertisement',
  'redirect',
])

/** type << 8 | code of a name or the beginning of one; null for none. */
export function icmpByName(text: string): number | null {
  const found = NAMES.find(([name]) => name.toLowerCase().startsWith(text.toLowerCase()))
  return found === undefined ? null : (found[1] << 8) | found[2]
}

export function icmpText(value: number): string {
  const found = NAMES.find(([, type, code]) => ((type << 8) | code) === value)
  return found === undefined ? `${value >> 8}/${value & 255}` : found[0]
}
