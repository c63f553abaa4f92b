// The kernel's clock of timer ticks, for what is counted in them (HZ 250, as in Debian's kernels).
// Read first: include/linux/jiffies.h. The count begins five minutes before its 32 bits wrap (INITIAL_JIFFIES), and the machine has just started.
import type { NetNs } from '../core/netns.ts'

export const HZ = 250
const TICK = 1e9 / HZ
const INITIAL_JIFFIES = 2 ** 32 - 300 * HZ

export function jiffies(net: NetNs): number {
  return INITIAL_JIFFIES + Math.floor(net.kernel.sim.now / TICK)
}

/** msecs_to_jiffies: rounded up. */
export function msecsToJiffies(ms: number): number {
  return Math.ceil((ms * HZ) / 1000)
}
