// Rates of packets, "10/minute", kept as the time between two packets in `scale`-ths of a second (parse_rate, print_rate of
// extensions/libxt_limit.c).

const UNITS: readonly (readonly [string, number])[] = Object.freeze([
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
  ['day', 86400],
])

/** Seconds of "/UNIT", whose beginning is enough; null for no unit. */
function unitOf(word: string): number | null {
  if (word === '') return null
  return UNITS.find(([name]) => name.startsWith(word.toLowerCase()))?.[1] ?? null
}

/** Null for no rate; 0 for one that is too fast. */
export function parseRate(text: string, scale: number): number | null {
  const slash = text.indexOf('/')
  const seconds = slash < 0 ? 1 : unitOf(text.slice(slash + 1))
  // atoi(3): an int, taken as unsigned
  const digits = /^[ \t\n\v\f\r]*([+-]?\d+)/.exec(text)
  const rate = digits === null ? 0 : Number(BigInt.asUintN(32, BigInt(digits[1]!.replace('+', ''))))
  if (seconds === null || rate === 0) return null
  return Math.floor((scale * seconds) / rate)
}

const SHOWN: readonly (readonly [string, number])[] = Object.freeze([
  ['day', 86400],
  ['hour', 3600],
  ['min', 60],
  ['sec', 1],
])

/** The shortest unit that gives the rate well enough: less is left over than there are packets in it. */
export function rateText(period: number, scale: number): string {
  if (period === 0) return 'inf'
  let i = 1
  for (; i < SHOWN.length; i++) {
    const unit = SHOWN[i]![1] * scale
    if (period > unit || Math.floor(unit / period) < unit % period) break
  }
  const [name, seconds] = SHOWN[i - 1]!
  return `${Math.floor((seconds * scale) / period)}/${name}`
}
