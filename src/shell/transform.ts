// ${x@Q} and its kin: quoting, escapes, case, attributes, declarations. Null means bad substitution.
// Leaves out @P beyond the escapes \u \h \w \$ \s \n (prompts).
import { decodeEscapes, doubleQuote, singleQuote } from './quote.ts'
import type { Shell } from './shell.ts'
import { keysOf, type Variable, valuesOf } from './vars.ts'

type Value =
  | { readonly kind: 'one'; readonly value: string | undefined }
  | { readonly kind: 'list'; readonly values: readonly string[]; readonly star: boolean }

/** Attribute letters in the order of declare. */
export function attributes(v: Variable): string {
  let out = ''
  if (v.array !== null) out += 'a'
  if (v.assoc !== null) out += 'A'
  if (v.integer) out += 'i'
  if (v.lower) out += 'l'
  if (v.nameref) out += 'n'
  if (v.readonly) out += 'r'
  if (v.upper) out += 'u'
  if (v.exported) out += 'x'
  return out
}

/** ([0]="a" [1]="b"), as declare -p prints it. */
export function arrayLiteral(v: Variable): string {
  const values = valuesOf(v)
  const pairs = keysOf(v).map((k, i) => `[${v.assoc !== null ? keyQuote(k) : k}]=${doubleQuote(values[i]!)}`)
  return v.assoc !== null ? `(${pairs.map((p) => `${p} `).join('')})` : `(${pairs.join(' ')})`
}

function keyQuote(key: string): string {
  return /^[\w./:@%+,-]+$/.test(key) ? key : doubleQuote(key)
}

/** A line of declare -p. */
export function declaration(name: string, v: Variable): string {
  const flags = attributes(v)
  const head = `declare -${flags === '' ? '-' : flags} ${name}`
  if (v.array !== null || v.assoc !== null) return `${head}=${arrayLiteral(v)}`
  return v.value === null ? head : `${head}=${doubleQuote(v.value)}`
}

/** Prompt escapes. */
export function prompt(sh: Shell, text: string): string {
  const home = sh.vars.get('HOME') ?? '/root'
  const cwd = sh.sys.cwd()
  const short = cwd === home ? '~' : cwd.startsWith(`${home}/`) ? `~${cwd.slice(home.length)}` : cwd
  return text.replace(/\\([uhHwWs$nr\\[\]])/g, (_, c: string) => {
    switch (c) {
      case 'u':
        return 'root'
      case 'h':
      case 'H':
        return sh.sys.hostname()
      case 'w':
        return short
      case 'W':
        return short === '~' ? '~' : cwd.slice(cwd.lastIndexOf('/') + 1) || '/'
      case 's':
        return 'bash'
      case '$':
        return sh.sys.uid === 0 ? '#' : '$'
      case 'n':
        return '\n'
      case '[':
      case ']':
        return ''
      default:
        return c
    }
  })
}

function one(sh: Shell, text: string, operator: string): string | null {
  switch (operator) {
    case 'Q':
      return singleQuote(text)
    case 'E':
      return decodeEscapes(text, false, true).text
    case 'U':
      return text.toUpperCase()
    case 'u':
      return text.slice(0, 1).toUpperCase() + text.slice(1)
    case 'L':
      return text.toLowerCase()
    case 'P':
      return prompt(sh, text)
    default:
      return null
  }
}

export function transform(
  sh: Shell,
  name: string,
  index: string | undefined,
  value: Value,
  operator: string,
): Value | null {
  const v = sh.vars.lookup(name)
  if (operator === 'a') return { kind: 'one', value: v === undefined ? '' : attributes(v) }
  if (operator === 'A') {
    if (v === undefined) return { kind: 'one', value: '' }
    const plain = v.array === null && v.assoc === null && attributes(v) === ''
    const text = v.value === null ? '' : singleQuote(v.value)
    return { kind: 'one', value: plain ? `${name}=${text}` : declaration(name, v).replace(/="(.*)"$/s, `=${text}`) }
  }
  if (operator === 'K' || operator === 'k') {
    if (v === undefined) return { kind: 'one', value: '' }
    const values = valuesOf(v)
    const words = keysOf(v).flatMap((k, i) => [k, operator === 'K' ? doubleQuote(values[i]!) : values[i]!])
    if (index !== '@' && index !== '*')
      return value.kind === 'one' && value.value !== undefined
        ? { kind: 'one', value: singleQuote(value.value) }
        : value
    return operator === 'K'
      ? { kind: 'one', value: words.join(' ') }
      : { kind: 'list', values: words, star: index === '*' }
  }
  if (!/^[QEUuLP]$/.test(operator)) return null
  if (value.kind === 'list') return { ...value, values: value.values.map((t) => one(sh, t, operator) ?? '') }
  return value.value === undefined ? value : { kind: 'one', value: one(sh, value.value, operator) ?? '' }
}
