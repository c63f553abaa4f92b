// netsim's own promises about tcpdump: its state is data, a terminal gets whole lines (ISO C 7.21.3: stdio is not fully buffered
// there), what is refused by name. What it prints and how it ends is recorded: test/kernel/tables/tcpdump.txt, scenarios/tcpdump-*.sh.
import { expect, test } from 'vitest'
import { pair } from './host_fixture.ts'
import { machine } from './tcpdump_machine.ts'

test('its state is data: a copy goes on by itself', () => {
  const host = pair()
  host.start('tcpdump -n -i v0 icmp > /tmp/out')
  host.root.ping('10.0.0.2')
  const copy = host.fork()
  copy.root.ping('10.0.0.2')
  for (const h of [host, copy]) h.exec('pkill -INT tcpdump; sleep 1')
  const lines = (h: typeof host): number => Number(h.sh('grep -c ICMP /tmp/out').stdout)
  expect(lines(copy)).toBe(2 * lines(host))
  expect(lines(host)).toBeGreaterThan(0)
})

test.each([
  ['tcpdump -i v0 -C 5', 'tcpdump: option -C is not modelled\n'],
  ['tcpdump -i v0 vlan 5', "tcpdump: 'vlan' not supported in this configuration\n"],
])('%s is refused', (line, words) => {
  expect(pair().sh(line)).toMatchObject({ output: words, exitCode: 1 })
})

test.each([
  ['a terminal', true],
  ['a file', false],
])('%s gets what is printed: lines at once %s', (_, tty) => {
  const m = machine()
  const capture = m.os.spawn(['tcpdump', '-n', '-i', 'lo', 'icmp'], { tty })
  const up = m.os.spawn(['bash', '-c', 'ip link set lo up; ping -c 1 127.0.0.1; sleep 1'])
  if (!capture.ok || !up.ok) throw new Error('no program')
  m.os.runToExit(up.value.pid)
  expect(capture.value.terminal.stdout.includes('ICMP echo request')).toBe(tty)
})
