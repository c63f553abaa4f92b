// Quoting for output: ${x@Q} and set -x (single quotes), printf %q (backslashes), declare -p (double quotes); and $'…' decoding.
import { joinRawBytes, rawByte } from '../lib/utf8.ts'

const CONTROL = /[\x00-\x1f\x7f]/

const ANSI: Readonly<Record<string, string>> = Object.freeze({
  '\x07': '\\a',
  '\b': '\\b',
  '\x1b': '\\E',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  "'": "\\'",
  '\\': '\\\\',
})

function ansiQuote(text: string): string {
  let out = ''
  for (const c of text) {
    out += ANSI[c] ?? (CONTROL.test(c) ? `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}` : c)
  }
  return `$'${out}'`
}

/** 'it'\''s', or $'…' when there are control characters (sh_quote_reusable). */
export function singleQuote(text: string): string {
  if (CONTROL.test(text)) return ansiQuote(text)
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** A word of set -x: quoted only where the shell would read it otherwise. */
export function traceQuote(text: string): string {
  if (text === '') return "''"
  // Newlines and tabs stay as they are between single quotes.
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(text)) return ansiQuote(text)
  return /[ \t\n'"\\|&;()<>!{}*[\]?^$`~#]/.test(text) && needsQuote(text) ? `'${text.replaceAll("'", "'\\''")}'` : text
}

/** sh_contains_shell_metas: # only at the start, ~ at the start or after = and :. */
function needsQuote(text: string): boolean {
  return /[ \t\n'"\\|&;()<>!{}*[\]?^$`]/.test(text) || /^[#~]/.test(text) || /[=:]~/.test(text)
}

/** printf %q. */
export function backslashQuote(text: string): string {
  if (text === '') return "''"
  if (CONTROL.test(text)) return ansiQuote(text)
  return text.replace(/[^A-Za-z0-9_@%+=:,./\-\u0080-\uffff#~]|^[#~]/gu, '\\$&')
}

/** declare -p's double quotes. */
export function doubleQuote(text: string): string {
  if (CONTROL.test(text)) return ansiQuote(text)
  return `"${text.replace(/["\\$`]/g, '\\$&')}"`
}

const SIMPLE: Readonly<Record<string, string>> = Object.freeze({
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
})

export interface Decoded {
  readonly text: string
  /** \c was met: no more output. */
  readonly stop: boolean
}

/** Backslash escapes of echo -e and printf %b (`octal0`: \0NNN), or of printf's format (\NNN). */
export function decodeEscapes(text: string, octal0: boolean, quotes: boolean): Decoded {
  let out = ''
  const re = octal0
    ? /\\(?:(0[0-7]{0,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([\s\S]))/g
    : /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([\s\S]))/g
  let at = 0
  for (let m = re.exec(text); m !== null; m = re.exec(text)) {
    out += text.slice(at, m.index)
    at = re.lastIndex
    const [whole, oct, hex, u4, u8, c] = m
    if (oct !== undefined) out += rawByte(Number.parseInt(oct, 8) & 255)
    else if (hex !== undefined) out += rawByte(Number.parseInt(hex, 16))
    else if (u4 !== undefined || u8 !== undefined) out += String.fromCodePoint(Number.parseInt((u4 ?? u8)!, 16))
    else if (c === 'c' && octal0) return { text: joinRawBytes(out), stop: true }
    else if (c === '"' && quotes) out += '"'
    else if (c === "'" && quotes) out += "'"
    else out += SIMPLE[c!] ?? whole
  }
  return { text: joinRawBytes(out + text.slice(at)), stop: false }
}
