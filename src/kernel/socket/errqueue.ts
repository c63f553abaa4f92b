// Errors that come back to sockets: the error queue of IP_RECVERR and what each ICMP error means (net/ipv4/ip_sockglue.c, icmp.c).
// Read first: sock.ts. RFC 1122, 3.2.2.1 and 4.1.3.3.
import type { Errno } from '../../lib/errno.ts'
import type { Ip4 } from '../../lib/ip4.ts'
import {
  ICMP_DEST_UNREACH,
  ICMP_FRAG_NEEDED,
  ICMP_PARAMETERPROB,
  ICMP_REDIRECT,
  ICMP_SOURCE_QUENCH,
  type Icmp,
} from '../../wire/icmp.ts'
import { IPPROTO_RAW } from '../../wire/ipv4.ts'
import { NO_DATA } from '../../wire/packet.ts'
import type { SkBuff } from '../core/skbuff.ts'
import { Flow } from '../ipv4/fib_lookup.ts'
import { __ip_rt_update_pmtu } from '../ipv4/pmtu.ts'
import { ip_route_output } from '../ipv4/route.ts'
import { Rtable } from '../ipv4/rtable.ts'

import type { InnerDatagram } from './input.ts'
import { IP_PMTUDISC_DONT, ip_sk_accept_pmtu, type Sock, sk_dst_check, sk_wake } from './sock.ts'

/** errno and whether it ends a connection. */
interface IcmpErr {
  readonly errno: Errno
  readonly fatal: boolean
}

function e(errno: Errno, fatal: boolean): IcmpErr {
  return Object.freeze({ errno, fatal })
}

/** icmp_err_convert: what the codes of "destination unreachable" mean. */
export const icmp_err_convert: readonly IcmpErr[] = Object.freeze([
  e('ENETUNREACH', false),
  e('EHOSTUNREACH', false),
  e('ENOPROTOOPT', true),
  e('ECONNREFUSED', true),
  e('EMSGSIZE', false),
  e('EOPNOTSUPP', false),
  e('ENETUNREACH', true),
  e('EHOSTDOWN', true),
  e('ENONET', true),
  e('ENETUNREACH', true),
  e('EHOSTUNREACH', true),
  e('ENETUNREACH', false),
  e('EHOSTUNREACH', false),
  e('EHOSTUNREACH', true),
  e('EHOSTUNREACH', true),
  e('EHOSTUNREACH', true),
])

const UNREACHABLE: IcmpErr = e('EHOSTUNREACH', false)
const PROTOCOL_ERROR: IcmpErr = e('EPROTO', true)
const TOO_BIG: IcmpErr = e('EMSGSIZE', true)

/**
 * The common part of udp_err, raw_err and ping_err: what an ICMP error means to a datagram socket; null for nothing.
 * "Fragmentation needed" is remembered for the route on the way.
 */
export function datagramError(sk: Sock, icmp: Icmp, inner: InnerDatagram): IcmpErr | null {
  switch (icmp.type) {
    case ICMP_SOURCE_QUENCH:
    case ICMP_REDIRECT:
      return null
    case ICMP_PARAMETERPROB:
      return PROTOCOL_ERROR
    case ICMP_DEST_UNREACH:
      if (icmp.code === ICMP_FRAG_NEEDED) {
        ipv4_sk_update_pmtu(sk, inner, icmp.rest & 0xffff)
        return sk.pmtudisc === IP_PMTUDISC_DONT ? null : TOO_BIG
      }
      return icmp_err_convert[icmp.code] ?? UNREACHABLE
    default:
      return UNREACHABLE
  }
}

/** ipv4_sk_update_pmtu: the MTU is remembered for the route that the socket has, or would take. */
function ipv4_sk_update_pmtu(sk: Sock, inner: InnerDatagram, mtu: number): void {
  if (!ip_sk_accept_pmtu(sk)) return
  const { net } = sk
  const protocol = sk.hdrIncl ? IPPROTO_RAW : sk.protocol
  const fl = new Flow().set(
    inner.dst,
    inner.src,
    net.lo.ifindex,
    sk.boundIf,
    sk.mark,
    sk.tos & 0x1c,
    protocol,
    0,
    0,
    sk.uid,
  )
  const rt = sk_dst_check(sk) ?? ip_route_output(net, fl)
  if (rt instanceof Rtable) __ip_rt_update_pmtu(net, rt, fl, mtu)
}

/** ee_info of an ICMP error: the MTU of "fragmentation needed". */
function errorInfo(icmp: Icmp): number {
  return icmp.type === ICMP_DEST_UNREACH && icmp.code === ICMP_FRAG_NEEDED ? icmp.rest & 0xffff : 0
}

/** ip_icmp_error: a copy for IP_RECVERR's queue. */
export function ip_icmp_error(
  sk: Sock,
  skb: SkBuff,
  errno: Errno,
  inner: InnerDatagram,
  data: Uint8Array,
  echo: Icmp | null,
): void {
  const icmp = skb.l4 as Icmp
  sk.errQueue.push({
    errno,
    origin: 'icmp',
    type: icmp.type,
    code: icmp.code,
    info: errorInfo(icmp),
    offender: skb.ip.src,
    dst: { addr: inner.dst, port: echo === null ? inner.dport : 0 },
    data,
    icmp: echo,
  })
}

/** ip_local_error: EMSGSIZE before anything was sent, for IP_RECVERR's queue. */
export function ip_local_error(sk: Sock, errno: Errno, dst: Ip4, port: number, info: number): void {
  if (!sk.recvErr) return
  sk.errQueue.push({
    errno,
    origin: 'local',
    type: 0,
    code: 0,
    info,
    offender: 0,
    dst: { addr: dst, port },
    data: NO_DATA,
    icmp: null,
  })
  sk_wake(sk)
}

/** sock_dequeue_err_skb: the next queued error; sk_err follows the one behind it. */
export function dequeueError(sk: Sock): Sock['errQueue'][number] | null {
  const first = sk.errQueue.shift()
  if (first === undefined) return null
  const next = sk.errQueue[0]
  if (next !== undefined && next.origin === 'icmp') sk.err = next.errno
  else if (first.origin === 'icmp') sk.err = null
  return first
}
