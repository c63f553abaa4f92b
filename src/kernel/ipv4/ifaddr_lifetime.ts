// Lifetimes of addresses: the preferred one ends in `deprecated`, the valid one in deletion (devinet.c: check_lifetime).
// One timer per namespace, armed for the next thing that ends.

import type { Timer } from '../../sim/clock.ts'
import { IFA_F_DEPRECATED, IFA_F_PERMANENT, type IfAddr } from '../../uapi/link.ts'
import { allLinks } from '../core/link_list.ts'
import { changeLink, linkByIndex } from '../core/links.ts'
import type { NetNs } from '../core/netns.ts'
import { Transaction } from '../core/transaction.ts'
import { inet_del_ifa, notifyAddr } from './ifaddr.ts'

export const TIMER_ADDR = 30
const SECOND = 1_000_000_000

export class AddrTimer implements Timer {
  readonly kind = TIMER_ADDR
  at = -1
  seq = 0
  readonly net: NetNs
  constructor(net: NetNs) {
    this.net = net
  }
}

/** set_ifa_lifetime: the flags and stored lifetimes that go with two lifetimes in seconds (null: forever). */
export function ifaLifetime(
  flags: number,
  valid: number | null,
  preferred: number | null,
): Pick<IfAddr, 'flags' | 'validLft' | 'preferredLft'> {
  let f = flags & ~(IFA_F_PERMANENT | IFA_F_DEPRECATED)
  if (valid === null) f |= IFA_F_PERMANENT
  if (preferred === 0) f |= IFA_F_DEPRECATED
  return { flags: f, validLft: valid, preferredLft: preferred }
}

/** When something ends for the address, in virtual ns; -1 for nothing. A permanent address is never looked at. */
function nextEnd(ifa: IfAddr): number {
  if (ifa.validLft === null) return -1
  const preferred = ifa.preferredLft
  const deprecates = preferred !== null && (ifa.flags & IFA_F_DEPRECATED) === 0
  return ifa.tstamp + (deprecates ? Math.min(preferred, ifa.validLft) : ifa.validLft) * SECOND
}

/** Arm the namespace's timer for the next end, once the request is committed. */
export function armLifetimes(tx: Transaction, net: NetNs): void {
  tx.after(() => rearm(net))
}

function rearm(net: NetNs): void {
  let next = -1
  for (const link of allLinks(net.cfg.links)) {
    for (const ifa of link.addrs) {
      const end = nextEnd(ifa)
      if (end >= 0 && (next < 0 || end < next)) next = end
    }
  }
  if (next < 0) {
    if (net.addrTimer !== null) net.kernel.sim.cancel(net.addrTimer)
    return
  }
  net.addrTimer ??= new AddrTimer(net)
  net.kernel.sim.armWheel(net.addrTimer, next)
}

/** check_lifetime: delete what is over, mark what is deprecated. */
export function check_lifetime(timer: AddrTimer): void {
  const net = timer.net
  if (net.dead) return
  const now = net.kernel.sim.now
  const tx = new Transaction(net.kernel)
  for (const { ifindex, addrs } of allLinks(net.cfg.links)) {
    for (const ifa of addrs) {
      if (ifa.validLft === null || nextEnd(ifa) > now) continue
      // an earlier deletion may have taken or promoted it
      const here = linkByIndex(tx, net, ifindex)?.addrs.find(
        (x) => x.local === ifa.local && x.prefixlen === ifa.prefixlen,
      )
      if (here === undefined) continue
      if (ifa.tstamp + ifa.validLft * SECOND <= now) inet_del_ifa(tx, net, ifindex, here, true)
      else deprecate(tx, net, ifindex, here)
    }
  }
  armLifetimes(tx, net)
  tx.commit()
}

function deprecate(tx: Transaction, net: NetNs, ifindex: number, ifa: IfAddr): void {
  const now = Object.freeze({ ...ifa, flags: ifa.flags | IFA_F_DEPRECATED })
  const addrs = linkByIndex(tx, net, ifindex)!.addrs.map((x) => (x === ifa ? now : x))
  changeLink(tx, net, ifindex, { addrs: Object.freeze(addrs) })
  notifyAddr(tx, net, ifindex, now, false)
}

/** Seconds left of a lifetime that was set at `tstamp`. */
export function secondsLeft(lft: number | null, tstamp: number, now: number): number | null {
  return lft === null ? null : Math.max(0, lft - Math.floor((now - tstamp) / SECOND))
}
