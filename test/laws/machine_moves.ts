// What can happen to a machine, at random: commands, typed requests, packets, time. Shared by the laws about machines.
import { fc } from '@fast-check/vitest'
import { type Host, NetsimError } from 'netsim'

/** Three namespaces in a row, n1 forwards; 10.0.0.0/24 and 10.0.1.0/24. */
export const LAB = `for i in 0 1 2; do ip netns add n$i; ip -n n$i link set lo up; done
ip link add right netns n0 type veth peer name left netns n1
ip link add right netns n1 type veth peer name left netns n2
ip -n n0 addr add 10.0.0.1/24 dev right; ip -n n1 addr add 10.0.0.2/24 dev left
ip -n n1 addr add 10.0.1.1/24 dev right; ip -n n2 addr add 10.0.1.2/24 dev left
for i in 0 1; do ip -n n$i link set right up; done; for i in 1 2; do ip -n n$i link set left up; done
ip netns exec n1 sysctl -qw net.ipv4.ip_forward=1
ip -n n0 route add default via 10.0.0.2; ip -n n2 route add default via 10.0.1.1
ip netns exec n2 nc -u -l -k 53 >/dev/null &
ip netns exec n2 socat TCP4-LISTEN:80,fork,reuseaddr exec:cat &
sleep 0.1`

const netns = fc.constantFrom('n0', 'n1', 'n2')
const dev = fc.constantFrom('left', 'right', 'lo')
const address = fc.constantFrom(
  '10.0.0.1',
  '10.0.0.2',
  '10.0.1.1',
  '10.0.1.2',
  '10.0.0.77',
  '10.0.1.255',
  '192.0.2.1',
  '127.0.0.1',
  '224.0.0.1',
  '255.255.255.255',
)
const prefix = fc.constantFrom('default', '10.0.1.0/24', '10.0.0.0/24', '192.0.2.0/24', '10.0.1.2/32')
const onOff = fc.constantFrom('0', '1')
const filter = fc.constantFrom('0', '1', '2')

/** Commands that make sense somewhere; many fail here, which is part of it. */
export const command: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(
      netns,
      dev,
      fc.constantFrom('up', 'down', 'mtu 600', 'mtu 1500', 'address 02:00:00:00:00:05', 'arp off', 'arp on'),
    )
    .map(([n, d, x]) => `ip -n ${n} link set ${d} ${x}`),
  fc
    .tuple(netns, fc.constantFrom('add', 'del', 'replace'), prefix, address)
    .map(([n, v, p, a]) => `ip -n ${n} route ${v} ${p} via ${a}`),
  fc
    .tuple(
      netns,
      fc.constantFrom('add', 'del'),
      fc.constantFrom('blackhole', 'unreachable', 'prohibit', 'throw'),
      prefix,
    )
    .map(([n, v, t, p]) => `ip -n ${n} route ${v} ${t} ${p}`),
  fc
    .tuple(netns, fc.constantFrom('add', 'del'), address, dev)
    .map(([n, v, a, d]) => `ip -n ${n} addr ${v} ${a}/24 dev ${d}`),
  fc
    .tuple(
      netns,
      fc.constantFrom('add', 'del'),
      fc.integer({ min: 1, max: 3 }),
      prefix.filter((p) => p !== 'default'),
      fc.constantFrom('lookup 7', 'prohibit', 'blackhole', 'lookup main'),
    )
    .map(([n, v, k, p, x]) => `ip -n ${n} rule ${v} pref ${k} to ${p} ${x}`),
  fc
    .tuple(netns, fc.constantFrom('add', 'del', 'replace'), address, dev)
    .map(([n, v, a, d]) => `ip -n ${n} neigh ${v} ${a} lladdr 02:00:00:00:00:09 dev ${d}`),
  fc.tuple(netns, fc.constantFrom('flush', 'show'), dev).map(([n, v, d]) => `ip -n ${n} neigh ${v} dev ${d}`),
  fc
    .tuple(netns, fc.constantFrom('ip_forward', 'icmp_echo_ignore_all'), onOff)
    .map(([n, k, v]) => `ip netns exec ${n} sysctl -w net.ipv4.${k}=${v}`),
  fc
    .tuple(netns, dev, fc.constantFrom('rp_filter', 'proxy_arp', 'accept_local', 'arp_ignore'), filter)
    .map(([n, d, k, v]) => `ip netns exec ${n} sysctl -w net.ipv4.conf.${d}.${k}=${v}`),
  fc
    .tuple(
      netns,
      fc.integer({ min: 1, max: 2 }),
      address,
      fc.constantFrom('', '-s 2000', '-M do -s 1000', '-t 1', '-b'),
    )
    .map(([n, c, a, o]) => `ip netns exec ${n} ping -c ${c} -W 1 ${o} ${a}`),
  fc
    .tuple(netns, address, fc.constantFrom('80', '81'))
    .map(([n, a, p]) => `echo hello | ip netns exec ${n} nc -N -w 1 ${a} ${p}`),
  fc
    .tuple(netns, address, fc.constantFrom('53', '54'))
    .map(([n, a, p]) => `echo hello | ip netns exec ${n} nc -u -w 1 ${a} ${p}`),
)

export type Move =
  | { readonly kind: 'command'; readonly line: string }
  | { readonly kind: 'run'; readonly seconds: number }
  | {
      readonly kind: 'send'
      readonly netns: string
      readonly protocol: 'udp' | 'tcp' | 'icmp'
      readonly dst: string
      readonly ttl: number
      readonly size: number
    }
  | { readonly kind: 'inject'; readonly netns: string; readonly dev: string; readonly bytes: Uint8Array }

/** Frames that get past the first checks: a right Ethernet header in front of anything. */
const frame = fc
  .tuple(fc.constantFrom('0800', '0806', '86dd', '1234'), fc.uint8Array({ maxLength: 80 }), fc.boolean())
  .map(([type, rest, sound]) => {
    const body = sound && type === '0800' ? soundIp(rest) : rest
    return new Uint8Array([
      0xff,
      0xff,
      0xff,
      0xff,
      0xff,
      0xff,
      2,
      0,
      0,
      0,
      0,
      1,
      Number.parseInt(type.slice(0, 2), 16),
      Number.parseInt(type.slice(2), 16),
      ...body,
    ])
  })

/** An IPv4 header that is right, with random protocol, addresses near the lab's and payload. */
function soundIp(rest: Uint8Array): Uint8Array {
  const total = 20 + rest.length
  const pick = rest[0] ?? 0
  const h = [
    0x45,
    0,
    total >> 8,
    total & 255,
    0,
    pick,
    (rest[1] ?? 0) & 0x60,
    (rest[2] ?? 0) & 3,
    (rest[3] ?? 0) & 7,
    [1, 6, 17, 99][pick & 3]!,
    0,
    0,
    10,
    0,
    pick & 1,
    rest[4] ?? 1,
    10,
    0,
    (rest[5] ?? 0) & 1,
    1 + ((rest[6] ?? 0) & 1),
  ]
  let sum = 0
  for (let i = 0; i < 20; i += 2) sum += (h[i]! << 8) | h[i + 1]!
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16)
  h[10] = (~sum >> 8) & 255
  h[11] = ~sum & 255
  return new Uint8Array([...h, ...rest])
}

export const anyFrame: fc.Arbitrary<Uint8Array> = fc.oneof(fc.uint8Array({ maxLength: 120 }), frame)

export const move: fc.Arbitrary<Move> = fc.oneof(
  { arbitrary: command.map((line) => ({ kind: 'command' as const, line })), weight: 6 },
  {
    arbitrary: fc.integer({ min: 0, max: 3000 }).map((ms) => ({ kind: 'run' as const, seconds: ms / 1000 })),
    weight: 1,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      netns,
      protocol: fc.constantFrom('udp' as const, 'tcp' as const, 'icmp' as const),
      dst: address,
      ttl: fc.integer({ min: 1, max: 4 }),
      size: fc.constantFrom(0, 8, 1400, 3000),
    }),
    weight: 3,
  },
  { arbitrary: fc.record({ kind: fc.constant('inject' as const), netns, dev, bytes: anyFrame }), weight: 2 },
)

/** Make a move; what it showed, as text. Documented errors are part of that, anything else is thrown on. */
export function make(host: Host, m: Move): string {
  try {
    switch (m.kind) {
      case 'command':
        return JSON.stringify(host.sh(m.line))
      case 'run':
        host.run(m.seconds)
        return `${host.now}`
      case 'send': {
        const common = { dst: m.dst, ttl: m.ttl }
        const data = new Uint8Array(m.size)
        const from = host.netns(m.netns)
        if (m.protocol === 'udp') return from.send({ udp: { ...common, dport: 53, data } }).text({ form: 'verbose' })
        if (m.protocol === 'tcp') return from.send({ tcp: { ...common, dport: 80 } }).text({ form: 'verbose' })
        return from.send({ icmp: { ...common, data } }).text({ form: 'verbose' })
      }
      case 'inject':
        return host.netns(m.netns).inject(m.dev, m.bytes).text({ form: 'verbose' })
    }
  } catch (e) {
    if (!(e instanceof NetsimError)) throw e
    return `${e.name}: ${e.message}`
  }
}
