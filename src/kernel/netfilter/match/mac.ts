// -m mac: the source address of the Ethernet frame that the packet came in (net/netfilter/xt_mac.c).
import { NF_INET_FORWARD, NF_INET_LOCAL_IN, NF_INET_PRE_ROUTING } from '../../../uapi/netfilter.ts'
import type { MatchMac } from '../../../uapi/xt.ts'
import type { MatchOps } from '../xt.ts'

export const macMatch: MatchOps<MatchMac> = {
  name: 'mac',
  hooks: (1 << NF_INET_PRE_ROUTING) | (1 << NF_INET_LOCAL_IN) | (1 << NF_INET_FORWARD),
  compile:
    ({ source, invert }: MatchMac) =>
    (par) => {
      const { dev, eth } = par.skb
      if (dev === null || dev.loopback || eth === null) return false
      return (eth.src === source) !== invert
    },
}
