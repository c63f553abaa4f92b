// How often the kernel's log hears of the same trouble (net_ratelimit, ___ratelimit; lib/ratelimit.c). Read first: klog.ts.
import type { NetNs } from '../../core/netns.ts'
import { LOG_WARNING, printk } from '../klog.ts'

/** net.core.message_cost, message_burst: so many lines in so many ns. */
const INTERVAL = 5e9
const BURST = 10

/** struct ratelimit_state; the kernel has one for all that net/ complains of. */
export class Complaints {
  begin = -1
  printed = 0
  missed = 0
}

/** ___ratelimit */
export function net_ratelimit(net: NetNs, c: Complaints): boolean {
  const { now } = net.kernel.sim
  if (c.begin < 0 || now - c.begin > INTERVAL) {
    if (c.missed > 0) printk(net.kernel, LOG_WARNING, `net_ratelimit: ${c.missed} callbacks suppressed`)
    c.begin = now
    c.printed = 0
    c.missed = 0
  }
  if (c.printed >= BURST) {
    c.missed++
    return false
  }
  c.printed++
  return true
}
