// Finding the operations of a match or target: the one place where the tables' types are opened.
// Read first: xt.ts.
import type { Match } from '../../uapi/xt.ts'
import type { Target } from '../../uapi/xt_target.ts'
import { MATCHES } from './match/table.ts'
import { TARGETS } from './target/table.ts'
import type { MatchOps, TargetOps } from './xt.ts'

/** A mapped type gives the ops of exactly this match; TypeScript cannot see that the names agree. */
export function matchOps(m: Match): MatchOps<Match> {
  return MATCHES[m.name] as unknown as MatchOps<Match>
}

export function targetOps(t: Target): TargetOps<Target> {
  return TARGETS[t.name] as unknown as TargetOps<Target>
}
