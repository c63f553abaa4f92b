// Expressions that do not wait. Read first: awk/ast.ts, awk/state.ts. Those that wait are in awk/run.ts.
import type { Expr } from './ast.ts'
import { callBuiltin } from './builtin.ts'
import type { State } from './state.ts'
import { type AwkArray, Cell, compare, toBoolean, toNumber, type Value } from './value.ts'

/** The locals of a function call. */
export type Frame = readonly Cell[]

export class Evaluator {
  readonly st: State
  /** Wall-clock time in seconds. */
  readonly wallSeconds: () => number

  constructor(st: State, wallSeconds: () => number) {
    this.st = st
    this.wallSeconds = wallSeconds
  }

  text(e: Expr, f: Frame): string {
    return this.st.text_(this.value(e, f))
  }

  number(e: Expr, f: Frame): number {
    return toNumber(this.value(e, f))
  }

  cell(e: Expr, f: Frame): Cell {
    return e.op === 'local' ? f[e.slot]! : this.st.global(e.name)
  }

  array(e: Expr, f: Frame): AwkArray {
    return this.cell(e, f).asArray()
  }

  /** The key of subscripts: joined with SUBSEP. */
  key(subs: readonly Expr[], f: Frame): string {
    if (subs.length === 1) return this.text(subs[0]!, f)
    return subs.map((s) => this.text(s, f)).join(this.st.str('SUBSEP'))
  }

  value(e: Expr, f: Frame): Value {
    const { kids } = e
    switch (e.op) {
      case 'const':
        return e.value
      case 'none':
        return undefined
      case 'regex':
        return e.regex!.test(this.st.text_(this.st.field(0))) ? 1 : 0
      case 'global':
        return this.st.getGlobal(e.name)
      case 'local':
        return f[e.slot]!.value
      case 'field':
        return this.st.field(this.number(kids[0]!, f))
      case 'index':
        return this.element(e, f)
      case 'group':
        return this.value(kids[0]!, f)
      case 'list':
        return this.key(kids, f)
      case 'assign':
        return this.assign(e, f)
      case 'preinc':
      case 'postinc': {
        const old = this.number(kids[0]!, f)
        this.store(kids[0]!, old + e.slot, f)
        return e.op === 'preinc' ? old + e.slot : old
      }
      case 'negate':
        return -this.number(kids[0]!, f)
      case 'plus':
        return this.number(kids[0]!, f)
      case 'not':
        return toBoolean(this.value(kids[0]!, f)) ? 0 : 1
      case 'arith': {
        const a = this.number(kids[0]!, f)
        return arithmetic(e.name, a, this.number(kids[1]!, f))
      }
      case 'concat': {
        const a = this.text(kids[0]!, f)
        return a + this.text(kids[1]!, f)
      }
      case 'compare':
        return this.compare(e, f)
      case 'match':
        return this.matches(e, f)
      case 'and':
        return toBoolean(this.value(kids[0]!, f)) && toBoolean(this.value(kids[1]!, f)) ? 1 : 0
      case 'or':
        return toBoolean(this.value(kids[0]!, f)) || toBoolean(this.value(kids[1]!, f)) ? 1 : 0
      case 'cond':
        return this.value(toBoolean(this.value(kids[0]!, f)) ? kids[1]! : kids[2]!, f)
      case 'in':
        return this.array(kids[0]!, f).has(this.key(kids.slice(1), f)) ? 1 : 0
      case 'builtin':
        return callBuiltin(this, e, f)
      // These wait: run.ts replaces them by their values first.
      case 'call':
      case 'getline':
        return undefined
    }
  }

  private element(e: Expr, f: Frame): Value {
    const array = this.array(e.kids[0]!, f)
    const key = this.key(e.kids.slice(1), f)
    const v = array.map.get(key)
    if (v === undefined && !array.has(key)) array.map.set(key, undefined)
    return v ?? array.map.get(key)
  }

  private assign(e: Expr, f: Frame): Value {
    const target = e.kids[0]!
    let v = this.value(e.kids[1]!, f)
    if (e.name !== '') v = arithmetic(e.name, this.number(target, f), toNumber(v))
    this.store(target, v, f)
    return v
  }

  store(target: Expr, v: Value, f: Frame): void {
    if (target.op === 'global') this.st.setGlobal(target.name, v)
    else if (target.op === 'local') f[target.slot]!.value = v
    else if (target.op === 'field') this.st.setField(this.number(target.kids[0]!, f), v)
    else if (target.op === 'index') this.array(target.kids[0]!, f).map.set(this.key(target.kids.slice(1), f), v)
  }

  private compare(e: Expr, f: Frame): number {
    const a = this.value(e.kids[0]!, f)
    const n = compare(a, this.value(e.kids[1]!, f), this.st.str('CONVFMT'))
    switch (e.name) {
      case '<':
        return n < 0 ? 1 : 0
      case '<=':
        return n <= 0 ? 1 : 0
      case '==':
        return n === 0 ? 1 : 0
      case '!=':
        return n !== 0 ? 1 : 0
      case '>':
        return n > 0 ? 1 : 0
      default:
        return n >= 0 ? 1 : 0
    }
  }

  private matches(e: Expr, f: Frame): number {
    const text = this.text(e.kids[0]!, f)
    const re = e.kids[1]!
    const hit = (re.op === 'regex' ? re.regex! : this.st.regexes.get(this.text(re, f))).test(text)
    return hit === (e.name === '~') ? 1 : 0
  }
}

function arithmetic(op: string, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '%':
      return a % b
    default:
      return a ** b
  }
}

/** The locals of a call: an array or a name that has no value yet is passed by reference. */
export function bind(ev: Evaluator, params: number, args: readonly Expr[], f: Frame): Cell[] {
  return Array.from({ length: params }, (_, i) => {
    const a = args[i]
    if (a === undefined) return new Cell()
    if (a.op === 'global' || a.op === 'local') {
      const from = ev.cell(a, f)
      if (from.array !== null || (a.name !== 'NF' && from.value === undefined)) return new Cell(from)
    }
    const cell = new Cell()
    cell.value = ev.value(a, f)
    return cell
  })
}
