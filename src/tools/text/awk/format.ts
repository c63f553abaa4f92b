// printf(3)'s conversions, for printf and sprintf of awk. Read first: awk/value.ts. mawk's integers end at 2^31-1 (%d)
// and 2^32-1 (%u %x %o).
import { toNumber, toText, type Value } from './value.ts'

interface Spec {
  readonly flags: string
  readonly width: number
  readonly precision: number
}

export class FormatError extends Error {}

const SPEC = /^([-+ #0]*)(\*|\d*)(?:\.(\*|\d*))?(l|h)?(.)?/s

/** The text; problems are mawk's: "not enough arguments passed to" or "improper conversion(number N) in". */
export function format(fmt: string, args: readonly Value[], convfmt: string): string {
  let out = ''
  let next = 0
  let conversions = 0
  const take = (): Value => {
    if (next >= args.length) throw new FormatError('not enough arguments passed to')
    return args[next++]
  }
  for (let i = 0; i < fmt.length; i++) {
    if (fmt[i] !== '%') {
      out += fmt[i]
      continue
    }
    if (fmt[i + 1] === '%') {
      out += '%'
      i++
      continue
    }
    const m = SPEC.exec(fmt.slice(i + 1))!
    let flags = m[1]!
    let width = m[2] === '*' ? Math.trunc(toNumber(take())) : Number(m[2])
    if (width < 0) {
      flags += '-'
      width = -width
    }
    const precision = m[3] === undefined ? -1 : m[3] === '*' ? Math.trunc(toNumber(take())) : Number(m[3])
    conversions++
    const value = take()
    const letter = m[5] ?? ''
    if (letter === '' || !'diouxXcseEfgG'.includes(letter))
      throw new FormatError(`improper conversion(number ${conversions}) in`)
    out += convert(letter, { flags, width, precision }, value, convfmt)
    i += m[0].length
  }
  return out
}

function convert(letter: string, s: Spec, v: Value, convfmt: string): string {
  if (letter === 's') return pad(s.precision >= 0 ? toText(v, convfmt).slice(0, s.precision) : toText(v, convfmt), s)
  if (letter === 'c') {
    const c = typeof v === 'number' ? String.fromCharCode(Math.trunc(v) & 255) : toText(v, convfmt).slice(0, 1)
    return pad(c === '' ? '\0' : c, s)
  }
  const n = toNumber(v)
  if ('di'.includes(letter)) return integer(clamp(n, -2147483647, 2147483647), s, 10, '')
  if (letter === 'u') return integer(clamp(n, 0, 4294967295), s, 10, '')
  if (letter === 'o') return integer(clamp(n, 0, 4294967295), s, 8, s.flags.includes('#') ? '0' : '')
  if (letter === 'x') return integer(clamp(n, 0, 4294967295), s, 16, s.flags.includes('#') ? '0x' : '')
  if (letter === 'X') return integer(clamp(n, 0, 4294967295), s, 16, s.flags.includes('#') ? '0X' : '').toUpperCase()
  return float(letter, s, n)
}

function clamp(n: number, low: number, high: number): number {
  return Number.isNaN(n) ? low : Math.trunc(Math.max(low, Math.min(high, n)))
}

function pad(text: string, s: Spec): string {
  return s.flags.includes('-') ? text.padEnd(s.width) : text.padStart(s.width)
}

function signed(negative: boolean, s: Spec): string {
  return negative ? '-' : s.flags.includes('+') ? '+' : s.flags.includes(' ') ? ' ' : ''
}

function integer(n: number, s: Spec, base: number, prefix: string): string {
  let digits = Math.abs(n).toString(base)
  if (s.precision >= 0) digits = n === 0 && s.precision === 0 ? '' : digits.padStart(s.precision, '0')
  const head = (base === 10 ? signed(n < 0, s) : '') + (n === 0 ? '' : prefix)
  if (s.flags.includes('0') && !s.flags.includes('-') && s.precision < 0)
    digits = digits.padStart(s.width - head.length, '0')
  return pad(head + digits, s)
}

function exponent(text: string): string {
  return text.replace(/e([-+])(\d)$/, 'e$10$2')
}

/** %e of a finite number that is not negative. */
function scientific(n: number, precision: number): string {
  return exponent(n.toExponential(Math.min(100, precision)))
}

/** %f: beyond 10^21 every digit, which toFixed does not give. */
function fixed(n: number, precision: number): string {
  if (n < 1e21) return n.toFixed(Math.min(100, precision))
  return BigInt(n).toString() + (precision > 0 ? `.${'0'.repeat(precision)}` : '')
}

function general(n: number, precision: number, keep: boolean): string {
  const p = precision === 0 ? 1 : precision < 0 ? 6 : Math.min(precision, 100)
  if (n === 0) return keep ? `0.${'0'.repeat(p - 1)}` : '0'
  const x = Number(/e([-+]\d+)$/.exec(n.toExponential(p - 1))![1])
  const small = x >= -4 && x < p
  const text = small ? fixed(n, p - 1 - x) : scientific(n, p - 1)
  if (keep) return text
  return small ? (text.includes('.') ? text.replace(/\.?0+$/, '') : text) : text.replace(/\.?0+e/, 'e')
}

function float(letter: string, s: Spec, n: number): string {
  const negative = n < 0 || Object.is(n, -0) || Number.isNaN(n)
  const abs = Math.abs(n)
  const precision = s.precision < 0 ? 6 : s.precision
  let text: string
  if (Number.isNaN(n)) text = 'nan'
  else if (abs === Number.POSITIVE_INFINITY) text = 'inf'
  else if (letter === 'f') text = fixed(abs, precision)
  else if (letter === 'e' || letter === 'E') text = scientific(abs, precision)
  else text = general(abs, s.precision, s.flags.includes('#'))
  if (letter === 'E' || letter === 'G') text = text.toUpperCase()
  const head = signed(negative, s)
  if (s.flags.includes('0') && !s.flags.includes('-') && Number.isFinite(n))
    text = text.padStart(s.width - head.length, '0')
  return pad(head + text, s)
}

/** A number by CONVFMT or OFMT; a format that is none gives %.6g. */
export function formatNumber(fmt: string, n: number): string {
  try {
    return format(fmt, [n], '%.6g')
  } catch (e) {
    if (e instanceof FormatError) return format('%.6g', [n], '%.6g')
    throw e
  }
}
