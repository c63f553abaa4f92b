// What happens to a received packet that no route takes (ip_error, net/ipv4/route.c): silence on a host, an ICMP error
// on a router, at most a few per source.
import type { Errno } from '../../lib/errno.ts'
import type { DropReason } from '../../uapi/drop.ts'
import type { DropDetail } from '../../uapi/trace.ts'
import { ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, ICMP_NET_UNREACH, ICMP_PKT_FILTERED } from '../../wire/icmp.ts'
import { because, bySysctl, kfree_skb } from '../core/drop.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import type { SkBuff } from '../core/skbuff.ts'
import { icmp_send } from './icmp.ts'
import { inet_peer_xrlim_allow } from './inetpeer.ts'
import type { Rtable } from './rtable.ts'

/** ip_rt_error_cost: one error a second after a burst. */
const ERROR_COST_MS = 1000
/** ip_rt_error_burst, in errors. */
const ERROR_BURST = 5

export function ip_error(net: NetNs, skb: SkBuff, rt: Rtable): void {
  const dev = skb.dev as NetDevice
  const error = rt.error ?? 'EHOSTUNREACH'
  if (dev.forwarding) {
    const code = icmpCode(error)
    if (code !== null && inet_peer_xrlim_allow(net, skb.ip.src, ERROR_COST_MS, ERROR_BURST))
      icmp_send(net, skb, ICMP_DEST_UNREACH, code, 0)
  }
  kfree_skb(net, skb, 'ip_error', reason(dev, error), detail(dev, rt))
}

/** Which error is told; EINVAL (blackhole) is silent. */
function icmpCode(error: Errno): number | null {
  switch (error) {
    case 'EHOSTUNREACH':
      return ICMP_HOST_UNREACH
    case 'ENETUNREACH':
      return ICMP_NET_UNREACH
    case 'EACCES':
      return ICMP_PKT_FILTERED
    default:
      return null
  }
}

function reason(dev: NetDevice, error: Errno): DropReason {
  if (!dev.forwarding) return error === 'EHOSTUNREACH' ? 'IP_INADDRERRORS' : 'NOT_SPECIFIED'
  return error === 'ENETUNREACH' ? 'IP_INNOROUTES' : 'NOT_SPECIFIED'
}

function detail(dev: NetDevice, rt: Rtable): DropDetail {
  if (!dev.forwarding) return bySysctl(`ipv4.conf.${dev.name}.forwarding`, 0)
  if (rt.route !== null) return { kind: 'route', route: rt.route, rule: rt.rule }
  if (rt.rule !== null) return { kind: 'rule', rule: rt.rule }
  return because('no table that the rules lead to has a route')
}
