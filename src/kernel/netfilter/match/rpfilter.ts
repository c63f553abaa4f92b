// -m rpfilter: would an answer leave by the device that the packet came in by (net/ipv4/netfilter/ipt_rpfilter.c)?
// Read first: ipv4/fib_lookup.ts; ipv4/validate_source.ts asks the same on behalf of the sysctl rp_filter.
import { isLimitedBroadcast, isLocalMulticast, isMulticast, isZeronet } from '../../../lib/ip4.ts'
import { NF_INET_PRE_ROUTING } from '../../../uapi/netfilter.ts'
import type { MatchRpfilter } from '../../../uapi/xt.ts'
import { PACKET_LOOPBACK } from '../../core/skbuff.ts'
import { FibResult, Flow, fib_lookup } from '../../ipv4/fib_lookup.ts'
import { FIB_LOOKUP_IGNORE_LINKSTATE } from '../../ipv4/fib_trie.ts'
import { LOG_INFO, printk } from '../klog.ts'
import type { MatchOps, XtCheck, XtPar } from '../xt.ts'

const LOOPBACK_IFINDEX = 1
const IPTOS_RT_MASK = 0x1c
const flow = new Flow()
const result = new FibResult()

function check(check: XtCheck): void {
  const { table } = check
  if (table === 'raw' || table === 'mangle') return
  printk(check.net.kernel, LOG_INFO, `ipt_rpfilter: only valid in 'raw' or 'mangle' table, not '${table}'`)
  check.tx.refuse('EINVAL')
}

/** rpfilter_lookup_reverse */
function lookupReverse(par: XtPar, m: MatchRpfilter): boolean {
  const { ip, mark } = par.skb
  const dst = ip.dst
  const noSource = isMulticast(dst) || isLimitedBroadcast(dst) || isZeronet(dst)
  flow.set(ip.src, noSource ? 0 : dst, LOOPBACK_IFINDEX, 0, m.validmark ? mark : 0, ip.tos & IPTOS_RT_MASK, 0, 0, 0, 0)
  if (fib_lookup(par.net, flow, result, FIB_LOOKUP_IGNORE_LINKSTATE) !== null) return false
  const route = result.route!
  if (route.type !== 'unicast' && (route.type !== 'local' || !m.acceptLocal)) return false
  if (m.loose) return true
  const ifindex = par.indev?.ifindex
  for (let i = 0; i < route.nexthops.length; i++) if (route.nexthops[i]!.oif === ifindex) return true
  return false
}

/** Not asked of what comes from lo, nor of a host without address that speaks to everyone. */
function exempt(par: XtPar): boolean {
  const { skb } = par
  if (skb.pktType === PACKET_LOOPBACK || par.indev?.loopback === true) return true
  const { src, dst } = skb.ip
  return isZeronet(src) && (isLimitedBroadcast(dst) || isLocalMulticast(dst))
}

export const rpfilterMatch: MatchOps<MatchRpfilter> = {
  name: 'rpfilter',
  hooks: 1 << NF_INET_PRE_ROUTING,
  check,
  compile: (m: MatchRpfilter) => (par) => (exempt(par) || lookupReverse(par, m)) !== m.invert,
}
