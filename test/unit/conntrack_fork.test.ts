// Copies of a machine on which somebody listens: each side hears what happens on its own. dmesg -w and ip monitor are refused by name.
import { Host } from 'netsim'
import { expect, test } from 'vitest'

function listening(command: string): Host {
  const host = new Host('node1')
  host.sh('iptables -A OUTPUT -m conntrack --ctstate NEW; iptables -A OUTPUT -p icmp -j LOG')
  host.sh(`${command} > /tmp/heard 2>/dev/null & sleep 0.1`)
  return host
}

const heard = (host: Host): string => host.sh('cat /tmp/heard').output

test('conntrack -E in a copy hears the copy, in the original the original', () => {
  const host = listening('conntrack -E')
  const copy = host.fork()
  copy.sh('ping -c1 127.0.0.1')
  expect(heard(copy)).toContain('[NEW] icmp')
  expect(heard(host)).toBe('')
  host.sh('ping -c1 127.0.0.2')
  expect(heard(host)).toContain('dst=127.0.0.2')
  expect(heard(copy)).not.toContain('127.0.0.2')
})

test('conntrack -E listens again after a snapshot is restored', () => {
  const host = listening('conntrack -E')
  const snapshot = host.snapshot()
  host.sh('ping -c1 127.0.0.1')
  host.restore(snapshot)
  expect(heard(host)).toBe('')
  host.sh('ping -c1 127.0.0.3')
  expect(heard(host)).toContain('dst=127.0.0.3')
})

test('tcpdump in a copy captures the copy', () => {
  const host = listening('tcpdump -n -l -i lo icmp')
  const copy = host.fork()
  copy.sh('ping -c1 127.0.0.1')
  expect(heard(copy)).toContain('ICMP echo request')
  expect(heard(host)).toBe('')
})

test('rules that a copy adds are not told to the original: a logger that the copy loaded is the copy’s', () => {
  const host = new Host('node1')
  const copy = host.fork()
  copy.sh('iptables -A OUTPUT -p icmp -j LOG')
  expect(copy.sh('sysctl -n net.netfilter.nf_log.2').output).toBe('nf_log_ipv4\n')
  expect(host.sh('sysctl -n net.netfilter.nf_log.2').output).toBe('NONE\n')
})

test('dmesg -w is a script: it is refused by name', () => {
  expect(() => listening('dmesg -w').fork()).toThrow(/a running script cannot be copied: \d+ dmesg -w/)
})

test('a copy keeps to the --ctevents of a rule that was made while somebody listened', () => {
  const host = listening('conntrack -E')
  host.sh('iptables -t raw -A OUTPUT -p icmp -j CT --ctevents destroy')
  const copy = host.fork()
  for (const h of [host, copy]) {
    h.sh('ping -c1 127.0.0.1; conntrack -D -p icmp')
    expect(heard(h)).toMatch(/^\[DESTROY\] icmp.*\n$/)
  }
})
