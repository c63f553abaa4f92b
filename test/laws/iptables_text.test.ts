// What iptables-save prints, iptables-restore reads back to the same table, whatever the rules are.
import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { iptRuleText } from '../../src/tools/iptables/print.ts'
import { quoted } from '../../src/tools/iptables/values.ts'
import { splitLine } from '../../src/tools/iptables/words.ts'
import { FakeTables, run, saved } from '../unit/ipt_fake.ts'

const int = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max })
const address = fc.tuple(int(0, 255), int(0, 255), int(0, 255), int(0, 255)).map((b) => b.join('.'))
const mask = fc.oneof(
  int(0, 32).map(String),
  address, // of any bits
)
const net = fc.tuple(address, mask).map(([a, m]) => `${a}/${m}`)
const not = fc.constantFrom('', '', '! ')
const device = fc.stringMatching(/^[a-z][a-z0-9.@_-]{0,12}\+?$/)
const protocol = fc.oneof(fc.constantFrom('tcp', 'udp', 'icmp', 'all', 'esp', 'gre'), int(1, 255).map(String))
const printable = fc.string({
  unit: fc.integer({ min: 32, max: 126 }).map((c) => String.fromCharCode(c)),
  maxLength: 60,
})
/** A number, or two with a colon, the first not above the second. */
const span = (max: number): fc.Arbitrary<string> =>
  fc.tuple(int(0, max), int(0, max)).map(([a, b]) => `${Math.min(a, b)}:${Math.max(a, b)}`)
const port = fc.oneof(int(0, 65535).map(String), span(65535))
const u32 = int(0, 0xffffffff)
const some = <T>(...values: readonly T[]): fc.Arbitrary<string> =>
  fc.subarray([...values], { minLength: 1 }).map((v) => v.join(','))

const flags = some('FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG')
const states = some('INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED', 'SNAT', 'DNAT')
const types = some('UNSPEC', 'UNICAST', 'LOCAL', 'BROADCAST', 'ANYCAST', 'MULTICAST', 'BLACKHOLE', 'PROHIBIT')

/** The tool rounds other rates when it prints them: 2401/min is saved as 40/sec. */
const evenRate = fc.constantFrom(1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)

/** A match with its options; "-p" of the rule stands before where one is needed. */
const match = fc.oneof(
  printable.map((t) => `-m comment --comment ${quoted(t)}`),
  fc.tuple(not, net, not, net).map(([n, a, m, b]) => `-m conntrack ${n}--ctorigsrc ${a} ${m}--ctrepldst ${b}`),
  fc.tuple(not, states).map(([n, s]) => `-m conntrack ${n}--ctstate ${s}`),
  fc.tuple(not, types, not, types).map(([n, a, m, b]) => `-m addrtype ${n}--src-type ${a} ${m}--dst-type ${b}`),
  fc.tuple(not, u32, u32).map(([n, v, m]) => `-m mark ${n}--mark ${v}/${m}`),
  fc.tuple(not, u32).map(([n, v]) => `-m connmark ${n}--mark ${v}`),
  fc
    .tuple(evenRate, fc.constantFrom('s', 'm', 'h', 'd'), int(1, 100))
    .map(([rate, unit, burst]) => `-m limit --limit ${rate}/${unit} --limit-burst ${burst}`),
  fc.tuple(not, int(0, 65535)).map(([n, v]) => `-m length ${n}--length ${v}`),
  fc.double({ min: 0, max: 1, noNaN: true }).map((p) => `-m statistic --mode random --probability ${p.toFixed(11)}`),
  fc.tuple(not, int(1, 1000)).map(([n, v]) => `-m statistic --mode nth ${n}--every ${v} --packet 0`),
  fc.tuple(not, address).map(([n, a]) => `-m iprange ${n}--src-range ${a}-255.255.255.255`),
  fc.tuple(not, int(0, 255)).map(([n, v]) => `-m ttl ${n}--ttl-eq ${v}`),
)
/** Matches that need their protocol. */
const withProtocol = fc.oneof(
  fc.tuple(not, port, not, port).map(([n, a, m, b]) => `-p tcp -m tcp ${n}--sport ${a} ${m}--dport ${b}`),
  fc.tuple(not, flags, flags).map(([n, a, b]) => `-p tcp -m tcp ${n}--tcp-flags ${a} ${b}`),
  fc.tuple(not, port).map(([n, a]) => `-p udp -m udp ${n}--dport ${a}`),
  fc.tuple(not, int(0, 254)).map(([n, t]) => `-p icmp -m icmp ${n}--icmp-type ${t}`),
  fc
    .tuple(not, fc.array(int(0, 65535).map(String), { minLength: 1, maxLength: 15 }))
    .map(([n, p]) => `-p tcp -m multiport ${n}--dports ${p.join(',')}`),
  fc
    .tuple(
      not,
      protocol.filter((p) => p !== 'all'),
    )
    .map(([n, p]) => `${n}-p ${p}`),
  fc.constant(''),
)
const target = fc.oneof(
  fc.constantFrom('', '-j ACCEPT', '-j RETURN', '-j QUEUE', '-j one', '-g two'),
  fc.tuple(address, fc.constantFrom('', '--random', '--persistent')).map(([a, o]) => `-j SNAT --to-source ${a} ${o}`),
)
const rule = fc
  .record({
    chain: fc.constantFrom('POSTROUTING', 'one', 'two'),
    not: fc.tuple(not, not, not),
    s: fc.option(net),
    d: fc.option(net),
    o: fc.option(device),
    f: fc.boolean(),
    head: withProtocol,
    // the real tool, too, refuses --mark for the third of mark, connmark, mark
    matches: fc
      .array(match, { maxLength: 3 })
      .filter((m) => !(m.some((w) => w.startsWith('-m mark')) && m.some((w) => w.startsWith('-m connmark')))),
    target,
    counters: fc.tuple(int(0, 1e9), int(0, 1e12)),
  })
  .map((r) => {
    const words = [
      `[${r.counters.join(':')}] -A ${r.chain}`,
      r.s === null ? '' : `${r.not[0]}-s ${r.s}`,
      r.d === null ? '' : `${r.not[1]}-d ${r.d}`,
      r.o === null ? '' : `${r.not[2]}-o ${r.o}`,
      r.head,
      r.f && !r.head.includes('port') && !r.head.includes('tcp') ? '-f' : '',
      ...r.matches,
      r.target,
    ]
    return words.filter((w) => w !== '').join(' ')
  })

test.prop([fc.array(rule, { maxLength: 12 }), fc.constantFrom('ACCEPT', 'DROP')])(
  'save, restore, save is the identity, counters and all',
  (rules, policy) => {
    const text = ['*nat', `:POSTROUTING ${policy} [3:4]`, ':two - [0:0]', ':one - [0:0]', ...rules, 'COMMIT', ''].join(
      '\n',
    )
    const first = new FakeTables()
    expect(run(first, 'iptables-restore -c', [text])).toEqual({ code: 0, stdout: '', stderr: '' })
    const once = saved(first, ' -c')
    const second = new FakeTables()
    expect(run(second, 'iptables-restore -c', [once])).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(saved(second, ' -c')).toBe(once)
    expect(second.tables).toEqual(first.tables)
  },
)

test.prop([fc.array(rule, { minLength: 1, maxLength: 5 })])('a rule is found by the words that -S prints', (rules) => {
  const fake = new FakeTables()
  const text = ['*nat', ':two - [0:0]', ':one - [0:0]', ...rules, 'COMMIT', ''].join('\n')
  expect(run(fake, 'iptables-restore', [text]).stderr).toBe('')
  for (const { chain } of fake.chains('nat')) {
    for (const r of chain.rules) {
      const line = `-C ${chain.name} ${iptRuleText(r)}`
      expect(run(fake, 'iptables-restore -n', [`*nat\n${line}\nCOMMIT\n`])).toEqual({ code: 0, stdout: '', stderr: '' })
    }
  }
})

test.prop([
  fc.array(
    printable.filter((t) => t !== ''),
    { maxLength: 8 },
  ),
  fc.stringMatching(/^[ \t]{0,3}$/),
])('words that are quoted as iptables-save does come back as they were', (texts, blanks) => {
  const words: string[] = []
  splitLine(texts.map((t) => `${quoted(t)} ${blanks}`).join(''), 0, words)
  expect(words).toEqual(texts)
})
