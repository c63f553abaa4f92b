// -m quota: so many bytes, then no more (net/netfilter/xt_quota.c). A replaced table begins anew.
import type { MatchQuota } from '../../../uapi/xt.ts'
import type { MatchOps } from '../xt.ts'

class QuotaState {
  left: number

  constructor(left: number) {
    this.left = left
  }
}

export const quotaMatch: MatchOps<MatchQuota> = {
  name: 'quota',
  state: (_net, { quota }: MatchQuota) => new QuotaState(quota),
  compile:
    ({ invert }: MatchQuota, slot) =>
    (par) => {
      const state = par.states[slot] as QuotaState
      const { len } = par.skb
      if (state.left < len) {
        // not even a small packet from now on
        state.left = 0
        return invert
      }
      state.left -= len
      return !invert
    },
}
