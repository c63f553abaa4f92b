// REDIRECT: to this machine, at the address of the device that a packet came in by (nf_nat_redirect_ipv4, net/netfilter/nf_nat_redirect.c).
import { INADDR_LOOPBACK, type Ip4 } from '../../../lib/ip4.ts'
import { NF_INET_LOCAL_OUT } from '../../../uapi/netfilter.ts'
import { because } from '../../core/drop.ts'
import { NF_ACCEPT, NF_DROP, type XtPar } from '../xt.ts'
import { nf_nat_setup_info } from './core.ts'
import type { Range } from './range.ts'
import { NF_NAT_MANIP_DST } from './unique.ts'

export function nf_nat_redirect_ipv4(par: XtPar, range: Range): number {
  const { net, skb } = par
  const ct = skb.nfct
  if (ct === null) return NF_ACCEPT
  const addr: Ip4 = par.hook === NF_INET_LOCAL_OUT ? INADDR_LOOPBACK : (skb.dev?.link.addrs[0]?.local ?? 0)
  if (addr === 0) {
    if (net.kernel.tr !== null) net.nf.dropDetail = because('the device it came in by has no address to redirect it to')
    return NF_DROP
  }
  return nf_nat_setup_info(net, ct, range.at(addr), NF_NAT_MANIP_DST)
}
