// The escapes that GNU sed reads before its regular expressions do. Read first: sed's manual, "Escapes".

const SIMPLE: Readonly<Record<string, string>> = Object.freeze({
  a: '\x07',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
})

/** The escape after a backslash at `at`: \t, \x26, \o046, \d038, \cX; null when it is none of these. */
export function sedEscape(text: string, at: number): { readonly char: string; readonly length: number } | null {
  const c = text[at] ?? ''
  if (Object.hasOwn(SIMPLE, c)) return { char: SIMPLE[c]!, length: 1 }
  const m = /^(?:x([0-9A-Fa-f]{1,2})|o([0-7]{1,3})|d([0-9]{1,3})|c(.))/s.exec(text.slice(at, at + 4))
  if (m === null) return null
  if (m[4] !== undefined) return { char: String.fromCharCode(m[4].toUpperCase().charCodeAt(0) ^ 64), length: 2 }
  const n =
    m[1] !== undefined ? Number.parseInt(m[1], 16) : m[2] !== undefined ? Number.parseInt(m[2], 8) : Number(m[3])
  return { char: String.fromCharCode(n & 255), length: m[0].length }
}
