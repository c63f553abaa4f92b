// Routes, rules, sysctls, neighbours and sets of a random machine. Routes lead where they should in most machines, so that packets travel.
import type { Dice } from './dice.ts'
import { type Step, step } from './model.ts'
import { anyAddress, portsOf, someAddress, somePrefix, type World } from './world.ts'

/** The first hop of a shortest way from a namespace to all others: namespace → [next hop, device]. */
function firstHops(w: World, from: number): Map<number, readonly [string, string]> {
  const hops = new Map<number, readonly [string, string]>()
  const seen = new Set([from])
  const queue = [from]
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const { a, b } of w.links) {
      for (const [near, far] of [
        [a, b],
        [b, a],
      ] as const) {
        if (near.ns !== at || seen.has(far.ns)) continue
        seen.add(far.ns)
        hops.set(far.ns, at === from ? [far.address, near.dev] : hops.get(at)!)
        queue.push(far.ns)
      }
    }
  }
  return hops
}

function goodRoutes(d: Dice, w: World, ns: number): Step[] {
  const name = `n${ns}`
  const hops = firstHops(w, ns)
  const own = new Set(portsOf(w, ns).map((p) => p.link))
  const steps: Step[] = []
  const targets = new Map<string, number>()
  for (const [i, { a, b }] of w.links.entries())
    if (!own.has(i)) targets.set(`10.0.${i}.0/24`, hops.has(a.ns) && a.ns < b.ns ? a.ns : b.ns)
  for (const [i, addresses] of w.addresses.entries())
    if (i !== ns) for (const a of addresses) if (a.startsWith('10.1.')) targets.set(a, i)
  if (own.size === 1 && d.chance(70)) {
    const [via] = [...hops.values()]
    return via === undefined ? [] : [step('ip', name, `route add default via ${via[0]}`)]
  }
  for (const [prefix, to] of targets) {
    const via = hops.get(to)
    if (via !== undefined && d.chance(95))
      steps.push(step('ip', name, `route add ${prefix} via ${via[0]}`, d.chance(20) ? `dev ${via[1]}` : ''))
  }
  return steps
}

function gateway(d: Dice, w: World, ns: number): string {
  const near = w.links.flatMap(({ a, b }) => (a.ns === ns ? [b.address] : b.ns === ns ? [a.address] : []))
  return near.length > 0 && d.chance(85) ? d.pick(near) : someAddress(d, w)
}

function strangeRoute(d: Dice, w: World, ns: number): Step {
  const verb = d.pick(['add', 'add', 'replace', 'append', 'del', 'change'])
  const prefix = d.chance(15) ? 'default' : somePrefix(d, w)
  const dev = d.pick(w.devices[ns]!)
  const table = d.chance(25) ? `table ${d.pick(['100', '200', 'main', 'local'])}` : ''
  const metric = d.chance(15) ? `metric ${d.pick([10, 100])}` : ''
  if (d.chance(30))
    return step(
      'ip',
      `n${ns}`,
      `route ${verb} ${d.pick(['blackhole', 'unreachable', 'prohibit', 'throw'])} ${prefix}`,
      table,
      metric,
    )
  if (d.chance(6))
    return step('ip', `n${ns}`, `route ${verb} local ${prefix} dev lo`, d.chance(70) ? 'table local' : '')
  const via = d.chance(60) ? `via ${gateway(d, w, ns)}` : `dev ${dev}`
  const more = [
    d.chance(10) ? `src ${someAddress(d, w)}` : '',
    d.chance(8) ? `mtu ${d.pick(['600', 'lock 600', '1000', '1200'])}` : '',
    d.chance(6) ? `dev ${dev} onlink` : '',
    d.chance(6) ? 'tos 0x10' : '',
    d.chance(5) ? 'scope link' : '',
    d.chance(5) ? `advmss ${d.pick([500, 1000])}` : '',
    d.chance(4) ? 'hoplimit 3' : '',
  ]
  return step('ip', `n${ns}`, `route ${verb} ${prefix} ${via}`, table, metric, ...more)
}

function rule(d: Dice, w: World, ns: number): Step {
  const words = [
    d.chance(50) ? `from ${somePrefix(d, w)}` : '',
    d.chance(40) ? `to ${somePrefix(d, w)}` : '',
    d.chance(20) ? `iif ${d.pick(w.devices[ns]!)}` : '',
    d.chance(10) ? `oif ${d.pick(w.devices[ns]!)}` : '',
    d.chance(30) ? `fwmark ${d.pick(['1', '2', '0x1/0x1', '0x10/0xf0'])}` : '',
    d.chance(10) ? 'tos 0x10' : '',
    d.chance(10) ? `ipproto ${d.pick(['icmp', 'udp', 'tcp'])}` : '',
    d.chance(8) ? `dport ${d.pick(['3000', '4000', '3000-4000'])}` : '',
    d.chance(5) ? 'uidrange 0-0' : '',
    d.chance(8) ? 'suppress_prefixlength 0' : '',
  ]
  const action = d.pick([
    'lookup 100',
    'lookup 100',
    'lookup 200',
    'lookup main',
    'prohibit',
    'blackhole',
    'unreachable',
    'goto 32766',
  ])
  const verb = `rule ${d.chance(90) ? 'add' : 'del'} pref ${d.pick([10, 20, 100, 32000])}`
  return step('ip', `n${ns}`, verb, d.chance(8) ? 'not' : '', ...words, action)
}

const CONF: readonly (readonly [string, readonly number[]])[] = [
  ['rp_filter', [0, 1, 1, 2]],
  ['accept_local', [1]],
  ['proxy_arp', [1]],
  ['proxy_arp_pvlan', [1]],
  ['forwarding', [0, 1]],
  ['arp_ignore', [1, 2, 3, 8]],
  ['arp_announce', [1, 2]],
  ['arp_filter', [1]],
  ['arp_accept', [1]],
  ['route_localnet', [1]],
  ['send_redirects', [0, 1]],
  ['accept_redirects', [0, 1]],
  ['secure_redirects', [0]],
  ['shared_media', [0]],
  ['bc_forwarding', [1]],
  ['src_valid_mark', [1]],
  ['medium_id', [-1, 1]],
  ['ignore_routes_with_linkdown', [1]],
  ['promote_secondaries', [1]],
  ['drop_gratuitous_arp', [1]],
  ['drop_unicast_in_l2_multicast', [1]],
  ['log_martians', [1]],
  ['disable_policy', [1]],
  ['disable_xfrm', [1]],
]

const GLOBAL: readonly (readonly [string, readonly (number | string)[]])[] = [
  ['ipv4.ip_forward', [0, 1, 1]],
  ['ipv4.icmp_echo_ignore_all', [1]],
  ['ipv4.icmp_echo_ignore_broadcasts', [0]],
  ['ipv4.icmp_errors_use_inbound_ifaddr', [1]],
  ['ipv4.ip_default_ttl', [1, 2, 3, 128]],
  ['ipv4.ip_no_pmtu_disc', [1, 2, 3]],
  ['ipv4.ip_forward_use_pmtu', [1]],
  ['ipv4.ip_forward_update_priority', [0]],
  ['ipv4.fwmark_reflect', [1]],
  ['ipv4.tcp_fwmark_accept', [1]],
  ['ipv4.ip_nonlocal_bind', [1]],
  ['ipv4.ip_early_demux', [0]],
  ['ipv4.tcp_timestamps', [0]],
  ['ipv4.tcp_sack', [0]],
  ['ipv4.tcp_window_scaling', [0]],
  ['ipv4.route.min_pmtu', [68, 1000]],
  ['netfilter.nf_conntrack_tcp_loose', [0]],
  ['netfilter.nf_conntrack_tcp_be_liberal', [1]],
  ['netfilter.nf_conntrack_acct', [1, 1]],
  ['netfilter.nf_conntrack_checksum', [0]],
]

export function sysctl(d: Dice, w: World, ns: number): Step {
  if (d.chance(40)) {
    const [name, values] = d.pick(GLOBAL)
    return step('sysctl', `n${ns}`, `net.${name}=${d.pick(values)}`)
  }
  const [name, values] = d.pick(CONF)
  return step(
    'sysctl',
    `n${ns}`,
    `net.ipv4.conf.${d.pick(['all', 'default', ...w.devices[ns]!, ...w.devices[ns]!])}.${name}=${d.pick(values)}`,
  )
}

function neighbour(d: Dice, w: World, ns: number): Step {
  const dev = d.pick(w.devices[ns]!)
  const port = d.pick(w.links.flatMap(({ a, b }) => [a, b]))
  if (d.chance(40)) return step('ip', `n${ns}`, `neigh add proxy ${someAddress(d, w)} dev ${dev}`)
  const mac = d.chance(60) ? port.mac : d.pick(['02:00:00:00:00:99', 'ff:ff:ff:ff:ff:ff'])
  return step(
    'ip',
    `n${ns}`,
    `neigh ${d.pick(['add', 'replace'])} ${d.chance(70) ? port.address : someAddress(d, w)} lladdr ${mac} dev ${dev}`,
    d.pick(['', 'nud noarp', 'nud stale', 'nud reachable']),
  )
}

/** What an administrator may do to a namespace at any time. */
export function setting(d: Dice, w: World, ns: number): Step {
  const kind = d.int(0, 99)
  if (kind < 35) return strangeRoute(d, w, ns)
  if (kind < 55) return rule(d, w, ns)
  if (kind < 90 || w.links.length === 0) return sysctl(d, w, ns)
  return neighbour(d, w, ns)
}

export function settingSteps(d: Dice, w: World, ns: number): Step[] {
  const steps = goodRoutes(d, w, ns)
  if (portsOf(w, ns).length > 1 ? d.chance(90) : d.chance(20))
    steps.push(step('sysctl', `n${ns}`, 'net.ipv4.ip_forward=1'))
  const more = d.pick([0, 0, 1, 1, 2, 3, 4])
  for (let i = 0; i < more; i++) steps.push(setting(d, w, ns))
  return steps
}

/** What happens between two commands of traffic. */
export function change(d: Dice, w: World, ns: number): Step {
  const dev = d.pick(w.devices[ns]!)
  const kind = d.int(0, 99)
  if (kind < 55) return setting(d, w, ns)
  if (kind < 65) return step('ip', `n${ns}`, `neigh flush dev ${dev}`)
  if (kind < 72) return step('ip', `n${ns}`, `link set ${dev} down`)
  if (kind < 77) return step('ip', `n${ns}`, `link set ${dev} up`)
  if (kind < 82) return step('ip', `n${ns}`, `addr del ${anyAddress(d, w)}/24 dev ${dev}`)
  if (kind < 87) return step('command', `n${ns}`, 'conntrack -F')
  if (kind < 92) return step('command', `n${ns}`, `conntrack -D -p ${d.pick(['icmp', 'udp', 'tcp'])}`)
  if (kind < 96)
    return step('command', `n${ns}`, `iptables -t ${d.pick(['filter', 'nat', 'mangle'])} ${d.pick(['-F', '-Z'])}`)
  return step(
    'ip',
    `n${ns}`,
    `route get ${someAddress(d, w)}`,
    d.chance(30) ? `from ${someAddress(d, w)}` : '',
    d.chance(20) ? `iif ${dev}` : '',
    d.chance(20) ? 'mark 1' : '',
  )
}
