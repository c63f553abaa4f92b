// ss's filter expressions: dst, src, dport, sport, dev with comparisons, and, or, not, parentheses; a missing "and" is understood.
// Read first: ss(8), EXPRESSION. Leaves out fwmark, cgroup and autobound (refused by name) and host names.
import { type Ip4, inPrefix } from '../../lib/ip4.ts'
import { unreachable } from '../../lib/never.ts'
import type { SocketInfo } from '../../uapi/socket.ts'
import { type Comparison, compare } from '../lib/compare.ts'
import { ToolExit } from '../lib/exit.ts'
import { inetAton, servicePort } from '../lib/netdb.ts'
import { refuse } from '../lib/refuse.ts'
import { SS_USAGE } from './texts.ts'

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly inner: Filter }
  | {
      readonly kind: 'host'
      readonly side: 'src' | 'dst'
      readonly addr: Ip4
      readonly len: number
      readonly port: number | null
    }
  | { readonly kind: 'port'; readonly side: 'src' | 'dst'; readonly op: Comparison; readonly port: number }
  | { readonly kind: 'dev'; readonly equal: boolean; readonly name: string }

const OPERATORS: Readonly<Record<string, Comparison>> = Object.freeze({
  '=': '=',
  '==': '=',
  eq: '=',
  '!=': '!=',
  ne: '!=',
  neq: '!=',
  '>': '>',
  gt: '>',
  '<': '<',
  lt: '<',
  '>=': '>=',
  ge: '>=',
  geq: '>=',
  '<=': '<=',
  le: '<=',
  leq: '<=',
})

const syntaxError = (): ToolExit =>
  new ToolExit(`ss: bison bellows (while parsing filter): "syntax error!" Sorry.\n${SS_USAGE}`, 255)

const COMBINE: Readonly<Record<string, Sign>> = Object.freeze({
  and: 'and',
  '&': 'and',
  '&&': 'and',
  or: 'or',
  '|': 'or',
  '||': 'or',
  not: 'not',
  '!': 'not',
  '(': '(',
  ')': ')',
})

type Sign = 'and' | 'or' | 'not' | '(' | ')'
type Subject = 'src' | 'dst' | 'sport' | 'dport' | 'dev'

/** What the lexer makes of a word. A bare word is an operand of the kind that the last subject asks for, else a destination. */
type Token =
  | { readonly kind: 'sign'; readonly sign: Sign }
  | { readonly kind: 'comparison'; readonly op: Comparison }
  | { readonly kind: 'subject'; readonly subject: Subject }
  | { readonly kind: 'operand'; readonly filter: (subject: Subject, op: Comparison) => Filter }
  | { readonly kind: 'end' }

/** The index of a device, or null: what `dev NAME` asks. */
export type DeviceIndex = (name: string) => number | null

interface Parser {
  readonly words: readonly string[]
  readonly deviceIndex: DeviceIndex
  at: number
  subject: Subject | null
  token: Token
}

/** Words are split at blanks alone: parentheses and operators stand by themselves. */
export function parseFilter(args: readonly string[], deviceIndex: DeviceIndex): Filter | null {
  const words = args.flatMap((a) => a.match(/\S+/g) ?? [])
  if (words.length === 0) return null
  const p: Parser = { words, deviceIndex, at: 0, subject: null, token: { kind: 'end' } }
  advance(p)
  const f = orExpression(p)
  if (p.token.kind !== 'end') throw syntaxError()
  return f
}

/** One token ahead, as yacc reads: a word that cannot be read is an error before the grammar's. */
function advance(p: Parser): void {
  p.token = lex(p, p.words[p.at++])
}

/** The token, which has to be of this kind; only then is the next one read. */
function take<K extends Token['kind']>(p: Parser, kind: K): Extract<Token, { kind: K }> {
  const { token } = p
  if (token.kind !== kind) throw syntaxError()
  advance(p)
  return token as Extract<Token, { kind: K }>
}

function lex(p: Parser, word: string | undefined): Token {
  if (word === undefined) return { kind: 'end' }
  const sign = COMBINE[word]
  if (sign !== undefined) return { kind: 'sign', sign }
  const op = OPERATORS[word]
  if (op !== undefined) return { kind: 'comparison', op }
  switch (word) {
    case 'src':
    case 'dst':
    case 'sport':
    case 'dport':
    case 'dev':
      p.subject = word
      return { kind: 'subject', subject: word }
    case 'fwmark':
    case 'cgroup':
    case 'autobound':
      return refuse('ss', `filter ${word}`, 1)
    default:
      return { kind: 'operand', filter: operand(p, word) }
  }
}

function operand(p: Parser, word: string): (subject: Subject, op: Comparison) => Filter {
  if (p.subject === 'sport' || p.subject === 'dport') {
    const port = portCondition(word)
    return (subject, op) => ({ kind: 'port', side: subject === 'sport' ? 'src' : 'dst', op, port })
  }
  if (p.subject === 'dev') {
    if (p.deviceIndex(word) === null) throw new ToolExit('Cannot parse device.\n', 1)
    return (_, op) => ({ kind: 'dev', equal: op === '=', name: word })
  }
  const host = hostCondition(word)
  return (subject) => ({ ...host, side: subject === 'src' ? 'src' : 'dst' })
}

const isSign = (p: Parser, sign: Sign): boolean => p.token.kind === 'sign' && p.token.sign === sign

function orExpression(p: Parser): Filter {
  let left = andExpression(p)
  while (isSign(p, 'or')) {
    advance(p)
    left = { kind: 'or', left, right: andExpression(p) }
  }
  return left
}

function andExpression(p: Parser): Filter {
  let left = term(p)
  while (p.token.kind !== 'end' && !isSign(p, ')') && !isSign(p, 'or')) {
    if (isSign(p, 'and')) advance(p)
    left = { kind: 'and', left, right: term(p) }
  }
  return left
}

function term(p: Parser): Filter {
  if (isSign(p, 'not')) {
    advance(p)
    return { kind: 'not', inner: term(p) }
  }
  if (isSign(p, '(')) {
    advance(p)
    const inner = orExpression(p)
    if (!isSign(p, ')')) throw syntaxError()
    advance(p)
    return inner
  }
  const { subject } = take(p, 'subject')
  const op = comparison(p, subject)
  return take(p, 'operand').filter(subject, op)
}

/** Ports can be compared in every way, a device can differ, a host can only be equal. */
function comparison(p: Parser, subject: Subject): Comparison {
  if (p.token.kind !== 'comparison') return '='
  const { op } = p.token
  const allowed = op === '=' || subject === 'sport' || subject === 'dport' || (subject === 'dev' && op === '!=')
  if (!allowed) throw syntaxError()
  advance(p)
  return op
}

function bad(text: string): ToolExit {
  return new ToolExit(`Error: ${text}\nCannot parse dst/src address.\n`, 1)
}

function portCondition(word: string): number {
  const colon = word.lastIndexOf(':')
  // a port stands alone or behind its colon
  const text = colon > 0 && !/^[\d.*/]+$/.test(word.slice(0, colon)) ? word : word.slice(colon + 1)
  const port = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : (servicePort(text, 'tcp') ?? servicePort(text, 'udp'))
  if (port === null) throw bad(`"${text}" does not look like a port.`)
  return port
}

function hostCondition(word: string): Omit<Extract<Filter, { kind: 'host' }>, 'side'> {
  const colon = word.lastIndexOf(':')
  const host = colon < 0 ? word : word.slice(0, colon)
  const service = colon < 0 ? '' : word.slice(colon + 1)
  const port = service === '' || service === '*' ? null : portCondition(service)
  if (host === '' || host === '*') return { kind: 'host', addr: 0, len: 0, port }
  const [address, length] = host.split('/')
  const addr = inetAton(address ?? '')
  const len = length === undefined ? 32 : /^\d+$/.test(length) ? Number(length) : 99
  if (addr === null || len > 32) throw bad(`an inet prefix is expected rather than "${host}".`)
  return { kind: 'host', addr, len, port }
}

/** `devName` gives the name of the device a socket is bound to, '' when to none. */
export function matches(f: Filter, s: SocketInfo, devName: (ifindex: number) => string): boolean {
  switch (f.kind) {
    case 'and':
      return matches(f.left, s, devName) && matches(f.right, s, devName)
    case 'or':
      return matches(f.left, s, devName) || matches(f.right, s, devName)
    case 'not':
      return !matches(f.inner, s, devName)
    case 'host': {
      const [addr, port] = f.side === 'src' ? [s.local, s.lport] : [s.remote, s.rport]
      return inPrefix(addr, f.addr, f.len) && (f.port === null || f.port === port)
    }
    case 'port':
      return compare(f.side === 'src' ? s.lport : s.rport, f.op, f.port)
    case 'dev':
      return (devName(s.ifindex) === f.name) === f.equal
    default:
      return unreachable(f)
  }
}
