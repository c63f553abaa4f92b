// -m udp: ports (udp_mt, net/netfilter/xt_tcpudp.c).
import type { MatchUdp, Range } from '../../../uapi/xt.ts'
import { IPPROTO_UDP } from '../../../wire/ipv4.ts'
import { UDP_HLEN } from '../../../wire/udp.ts'
import type { MatchFn, MatchOps } from '../xt.ts'
import { Ports } from './ports.ts'

/** Read and used at once. */
const ports = new Ports()
const ALL: Range = Object.freeze({ min: 0, max: 0xffff, invert: false })

function compile(m: MatchUdp): MatchFn {
  const s = m.sport ?? ALL
  const d = m.dport ?? ALL
  return (par) => {
    if (par.fragOffset !== 0) return false
    if (!ports.read(par, UDP_HLEN)) return false
    const { source, dest } = ports
    return (source >= s.min && source <= s.max) !== s.invert && (dest >= d.min && dest <= d.max) !== d.invert
  }
}

export const udpMatch: MatchOps<MatchUdp> = { name: 'udp', protocol: IPPROTO_UDP, compile }
