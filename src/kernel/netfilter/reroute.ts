// Routing a locally made packet again after its addresses, mark or TOS have changed (net/ipv4/netfilter.c, ip_route_me_harder;
// net/ipv4/netfilter/iptable_mangle.c). Read first: hooks.ts.
import { NF_INET_LOCAL_OUT } from '../../uapi/netfilter.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import type { SkBuff } from '../core/skbuff.ts'
import { Flow, inet_addr_type } from '../ipv4/fib_lookup.ts'
import { FLOWI_FLAG_ANYSRC, ip_route_output } from '../ipv4/route.ts'
import { traceRoute } from '../ipv4/route_trace.ts'
import { Rtable } from '../ipv4/rtable.ts'
import { ipt_do_table, type TableRuntime } from './ip_tables.ts'
import { NF_ACCEPT, NF_DROP } from './xt.ts'

const flow = new Flow()

/** ip_route_me_harder: a new route for skb's addresses, mark and TOS; false when there is none (the packet is then dropped). */
export function ip_route_me_harder(net: NetNs, skb: SkBuff): boolean {
  const rt = routeOfHeader(net, skb)
  if (rt === null) return false
  skb.rt = rt
  skb.dev = rt.dev
  if (net.kernel.tr !== null) traceRoute(net, skb, rt, 'output', 'ip_route_me_harder')
  return true
}

/** The route by what stands in the header, whoever is its source; the socket's device counts. Null when there is none. */
export function routeOfHeader(net: NetNs, skb: SkBuff): Rtable | null {
  const ip = skb.ip
  const type = inet_addr_type(net, ip.src)
  const source = type === 'local' || type === 'unicast'
  const oif = skb.sk === 0 ? 0 : (net.kernel.layer.find(skb.sk)?.boundIf ?? 0)
  flow.set(ip.dst, source ? ip.src : 0, net.lo.ifindex, oif, skb.mark, ip.tos & 0x1c, ip.protocol, 0, 0, skb.uid)
  flow.flags = source ? FLOWI_FLAG_ANYSRC : 0
  const rt = ip_route_output(net, flow)
  return rt instanceof Rtable ? rt : null
}

/** ipt_mangle_out: mangle's OUTPUT, then routed again when what routing looks at has changed. */
export function ipt_mangle_out(table: TableRuntime, skb: SkBuff, outdev: NetDevice | null): number {
  const net = table.net
  const { src, dst, tos } = skb.ip
  const mark = skb.mark
  const verdict = ipt_do_table(table, NF_INET_LOCAL_OUT, skb, null, outdev)
  if (verdict !== NF_ACCEPT) return verdict
  const ip = skb.ip
  if (ip.src === src && ip.dst === dst && skb.mark === mark && ip.tos === tos) return verdict
  return ip_route_me_harder(net, skb) ? verdict : NF_DROP
}
