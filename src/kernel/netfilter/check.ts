// Is a rule allowed where it stands? (xt_check_match, xt_check_target, net/netfilter/x_tables.c: table, hooks, protocol, checkentry.)
// What is refused is told to dmesg, as the kernel tells it. Read first: replace.ts.
import { HOOK_NAMES, IPT_INV_PROTO, type IptRule, type TableName } from '../../uapi/netfilter.ts'
import type { Match } from '../../uapi/xt.ts'
import type { NetNs } from '../core/netns.ts'
import type { Transaction } from '../core/transaction.ts'
import { matchOps, targetOps } from './extensions.ts'
import { LOG_INFO, printkLimited } from './klog.ts'
import type { XtCheck } from './xt.ts'

interface Limits {
  readonly name: string
  readonly tables?: readonly TableName[]
  readonly hooks?: number
  readonly protocol?: number
}

/** textify_hooks */
function hookNames(mask: number): string {
  return HOOK_NAMES.filter((_, hook) => (mask & (1 << hook)) !== 0).join('/')
}

/** The text is made only for what is refused: most rules are not. */
function checkLimits(check: XtCheck, ops: Limits, what: 'match' | 'target'): void {
  const { tables, hooks, protocol } = ops
  if (tables !== undefined && !tables.includes(check.table))
    refuse(check, ops, what, '', `only valid in ${tables[0] ?? ''} table, not ${check.table}`)
  if (hooks !== undefined && (check.hooks & ~hooks) !== 0) {
    const only = what === 'match' ? 'valid' : 'usable'
    const used = `used from hooks ${hookNames(check.hooks)}`
    refuse(check, ops, what, ' hooks', `${used}, but only ${only} from ${hookNames(hooks)}`)
  }
  if (protocol !== undefined && (protocol !== check.protocol || check.protocolInverted))
    refuse(check, ops, what, ' protocol', `only valid for protocol ${protocol}`)
}

function refuse(check: XtCheck, { name }: Limits, what: 'match' | 'target', site: string, why: string): never {
  check.log(`x_tables: ip_tables: ${name} ${what}: ${why}`, `xt_check_${what}${site}`)
  return check.tx.refuse('EINVAL')
}

/** The rules of one table on their way in, one after the other. */
export class RuleCheck implements XtCheck {
  readonly tx: Transaction
  readonly net: NetNs
  readonly table: TableName
  hooks = 0
  protocol = 0
  protocolInverted = false
  matches: readonly Match[] = []

  constructor(tx: Transaction, net: NetNs, table: TableName) {
    this.tx = tx
    this.net = net
    this.table = table
  }

  log(text: string, site: string): void {
    printkLimited(this.net.kernel, site, LOG_INFO, text)
  }

  /** find_check_entry: matches in their order, then the target. */
  rule(rule: IptRule, hooks: number): void {
    this.hooks = hooks
    this.protocol = rule.protocol
    this.protocolInverted = (rule.invert & IPT_INV_PROTO) !== 0
    this.matches = rule.matches
    for (let i = 0; i < rule.matches.length; i++) {
      const m = rule.matches[i]!
      const ops = matchOps(m)
      checkLimits(this, ops, 'match')
      ops.check?.(this, m)
    }
    const t = rule.target
    if (t.kind !== 'target') return
    const ops = targetOps(t.target)
    checkLimits(this, ops, 'target')
    ops.check?.(this, t.target)
  }
}
