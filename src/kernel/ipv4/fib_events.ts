// What happens to routes when addresses and links change (fib_add_ifaddr, fib_del_ifaddr, fib_sync_down_addr,
// fib_sync_down_dev, fib_sync_up, fib_disable_ip). Called by devinet and link requests inside their transaction.
import type { Ip4 } from '../../lib/ip4.ts'
import type { IfAddr } from '../../uapi/link.ts'
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'

/** The address `ifa` was added to link `ifindex` (already in the draft): local, broadcast and prefix routes. */
export function fib_add_ifaddr(_tx: Transaction, _net: NetNs, _ifindex: number, _ifa: IfAddr): void {}
/** The address was deleted (already out of the draft): its routes go, and routes with that prefsrc (fib_sync_down_addr). */
export function fib_del_ifaddr(_tx: Transaction, _net: NetNs, _ifindex: number, _ifa: IfAddr): void {}
/** NETDEV_UP: the link's flags say IFF_UP in the draft; addresses' routes are made, dead nexthops come back (fib_sync_up). */
export function fibLinkUp(_tx: Transaction, _net: NetNs, _ifindex: number): void {}
/** NETDEV_DOWN (force false) or NETDEV_UNREGISTER (force true): fib_disable_ip. */
export function fibLinkDown(_tx: Transaction, _net: NetNs, _ifindex: number, _force: boolean): void {}
/** NETDEV_CHANGE: carrier came or went. Nexthops get or lose RTNH_F_LINKDOWN. */
export function fibLinkCarrier(_tx: Transaction, _net: NetNs, _ifindex: number, _carrier: boolean): void {}
/** Is the address local to this namespace in the draft's table local (inet_addr_type == RTN_LOCAL)? */
export function fibIsLocal(_tx: Transaction, _net: NetNs, _addr: Ip4): boolean {
  return false
}
