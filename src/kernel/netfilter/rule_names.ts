// What the trace calls the outcomes of a rule.
import { unreachable } from '../../lib/never.ts'
import type { IptRule } from '../../uapi/netfilter.ts'
import type { NfRuleEvent } from '../../uapi/trace.ts'
import {
  type Action,
  DO_ACCEPT,
  DO_DROP,
  DO_GOTO,
  DO_JUMP,
  DO_NOTHING,
  DO_RETURN,
  DO_TARGET,
  FAILED_DESTINATION,
  FAILED_FRAGMENT,
  FAILED_IN,
  FAILED_MATCH,
  FAILED_OUT,
  FAILED_PROTOCOL,
  FAILED_SOURCE,
  MATCHED,
} from './program.ts'

/** The part of a rule that CompiledRule.test named. Comments are not asked, so they do not count. */
export function failedPart(rule: IptRule, failed: number): NfRuleEvent['failed'] {
  switch (failed) {
    case MATCHED:
      return null
    case FAILED_SOURCE:
      return 'source'
    case FAILED_DESTINATION:
      return 'destination'
    case FAILED_IN:
      return 'in-interface'
    case FAILED_OUT:
      return 'out-interface'
    case FAILED_PROTOCOL:
      return 'protocol'
    case FAILED_FRAGMENT:
      return 'fragment'
    default:
      return rule.matches.filter((m) => m.name !== 'comment')[failed - FAILED_MATCH]?.name ?? null
  }
}

/** What a rule that matched does. */
export function verdictName(action: Action): NfRuleEvent['verdict'] {
  switch (action) {
    case DO_ACCEPT:
      return 'ACCEPT'
    case DO_DROP:
      return 'DROP'
    case DO_RETURN:
      return 'RETURN'
    case DO_JUMP:
      return 'JUMP'
    case DO_GOTO:
      return 'GOTO'
    case DO_NOTHING:
      return 'CONTINUE'
    case DO_TARGET:
      return 'TARGET'
    default:
      return unreachable(action)
  }
}
