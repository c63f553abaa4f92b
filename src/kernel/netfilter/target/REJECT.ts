// REJECT: drop, and tell the sender (net/ipv4/netfilter/ipt_REJECT.c). Read first: nf_reject.ts.
import { NF_INET_FORWARD, NF_INET_LOCAL_IN, NF_INET_LOCAL_OUT } from '../../../uapi/netfilter.ts'
import type { RejectWith, TargetReject } from '../../../uapi/xt_target.ts'
import {
  ICMP_HOST_UNREACH,
  ICMP_NET_UNREACH,
  ICMP_PKT_FILTERED,
  ICMP_PORT_UNREACH,
  ICMP_PROT_UNREACH,
} from '../../../wire/icmp.ts'
import { IPPROTO_TCP } from '../../../wire/ipv4.ts'
import { nf_send_reset, nf_send_unreach } from '../nf_reject.ts'
import { NF_DROP, type TargetOps, type XtCheck } from '../xt.ts'

const ICMP_NET_ANO = 9
const ICMP_HOST_ANO = 10

/** Codes of "destination unreachable". */
const CODES: { readonly [W in Exclude<RejectWith, 'tcp-reset'>]: number } = Object.freeze({
  'icmp-net-unreachable': ICMP_NET_UNREACH,
  'icmp-host-unreachable': ICMP_HOST_UNREACH,
  'icmp-proto-unreachable': ICMP_PROT_UNREACH,
  'icmp-port-unreachable': ICMP_PORT_UNREACH,
  'icmp-net-prohibited': ICMP_NET_ANO,
  'icmp-host-prohibited': ICMP_HOST_ANO,
  'icmp-admin-prohibited': ICMP_PKT_FILTERED,
})

export const rejectTarget: TargetOps<TargetReject> = {
  name: 'REJECT',
  tables: Object.freeze(['filter'] as const),
  hooks: (1 << NF_INET_LOCAL_IN) | (1 << NF_INET_FORWARD) | (1 << NF_INET_LOCAL_OUT),
  check(check: XtCheck, info: TargetReject): void {
    if (info.with !== 'tcp-reset' || (check.protocol === IPPROTO_TCP && !check.protocolInverted)) return
    check.log('ipt_REJECT: TCP_RESET invalid for non-tcp', 'reject_tg_check')
    check.tx.refuse('EINVAL')
  },
  compile(info: TargetReject) {
    if (info.with === 'tcp-reset')
      return (par) => {
        nf_send_reset(par.net, par.skb)
        return NF_DROP
      }
    const code = CODES[info.with]
    return (par) => {
      nf_send_unreach(par.net, par.skb, code, par.hook)
      return NF_DROP
    }
  },
}
