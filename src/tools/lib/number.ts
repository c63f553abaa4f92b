// Numbers as C's library reads them (strtol, strtod), and iputils' checked forms with their error texts.
// Read first: strtol(3). Numbers beyond 2^53 are only compared, never used.

export const LONG_MAX_TEXT = '9223372036854775807'
export const INT_MAX = 2147483647

/** A whole string as strtol(…, 10) accepts it: blanks, a sign, digits; null when anything else is there. */
export function wholeNumber(text: string): number | null {
  return /^[ \t\n\v\f\r]*[+-]?\d+$/.test(text) ? Number(text.trim()) : null
}

/** iputils' strtol_or_err: the number, or the text after "prog: ". */
export function checkedNumber(text: string, min: number, max: number): number | string {
  const n = wholeNumber(text)
  if (n === null) return `invalid argument: '${text}'`
  if (Math.abs(n) > 9223372036854775000) return `invalid argument: '${text}': Numerical result out of range`
  if (n < min || n > max) {
    const top = max > Number.MAX_SAFE_INTEGER ? LONG_MAX_TEXT : String(max)
    return `invalid argument: '${text}': out of range: ${min} <= value <= ${top}`
  }
  return n
}

/** strtod: the number and what is left of the text. */
export function leadingDouble(text: string): { readonly value: number; readonly rest: string } {
  const m =
    /^[ \t\n\v\f\r]*([+-]?(?:inf(?:inity)?|nan|0x[0-9a-f]+(?:\.[0-9a-f]*)?(?:p[+-]?\d+)?|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?))/i.exec(
      text,
    )
  if (m === null) return { value: 0, rest: text }
  const word = m[1]!.toLowerCase()
  const rest = text.slice(m[0].length)
  if (word.includes('inf')) return { value: word.startsWith('-') ? -Infinity : Infinity, rest }
  if (word.includes('nan')) return { value: Number.NaN, rest }
  return { value: word.includes('0x') ? hexDouble(word) : Number(word), rest }
}

/** "0x1.8p3" */
function hexDouble(word: string): number {
  const [, sign, whole = '', fraction = '', exponent = '0'] = /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)(?:p(.*))?$/.exec(
    word,
  )!
  const mantissa = Number.parseInt(whole + fraction, 16)
  return (sign === '-' ? -1 : 1) * mantissa * 2 ** (Number(exponent) - 4 * fraction.length)
}

/** C's %g with 6 digits. */
export function formatG(x: number): string {
  if (x === 0) return '0'
  const exp = Math.floor(Math.log10(Math.abs(x)))
  if (exp < -4 || exp >= 6)
    return x
      .toExponential(5)
      .replace(/\.?0+e/, 'e')
      .replace(/e([+-])(\d)$/, 'e$10$2')
  return String(Number(x.toPrecision(6)))
}
