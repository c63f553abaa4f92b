import { Host } from 'netsim'
import { expect, test } from 'vitest'

const WIRED = `
ip link add va type veth peer name vb; ip netns add n; ip link set vb netns n
ip addr add 10.0.0.1/24 dev va; ip link set va up
ip -n n addr add 10.0.0.2/24 dev vb; ip -n n link set vb up; ip -n n link set lo up
echo nameserver 10.0.0.2 > /etc/resolv.conf
ip netns exec n dnsmasq -k -d --no-resolv --address=/example.test/10.0.0.2 --cname=www.a.test,example.test --host-record=host.test,10.0.0.2 &
sleep 0.1
`

function sh(script: string): { stdout: string; stderr: string; exitCode: number } {
  return new Host('node1').sh(WIRED + script)
}

test('names are found by a DNS server on another machine', () => {
  expect(sh('dig +short example.test @10.0.0.2; dig +short deep.example.test').stdout).toBe('10.0.0.2\n10.0.0.2\n')
  expect(sh('dig +short www.a.test').stdout).toBe('example.test.\n10.0.0.2\n')
  expect(sh('host host.test').stdout).toBe('host.test has address 10.0.0.2\n')
  expect(sh('getent hosts host.test').stdout).toBe('10.0.0.2        host.test\n')
})

test('ping asks for the name and for the names of the senders', () => {
  const r = sh('ping -c 1 host.test | { read -r a; echo "$a"; read -r b; echo "$b"; }')
  expect(r.stdout).toMatch(
    /^PING host\.test \(10\.0\.0\.2\) 56\(84\) bytes of data\.\n64 bytes from host\.test \(10\.0\.0\.2\): icmp_seq=1/,
  )
})

test('a server that refuses, and one that is not there', () => {
  const r = sh('ping -c 1 nothere.invalid 2>&1; ip netns exec n getent hosts nothere.invalid; echo $?')
  expect(r.stdout).toBe('ping: nothere.invalid: Temporary failure in name resolution\n2\n')
  const silent = sh('echo nameserver 10.0.0.99 > /etc/resolv.conf; dig +short +time=1 +tries=1 example.test; echo $?')
  expect(silent.stdout).toBe(';; connection timed out; no servers could be reached\n9\n')
})

test('what is not modelled is refused by name', () => {
  const r = new Host('node1').sh('dig example.test; dnsmasq --dhcp-range=1; python3 -c 1; curl https://a/; echo $?')
  expect(r.stderr).toBe(
    'dig: output other than +short is not modelled by netsim\n' +
      'dnsmasq: option --dhcp-range is not modelled by netsim\n' +
      'python3: python3 is not modelled by netsim (python3 -m http.server is)\n' +
      'curl: (1) Protocol "https" not supported or disabled in libcurl\n',
  )
})
