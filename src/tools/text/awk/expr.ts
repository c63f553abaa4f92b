// Expressions of awk by precedence, from assignment down to primaries. Read first: awk/ast.ts, awk/lex.ts.
import type { Meter, Regex } from '../../../lib/regex/regex.ts'
import type { Expr, Func } from './ast.ts'
import { AwkSyntax, BUILTINS, type Token } from './lex.ts'
import { awkRegex, isTarget, NONE, node } from './node.ts'

interface Called {
  readonly args: number
  readonly line: number
}

export class ExprParser {
  protected readonly tokens: readonly Token[]
  protected readonly where: string
  private readonly meter: Meter
  protected at = 0
  protected params: readonly string[] = []
  protected section: '' | 'BEGIN' | 'END' | 'function' = ''
  /** In the list of print: > and | are redirections. */
  protected printing = false
  protected readonly functions = new Map<string, Func>()
  protected readonly called = new Map<string, Called[]>()
  /** How global names are used. */
  private readonly scalars = new Set<string>()
  private readonly arrays = new Set<string>(['ENVIRON', 'ARGV'])
  private parens = 0

  constructor(tokens: readonly Token[], where: string, meter: Meter) {
    this.tokens = tokens
    this.where = where
    this.meter = meter
  }

  protected get token(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)]!
  }

  protected isOp(text: string): boolean {
    return this.token.kind === 'op' && this.token.text === text
  }

  protected isNewline(): boolean {
    return this.token.kind === 'newline'
  }

  protected skipNewlines(): void {
    while (this.isNewline()) this.at++
  }

  protected bad(text: string): never {
    throw new AwkSyntax(`${this.where}line ${this.token.line}: ${text}`)
  }

  protected unexpected(): never {
    const t = this.token
    if (t.kind === 'op' && t.text === ')' && this.parens === 0) this.bad("extra ')'")
    if (t.kind === 'op' && t.text === '}' && this.section === '') this.bad("extra '}'")
    if (this.parens > 0 && (t.kind === 'end' || t.kind === 'newline' || (t.kind === 'op' && '};'.includes(t.text)))) {
      this.bad(`missing ) near ${t.kind === 'op' ? t.text : t.kind === 'newline' ? 'end of line' : 'end of file'}`)
    }
    const shown = t.kind === 'newline' ? 'end of line' : t.kind === 'end' ? 'end of file' : t.text
    this.bad(`syntax error at or near ${shown}`)
  }

  protected expect(op: string): void {
    if (!this.isOp(op)) this.unexpected()
    this.at++
  }

  protected checkCalls(): void {
    for (const [name, calls] of this.called) {
      const f = this.functions.get(name)!
      const long = calls.find((c) => c.args > f.params.length)
      if (long !== undefined)
        throw new AwkSyntax(`${this.where}line ${long.line}: too many arguments in call to ${name}`)
    }
  }

  protected variable(name: string): Expr {
    const slot = this.params.indexOf(name)
    return slot >= 0 ? node('local', [], { name, slot }) : node('global', [], { name })
  }

  private scalar(name: string): Expr {
    if (!this.params.includes(name)) {
      if (this.functions.has(name)) this.bad(`illegal reference to function ${name}`)
      if (this.arrays.has(name)) this.bad(`illegal reference to array ${name}`)
      this.scalars.add(name)
    }
    return this.variable(name)
  }

  protected arrayName(): Expr {
    const t = this.token
    if (t.kind !== 'name') this.unexpected()
    if (!this.params.includes(t.text)) {
      if (this.scalars.has(t.text)) this.bad(`illegal reference to variable ${t.text}`)
      this.arrays.add(t.text)
    }
    this.at++
    return this.variable(t.text)
  }

  protected subscripts(): readonly Expr[] {
    this.expect('[')
    const subs = this.nested(() => this.expressions())
    this.expect(']')
    return subs
  }

  /** Inside brackets and parentheses > is a comparison again. */
  private nested<T>(f: () => T): T {
    const { printing } = this
    this.printing = false
    const result = f()
    this.printing = printing
    return result
  }

  protected expressions(): readonly Expr[] {
    const list = [this.expression()]
    while (this.isOp(',')) {
      this.at++
      this.skipNewlines()
      list.push(this.expression())
    }
    return list
  }

  expression(): Expr {
    const left = this.ternary()
    const op = this.token.kind === 'op' ? this.token.text : ''
    if (!/^[-+*/%^]?=$/.test(op) || !isTarget(left)) return left
    this.at++
    this.skipNewlines()
    return node('assign', [left, this.expression()], { name: op.slice(0, -1) })
  }

  private ternary(): Expr {
    const test = this.either()
    if (!this.isOp('?')) return test
    this.at++
    this.skipNewlines()
    const yes = this.expression()
    this.skipNewlines()
    this.expect(':')
    this.skipNewlines()
    return node('cond', [test, yes, this.expression()])
  }

  private either(): Expr {
    let left = this.both()
    while (this.isOp('||')) {
      this.at++
      this.skipNewlines()
      left = node('or', [left, this.both()])
    }
    return left
  }

  private both(): Expr {
    let left = this.membership()
    while (this.isOp('&&')) {
      this.at++
      this.skipNewlines()
      left = node('and', [left, this.membership()])
    }
    return left
  }

  private membership(): Expr {
    let left = this.matching()
    while (this.token.kind === 'keyword' && this.token.text === 'in') {
      this.at++
      left = node('in', [this.arrayName(), ...(left.op === 'list' ? left.kids : [left])])
    }
    return left
  }

  private matching(): Expr {
    let left = this.comparison()
    while (this.isOp('~') || this.isOp('!~')) {
      const name = this.token.text
      this.at++
      left = node('match', [left, this.comparison()], { name })
    }
    return left
  }

  private comparison(): Expr {
    let left = this.concatenation()
    for (;;) {
      const op = this.token.kind === 'op' ? this.token.text : ''
      if (!['<', '<=', '==', '!=', '>', '>='].includes(op) || (op === '>' && this.printing)) return left
      this.at++
      left = node('compare', [left, this.concatenation()], { name: op })
    }
  }

  private startsOperand(): boolean {
    const t = this.token
    if (t.kind === 'keyword') return t.text === 'getline'
    if (t.kind === 'op') return ['$', '!', '(', '-', '+', '++', '--'].includes(t.text)
    return t.kind !== 'newline' && t.kind !== 'end'
  }

  private concatenation(): Expr {
    let left = this.additive()
    while (this.startsOperand() && !this.isOp('-') && !this.isOp('+')) left = node('concat', [left, this.additive()])
    return left
  }

  private additive(): Expr {
    let left = this.multiplicative()
    while (this.isOp('+') || this.isOp('-')) {
      const name = this.token.text
      this.at++
      left = node('arith', [left, this.multiplicative()], { name })
    }
    return left
  }

  private multiplicative(): Expr {
    let left = this.unary()
    while (this.isOp('*') || this.isOp('/') || this.isOp('%')) {
      const name = this.token.text
      this.at++
      left = node('arith', [left, this.unary()], { name })
    }
    return left
  }

  private unary(): Expr {
    for (const [text, op] of [
      ['!', 'not'],
      ['-', 'negate'],
      ['+', 'plus'],
    ] as const) {
      if (!this.isOp(text)) continue
      this.at++
      return node(op, [this.unary()])
    }
    return this.power()
  }

  private power(): Expr {
    const base = this.piped()
    if (!this.isOp('^')) return base
    this.at++
    return node('arith', [base, this.unary()], { name: '^' })
  }

  /** "cmd" | getline binds tighter than concatenation in mawk. */
  private piped(): Expr {
    let left = this.postfix()
    for (;;) {
      const next = this.tokens[this.at + 1]
      if (!this.isOp('|') || this.printing || next?.kind !== 'keyword' || next.text !== 'getline') return left
      this.at += 2
      left = node('getline', [this.optionalTarget(), left], { name: 'command' })
    }
  }

  private postfix(): Expr {
    const e = this.primary()
    if (!isTarget(e) || !(this.isOp('++') || this.isOp('--'))) return e
    const slot = this.token.text === '++' ? 1 : -1
    this.at++
    return node('postinc', [e], { slot })
  }

  private optionalTarget(): Expr {
    const t = this.token
    if (t.kind === 'name' || this.isOp('$')) return this.primary()
    return NONE
  }

  private primary(): Expr {
    const t = this.token
    this.at++
    switch (t.kind) {
      case 'number':
        return node('const', [], { value: Number.parseFloat(t.text) })
      case 'string':
        return node('const', [], { value: t.text })
      case 'regex':
        return node('regex', [], { regex: this.regex(t) })
      case 'name':
        if (!this.isOp('[')) return this.scalar(t.text)
        this.at--
        return node('index', [this.arrayName(), ...this.subscripts()])
      case 'call':
        return this.call(t)
      case 'builtin':
        return this.builtin(t)
      case 'keyword':
        if (t.text === 'getline') return this.getline()
        break
      case 'op':
        return this.operator(t)
    }
    this.at--
    this.unexpected()
  }

  private regex(t: Token): Regex {
    const r = awkRegex(t.text, this.meter)
    if ('error' in r) throw new AwkSyntax(`${this.where}line ${t.line}: ${r.error}`)
    return r
  }

  private operator(t: Token): Expr {
    if (t.text === '$') {
      const kid =
        this.isOp('++') || this.isOp('--') || this.isOp('-') || this.isOp('!') || this.isOp('+')
          ? this.unary()
          : this.primary()
      return node('field', [kid])
    }
    if (t.text === '++' || t.text === '--') {
      const target = this.primary()
      if (!isTarget(target)) this.unexpected()
      return node('preinc', [target], { slot: t.text === '++' ? 1 : -1 })
    }
    if (t.text === '-' || t.text === '+' || t.text === '!') {
      this.at--
      return this.unary()
    }
    if (t.text !== '(') {
      this.at--
      this.unexpected()
    }
    this.parens++
    const list = this.nested(() => this.expressions())
    this.expect(')')
    this.parens--
    return list.length === 1 ? node('group', list) : node('list', list)
  }

  private getline(): Expr {
    const target = this.optionalTarget()
    if (!this.isOp('<')) return node('getline', [target, NONE], { name: 'plain' })
    this.at++
    return node('getline', [target, this.postfix()], { name: 'file' })
  }

  private args(): readonly Expr[] {
    this.expect('(')
    this.parens++
    this.skipNewlines()
    const list = this.isOp(')') ? [] : this.nested(() => this.callArgs())
    this.expect(')')
    this.parens--
    return list
  }

  /** A bare name may be an array. */
  private callArgs(): readonly Expr[] {
    const list: Expr[] = []
    for (;;) {
      const next = this.tokens[this.at + 1]
      if (this.token.kind === 'name' && next?.kind === 'op' && (next.text === ',' || next.text === ')')) {
        list.push(this.variable(this.token.text))
        this.at++
      } else list.push(this.expression())
      this.skipNewlines()
      if (!this.isOp(',')) return list
      this.at++
      this.skipNewlines()
    }
  }

  private call(t: Token): Expr {
    const kids = this.args()
    const seen = this.called.get(t.text) ?? []
    seen.push({ args: kids.length, line: t.line })
    this.called.set(t.text, seen)
    return node('call', kids, { name: t.text })
  }

  private builtin(t: Token): Expr {
    const name = t.text
    if (!this.isOp('(')) {
      if (name === 'length') return node('builtin', [], { name })
      this.unexpected()
    }
    const kids = this.args()
    const [low, high] = BUILTINS[name]!
    if (kids.length < low && ['split', 'match', 'sub', 'gsub'].includes(name)) {
      this.at--
      this.parens++
      this.bad('syntax error at or near )')
    }
    if (kids.length < low || kids.length > high) this.bad(`wrong number of arguments in call to ${name}`)
    return node('builtin', kids, { name })
  }
}
