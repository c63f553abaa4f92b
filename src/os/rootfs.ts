// The file tree that a machine boots with: Debian's directories, the files that network programs read, the devices,
// and the mount points of the virtual file systems. Leaves out everything that no program here opens.
import { toBytes } from './bytes.ts'
import { type DeviceKind, DeviceNode, DirNode, FileNode, LinkNode, type MountKind } from './node.ts'
import type { Vfs } from './vfs.ts'

const RT_TABLES = `#
# reserved values
#
255\tlocal
254\tmain
253\tdefault
0\tunspec
#
# local
#
#1\tinr.ruhep
`

const RT_PROTOS = `#
# Reserved protocols.
#
0\tunspec
1\tredirect
2\tkernel
3\tboot
4\tstatic
8\tgated
9\tra
10\tmrt
11\tzebra
12\tbird
13\tdnrouted
14\txorp
15\tntk
16\tdhcp
18\tkeepalived
42\tbabel
99\topenr
186\tbgp
187\tisis
188\tospf
189\trip
192\teigrp
`

const RT_SCOPES =
  '#\n# reserved values\n#\n0\tglobal\n255\tnowhere\n254\thost\n253\tlink\n#\n# pseudo-reserved\n#\n200\tsite\n'

const SERVICES: readonly (readonly [string, string])[] = Object.freeze([
  ['echo', '7/tcp'],
  ['echo', '7/udp'],
  ['discard', '9/tcp'],
  ['discard', '9/udp'],
  ['ftp-data', '20/tcp'],
  ['ftp', '21/tcp'],
  ['ssh', '22/tcp'],
  ['telnet', '23/tcp'],
  ['smtp', '25/tcp'],
  ['time', '37/tcp'],
  ['time', '37/udp'],
  ['domain', '53/tcp'],
  ['domain', '53/udp'],
  ['bootps', '67/udp'],
  ['bootpc', '68/udp'],
  ['tftp', '69/udp'],
  ['http', '80/tcp'],
  ['kerberos', '88/tcp'],
  ['kerberos', '88/udp'],
  ['pop3', '110/tcp'],
  ['sunrpc', '111/tcp'],
  ['sunrpc', '111/udp'],
  ['ntp', '123/udp'],
  ['imap2', '143/tcp'],
  ['snmp', '161/udp'],
  ['snmp-trap', '162/udp'],
  ['bgp', '179/tcp'],
  ['ldap', '389/tcp'],
  ['https', '443/tcp'],
  ['https', '443/udp'],
  ['syslog', '514/udp'],
  ['ldaps', '636/tcp'],
  ['imaps', '993/tcp'],
  ['pop3s', '995/tcp'],
  ['mysql', '3306/tcp'],
  ['postgresql', '5432/tcp'],
  ['http-alt', '8080/tcp'],
  ['http-alt', '8080/udp'],
])

const PROTOCOLS: readonly (readonly [string, number])[] = Object.freeze([
  ['ip', 0],
  ['icmp', 1],
  ['igmp', 2],
  ['ipencap', 4],
  ['tcp', 6],
  ['udp', 17],
  ['dccp', 33],
  ['ipv6', 41],
  ['gre', 47],
  ['esp', 50],
  ['ah', 51],
  ['ipv6-icmp', 58],
  ['ospf', 89],
  ['ipip', 94],
  ['vrrp', 112],
  ['sctp', 132],
  ['udplite', 136],
])

const DIRECTORIES = Object.freeze([
  '/dev/fd',
  '/dev/shm',
  '/etc/iproute2/rt_tables.d',
  '/etc/iproute2/rt_protos.d',
  '/etc/netns',
  '/etc/sysctl.d',
  '/home',
  '/opt',
  '/root',
  '/srv',
  '/sys/class',
  '/sys/devices/virtual',
  '/tmp',
  '/usr/bin',
  '/usr/lib',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/sbin',
  '/usr/share',
  '/var/lib',
  '/var/log',
  '/var/tmp',
])

const LINKS = Object.freeze({
  '/bin': 'usr/bin',
  '/sbin': 'usr/sbin',
  '/lib': 'usr/lib',
  '/var/run': '/run',
  '/dev/stdin': '/proc/self/fd/0',
  '/dev/stdout': '/proc/self/fd/1',
  '/dev/stderr': '/proc/self/fd/2',
})

const MOUNTS: Readonly<Record<string, MountKind>> = Object.freeze({
  '/proc': 'proc',
  '/sys/class/net': 'sys-class-net',
  '/sys/devices/virtual/net': 'sys-devices-net',
  '/run/netns': 'run-netns',
})

const DEVICES: Readonly<Record<string, DeviceKind>> = Object.freeze({
  full: 'full',
  null: 'null',
  random: 'random',
  tty: 'tty',
  urandom: 'random',
  zero: 'zero',
})

/** Commands that Debian keeps in /usr/sbin; the others are in /usr/bin. */
const SBIN = Object.freeze(
  new Set(
    (
      'ip bridge tc rtacct rtmon sysctl modprobe lsmod insmod rmmod arp ifconfig route nstat conntrack ipset ipvsadm ethtool ' +
      'iptables iptables-save iptables-restore iptables-legacy iptables-nft ip6tables ip6tables-save ip6tables-restore ' +
      'ebtables brctl dhclient xtables-monitor'
    ).split(' '),
  ),
)

function directoryAt(vfs: Vfs, path: string, mount: MountKind | null, now: number): DirNode {
  let dir = vfs.root
  const names = path.split('/').filter((n) => n !== '')
  for (const [i, name] of names.entries()) {
    let next = dir.entries.get(name)
    if (next?.type !== 'directory') {
      next = new DirNode(vfs.inode(), path === '/tmp' ? 0o1777 : 0o755, now, i === names.length - 1 ? mount : null)
      dir.entries.set(name, next)
    }
    dir = next
  }
  return dir
}

function put(vfs: Vfs, path: string, text: string, now: number): void {
  const at = path.lastIndexOf('/')
  const node = new FileNode(vfs.inode(), 0o644, now)
  node.replace(toBytes(text))
  directoryAt(vfs, path.slice(0, at), null, now).entries.set(path.slice(at + 1), node)
}

/** Where an executable of the machine's table lies. */
export function programPath(name: string): string {
  return `${SBIN.has(name) ? '/usr/sbin/' : '/usr/bin/'}${name}`
}

/** Fill an empty tree. */
export function bootFiles(vfs: Vfs, hostname: string, programs: Iterable<string>, now: number): void {
  for (const path of DIRECTORIES) directoryAt(vfs, path, null, now)
  for (const [path, mount] of Object.entries(MOUNTS)) directoryAt(vfs, path, mount, now)
  for (const [path, target] of Object.entries(LINKS)) {
    const at = path.lastIndexOf('/')
    const dir = directoryAt(vfs, path.slice(0, at), null, now)
    dir.entries.set(path.slice(at + 1), new LinkNode(vfs.inode(), target, now))
  }
  directoryAt(vfs, '/dev', null, now).entries.delete('fd')
  directoryAt(vfs, '/dev', null, now).entries.set('fd', new LinkNode(vfs.inode(), '/proc/self/fd', now))
  for (const [name, device] of Object.entries(DEVICES)) {
    directoryAt(vfs, '/dev', null, now).entries.set(name, new DeviceNode(vfs.inode(), device))
  }
  put(vfs, '/etc/hostname', `${hostname}\n`, now)
  put(vfs, '/etc/hosts', `127.0.0.1\tlocalhost\n127.0.1.1\t${hostname}\n`, now)
  put(vfs, '/etc/resolv.conf', '', now)
  put(vfs, '/etc/nsswitch.conf', 'hosts:          files dns\n', now)
  put(
    vfs,
    '/etc/passwd',
    'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
    now,
  )
  put(vfs, '/etc/group', 'root:x:0:\nnogroup:x:65534:\n', now)
  put(vfs, '/etc/networks', 'default\t\t0.0.0.0\nloopback\t127.0.0.0\nlink-local\t169.254.0.0\n', now)
  put(vfs, '/etc/services', SERVICES.map(([n, p]) => `${n}\t\t${p}\n`).join(''), now)
  put(vfs, '/etc/protocols', PROTOCOLS.map(([n, p]) => `${n}\t${p}\t${n.toUpperCase()}\n`).join(''), now)
  put(vfs, '/etc/iproute2/rt_tables', RT_TABLES, now)
  put(vfs, '/etc/iproute2/rt_protos', RT_PROTOS, now)
  put(vfs, '/etc/iproute2/rt_scopes', RT_SCOPES, now)
  put(vfs, '/etc/iproute2/rt_realms', '#\n# reserved values\n#\n0\tcosmos\n', now)
  put(vfs, '/etc/iproute2/rt_dsfield', '0x0\tdefault\n', now)
  put(vfs, '/etc/iproute2/group', '# device group names\n0\tdefault\n', now)
  for (const name of programs) {
    const path = programPath(name)
    const at = path.lastIndexOf('/')
    const node = new FileNode(vfs.inode(), 0o755, now)
    node.program = name
    directoryAt(vfs, path.slice(0, at), null, now).entries.set(name, node)
  }
}
