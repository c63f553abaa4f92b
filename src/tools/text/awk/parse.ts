// awk's grammar, with mawk's complaints: statements, rules and functions. Read first: awk/ast.ts, awk/expr.ts.
import type { Meter } from '../../../lib/regex/regex.ts'
import type { Expr, Func, Program, Rule, Stmt } from './ast.ts'
import { ExprParser } from './expr.ts'
import { AwkSyntax, type Token } from './lex.ts'

export class Parser extends ExprParser {
  private loops = 0
  private readonly begin: Stmt[] = []
  private readonly end: Stmt[] = []
  private readonly rules: Rule[] = []

  constructor(tokens: readonly Token[], where: string, meter: Meter) {
    super(tokens, where, meter)
  }

  parse(): Program {
    for (;;) {
      while (this.isNewline() || this.isOp(';')) this.at++
      if (this.token.kind === 'end') break
      this.item()
    }
    for (const name of this.called.keys()) {
      if (!this.functions.has(name))
        throw new AwkSyntax(`${this.where}line ${this.token.line}: function ${name} never defined`)
    }
    this.checkCalls()
    return { begin: this.begin, end: this.end, rules: this.rules, functions: this.functions }
  }

  private item(): void {
    const { token } = this
    if (token.kind === 'keyword' && token.text === 'function') return this.func()
    if (token.kind === 'keyword' && (token.text === 'BEGIN' || token.text === 'END')) {
      this.at++
      if (!this.isOp('{')) this.unexpected()
      this.section = token.text
      const body = this.block()
      ;(token.text === 'BEGIN' ? this.begin : this.end).push(body)
      this.section = ''
      return
    }
    let from: Expr | null = null
    let to: Expr | null = null
    if (!this.isOp('{')) {
      from = this.expression()
      if (this.isOp(',')) {
        this.at++
        this.skipNewlines()
        to = this.expression()
      }
    }
    const body = this.isOp('{') ? this.block() : null
    if (body === null && !this.isNewline() && !this.isOp(';') && this.token.kind !== 'end') this.unexpected()
    this.rules.push({ from, to, body })
  }

  private func(): void {
    this.at++
    const { token } = this
    if (token.kind !== 'name' && token.kind !== 'call') this.unexpected()
    this.at++
    this.expect('(')
    const params: string[] = []
    while (!this.isOp(')')) {
      if (params.length > 0) this.expect(',')
      this.skipNewlines()
      const p = this.token
      if (p.kind !== 'name' || p.text === token.text) this.unexpected()
      if (params.includes(p.text)) this.bad(`${p.text} is duplicated in argument list`)
      params.push(p.text)
      this.at++
    }
    this.at++
    this.skipNewlines()
    const f: Func = { name: token.text, params, body: null }
    this.functions.set(token.text, f)
    this.params = params
    this.section = 'function'
    f.body = this.block()
    this.params = []
    this.section = ''
  }

  private block(): Stmt {
    this.expect('{')
    const body: Stmt[] = []
    for (;;) {
      while (this.isNewline() || this.isOp(';')) this.at++
      if (this.isOp('}')) break
      if (
        this.token.kind === 'end' ||
        (this.token.kind === 'keyword' && /^(BEGIN|END|function)$/.test(this.token.text))
      ) {
        const near = this.token.kind === 'end' ? 'end of file' : this.token.text
        throw new AwkSyntax(`${this.where}line ${this.token.line}: missing } near ${near}`)
      }
      body.push(this.statement())
    }
    this.at++
    return { kind: 'block', body }
  }

  /** The end of a simple statement. */
  private terminator(): void {
    if (this.isOp(';') || this.isNewline()) this.at++
    else if (!this.isOp('}') && this.token.kind !== 'end') this.unexpected()
  }

  /** The body of if, while, for: on this line or the next. */
  private body(): Stmt {
    this.skipNewlines()
    if (this.isOp(';')) {
      this.at++
      return { kind: 'block', body: [] }
    }
    return this.statement()
  }

  private loopBody(): Stmt {
    this.loops++
    const body = this.body()
    this.loops--
    return body
  }

  private statement(): Stmt {
    const { token } = this
    if (this.isOp('{')) return this.block()
    if (token.kind === 'keyword') {
      switch (token.text) {
        case 'if':
          return this.conditional()
        case 'while':
          return this.whileLoop()
        case 'do':
          return this.doLoop()
        case 'for':
          return this.forLoop()
        default:
      }
    }
    const s = this.simple()
    this.terminator()
    return s
  }

  private condition(): Expr {
    this.at++
    this.expect('(')
    const test = this.expression()
    this.expect(')')
    return test
  }

  private conditional(): Stmt {
    const test = this.condition()
    const then = this.body()
    let ahead = this.at
    while (
      this.tokens[ahead]!.kind === 'newline' ||
      (this.tokens[ahead]!.kind === 'op' && this.tokens[ahead]!.text === ';')
    )
      ahead++
    const next = this.tokens[ahead]!
    if (next.kind !== 'keyword' || next.text !== 'else') return { kind: 'if', test, then, otherwise: null }
    this.at = ahead + 1
    return { kind: 'if', test, then, otherwise: this.body() }
  }

  private whileLoop(): Stmt {
    const test = this.condition()
    return { kind: 'loop', init: null, test, step: null, body: this.loopBody(), late: false }
  }

  private doLoop(): Stmt {
    this.at++
    const body = this.loopBody()
    while (this.isNewline() || this.isOp(';')) this.at++
    if (this.token.text !== 'while') this.unexpected()
    const test = this.condition()
    this.terminator()
    return { kind: 'loop', init: null, test, step: null, body, late: true }
  }

  private forLoop(): Stmt {
    this.at++
    this.expect('(')
    const [a, b, c] = [this.token, this.tokens[this.at + 1], this.tokens[this.at + 3]]
    if (a.kind === 'name' && b?.text === 'in' && b.kind === 'keyword' && c?.kind === 'op' && c.text === ')') {
      const variable = this.variable(a.text)
      this.at += 2
      const array = this.arrayName()
      this.expect(')')
      return { kind: 'each', variable, array, body: this.loopBody() }
    }
    const init = this.isOp(';') ? null : this.simple()
    this.expect(';')
    this.skipNewlines()
    const test = this.isOp(';') ? null : this.expression()
    this.expect(';')
    this.skipNewlines()
    const step = this.isOp(')') ? null : this.simple()
    this.expect(')')
    return { kind: 'loop', init, test, step, body: this.loopBody(), late: false }
  }

  private simple(): Stmt {
    const { token } = this
    if (token.kind !== 'keyword' || token.text === 'getline') return { kind: 'expr', expr: this.expression() }
    switch (token.text) {
      case 'print':
      case 'printf':
        return this.print(token.text)
      case 'next':
      case 'nextfile':
        if (this.section === 'BEGIN' || this.section === 'END') this.bad(`improper use of ${token.text}`)
        this.at++
        return { kind: token.text }
      case 'break':
      case 'continue':
        if (this.loops === 0) this.bad(`${token.text} statement outside of loop`)
        this.at++
        return { kind: token.text }
      case 'exit':
      case 'return': {
        this.at++
        if (token.text === 'return' && this.section !== 'function') this.bad('return outside function body')
        const ends = this.isNewline() || this.isOp(';') || this.isOp('}') || this.token.kind === 'end'
        return { kind: token.text, expr: ends ? null : this.expression() }
      }
      case 'delete': {
        this.at++
        const array = this.arrayName()
        if (!this.isOp('[')) return { kind: 'delete', array, subs: null }
        return { kind: 'delete', array, subs: this.subscripts() }
      }
      default:
        this.unexpected()
    }
  }

  private print(kind: 'print' | 'printf'): Stmt {
    this.at++
    this.printing = true
    let args: readonly Expr[] = []
    const ends = this.isNewline() || [';', '}', '>', '>>', '|'].some((o) => this.isOp(o)) || this.token.kind === 'end'
    if (!ends) args = this.expressions()
    this.printing = false
    // print (a, b) > "file": the parentheses hold the list.
    const only = args.length === 1 ? args[0]! : null
    if (only?.op === 'list') args = only.kids
    if (kind === 'printf' && args.length === 0) this.bad('no arguments in call to printf')
    for (const to of ['>>', '>', '|'] as const) {
      if (!this.isOp(to)) continue
      this.at++
      return { kind, args, to, target: this.expression() }
    }
    return { kind, args, to: '', target: null }
  }
}
