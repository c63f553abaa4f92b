// Is a rule allowed where it stands? (xt_check_match, xt_check_target, net/netfilter/x_tables.c: table, hooks, protocol, checkentry.)
// What is refused is told to dmesg, as the kernel tells it. Read first: replace.ts.
import { HOOK_NAMES, IPT_INV_PROTO, type IptRule, type TableName } from '../../uapi/netfilter.ts'
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

function checkLimits(check: XtCheck, ops: Limits, what: 'match' | 'target'): void {
  const head = `x_tables: ip_tables: ${ops.name} ${what}: `
  const site = `xt_check_${what}`
  if (ops.tables !== undefined && !ops.tables.includes(check.table)) {
    check.log(`${head}only valid in ${ops.tables[0] ?? ''} table, not ${check.table}`, site)
    check.tx.refuse('EINVAL')
  }
  if (ops.hooks !== undefined && (check.hooks & ~ops.hooks) !== 0) {
    const only = what === 'match' ? 'valid' : 'usable'
    const used = `used from hooks ${hookNames(check.hooks)}`
    check.log(`${head}${used}, but only ${only} from ${hookNames(ops.hooks)}`, `${site} hooks`)
    check.tx.refuse('EINVAL')
  }
  if (ops.protocol !== undefined && (ops.protocol !== check.protocol || check.protocolInverted)) {
    check.log(`${head}only valid for protocol ${ops.protocol}`, `${site} protocol`)
    check.tx.refuse('EINVAL')
  }
}

/** find_check_entry: matches in their order, then the target. */
export function checkRule(tx: Transaction, net: NetNs, table: TableName, rule: IptRule, hooks: number): void {
  const check: XtCheck = {
    tx,
    net,
    table,
    hooks,
    protocol: rule.protocol,
    protocolInverted: (rule.invert & IPT_INV_PROTO) !== 0,
    matches: rule.matches,
    log: (text, site) => printkLimited(net.kernel, site, LOG_INFO, text),
  }
  for (const m of rule.matches) {
    const ops = matchOps(m)
    checkLimits(check, ops, 'match')
    ops.check?.(check, m)
  }
  const t = rule.target
  if (t.kind !== 'target') return
  const ops = targetOps(t.target)
  checkLimits(check, ops, 'target')
  ops.check?.(check, t.target)
}
