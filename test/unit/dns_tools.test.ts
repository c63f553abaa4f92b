// netsim's own promises about the programs that look up names: copies, what is refused by name.
// What they print and when they ask is recorded from Linux: test/kernel/tables/dns-*.txt, scenarios/dns-*.sh.
import { Host } from 'netsim'
import { expect, test } from 'vitest'
import { recorded } from '../kernel/story.ts'

const WIRED = `
ip link add va type veth peer name vb; ip netns add n; ip link set vb netns n
ip addr add 10.0.0.1/24 dev va; ip link set va up
ip -n n addr add 10.0.0.2/24 dev vb; ip -n n link set vb up; ip -n n link set lo up
echo nameserver 10.0.0.2 > /etc/resolv.conf
ip netns exec n dnsmasq -k -R --local=/test/ --host-record=host.test,10.0.0.2 &
sleep 0.1
`

test('a look-up under way is copied with the machine', () => {
  const host = new Host('node1')
  host.sh(`${WIRED} kill %1; ip netns exec n nc -d -u -l -k 10.0.0.2 53 > /dev/null &`)
  host.start('ping -c 1 -W 1 host.test')
  host.run(3)
  const copy = host.fork()
  const questions = [host, copy].map((h) => {
    const started = h.sh('tcpdump -n -i va -w /tmp/cap port 53 > /dev/null 2>&1 & sleep 9; kill %1; wait')
    return started.exitCode + h.sh('tcpdump -n -r /tmp/cap 2> /dev/null | grep -c "? host.test"').stdout
  })
  const asked = recorded('scenarios/dns-silent', 'nameserver 10.0.0.3\\n: ping -c 1 one.test').match(
    /^([3-9]|\d\d) IP /gm,
  )
  expect(questions).toEqual(Array(2).fill(`0${asked?.length}\n`))
})

test('what is not modelled is refused by name', () => {
  const lines = [
    'dig +tcp a.test',
    'dig +trace a.test',
    'dig any a.test',
    'dig -6 a.test',
    'host -a a.test',
    'host -T a.test',
    'dnsmasq --dhcp-range=1',
    'dnsmasq -C /etc/dnsmasq.conf',
    'getent passwd root',
    'getent ahostsv6 a.test',
  ]
  for (const line of lines) {
    const before = new Host('node1')
    const r = before.sh(line)
    expect(r.stderr, line).toMatch(/^\w+: .* is not modelled by netsim\n$/)
    expect(r.exitCode, line).not.toBe(0)
  }
})
