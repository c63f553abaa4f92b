// What provokes the drops that no single frame provokes (drop_frames.ts has those): a script, frames, or both, on the same
// machines. Linux is asked by drop_reasons_record.ts, netsim by drop_reasons.test.ts.
import { createHash } from 'node:crypto'
import { ip4 } from '../../src/lib/ip4.ts'
import { icmp } from '../../src/wire/icmp.ts'
import { tcp } from '../../src/wire/tcp.ts'
import { udp } from '../../src/wire/udp.ts'
import { arpFrame, echo, frame, hex, syn } from './drop_frames.ts'

/** For every script: a program in a machine. */
export const WORDS = `a() { ip netns exec a "$@"; }; r() { ip netns exec r "$@"; }; b() { ip netns exec b "$@"; }`

/** a (10.0.1.2, device zqa) – r (a router: zq0 10.0.1.1, zq1 10.0.2.1) – b (10.0.2.2, zqb); their neighbours are known. */
export const MACHINES = `ip netns add a; ip netns add r; ip netns add b
ip link add zqa netns a address 02:00:00:00:00:01 type veth peer name zq0 netns r address 02:00:00:00:00:02
ip link add zqb netns b address 02:00:00:00:00:03 type veth peer name zq1 netns r address 02:00:00:00:00:04
for n in a r b; do ip -n $n link set lo up; done
ip -n a addr add 10.0.1.2/24 dev zqa; ip -n a link set zqa up; ip -n a route add default via 10.0.1.1
ip -n r addr add 10.0.1.1/24 dev zq0; ip -n r link set zq0 up
ip -n r addr add 10.0.2.1/24 dev zq1; ip -n r link set zq1 up; r sysctl -qw net.ipv4.ip_forward=1
ip -n b addr add 10.0.2.2/24 dev zqb; ip -n b link set zqb up; ip -n b route add default via 10.0.2.1
ip -n a neigh add 10.0.1.1 lladdr 02:00:00:00:00:02 dev zqa; ip -n r neigh add 10.0.1.2 lladdr 02:00:00:00:00:01 dev zq0
ip -n r neigh add 10.0.2.2 lladdr 02:00:00:00:00:03 dev zq1; ip -n b neigh add 10.0.2.1 lladdr 02:00:00:00:00:04 dev zqb
sleep 0.2`

export interface ReasonCase {
  readonly name: string
  /** Run first; nobody listens yet. */
  readonly before?: string
  /** Drops count from here on. */
  readonly script?: string
  /** They reach r on zq0, 2 ms apart, when the script is over: the frame and how often it comes. */
  readonly frames?: readonly (readonly [Uint8Array, number])[]
  /** Last. */
  readonly after?: string
  /** Pairs that Linux reports of copies whose original was delivered. */
  readonly linuxAlso?: readonly string[]
}

const quiet = (command: string): string => `${command} >/dev/null 2>&1`
/** A program in a machine that goes on; $! is its own process. */
const stays = (machine: string, command: string): string => `ip netns exec ${machine} ${command} >/dev/null 2>&1 &`
const PING = quiet('a ping -c 1 -W 1 10.0.2.2')
const once = (...all: readonly Uint8Array[]): (readonly [Uint8Array, number])[] => all.map((f) => [f, 1])

/** A piece of a datagram of 8 + 1,000 bytes for a UDP port of r. */
const piece = (offset: number, data: number, mf: boolean): Uint8Array =>
  frame({ l4: null, protocol: 17, offset, data, mf })

const DEVICES: readonly ReasonCase[] = [
  {
    name: "a packet is longer than the MTU of the veth's other end",
    before: 'ip -n b link set zqb mtu 1000',
    script: quiet('a ping -c 1 -W 1 -s 1400 10.0.2.2'),
  },
  { name: 'lo is down', before: 'ip -n r link set lo down', script: quiet('r ping -c 1 -W 1 10.0.1.1') },
  {
    name: 'nothing was redirected to an ifb',
    before: `ip -n r link add zqi type ifb; ip -n r addr add 10.0.3.1/24 dev zqi; ip -n r link set zqi up`,
    script: quiet('a ping -c 1 -W 1 10.0.3.2'),
  },
]

const FRAGMENTS: readonly ReasonCase[] = [
  { name: 'the same fragment twice', frames: once(piece(0, 400, true), piece(0, 400, true)) },
  {
    name: 'a fragment overlaps two others',
    frames: once(piece(0, 400, true), piece(400, 400, true), piece(200, 400, true)),
  },
  { name: 'a fragment without data', frames: once(piece(0, 0, true)) },
  { name: 'a last fragment that ends elsewhere', frames: once(piece(800, 208, false), piece(400, 200, false)) },
  { name: 'a fragment beyond the end', frames: once(piece(800, 208, false), piece(1200, 200, true)) },
  {
    name: 'the rest of the fragments never comes',
    before: 'r sysctl -qw net.ipv4.ipfrag_time=1',
    frames: once(piece(0, 400, true), piece(400, 400, true)),
    after: 'sleep 1.5',
  },
  {
    name: 'no memory is allowed for fragments',
    before: 'r sysctl -qw net.ipv4.ipfrag_low_thresh=0; r sysctl -qw net.ipv4.ipfrag_high_thresh=1',
    frames: once(piece(0, 400, true), frame({ l4: null, protocol: 6, data: 400, mf: true })),
  },
]

/** A datagram of r's, as an ICMP error quotes it. */
const quoted = frame({ src: '10.0.1.1', dst: '10.0.9.9' }).slice(14)

const OUTPUT: readonly ReasonCase[] = [
  {
    name: 'a route by mark leads to a device with a smaller MTU',
    before: `ip link add zqd netns a mtu 1000 type veth peer name zqe netns b
ip -n a addr add 10.0.4.1/24 dev zqd; ip -n a link set zqd up; ip -n b link set zqe up; sleep 0.2
ip -n a route add default dev zqd table 7; ip -n a rule add fwmark 1 table 7
a iptables -t mangle -A OUTPUT -p icmp -j MARK --set-mark 1`,
    script: quiet('a ping -c 1 -W 1 -M do -s 1400 10.0.2.2'),
  },
  {
    name: 'a multicast whose TTL became 0',
    before: 'a iptables -t mangle -A OUTPUT -j TTL --ttl-set 0',
    script: `${quiet('a ping -c 1 -W 1 224.0.0.5')}; ${quiet('a ping -L -c 1 -W 1 224.0.0.1')}`,
  },
  {
    name: 'a redirect for a router',
    frames: once(frame({ l4: icmp(5, 1, ip4('10.0.1.9'), false), data: quoted })),
  },
  {
    name: 'an ICMP error of an unknown code, and one that quotes too little',
    frames: once(
      frame({ l4: icmp(3, 99, 0, false), data: quoted }),
      frame({ l4: icmp(3, 1, 0, false), data: quoted.slice(0, 24) }),
    ),
  },
  {
    name: 'the route of a connection is gone',
    before: `${stays('b', 'nc -d -l 5001')}\nsleep 0.2`,
    script: `{ sleep 0.4; echo x; sleep 0.3; } | a nc 10.0.2.2 5001 & sleep 0.2; ip -n a route del default; sleep 0.6; kill $!`,
  },
  {
    name: 'a proxy’s device goes down while a question waits',
    before: `r sysctl -qw net.ipv4.conf.zq0.proxy_arp=1 net.ipv4.neigh.zq0.proxy_delay=1000`,
    script: `${stays('a', 'arping -c 1 -w 1 -I zqa 10.0.2.77')}\nsleep 0.01; ip -n r link set zq0 down; wait`,
  },
]

const RECEIVERS: readonly ReasonCase[] = [
  {
    name: 'nobody reads from a UDP socket',
    before: `${stays('r', 'nc -d -u -l -k 10.0.1.1 5000')}\nsleep 0.2; kill -STOP $!`,
    frames: [[frame({ l4: udp(40000, 5000, 1408, false), data: 1400 }), 200]],
  },
  {
    name: 'nobody reads from a ping socket',
    before: `r sysctl -qw net.ipv4.ping_group_range='0 1000'\n${stays('r', 'ping -e 77 -i 100 10.0.1.2')}\nsleep 0.2; kill -STOP $!`,
    frames: [[frame({ l4: icmp(0, 0, 77 * 65536 + 1, false), data: 1400 }), 200]],
  },
  {
    name: 'nobody reads from a raw socket',
    linuxAlso: ['ping_rcv NO_SOCKET'],
    before: `r sysctl -qw net.ipv4.ping_group_range='1 0'\n${stays('r', 'ping -e 77 -i 100 10.0.1.2')}\nsleep 0.2; kill -STOP $!`,
    frames: [[frame({ l4: icmp(0, 0, 77 * 65536 + 1, false), data: 1400 }), 200]],
  },
  {
    name: 'nobody reads from a packet socket',
    before: `${stays('r', 'arping -w 100 -i 100 -I zq0 10.0.1.99')}\nsleep 0.2; kill -STOP $!`,
    frames: [[arpFrame(2, '10.0.1.99', '10.0.1.1'), 600]],
  },
]

const listener = (port: number): string => `${stays('r', `nc -d -l 10.0.1.1 ${port}`)}\nsleep 0.2`
const from = (port: number): Uint8Array => frame({ l4: tcp(port, 5001, 1000, 0, 2, 64000, 0, null, false), data: 0 })

const LISTENERS: readonly ReasonCase[] = [
  {
    name: 'the accept queue is full',
    before: `${listener(5001)}; kill -STOP $!
for i in 1 2; do ${stays('a', 'nc -d 10.0.1.1 5001')} sleep 0.1; done`,
    frames: once(from(40009)),
  },
  {
    name: 'more handshakes are under way than the backlog',
    before: `${listener(5001)}; kill -STOP $!; r sysctl -qw net.ipv4.tcp_syncookies=0 2>/dev/null\na iptables -A INPUT -p tcp -j DROP`,
    frames: once(from(40001), from(40002), from(40003)),
  },
  {
    name: 'a SYN whose sender no route leads to',
    before: `${listener(5001)}; r sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.zq0.rp_filter=0`,
    frames: once(frame({ src: '172.31.0.9', l4: syn(5001), data: 0 })),
  },
  {
    name: 'a SYN for a broadcast address',
    before: `${stays('r', 'nc -d -l 5001')}\nsleep 0.2`,
    frames: once(frame({ dst: '10.0.1.255', l4: syn(5001), data: 0 })),
  },
]

const drop = (where: string, more = ''): string => `r iptables ${where} ${more} -j DROP`

/** A SYN whose data offset promises more than there is. */
const TRUNCATED = new Uint8Array([156, 64, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0xf0, 2, 255, 255, 0, 0, 0, 0])

const NETFILTER: readonly ReasonCase[] = [
  { name: 'DROP in raw PREROUTING', before: drop('-t raw -A PREROUTING'), script: PING },
  { name: 'DROP in mangle PREROUTING', before: drop('-t mangle -A PREROUTING'), script: PING },
  { name: 'DROP in FORWARD', before: drop('-A FORWARD'), script: PING },
  { name: 'DROP in mangle POSTROUTING', before: drop('-t mangle -A POSTROUTING'), script: PING },
  { name: 'DROP in security FORWARD', before: drop('-t security -A FORWARD'), script: PING },
  { name: 'DROP in INPUT', before: drop('-A INPUT'), script: quiet('a ping -c 1 -W 1 10.0.1.1') },
  { name: 'DROP in OUTPUT', before: drop('-A OUTPUT'), script: quiet('r ping -c 1 -W 1 10.0.2.2') },
  { name: 'a policy of FORWARD', before: 'r iptables -P FORWARD DROP', script: PING },
  {
    name: 'DROP in a chain of its own',
    before: `r iptables -N c; r iptables -A FORWARD -j c; ${drop('-A c')}`,
    script: PING,
  },
  { name: 'REJECT in FORWARD', before: 'r iptables -A FORWARD -j REJECT', script: PING },
  {
    name: 'REJECT with a RST',
    before: 'r iptables -A INPUT -p tcp -j REJECT --reject-with tcp-reset',
    script: quiet('a nc -w 1 10.0.1.1 5001'),
  },
  {
    name: 'DROP of what is INVALID',
    before: drop('-A INPUT', '-m conntrack --ctstate INVALID'),
    frames: once(frame({ l4: echo(0), data: 8 })),
  },
  {
    name: 'DROP of what the reverse path filter does not pass',
    before: drop('-t raw -A PREROUTING', '-m rpfilter --invert'),
    frames: once(frame({ src: '10.0.2.9' })),
  },
  {
    name: 'MASQUERADE on a device without an address',
    before:
      'ip -n r addr del 10.0.2.1/24 dev zq1; ip -n r route add 10.0.2.0/24 dev zq1; ip -n r addr del 10.0.1.1/24 dev zq0; ip -n r route add 10.0.1.0/24 dev zq0; r iptables -t nat -A POSTROUTING -o zq1 -j MASQUERADE',
    script: PING,
  },
  {
    name: 'TCPMSS meets a segment whose options are cut short',
    before: 'r iptables -t mangle -A FORWARD -p tcp -m tcp --syn -j TCPMSS --set-mss 1000',
    frames: once(frame({ dst: '10.0.2.2', l4: null, protocol: 6, data: TRUNCATED })),
  },
  {
    name: 'a hot drop: a segment that multiport cannot read',
    before: 'r iptables -A FORWARD -p tcp -m multiport --dports 80,81 -j ACCEPT',
    frames: once(frame({ dst: '10.0.2.2', l4: null, protocol: 6, data: 2 })),
  },
  {
    name: 'an ICMP redirect about a translated connection',
    before: 'r iptables -t nat -A PREROUTING -d 10.0.9.9 -j DNAT --to-destination 10.0.1.2',
    script: quiet('a ping -c 1 -W 1 10.0.9.9'),
  },
  {
    name: 'a fragment that connection tracking waits for in vain',
    before: 'r iptables -A FORWARD -m conntrack --ctstate NEW; r sysctl -qw net.ipv4.ipfrag_time=1',
    frames: once(frame({ dst: '10.0.2.2', l4: null, protocol: 17, offset: 0, data: 400, mf: true })),
    after: 'sleep 1.5',
  },
  {
    name: 'the same fragment twice for connection tracking',
    before: 'r iptables -A FORWARD -m conntrack --ctstate NEW',
    frames: [[frame({ dst: '10.0.2.2', l4: null, protocol: 17, offset: 0, data: 400, mf: true }), 2]],
  },
]

export const REASON_CASES: readonly ReasonCase[] = [
  ...DEVICES,
  ...FRAGMENTS,
  ...OUTPUT,
  ...RECEIVERS,
  ...LISTENERS,
  ...NETFILTER,
]

/** One dropped packet or several in a row for the same reason, as the tracepoint names it. */
export interface ReasonDrop {
  readonly fn: string
  readonly reason: string
}

export interface ReasonRecording {
  readonly kernel: string
  readonly script: string
  readonly answers: Readonly<Record<string, readonly ReasonDrop[]>>
}

/** Several drops in a row for one reason count as one: how many there are depends on sizes of buffers. */
export function collapse(drops: readonly ReasonDrop[]): ReasonDrop[] {
  return drops.filter((d, i) => d.fn !== drops[i - 1]?.fn || d.reason !== drops[i - 1]?.reason)
}

/** Of everything that is asked. */
export function reasonsDigest(): string {
  const asked = REASON_CASES.map((c) => ({ ...c, frames: c.frames?.map(([f, n]) => [hex(f), n]) }))
  return createHash('sha256')
    .update(JSON.stringify([WORDS, MACHINES, asked]))
    .digest('hex')
    .slice(0, 16)
}
