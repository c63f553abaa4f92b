// npm run bench: how fast packets go, machines are built, and what that costs; ratios to the kernel beneath in the same run.
// One packet-hop is one veth crossing, counted at the receiver: a chain of 4 forwarders is 5 per packet.
import { Host } from 'netsim'
import { chainScript } from './chain.ts'
import { linuxChain } from './linux.ts'
import { netfilter } from './netfilter.ts'
import { line, memory, rate, ratio } from './print.ts'
import { Traffic } from './traffic.ts'

const FORWARDERS = 4
const SECONDS = 3

function chain(): void {
  const host = new Host('bench')
  host.exec(chainScript(FORWARDERS))
  const traffic = new Traffic(host, 's', 'd', `10.0.${FORWARDERS}.2`)
  traffic.run(0.5, FORWARDERS + 1)
  const bare = traffic.run(SECONDS, FORWARDERS + 1)
  let events = 0
  const stop = host.onEvent(() => {
    events++
  })
  traffic.run(0.5, FORWARDERS + 1)
  const traced = traffic.run(SECONDS, FORWARDERS + 1)
  stop()
  const linux = linuxChain(FORWARDERS, SECONDS, chainScript(FORWARDERS), `10.0.${FORWARDERS}.2`)
  line('packet-hops/s, 4 forwarders', rate(bare), ratio(bare, linux))
  line('packet-hops/s, 4 forwarders, events streamed', rate(traced), `${ratio(traced, linux)} (${rate(events)} events)`)
  if (typeof linux === 'number') line('packet-hops/s, 4 forwarders, Linux', rate(linux))
  else line('packet-hops/s, 4 forwarders, Linux', 'skipped', linux)
}

/** A thousand namespaces, each with a veth pair to the host, an address and a route. */
function thousand(): void {
  const before = memory()
  const start = performance.now()
  const host = new Host('bench')
  for (let i = 0; i < 1000; i++) {
    const a = i >> 8
    const b = i & 255
    const ns = host.addNetns(`ns${i}`)
    host.root.addLink({ kind: 'veth', name: `v${i}`, peer: { name: 'eth0', netns: `ns${i}` } })
    host.root.up(`v${i}`)
    ns.addAddress('eth0', `10.${a}.${b}.2/32`)
    ns.up('eth0')
    ns.addRoute({ dst: 'default', via: '169.254.1.1', dev: 'eth0', onlink: true })
    host.root.addRoute({ dst: `10.${a}.${b}.2`, dev: `v${i}` })
  }
  const seconds = (performance.now() - start) / 1000
  line('1,000 namespaces with veth, address, route', `${seconds.toFixed(2)} s`, `${(memory() - before).toFixed(0)} MB`)
  const requests = 1000
  const t = performance.now()
  for (let i = 0; i < requests; i++)
    host.netns(`ns${i % 1000}`).addRoute({ dst: `203.0.113.${i % 250}`, dev: 'eth0', metric: i })
  line('a request on that machine', `${(((performance.now() - t) / requests) * 1000).toFixed(1)} µs`)
  const c = performance.now()
  host.snapshot()
  line('a snapshot of that machine', `${(performance.now() - c).toFixed(0)} ms`)
}

/** Cost per packet with more routes, namespaces and devices around: chains side by side, measured in turn, best of several. */
function growth(): void {
  const plain = loaded(() => undefined)
  const routes = loaded(tenThousandRoutes)
  const many = loaded(thousandNamespaces)
  const best = [0, 0, 0]
  for (let round = 0; round < 4; round++) {
    for (const [i, traffic] of [plain, routes, many].entries()) {
      best[i] = Math.max(best[i]!, traffic.run(0.5, FORWARDERS + 1))
    }
  }
  line(
    'cost per packet, 10,000 routes in each forwarder',
    `${(best[0]! / best[1]!).toFixed(2)} x`,
    'of the plain chain',
  )
  line(
    'cost per packet, 1,000 namespaces, 2,000 devices',
    `${(best[0]! / best[2]!).toFixed(2)} x`,
    'of the plain chain',
  )
}

function tenThousandRoutes(host: Host): void {
  for (let r = 1; r <= FORWARDERS; r++) {
    const via = `10.0.${r - 1}.1`
    const routes = Array.from(
      { length: 10_000 },
      (_, i) => `route add 172.${16 + (i >> 12)}.${(i >> 4) & 255}.${(i & 15) << 4}/28 via ${via}`,
    )
    const done = host.sh(`ip -n r${r} -batch -`, { stdin: `${routes.join('\n')}\n` })
    if (done.exitCode !== 0) throw new Error(done.stderr)
  }
}

function thousandNamespaces(host: Host): void {
  for (let i = 0; i < 1000; i++) {
    host.addNetns(`x${i}`)
    host.root.addLink({ kind: 'veth', name: `y${i}`, peer: { name: 'eth0', netns: `x${i}` } })
  }
}

function loaded(load: (host: Host) => void): Traffic {
  const host = new Host('bench')
  host.exec(chainScript(FORWARDERS))
  load(host)
  const traffic = new Traffic(host, 's', 'd', `10.0.${FORWARDERS}.2`)
  traffic.run(0.5, FORWARDERS + 1)
  return traffic
}

chain()
thousand()
growth()
netfilter(FORWARDERS, SECONDS)
