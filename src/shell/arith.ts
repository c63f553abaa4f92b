// Arithmetic of $(( )), (( )), let, subscripts: C's operators on 64-bit integers, evaluated while it is read, as bash does.
// The text has been expanded already; names are looked up and their values evaluated in turn.

export interface ArithVars {
  get(name: string, index: string | null): string
  set(name: string, index: string | null, value: string): void
  /** A value that is no plain number is evaluated in turn. */
  nested(): void
}

/** A message without the shell's prefix: `1/0: division by 0 (error token is "0")`. */
export class ArithError extends Error {}

const BINARY: Readonly<Record<string, number>> = Object.freeze({
  '||': 4,
  '&&': 5,
  '|': 6,
  '^': 7,
  '&': 8,
  '==': 9,
  '!=': 9,
  '<': 10,
  '>': 10,
  '<=': 10,
  '>=': 10,
  '<<': 11,
  '>>': 11,
  '+': 12,
  '-': 12,
  '*': 13,
  '/': 13,
  '%': 13,
})

/** Blanks, then a name, a number (with its base) or the longest operator. */
const TOKEN =
  /(\s*)(?:([A-Za-z_]\w*)|(\d[\w@#]*)|(<<=|>>=|\*\*|\+\+|--|<<|>>|[<>=!]=|&&|\|\||[-+*/%&^|]=|[-+*/%<>=!~&^|?:(),]))?/y

const MAX_DEPTH = 512

interface Token {
  readonly kind: 'num' | 'name' | 'op' | 'end' | 'bad'
  readonly text: string
  readonly start: number
}

type Place = { readonly name: string; readonly index: string | null }

const wrap = (v: bigint): bigint => BigInt.asIntN(64, v)

class Evaluator {
  private readonly text: string
  private readonly vars: ArithVars
  private readonly depth: number
  private pos = 0
  private tok: Token
  /** Start of the last real token, for messages. */
  private last = 0
  /** > 0 in branches that are read but not evaluated. */
  private skipping = 0

  constructor(text: string, vars: ArithVars, depth: number) {
    this.text = text
    this.vars = vars
    this.depth = depth
    this.tok = this.scan()
  }

  run(): bigint {
    if (this.tok.kind === 'end') return 0n
    const v = this.comma()
    const after: Token['kind'] = this.peekKind()
    if (after === 'bad') this.fail('syntax error: invalid arithmetic operator')
    if (after !== 'end') this.fail('syntax error in expression')
    return v
  }

  private fail(message: string, at = this.last): never {
    const shown = this.text.replace(/^\s+/, '')
    throw new ArithError(`${shown}: ${message} (error token is "${this.text.slice(at).replace(/^\s+/, '')}")`)
  }

  private scan(): Token {
    TOKEN.lastIndex = this.pos
    const m = TOKEN.exec(this.text)!
    const start = this.pos + m[1]!.length
    this.pos = start
    if (start >= this.text.length) return { kind: 'end', text: '', start }
    this.last = start
    const text = m[2] ?? m[3] ?? m[4]
    if (text === undefined) return { kind: 'bad', text: this.text[start]!, start }
    this.pos += text.length
    return { kind: m[2] !== undefined ? 'name' : m[3] !== undefined ? 'num' : 'op', text, start }
  }

  private peekKind(): Token['kind'] {
    return this.tok.kind
  }

  private next(): Token {
    const t = this.tok
    this.tok = this.scan()
    return t
  }

  private is(op: string): boolean {
    return this.tok.kind === 'op' && this.tok.text === op
  }

  private comma(): bigint {
    let v = this.assign()
    while (this.is(',')) {
      this.next()
      v = this.assign()
    }
    return v
  }

  private assign(): bigint {
    const save = { pos: this.pos, tok: this.tok, last: this.last }
    const place = this.tok.kind === 'name' ? this.place() : null
    if (place !== null && this.tok.kind === 'op' && /^([-+*/%&^|]|<<|>>)?=$/.test(this.tok.text)) {
      const op = this.next().text.slice(0, -1)
      const at = this.tok.start
      const right = this.assign()
      const value = op === '' ? right : this.binary(op, this.value(place), right, at)
      if (this.skipping === 0) this.vars.set(place.name, place.index, String(value))
      return value
    }
    Object.assign(this, save)
    const v = this.conditional()
    if (this.tok.kind === 'op' && /^([-+*/%&^|]|<<|>>)?=$/.test(this.tok.text)) {
      this.fail('attempted assignment to non-variable')
    }
    return v
  }

  private conditional(): bigint {
    const test = this.climb(4)
    if (!this.is('?')) return test
    this.next()
    if (test === 0n) this.skipping++
    if (this.is(':')) this.fail('expression expected')
    const yes = this.comma()
    if (test === 0n) this.skipping--
    if (!this.is(':')) this.fail("`:' expected for conditional expression")
    this.next()
    if (test !== 0n) this.skipping++
    if (this.tok.kind === 'end') this.fail('expression expected')
    const no = this.assign()
    if (test !== 0n) this.skipping--
    return test !== 0n ? yes : no
  }

  private climb(min: number): bigint {
    let left = this.power()
    for (;;) {
      const prec = this.tok.kind === 'op' ? BINARY[this.tok.text] : undefined
      if (prec === undefined || prec < min) return left
      const op = this.next().text
      const skip = (op === '&&' && left === 0n) || (op === '||' && left !== 0n)
      if (skip) this.skipping++
      const at = this.tok.start
      const right = this.climb(prec + 1)
      if (skip) this.skipping--
      left = this.binary(op, left, right, at)
    }
  }

  private power(): bigint {
    const base = this.unary()
    if (!this.is('**')) return base
    this.next()
    const at = this.tok.start
    const exponent = this.power()
    if (exponent < 0n) this.fail('exponent less than 0', at)
    let v = 1n
    for (let b = base, e = exponent; e > 0n; e >>= 1n, b = wrap(b * b)) if ((e & 1n) === 1n) v = wrap(v * b)
    return v
  }

  private binary(op: string, a: bigint, b: bigint, at: number): bigint {
    const truth = (t: boolean): bigint => (t ? 1n : 0n)
    switch (op) {
      case '||':
        return truth(a !== 0n || b !== 0n)
      case '&&':
        return truth(a !== 0n && b !== 0n)
      case '|':
        return a | b
      case '^':
        return a ^ b
      case '&':
        return a & b
      case '==':
        return truth(a === b)
      case '!=':
        return truth(a !== b)
      case '<':
        return truth(a < b)
      case '>':
        return truth(a > b)
      case '<=':
        return truth(a <= b)
      case '>=':
        return truth(a >= b)
      case '<<':
        return wrap(a << (b & 63n))
      case '>>':
        return wrap(a >> (b & 63n))
      case '+':
        return wrap(a + b)
      case '-':
        return wrap(a - b)
      case '*':
        return wrap(a * b)
      default:
        if (b === 0n && this.skipping > 0) return 0n
        if (b === 0n) this.fail('division by 0', at)
        return wrap(op === '/' ? a / b : a % b)
    }
  }

  private unary(): bigint {
    if (this.tok.kind === 'op') {
      switch (this.tok.text) {
        case '-':
          this.next()
          return wrap(-this.unary())
        case '+':
          this.next()
          return this.unary()
        case '!':
          this.next()
          return this.unary() === 0n ? 1n : 0n
        case '~':
          this.next()
          return ~this.unary()
        case '++':
        case '--':
          return this.prefix(this.next().text)
      }
    }
    return this.postfix()
  }

  /** ++x; with anything but a name behind it, two signs. */
  private prefix(op: string): bigint {
    if (this.tok.kind !== 'name') {
      const v = this.unary()
      return op === '--' ? v : v
    }
    const place = this.place()
    const v = wrap(this.value(place) + (op === '++' ? 1n : -1n))
    if (this.skipping === 0) this.vars.set(place.name, place.index, String(v))
    return v
  }

  private postfix(): bigint {
    const t = this.tok
    if (t.kind === 'num') {
      this.next()
      return this.number(t)
    }
    if (t.kind === 'op' && t.text === '(') {
      this.next()
      const v = this.comma()
      if (!this.is(')')) this.fail("missing `)'")
      this.next()
      return v
    }
    if (t.kind !== 'name') this.fail('syntax error: operand expected')
    const place = this.place()
    const v = this.value(place)
    if (!this.is('++') && !this.is('--')) return v
    const d = this.next().text === '++' ? 1n : -1n
    if (this.skipping === 0) this.vars.set(place.name, place.index, String(wrap(v + d)))
    return v
  }

  /** A name with its subscript, read from the text as it stands. */
  private place(): Place {
    const name = this.tok.text
    let index: string | null = null
    if (this.text[this.pos] === '[') {
      let depth = 0
      let i = this.pos
      do {
        if (this.text[i] === '[') depth++
        else if (this.text[i] === ']') depth--
        i++
      } while (depth > 0 && i <= this.text.length)
      if (depth > 0) this.fail('bad array subscript')
      index = this.text.slice(this.pos + 1, i - 1)
      this.pos = i
    }
    this.tok = this.scan()
    return { name, index }
  }

  private value(place: Place): bigint {
    if (this.skipping > 0) return 0n
    const text = this.vars.get(place.name, place.index)
    if (/^-?(0|[1-9]\d*)$/.test(text)) return wrap(BigInt(text))
    if (this.depth >= MAX_DEPTH) this.fail('expression recursion level exceeded')
    this.vars.nested()
    return evaluate(text, this.vars, this.depth + 1)
  }

  private number(t: Token): bigint {
    const based = /^(\d+)#([0-9A-Za-z@_]*)$/.exec(t.text)
    if (based !== null) return this.digits(based[2]!, Number(based[1]), t)
    if (/^0[xX]/.test(t.text)) return this.digits(t.text.slice(2), 16, t)
    if (/^0./.test(t.text)) return this.digits(t.text.slice(1), 8, t)
    if (!/^\d+$/.test(t.text)) this.fail('value too great for base', t.start)
    return wrap(BigInt(t.text))
  }

  private digits(text: string, base: number, t: Token): bigint {
    if (base < 2 || base > 64) this.fail('invalid arithmetic base', t.start)
    let v = 0n
    for (const c of text) {
      const order = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_'
      const d = order.indexOf(base <= 36 ? c.toLowerCase() : c)
      if (d < 0 || d >= base) this.fail('value too great for base', t.start)
      v = wrap(v * BigInt(base) + BigInt(d))
    }
    return v
  }
}

/** The value of an expression; throws ArithError. */
export function evaluate(text: string, vars: ArithVars, depth = 0): bigint {
  if (/^\s*-?(0|[1-9]\d{0,17})\s*$/.test(text)) return BigInt(text.trim())
  return new Evaluator(text, vars, depth).run()
}
