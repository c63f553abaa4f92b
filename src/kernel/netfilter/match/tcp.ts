// -m tcp: ports, flags, options (tcp_mt, net/netfilter/xt_tcpudp.c).
import type { MatchTcp, Range } from '../../../uapi/xt.ts'
import { u8 } from '../../../wire/bytes.ts'
import { IPPROTO_TCP } from '../../../wire/ipv4.ts'
import { TCP_HLEN, type TcpOptions, tcpHeaderLength } from '../../../wire/tcp.ts'
import { decodeTcpOptions } from '../../../wire/tcp_options.ts'
import { hasTcpOption } from '../tcp_option.ts'
import type { MatchFn, MatchOps, XtPar } from '../xt.ts'
import { Ports } from './ports.ts'

/** Read and used at once. */
const ports = new Ports()

/** A range that is not asked for. */
const ALL: Range = Object.freeze({ min: 0, max: 0xffff, invert: false })

function compile(m: MatchTcp): MatchFn {
  const s = m.sport ?? ALL
  const d = m.dport ?? ALL
  const { flags, option } = m
  const more = flags !== null || option !== null
  return (par) => {
    // a fragment at offset 8 could overwrite the ports' flags: nobody sends one in good faith (RFC 1858)
    if (par.fragOffset !== 0) {
      if (par.fragOffset === 8) par.hotdrop = true
      return false
    }
    if (!ports.read(par, TCP_HLEN)) return false
    const { source, dest } = ports
    if ((source >= s.min && source <= s.max) === s.invert) return false
    if ((dest >= d.min && dest <= d.max) === d.invert) return false
    return !more || flagsAndOptions(m, par)
  }
}

function flagsAndOptions({ flags, option }: MatchTcp, par: XtPar): boolean {
  const { l4, data } = par.skb
  const h = l4 !== null && l4.kind === 'tcp' ? l4 : null
  const set = h === null ? u8(data, 13) : h.flags & 0xff
  if (flags !== null && ((set & flags.mask) === flags.compare) === flags.invert) return false
  if (option === null) return true
  const options = h === null ? optionsIn(par, data) : h.options
  return options !== 'broken' && hasTcpOption(options, option.option) !== option.invert
}

/** Of a header that was not decoded: a first fragment's. */
function optionsIn(par: XtPar, data: Uint8Array): TcpOptions | null | 'broken' {
  const end = tcpHeaderLength(data)
  if (end >= TCP_HLEN && end <= data.length) return decodeTcpOptions(data.subarray(TCP_HLEN, end))
  par.hotdrop = true
  return 'broken'
}

export const tcpMatch: MatchOps<MatchTcp> = { name: 'tcp', protocol: IPPROTO_TCP, compile }
