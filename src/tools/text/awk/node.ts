// Building expressions of awk, and its regular expressions. Read first: awk/ast.ts.
import { compileRegex, type Meter, type Regex } from '../../../lib/regex/regex.ts'
import type { Expr, ExprOp } from './ast.ts'

const WAITING = new Set(['system', 'close', 'fflush'])

export function node(op: ExprOp, kids: readonly Expr[] = [], extra: Partial<Expr> = {}): Expr {
  const name = extra.name ?? ''
  const waits =
    op === 'call' || op === 'getline' || (op === 'builtin' && WAITING.has(name)) || kids.some((k) => k.waits)
  return { op, kids, name: '', slot: 0, value: undefined, regex: null, ...extra, waits }
}

export const NONE = Object.freeze(node('none'))

/** A dynamic or constant regular expression, or mawk's complaint. */
export function awkRegex(source: string, meter: Meter): Regex | { readonly error: string } {
  const r = compileRegex(source, { syntax: 'extended', dialect: 'awk' }, meter)
  return r.ok ? r.regex : { error: `regular expression compile failed (${r.error})\n${source}` }
}

/** Can it be assigned to? */
export function isTarget(e: Expr): boolean {
  return e.op === 'global' || e.op === 'local' || e.op === 'field' || e.op === 'index'
}
