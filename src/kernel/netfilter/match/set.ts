// -m set: is the packet's address (port, …) in a set (set_match_v4, net/netfilter/xt_set.c). Read first: ipset/kadt.ts.
import type { MatchSet } from '../../../uapi/xt.ts'
import { type CounterOp, MatchOpt } from '../ipset/extensions.ts'
import { testPacket } from '../ipset/kadt.ts'
import type { MatchOps } from '../xt.ts'

/** One for all: filled for each packet, nobody keeps it. */
const opt = new MatchOpt()

function counterOp(c: MatchSet['packets']): CounterOp {
  if (c === null) return 'none'
  return c.op === 'eq' && c.invert ? 'ne' : c.op
}

function compile(m: MatchSet): ReturnType<MatchOps<MatchSet>['compile']> {
  const dims = m.dims.map((d) => d === 'src')
  const packetsOp = counterOp(m.packets)
  const bytesOp = counterOp(m.bytes)
  const packets = m.packets?.value ?? 0
  const bytes = m.bytes?.value ?? 0
  const matchCounters = packetsOp !== 'none' || bytesOp !== 'none'
  return (par) => {
    const { sets } = par.net.nf
    const set = sets.get(m.set)
    if (set === null) return m.invert
    opt.ext.packets = 1
    opt.ext.bytes = par.skb.len
    opt.updateCounters = m.updateCounters
    opt.updateSubcounters = m.updateSubcounters
    opt.matchCounters = matchCounters
    opt.packetsOp = packetsOp
    opt.packets = packets
    opt.bytesOp = bytesOp
    opt.bytes = bytes
    return testPacket(sets, set, par, dims, opt, m.returnNomatch) !== m.invert
  }
}

export const setMatch: MatchOps<MatchSet> = {
  name: 'set',
  check: (check, m) => {
    if (check.net.nf.sets.get(m.set) === null) check.tx.refuse('ENOENT')
    if (m.dims.length > 6) check.tx.refuse('ERANGE')
  },
  acquire: (net, m) => net.nf.sets.refer(m.set, 1),
  release: (net, m) => net.nf.sets.refer(m.set, -1),
  compile,
}
