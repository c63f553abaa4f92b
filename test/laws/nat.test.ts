// Laws of NAT (RFC 3022, RFC 5508 for errors): replies invert, errors quote what was sent, no two connections have the same replies, and rules see first packets only.
// A router between two wires; frames are put on either of them and looked at where they leave by the other.
import { fc, test } from '@fast-check/vitest'
import { Host, type Trace } from 'netsim'
import { describe, expect } from 'vitest'
import { formatIp4, ip4 } from '../../src/lib/ip4.ts'
import type { CtTuple } from '../../src/uapi/conntrack.ts'
import { counterSlots } from '../../src/uapi/netfilter.ts'
import { encodeNet } from '../../src/wire/codec.ts'
import { ETH_P_IP, ethernet } from '../../src/wire/ethernet.ts'
import { ICMP_ECHO, ICMP_ECHOREPLY, icmp, withEchoId } from '../../src/wire/icmp.ts'
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP, type Ipv4, ipv4, withAddresses, withTtl } from '../../src/wire/ipv4.ts'
import { NO_DATA, type Packet, type Transport } from '../../src/wire/packet.ts'
import { TCP_ACK, TCP_SYN, tcp, withTcpFlags, withTcpPorts } from '../../src/wire/tcp.ts'
import { udp, withUdpPorts } from '../../src/wire/udp.ts'

const NEIGHBOURS = [2, 3, 4, 5, 99]
const LAB = `for n in c r s; do ip netns add $n; ip -n $n link set lo up; done
ip link add c1 netns c address 02:00:00:00:00:0c type veth peer name r1 netns r address 02:00:00:00:00:01
ip link add s1 netns s address 02:00:00:00:00:05 type veth peer name r2 netns r address 02:00:00:00:00:02
ip -n c link set c1 up; ip -n s link set s1 up; ip -n r link set r1 up; ip -n r link set r2 up
ip -n r addr add 10.1.0.1/24 dev r1; ip -n r addr add 10.2.0.1/24 dev r2
ip -n r route add 10.9.0.0/16 via 10.2.0.2
${NEIGHBOURS.map((i) => `ip -n r neigh add 10.1.0.${i} lladdr 02:00:00:00:00:0c dev r1; ip -n r neigh add 10.2.0.${i} lladdr 02:00:00:00:00:05 dev r2`).join('\n')}
ip netns exec r sysctl -qw net.ipv4.ip_forward=1`

const lab = new Host('node1')
lab.sh(LAB)
const start = lab.snapshot()

const RULES = [
  'PREROUTING -i r1 -d 10.9.0.3 -j DNAT --to-destination 10.2.0.2',
  'PREROUTING -i r1 -d 10.9.0.0/24 -p udp -j DNAT --to-destination 10.2.0.2-10.2.0.4:53',
  'PREROUTING -i r1 -d 10.9.0.0/24 -p tcp -j DNAT --to-destination 10.2.0.3:5000-5009/80',
  'PREROUTING -i r1 -d 10.9.0.0/24 -j NETMAP --to 10.2.0.0/24',
  'POSTROUTING -o r2 -p tcp -j SNAT --to-source 10.2.0.10-10.2.0.12',
  'POSTROUTING -o r2 -p udp -j MASQUERADE --to-ports 1000-1002',
  'POSTROUTING -o r2 -s 10.1.0.3 -j MASQUERADE --random',
  'POSTROUTING -o r2 -j MASQUERADE',
  'POSTROUTING -o r2 -s 10.1.0.0/24 -j NETMAP --to 172.16.0.0/16',
] as const

interface Flow {
  readonly protocol: 'udp' | 'tcp' | 'icmp'
  readonly src: string
  readonly dst: string
  readonly sport: number
  readonly dport: number
}

const flow: fc.Arbitrary<Flow> = fc.record({
  protocol: fc.constantFrom('udp' as const, 'tcp' as const, 'icmp' as const),
  src: fc.constantFrom('10.1.0.2', '10.1.0.3'),
  dst: fc.constantFrom('10.2.0.2', '10.2.0.3', '10.9.0.2', '10.9.0.3', '10.9.0.4'),
  sport: fc.constantFrom(1000, 1001, 5000, 400, 800),
  dport: fc.constantFrom(53, 80, 81),
})

const DATA = Uint8Array.of(1, 2, 3, 4, 5)
const PROTOCOLS = { udp: IPPROTO_UDP, tcp: IPPROTO_TCP, icmp: IPPROTO_ICMP } as const

function request(f: Flow): { readonly net: Ipv4; readonly l4: Transport; readonly data: Uint8Array } {
  const data = f.protocol === 'tcp' ? NO_DATA : DATA
  const l4 =
    f.protocol === 'udp'
      ? udp(f.sport, f.dport, 8 + data.length, false)
      : f.protocol === 'tcp'
        ? tcp(f.sport, f.dport, 1000, 0, TCP_SYN, 64240, 0, null, false)
        : icmp(ICMP_ECHO, 0, (f.sport << 16) | 1, false)
  const length = 20 + (f.protocol === 'tcp' ? 20 : 8) + data.length
  const net = ipv4(ip4(f.src), ip4(f.dst), PROTOCOLS[f.protocol], 64, 0, 7, true, false, 0, length, null, false)
  return { net, l4, data }
}

/** What the other end answers. */
function answer(p: Packet): Packet {
  const net = p.net as Ipv4
  return { ...p, eth: FROM_SERVER, net: withTtl(withAddresses(net, net.dst, net.src), 64), l4: answerTransport(p.l4!) }
}

function answerTransport(h: Transport): Transport {
  switch (h.kind) {
    case 'udp':
      return withUdpPorts(h, h.dport, h.sport)
    case 'tcp':
      return { ...withTcpFlags(withTcpPorts(h, h.dport, h.sport), TCP_SYN | TCP_ACK), seq: 9, ack: h.seq + 1 }
    case 'icmp':
      return { ...withEchoId(h, h.rest >>> 16), type: ICMP_ECHOREPLY }
  }
}

const FROM_CLIENT = ethernet(0x020000000001, 0x02000000000c, ETH_P_IP)
const FROM_SERVER = ethernet(0x020000000002, 0x020000000005, ETH_P_IP)

/** The packet as it left the router by a device. */
function leftBy(host: Host, t: Trace, dev: string): Packet | undefined {
  const { ifindex } = host.netns('r').link(dev).link
  const e = t.events.find((x) => x.kind === 'xmit' && x.netns === host.netns('r').id && x.ifindex === ifindex)
  return e?.kind === 'xmit' ? e.pkt : undefined
}

/** Addresses and ports, or the query id, as text. */
function ends(p: Pick<Packet, 'net' | 'l4'>): string {
  const net = p.net as Ipv4
  const h = p.l4!
  const [s, d] = h.kind === 'icmp' ? [h.rest >>> 16, h.rest >>> 16] : [h.sport, h.dport]
  return `${formatIp4(net.src)}.${s} > ${formatIp4(net.dst)}.${d}`
}

function reversed(text: string): string {
  return text.split(' > ').reverse().join(' > ')
}

function machine(rules: readonly string[]): Host {
  const host = new Host('node1')
  host.restore(start)
  for (const r of rules) expect(host.sh(`ip netns exec r iptables -t nat -A ${r}`).output).toBe('')
  return host
}

const someRules = fc.shuffledSubarray([...RULES], { minLength: 1 })
const flows = fc.array(flow, { minLength: 1, maxLength: 12 })

function tupleText(t: CtTuple): string {
  return `${t.protocol} ${t.src}.${t.sport} > ${t.dst}.${t.dport}`
}

/** Packets that the built-in chain has counted, its rules and its policy together. */
function counted(host: Host, chain: string): number {
  const { table, counters } = host.netns('r').request('ipt.get', { table: 'nat' })
  const at = table.chains.findIndex((c) => c.name === chain)
  const first = table.chains.slice(0, at).reduce((n, c) => n + counterSlots(c), 0)
  const own = counters.subarray(first, first + counterSlots(table.chains[at]!))
  return own.reduce((sum, n, i) => (i % 2 === 0 ? sum + n : sum), 0)
}

describe('a router with random nat rules', () => {
  test.prop([someRules, flows], { numRuns: 60 })('answers reach who asked, from where it asked', (rules, all) => {
    const host = machine(rules)
    const r = host.netns('r')
    for (const f of all) {
      const asked = request(f)
      const out = leftBy(host, r.inject('r1', { eth: FROM_CLIENT, ...asked }), 'r2')
      if (out === undefined) continue
      const back = leftBy(host, r.inject('r2', answer(out)), 'r1')
      expect(back, `${ends(asked)} left as ${ends(out)}`).toBeDefined()
      expect(ends(back!)).toBe(reversed(ends(asked)))
    }
  })

  test.prop([someRules, flows], { numRuns: 40 })(
    'no two connections have the same replies, and each chain has seen each connection once',
    (rules, all) => {
      const host = machine(rules)
      const r = host.netns('r')
      const known = new Set<string>()
      let first = 0
      for (const f of all) {
        const asked = request(f)
        if (!known.has(ends(asked) + f.protocol)) first++
        const out = leftBy(host, r.inject('r1', { eth: FROM_CLIENT, ...asked }), 'r2')
        if (out === undefined) continue
        known.add(ends(asked) + f.protocol)
        if (f.dport === 80) r.inject('r2', answer(out))
        r.inject('r1', { eth: FROM_CLIENT, ...asked })
      }
      const list = r.request('ct.list', { filter: {} })
      expect(new Set(list.map((c) => tupleText(c.reply))).size).toBe(list.length)
      expect(list.length).toBe(known.size)
      expect(counted(host, 'PREROUTING')).toBe(first)
      expect(counted(host, 'POSTROUTING')).toBe(first)
    },
  )

  test.prop([someRules, flow, fc.boolean()], { numRuns: 60 })(
    'an error from behind it quotes the datagram that was sent, checksums and all',
    (rules, f, whole) => {
      const host = machine(rules)
      const r = host.netns('r')
      const asked = request(f)
      const out = leftBy(host, r.inject('r1', { eth: FROM_CLIENT, ...asked }), 'r2')
      if (out === undefined) return
      const quoted = encodeNet(out).subarray(0, whole ? undefined : 28)
      const net = out.net as Ipv4
      const error: Packet = {
        eth: FROM_SERVER,
        net: ipv4(ip4('10.2.0.99'), net.src, IPPROTO_ICMP, 64, 0, 1, false, false, 0, 28 + quoted.length, null, false),
        l4: icmp(3, 1, 0, false),
        data: quoted,
      }
      const back = leftBy(host, r.inject('r2', error), 'r1')
      expect(back, `${ends(asked)} left as ${ends(out)}`).toBeDefined()
      expect((back!.net as Ipv4).dst).toBe(ip4(f.src))
      const sent = encodeNet({ ...asked, net: withTtl(asked.net, 63) }).subarray(0, quoted.length)
      expect([...back!.data]).toEqual([...sent])
    },
  )
})
