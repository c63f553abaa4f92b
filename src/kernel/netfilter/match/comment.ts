// -m comment: a note in the rule, always true (net/netfilter/xt_comment.c).
import type { MatchComment } from '../../../uapi/xt.ts'
import type { MatchOps } from '../xt.ts'

export const commentMatch: MatchOps<MatchComment> = {
  name: 'comment',
  compile: () => () => true,
}
