// How sort(1) compares: key definitions (-k F.C,F.C with options) and the orders -n -g -h -M -V and plain bytes.
// Read first: sort.ts. The C locale throughout.

export interface KeyOrder {
  readonly order: 'text' | 'n' | 'g' | 'h' | 'M' | 'V' | 'R'
  readonly fold: boolean
  readonly dictionary: boolean
  readonly printing: boolean
  readonly blanksFrom: boolean
  readonly blanksTo: boolean
  readonly reverse: boolean
}

/** Fields and characters from 1; a `to` of field 0 is the end of the line, of char 0 the end of the field. */
export interface Key {
  readonly from: { readonly field: number; readonly char: number }
  readonly to: { readonly field: number; readonly char: number }
  readonly how: KeyOrder
}

/** Start and end of each field. Without a separator fields begin with their leading blanks. */
function fieldEnds(line: string, separator: string | null): readonly (readonly [number, number])[] {
  const out: [number, number][] = []
  if (separator !== null) {
    let at = 0
    for (let next = line.indexOf(separator); next >= 0; next = line.indexOf(separator, at)) {
      out.push([at, next])
      at = next + 1
    }
    out.push([at, line.length])
    return out
  }
  for (const m of line.matchAll(/[ \t\n]*[^ \t\n]+|[ \t\n]+$/g)) out.push([m.index, m.index + m[0].length])
  return out
}

function skipBlanks(line: string, from: number, end: number): number {
  let at = from
  while (at < end && /[ \t\n]/.test(line[at]!)) at++
  return at
}

/** The part of a line that a key names. */
export function keyText(line: string, key: Key, separator: string | null): string {
  const fields = fieldEnds(line, separator)
  const f = fields[key.from.field - 1]
  let start = line.length
  if (f !== undefined) {
    const base = key.how.blanksFrom ? skipBlanks(line, f[0], line.length) : f[0]
    start = Math.min(line.length, base + key.from.char - 1)
  }
  let end = line.length
  if (key.to.field > 0) {
    const t = fields[key.to.field - 1]
    if (t !== undefined) {
      const base = key.how.blanksTo ? skipBlanks(line, t[0], line.length) : t[0]
      end = key.to.char === 0 ? t[1] : Math.min(line.length, base + key.to.char)
    }
  }
  return start >= end ? '' : line.slice(start, end)
}

function plain(text: string, how: KeyOrder): string {
  let s = text
  if (how.dictionary) s = s.replace(/[^A-Za-z0-9 \t\n]/g, '')
  if (how.printing) s = s.replace(/[^ -~]/g, '')
  return how.fold ? s.replace(/[a-z]+/g, (c) => c.toUpperCase()) : s
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** -n: an optional minus, digits, a fraction; compared exactly. */
function byNumber(a: string, b: string): number {
  const parse = (s: string): { negative: boolean; whole: string; part: string } => {
    const m = /^[ \t\n]*(-?)0*(\d*)(?:\.(\d*))?/.exec(s)!
    const part = (m[3] ?? '').replace(/0+$/, '')
    return { negative: m[1] === '-' && (m[2] !== '' || part !== ''), whole: m[2]!, part }
  }
  const x = parse(a)
  const y = parse(b)
  if (x.negative !== y.negative) return x.negative ? -1 : 1
  const size = x.whole.length - y.whole.length || byText(x.whole, y.whole) || byText(x.part, y.part)
  return x.negative ? -size : size
}

const SUFFIXES = 'KMGTPEZY'

/** -h: the sign, then the unit, then the number. */
function byHuman(a: string, b: string): number {
  const order = (s: string): number => {
    const m = /^[ \t\n]*(-?)([\d.]*)([kKMGTPEZY]?)/.exec(s)!
    if (!/[1-9]/.test(m[2]!)) return 0
    const n = m[3] === '' ? 0 : SUFFIXES.indexOf(m[3]!.toUpperCase()) + 1
    return m[1] === '-' ? -n - 1 : n + 1
  }
  return order(a) - order(b) || byNumber(a, b)
}

/** -g: what is no number first, then NaN, then by value. */
function byGeneral(a: string, b: string): number {
  const parse = (s: string): number | null => {
    const m =
      /^[ \t\n\v\f\r]*([-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|inf(?:inity)?|nan))/i.exec(s)
    if (m === null) return null
    const word = m[1]!.toLowerCase()
    if (word.endsWith('nan')) return Number.NaN
    if (word.includes('inf')) return word.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
    return Number(word)
  }
  const x = parse(a)
  const y = parse(b)
  if (x === null || y === null) return (x === null ? 0 : 1) - (y === null ? 0 : 1)
  if (Number.isNaN(x) || Number.isNaN(y)) return (Number.isNaN(x) ? 0 : 1) - (Number.isNaN(y) ? 0 : 1)
  return x < y ? -1 : x > y ? 1 : 0
}

const MONTHS = 'JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC'

function month(s: string): number {
  const at = MONTHS.indexOf(
    s
      .replace(/^[ \t\n]+/, '')
      .slice(0, 3)
      .toUpperCase()
      .padEnd(3, '?'),
  )
  return at >= 0 && at % 3 === 0 ? at / 3 + 1 : 0
}

/** Letters before everything else, ~ before even the end. */
function versionOrder(c: string | undefined): number {
  if (c === undefined || /\d/.test(c)) return 0
  if (/[A-Za-z]/.test(c)) return c.charCodeAt(0)
  return c === '~' ? -1 : c.charCodeAt(0) + 256
}

function verrevcmp(a: string, b: string): number {
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    while ((i < a.length && !/\d/.test(a[i]!)) || (j < b.length && !/\d/.test(b[j]!))) {
      const d = versionOrder(a[i]) - versionOrder(b[j])
      if (d !== 0) return d
      i++
      j++
    }
    const x = /^0*(\d*)/.exec(a.slice(i))!
    const y = /^0*(\d*)/.exec(b.slice(j))!
    const d = x[1]!.length - y[1]!.length || byText(x[1]!, y[1]!)
    if (d !== 0) return d
    i += x[0].length
    j += y[0].length
  }
  return 0
}

/** -V as gnulib's filevercmp: hidden files first, suffixes like .tar.gz count last. */
function byVersion(a: string, b: string): number {
  if (a === b) return 0
  if (a === '' || b === '') return a === '' ? -1 : 1
  for (const special of ['.', '..']) {
    if (a === special || b === special) return a === special ? -1 : 1
  }
  if (a.startsWith('.') !== b.startsWith('.')) return a.startsWith('.') ? -1 : 1
  const suffix = /(?:\.[A-Za-z~][A-Za-z0-9~]*)*$/
  const x = a.replace(suffix, '')
  const y = b.replace(suffix, '')
  const first = x === y ? 0 : verrevcmp(x, y)
  return first !== 0 ? first : verrevcmp(a, b)
}

/** One key of two lines. */
export function compareKey(a: string, b: string, how: KeyOrder): number {
  let d: number
  switch (how.order) {
    case 'n':
      d = byNumber(a, b)
      break
    case 'g':
      d = byGeneral(a, b)
      break
    case 'h':
      d = byHuman(a, b)
      break
    case 'M':
      d = month(a) - month(b)
      break
    case 'V':
      d = byVersion(plain(a, how), plain(b, how))
      break
    default:
      d = byText(plain(a, how), plain(b, how))
  }
  return how.reverse ? -d : d
}
