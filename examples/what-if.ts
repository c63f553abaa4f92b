// What if? Copies of a running machine answer questions without touching it: a server, a client and an endless ping are
// under way; each copy gets one change and half a minute, and tells what became of them.
// Run it: npx tsx --conditions=netsim-source examples/what-if.ts
import { Host } from 'netsim'

const NETWORK = `for n in client router server; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns client type veth peer name eth1 netns router
ip link add eth0 netns server type veth peer name eth2 netns router
ip -n client addr add 10.0.1.2/24 dev eth0; ip -n client link set eth0 up
ip -n router addr add 10.0.1.1/24 dev eth1; ip -n router link set eth1 up
ip -n router addr add 10.0.2.1/24 dev eth2; ip -n router link set eth2 up
ip -n server addr add 10.0.2.2/24 dev eth0; ip -n server link set eth0 up
ip -n client route add default via 10.0.1.1; ip -n server route add default via 10.0.2.1
ip netns exec router sysctl -qw net.ipv4.ip_forward=1`

const QUESTIONS: readonly string[] = [
  'true',
  'ip -n router link set eth2 mtu 576',
  'ip netns exec router sysctl -qw net.ipv4.ip_forward=0',
  'ip -n server route del default',
  'ip -n router route add blackhole 10.0.2.2',
  'ip netns exec router sysctl -qw net.ipv4.conf.eth1.rp_filter=1; ip -n router route replace 10.0.1.2 dev eth2',
]

export function whatIf(print: (line: string) => void): void {
  const host = new Host('lab')
  host.exec(NETWORK)
  host.netns('server').start('socat TCP4-LISTEN:7,fork,reuseaddr exec:cat')
  host.netns('client').start('ping -i 5 10.0.2.2 > /tmp/ping')
  host.run(12)
  for (const question of QUESTIONS) {
    const copy = host.fork('what-if')
    const before = answers(copy)
    copy.exec(question)
    copy.run(30)
    const probe = copy
      .netns('client')
      .send({ udp: { dst: '10.0.2.2', dport: 9, data: new Uint8Array(1000), df: true } })
    const echo = copy.netns('client').sh('echo hello | nc -N -w 2 10.0.2.2 7').stdout.trim()
    print(`$ ${question}`)
    print(`    pings answered in half a minute: ${answers(copy) - before}; echo over TCP: ${echo || 'nothing'}`)
    print(`    a datagram of 1000 bytes: ${probe.verdict} ${probe.drops[0]?.reason ?? ''}`.trimEnd())
  }
  print(`the original: ${answers(host)} pings answered, ${host.now / 1e9} s old`)
}

function answers(host: Host): number {
  return host
    .exec('cat /tmp/ping')
    .stdout.split('\n')
    .filter((l) => l.includes('bytes from')).length
}

if (process.argv[1]?.endsWith('what-if.ts')) whatIf(console.log)
