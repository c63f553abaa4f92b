// Frames that something is wrong with (and a few sound ones), for the table of drop reasons: the same bytes go to a real
// kernel (drops_record.ts) and to netsim (test/unit/host_inject.test.ts).
import { ip4 } from '../../src/lib/ip4.ts'
import { parseMac } from '../../src/lib/mac.ts'
import { arp } from '../../src/wire/arp.ts'
import { checksum } from '../../src/wire/checksum.ts'
import { encodePacket } from '../../src/wire/codec.ts'
import { ethernet } from '../../src/wire/ethernet.ts'
import { icmp } from '../../src/wire/icmp.ts'
import { ipv4 } from '../../src/wire/ipv4.ts'
import type { Packet, Transport } from '../../src/wire/packet.ts'
import { tcp } from '../../src/wire/tcp.ts'
import { udp } from '../../src/wire/udp.ts'

/**
 * The machine under test: a router r between the device dr0 (10.0.1.1/24, where the frames arrive) and rb (10.0.2.1/24).
 * The neighbours' MACs are nobody's, so that the far ends drop whatever r sends without a word.
 */
export const TOPOLOGY = `ip netns add a; ip netns add r; ip netns add b
ip link add pa netns a address 02:00:00:00:00:01 type veth peer name dr0 netns r address 02:00:00:00:00:02
ip link add pb netns b address 02:00:00:00:00:03 type veth peer name rb netns r address 02:00:00:00:00:04
ip -n a link set pa up; ip -n b link set pb up
ip -n r link set lo up
ip -n r addr add 10.0.1.1/24 broadcast + dev dr0; ip -n r link set dr0 up
ip -n r addr add 10.0.2.1/24 broadcast + dev rb; ip -n r link set rb up
ip -n r neigh add 10.0.1.2 lladdr 02:00:00:00:00:98 dev dr0
ip -n r neigh add 10.0.2.2 lladdr 02:00:00:00:00:99 dev rb
ip -n r route add 10.9.1.0/24 via 10.0.1.7 dev dr0
ip -n r route add blackhole 10.8.1.0/24
ip -n r route add unreachable 10.8.2.0/24
ip -n r route add prohibit 10.8.3.0/24
ip netns exec r nc -d -u -l -k 10.0.1.1 5000 >/dev/null &
ip netns exec r nc -d -l -k 10.0.1.1 5001 >/dev/null &
sleep 1`

export interface FrameCase {
  readonly name: string
  /** A command before the frame, in the namespace r; it stays in force for the frames that follow. */
  readonly before?: string
  readonly frame: Uint8Array
}

const R = parseMac('02:00:00:00:00:02')!
const A = parseMac('02:00:00:00:00:01')!
const OTHER = parseMac('02:00:00:00:00:77')!
const GROUP = parseMac('01:00:5e:01:01:01')!
const BROADCAST = parseMac('ff:ff:ff:ff:ff:ff')!

export interface Shape {
  readonly src?: string
  readonly dst?: string
  readonly to?: number
  readonly ttl?: number
  readonly protocol?: number
  readonly df?: boolean
  readonly mf?: boolean
  readonly offset?: number
  readonly l4?: Transport | null
  /** How many bytes, or which. */
  readonly data?: number | Uint8Array
}

const PROTOCOLS = { icmp: 1, tcp: 6, udp: 17 } as const
const HEADERS = { icmp: 8, tcp: 20, udp: 8 } as const

function packet(s: Shape): Packet {
  const bytes = typeof s.data === 'object' ? s.data : new Uint8Array(s.data ?? 8).fill(65)
  const size = bytes.length
  const l4 = s.l4 === undefined ? udp(40000, 5000, 8 + size, false) : s.l4
  const protocol = s.protocol ?? (l4 === null ? 17 : PROTOCOLS[l4.kind])
  const total = 20 + (l4 === null ? 0 : HEADERS[l4.kind]) + size
  const [src, dst] = [ip4(s.src ?? '10.0.1.2'), ip4(s.dst ?? '10.0.1.1')]
  const ip = ipv4(
    src,
    dst,
    protocol,
    s.ttl ?? 64,
    0,
    77,
    s.df ?? false,
    s.mf ?? false,
    s.offset ?? 0,
    total,
    null,
    false,
  )
  return { eth: ethernet(s.to ?? R, A, 0x0800), net: ip, l4, data: bytes }
}

export const frame = (s: Shape = {}): Uint8Array => encodePacket(packet(s))

/** The frame with some bytes changed; offsets count from the IP header. */
function edit(b: Uint8Array, changes: Readonly<Record<number, number>>, fixSum = true): Uint8Array {
  const copy = b.slice()
  for (const [at, value] of Object.entries(changes)) copy[14 + Number(at)] = value
  if (!fixSum) return copy
  copy[24] = 0
  copy[25] = 0
  const sum = checksum(copy, 14, 14 + (copy[14]! & 15) * 4)
  copy[24] = sum >> 8
  copy[25] = sum & 255
  return copy
}

export const syn = (dport: number, flags = 2): Transport => tcp(40000, dport, 1000, 0, flags, 64000, 0, null, false)
export const echo = (type = 8, code = 0): Transport => icmp(type, code, 0x10001, false)
const DATAGRAM = frame()
const SEGMENT = frame({ l4: syn(5001), data: 0 })
const ECHO = frame({ l4: echo(), data: 56 })

export function arpFrame(op: number, sip: string, tip: string, to = BROADCAST): Uint8Array {
  const net = arp(op, A, ip4(sip), 0, ip4(tip))
  return encodePacket({ eth: ethernet(to, A, 0x0806), net, l4: null, data: new Uint8Array(0) })
}
const WHO_HAS = arpFrame(1, '10.0.1.2', '10.0.1.1')

function ofType(type: number): Uint8Array {
  const b = DATAGRAM.slice()
  b[12] = type >> 8
  b[13] = type & 255
  return b
}

const LINK: readonly FrameCase[] = [
  { name: 'a sound datagram for an open port', frame: DATAGRAM },
  { name: 'a sound echo request', frame: ECHO },
  { name: 'unknown EtherType', frame: ofType(0x88b5) },
  { name: 'another unknown EtherType', frame: ofType(0x9999) },
  { name: "another host's MAC", frame: frame({ to: OTHER }) },
  { name: 'a unicast datagram in a broadcast frame, local', frame: frame({ to: BROADCAST }) },
]

const HEADER: readonly FrameCase[] = [
  { name: 'no byte of IP', frame: DATAGRAM.slice(0, 14) },
  { name: 'IP header cut after 12 bytes', frame: DATAGRAM.slice(0, 26) },
  { name: 'IP header cut after 19 bytes', frame: DATAGRAM.slice(0, 33) },
  { name: 'IP version 6', frame: edit(DATAGRAM, { 0: 0x65 }) },
  { name: 'IP version 0', frame: edit(DATAGRAM, { 0: 0x05 }) },
  { name: 'IP header length 16', frame: edit(DATAGRAM, { 0: 0x44 }) },
  { name: 'IP header length 0', frame: edit(DATAGRAM, { 0: 0x40 }, false) },
  { name: 'IP header length beyond the frame', frame: edit(frame({ data: 0, l4: null }), { 0: 0x4f }, false) },
  { name: 'IP checksum wrong', frame: edit(DATAGRAM, { 10: 0xde, 11: 0xad }, false) },
  { name: 'IP total length beyond the frame', frame: edit(DATAGRAM, { 2: 1 }) },
  { name: 'IP total length beyond the frame and checksum wrong', frame: edit(DATAGRAM, { 2: 1 }, false) },
  { name: 'IP total length shorter than the header', frame: edit(DATAGRAM, { 3: 19 }) },
  { name: 'IP total length 0', frame: edit(DATAGRAM, { 3: 0 }) },
  {
    name: 'a datagram with Ethernet padding behind it',
    frame: new Uint8Array([...frame({ data: 0 }), ...new Array(18).fill(0)]),
  },
  { name: 'an IP protocol that nobody speaks', frame: frame({ l4: null, protocol: 99 }) },
]

const TRANSPORT: readonly FrameCase[] = [
  { name: 'UDP header cut short', frame: frame({ l4: null, data: 6 }) },
  { name: 'UDP length longer than the datagram', frame: frame({ l4: udp(40000, 5000, 100, false) }) },
  { name: 'UDP length 4', frame: frame({ l4: udp(40000, 5000, 4, false) }) },
  { name: 'UDP length shorter than the datagram', frame: frame({ l4: udp(40000, 5000, 12, false) }) },
  { name: 'UDP checksum wrong', frame: frame({ l4: udp(40000, 5000, 16, true) }) },
  { name: 'UDP checksum wrong, port closed', frame: frame({ l4: udp(40000, 5999, 16, true) }) },
  { name: 'UDP checksum 0: none', frame: edit(DATAGRAM, { 26: 0, 27: 0 }, false) },
  { name: 'UDP port closed', frame: frame({ l4: udp(40000, 5999, 16, false) }) },
  {
    name: 'UDP to a closed port by broadcast',
    frame: frame({ l4: udp(40000, 5999, 16, false), dst: '10.0.1.255', to: BROADCAST }),
  },
  { name: 'TCP header cut short', frame: frame({ l4: null, protocol: 6, data: 12 }) },
  { name: 'TCP data offset below 20', frame: edit(SEGMENT, { 32: 0x40 }, false) },
  { name: 'TCP data offset beyond the segment', frame: edit(SEGMENT, { 32: 0xf0 }, false) },
  { name: 'TCP checksum wrong', frame: frame({ l4: tcp(40000, 5001, 1, 0, 2, 64000, 0, null, true), data: 0 }) },
  {
    name: 'TCP checksum wrong, port closed',
    frame: frame({ l4: tcp(40000, 5998, 1, 0, 2, 64000, 0, null, true), data: 0 }),
  },
  { name: 'TCP SYN to a closed port', frame: frame({ l4: syn(5998), data: 0 }) },
  { name: 'TCP RST to a closed port', frame: frame({ l4: syn(5998, 4), data: 0 }) },
  { name: 'TCP RST to a listener', frame: frame({ l4: syn(5001, 4), data: 0 }) },
  { name: 'TCP ACK to a listener', frame: frame({ l4: syn(5001, 16), data: 0 }) },
  { name: 'TCP no flags to a listener', frame: frame({ l4: syn(5001, 0), data: 0 }) },
  { name: 'TCP SYN+FIN to a listener', frame: frame({ l4: syn(5001, 3), data: 0 }) },
  { name: 'TCP by broadcast MAC', frame: frame({ l4: syn(5001), data: 0, to: BROADCAST }) },
  { name: 'ICMP header cut short', frame: frame({ l4: null, protocol: 1, data: 6 }) },
  { name: 'ICMP checksum wrong', frame: frame({ l4: icmp(8, 0, 1, true) }) },
  { name: 'ICMP type 40', frame: frame({ l4: echo(40) }) },
  { name: 'ICMP type 7', frame: frame({ l4: echo(7) }) },
  { name: 'ICMP echo reply that nobody waits for', frame: frame({ l4: echo(0) }) },
  { name: 'ICMP echo reply with code 3', frame: frame({ l4: echo(0, 3) }) },
  { name: 'ICMP echo request by broadcast', frame: frame({ l4: echo(), dst: '10.0.1.255', to: BROADCAST }) },
  { name: 'ICMP timestamp request without timestamps', frame: frame({ l4: echo(13), data: 4 }) },
  { name: 'ICMP address mask request', frame: frame({ l4: echo(17) }) },
  { name: 'ICMP error whose quoted datagram is cut short', frame: frame({ l4: icmp(3, 1, 0, false), data: 8 }) },
  { name: 'ICMP error that quotes garbage', frame: frame({ l4: icmp(3, 1, 0, false), data: 28 }) },
  { name: 'ICMP error with code 99', frame: frame({ l4: icmp(3, 99, 0, false), data: 28 }) },
  { name: 'ICMP redirect cut short', frame: frame({ l4: icmp(5, 1, ip4('10.0.1.9'), false), data: 4 }) },
  { name: 'ICMP redirect that quotes garbage', frame: frame({ l4: icmp(5, 1, ip4('10.0.1.9'), false), data: 28 }) },
]

const ARP: readonly FrameCase[] = [
  { name: 'ARP who-has for us', frame: WHO_HAS },
  { name: 'ARP cut short', frame: WHO_HAS.slice(0, 34) },
  { name: 'ARP without a byte', frame: WHO_HAS.slice(0, 14) },
  { name: 'ARP for a hardware type that nobody has', frame: edit(WHO_HAS, { 1: 77 }, false) },
  { name: 'ARP for IPX', frame: edit(WHO_HAS, { 2: 0x81, 3: 0x37 }, false) },
  { name: 'ARP with 8-byte hardware addresses', frame: edit(WHO_HAS, { 4: 8 }, false) },
  { name: 'ARP with 6-byte protocol addresses', frame: edit(WHO_HAS, { 5: 6 }, false) },
  { name: 'ARP operation 9', frame: arpFrame(9, '10.0.1.2', '10.0.1.1') },
  { name: 'ARP for a multicast group', frame: arpFrame(1, '10.0.1.2', '224.0.0.5') },
  { name: 'ARP for a loopback address', frame: arpFrame(1, '10.0.1.2', '127.0.0.1') },
  { name: 'ARP for somebody else', frame: arpFrame(1, '10.0.1.2', '10.0.1.200') },
  { name: 'ARP reply that nobody asked for', frame: arpFrame(2, '10.0.1.66', '10.0.1.1', R) },
  { name: "ARP in a frame for another host's MAC", frame: arpFrame(1, '10.0.1.2', '10.0.1.1', OTHER) },
]

const MARTIANS: readonly FrameCase[] = [
  { name: 'source is our own address', frame: frame({ src: '10.0.1.1' }) },
  { name: "source is another device's address of ours", frame: frame({ src: '10.0.2.1' }) },
  { name: 'source is multicast', frame: frame({ src: '224.0.0.1' }) },
  { name: 'source is the limited broadcast', frame: frame({ src: '255.255.255.255' }) },
  { name: 'source is the subnet broadcast', frame: frame({ src: '10.0.1.255' }) },
  { name: 'source is loopback', frame: frame({ src: '127.0.0.1' }) },
  { name: 'source is 0.0.0.0', frame: frame({ src: '0.0.0.0' }) },
  { name: 'source is in 0/8', frame: frame({ src: '0.1.2.3' }) },
  { name: 'source is class E', frame: frame({ src: '240.0.0.1' }) },
  { name: 'destination is loopback', frame: frame({ dst: '127.0.0.1' }) },
  { name: 'destination is 0.0.0.0', frame: frame({ dst: '0.0.0.0' }) },
  { name: 'both are 0.0.0.0', frame: frame({ src: '0.0.0.0', dst: '0.0.0.0', to: BROADCAST }) },
  {
    name: 'limited broadcast to a closed port',
    frame: frame({ dst: '255.255.255.255', to: BROADCAST, l4: udp(1, 5999, 16, false) }),
  },
  { name: 'destination is a group that nobody has joined', frame: frame({ dst: '239.1.1.1', to: GROUP }) },
  {
    name: 'destination is the all-hosts group, port closed',
    frame: frame({ dst: '224.0.0.1', to: GROUP, l4: udp(1, 5999, 16, false) }),
  },
]

const ROUTING: readonly FrameCase[] = [
  { name: 'to forward, forwarding off', frame: frame({ dst: '10.0.2.2' }) },
  { name: 'no route, forwarding off', frame: frame({ dst: '172.31.0.1' }) },
  { name: 'to forward, forwarding on', before: 'sysctl -qw net.ipv4.ip_forward=1', frame: frame({ dst: '10.0.2.2' }) },
  { name: 'no route, forwarding on', frame: frame({ dst: '172.31.0.1' }) },
  { name: 'a blackhole route', frame: frame({ dst: '10.8.1.1' }) },
  { name: 'an unreachable route', frame: frame({ dst: '10.8.2.1' }) },
  { name: 'a prohibit route', frame: frame({ dst: '10.8.3.1' }) },
  { name: 'ttl 1, to forward', frame: frame({ dst: '10.0.2.2', ttl: 1 }) },
  { name: 'ttl 0, to forward', frame: frame({ dst: '10.0.2.2', ttl: 0 }) },
  { name: 'ttl 0, for us', frame: frame({ ttl: 0 }) },
  { name: 'to forward, in a broadcast frame', frame: frame({ dst: '10.0.2.2', to: BROADCAST }) },
  { name: 'to forward, to the subnet broadcast behind', frame: frame({ dst: '10.0.2.255' }) },
  { name: 'to forward, source from the other side', frame: frame({ src: '10.0.2.9', dst: '10.0.2.2' }) },
  { name: 'to forward, class E', frame: frame({ dst: '240.0.0.1' }) },
  {
    name: 'DF and too big for the way out',
    before: 'ip link set rb mtu 600',
    frame: frame({ dst: '10.0.2.2', df: true, data: 800, l4: null }),
  },
  {
    name: 'rp_filter 1, the way back leads elsewhere',
    before: 'sysctl -qw net.ipv4.conf.dr0.rp_filter=1',
    frame: frame({ src: '10.0.2.9', dst: '10.0.1.1' }),
  },
  { name: 'rp_filter 1, no way back', frame: frame({ src: '172.31.0.9' }) },
  {
    name: 'rp_filter 2, the way back leads elsewhere',
    before: 'sysctl -qw net.ipv4.conf.dr0.rp_filter=2',
    frame: frame({ src: '10.0.2.9', dst: '10.0.1.1' }),
  },
  { name: 'rp_filter 2, no way back', frame: frame({ src: '172.31.0.9' }) },
  { name: 'rp_filter 2, the way back is a blackhole', frame: frame({ src: '10.8.1.9' }) },
  {
    name: 'accept_local 1, source is our own address',
    before: 'sysctl -qw net.ipv4.conf.dr0.rp_filter=0 net.ipv4.conf.dr0.accept_local=1',
    frame: frame({ src: '10.0.1.1' }),
  },
  {
    name: 'route_localnet 1, destination is loopback',
    before: 'sysctl -qw net.ipv4.conf.dr0.accept_local=0 net.ipv4.conf.dr0.route_localnet=1',
    frame: frame({ dst: '127.0.0.1', l4: udp(1, 5999, 16, false) }),
  },
  {
    name: 'drop_unicast_in_l2_multicast 1',
    before: 'sysctl -qw net.ipv4.conf.dr0.route_localnet=0 net.ipv4.conf.dr0.drop_unicast_in_l2_multicast=1',
    frame: frame({ dst: '10.0.2.2', to: BROADCAST }),
  },
  { name: 'icmp_echo_ignore_all 1', before: 'sysctl -qw net.ipv4.icmp_echo_ignore_all=1', frame: ECHO },
  {
    name: 'the broadcast echo is allowed',
    before: 'sysctl -qw net.ipv4.icmp_echo_ignore_all=0 net.ipv4.icmp_echo_ignore_broadcasts=0',
    frame: frame({ l4: echo(), dst: '10.0.1.255', to: BROADCAST }),
  },
  {
    name: 'the other device has lost its carrier',
    before: 'ip -n b link set pb down',
    frame: frame({ dst: '10.0.2.2' }),
  },
  { name: 'the other device is down', before: 'ip link set rb down', frame: frame({ dst: '10.0.2.2' }) },
]

export const FRAMES: readonly FrameCase[] = [...LINK, ...HEADER, ...TRANSPORT, ...ARP, ...MARTIANS, ...ROUTING]

export function hex(b: Uint8Array): string {
  return [...b].map((x) => x.toString(16).padStart(2, '0')).join('')
}
