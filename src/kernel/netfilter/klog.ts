// The kernel's log (kernel/printk): a ring of lines, one per machine. LOG, x_tables' refusals and conntrack write to it.
// Read first: uapi/klog.ts.
import type { KernelLogEntry } from '../../uapi/klog.ts'
import type { Handlers } from '../handlers.ts'
import type { Kernel } from '../kernel.ts'
import type { LogModule } from './nf_loggers.ts'

export const LOG_ERR = 3
export const LOG_WARNING = 4
export const LOG_NOTICE = 5
export const LOG_INFO = 6

/** Lines kept: the kernel's ring of 256 KiB holds about as many. */
const KEPT = 2048
/** DEFAULT_RATELIMIT_INTERVAL, DEFAULT_RATELIMIT_BURST */
const INTERVAL = 5e9
const BURST = 10

/** struct ratelimit_state */
interface RateLimit {
  begin: number
  printed: number
  missed: number
}

export class KernelLog {
  lines: KernelLogEntry[] = []
  /** What may be said once only (pr_warn_once), and has been. */
  readonly said = new Set<string>()
  readonly limits = new Map<string, RateLimit>()
  /** Loggers of packets that some rule brought. */
  readonly modules = new Set<LogModule>()
}

/** printk: one line. */
export function printk(kernel: Kernel, level: number, text: string): void {
  const { lines } = kernel.klog
  if (lines.length >= 2 * KEPT) kernel.klog.lines = lines.slice(-KEPT)
  const entry = Object.freeze({ time: kernel.sim.now, level, text })
  kernel.klog.lines.push(entry)
  if (kernel.monitors.size > 0) tell(kernel, entry)
}

/** Whoever listens, in whatever namespace: there is one log. */
function tell(kernel: Kernel, entry: KernelLogEntry): void {
  for (const [id, listeners] of kernel.monitors) {
    const net = listeners > 0 ? kernel.nets.get(id) : undefined
    if (net !== undefined) kernel.notifyMonitors(net, { kind: 'log', entry })
  }
}

/** pr_warn_once and the like. */
export function printkOnce(kernel: Kernel, level: number, text: string): void {
  const { said } = kernel.klog
  if (said.has(text)) return
  said.add(text)
  printk(kernel, level, text)
}

/**
 * printk_ratelimited: ten lines in five seconds from one place in the source. `site` begins with the function's name, which tells how many
 * were left out.
 */
export function printkLimited(kernel: Kernel, site: string, level: number, text: string): void {
  const { limits } = kernel.klog
  const now = kernel.sim.now
  let rs = limits.get(site)
  if (rs === undefined) {
    rs = { begin: now, printed: 0, missed: 0 }
    limits.set(site, rs)
  }
  if (now > rs.begin + INTERVAL) {
    if (rs.missed > 0) printk(kernel, LOG_WARNING, `${site.split(' ')[0]}: ${rs.missed} callbacks suppressed`)
    rs.begin = now
    rs.printed = 0
    rs.missed = 0
  }
  if (rs.printed < BURST) {
    rs.printed++
    printk(kernel, level, text)
  } else rs.missed++
}

export const klogHandlers: Handlers<'klog.read' | 'klog.clear'> = Object.freeze({
  'klog.read': (tx) => tx.kernel.klog.lines.slice(-KEPT),
  'klog.clear': (tx) => {
    tx.after(() => {
      tx.kernel.klog.lines = []
    })
    return null
  },
} satisfies Handlers<'klog.read' | 'klog.clear'>)
