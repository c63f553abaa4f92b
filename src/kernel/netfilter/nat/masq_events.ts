// A device goes down, or loses an address: connections that were masqueraded with it end (masq_device_event, masq_inet_event,
// net/netfilter/nf_nat_masquerade.c). Read first: masquerade.ts.
import type { Ip4 } from '../../../lib/ip4.ts'
import type { NetNs } from '../../core/netns.ts'
import { nf_ct_iterate_cleanup } from '../conntrack/gc.ts'

/** NETDEV_DOWN of a device. */
export function masq_device_event(net: NetNs, ifindex: number): void {
  if (net.nf.ct.count === 0) return
  nf_ct_iterate_cleanup(net, (ct) => ct.masqIfindex === ifindex, 'the device it was masqueraded on went down')
}

/** NETDEV_DOWN of an address: `address` is its ifa_address, the peer's of a point-to-point one, which matches nothing. */
export function masq_inet_event(net: NetNs, ifindex: number, address: Ip4): void {
  if (net.nf.ct.count === 0) return
  nf_ct_iterate_cleanup(
    net,
    (ct) => ct.masqIfindex === ifindex && ct.rDst === address,
    'the address it was masqueraded with went',
  )
}
