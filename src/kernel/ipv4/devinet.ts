import type { Ip4 } from '../../lib/ip4.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import type { Handlers } from '../handlers.ts'
export const addrHandlers: Handlers<'addr.new' | 'addr.del' | 'addr.list'> = {} as never

/** A source address of the device for a destination, of at most that scope (inet_select_addr); 0 when none. */
export function inet_select_addr(_net: NetNs, _dev: NetDevice | null, _dst: Ip4, _scope: number): Ip4 {
  return 0
}
/** Is `addr` in a subnet of the device (inet_addr_onlink)? */
export function inet_addr_onlink(_dev: NetDevice, _a: Ip4, _b: Ip4): boolean {
  return false
}
/** inet_confirm_addr: local address of dev (or of any) that matches local within dst's subnet; 0 when none. */
export function inet_confirm_addr(_net: NetNs, _dev: NetDevice | null, _dst: Ip4, _local: Ip4, _scope: number): Ip4 {
  return 0
}
