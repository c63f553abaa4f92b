// The ip tool on a kernel: how it understands its words and how it ends. What Linux answers is from Linux 6.1 with

// iproute2 6.1; the long lists are the tables in test/kernel/tables/ip-*.txt.
import { describe, expect, test } from 'vitest'
import { formatLink } from '../../src/tools/ip/link_print.ts'
import { linkOperState } from '../../src/uapi/link.ts'
import { IpMachine } from './ip_fixture.ts'

const MAC = /([0-9a-f]{2}:){5}[0-9a-f]{2}/

function machine(...lines: string[]): IpMachine {
  const m = new IpMachine()
  for (const line of lines) expect(`${line}: ${m.run(line).output}`).toBe(`${line}: `)
  return m
}

/** d0 10.0.0.1/24, up. */
const withDummy = (): IpMachine =>
  machine('ip link add d0 address 02:00:00:00:00:10 type dummy', 'ip link set d0 up', 'ip addr add 10.0.0.1/24 dev d0')

describe('words', () => {
  test('an object may be cut short, and the first in the table that fits is meant', () => {
    const m = withDummy()
    expect(m.run('ip a s d0').stdout).toBe(m.run('ip address show d0').stdout)
    expect(m.run('ip r').stdout).toBe('10.0.0.0/24 dev d0 proto kernel scope link src 10.0.0.1 \n')
    expect(m.run('ip ru').stdout).toContain('32766:\tfrom all lookup main\n')
    expect(m.run('ip l sh d0').stdout).toBe(m.run('ip link show d0').stdout)
    expect(m.run('ip n').code).toBe(0)
    expect(m.run('ip addrr').output).toBe('Object "addrr" is unknown, try "ip help".\n')
  })

  test('an option may be cut short and may have two dashes', () => {
    const m = withDummy()
    const brief = 'd0               UNKNOWN        10.0.0.1/24 \n'
    for (const o of ['-br', '-bri', '--brief', '-brief']) expect(m.run(`ip ${o} addr show d0`).stdout).toBe(brief)
    expect(m.run('ip -bx addr').output).toBe('Option "-bx" is unknown, try "ip -help".\n')
  })

  test('10.8 is 10.8.0.0, parts may be hexadecimal, a length may be a mask', () => {
    const m = withDummy()
    expect(m.run('ip route add 10.8/16 via 0xa.0.0.2').code).toBe(0)
    expect(m.run('ip route add 10.9.0.0/255.255.0.0 via 10.0.0.2').code).toBe(0)
    expect(m.run('ip route show root 10.8.0.0/15').stdout).toBe(
      '10.8.0.0/16 via 10.0.0.2 dev d0 \n10.9.0.0/16 via 10.0.0.2 dev d0 \n',
    )
  })

  test('names of tables come from /etc/iproute2', () => {
    const m = withDummy()
    expect(m.run('ip route add default via 10.0.0.2 table office').output).toBe(
      'Error: argument "office" is wrong: "table" value is invalid\n\n',
    )
    m.file('/etc/iproute2/rt_tables', '255 local\n254 main\n# mine\n100\toffice\n')
    expect(m.run('ip route add default via 10.0.0.2 table office').code).toBe(0)
    expect(m.run('ip rule add from 10.1.0.0/16 lookup office').code).toBe(0)
    expect(m.run('ip rule show table 100').stdout).toBe('32765:\tfrom 10.1.0.0/16 lookup office\n')
    m.file('/etc/iproute2/rt_tables.d/more.conf', '200 lab\n')
    expect(m.run('ip route show table lab').output).toContain('FIB table does not exist')
    expect(m.run('ip -N rule show table 100').stdout).toBe('32765:\tfrom 10.1.0.0/16 lookup 100\n')
  })

  test('-resolve shows the names of /etc/hosts', () => {
    const m = withDummy()
    m.file('/etc/hosts', '127.0.0.1 localhost\n10.0.0.2\tgateway gw\n')
    m.run('ip route add default via 10.0.0.2')
    expect(m.run('ip -r route show default').stdout).toBe('default via gateway dev d0 \n')
  })
})

describe('how it ends', () => {
  test.each([
    ['ip foo', 1],
    ['ip link set nosuch up', 1],
    ['ip route add 10.0.0.0/33 dev d0', 1],
    ['ip addr add 10.0.0.1/24 dev d0', 2],
    ['ip route add 1.2.3.4 via 99.9.9.9', 2],
    ['ip route get', 1],
    ['ip link set d0 carrier maybe', 22],
    ['ip link set d0 mtu x', 255],
    ['ip link', 0],
    ['ip link help', 255],
    ['ip link help veth', 0],
    ['ip', 255],
    ['ip -V', 0],
    ['ip -n nosuch link', 255],
    ['ip netns exec nosuch true', 255],
    ['ip netns del nosuch', 1],
  ])('%s: %i', (line, code) => {
    expect(withDummy().run(line).code).toBe(code)
  })

  test("the kernel's words are printed with a full stop, an errno without any", () => {
    const m = withDummy()
    expect(m.run('ip route add 1.2.3.4 via 99.9.9.9').output).toBe('Error: Nexthop has invalid gateway.\n')
    expect(m.run('ip addr add 10.0.0.1/24 dev d0').output).toBe('RTNETLINK answers: File exists\n')
  })

  test('a wrong command changes nothing', () => {
    const m = withDummy()
    const before = m.run('ip -d addr').stdout + m.run('ip route show table all').stdout
    for (const line of [
      'ip addr add 10.2.0.1/24 brd 10.2.0.255 dev nosuch',
      'ip link set d0 mtu 9000 name a/b',
      'ip route add 10.9.0.0/24 nexthop via 10.0.0.2 nexthop via 99.9.9.9',
      'ip link add x0 type veth peer name d0',
      'ip link set d0 address 02:00:00 mtu 1400',
    ]) {
      expect(m.run(line).code).not.toBe(0)
    }
    expect(m.run('ip -d addr').stdout + m.run('ip route show table all').stdout).toBe(before)
  })
})

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
    const r = withDummy().run(line)
    expect(r.output).toMatch(/^netsim: .* is not modelled\n$/)
    expect(r.code).toBe(1)
  })

  test('a link type without a model is answered as by a kernel without its module', () => {
    const m = withDummy()
    expect(m.run('ip link add br0 type bridge').output).toBe('Error: Unknown device type.\n')
    expect(m.run('ip link add link d0 name d0.5 type vlan id 5').output).toBe('Error: Unknown device type.\n')
    expect(m.run('ip link add d0 type bridge').output).toBe('RTNETLINK answers: File exists\n')
  })
})

describe('printing', () => {
  test('-o puts a link in one line', () => {
    expect(withDummy().run('ip -o link show d0').stdout).toBe(
      '2: d0: <BROADCAST,NOARP,UP,LOWER_UP> mtu 1500 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\\' +
        '    link/ether 02:00:00:00:00:10 brd ff:ff:ff:ff:ff:ff\n',
    )
  })

  test('a link as the trace spells it is what ip link shows', () => {
    const m = withDummy()
    const r = m.kernel.request(0, 'link.get', { dev: 'd0' })
    if (!r.ok) throw new Error(r.errno)
    expect(`${formatLink(r.value)}\n`).toBe(m.run('ip link show d0').stdout)
    expect(linkOperState(r.value.link)).toBe('UNKNOWN')
  })

  test('-c paints names, addresses and states', () => {
    const m = withDummy()
    expect(m.run('ip -c route').stdout).toBe(
      '\x1b[35m10.0.0.0/24 \x1b[0mdev \x1b[36md0 \x1b[0mproto kernel scope link src \x1b[35m10.0.0.1 \x1b[0m\n',
    )
    expect(m.run('ip -c=auto route').stdout).toBe(m.run('ip route').stdout)
  })

  test('-s -h shortens large numbers', () => {
    const m = withDummy()
    const stats = m.run('ip -s link show d0').stdout.split('\n')
    expect(stats[2]).toBe('    RX:  bytes packets errors dropped  missed   mcast           ')
    expect(stats[3]).toBe('             0       0      0       0       0       0 ')
  })

  test('-j -p is pretty', () => {
    expect(withDummy().run('ip -j -p route').stdout).toBe(`[ {
        "dst": "10.0.0.0/24",
        "dev": "d0",
        "protocol": "kernel",
        "scope": "link",
        "prefsrc": "10.0.0.1",
        "flags": [ ]
    } ]
`)
  })

  test('the far end of a veth pair is named here, numbered elsewhere', () => {
    const m = machine(
      'ip netns add n',
      'ip link add v0 type veth peer name v1',
      'ip link add w0 type veth peer name w1 netns n',
    )
    expect(m.run('ip -br link show v0').stdout.replace(MAC, 'MAC')).toBe(
      'v0@v1            DOWN           MAC <BROADCAST,MULTICAST,M-DOWN> \n',
    )
    expect(m.run('ip link show w0').stdout).toMatch(/^\d+: w0@if2: .* link-netns n\n$/s)
    expect(m.run('ip -n n link show w1').stdout).toMatch(/w1@if\d+: .* link-netnsid 0\n$/s)
  })
})

describe('batch', () => {
  test('it stops at the first failure, or goes on with -force', () => {
    const m = withDummy()
    expect(m.run("printf 'link set nosuch up\\nlink set d0 mtu 1400\\n' | ip -b -")).toMatchObject({
      output: 'Cannot find device "nosuch"\nCommand failed -:1\n',
      code: 1,
    })
    expect(m.run('ip link show d0').stdout).toContain('mtu 1500')
    expect(m.run("printf 'link set nosuch up\\nlink set d0 mtu 1400\\n' | ip -force -b -").code).toBe(1)
    expect(m.run('ip link show d0').stdout).toContain('mtu 1400')
  })

  test('a usage error ends it even with -force', () => {
    const m = withDummy()
    expect(m.run("printf 'link foo\\nlink set d0 mtu 1400\\n' | ip -force -b -").code).toBe(255)
    expect(m.run('ip link show d0').stdout).toContain('mtu 1500')
  })

  test('programs in namespaces run as children, one after the other', () => {
    const m = machine('ip netns add z')
    expect(
      m.run("printf 'netns exec z echo one\\nnetns exec z false\\nnetns exec z echo two\\n' | ip -force -b -"),
    ).toMatchObject({
      output: 'one\nCommand failed -:2\ntwo\n',
      code: 1,
    })
  })
})

describe('namespaces', () => {
  test('-n is a request elsewhere, exec a program elsewhere', () => {
    const m = machine('ip netns add a', 'ip netns add b')
    expect(m.run('ip netns exec a ip netns exec b ip netns identify').stdout).toBe('b\n')
    expect(m.run('ip -n a netns identify').stdout).toBe('a\n')
    expect(m.run('ip -all netns exec ip netns identify').stdout).toBe('\nnetns: b\nb\n\nnetns: a\na\n')
    expect(m.run('ip netns exec a nosuch').output).toBe('exec of "nosuch" failed: No such file or directory\n')
  })

  test('a link goes to the namespace of a name or of a process', () => {
    const m = machine('ip netns add a', 'ip link add v0 type veth peer name v1', 'ip link set v1 netns a')
    expect(m.run('ip -n a -br link show v1').code).toBe(0)
    expect(m.run('ip link set v0 netns 99999').output).toBe('RTNETLINK answers: No such process\n')
    expect(m.run('ip link set v0 netns nosuch').output).toBe(
      'Error: argument "nosuch" is wrong: Invalid "netns" value\n\n',
    )
  })
})

describe('monitor', () => {
  /** What one `ip monitor …` prints of the changes since the machine was made. */
  function heard(options: string, ...lines: string[]): string {
    const m = withDummy()
    m.run('ip monitor')
    for (const line of lines) expect(m.run(line).output).toBe('')
    return m.run(`ip ${options}`).stdout
  }

  test('addresses and the routes that they bring', () => {
    expect(heard('monitor', 'ip addr add 10.1.0.1/24 dev d0')).toBe(
      '2: d0    inet 10.1.0.1/24 scope global d0\n       valid_lft forever preferred_lft forever\n' +
        'local 10.1.0.1 dev d0 table local proto kernel scope host src 10.1.0.1 \n' +
        '10.1.0.0/24 dev d0 proto kernel scope link src 10.1.0.1 \n' +
        'broadcast 10.1.0.255 dev d0 table local proto kernel scope link src 10.1.0.1 \n',
    )
  })

  test('only what was asked for, labelled and with the time', () => {
    expect(heard('-ts monitor rule label', 'ip rule add from 1.1.1.1 table 5', 'ip rule del table 5')).toBe(
      '[2023-11-14T22:13:20.123456] [RULE]32765:\tfrom 1.1.1.1 lookup 5\n' +
        '[2023-11-14T22:13:20.123456] [RULE]Deleted 32765:\tfrom 1.1.1.1 lookup 5\n',
    )
    expect(heard('-t monitor neigh', 'ip neigh add 10.0.0.9 lladdr 2:0:0:0:0:9 dev d0')).toBe(
      'Timestamp: Tue Nov 14 22:13:20 2023 123456 usec\n10.0.0.9 dev d0 lladdr 02:00:00:00:00:09 PERMANENT \n',
    )
  })

  test('a link without its mode and queue length', () => {
    expect(heard('monitor link', 'ip link set d0 mtu 1400')).toBe(
      '2: d0: <BROADCAST,NOARP,UP,LOWER_UP> mtu 1400 qdisc noqueue state UNKNOWN group default \n' +
        '    link/ether 02:00:00:00:00:10 brd ff:ff:ff:ff:ff:ff\n',
    )
  })
})
