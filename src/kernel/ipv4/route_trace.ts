// What the trace is told of a routing decision, received and sent. Callers ask `tr !== null` first.
// Read first: uapi/trace.ts (RouteEvent), rtable.ts.
import type { RouteEvent } from '../../uapi/trace.ts'
import type { NetNs } from '../core/netns.ts'
import type { SkBuff } from '../core/skbuff.ts'
import type { Rtable } from './rtable.ts'

export function traceRoute(
  net: NetNs,
  skb: SkBuff,
  rt: Rtable,
  direction: 'input' | 'output',
  fn = direction === 'input' ? 'ip_route_input_slow' : 'ip_route_output_key_hash',
): void {
  const input = direction === 'input'
  const ip = skb.ip
  net.kernel.tr?.emit({
    kind: 'route',
    time: net.kernel.sim.now,
    packet: skb.id,
    netns: net.id,
    ifindex: rt.dev.ifindex,
    fn,
    direction,
    dst: ip.dst,
    src: ip.src,
    route: rt.route,
    nexthop: rt.nexthop,
    rule: rt.rule,
    result: routeResult(rt),
    prefsrc: input ? 0 : rt.prefsrc,
  })
}

/** The trace's word for how a lookup ended. */
function routeResult(rt: Rtable): RouteEvent['result'] {
  if (rt.error === null) return rt.type
  switch (rt.error) {
    case 'EINVAL':
      return 'blackhole'
    case 'EACCES':
      return 'prohibit'
    case 'EHOSTUNREACH':
      return rt.route === null ? 'none' : 'unreachable'
    default:
      return 'none'
  }
}
