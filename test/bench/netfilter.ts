// What netfilter costs: the chain with NAT and connection tracking, first packets through 10,000 Services, loading them, a million connections.
import { Host } from 'netsim'
import { chainScript } from './chain.ts'
import { Flows } from './flows.ts'
import { linuxChain, linuxFlows } from './linux.ts'
import { line, memory, rate, ratio } from './print.ts'
import { clusterIp, servicesRuleset } from './services.ts'
import { Traffic } from './traffic.ts'

const SERVICES = 10_000
const VIP = '10.96.0.100'

/** Every forwarder masquerades and lets established connections pass first; the first one also sends the VIP to d. */
function natScript(forwarders: number, iptables: string): string {
  const rules = Array.from({ length: forwarders }, (_, i) => {
    const ns = `ip netns exec r${i + 1} ${iptables}`
    return `${ns} -t nat -A POSTROUTING -o right -j MASQUERADE\n${ns} -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`
  })
  return [
    chainScript(forwarders),
    ...rules,
    `ip netns exec r1 ${iptables} -t nat -A PREROUTING -d ${VIP} -j DNAT --to-destination 10.0.${forwarders}.2`,
  ].join('\n')
}

function chainWithNat(forwarders: number, seconds: number): void {
  const host = new Host('bench')
  host.exec(natScript(forwarders, 'iptables'))
  const traffic = new Traffic(host, 's', 'd', VIP)
  traffic.run(0.5, forwarders + 1)
  const bare = traffic.run(seconds, forwarders + 1)
  const stop = host.onEvent(() => undefined)
  traffic.run(0.5, forwarders + 1)
  const traced = traffic.run(seconds, forwarders + 1)
  stop()
  const linux = linuxChain(forwarders, seconds, natScript(forwarders, 'iptables-legacy'), VIP)
  line('packet-hops/s, NAT and conntrack', rate(bare), ratio(bare, linux))
  line('packet-hops/s, NAT and conntrack, events streamed', rate(traced), ratio(traced, linux))
  if (typeof linux === 'number') line('packet-hops/s, NAT and conntrack, Linux', rate(linux))
  else line('packet-hops/s, NAT and conntrack, Linux', 'skipped', linux)
}

/** s – r1 – d, where r1 is the node. */
function node(iptables: string, ruleset: string | null): string {
  const setup = [
    chainScript(1),
    'ip -n r1 route add 10.200.0.0/14 via 10.0.0.1',
    'ip -n d route add default via 10.0.1.1 2>/dev/null',
    'ip netns exec d sysctl -qw net.ipv4.conf.all.rp_filter=0',
    `ip netns exec r1 ${iptables} -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
  ]
  if (ruleset !== null) setup.push(`ip netns exec r1 ${iptables}-restore <<'RULES'\n${ruleset}RULES`)
  return setup.join('\n')
}

function services(): void {
  const ruleset = servicesRuleset(SERVICES, '10.0.1.2', 9)
  const host = new Host('bench')
  host.exec(node('iptables', null))
  const t = performance.now()
  const loaded = host.netns('r1').sh('iptables-restore', { stdin: ruleset })
  if (loaded.exitCode !== 0) throw new Error(loaded.stderr)
  line(
    `iptables-restore of ${rate(SERVICES)} Services (${rate(SERVICES * 4)} rules)`,
    `${((performance.now() - t) / 1000).toFixed(2)} s`,
  )
  line(`iptables -A to those ${rate(SERVICES * 4)} rules`, `${appendTime(host).toFixed(3)} s`)
  const last = clusterIp(SERVICES - 1)
  const flows = new Flows(host, 's', 'd')
  flows.rate(last, 80, 0, 20_000)
  const through = flows.rate(last, 80, 20_000, 200_000)
  const linux = linuxFlows(node('iptables-legacy', ruleset), last, 80, 40_000)
  const direct = linuxFlows(node('iptables-legacy', null), '10.0.1.2', 9, 200_000)
  line(`new flows/s to the last of ${rate(SERVICES)} Services`, rate(through), ratio(through, linux))
  if (typeof linux === 'number') line('new flows/s to the last Service, Linux', rate(linux))
  else line('new flows/s to the last Service, Linux', 'skipped', linux)
  if (typeof direct === 'number') line('new flows/s without Services, Linux', rate(direct))
}

/** One more rule in a large table, the mean of several. */
function appendTime(host: Host): number {
  const times = 10
  const t = performance.now()
  for (let i = 0; i < times; i++) {
    const added = host.netns('r1').sh(`iptables -t nat -A KUBE-POSTROUTING -d 203.0.113.${i} -j RETURN`)
    if (added.exitCode !== 0) throw new Error(added.stderr)
  }
  return (performance.now() - t) / times / 1000
}

function millionConnections(): void {
  const few = withConnections(1_000)
  const many = withConnections(1_000_000)
  line('1,000,000 connections', `${many.mb.toFixed(0)} MB`)
  line(
    'packets/s over 1,000,000 connections',
    rate(many.rate),
    `${(many.rate / few.rate).toFixed(2)} x that over 1,000`,
  )
}

/** A node with so many connections, and packets that meet them in an order that no cache foresees. */
function withConnections(count: number): { readonly mb: number; readonly rate: number } {
  const host = new Host('bench')
  host.exec(node('iptables', null))
  host.exec(`sysctl -qw net.netfilter.nf_conntrack_max=${2 * count + 1000} net.netfilter.nf_conntrack_buckets=${count}`)
  const flows = new Flows(host, 's', 'd')
  const before = memory()
  flows.rate('10.0.1.2', 9, 0, count)
  const mb = memory() - before
  flows.rate('10.0.1.2', 9, 0, 50_000, 611_953, count)
  return { mb, rate: flows.rate('10.0.1.2', 9, 7, 300_000, 611_953, count) }
}

export function netfilter(forwarders: number, seconds: number): void {
  chainWithNat(forwarders, seconds)
  services()
  millionConnections()
}
