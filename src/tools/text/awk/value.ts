// Values of awk: numbers, strings, strings that came from outside (numbers if they look so), and the uninitialised one.
// Read first: POSIX awk, "Expressions in awk". Integers beyond 2^31-1 print by CONVFMT and OFMT, as in mawk.
import { formatNumber } from './format.ts'

/** Input: a field, an element of split, getline, ARGV, -v. */
export class Input {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** undefined is the uninitialised value. */
export type Value = number | string | Input | undefined

const LEADING = /^[ \t\n\r\f\v]*([-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|inf(?:inity)?|nan))/i
const WHOLE = new RegExp(`${LEADING.source}[ \\t\\n\\r\\f\\v]*$`, 'i')
const DECIMAL = /^[-+]?\d+$/

/** strtod(3). */
function parse(text: string): number {
  const m = LEADING.exec(text)
  if (m === null) return 0
  const word = m[1]!.toLowerCase()
  if (/\d/.test(word)) {
    const hex = /^([-+]?)(0x.*)$/.exec(word)
    return hex === null ? Number(word) : (hex[1] === '-' ? -1 : 1) * Number(hex[2])
  }
  if (word.endsWith('nan')) return Number.NaN
  return word.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

export function looksNumeric(text: string): boolean {
  return DECIMAL.test(text) || WHOLE.test(text)
}

export function toNumber(v: Value): number {
  if (typeof v === 'number') return v
  if (v === undefined) return 0
  const text = typeof v === 'string' ? v : v.text
  return DECIMAL.test(text) ? Number(text) : parse(text)
}

const MAX_INT = 2147483647

export function numberText(n: number, format: string): string {
  if (Number.isInteger(n) && Math.abs(n) <= MAX_INT) return n === 0 ? '0' : String(n)
  return formatNumber(format, n)
}

export function toText(v: Value, format: string): string {
  if (typeof v === 'string') return v
  if (typeof v === 'number') return numberText(v, format)
  return v === undefined ? '' : v.text
}

export function toBoolean(v: Value): boolean {
  if (typeof v === 'number') return v !== 0
  if (typeof v === 'string') return v !== ''
  if (v === undefined) return false
  return looksNumeric(v.text) ? parse(v.text) !== 0 : v.text !== ''
}

function isNumber(v: Value): boolean {
  return typeof v === 'number' || v === undefined || (typeof v !== 'string' && looksNumeric(v.text))
}

/** Negative, zero or positive; NaN when a NaN is compared. */
export function compare(a: Value, b: Value, format: string): number {
  if (isNumber(a) && isNumber(b)) {
    const x = toNumber(a)
    const y = toNumber(b)
    return x === y ? 0 : x - y
  }
  const x = toText(a, format)
  const y = toText(b, format)
  return x === y ? 0 : x < y ? -1 : 1
}

/** An array. Its order in for (k in a) is that of mawk's hash lists. */
export class AwkArray {
  readonly map = new Map<string, Value>()

  has(key: string): boolean {
    return this.map.has(key)
  }

  /** The keys as mawk lists them: FNV-1a, 64 lists doubled while they are longer than 12 on average, newest first. */
  keys(): string[] {
    let lists = 64
    while (this.map.size > lists * 12) lists *= 2
    const buckets: string[][] = []
    for (const key of this.map.keys()) {
      const list = (buckets[fnv(key) & (lists - 1)] ??= [])
      list.unshift(key)
    }
    return buckets.flat()
  }
}

/** ENVIRON: the system is asked for a variable when it is first named; for (k in ENVIRON) lists those. */
export class Environment extends AwkArray {
  private readonly lookup: (name: string) => string | undefined

  constructor(lookup: (name: string) => string | undefined) {
    super()
    this.lookup = lookup
  }

  override has(key: string): boolean {
    if (this.map.has(key)) return true
    const text = this.lookup(key)
    if (text === undefined) return false
    this.map.set(key, new Input(text))
    return true
  }
}

function fnv(key: string): number {
  let h = 2166136261
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 16777619)
  return h
}

/** A variable. A parameter that is not yet known to be an array or a scalar knows where its argument came from. */
export class Cell {
  value: Value = undefined
  array: AwkArray | null = null
  readonly origin: Cell | null

  constructor(origin: Cell | null = null) {
    this.origin = origin
  }

  asArray(): AwkArray {
    this.array ??= this.origin === null ? new AwkArray() : this.origin.asArray()
    return this.array
  }
}
