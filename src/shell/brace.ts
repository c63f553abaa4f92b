import { LimitError } from '../lib/errors.ts'

// Brace expansion: {a,b}, {1..9..2}, {a..e}, nested, on the text of a word before anything else is expanded.
// Quotes, $(…), ${…} and escaped characters are passed by.

/** A brace expansion makes no more words than this. */
const MAX_WORDS = 1_000_000

/** Who pays for the words: the run's limit of steps. */
interface Meter {
  charge(steps?: number): void
}

/** Position after a quoted or substituted stretch that starts at i; i when none does. */
function skip(text: string, i: number): number {
  const c = text[i]
  if (c === '\\') return i + 2
  if (c === "'" || (c === '$' && text[i + 1] === "'")) {
    const ansi = c === '$'
    let j = i + (ansi ? 2 : 1)
    while (j < text.length && text[j] !== "'") j += ansi && text[j] === '\\' ? 2 : 1
    return j + 1
  }
  if (c === '"' || c === '`') {
    let j = i + 1
    while (j < text.length && text[j] !== c)
      j = text[j] === '\\' ? j + 2 : c === '"' ? Math.max(skipDollar(text, j), j + 1) : j + 1
    return j + 1
  }
  return skipDollar(text, i)
}

function skipDollar(text: string, i: number): number {
  const open = text[i + 1]
  if (text[i] !== '$' || (open !== '(' && open !== '{')) return i
  const close = open === '(' ? ')' : '}'
  let depth = 1
  let j = i + 2
  while (j < text.length && depth > 0) {
    const next = text[j] === "'" || text[j] === '"' || text[j] === '\\' ? skip(text, j) : j
    if (next > j) {
      j = next
      continue
    }
    if (text[j] === open) depth++
    else if (text[j] === close) depth--
    j++
  }
  return j
}

interface Braces {
  readonly start: number
  readonly end: number
  readonly items: readonly string[]
}

/** {x..y} or {x..y..step} as its members; null when it is no sequence. */
function series(body: string, meter: Meter): string[] | null {
  const num = /^(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$/.exec(body)
  const chr = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?\d+))?$/.exec(body)
  const m = num ?? chr
  if (m === null) return null
  const at = (s: string): number => (num !== null ? Number(s) : s.charCodeAt(0))
  const from = at(m[1]!)
  const to = at(m[2]!)
  const step = Math.max(1, Math.abs(Number(m[3] ?? 1))) * (from <= to ? 1 : -1)
  const padded = num !== null && [m[1]!, m[2]!].some((s) => /^-?0\d/.test(s))
  const width = padded ? Math.max(m[1]!.length, m[2]!.length) : 0
  const out: string[] = []
  for (let v = from; step > 0 ? v <= to : v >= to; v += step) {
    const text = String(Math.abs(v)).padStart(v < 0 ? width - 1 : width, '0')
    out.push(num !== null ? (v < 0 ? `-${text}` : text) : String.fromCharCode(v))
    count(out.length, meter)
  }
  return out
}

/** One word more. */
function count(words: number, meter: Meter): void {
  if (words > MAX_WORDS) throw new LimitError('steps', MAX_WORDS, `a brace expansion of more than ${MAX_WORDS} words`)
  meter.charge()
}

/** The first brace expression of a text; null when there is none. */
function firstBraces(text: string, meter: Meter): Braces | null {
  for (let i = 0; i < text.length; ) {
    const next = skip(text, i)
    if (next > i) {
      i = next
      continue
    }
    const found = text[i] === '{' ? bracesAt(text, i, meter) : null
    if (found !== null) return found
    i++
  }
  return null
}

function bracesAt(text: string, start: number, meter: Meter): Braces | null {
  const items: string[] = []
  let depth = 0
  let from = start + 1
  for (let i = start + 1; i < text.length; ) {
    const next = skip(text, i)
    if (next > i) {
      i = next
      continue
    }
    const c = text[i]!
    if (c === '{') depth++
    else if (c === '}' && depth > 0) depth--
    else if (c === '}') {
      items.push(text.slice(from, i))
      if (items.length > 1) return { start, end: i + 1, items }
      const members = series(items[0]!, meter)
      return members === null ? null : { start, end: i + 1, items: members }
    } else if (c === ',' && depth === 0) {
      items.push(text.slice(from, i))
      from = i + 1
    }
    i++
  }
  return null
}

/** All texts that a word's text stands for. */
export function expandBraces(text: string, meter: Meter): string[] {
  // Every brace is looked at from its own beginning.
  meter.charge(text.length >> 4)
  const b = firstBraces(text, meter)
  if (b === null) return [text]
  const head = text.slice(0, b.start)
  const tails = expandBraces(text.slice(b.end), meter)
  const out: string[] = []
  for (const item of b.items) {
    for (const middle of expandBraces(item, meter)) {
      for (const tail of tails) {
        out.push(head + middle + tail)
        count(out.length, meter)
      }
    }
  }
  return out
}
