// A chain of forwarding namespaces s – r1 – … – rN – d, as the commands that build it on Linux and in netsim.

export function chainScript(forwarders: number): string {
  const out: string[] = []
  const names = ['s', ...Array.from({ length: forwarders }, (_, i) => `r${i + 1}`), 'd']
  for (const n of names) out.push(`ip netns add ${n}`, `ip -n ${n} link set lo up`)
  for (let i = 0; i <= forwarders; i++) {
    const a = names[i]!
    const b = names[i + 1]!
    out.push(
      `ip link add right netns ${a} type veth peer name left netns ${b}`,
      `ip -n ${a} addr add 10.0.${i}.1/24 dev right`,
      `ip -n ${b} addr add 10.0.${i}.2/24 dev left`,
      `ip -n ${a} link set right up`,
      `ip -n ${b} link set left up`,
    )
  }
  for (let i = 0; i < names.length; i++) {
    if (i < names.length - 1) out.push(`ip -n ${names[i]} route add default via 10.0.${i}.2`)
    if (i > 1) out.push(`ip -n ${names[i]} route add 10.0.0.0/24 via 10.0.${i - 1}.1`)
    if (i > 0 && i < names.length - 1) out.push(`ip netns exec ${names[i]} sysctl -qw net.ipv4.ip_forward=1`)
  }
  return out.join('\n')
}
