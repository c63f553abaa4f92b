// MASQUERADE: the address of the device that a connection leaves by (nf_nat_masquerade_ipv4, net/netfilter/nf_nat_masquerade.c).
// Read first: core.ts. What happens when that address goes is in masq_events.ts.
import { RT_SCOPE_UNIVERSE } from '../../../uapi/link.ts'
import { because } from '../../core/drop.ts'
import { inet_select_addr } from '../../ipv4/devinet.ts'
import { LOG_INFO, printk } from '../klog.ts'
import { NF_ACCEPT, NF_DROP, type XtPar } from '../xt.ts'
import { nf_nat_setup_info } from './core.ts'
import type { Range } from './range.ts'
import { NF_NAT_MANIP_SRC } from './unique.ts'

export function nf_nat_masquerade_ipv4(par: XtPar, range: Range): number {
  const { net, skb, outdev } = par
  const ct = skb.nfct
  // a packet without a source has none to be replaced
  if (ct === null || outdev === null || ct.oSrc === 0) return NF_ACCEPT
  const gateway = skb.rt === null ? 0 : skb.rt.gateway
  const addr = inet_select_addr(net, outdev, gateway === 0 ? skb.ip.dst : gateway, RT_SCOPE_UNIVERSE)
  if (addr === 0) {
    printk(net.kernel, LOG_INFO, `${outdev.name} ate my IP address`)
    if (net.kernel.tr !== null)
      net.nf.dropDetail = because(`there is no address that ${outdev.name} could masquerade with`)
    return NF_DROP
  }
  ct.masqIfindex = outdev.ifindex
  return nf_nat_setup_info(net, ct, range.at(addr), NF_NAT_MANIP_SRC)
}
