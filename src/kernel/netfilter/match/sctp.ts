// -m sctp: ports and the chunks of a packet (net/netfilter/xt_sctp.c; RFC 9260). Read from bytes: netsim has no SCTP of its own.
import { unreachable } from '../../../lib/never.ts'
import type { MatchSctp, Range } from '../../../uapi/xt.ts'
import { u8, u16 } from '../../../wire/bytes.ts'
import { IPPROTO_SCTP } from '../../../wire/ipv4.ts'
import type { MatchFn, MatchOps, XtPar } from '../xt.ts'

const SCTP_HLEN = 12
const CHUNK_HLEN = 4

function port(r: Range | null, value: number): boolean {
  return r === null || (value >= r.min && value <= r.max) !== r.invert
}

/** By chunk type: -1 not asked for, else mask << 8 | value of its flags. */
type Wanted = Int32Array

function wantedOf(types: NonNullable<MatchSctp['chunks']>['types']): Wanted {
  const wanted = new Int32Array(256).fill(-1)
  for (const { type, flags } of types) wanted[type] = flags === null ? 0 : (flags.mask << 8) | flags.value
  return wanted
}

/** match_packet: chunk by chunk. A chunk without length, or cut off, makes the packet a broken one. */
function match_packet(par: XtPar, scope: 'all' | 'any' | 'only', wanted: Wanted, types: number): boolean {
  const { data } = par.skb
  const seen = new Set<number>()
  let at = SCTP_HLEN
  do {
    const length = u16(data, at + 2)
    if (at + CHUNK_HLEN > data.length || length === 0) {
      par.hotdrop = true
      return false
    }
    const type = u8(data, at)
    const w = wanted[type]!
    const found = w >= 0 && (u8(data, at + 1) & (w >> 8)) === (w & 0xff)
    if (scope === 'any' && found) return true
    if (scope === 'only' && !found) return false
    if (found) seen.add(type)
    at += (length + 3) & ~3
  } while (at < data.length)
  switch (scope) {
    case 'all':
      return seen.size === types
    case 'any':
      return false
    case 'only':
      return true
    default:
      return unreachable(scope)
  }
}

function compile({ sport, dport, chunks }: MatchSctp): MatchFn {
  const wanted = chunks === null ? null : wantedOf(chunks.types)
  const types = new Set(chunks?.types.map((t) => t.type)).size
  return (par) => {
    if (par.fragOffset !== 0) return false
    const { data } = par.skb
    if (data.length < SCTP_HLEN) {
      par.hotdrop = true
      return false
    }
    if (!port(sport, u16(data, 0)) || !port(dport, u16(data, 2))) return false
    return chunks === null || wanted === null || match_packet(par, chunks.scope, wanted, types) !== chunks.invert
  }
}

export const sctpMatch: MatchOps<MatchSctp> = { name: 'sctp', protocol: IPPROTO_SCTP, compile }
