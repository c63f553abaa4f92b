// iptables-restore on the kernel itself: what is saved comes back, and a restore that fails anywhere changes nothing.
import { fc, test } from '@fast-check/vitest'
import { Host } from 'netsim'
import { expect } from 'vitest'
import { recordedSections } from '../kernel/story.ts'

const int = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max })
const net = fc.tuple(int(0, 255), int(0, 255), int(8, 32)).map(([a, b, len]) => `10.${a}.${b}.0/${len}`)
const match = fc.oneof(
  net.map((n) => `-s ${n}`),
  net.map((n) => `! -d ${n}`),
  fc.constantFrom('-p icmp', '-i eth0', '-m mark --mark 0x4000/0x4000', '-m conntrack --ctstate NEW', ''),
  int(1, 65535).map((p) => `-p tcp -m tcp --dport ${p}`),
  int(1, 65535).map((p) => `-p udp -m udp ! --sport ${p}`),
  int(1, 50).map((n) => `-m limit --limit ${n}/sec`),
)
const target = fc.constantFrom('-j ACCEPT', '-j DROP', '-j RETURN', '-j LOG', '-j two', '-g two', '-j REJECT', '')
/** Chain one may lead to two, never back. */
const rule = fc.oneof(
  fc.tuple(fc.constantFrom('INPUT', 'FORWARD', 'one'), match, target).map((w) => `-A ${w.join(' ')}`),
  fc.tuple(match, fc.constantFrom('-j ACCEPT', '-j DROP', '')).map((w) => `-A two ${w.join(' ')}`),
)
const rules = fc.array(rule, { maxLength: 15 })

function ruleset(lines: readonly string[]): string {
  return ['*filter', ':INPUT DROP [0:0]', ':one - [0:0]', ':two - [0:0]', ...lines, 'COMMIT', ''].join('\n')
}

/** Lines for which Linux refused a restore: where they are read, or only when the kernel looks at the whole table. */
const MISTAKES = recordedSections('scenarios/ipt-mistakes').flatMap(([line, answer]) =>
  answer === 'rc=0\n' ? [] : [line.replaceAll('; ', '\n')],
)

const save = (host: Host): string =>
  host
    .sh('iptables-save -c')
    .stdout.split('\n')
    .filter((l) => !l.startsWith('#'))
    .join('\n')

test.prop([rules], { numRuns: 40 })('save, restore, save is the identity', (lines) => {
  const first = new Host('a')
  expect(first.sh('iptables-restore', { stdin: ruleset(lines) })).toMatchObject({ exitCode: 0, stderr: '' })
  first.sh('ping -c 2 127.0.0.1')
  const once = save(first)
  const second = new Host('b')
  expect(second.sh('iptables-restore -c', { stdin: once })).toMatchObject({ exitCode: 0, stderr: '' })
  expect(save(second)).toBe(once)
})

test.prop([rules, rules, fc.constantFrom(...MISTAKES), fc.nat()], { numRuns: 60 })(
  'a restore that fails changes nothing',
  (before, after, mistake, at) => {
    const host = new Host('a')
    host.sh('iptables-restore', { stdin: ruleset(before) })
    host.sh('ping -c 1 127.0.0.1')
    const saved = save(host)
    const place = at % (after.length + 1)
    const text = ruleset([...after.slice(0, place), mistake, ...after.slice(place)])
    expect(host.sh('iptables-restore', { stdin: text }).exitCode).not.toBe(0)
    expect(save(host)).toBe(saved)
  },
)
