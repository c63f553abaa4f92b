// Two hosts a (10.0.0.1/24 on va) and b (10.0.0.2/24 on vb, 10.1.0.2/24 on wb) wired by veth, without tools or requests.

import type { NetDevice } from '../../src/kernel/core/netdevice.ts'
import type { NetNs } from '../../src/kernel/core/netns.ts'
import { Flow } from '../../src/kernel/ipv4/fib_lookup.ts'
import { ip_local_out } from '../../src/kernel/ipv4/ip_output.ts'
import { ip_route_output } from '../../src/kernel/ipv4/route.ts'
import { Kernel } from '../../src/kernel/kernel.ts'
import { ip4 } from '../../src/lib/ip4.ts'
import { Simulation } from '../../src/sim/clock.ts'
import { Random } from '../../src/sim/random.ts'
import { plainPrinters } from '../../src/trace/printers.ts'
import { Recorder } from '../../src/trace/recorder.ts'
import { Trace } from '../../src/trace/trace.ts'
import type { NetSysctls } from '../../src/uapi/sysctl.ts'
import { icmp } from '../../src/wire/icmp.ts'
import { ipv4 } from '../../src/wire/ipv4.ts'
import { config, type LinkSpec } from './neigh_config.ts'

export const SEC = 1_000_000_000

export interface Pair {
  readonly kernel: Kernel
  readonly recorder: Recorder
  readonly a: NetNs
  readonly b: NetNs
  readonly va: NetDevice
  readonly vb: NetDevice
  /** Let virtual time pass. */
  run(seconds: number): void
  /** An echo request from namespace a; its packet id. */
  ping(dst: string): number
  trace(): Trace
}

export interface PairOptions {
  readonly a?: Partial<LinkSpec>
  readonly b?: Partial<LinkSpec>
  /** Of the initial namespace. */
  readonly sysctl?: Partial<NetSysctls>
  readonly gateway?: string
}

export function pair(options: PairOptions = {}): Pair {
  const kernel = new Kernel(new Simulation(), new Random(1))
  const recorder = new Recorder()
  kernel.tr = recorder
  const init = kernel.net(0)
  init.cfg = { ...init.cfg, sysctl: { ...init.cfg.sysctl, ...options.sysctl } }
  const a = kernel.createNetns(
    config([{ name: 'va', addr: '10.0.0.1', ...options.a }], 0x020000000a00, {}, options.gateway),
  )
  const wb = { name: 'wb', addr: '10.1.0.2' }
  const b = kernel.createNetns(config([{ name: 'vb', addr: '10.0.0.2', ...options.b }, wb], 0x020000000b00))
  const va = a.byName.get('va')!
  const vb = b.byName.get('vb')!
  va.peer = vb
  vb.peer = va
  const names = new Map([
    [a.id, new Map([[2, 'va']])],
    [
      b.id,
      new Map([
        [2, 'vb'],
        [3, 'wb'],
      ]),
    ],
  ])
  const printers = plainPrinters({
    netns: new Map([
      [0, 'host'],
      [a.id, 'a'],
      [b.id, 'b'],
    ]),
    devices: names,
  })
  return {
    kernel,
    recorder,
    a,
    b,
    va,
    vb,
    run(seconds: number): void {
      const until = kernel.sim.now + Math.round(seconds * SEC)
      for (let i = 0; kernel.sim.step(until, kernel); i++) if (i > 10000) throw new Error('event storm')
      kernel.sim.advance(until)
    },
    ping(dst: string): number {
      const flow = new Flow()
      flow.dst = ip4(dst)
      const rt = ip_route_output(a, flow)
      if (typeof rt === 'string') throw new Error(rt)
      const ip = ipv4(flow.src, flow.dst, 1, 64, 0, 1, true, false, 0, 84, null, false)
      const skb = kernel.newSkb({ net: ip, l4: icmp(8, 0, 0x10001, false), data: new Uint8Array(56) })
      ip_local_out(a, skb, rt)
      return skb.id
    },
    trace: () => new Trace(recorder.recording(), printers),
  }
}
