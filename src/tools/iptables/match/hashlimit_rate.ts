// Rates of -m hashlimit as text and as the kernel counts them (parse_rate, parse_bytes, print_rate, print_bytes; extensions/libxt_hashlimit.c).
// Read first: hashlimit.ts; uapi/xt.ts, MatchHashlimit.avg.
import type { OptionCall } from '../extension.ts'
import { strtoul } from '../number.ts'

/** XT_HASHLIMIT_SCALE_v2 */
export const SCALE = 1_000_000
const U32_MAX = 0xffffffff
const CHUNK = 16
const BURST_MAX = 1_000_000
/** Milliseconds that entries live when nothing else is said. */
export const BYTE_EXPIRE = 15_000
export const BYTE_EXPIRE_BURST = 60_000

export function bytesToCost(bytes: number): number {
  return Math.floor(U32_MAX / ((Math.floor(bytes / CHUNK) % 2 ** 32) + 1))
}

export function costToBytes(cost: number): number {
  return (Math.floor(U32_MAX / cost) - 1) * CHUNK
}

/** atoll(3) */
function leadingInteger(text: string): number {
  return Number(/^\s*[+-]?\d+/.exec(text)?.[0] ?? 0)
}

function factor(letter: string | undefined): number {
  return letter === 'm' ? 1024 * 1024 : letter === 'k' ? 1024 : 1
}

export function parseBurst(call: OptionCall): number {
  const text = call.arg
  const n = strtoul(text)
  if (n === null || n.value < 1 || (n.rest === '' && n.value > BURST_MAX)) burstError(call)
  return n.value * factor(n.rest[0])
}

export function burstError(call: { problem(text: string): never }): never {
  return call.problem(`bad value for option "--hashlimit-burst", or out of range (1-${BURST_MAX}).`)
}

export function burstTooLong(burst: number): boolean {
  return burst > BURST_MAX
}

/** What was read: bytes or packets, and the seconds of the unit. */
export interface Rate {
  readonly bytes: boolean
  readonly avg: number
  readonly seconds: number
}

/** "100kb/s": null when it is none of bytes. */
export function parseBytes(call: OptionCall): Rate | null {
  const text = call.arg
  const unit = text.indexOf('b/s')
  const n = leadingInteger(text)
  if (unit <= 0 || n === 0) return null
  const avg = bytesToCost(n * factor(text[unit - 1]))
  if (avg === 0) call.problem(`Rate too high "${text}"`)
  return { bytes: true, avg, seconds: BYTE_EXPIRE / 1000 }
}

const UNITS: readonly (readonly [string, number])[] = Object.freeze([
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
  ['day', 86400],
])

/** "3/min": null when it is none. The unit may be cut short. */
export function parseRate(call: OptionCall): Rate | null {
  const text = call.arg
  const slash = text.indexOf('/')
  let seconds = 1
  if (slash >= 0) {
    const word = text.slice(slash + 1).toLowerCase()
    const unit = UNITS.find(([name]) => name.startsWith(word))
    if (word === '' || unit === undefined) return null
    seconds = unit[1]
  }
  const n = leadingInteger(text)
  if (n === 0) return null
  const avg = n < 0 ? 0 : Math.floor((SCALE * seconds) / n)
  if (avg === 0) call.problem(`Rate too fast "${text}"`)
  return { bytes: false, avg, seconds }
}

const RATES: readonly (readonly [string, number])[] = Object.freeze([
  ['day', SCALE * 86400],
  ['hour', SCALE * 3600],
  ['min', SCALE * 60],
  ['sec', SCALE],
])

/** A rate's text, and the entries' lifetime in ms that goes without saying. */
export interface RateText {
  readonly text: string
  readonly quantum: number
}

/** print_rate: the largest unit that does not lose too much. */
export function rateText(period: number): RateText {
  if (period === 0) return { text: 'inf', quantum: 0 }
  let i = 1
  for (; i < RATES.length; i++) {
    const mult = RATES[i]![1]
    if (period > mult || Math.floor(mult / period) < mult % period) break
  }
  const [name, mult] = RATES[i - 1]!
  return { text: `${Math.floor(mult / period)}/${name}`, quantum: (mult / SCALE) * 1000 }
}

const SIZES: readonly (readonly [string, number])[] = Object.freeze([
  ['m', 1024 * 1024],
  ['k', 1024],
  ['', 1],
])

/** print_bytes */
export function bytesText(avg: number, burst: number, prefix: string): RateText {
  const rate = costToBytes(avg)
  const exact = SIZES.findIndex(([, size]) => rate >= size && bytesToCost(rate - (rate % size)) === avg)
  const [name, size] = SIZES[exact < 0 ? 2 : exact]!
  const text = `${Math.floor(rate / size)}${name}b/s`
  if (burst === 0) return { text, quantum: BYTE_EXPIRE }
  const all = rate * burst
  const [bname, bsize] = SIZES.find(([, s]) => all >= s) ?? SIZES[2]!
  return { text: `${text} ${prefix}burst ${Math.floor(all / bsize)}${bname}b`, quantum: BYTE_EXPIRE_BURST }
}
