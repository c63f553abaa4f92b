// Who writes down packets that no rule asked to log: conntrack's complaints and TRACE (nf_log_set, nf_log_proc_dostring; net/netfilter/nf_log.c).
// Read first: nf_log.ts. Nobody, until the module of a LOG, TRACE or NFLOG rule is there: nf_log_syslog is then everybody's logger,
// nfnetlink_log has to be chosen by net.netfilter.nf_log.FAMILY.
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'
import type { XtCheck } from './xt.ts'

export type LogModule = 'nf_log_syslog' | 'nfnetlink_log'

const NONE = 'NONE'
const NFPROTO_IPV4 = 2
/** nf_log_syslog's loggers, by NFPROTO_…: ipv4, arp, netdev, bridge, ipv6. */
const SYSLOG: ReadonlyMap<number, string> = new Map([
  [NFPROTO_IPV4, 'nf_log_ipv4'],
  [3, 'nf_log_arp'],
  [5, 'nf_log_netdev'],
  [7, 'nf_log_bridge'],
  [10, 'nf_log_ipv6'],
])
/** struct ctl_table's maxlen: NFLOGGER_NAME_LEN, with its end. */
const NAME_LENGTH = 63

/** nf_logger_find_get in a target's checkentry: its module is there from now on, for all namespaces. */
export function nf_logger_find_get(check: XtCheck, module: LogModule): void {
  check.net.kernel.klog.modules.add(module)
}

/** net.netfilter.nf_log.FAMILY */
export function loggerOf(net: NetNs, family: number): string {
  const chosen = net.nf.loggers.get(family)
  if (chosen !== undefined) return chosen
  return net.kernel.klog.modules.has('nf_log_syslog') ? (SYSLOG.get(family) ?? NONE) : NONE
}

/** Who hears of a packet of IPv4. */
export function ipv4Logger(net: NetNs): 'syslog' | 'nfnetlink' | 'nobody' {
  const name = loggerOf(net, NFPROTO_IPV4)
  if (name === NONE) return 'nobody'
  return name === 'nfnetlink_log' ? 'nfnetlink' : 'syslog'
}

/** __find_logger: names are compared as far as the logger's own goes. */
function findLogger(net: NetNs, family: number, text: string): string | null {
  const { modules } = net.kernel.klog
  const known: string[] = []
  const syslog = SYSLOG.get(family)
  if (syslog !== undefined && modules.has('nf_log_syslog')) known.push(syslog)
  if (modules.has('nfnetlink_log')) known.push('nfnetlink_log')
  return known.find((name) => text.toLowerCase().startsWith(name)) ?? null
}

/** A write to net.netfilter.nf_log.FAMILY. */
export function chooseLogger(tx: Transaction, net: NetNs, family: number, written: string): void {
  const text = (written.split('\n')[0] ?? '').slice(0, NAME_LENGTH)
  const name = text === NONE ? NONE : findLogger(net, family, text)
  if (name === null) return tx.refuse('ENOENT')
  tx.after(() => {
    // what comes with nf_log_syslog takes the places that are free
    if (name === NONE && !net.kernel.klog.modules.has('nf_log_syslog')) net.nf.loggers.delete(family)
    else net.nf.loggers.set(family, name)
  })
}
