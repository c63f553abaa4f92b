// printf: all conversions of bash's, the format used again while arguments remain. Leaves out %n.
import { toBytes } from '../../os/bytes.ts'
import { dateText } from '../programs/date_format.ts'
import { backslashQuote, decodeEscapes } from '../quote.ts'
import type { Shell } from '../shell.ts'
import { isName } from '../vars.ts'
import { output } from './echo.ts'

const USAGE = 'printf: usage: printf [-v var] format [arguments]\n'

interface State {
  readonly sh: Shell
  readonly args: readonly string[]
  next: number
  status: number
  out: string
  stop: boolean
}

function take(st: State): string | undefined {
  return st.next < st.args.length ? st.args[st.next++] : undefined
}

/** An integer argument: C notation, or a quote and a character. */
function integer(st: State, text: string): bigint {
  if (/^["']/.test(text)) return BigInt(text.codePointAt(1) ?? 0)
  const t = text.trim()
  const m = /^([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(t)
  if (m === null || m[0].length < t.length) {
    if (t !== '' || text !== '') {
      st.sh.complain(`printf: ${text}: invalid ${/^[+-]?0[89]/.test(t) ? 'octal ' : ''}number`)
      st.status = 1
    }
  }
  if (m === null) return 0n
  const digits = m[2]!
  const v = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits)
  return m[1] === '-' ? -v : v
}

function float(st: State, text: string): number {
  if (/^["']/.test(text)) return text.codePointAt(1) ?? 0
  const m = /^\s*[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|0[xX][0-9a-fA-F]+|inf|nan)/i.exec(text)
  if (m === null || m[0].length < text.length) {
    st.sh.complain(`printf: ${text}: invalid number`)
    st.status = 1
  }
  return m === null ? 0 : Number(m[0])
}

/** %s counts bytes, as bash does. */
function padBytes(text: string, width: number, flags: string): string {
  return pad(text, width - (toBytes(text).length - text.length), flags)
}

function pad(text: string, width: number, flags: string): string {
  if (text.length >= width) return text
  if (flags.includes('-')) return text.padEnd(width)
  if (!flags.includes('0')) return text.padStart(width)
  const sign = /^([+\- ]|0[xX])/.exec(text)?.[0] ?? ''
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}

function formatInteger(v: bigint, conversion: string, flags: string, precision: number | null): string {
  const unsigned = conversion !== 'd' && conversion !== 'i'
  const n = unsigned ? BigInt.asUintN(64, v) : BigInt.asIntN(64, v)
  const base = conversion === 'o' ? 8 : conversion === 'x' || conversion === 'X' ? 16 : 10
  let digits = (n < 0n ? -n : n).toString(base)
  if (precision !== null) digits = digits.padStart(precision, '0')
  if (flags.includes('#') && n !== 0n) digits = (base === 8 ? '0' : base === 16 ? '0x' : '') + digits
  if (conversion === 'X') digits = digits.toUpperCase()
  if (n < 0n) return `-${digits}`
  if (unsigned) return digits
  return flags.includes('+') ? `+${digits}` : flags.includes(' ') ? ` ${digits}` : digits
}

/** At least two digits of exponent, as C prints them. */
function exponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2')
}

function formatFloat(v: number, conversion: string, flags: string, precision: number): string {
  let text: string
  if (!Number.isFinite(v)) text = Number.isNaN(v) ? 'nan' : v < 0 ? '-inf' : 'inf'
  else if (conversion === 'f' || conversion === 'F') text = v.toFixed(Math.min(100, precision))
  else if (conversion === 'e' || conversion === 'E') text = exponent(v.toExponential(Math.min(100, precision)))
  else {
    const p = precision === 0 ? 1 : precision
    const e = v === 0 ? 0 : Number(v.toExponential(p - 1).split('e')[1])
    const plain = e >= -4 && e < p
    text = plain ? v.toFixed(Math.max(0, p - 1 - e)) : exponent(v.toExponential(p - 1))
    if (!flags.includes('#'))
      text = plain ? text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '') : text.replace(/\.?0+e/, 'e')
  }
  if (/[EG]/.test(conversion)) text = text.toUpperCase()
  return !text.startsWith('-') && flags.includes('+')
    ? `+${text}`
    : !text.startsWith('-') && flags.includes(' ')
      ? ` ${text}`
      : text
}

const SPEC = /%([-+ #0']*)(\*|\d+)?(?:\.(\*|-?\d*))?(?:hh|h|ll|l|L|q(?=[diouxX])|j|z|t)?(\([^)]*\)T|[\s\S])?/y

function convert(st: State, m: RegExpExecArray): void {
  let flags = m[1]!
  let width = m[2] === '*' ? Number(integer(st, take(st) ?? '0')) : Number(m[2] ?? 0)
  if (width < 0) {
    flags += '-'
    width = -width
  }
  const precisionText = m[3] === '*' ? String(integer(st, take(st) ?? '0')) : m[3]
  const precision = precisionText === undefined || Number(precisionText) < 0 ? null : Number(precisionText)
  const conversion = m[4]
  const cut = (text: string): string =>
    padBytes(precision === null ? text : text.slice(0, precision), width, flags.replace('0', ''))
  if (conversion === undefined) {
    st.sh.complain(`printf: \`${m[0]}': missing format character`)
    st.status = 1
    st.stop = true
    return
  }
  switch (conversion) {
    case '%':
      st.out += '%'
      return
    case 's':
      st.out += cut(take(st) ?? '')
      return
    case 'c':
      st.out += cut((take(st) ?? '').slice(0, 1))
      return
    case 'q':
    case 'Q':
      st.out += cut(backslashQuote(take(st) ?? ''))
      return
    case 'b': {
      const d = decodeEscapes((take(st) ?? '').replace(/\\([1-7][0-7]{0,2})/g, '\\0$1'), true, true)
      st.out += cut(d.text)
      st.stop ||= d.stop
      return
    }
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X': {
      const arg = take(st)
      const text = formatInteger(arg === undefined ? 0n : integer(st, arg), conversion, flags, precision)
      st.out += pad(text, width, precision === null ? flags : flags.replace('0', ''))
      return
    }
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': {
      const arg = take(st)
      st.out += pad(
        formatFloat(arg === undefined ? 0 : float(st, arg), conversion, flags, precision ?? 6),
        width,
        flags,
      )
      return
    }
  }
  if (conversion.endsWith(')T')) {
    const arg = take(st)
    const seconds =
      arg === undefined || arg === '-1'
        ? Math.floor(st.sh.sys.wallClock() / 1e9)
        : arg === '-2'
          ? Math.floor((st.sh.sys.wallClock() - st.sh.sys.now()) / 1e9)
          : Number(integer(st, arg))
    st.out += cut(dateText(conversion.slice(1, -2) || '%X', seconds * 1e9))
    return
  }
  st.sh.complain(
    `printf: \`${m[0].slice(0, -1)}${conversion}': missing format character`.replace(
      'missing format character',
      conversion === 'n' ? 'not modelled by netsim' : 'missing format character',
    ),
  )
  st.status = 1
  st.stop = true
}

/** One pass over the format. */
function pass(st: State, format: string): void {
  let at = 0
  while (at < format.length && !st.stop) {
    const percent = format.indexOf('%', at)
    const text = percent < 0 ? format.slice(at) : format.slice(at, percent)
    const d = decodeEscapes(text, false, true)
    st.out += d.text
    if (percent < 0) return
    SPEC.lastIndex = percent
    const m = SPEC.exec(format)
    if (m === null) return
    at = percent + m[0].length
    convert(st, m)
  }
}

export function printf(sh: Shell, words: readonly string[]): number {
  let args = words.slice(1)
  let variable: string | null = null
  if (args[0] === '-v') {
    variable = args[1] ?? ''
    args = args.slice(2)
  } else if (/^-v./.test(args[0] ?? '')) {
    variable = args[0]!.slice(2)
    args = args.slice(1)
  }
  if (args[0] === '--') args = args.slice(1)
  else if (/^-./.test(args[0] ?? '')) {
    sh.complain(`printf: ${args[0]!.slice(0, 2)}: invalid option`)
    args = []
  }
  const [format, ...rest] = args
  if (format === undefined) {
    sh.sys.write(2, USAGE)
    return 2
  }
  const st: State = { sh, args: rest, next: 0, status: 0, out: '', stop: false }
  do {
    const before = st.next
    pass(st, format)
    if (st.next === before) break
  } while (st.next < rest.length && !st.stop)
  if (variable === null) return output(sh, 'printf', st.out) || st.status
  const m = /^(\w+)\[(.*)\]$/s.exec(variable)
  if (!isName(m?.[1] ?? variable)) {
    sh.complain(`printf: \`${variable}': not a valid identifier`)
    return 2
  }
  if (m === null) sh.assign(variable, st.out)
  else sh.setElement(m[1]!, m[2]!, st.out)
  return st.status
}
