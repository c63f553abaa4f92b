// -m multiport: ports out of a list (net/netfilter/xt_multiport.c). Read first: ports.ts.
import type { MatchMultiport } from '../../../uapi/xt.ts'
import { IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP } from '../../../wire/ipv4.ts'
import type { MatchFn, MatchOps, XtCheck } from '../xt.ts'
import { Ports } from './ports.ts'

const IPPROTO_DCCP = 33
const IPPROTO_UDPLITE = 136
const PROTOCOLS: readonly number[] = Object.freeze([
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPPROTO_UDPLITE,
  IPPROTO_SCTP,
  IPPROTO_DCCP,
])

function inList(list: MatchMultiport['ports'], port: number): boolean {
  for (let i = 0; i < list.length; i++) {
    const p = list[i]!
    if (port >= p.min && port <= p.max) return true
  }
  return false
}

/** Read and used at once. */
const ports = new Ports()

function compile({ which, ports: list, invert }: MatchMultiport): MatchFn {
  const source = which !== 'destination'
  const dest = which !== 'source'
  return (par) => {
    if (par.fragOffset !== 0 || !ports.read(par, 4)) return false
    return ((source && inList(list, ports.source)) || (dest && inList(list, ports.dest))) !== invert
  }
}

export const multiportMatch: MatchOps<MatchMultiport> = {
  name: 'multiport',
  check(check: XtCheck): void {
    if (check.protocolInverted || !PROTOCOLS.includes(check.protocol)) check.tx.refuse('EINVAL')
  },
  compile,
}
