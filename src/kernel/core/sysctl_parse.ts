// How a sysctl file reads what is written to it (kernel/sysctl.c: proc_get_long, do_proc_dointvec, proc_doulongvec_minmax).

/** INT_MIN, INT_MAX */
export const INT_MIN = -0x80000000
export const INT_MAX = 0x7fffffff

/** Longest number with sign that proc_get_long looks at. */
const LONGEST = 20

/** strtoul with base 0, all of the text; null when something is left over. */
function parseUnsigned(digits: string): number | null {
  if (/^0[xX][0-9a-fA-F]+$/.test(digits)) return Number.parseInt(digits.slice(2), 16)
  if (/^0[0-7]*$/.test(digits)) return Number.parseInt(digits, 8)
  return /^[1-9]\d*$/.test(digits) ? Number(digits) : null
}

/** One number between blanks, or null. */
function parseNumber(word: string): number | null {
  const negative = word.startsWith('-')
  const value = word.length > LONGEST ? null : parseUnsigned(negative ? word.slice(1) : word)
  if (value === null) return null
  return negative && value !== 0 ? -value : value
}

/**
 * Up to `count` numbers from a written text; what follows them is not looked at. Null when the first `count` words are
 * not all numbers, or there is none.
 */
export function parseNumbers(text: string, count: number): number[] | null {
  const words = text.split(/[ \t\n\v\f\r]+/).filter((w) => w !== '')
  const values: number[] = []
  for (const word of words.slice(0, count)) {
    const v = parseNumber(word)
    if (v === null) return null
    values.push(v)
  }
  return values.length === 0 ? null : values
}
