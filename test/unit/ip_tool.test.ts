// netsim's own promises about the ip tool: what it refuses by name, and the spelling that the trace shares with it.
// What Linux answers is recorded: test/kernel/tables/ip-*.txt, scenarios/ip-*.sh.
import { Host } from 'netsim'
import { describe, expect, test } from 'vitest'
import { formatLink } from '../../src/tools/ip/link_print.ts'
import { linkOperState } from '../../src/uapi/link.ts'

/** d0 10.0.0.1/24, up. */
function withDummy(): Host {
  const host = new Host('node1')
  host.exec('ip link add d0 type dummy; ip link set d0 up; ip addr add 10.0.0.1/24 dev d0')
  return host
}

describe('refused by name', () => {
  test.each([
    'ip -6 route',
    'ip -f mpls route',
    'ip tunnel',
    'ip tuntap',
    'ip maddress',
    'ip mroute',
    'ip xfrm state',
    'ip vrf',
    'ip nexthop',
    'ip link xstats type bridge',
    'ip link property add dev d0 altname x',
    'ip link set d0 vf 1 mac 02:00:00:00:00:01',
    'ip link set d0 xdp off',
    'ip link set d0 addrgenmode none',
    'ip link add d1 promisc on type dummy',
    'ip addr save',
    'ip addr add fe80::1/64 dev d0',
    'ip addr add 224.1.1.1/32 dev d0 autojoin',
    'ip route save',
    'ip route showdump',
    'ip route add 10.9.0.0/24 encap mpls 5 via 10.0.0.2',
    'ip route add 10.9.0.0/24 nhid 5',
    'ip route add 10.9.0.0/24 via inet6 fe80::1',
    'ip route add 10.9.0.0/24 via 10.0.0.2 realms 5',
    'ip route add 10.9.0.0/24 via 10.0.0.2 congctl reno',
    'ip route get 10.0.0.5 notify',
    'ip rule add l3mdev',
    'ip rule add tun_id 5 table 5',
    'ip rule save',
    'ip neigh add 10.0.0.5 dev d0 managed',
    'ip netns attach x 1',
    'ip netns monitor',
    'ip monitor netconf',
    'ip monitor file x',
  ])('%s', (line) => {
    const r = withDummy().sh(line)
    expect(r.output).toMatch(/^netsim: .* is not modelled\n$/)
    expect(r.exitCode).toBe(1)
  })

  test('a link type without a model is answered as one that the kernel does not know', () => {
    const host = withDummy()
    const unknown = host.sh('ip link add x0 type nosuchkind')
    expect(host.sh('ip link add x0 type gretap')).toEqual(unknown)
    expect(host.sh('ip link add link d0 name x0 type macsec')).toEqual(unknown)
    expect(host.sh('ip link add d0 type gretap')).toEqual(host.sh('ip link add d0 type nosuchkind'))
  })
})

test('a link as the trace spells it is what ip link shows', () => {
  const host = withDummy()
  const info = host.root.link('d0')
  expect(`${formatLink(info)}\n`).toBe(host.exec('ip link show d0').stdout)
  expect(host.exec('ip link show d0').stdout).toContain(` state ${linkOperState(info.link)} `)
})
