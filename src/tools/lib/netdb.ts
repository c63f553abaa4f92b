// What getservbyname(3), getservbyport(3) and inet_aton(3) know: service names and the short forms of addresses.
// The names are those of Debian's /etc/services that network exercises meet; others print as numbers, as absent entries do.
import type { Ip4 } from '../../lib/ip4.ts'

const BOTH = 'tcp udp'
const TABLE: readonly (readonly [string, number, string])[] = Object.freeze([
  ['tcpmux', 1, 'tcp'], ['echo', 7, BOTH], ['discard', 9, BOTH], ['systat', 11, 'tcp'], ['daytime', 13, BOTH],
  ['netstat', 15, 'tcp'], ['qotd', 17, 'tcp'], ['chargen', 19, BOTH], ['ftp-data', 20, 'tcp'], ['ftp', 21, 'tcp'],
  ['ssh', 22, 'tcp'], ['telnet', 23, 'tcp'], ['smtp', 25, 'tcp'], ['time', 37, BOTH], ['whois', 43, 'tcp'],
  ['tacacs', 49, BOTH], ['domain', 53, BOTH], ['bootps', 67, 'udp'], ['bootpc', 68, 'udp'], ['tftp', 69, 'udp'],
  ['gopher', 70, 'tcp'], ['finger', 79, 'tcp'], ['http', 80, 'tcp'], ['kerberos', 88, BOTH], ['iso-tsap', 102, 'tcp'],
  ['acr-nema', 104, 'tcp'], ['pop3', 110, 'tcp'], ['sunrpc', 111, BOTH], ['auth', 113, 'tcp'], ['nntp', 119, 'tcp'],
  ['ntp', 123, 'udp'], ['epmap', 135, 'tcp'], ['netbios-ns', 137, 'udp'], ['netbios-dgm', 138, 'udp'],
  ['netbios-ssn', 139, 'tcp'], ['imap2', 143, 'tcp'], ['snmp', 161, BOTH], ['snmp-trap', 162, BOTH],
  ['cmip-man', 163, BOTH], ['cmip-agent', 164, BOTH], ['mailq', 174, 'tcp'], ['xdmcp', 177, 'udp'], ['bgp', 179, 'tcp'],
  ['smux', 199, 'tcp'], ['qmtp', 209, 'tcp'], ['z3950', 210, 'tcp'], ['ipx', 213, 'udp'], ['ptp-event', 319, 'udp'],
  ['ptp-general', 320, 'udp'], ['pawserv', 345, 'tcp'], ['zserv', 346, 'tcp'], ['rpc2portmap', 369, BOTH],
  ['codaauth2', 370, BOTH], ['clearcase', 371, 'udp'], ['ldap', 389, BOTH], ['svrloc', 427, BOTH],
  ['https', 443, BOTH], ['snpp', 444, 'tcp'], ['microsoft-ds', 445, BOTH], ['kpasswd', 464, BOTH],
  ['submissions', 465, 'tcp'], ['saft', 487, 'tcp'], ['isakmp', 500, 'udp'], ['rtsp', 554, BOTH], ['nqs', 607, 'tcp'],
  ['exec', 512, 'tcp'], ['biff', 512, 'udp'], ['login', 513, 'tcp'], ['who', 513, 'udp'], ['shell', 514, 'tcp'],
  ['syslog', 514, 'udp'], ['printer', 515, 'tcp'], ['talk', 517, 'udp'], ['ntalk', 518, 'udp'], ['route', 520, 'udp'],
  ['gdomap', 538, BOTH], ['uucp', 540, 'tcp'], ['klogin', 543, 'tcp'], ['kshell', 544, 'tcp'],
  ['dhcpv6-client', 546, 'udp'], ['dhcpv6-server', 547, 'udp'], ['afpovertcp', 548, 'tcp'], ['nntps', 563, 'tcp'],
  ['submission', 587, 'tcp'], ['ldaps', 636, BOTH], ['tinc', 655, BOTH], ['silc', 706, 'tcp'],
  ['kerberos-adm', 749, 'tcp'], ['domain-s', 853, BOTH], ['rsync', 873, 'tcp'], ['ftps-data', 989, 'tcp'],
  ['ftps', 990, 'tcp'], ['telnets', 992, 'tcp'], ['imaps', 993, 'tcp'], ['pop3s', 995, 'tcp'], ['socks', 1080, 'tcp'],
  ['proofd', 1093, 'tcp'], ['rootd', 1094, 'tcp'], ['openvpn', 1194, BOTH], ['rmiregistry', 1099, 'tcp'],
  ['lotusnote', 1352, 'tcp'], ['ms-sql-s', 1433, 'tcp'], ['ms-sql-m', 1434, 'udp'], ['ingreslock', 1524, 'tcp'],
  ['datametrics', 1645, BOTH], ['sa-msg-port', 1646, BOTH], ['kermit', 1649, 'tcp'], ['groupwise', 1677, 'tcp'],
  ['l2f', 1701, 'udp'], ['radius', 1812, BOTH], ['radius-acct', 1813, BOTH], ['cisco-sccp', 2000, 'tcp'],
  ['nfs', 2049, BOTH], ['gnunet', 2086, BOTH], ['rtcm-sc104', 2101, BOTH], ['gsigatekeeper', 2119, 'tcp'],
  ['gris', 2135, 'tcp'], ['cvspserver', 2401, 'tcp'], ['venus', 2430, BOTH], ['mon', 2583, BOTH], ['dict', 2628, 'tcp'],
  ['gsiftp', 2811, 'tcp'], ['gpsd', 2947, 'tcp'], ['gds-db', 3050, 'tcp'], ['icpv2', 3130, 'udp'],
  ['isns', 3205, BOTH], ['iscsi-target', 3260, 'tcp'], ['mysql', 3306, 'tcp'], ['ms-wbt-server', 3389, 'tcp'],
  ['nut', 3493, BOTH], ['distcc', 3632, 'tcp'], ['daap', 3689, 'tcp'], ['svn', 3690, BOTH], ['suucp', 4031, 'tcp'],
  ['sysrqd', 4094, 'tcp'], ['sieve', 4190, 'tcp'], ['epmd', 4369, 'tcp'], ['remctl', 4373, 'tcp'],
  ['f5-iquery', 4353, 'tcp'], ['ntske', 4460, 'tcp'], ['ipsec-nat-t', 4500, 'udp'], ['iax', 4569, 'udp'],
  ['mtn', 4691, 'tcp'], ['radmin-port', 4899, 'tcp'], ['sip', 5060, BOTH], ['sip-tls', 5061, BOTH],
  ['xmpp-client', 5222, 'tcp'], ['xmpp-server', 5269, 'tcp'], ['cfengine', 5308, 'tcp'], ['mdns', 5353, 'udp'],
  ['postgresql', 5432, 'tcp'], ['freeciv', 5556, 'tcp'], ['amqps', 5671, 'tcp'], ['amqp', 5672, 'tcp'],
  ['x11', 6000, 'tcp'], ['x11-1', 6001, 'tcp'], ['gnutella-svc', 6346, BOTH], ['sge-qmaster', 6444, 'tcp'],
  ['mysql-proxy', 6446, 'tcp'], ['babel', 6696, 'udp'], ['ircs-u', 6697, 'tcp'], ['bbs', 7000, 'tcp'],
  ['afs3-fileserver', 7000, 'udp'], ['font-service', 7100, 'tcp'], ['http-alt', 8080, BOTH], ['puppet', 8140, 'tcp'],
  ['bacula-dir', 9101, 'tcp'], ['bacula-fd', 9102, 'tcp'], ['bacula-sd', 9103, 'tcp'], ['xmms2', 9667, 'tcp'],
  ['zabbix-agent', 10050, 'tcp'], ['zabbix-trapper', 10051, 'tcp'], ['amanda', 10080, 'tcp'], ['nbd', 10809, 'tcp'],
  ['dicom', 11112, 'tcp'], ['hkp', 11371, 'tcp'], ['db-lsp', 17500, 'tcp'], ['dcap', 22125, 'tcp'],
  ['gsidcap', 22128, 'tcp'], ['wnn6', 22273, 'tcp'], ['binkp', 24554, 'tcp'], ['asp', 27374, BOTH],
  ['csync2', 30865, 'tcp'], ['dircproxy', 57000, 'tcp'], ['fido', 60179, 'tcp'],
] as const)

export type ServiceProtocol = 'tcp' | 'udp'

export function serviceName(port: number, proto: ServiceProtocol): string | null {
  return TABLE.find(([, p, protos]) => p === port && protos.includes(proto))?.[0] ?? null
}

const ALIASES: Readonly<Record<string, string>> = Object.freeze({
  www: 'http', mail: 'smtp', nameserver: 'domain', imap: 'imap2', 'pop-3': 'pop3', portmapper: 'sunrpc',
  ident: 'auth', 'iso-tsap': 'iso-tsap', null: 'discard', postgres: 'postgresql', 'webcache': 'http-alt',
})

export function servicePort(name: string, proto: ServiceProtocol): number | null {
  const known = ALIASES[name] ?? name
  return TABLE.find(([n, , protos]) => n === known && protos.includes(proto))?.[1] ?? null
}

/** inet_aton(3): one to four parts, each decimal, octal or hex; the last fills what is left. Null when it is none. */
export function inetAton(text: string): Ip4 | null {
  const parts = text.split('.')
  if (parts.length > 4 || parts.some((p) => !/^(0x[0-9a-f]+|0[0-7]*|[1-9]\d*)$/i.test(p))) return null
  const values = parts.map((p) => (/^0[0-7]+$/.test(p) ? Number.parseInt(p, 8) : Number(p)))
  const last = values.pop()!
  if (values.some((v) => v > 255) || last >= 2 ** (8 * (4 - values.length))) return null
  return (values.reduce((sum, v, i) => sum + v * 2 ** (24 - 8 * i), 0) + last) | 0
}
