// The program: what it says, when it writes, how it ends. Expected texts are those of tcpdump 4.99.3 on Linux.
import { describe, expect, test } from 'vitest'
import { cloneGraph } from '../../src/sim/clone.ts'
import { IFF_BROADCAST } from '../../src/uapi/link.ts'
import { echo, link, Machine, whoHas } from './tcpdump_fixture.ts'

const LISTENING = `tcpdump: verbose output suppressed, use -v[v]... for full protocol decode
listening on v0, link-type EN10MB (Ethernet), snapshot length 262144 bytes
`
const ANY = LISTENING.replace('v0, link-type EN10MB (Ethernet)', 'any, link-type LINUX_SLL2 (Linux cooked v2)')
const totals = (n: number, received = n): string =>
  `${n} packet${n === 1 ? '' : 's'} captured\n${received} packet${received === 1 ? '' : 's'} received by filter\n0 packets dropped by kernel\n`

const REQUEST = '13:42:48.000000 IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 77, seq 1, length 64\n'
const REPLY = '13:42:48.000000 IP 10.0.0.2 > 10.0.0.1: ICMP echo reply, id 77, seq 1, length 64\n'
const reply = echo(0, 1, '10.0.0.2', '10.0.0.1')

describe('capturing', () => {
  test('it prints what the filter takes, and its statistics when interrupted', () => {
    const m = new Machine().run('-l', '-ni', 'v0', 'icmp')
    expect(m.err).toBe(LISTENING)
    m.frame(whoHas()).frame(echo(8, 1), 'outgoing').frame(reply)
    expect(m.out).toBe(REQUEST + REPLY)
    m.signal('INT')
    expect(m.out).toBe(`${REQUEST}${REPLY}\n`)
    expect([m.err, m.code]).toEqual([LISTENING + totals(2), 0])
    expect([m.bound, m.promisc]).toEqual([2, true])
  })
  test('-c N ends it by itself, without the empty line', () => {
    const m = new Machine().run('-n', '-i', 'v0', '-c1').frame(echo(8, 1))
    expect([m.out, m.err, m.code]).toEqual([REQUEST, LISTENING + totals(1), 0])
  })
  test('a file gets nothing before 4096 bytes are together, then whole blocks, the rest at the end', () => {
    const m = new Machine().run('-n', '-i', 'v0')
    for (let i = 0; i < 40; i++) m.frame(echo(8, 1))
    expect(m.out).toBe('')
    for (let i = 0; i < 10; i++) m.frame(echo(8, 1))
    expect(m.out.length).toBe(4096)
    m.signal('TERM')
    expect(m.out).toBe(`${REQUEST.repeat(50)}\n`)
  })
  test('a terminal gets lines', () => {
    const m = new Machine()
    m.tty = true
    expect(m.run('-n', '-i', 'v0').frame(echo(8, 1)).out).toBe(REQUEST)
  })
  test('-i any shows device and direction', () => {
    const m = new Machine().run('-lnei', 'any', 'icmp').frame(echo(8, 1), 'outgoing').frame(reply).signal('INT')
    const line = (dir: string, mac: string, rest: string): string =>
      `13:42:48.000000 v0    ${dir} ifindex 2 ${mac} ethertype IPv4 (0x0800), length 104: ${rest.slice(19)}`
    const out = line('Out', '4a:82:8d:87:f7:95', REQUEST) + line('In ', '5e:a2:8f:06:a5:a1', REPLY)
    expect(m.out).toBe(`${out}\n`)
    expect(m.err).toBe(`tcpdump: data link type LINUX_SLL2\n${ANY}${totals(2)}`)
  })
  test('the loopback device shows a packet once and counts it twice', () => {
    const m = new Machine()
      .run('-lni', 'lo')
      .frame(echo(8, 1), 'outgoing', 1)
      .frame(echo(8, 1), 'host', 1)
      .signal('INT')
    expect(m.out).toBe(`${REQUEST}\n`)
    expect(m.err).toContain(totals(1, 2))
  })
  test('-Q takes one direction', () => {
    const m = new Machine().run('-lni', 'v0', '-Q', 'in').frame(echo(8, 1), 'outgoing').frame(reply)
    expect(m.out).toBe(REPLY)
  })
  test('a device that is gone ends it, one that is down does not', () => {
    const m = new Machine().run('-lni', 'v0')
    m.trouble = 'ENETDOWN'
    const ready = { kind: 'ready', fd: 3, readable: true, writable: false, error: true } as const
    expect(m.step(ready).code).toBeNull()
    m.links = m.links.slice(0, 1)
    m.step(ready)
    expect([m.err, m.code]).toEqual([`${LISTENING}tcpdump: pcap_loop: The interface disappeared\n${totals(0)}`, 1])
  })
  test('a reader that went away', () => {
    const m = new Machine().run('-lni', 'v0')
    m.trouble = 'EPIPE'
    m.frame(echo(8, 1))
    expect([m.err, m.code]).toEqual([`${LISTENING}tcpdump: Unable to write output: Broken pipe\n`, 14])
  })
  test('SIGUSR1 asks for the statistics so far', () => {
    const m = new Machine().run('-lni', 'v0').frame(echo(8, 1)).signal('USR1')
    expect(m.err).toBe(
      `${LISTENING}tcpdump: 1 packet captured, 1 packet received by filter, 0 packets dropped by kernel\n`,
    )
    expect(m.code).toBeNull()
  })
  test.each([
    [['-t'], REQUEST.slice(16)],
    [['-tt'], `1795354968.000000 ${REQUEST.slice(16)}`],
    [['-ttt'], ` 00:00:00.000000 ${REQUEST.slice(16)}`],
    [['-tttt'], `2026-11-22 ${REQUEST}`],
    [['-#'], `    1  ${REQUEST}`],
    [['-q'], REQUEST],
    [['--number', '-t'], `    1  ${REQUEST.slice(16)}`],
  ])('%s', (options, line) => {
    expect(new Machine().run('-lni', 'v0', ...options).frame(echo(8, 1)).out).toBe(line)
  })
  test('-ttt counts from the packet before, -ttttt from the first', () => {
    for (const [option, last] of [
      ['-ttt', ' 00:00:00.500000 '],
      ['-ttttt', ' 00:00:01.000000 '],
    ] as const) {
      const m = new Machine().run('-lni', 'v0', option).frame(echo(8, 1))
      m.now = 5e8
      m.frame(echo(8, 1))
      m.now = 1e9
      m.frame(echo(8, 1))
      expect(m.out.split('\n')[2]?.slice(0, 17)).toBe(last)
    }
  })
  test('names come from /etc/hosts unless -n is given', () => {
    const m = new Machine()
    m.files.set('/etc/hosts', '127.0.0.1 localhost\n10.0.0.2 server server.example # here\n')
    m.run('-lti', 'v0', 'dst host server.example').frame(echo(8, 1))
    expect(m.out).toBe('IP 10.0.0.1 > server: ICMP echo request, id 77, seq 1, length 64\n')
  })
  test('its state is data: a copy goes on by itself', () => {
    const m = new Machine().run('-ni', 'v0').frame(echo(8, 1))
    const copy = cloneGraph(m)
    copy.frame(reply).signal('INT')
    m.signal('INT')
    expect([m.out, copy.out]).toEqual([`${REQUEST}\n`, `${REQUEST}${REPLY}\n`])
  })
})

describe('savefiles', () => {
  test('-w writes what -r reads', () => {
    const m = new Machine().run('-n', '-i', 'v0', '-w', 'a.pcap', '-c', '2').frame(echo(8, 1)).frame(reply)
    expect([m.out, m.err, m.code]).toEqual(['', `tcpdump: ${LISTENING.split('\n')[1]}\n${totals(2)}`, 0])
    const file = m.files.get('a.pcap') ?? ''
    expect(file.length).toBe(24 + 2 * (16 + 98))
    const r = new Machine()
    r.files.set('a.pcap', file)
    r.run('-nr', 'a.pcap', 'icmp[0] = 0')
    const reading = 'reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144\n'
    expect([r.out, r.err, r.code]).toEqual([REPLY, reading, 0])
    const counted = new Machine()
    counted.files.set('a.pcap', file)
    expect(counted.run('--count', '-nr', 'a.pcap').out).toBe('2 packets\n')
    const cut = new Machine()
    cut.files.set('t.pcap', file.slice(0, 50))
    cut.run('-nr', 't.pcap')
    expect(cut.err).toContain('tcpdump: pcap_loop: truncated dump file; tried to read 98 captured bytes, only got 10\n')
    expect(cut.code).toBe(1)
  })
  test('-w -i any keeps the cooked header', () => {
    const m = new Machine().run('-n', '-i', 'any', '-w', 'a.pcap', '-c', '1').frame(echo(8, 1), 'outgoing')
    m.run('-ntr', 'a.pcap')
    expect(m.out).toBe('v0    Out IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 77, seq 1, length 64\n')
    expect(m.err).toContain('Warning: interface names might be incorrect\n')
  })
  test('-w is written in blocks too, -U after each packet', () => {
    const size = (m: Machine): number => (m.files.get('a.pcap') ?? '').length
    expect(size(new Machine().run('-i', 'v0', '-w', 'a.pcap').frame(echo(8, 1)))).toBe(0)
    expect(size(new Machine().run('-i', 'v0', '-Uw', 'a.pcap').frame(echo(8, 1)))).toBe(24 + 16 + 98)
  })
  test('-s cuts what is kept, not what is counted', () => {
    const m = new Machine().run('-n', '-i', 'v0', '-w', 'a.pcap', '-s', '34', '-c', '1').frame(echo(8, 1))
    expect(m.files.get('a.pcap')?.length).toBe(24 + 16 + 34)
    m.run('-ntr', 'a.pcap')
    expect(m.out).toBe('IP 10.0.0.1 > 10.0.0.2:  [|icmp]\n')
  })
  test('-v with -w reports the number of packets once a second', () => {
    const m = new Machine().run('-v', '-i', 'v0', '-w', 'a.pcap').frame(echo(8, 1))
    expect(m.timer).toBe(1e9)
    m.step({ kind: 'timer', id: 1 }).step({ kind: 'timer', id: 1 })
    expect(m.err.endsWith('bytes\nGot 1\r')).toBe(true)
  })
})

describe('what it refuses', () => {
  const down = link(3, 'v1', { flags: IFF_BROADCAST, carrier: false })
  test.each([
    ['-n -i nosuch', 'nosuch: No such device exists\n(No such device exists)'],
    ['-n -i 77', 'Invalid adapter index'],
    ['-n -i v1', 'v1: That device is not up'],
    ['-n -i v0 -c 0', 'invalid packet count 0'],
    ['-n -i v0 -c foo', 'invalid packet count foo'],
    ['-s -1', 'invalid snaplen -1 (must be >= 0 and <= 262144)'],
    ['-s 300000', 'invalid snaplen 300000 (must be >= 0 and <= 262144)'],
    ['-Q foo', "unknown capture direction `foo'"],
    ['-tttttt -n', 'only -t, -tt, -ttt, -tttt and -ttttt are supported'],
    ['-i v0 foo', "can't parse filter expression: syntax error"],
    ['-i v0 -w /nosuch/x', '/nosuch/x: No such file or directory'],
    ['-r nosuch.pcap', 'nosuch.pcap: No such file or directory'],
    ['-B 0', 'invalid packet buffer size 0'],
    ['-C 5', 'option -C is not modelled'],
    ['-i v0 vlan 5', "'vlan' not supported in this configuration"],
  ])('%s', (argv, message) => {
    const m = new Machine()
    m.links.push(down)
    m.run(...argv.split(' '))
    expect([m.out, m.err, m.code]).toEqual(['', `tcpdump: ${message}\n`, 1])
  })
  test.each([
    ['-i', "option requires an argument -- 'i'"],
    ['-k', "invalid option -- 'k'"],
    ['--foo', "unrecognized option '--foo'"],
    ['--interface', "option '--interface' requires an argument"],
  ])('%s, with the usage', (argv, message) => {
    const m = new Machine().run(...argv.split(' '))
    expect(m.err.startsWith(`tcpdump: ${message}\ntcpdump version 4.99.3\nlibpcap version 1.10.3`)).toBe(true)
    expect(m.err.endsWith('[ -z postrotate-command ] [ -Z user ] [ expression ]\n')).toBe(true)
    expect(m.code).toBe(1)
  })
  test.each([
    [
      'ether host 1:2:3:4:5:6',
      'ethernet addresses supported only on ethernet/FDDI/token ring/802.11/ATM LANE/Fibre Channel',
    ],
    ['broadcast', 'not a broadcast link'],
  ])('-i any %s', (filter, message) => {
    expect(new Machine().run('-n', '-i', 'any', filter).err).toBe(
      `tcpdump: data link type LINUX_SLL2\ntcpdump: ${message}\n`,
    )
  })
  test('it needs root', () => {
    const m = new Machine()
    m.uid = 1000
    const why =
      "v0: You don't have permission to perform this capture on that device\n(socket: Operation not permitted)"
    expect([m.run('-i', 'v0').err, m.code]).toEqual([`tcpdump: ${why}\n`, 1])
  })
})

describe('devices', () => {
  test('-D lists the best first', () => {
    const m = new Machine()
    m.links.push(link(3, 'v2', { carrier: false }), link(4, 'v3', { flags: 0, carrier: false }))
    m.links.push(link(5, 'i0', { kind: 'ifb', flags: 0 }))
    expect(m.run('-D').out).toBe(`1.v0 [Up, Running, Connected]
2.any (Pseudo-device that captures on all interfaces) [Up, Running]
3.lo [Up, Running, Loopback]
4.v2 [Up, Disconnected]
5.i0 [none]
6.v3 [none, Disconnected]
`)
  })
  test('without -i it takes the first of them, and -i N the Nth', () => {
    expect(new Machine().run('-n').err).toBe(LISTENING)
    expect(new Machine().run('-n', '-i', '3').err).toBe(LISTENING.replace('v0', 'lo'))
  })
})
