// Escapes in sed scripts, and the right-hand side of s. Read first: sed_parse.ts.
import { sedEscape } from '../../lib/regex/sed_escape.ts'
import type { ReplacementPart } from './sed_script.ts'

/** Text of a, i and c: a backslash goes, what follows stays or is an escape. */
export function unescapeText(text: string): string {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\') {
      out += text[i]
      continue
    }
    const e = sedEscape(text, i + 1)
    out += e === null ? (text[i + 1] ?? '') : e.char
    i += e === null ? 1 : e.length
  }
  return out
}

/** The parts of a replacement; `groups` is the highest reference in it. */
export function replacementParts(text: string): {
  readonly parts: readonly ReplacementPart[]
  readonly groups: number
} {
  const parts: ReplacementPart[] = []
  let groups = 0
  let plain = ''
  let mode: ReplacementPart['case'] = ''
  const push = (group: number): void => {
    if (plain !== '') parts.push({ text: plain, group: -1, case: mode })
    if (plain !== '') mode = ''
    plain = ''
    if (group >= 0) {
      parts.push({ text: '', group, case: mode })
      mode = ''
    }
  }
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    const next = text[i + 1] ?? ''
    if (c === '&') push(0)
    else if (c !== '\\') plain += c
    else if (/[0-9]/.test(next)) {
      groups = Math.max(groups, Number(next))
      push(Number(next))
      i++
    } else if (/[LUElu]/.test(next) && next !== '') {
      push(-1)
      if (mode !== '') parts.push({ text: '', group: -1, case: mode })
      mode = next as ReplacementPart['case']
      i++
    } else {
      const e = sedEscape(text, i + 1)
      plain += e === null ? next : e.char
      i += e === null ? 1 : e.length
    }
  }
  push(-1)
  return { parts, groups }
}

/** The parts put together for one match, case conversions applied. */
export function substitute(parts: readonly ReplacementPart[], groups: readonly (string | undefined)[]): string {
  let out = ''
  let mode: 'L' | 'U' | 'E' = 'E'
  let once: 'l' | 'u' | '' = ''
  for (const p of parts) {
    if (p.case === 'l' || p.case === 'u') once = p.case
    else if (p.case !== '') mode = p.case
    let text = p.group < 0 ? p.text : (groups[p.group] ?? '')
    if (text === '') continue
    if (mode !== 'E') text = mode === 'U' ? upper(text) : lower(text)
    if (once !== '') text = (once === 'u' ? upper(text[0]!) : lower(text[0]!)) + text.slice(1)
    once = ''
    out += text
  }
  return out
}

/** ASCII only, as toupper(3) in the C locale. */
export function upper(text: string): string {
  return text.replace(/[a-z]+/g, (s) => s.toUpperCase())
}

export function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (s) => s.toLowerCase())
}

/** -i's backup: the suffix added, or put around the name at each *. */
export function backupName(name: string, suffix: string): string {
  const slash = name.lastIndexOf('/') + 1
  const base = name.slice(slash)
  const backup = suffix.includes('*') ? suffix.replaceAll('*', base) : base + suffix
  return backup.includes('/') ? backup : name.slice(0, slash) + backup
}

const LETTER: Readonly<Record<string, string>> = Object.freeze({
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
})

/** l: unambiguous, broken after `length` columns. */
export function visible(text: string, length: number): string {
  let out = ''
  let width = 0
  for (const c of text) {
    const cell = LETTER[c] ?? (/[ -~]/.test(c) ? c : `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`)
    if (length > 0 && width + cell.length > length - 1) {
      out += '\\\n'
      width = 0
    }
    out += cell
    width += cell.length
  }
  return `${out}$\n`
}
