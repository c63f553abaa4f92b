// An awk program as data. Read first: awk/parse.ts makes it, awk/run.ts runs it.
import type { Regex } from '../../../lib/regex/regex.ts'
import type { Value } from './value.ts'

export type ExprOp =
  | 'const'
  | 'none'
  | 'regex'
  | 'global'
  | 'local'
  | 'field'
  | 'index'
  | 'group'
  | 'list'
  | 'assign'
  | 'preinc'
  | 'postinc'
  | 'negate'
  | 'plus'
  | 'not'
  | 'arith'
  | 'concat'
  | 'compare'
  | 'match'
  | 'and'
  | 'or'
  | 'cond'
  | 'in'
  | 'call'
  | 'builtin'
  | 'getline'

/** One shape for all expressions; what `kids` are depends on `op`: index and in have the array first, assign its target. */
export interface Expr {
  readonly op: ExprOp
  readonly kids: readonly Expr[]
  /** The variable, function or operator. getline: plain, file or command. */
  readonly name: string
  /** A local's place in its frame; ±1 of an increment. */
  readonly slot: number
  readonly value: Value
  readonly regex: Regex | null
  /** May wait: getline, system, close, fflush and calls of the program's functions are somewhere in it. */
  readonly waits: boolean
}

export type Stmt =
  | { readonly kind: 'expr'; readonly expr: Expr }
  | {
      readonly kind: 'print' | 'printf'
      readonly args: readonly Expr[]
      readonly to: '' | '>' | '>>' | '|'
      readonly target: Expr | null
    }
  | { readonly kind: 'block'; readonly body: readonly Stmt[] }
  | { readonly kind: 'if'; readonly test: Expr; readonly then: Stmt; readonly otherwise: Stmt | null }
  | {
      readonly kind: 'loop'
      readonly init: Stmt | null
      readonly test: Expr | null
      readonly step: Stmt | null
      readonly body: Stmt
      readonly late: boolean
    }
  | { readonly kind: 'each'; readonly variable: Expr; readonly array: Expr; readonly body: Stmt }
  | { readonly kind: 'delete'; readonly array: Expr; readonly subs: readonly Expr[] | null }
  | { readonly kind: 'next' | 'nextfile' | 'break' | 'continue' }
  | { readonly kind: 'exit' | 'return'; readonly expr: Expr | null }

export interface Rule {
  /** Null is every record. */
  readonly from: Expr | null
  /** The end of a range. */
  readonly to: Expr | null
  /** Null prints the record. */
  readonly body: Stmt | null
}

export interface Func {
  readonly name: string
  readonly params: readonly string[]
  body: Stmt | null
}

export interface Program {
  readonly begin: readonly Stmt[]
  readonly end: readonly Stmt[]
  readonly rules: readonly Rule[]
  readonly functions: ReadonlyMap<string, Func>
}
