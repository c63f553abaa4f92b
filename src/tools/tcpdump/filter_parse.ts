// The grammar of pcap-filter(7): not, and/or (of equal precedence, to the left), qualifiers that a later bare id takes over
// ("port 80 or 443"), comparisons of header bytes. Read first: filter.ts.
import type { Comparison } from '../lib/compare.ts'
import {
  type Arithmetic,
  type Filter,
  type FilterContext,
  FilterError,
  type Layer,
  MATCH_ALL,
  type ParsedFilter,
  SYNTAX_ERROR,
} from './filter.ts'
import { type Token, tokenize } from './filter_lex.ts'
import type { Kind, Qualifiers } from './filter_primitive.ts'
import * as primitive from './filter_primitive.ts'

const LAYERS: ReadonlySet<string> = new Set([
  'ether',
  'ip',
  'arp',
  'rarp',
  'tcp',
  'udp',
  'icmp',
  'igmp',
  'sctp',
  'link',
])
const KINDS: ReadonlySet<string> = new Set(['host', 'net', 'port', 'portrange', 'proto'])
/** In libpcap's language and not in netsim's. */
const REFUSED: ReadonlySet<string> = new Set(
  `vlan mpls pppoed pppoes geneve vxlan llc type subtype dir wlan addr1 addr2 addr3 addr4 ra ta iso clnp esis isis l1 l2 iih lsp
snp csnp psnp stp ipx netbeui aarp atalk decnet lat sca moprc mopdl radio lane metac bcc sc ilmic oamf4 oam oamf4ec oamf4sc
vpi vci connectmsg metaconnect fisu lssu msu sio opc dpc sls inbound outbound ifindex on ifname rnr rulenum rset ruleset srnr
subrulenum reason action gateway byte fddi tr hfisu hlssu hmsu hsio hopc hdpc hsls`.split(/\s+/),
)
const PROTOCOLS: ReadonlySet<string> = new Set([...primitive.IP_PROTOCOLS.keys(), ...LAYERS, 'ip6', 'icmp6'])
const KEYWORDS: ReadonlySet<string> = new Set([
  ...PROTOCOLS,
  ...KINDS,
  ...REFUSED,
  ...['src', 'dst', 'and', 'or', 'not', 'less', 'greater', 'len', 'length', 'broadcast', 'multicast', 'mask'],
])
const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ['=', '='],
  ['==', '='],
  ['!=', '!='],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
])
/** Binding strength of arithmetic operators, as yacc was told. */
const STRENGTH: ReadonlyMap<string, number> = new Map([
  ['|', 1],
  ['&', 2],
  ['^', 2],
  ['<<', 3],
  ['>>', 3],
  ['+', 4],
  ['-', 4],
  ['*', 5],
  ['/', 5],
  ['%', 5],
])

/** A part of a filter and the qualifiers that a bare id after it takes over; null when there are none to take. */
interface Term {
  readonly filter: Filter
  readonly q: Qualifiers | null
}

class Parser {
  private at = 0
  private readonly tokens: readonly Token[]
  private readonly ctx: FilterContext

  constructor(tokens: readonly Token[], ctx: FilterContext) {
    this.tokens = tokens
    this.ctx = ctx
  }

  private fail(): never {
    throw new FilterError(SYNTAX_ERROR)
  }

  private get token(): Token | undefined {
    return this.tokens[this.at]
  }

  /** The next token as keyword or mark, '' otherwise. */
  private get key(): string {
    const t = this.token
    if (t === undefined) return ''
    if (t.kind === 'mark') return t.text === '!' ? 'not' : t.text === '&&' ? 'and' : t.text === '||' ? 'or' : t.text
    return t.kind === 'word' && !t.escaped && KEYWORDS.has(t.text) ? t.text : ''
  }

  private accept(key: string): boolean {
    if (this.key !== key) return false
    this.at++
    return true
  }

  private expect(key: string): void {
    if (!this.accept(key)) this.fail()
  }

  whole(): Filter {
    const filter = this.expression().filter
    if (this.token !== undefined) this.fail()
    return filter
  }

  private expression(): Term {
    let left = this.term()
    for (;;) {
      const kind = this.key
      if (kind !== 'and' && kind !== 'or') return left
      this.at++
      const right = this.isId() ? this.bareId(left.q) : this.term()
      left = { filter: { kind, a: left.filter, b: right.filter }, q: right.q }
    }
  }

  /** An id without qualifiers of its own, perhaps negated or in parentheses: it takes over those before it. */
  private isId(): boolean {
    const start = this.at
    let arithmetic = this.isArithmetic()
    while (!arithmetic && (this.key === 'not' || this.key === '(')) {
      this.at++
      arithmetic = this.isArithmetic()
    }
    const t = this.token
    const name = t?.kind === 'word' && this.key === ''
    this.at = start
    if (t === undefined || arithmetic) return false
    return t.kind === 'dotted' || t.kind === 'mac' || t.kind === 'number' || name
  }

  private bareId(q: Qualifiers | null): Term {
    if (q === null) throw new FilterError('syntax error in filter expression')
    return { filter: this.negatedId(q), q }
  }

  private term(): Term {
    if (this.accept('not')) {
      const t = this.term()
      return { filter: { kind: 'not', a: t.filter }, q: t.q }
    }
    if (this.isArithmetic()) return { filter: this.comparison(), q: null }
    if (this.accept('(')) {
      const inner = this.expression()
      this.expect(')')
      return { filter: inner.filter, q: null }
    }
    const key = this.key
    if (REFUSED.has(key)) throw new FilterError(`'${key}' not supported in this configuration`)
    if (key === 'less' || key === 'greater') return this.lengthBound(key)
    if (key === 'broadcast' || key === 'multicast') return this.group(key, '')
    if (PROTOCOLS.has(key)) return this.afterProtocol()
    return this.qualified('')
  }

  private lengthBound(key: 'less' | 'greater'): Term {
    this.at++
    const t = this.token
    if (t?.kind !== 'number') this.fail()
    this.at++
    const op = key === 'less' ? '<=' : '>='
    return { filter: { kind: 'compare', op, a: { kind: 'len' }, b: { kind: 'number', value: t.value } }, q: null }
  }

  private group(name: 'broadcast' | 'multicast', proto: string): Term {
    this.at++
    return { filter: primitive.group(name, proto, this.ctx), q: null }
  }

  private afterProtocol(): Term {
    const proto = this.key
    this.at++
    const key = this.key
    if (key === 'broadcast' || key === 'multicast') return this.group(key, proto)
    if (key === 'src' || key === 'dst' || KINDS.has(key)) return this.qualified(proto)
    if (key === 'gateway') throw new FilterError("'gateway' not supported in this configuration")
    return { filter: primitive.protocolAlone(proto), q: null }
  }

  /** [src|dst|src or dst|src and dst] [host|net|port|portrange|proto] id */
  private qualified(proto: string): Term {
    const direction = this.direction()
    let kind: Kind = 'default'
    const key = this.key
    if (KINDS.has(key)) {
      kind = key as Kind
      this.at++
    } else if (direction === null) this.fail()
    const q: Qualifiers = { proto, direction, kind }
    return { filter: this.negatedId(q), q }
  }

  private direction(): Qualifiers['direction'] {
    const first = this.key
    if (first !== 'src' && first !== 'dst') return null
    this.at++
    const joint = this.key
    const second = this.tokens[this.at + 1]
    const other = first === 'src' ? 'dst' : 'src'
    if ((joint === 'or' || joint === 'and') && second?.kind === 'word' && second.text === other) {
      // "src A or dst B" never gets here: an id stands between.
      this.at += 2
      return joint === 'or' ? 'either' : 'both'
    }
    return first
  }

  private negatedId(q: Qualifiers): Filter {
    if (this.accept('not')) return { kind: 'not', a: this.negatedId(q) }
    if (!this.accept('(')) return this.id(q)
    let left = this.negatedId(q)
    for (let key = this.key; key === 'and' || key === 'or'; key = this.key) {
      this.at++
      left = { kind: key, a: left, b: this.negatedId(q) }
    }
    this.expect(')')
    return left
  }

  private id(q: Qualifiers): Filter {
    const t = this.token
    if (t === undefined || (t.kind === 'word' && this.key !== '')) this.fail()
    this.at++
    switch (t.kind) {
      case 'dotted':
      case 'number':
        return this.numeric(q, t)
      case 'mac':
        return primitive.fromMac(q, t.text, this.ctx)
      case 'word':
        if (/^[0-9.]+$/.test(t.text)) throw new FilterError(`unknown host '${t.text}'`)
        return primitive.fromName(q, t.text, this.ctx)
      case 'mark':
        return this.fail()
    }
  }

  private numeric(q: Qualifiers, t: Extract<Token, { kind: 'dotted' | 'number' }>): Filter {
    if (this.accept('/')) {
      const length = this.token
      if (length?.kind !== 'number') this.fail()
      this.at++
      return primitive.fromPrefix(q, t.text, length.value)
    }
    if (this.accept('mask')) {
      const mask = this.token
      if (mask?.kind !== 'dotted') this.fail()
      this.at++
      return primitive.fromMask(q, t.text, mask.text)
    }
    return t.kind === 'number' ? primitive.fromNumber(q, t.value) : primitive.fromDotted(q, t.text)
  }

  /** Does a comparison start here? Looks past opening parentheses; "(tcp[13] & 2) != 0" does, "(tcp[13] & 2 != 0)" does not. */
  private isArithmetic(): boolean {
    const start = this.at
    try {
      this.arithmetic(0)
      return COMPARISONS.has(this.key)
    } catch (e) {
      // An error of its own kind means that it read as arithmetic so far.
      if (!(e instanceof FilterError)) throw e
      return e.message !== SYNTAX_ERROR
    } finally {
      this.at = start
    }
  }

  private comparison(): Filter {
    const a = this.arithmetic(0)
    const op = COMPARISONS.get(this.key)
    if (op === undefined) this.fail()
    this.at++
    return { kind: 'compare', op, a, b: this.arithmetic(0) }
  }

  private arithmetic(strength: number): Arithmetic {
    let a = this.operand()
    for (;;) {
      const op = this.token?.kind === 'mark' ? this.token.text : ''
      const s = STRENGTH.get(op) ?? 0
      if (s <= strength) return a
      this.at++
      const b = this.arithmetic(s)
      if ((op === '/' || op === '%') && b.kind === 'number' && b.value === 0)
        throw new FilterError(op === '/' ? 'division by zero' : 'modulus by zero')
      a = { kind: 'binary', op: op as '+', a, b }
    }
  }

  private operand(): Arithmetic {
    const t = this.token
    if (t?.kind === 'number') {
      this.at++
      return { kind: 'number', value: t.value }
    }
    if (this.accept('len') || this.accept('length')) return { kind: 'len' }
    if (this.accept('-')) return { kind: 'negate', a: this.operand() }
    if (this.accept('(')) {
      const a = this.arithmetic(0)
      this.expect(')')
      return a
    }
    const layer = this.key === 'link' ? 'ether' : this.key
    if (!LAYERS.has(layer)) this.fail()
    this.at++
    return this.load(layer as Layer)
  }

  private load(layer: Layer): Arithmetic {
    this.expect('[')
    const index = this.arithmetic(0)
    let size = 1
    if (this.accept(':')) {
      const t = this.token
      if (t?.kind !== 'number') this.fail()
      this.at++
      size = t.value
    }
    this.expect(']')
    if (size !== 1 && size !== 2 && size !== 4) throw new FilterError('data size must be 1, 2, or 4')
    return { kind: 'load', layer, index, size }
  }
}

/** A filter expression (argv's words joined by blanks); an empty one matches everything. */
export function parseFilter(text: string, ctx: FilterContext): ParsedFilter {
  try {
    const tokens = tokenize(text)
    return { ok: true, filter: tokens.length === 0 ? MATCH_ALL : new Parser(tokens, ctx).whole() }
  } catch (e) {
    if (e instanceof FilterError) return { ok: false, message: e.message }
    throw e
  }
}
