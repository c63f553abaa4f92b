// The five hooks and who runs there, in order: one table, and the walk over it (nf_hook_slow, net/netfilter/core.c).
// Read first: docs/architecture.md. Priorities: linux/netfilter_ipv4.h, enum nf_ip_hook_priorities.
//
//   priority   PREROUTING   INPUT      FORWARD    OUTPUT     POSTROUTING
//     -400     defrag                             defrag
//     -300     raw                                raw
//     -200     conntrack                          conntrack
//     -150     mangle       mangle     mangle     mangle*    mangle
//     -100     nat (dst)                          nat (dst)*
//        0                  filter     filter     filter
//       50                  security   security   security
//      100                  nat (src)                        nat (src)
//      MAX                  confirm                          confirm
//
//   * the packet is routed again when its addresses, mark or TOS have changed (ip_route_me_harder)
import { NF_INET_LOCAL_OUT } from '../../uapi/netfilter.ts'
import { kfree_skb } from '../core/drop.ts'
import type { NetDevice } from '../core/netdevice.ts'
import type { NetNs } from '../core/netns.ts'
import { IPSKB_EPERM, type SkBuff } from '../core/skbuff.ts'
import { nf_confirm, nf_conntrack_in } from './conntrack/core.ts'
import { ipv4_conntrack_defrag } from './conntrack/defrag.ts'
import { ipt_do_table } from './ip_tables.ts'
import { nf_nat_ipv4 } from './nat/ipv4.ts'
import { ipt_mangle_out } from './reroute.ts'
import type { Netfilter } from './state.ts'
import { NF_ACCEPT, NF_DROP } from './xt.ts'

/** Who runs at a hook. */
const DEFRAG = 0
const RAW = 1
const CONNTRACK = 2
const MANGLE = 3
const NAT = 4
const FILTER = 5
const SECURITY = 6
const CONFIRM = 7

const ORDER: readonly (readonly number[])[] = Object.freeze([
  /* NF_INET_PRE_ROUTING */ Object.freeze([DEFRAG, RAW, CONNTRACK, MANGLE, NAT]),
  /* NF_INET_LOCAL_IN */ Object.freeze([MANGLE, FILTER, SECURITY, NAT, CONFIRM]),
  /* NF_INET_FORWARD */ Object.freeze([MANGLE, FILTER, SECURITY]),
  /* NF_INET_LOCAL_OUT */ Object.freeze([DEFRAG, RAW, CONNTRACK, MANGLE, NAT, FILTER, SECURITY]),
  /* NF_INET_POST_ROUTING */ Object.freeze([MANGLE, NAT, CONFIRM]),
])

/** Is this one in use? Connection tracking is, as long as some rule needs it; nat does nothing without it. */
function inUse(nf: Netfilter, who: number): boolean {
  switch (who) {
    case RAW:
      return nf.tables.raw !== null
    case MANGLE:
      return nf.tables.mangle !== null
    case FILTER:
      return nf.tables.filter !== null
    case SECURITY:
      return nf.tables.security !== null
    case NAT:
      return nf.tables.nat !== null && nf.ctUsers > 0
    default:
      return nf.ctUsers > 0
  }
}

/** nf_register_net_hooks, nf_unregister_net_hooks: after tables were registered, or rules that track connections came or went. */
export function updateHooks(nf: Netfilter): void {
  ORDER.forEach((all, hook) => {
    const used = all.filter((who) => inUse(nf, who))
    nf.hooks[hook] = used.length === 0 ? null : used
  })
}

/** NF_HOOK: true when the packet may go on; otherwise it is dropped, or somebody else's, and accounted for. */
export function nf_hook(
  net: NetNs,
  hook: number,
  skb: SkBuff,
  indev: NetDevice | null,
  outdev: NetDevice | null,
): boolean {
  const list = net.nf.hooks[hook]
  if (list === null || list === undefined) return true
  for (let i = 0; i < list.length; i++) {
    const verdict = run(net, list[i]!, hook, skb, indev, outdev)
    if (verdict === NF_ACCEPT) continue
    if (verdict === NF_DROP) {
      kfree_skb(net, skb, 'nf_hook_slow', 'NETFILTER_DROP', net.nf.dropDetail)
      net.nf.dropDetail = null
      skb.cbFlags |= IPSKB_EPERM
    }
    return false
  }
  return true
}

function run(
  net: NetNs,
  who: number,
  hook: number,
  skb: SkBuff,
  indev: NetDevice | null,
  outdev: NetDevice | null,
): number {
  const nf = net.nf
  switch (who) {
    case DEFRAG:
      return ipv4_conntrack_defrag(net, hook, skb)
    case RAW:
      return ipt_do_table(nf.tables.raw!, hook, skb, indev, outdev)
    case CONNTRACK:
      return nf_conntrack_in(net, hook, skb)
    case MANGLE:
      return hook === NF_INET_LOCAL_OUT
        ? ipt_mangle_out(nf.tables.mangle!, skb, outdev)
        : ipt_do_table(nf.tables.mangle!, hook, skb, indev, outdev)
    case NAT:
      return nf_nat_ipv4(net, hook, skb, indev, outdev)
    case FILTER:
      return ipt_do_table(nf.tables.filter!, hook, skb, indev, outdev)
    case SECURITY:
      return ipt_do_table(nf.tables.security!, hook, skb, indev, outdev)
    default:
      return nf_confirm(net, skb)
  }
}
