// -m state: the old spelling of --ctstate (net/netfilter/xt_state.c).
import type { MatchState } from '../../../uapi/xt.ts'
import type { MatchOps } from '../xt.ts'
import { ctStateBit } from './conntrack.ts'

export const stateMatch: MatchOps<MatchState> = {
  name: 'state',
  conntrack: true,
  compile:
    ({ mask, invert }: MatchState) =>
    (par) =>
      ((mask & ctStateBit(par.skb)) !== 0) !== invert,
}
