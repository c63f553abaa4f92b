// -m statistic: every n-th packet, or one by chance (net/netfilter/xt_statistic.c).
import type { MatchStatistic } from '../../../uapi/xt.ts'
import type { MatchFn, MatchOps } from '../xt.ts'

/** Of nth: packets since the last one that matched. */
class NthCount {
  count: number

  constructor(count: number) {
    this.count = count
  }
}

function compile(m: MatchStatistic, slot: number): MatchFn {
  const { invert } = m
  if (m.mode === 'random') {
    const p = m.probability
    return (par) => (par.net.kernel.random.u32() & 0x7fffffff) < p !== invert
  }
  const { every } = m
  return (par) => {
    const s = par.states[slot] as NthCount
    s.count = s.count === every ? 0 : s.count + 1
    return (s.count === 0) !== invert
  }
}

export const statisticMatch: MatchOps<MatchStatistic> = {
  name: 'statistic',
  // the tool begins to count so that packet number `packet` (from 0) is the first to match
  state: (_, m) => new NthCount(m.every - m.packet),
  compile,
}
