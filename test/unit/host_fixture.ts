// Machines for the tests of the public API.
import { Host } from 'netsim'

/** node1 and the namespace ns1, wired: v0 10.0.0.1/24 ~ v1 10.0.0.2/24. */
export const PAIR = `ip netns add ns1
ip link add v0 type veth peer name v1 netns ns1
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up
ip -n ns1 addr add 10.0.0.2/24 dev v1; ip -n ns1 link set v1 up; ip -n ns1 link set lo up`

export function pair(options: ConstructorParameters<typeof Host>[1] = {}): Host {
  const host = new Host('node1', options)
  host.sh(PAIR)
  return host
}

/** Namespaces n0 … n(hops+1) in a row, all forwarding; 10.0.i.1 ~ 10.0.i.2 between n(i) and n(i+1). */
export function chainScript(hops: number): string {
  const lines: string[] = []
  for (let i = 0; i < hops + 2; i++)
    lines.push(
      `ip netns add n${i}`,
      `ip -n n${i} link set lo up`,
      `ip netns exec n${i} sysctl -qw net.ipv4.ip_forward=1`,
    )
  for (let i = 0; i <= hops; i++) {
    lines.push(
      `ip link add right netns n${i} type veth peer name left netns n${i + 1}`,
      `ip -n n${i} addr add 10.0.${i}.1/24 dev right`,
      `ip -n n${i} link set right up`,
      `ip -n n${i + 1} addr add 10.0.${i}.2/24 dev left`,
      `ip -n n${i + 1} link set left up`,
    )
  }
  for (let i = 0; i <= hops; i++) {
    lines.push(`ip -n n${i} route add default via 10.0.${i}.2`)
    for (let k = 0; k < i; k++) lines.push(`ip -n n${i + 1} route add 10.0.${k}.0/24 via 10.0.${i}.1`)
  }
  return lines.join('\n')
}

/** Everything that a machine's listings show, of every namespace, without changing it. */
export function dump(host: Host): string {
  const copy = host.fork()
  const one =
    'ip -d -s link; ip addr; ip rule; ip route show table all; ip -s neigh; ip neigh show proxy; ss -tuan; cat /proc/net/dev'
  const names = copy
    .exec('ip netns list')
    .stdout.split('\n')
    .flatMap((l) => l.split(' ')[0] || [])
  const texts = [copy.root.sh(one), ...names.map((n) => copy.netns(n).sh(one))].map((r) => r.output)
  return [`now ${host.now}`, ...texts].join('\n')
}
