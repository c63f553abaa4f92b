// TCPMSS: the largest segment that a SYN offers, lowered to a number or to what the path takes, never raised
// (net/netfilter/xt_TCPMSS.c; RFC 9293, 3.7.1).
import { NF_INET_FORWARD, NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING } from '../../../uapi/netfilter.ts'
import type { MatchTcp } from '../../../uapi/xt.ts'
import type { TargetTcpmss } from '../../../uapi/xt_target.ts'
import { IP_HLEN, IPPROTO_TCP, withExtent } from '../../../wire/ipv4.ts'
import { TCP_HLEN, TCP_SYN, type Tcp, type TcpOptions, tcp } from '../../../wire/tcp.ts'
import { encodeTcpOptions } from '../../../wire/tcp_options.ts'
import type { NetNs } from '../../core/netns.ts'
import type { SkBuff } from '../../core/skbuff.ts'
import { Flow } from '../../ipv4/fib_lookup.ts'
import { dst_mtu, ip_route_output } from '../../ipv4/route.ts'
import { Rtable } from '../../ipv4/rtable.ts'
import { LOG_ERR, printkLimited } from '../klog.ts'
import { traceSet } from '../set_event.ts'
import { NF_DROP, type TargetFn, type TargetOps, XT_CONTINUE, type XtCheck, type XtPar } from '../xt.ts'

const CLAMP_HOOKS = (1 << NF_INET_FORWARD) | (1 << NF_INET_LOCAL_OUT) | (1 << NF_INET_POST_ROUTING)
const HEADERS = IP_HLEN + TCP_HLEN
/** Bytes of the option. */
const TCPOLEN_MSS = 4
/** A TCP header is no longer. */
const MAX_TCP_HLEN = 60
/** What a host that offers nothing takes (RFC 9293, 3.7.1). */
const DEFAULT_MSS = 536
const NO_OPTIONS: TcpOptions = Object.freeze({
  mss: null,
  windowScale: null,
  sackPermitted: false,
  timestamps: null,
  unknown: null,
})

const flow = new Flow()

/** tcpmss_reverse_mtu: of the way back to the sender. */
function reverseMtu(net: NetNs, skb: SkBuff): number {
  const rt = ip_route_output(net, flow.set(skb.ip.src, 0, net.lo.ifindex, 0, 0, 0, 0, 0, 0, 0))
  return rt instanceof Rtable ? dst_mtu(net, rt) : Number.POSITIVE_INFINITY
}

/** The MSS that both directions take; null when the path is too narrow for any. */
function clamped({ net, skb }: XtPar): number | null {
  const rt = skb.rt
  const mtu = Math.min(rt === null ? Number.POSITIVE_INFINITY : dst_mtu(net, rt), reverseMtu(net, skb))
  if (mtu > HEADERS) return mtu - HEADERS
  printkLimited(net.kernel, 'tcpmss_mangle_packet', LOG_ERR, `xt_TCPMSS: unknown or invalid path-MTU (${mtu})`)
  return null
}

function withMss(h: Tcp, mss: number): Tcp {
  const options = { ...(h.options ?? NO_OPTIONS), mss }
  return tcp(h.sport, h.dport, h.seq, h.ack, h.flags, h.window, h.urgent, options, h.badSum)
}

/** tcpmss_mangle_packet */
function mangle(par: XtPar, wanted: number | 'clamp'): number {
  if (par.fragOffset !== 0) return XT_CONTINUE
  const { skb } = par
  const h = skb.l4
  if (h === null || h.kind !== 'tcp') return NF_DROP
  const mss = wanted === 'clamp' ? clamped(par) : wanted
  if (mss === null) return NF_DROP
  const old = h.options === null ? null : h.options.mss
  if (old !== null) {
    if (old <= mss) return XT_CONTINUE
    skb.l4 = withMss(h, mss)
    traceSet(par, 'tcpmss_tg4', 'mss', old, mss)
    return XT_CONTINUE
  }
  // an option cannot be put in where data follows, nor where the header is full
  if (skb.data.length > 0 || TCP_HLEN + encodeTcpOptions(h.options).length >= MAX_TCP_HLEN) return XT_CONTINUE
  const added = Math.min(mss, DEFAULT_MSS)
  const { ip } = skb
  skb.l4 = withMss(h, added)
  skb.net = withExtent(ip, ip.df, ip.fragOffset, ip.mf, ip.totalLength + TCPOLEN_MSS, ip.options, ip.badSum)
  traceSet(par, 'tcpmss_tg4', 'mss', 0, added)
  return XT_CONTINUE
}

/** find_syn_match: the rule asks for SYN by -m tcp. */
function asksForSyn(m: MatchTcp): boolean {
  return m.flags !== null && (m.flags.compare & TCP_SYN) !== 0 && !m.flags.invert
}

function check(check: XtCheck, info: TargetTcpmss): void {
  if (info.mss === 'clamp' && (check.hooks & ~CLAMP_HOOKS) !== 0) {
    const text = 'xt_TCPMSS: path-MTU clamping only supported in FORWARD, OUTPUT and POSTROUTING hooks'
    check.log(text, 'tcpmss_tg4_check')
    check.tx.refuse('EINVAL')
  }
  if (check.matches.some((m) => m.name === 'tcp' && asksForSyn(m))) return
  check.log('xt_TCPMSS: Only works on TCP SYN packets', 'tcpmss_tg4_check syn')
  check.tx.refuse('EINVAL')
}

export const tcpmssTarget: TargetOps<TargetTcpmss> = {
  name: 'TCPMSS',
  protocol: IPPROTO_TCP,
  check,
  compile:
    ({ mss }: TargetTcpmss): TargetFn =>
    (par) =>
      mangle(par, mss),
}
