// Port and protocol names that tcpdump prints and filters understand: the part of Debian's /etc/services and /etc/protocols
// that one meets. Read by names.ts.

/** Name, port, tcp, udp. */
const SERVICES: readonly (readonly [string, number, boolean, boolean])[] = Object.freeze([
  ['echo', 7, true, true],
  ['discard', 9, true, true],
  ['daytime', 13, true, true],
  ['chargen', 19, true, true],
  ['ftp-data', 20, true, false],
  ['ftp', 21, true, false],
  ['ssh', 22, true, false],
  ['telnet', 23, true, false],
  ['smtp', 25, true, false],
  ['time', 37, true, true],
  ['domain', 53, true, true],
  ['bootps', 67, false, true],
  ['bootpc', 68, false, true],
  ['tftp', 69, false, true],
  ['http', 80, true, false],
  ['kerberos', 88, true, true],
  ['pop3', 110, true, false],
  ['sunrpc', 111, true, true],
  ['ntp', 123, false, true],
  ['imap2', 143, true, false],
  ['snmp', 161, true, true],
  ['snmp-trap', 162, true, true],
  ['bgp', 179, true, false],
  ['https', 443, true, true],
  ['microsoft-ds', 445, true, false],
  ['submission', 587, true, false],
  ['ldaps', 636, true, true],
  ['domain-s', 853, true, true],
  ['imaps', 993, true, false],
  ['pop3s', 995, true, false],
  ['openvpn', 1194, true, true],
  ['nfs', 2049, true, true],
  ['mysql', 3306, true, false],
  ['sip', 5060, true, true],
  ['xmpp-client', 5222, true, false],
  ['mdns', 5353, false, true],
  ['postgresql', 5432, true, false],
  ['http-alt', 8080, true, false],
] as const)

/** /etc/protocols, for what `ip-proto-N` is called. */
export const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'ip'],
  [1, 'icmp'],
  [2, 'igmp'],
  [4, 'ipencap'],
  [6, 'tcp'],
  [8, 'egp'],
  [17, 'udp'],
  [41, 'ipv6'],
  [47, 'gre'],
  [50, 'esp'],
  [51, 'ah'],
  [89, 'ospf'],
  [112, 'vrrp'],
  [132, 'sctp'],
])

export interface Service {
  readonly name: string
  readonly port: number
  readonly tcp: boolean
  readonly udp: boolean
}

const ALL: readonly Service[] = SERVICES.map(([name, port, tcp, udp]) => ({ name, port, tcp, udp }))
const BY_NAME: ReadonlyMap<string, Service> = new Map(ALL.map((s) => [s.name, s]))
const BY_PORT: ReadonlyMap<number, Service> = new Map(ALL.map((s) => [s.port, s]))

export function serviceByName(name: string): Service | null {
  return BY_NAME.get(name) ?? null
}

export function serviceName(port: number, protocol: 'tcp' | 'udp'): string | null {
  const s = BY_PORT.get(port)
  return s?.[protocol] ? s.name : null
}
