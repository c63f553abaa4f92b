// awk's words: numbers, strings, regular expressions, names and operators. Read first: awk.ts.
import { sedEscape } from '../../../lib/regex/sed_escape.ts'

/** A wrong program: the text after "awk: ". */
export class AwkSyntax extends Error {}

export interface Token {
  readonly kind: 'number' | 'string' | 'regex' | 'name' | 'call' | 'builtin' | 'keyword' | 'op' | 'newline' | 'end'
  /** As written, or the value of a string. */
  readonly text: string
  readonly line: number
}

const KEYWORDS = new Set([
  'BEGIN',
  'END',
  'function',
  'if',
  'else',
  'while',
  'for',
  'do',
  'break',
  'continue',
  'next',
  'nextfile',
  'exit',
  'return',
  'delete',
  'in',
  'getline',
  'print',
  'printf',
])

/** Functions and how many arguments they take. */
export const BUILTINS: Readonly<Record<string, readonly [number, number]>> = Object.freeze({
  length: [0, 1],
  index: [2, 2],
  substr: [2, 3],
  split: [2, 3],
  sub: [2, 3],
  gsub: [2, 3],
  match: [2, 2],
  sprintf: [1, 255],
  tolower: [1, 1],
  toupper: [1, 1],
  system: [1, 1],
  close: [1, 1],
  fflush: [0, 1],
  int: [1, 1],
  sqrt: [1, 1],
  exp: [1, 1],
  log: [1, 1],
  sin: [1, 1],
  cos: [1, 1],
  atan2: [2, 2],
  rand: [0, 0],
  srand: [0, 1],
  systime: [0, 0],
  strftime: [0, 3],
  mktime: [1, 1],
})

const OPERATORS = [
  '&&',
  '||',
  '==',
  '!=',
  '<=',
  '>=',
  '>>',
  '++',
  '--',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '^=',
  '!~',
  ...'{}()[];,+-*/%^!<>|?:~$=',
]

const ESCAPES: Readonly<Record<string, string>> = Object.freeze({
  '"': '"',
  '\\': '\\',
  n: '\n',
  t: '\t',
  f: '\f',
  r: '\r',
  b: '\b',
  v: '\v',
  a: '\x07',
})

/** Escapes of a string constant or a -v value; an unknown one keeps its backslash, as in mawk. */
export function awkString(text: string): string {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    const next = text[i + 1]
    if (text[i] !== '\\' || next === undefined) {
      out += text[i]
      continue
    }
    const octal = /^[0-7]{1,3}/.exec(text.slice(i + 1))?.[0]
    const hex = next === 'x' ? sedEscape(text, i + 1) : null
    if (octal !== undefined) out += String.fromCharCode(Number.parseInt(octal, 8) & 255)
    else if (hex !== null) out += hex.char
    else if (next !== '\n') out += ESCAPES[next] ?? `\\${next}`
    i += octal?.length ?? hex?.length ?? 1
  }
  return out
}

/** After these a slash divides. */
function endsOperand(t: Token | undefined): boolean {
  if (t === undefined) return false
  if (t.kind === 'op') return t.text === ')' || t.text === ']' || t.text === '$' || t.text === '++' || t.text === '--'
  return ['number', 'string', 'regex', 'name', 'builtin'].includes(t.kind)
}

/** Up to the closing delimiter; null when the line ends first. */
function delimited(src: string, from: number, end: '"' | '/'): number | null {
  let bracket = false
  for (let i = from; i < src.length; i++) {
    const c = src[i]!
    if (c === '\\') i++
    else if (c === '\n') return null
    else if (bracket) bracket = !(c === ']' && i > from && !/\[\^?$/.test(src.slice(i - 2, i)))
    else if (c === '[' && end === '/') bracket = src.indexOf(']', i + 2) >= 0
    else if (c === end) return i
  }
  return null
}

export function lex(src: string, where = ''): Token[] {
  const tokens: Token[] = []
  let line = 1
  const add = (kind: Token['kind'], text: string): void => void tokens.push({ kind, text, line })
  const bad = (text: string, colon = 'line '): never => {
    throw new AwkSyntax(`${where}${colon}${line}: ${text}`)
  }
  for (let at = 0; at < src.length; ) {
    const rest = src.slice(at, at + 256)
    const c = src[at]!
    const skip = /^(?:[ \t\r\f\v]+|\\\r?\n|#[^\n]*)/.exec(src.slice(at))
    if (skip !== null) {
      if (skip[0].endsWith('\n')) line++
      at += skip[0].length
    } else if (c === '\n') {
      add('newline', c)
      line++
      at++
    } else if (c === '"' || (c === '/' && !endsOperand(tokens[tokens.length - 1]))) {
      const end = delimited(src, at + 1, c)
      if (end === null) {
        const shown = src.slice(at, at + 10).split('\n')[0]
        return bad(`runaway ${c === '"' ? 'string constant' : 'regular expression'} ${shown} ...`)
      }
      const raw = src.slice(at + 1, end)
      add(c === '"' ? 'string' : 'regex', c === '"' ? awkString(raw) : raw.replaceAll('\\/', '/'))
      line += c === '"' ? raw.split('\n').length - 1 : 0
      at = end + 1
    } else if (/[A-Za-z_]/.test(c)) {
      const name = /^\w+/.exec(src.slice(at))![0]
      at += name.length
      if (KEYWORDS.has(name)) add('keyword', name)
      else if (Object.hasOwn(BUILTINS, name)) add('builtin', name)
      else add(src[at] === '(' ? 'call' : 'name', name)
    } else {
      const number = /^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+|[eE](?![A-Za-z0-9_+-]))?/.exec(rest)?.[0]
      const op = number ?? OPERATORS.find((o) => rest.startsWith(o))
      if (op === undefined) return bad(`unexpected character '${c}'`, '')
      if (number !== undefined && !Number.isFinite(Number.parseFloat(number)))
        return bad(`${number} : decimal overflow`)
      add(number === undefined ? 'op' : 'number', op)
      at += op.length
    }
  }
  tokens.push({ kind: 'end', text: '', line: line + (src.endsWith('\n') ? 0 : 1) })
  return tokens
}
