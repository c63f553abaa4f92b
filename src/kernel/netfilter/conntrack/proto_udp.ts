// UDP as conntrack follows it: a flow, answered or not, and a stream once it lasts (net/netfilter/nf_conntrack_proto_udp.c).
import { IPS_ASSURED, IPS_CONFIRMED, IPS_SEEN_REPLY } from '../../../uapi/conntrack.ts'
import { NF_INET_PRE_ROUTING } from '../../../uapi/netfilter.ts'
import { UDP_HLEN } from '../../../wire/udp.ts'
import type { NetNs } from '../../core/netns.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import { nf_ct_refresh_acct } from './account.ts'
import { ctConf } from './conf.ts'
import type { NfConn } from './conn.ts'
import { IPCT_ASSURED, nf_conntrack_event_cache } from './events.ts'
import { nf_ct_l4proto_log_invalid } from './log_invalid.ts'

/** A stream begins when there is traffic both ways after this long. */
const STREAM_AFTER = 2e9

/** udp_error: why this datagram is INVALID, null when it is sound. */
function udp_error(net: NetNs, skb: SkBuff, hook: number): string | null {
  const h = skb.l4
  if (h === null || h.kind !== 'udp') return 'short packet'
  if (h.length > UDP_HLEN + skb.data.length || h.length < UDP_HLEN) return 'truncated/malformed packet'
  if (h.badSum && hook === NF_INET_PRE_ROUTING && ctConf(net).checksum) return 'bad checksum'
  return null
}

/** nf_conntrack_udp_packet: null when the packet is valid, else why not. */
export function nf_conntrack_udp_packet(net: NetNs, ct: NfConn, skb: SkBuff, hook: number): string | null {
  const wrong = udp_error(net, skb, hook)
  if (wrong !== null) {
    nf_ct_l4proto_log_invalid(net, skb, wrong)
    return wrong
  }
  const conf = ctConf(net)
  const now = net.kernel.sim.now
  if ((ct.status & IPS_CONFIRMED) === 0) ct.streamAt = now + STREAM_AFTER
  if ((ct.status & IPS_SEEN_REPLY) === 0) {
    nf_ct_refresh_acct(net, ct, skb, conf.udp)
    return null
  }
  const lasting = now > ct.streamAt
  nf_ct_refresh_acct(net, ct, skb, lasting ? conf.udpStream : conf.udp)
  if (lasting && (ct.status & IPS_ASSURED) === 0) {
    ct.status |= IPS_ASSURED
    nf_conntrack_event_cache(net, ct, IPCT_ASSURED)
  }
  return null
}
