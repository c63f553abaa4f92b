// -m pkttype: to whom the frame was sent (net/netfilter/xt_pkttype.c).
import { isMulticast } from '../../../lib/ip4.ts'
import { unreachable } from '../../../lib/never.ts'
import type { MatchPkttype } from '../../../uapi/xt.ts'
import {
  PACKET_BROADCAST,
  PACKET_HOST,
  PACKET_LOOPBACK,
  PACKET_MULTICAST,
  PACKET_OTHERHOST,
  type SkBuff,
} from '../../core/skbuff.ts'
import type { MatchOps } from '../xt.ts'

function numberOf(type: MatchPkttype['type']): number {
  switch (type) {
    case 'unicast':
      return PACKET_HOST
    case 'broadcast':
      return PACKET_BROADCAST
    case 'multicast':
      return PACKET_MULTICAST
    case 'otherhost':
      return PACKET_OTHERHOST
    default:
      return unreachable(type)
  }
}

/** Copies that were looped back count by their address. */
function typeOf(skb: SkBuff): number {
  if (skb.pktType !== PACKET_LOOPBACK) return skb.pktType
  return isMulticast(skb.ip.dst) ? PACKET_MULTICAST : PACKET_BROADCAST
}

export const pkttypeMatch: MatchOps<MatchPkttype> = {
  name: 'pkttype',
  compile: ({ type, invert }: MatchPkttype) => {
    const wanted = numberOf(type)
    return (par) => (typeOf(par.skb) === wanted) !== invert
  },
}
