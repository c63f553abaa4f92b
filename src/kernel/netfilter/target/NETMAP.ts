// NETMAP: the network part of an address is replaced, the host part kept (net/netfilter/xt_NETMAP.c). Read first: nat/core.ts.
import {
  NF_INET_LOCAL_IN,
  NF_INET_LOCAL_OUT,
  NF_INET_POST_ROUTING,
  NF_INET_PRE_ROUTING,
} from '../../../uapi/netfilter.ts'
import type { TargetNetmap } from '../../../uapi/xt_target.ts'
import { manipOf, nf_nat_setup_info } from '../nat/core.ts'
import { Range } from '../nat/range.ts'
import { NF_NAT_MANIP_SRC } from '../nat/unique.ts'
import { NF_ACCEPT, type TargetOps } from '../xt.ts'

const anywhere = Object.freeze(new Range())

export const netmapTarget: TargetOps<TargetNetmap> = Object.freeze({
  name: 'NETMAP',
  tables: Object.freeze(['nat'] as const),
  hooks: (1 << NF_INET_PRE_ROUTING) | (1 << NF_INET_POST_ROUTING) | (1 << NF_INET_LOCAL_OUT) | (1 << NF_INET_LOCAL_IN),
  conntrack: true,
  compile({ addr, mask }) {
    return ({ net, skb, hook }) => {
      const ct = skb.nfct
      if (ct === null) return NF_ACCEPT
      const manip = manipOf(hook)
      const host = manip === NF_NAT_MANIP_SRC ? skb.ip.src : skb.ip.dst
      return nf_nat_setup_info(net, ct, anywhere.at((host & ~mask) | (addr & mask)), manip)
    }
  },
} satisfies TargetOps<TargetNetmap>)
