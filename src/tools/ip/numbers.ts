// Numbers as iproute2 reads them from the command line: strtoul(3) with base 0 and the ranges of each field.
// Read first: args.ts. Leaves out the clamping of 64-bit overflow (such a number is refused as out of range).

/** What strtoul(3) found: the value and what follows the digits. */
interface Strtoul {
  readonly value: number
  readonly rest: string
}

const DIGITS: Readonly<Record<number, RegExp>> = Object.freeze({
  8: /^[0-7]*/,
  10: /^[0-9]*/,
  16: /^[0-9a-fA-F]*/,
})

/** strtol(3): white space, sign, 0x and leading 0 as C has them; null when there are no digits. */
export function strtol(text: string, base: 0 | 10 | 16 = 0): Strtoul | null {
  const head = /^\s*([+-]?)/.exec(text)!
  let rest = text.slice(head[0].length)
  let radix: number = base
  const hex = /^0[xX](?=[0-9a-fA-F])/.test(rest)
  if (hex && base !== 10) {
    rest = rest.slice(2)
    radix = 16
  } else if (base === 0) radix = rest.startsWith('0') ? 8 : 10
  const digits = DIGITS[radix]!.exec(rest)![0]
  if (digits === '') return null
  const value = Number.parseInt(digits, radix)
  return { value: head[1] === '-' ? -value : value, rest: rest.slice(digits.length) }
}

function whole(text: string, low: number, high: number): number | null {
  const n = strtol(text)
  if (n === null || n.rest !== '' || n.value < low || n.value > high) return null
  // "-0" is 0
  return n.value + 0
}

/** get_u32 and get_unsigned. */
export const parseU32 = (text: string): number | null => whole(text, 0, 0xffffffff)
/** get_be16. */
export const parseU16 = (text: string): number | null => whole(text, 0, 0xffff)
/** get_integer and get_s32. */
export const parseS32 = (text: string): number | null => whole(text, -0x80000000, 0x7fffffff)

/**
 * get_time_rtt: milliseconds; raw when no unit was given. The real tool rounds up, by a whole millisecond too much where
 * 256.391 * 1000 is a little more than 256391; a listing is read with Math.round.
 */
export function parseRtt(
  text: string,
  round: (ms: number) => number,
): { readonly value: number; readonly raw: boolean } | null {
  const m = text.includes('.') ? /^\s*\+?(\d*\.\d*)(.*)$/.exec(text) : /^\s*\+?(0[xX][0-9a-fA-F]+|\d+)(.*)$/.exec(text)
  if (m === null || m[1] === '.') return null
  const number = text.includes('.') ? Number(m[1]) : strtol(m[1]!)!.value
  const unit = m[2]!.toLowerCase()
  if (unit === '') return { value: round(number), raw: true }
  if (unit === 's' || unit === 'sec' || unit === 'secs') return { value: round(number * 1000), raw: false }
  if (unit === 'ms' || unit === 'msec' || unit === 'msecs') return { value: round(number), raw: false }
  return null
}

/** sscanf("%hu-%hu"): one port or a range; each wraps at 65536 as a short does. */
export function parsePortRange(text: string): readonly [number, number] | null {
  const m = /^\s*([+-]?\d+)(?:-\s*([+-]?\d+))?/.exec(text)
  if (m === null) return null
  const from = Number(m[1]) & 0xffff
  return m[2] === undefined ? [from, from] : [from, Number(m[2]) & 0xffff]
}

/** sscanf("%u-%u") with both numbers. */
export function parseU32Range(text: string): readonly [number, number] | null {
  const m = /^\s*([+-]?\d+)-\s*([+-]?\d+)/.exec(text)
  return m === null ? null : [Number(m[1]) >>> 0, Number(m[2]) >>> 0]
}
