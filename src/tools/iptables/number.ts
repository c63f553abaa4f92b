// Numbers as xtables_strtoul reads them: strtoul(3) with base 0, no minus sign, and a range.
// Read first: strtoul(3).

const NUMBER = /^[ \t\n\v\f\r]*\+?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/
const PLAIN = /^(?:0|[1-9]\d{0,8})$/
const U64_MAX = 0xffffffffffffffffn

export interface Strtoul {
  readonly value: number
  /** Exact, for what is beyond 2^53. */
  readonly big: bigint
  /** What stands behind the digits. */
  readonly rest: string
}

/** The leading number, or null when there is none or it is beyond 64 bits. */
export function strtoul(text: string): Strtoul | null {
  const m = NUMBER.exec(text)
  if (m === null) return null
  const digits = m[1]!
  const octal = digits.length > 1 && digits[0] === '0' && digits[1] !== 'x' && digits[1] !== 'X'
  const big = BigInt(octal ? `0o${digits.slice(1)}` : digits)
  return big > U64_MAX ? null : { value: Number(big), big, rest: text.slice(m[0].length) }
}

/** The common form: a decimal number of up to nine digits. Null for all others, which may still be right. */
export function plainNumber(text: string): number | null {
  return PLAIN.test(text) ? Number(text) : null
}

/** xtables_strtoui(text, NULL, …): the whole text as a number from min to max, or null. */
export function strtoui(text: string, min: number, max: number): number | null {
  const plain = plainNumber(text)
  if (plain !== null) return plain < min || plain > max ? null : plain
  const n = strtoul(text)
  return n === null || n.rest !== '' || n.value < min || n.value > max ? null : n.value
}

/** sscanf("%llu"): what stands behind the digits is not looked at. */
export function leadingNumber(text: string): number | null {
  const m = /^[ \t\n\v\f\r]*([+-]?\d+)/.exec(text)
  if (m === null) return null
  const n = Number(m[1])
  return n < 0 ? Number(BigInt.asUintN(64, BigInt(m[1]!))) : n
}
