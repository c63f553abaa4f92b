// Words of the filter language, as libpcap's scanner cuts them. Read first: filter.ts.
import { FilterError } from './filter.ts'

export type Token =
  /** A word; `escaped` was written \word and is never a keyword. */
  | { readonly kind: 'word'; readonly text: string; readonly escaped: boolean }
  | { readonly kind: 'number'; readonly value: number; readonly text: string }
  /** Dotted numbers (two or more parts). */
  | { readonly kind: 'dotted'; readonly text: string }
  | { readonly kind: 'mac'; readonly text: string }
  | { readonly kind: 'mark'; readonly text: string }

const NUMBER = /^(0[xX][0-9a-fA-F]+|[0-9]+)/
const DOTTED = /^[0-9]+(\.[0-9]+){1,3}(?![-_.A-Za-z0-9])/
const MAC = /^[0-9a-fA-F]{1,2}([:.-][0-9a-fA-F]{1,2}){5}(?![:\w])/
const BOGUS_MAC = /^[0-9a-fA-F]+:+([0-9a-fA-F]+:)+/
const WORD = /^[A-Za-z0-9]([-_.A-Za-z0-9]*[.A-Za-z0-9])?/
const MARK = /^(&&|\|\||>=|<=|!=|==|<<|>>|[-+*/%&|^()[\]=<>!:])/

/** Values that only make sense inside brackets and comparisons. */
const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ['icmptype', 0],
  ['icmpcode', 1],
  ['icmp-echoreply', 0],
  ['icmp-unreach', 3],
  ['icmp-sourcequench', 4],
  ['icmp-redirect', 5],
  ['icmp-echo', 8],
  ['icmp-routeradvert', 9],
  ['icmp-routersolicit', 10],
  ['icmp-timxceed', 11],
  ['icmp-paramprob', 12],
  ['icmp-tstamp', 13],
  ['icmp-tstampreply', 14],
  ['icmp-ireq', 15],
  ['icmp-ireqreply', 16],
  ['icmp-maskreq', 17],
  ['icmp-maskreply', 18],
  ['tcpflags', 13],
  ['tcp-fin', 0x01],
  ['tcp-syn', 0x02],
  ['tcp-rst', 0x04],
  ['tcp-push', 0x08],
  ['tcp-ack', 0x10],
  ['tcp-urg', 0x20],
  ['tcp-ece', 0x40],
  ['tcp-cwr', 0x80],
])

function numberToken(text: string): Token {
  const octal = /^0[0-7]+$/.test(text)
  const value = octal ? Number.parseInt(text, 8) : Number(text)
  if (value > 0xffffffff) throw new FilterError(`number ${text} overflows 32 bits`)
  return { kind: 'number', value, text }
}

function wordToken(text: string): Token {
  const constant = CONSTANTS.get(text)
  return constant === undefined ? { kind: 'word', text, escaped: false } : { kind: 'number', value: constant, text }
}

/** The next token and its length. */
function next(rest: string): readonly [Token, number] {
  const mac = MAC.exec(rest)?.[0]
  if (mac !== undefined) return [{ kind: 'mac', text: mac }, mac.length]
  const bogus = BOGUS_MAC.exec(rest)?.[0]
  if (bogus !== undefined) throw new FilterError(`bogus ethernet address ${bogus}`)
  const dotted = DOTTED.exec(rest)?.[0]
  if (dotted !== undefined) return [{ kind: 'dotted', text: dotted }, dotted.length]
  const word = WORD.exec(rest)?.[0] ?? ''
  const number = NUMBER.exec(rest)?.[0] ?? ''
  if (number !== '' && number.length >= word.length) return [numberToken(number), number.length]
  if (word !== '') return [wordToken(word), word.length]
  const mark = MARK.exec(rest)?.[0]
  if (mark !== undefined) return [{ kind: 'mark', text: mark }, mark.length]
  const escaped = /^\\([^ !()\n\t]+)/.exec(rest)
  if (escaped !== null) return [{ kind: 'word', text: escaped[1] ?? '', escaped: true }, escaped[0].length]
  // Anything else becomes a token that fits nowhere.
  return [{ kind: 'mark', text: rest.slice(0, 1) }, 1]
}

/** Throws FilterError. */
export function tokenize(text: string): readonly Token[] {
  const out: Token[] = []
  for (let i = 0; i < text.length; ) {
    if (/\s/.test(text.charAt(i))) {
      i++
      continue
    }
    const [token, length] = next(text.slice(i))
    out.push(token)
    i += length
  }
  return out
}
