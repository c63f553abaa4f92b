// -m limit: a token bucket in jiffies (net/netfilter/xt_limit.c), which a long comment there explains: credit grows by
// CREDITS_PER_JIFFY each jiffy up to `burst` packets' worth, and a packet costs what comes in between two packets of the rate.
import type { MatchLimit } from '../../../uapi/xt.ts'
import { HZ, jiffies } from '../jiffies.ts'
import type { MatchFn, MatchOps, XtCheck } from '../xt.ts'

const XT_LIMIT_SCALE = 10000
/** As many as do not overflow 32 bits within a day, rounded down to a power of two. */
const CREDITS_PER_JIFFY = 2 ** (31 - Math.clz32(Math.floor(0xffffffff / (HZ * 86400))))

const u32 = (n: number): number => n % 0x100000000

/** user2credits, in 32 bits; a great value is divided first. */
function user2credits(user: number): number {
  const perSecond = HZ * CREDITS_PER_JIFFY
  if (user > Math.floor(0xffffffff / perSecond)) return u32(Math.floor(user / XT_LIMIT_SCALE) * perSecond)
  return Math.floor((user * perSecond) / XT_LIMIT_SCALE)
}

/** struct xt_limit_priv */
class Credit {
  credit: number
  prev: number

  constructor(credit: number, prev: number) {
    this.credit = credit
    this.prev = prev
  }
}

const capOf = (m: MatchLimit): number => user2credits(u32(m.avg * m.burst))

function compile(m: MatchLimit, slot: number): MatchFn {
  const cap = capOf(m)
  const cost = user2credits(m.avg)
  return (par) => {
    const s = par.states[slot] as Credit
    const now = jiffies(par.net)
    const credit = Math.min(u32(s.credit + (now - s.prev) * CREDITS_PER_JIFFY), cap)
    s.prev = now
    s.credit = credit >= cost ? credit - cost : credit
    return credit >= cost
  }
}

export const limitMatch: MatchOps<MatchLimit> = {
  name: 'limit',
  check(check: XtCheck, m: MatchLimit): void {
    if (m.burst !== 0 && capOf(m) >= user2credits(m.avg)) return
    check.log(`xt_limit: Overflow, try lower: ${m.avg}/${m.burst}`, 'limit_mt_check')
    check.tx.refuse('ERANGE')
  },
  state: (net, m) => new Credit(capOf(m), jiffies(net)),
  compile,
}
