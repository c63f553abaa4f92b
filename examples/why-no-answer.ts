// Why does the pod get no answer? The chapter's network, each time with one thing missing, and what the packet's trace says.
// Run it: npx tsx --conditions=netsim-source examples/why-no-answer.ts
import { Host, type Trace } from 'netsim'

/** The host with its NIC and gateway, the pod with its veth pair, a default route by a gateway that only proxy ARP plays. */
const STEPS: Readonly<Record<string, string>> = {
  'the way out of the host': `ip netns add gw
    ip link add ens3 type veth peer name lan0 netns gw
    ip -n gw addr add 192.168.6.1/24 dev lan0; ip -n gw link set lan0 up
    ip addr add 192.168.6.160/24 dev ens3; ip link set ens3 up`,
  "the host's default route": 'ip route add default via 192.168.6.1',
  ip_forward: 'echo 1 > /proc/sys/net/ipv4/ip_forward',
  'the pod': `ip netns add ns1
    ip link add ns1-eth0 type veth peer name veth-ns1
    ip link set ns1-eth0 netns ns1; ip link set veth-ns1 up
    ip -n ns1 addr add 172.20.1.10/24 dev ns1-eth0; ip -n ns1 link set ns1-eth0 up`,
  "the pod's default route": 'ip -n ns1 route add default via 172.20.1.1 dev ns1-eth0',
  proxy_arp: 'echo 1 > /proc/sys/net/ipv4/conf/veth-ns1/proxy_arp',
  'the way back to the pod': 'ip route add 172.20.1.10 dev veth-ns1',
}

/** One sentence about the packet: how its story ended, where, and the kernel's reason. */
function why(trace: Trace): string {
  const drop = trace.drops[0]
  const refused = trace.events.find((e) => e.kind === 'error')
  if (trace.verdict === 'answered') return 'answered'
  if (refused !== undefined && refused.kind === 'error' && drop === undefined) return `never sent: ${refused.errno}`
  if (drop === undefined) return trace.verdict
  return `${drop.reason} in ${trace.printers.netns(drop.netns)} (${drop.fn})`
}

export function whyNoAnswer(print: (line: string) => void): void {
  const optional = [
    'nothing',
    "the host's default route",
    'ip_forward',
    "the pod's default route",
    'proxy_arp',
    'the way back to the pod',
  ]
  for (const missing of optional) {
    const host = new Host('host')
    for (const [name, script] of Object.entries(STEPS)) if (name !== missing) host.exec(script)
    const r = host.netns('ns1').ping('192.168.6.160')
    print(`without ${missing}: ${r.received} of ${r.sent} answered; ${why(r.trace)}`)
  }
}

if (process.argv[1]?.endsWith('why-no-answer.ts')) whyNoAnswer(console.log)
