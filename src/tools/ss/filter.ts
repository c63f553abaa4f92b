// ss's filter expressions: dst, src, dport, sport, dev with comparisons, and, or, not, parentheses; a missing "and" is understood.
// Read first: ss(8), EXPRESSION. Leaves out fwmark, cgroup and autobound (refused by name) and host names.
import { type Ip4, inPrefix } from '../../lib/ip4.ts'
import { unreachable } from '../../lib/never.ts'
import type { SocketInfo } from '../../uapi/request.ts'
import { type Comparison, compare } from '../lib/compare.ts'
import { inetAton, servicePort } from '../lib/netdb.ts'

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

/** A filter that cannot be read: what is written to stderr, with usage or without, and the exit code. */
export class FilterError {
  readonly text: string
  readonly usage: boolean
  readonly code: number
  constructor(text: string, usage: boolean, code: number) {
    this.text = text
    this.usage = usage
    this.code = code
  }
}

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

const syntaxError = (): FilterError =>
  new FilterError('ss: bison bellows (while parsing filter): "syntax error!" Sorry.\n', true, 255)

interface Parser {
  readonly words: readonly string[]
  at: number
}

/** Words are split at blanks alone: parentheses and operators stand by themselves. */
export function parseFilter(args: readonly string[]): Filter | null {
  const words = args.flatMap((a) => a.match(/\S+/g) ?? [])
  if (words.length === 0) return null
  const p: Parser = { words, at: 0 }
  const f = orExpression(p)
  if (p.at < words.length) throw syntaxError()
  return f
}

function orExpression(p: Parser): Filter {
  let left = andExpression(p)
  while (/^(or|\|\|?)$/.test(p.words[p.at] ?? '')) {
    p.at++
    left = { kind: 'or', left, right: andExpression(p) }
  }
  return left
}

function andExpression(p: Parser): Filter {
  let left = term(p)
  for (;;) {
    const word = p.words[p.at]
    if (word === undefined || word === ')' || /^(or|\|\|?)$/.test(word)) return left
    if (/^(and|&&?)$/.test(word)) p.at++
    left = { kind: 'and', left, right: term(p) }
  }
}

function term(p: Parser): Filter {
  const word = p.words[p.at++]
  if (word === undefined || word === ')') throw syntaxError()
  if (word === 'not' || word === '!') return { kind: 'not', inner: term(p) }
  if (word === '(') {
    const inner = orExpression(p)
    if (p.words[p.at++] !== ')') throw syntaxError()
    return inner
  }
  switch (word) {
    case 'src':
    case 'dst': {
      const op = comparison(p) ?? '='
      const host = hostCondition(operand(p), word)
      if (op === '=') return host
      if (op === '!=') return { kind: 'not', inner: host }
      throw syntaxError()
    }
    case 'sport':
    case 'dport': {
      const op = comparison(p) ?? '='
      return { kind: 'port', side: word === 'sport' ? 'src' : 'dst', op, port: portCondition(operand(p)) }
    }
    case 'dev': {
      const op = comparison(p) ?? '='
      return { kind: 'dev', equal: op === '=', name: operand(p) }
    }
    case 'fwmark':
    case 'cgroup':
    case 'autobound':
      throw new FilterError(`ss: filter ${word} is not modelled by netsim\n`, false, 1)
    default:
      return hostCondition(word, 'dst')
  }
}

function comparison(p: Parser): Comparison | null {
  const op = OPERATORS[p.words[p.at] ?? '']
  if (op === undefined) return null
  p.at++
  return op
}

function operand(p: Parser): string {
  const word = p.words[p.at++]
  if (word === undefined) throw syntaxError()
  return word
}

function bad(text: string): FilterError {
  return new FilterError(`Error: ${text}\nCannot parse dst/src address.\n`, false, 1)
}

function portCondition(word: string): number {
  const colon = word.lastIndexOf(':')
  // a port stands alone or behind its colon
  const text = colon > 0 && !/^[\d.*/]+$/.test(word.slice(0, colon)) ? word : word.slice(colon + 1)
  const port = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : (servicePort(text, 'tcp') ?? servicePort(text, 'udp'))
  if (port === null) throw bad(`"${text}" does not look like a port.`)
  return port
}

function hostCondition(word: string, side: 'src' | 'dst'): Filter {
  const colon = word.lastIndexOf(':')
  const host = colon < 0 ? word : word.slice(0, colon)
  const service = colon < 0 ? '' : word.slice(colon + 1)
  const port = service === '' || service === '*' ? null : portCondition(service)
  if (host === '' || host === '*') return { kind: 'host', side, addr: 0, len: 0, port }
  const [address, length] = host.split('/')
  const addr = inetAton(address ?? '')
  const len = length === undefined ? 32 : /^\d+$/.test(length) ? Number(length) : 99
  if (addr === null || len > 32) throw bad(`an inet prefix is expected rather than "${host}".`)
  return { kind: 'host', side, addr, len, port }
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
