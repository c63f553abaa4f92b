// Shell patterns (glob(7), extglob) as regular expressions. A pattern is text in which a backslash takes away a character's meaning.
// Leaves out equivalence classes and collating symbols.

const CLASSES: Readonly<Record<string, string>> = Object.freeze({
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7f',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  word: 'A-Za-z0-9_',
  xdigit: '0-9A-Fa-f',
})

const SPECIAL = /[\\^$.*+?()[\]{}|/]/

function escapeRegex(c: string): string {
  return SPECIAL.test(c) ? `\\${c}` : c
}

/** Protect every character of a text from being a pattern. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]()|!+@]/g, '\\$&')
}

/** Does the text hold anything that makes it a pattern? */
export function hasMagic(pattern: string): boolean {
  return /(^|[^\\])(\\\\)*([*?]|\[.+\]|[!+@]\()/s.test(pattern)
}

/** Remove the backslashes that protect. */
export function unescapePattern(pattern: string): string {
  return pattern.replace(/\\(.)/gs, '$1')
}

interface Cursor {
  readonly text: string
  pos: number
}

/** [abc], [!a-z], [[:digit:]]; null when there is no closing bracket. */
function bracket(c: Cursor): string | null {
  let i = c.pos + 1
  let out = '['
  if (c.text[i] === '!' || c.text[i] === '^') {
    out += '^'
    i++
  }
  for (let first = true; ; first = false) {
    const ch = c.text[i]
    if (ch === undefined) return null
    if (ch === ']' && !first) break
    const named = /^\[:(\w+):\]/.exec(c.text.slice(i))
    if (named !== null) {
      out += CLASSES[named[1]!] ?? ''
      i += named[0].length
    } else if (ch === '\\' && i + 1 < c.text.length) {
      out += `\\${c.text[i + 1]}`.replace(/^\\([A-Za-z0-9_])$/, '$1')
      i += 2
    } else {
      out += /[\\[\]^]/.test(ch) ? `\\${ch}` : ch
      i++
    }
  }
  c.pos = i + 1
  return out === '[' ? '(?!)' : out === '[^' ? '.' : `${out}]`
}

function group(c: Cursor): string | null {
  const op = c.text[c.pos]!
  const start = c.pos
  c.pos += 2
  const alternatives: string[] = []
  for (;;) {
    alternatives.push(sequence(c, true))
    const ch = c.text[c.pos]
    if (ch === undefined) {
      c.pos = start
      return null
    }
    c.pos++
    if (ch === ')') break
  }
  const body = alternatives.join('|')
  if (op === '!') return `(?:(?!(?:${body})${restOf(c)})[\\s\\S]*?)`
  return `(?:${body})${op === '@' ? '' : op}`
}

/** What follows a !(…) must still match after the text that it must not be. */
function restOf(c: Cursor): string {
  const ahead: Cursor = { text: c.text, pos: c.pos }
  return `${sequence(ahead, false)}$`
}

function sequence(c: Cursor, inGroup: boolean): string {
  let out = ''
  while (c.pos < c.text.length) {
    const ch = c.text[c.pos]!
    if (inGroup && (ch === '|' || ch === ')')) return out
    if (/[?*+@!]/.test(ch) && c.text[c.pos + 1] === '(') {
      const g = group(c)
      if (g !== null) {
        out += g
        continue
      }
    }
    if (ch === '[') {
      const b = bracket(c)
      if (b !== null) {
        out += b
        continue
      }
    }
    c.pos++
    if (ch === '*') {
      while (c.text[c.pos] === '*' && c.text[c.pos + 1] !== '(') c.pos++
      out += '[\\s\\S]*'
    } else if (ch === '?') out += '[\\s\\S]'
    else if (ch === '\\' && c.pos < c.text.length) out += escapeRegex(c.text[c.pos++]!)
    else out += escapeRegex(ch)
  }
  return out
}

/** The regular expression's source that a pattern means, without anchors. */
export function patternSource(pattern: string): string {
  return sequence({ text: pattern, pos: 0 }, false)
}

function compile(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, `${flags}u`)
  } catch {
    return /(?!)/
  }
}

export function matches(pattern: string, text: string, ignoreCase = false): boolean {
  if (!hasMagic(pattern)) {
    const plain = unescapePattern(pattern)
    return ignoreCase ? plain.toLowerCase() === text.toLowerCase() : plain === text
  }
  return compile(`^(?:${patternSource(pattern)})$`, ignoreCase ? 'i' : '').test(text)
}

/** ${x#p} ${x##p}: length of the prefix that matches, or -1. */
export function prefixLength(pattern: string, text: string, longest: boolean): number {
  for (let i = 0; i <= text.length; i++) {
    const n = longest ? text.length - i : i
    if (matches(pattern, text.slice(0, n))) return n
  }
  return -1
}

/** ${x%p} ${x%%p}: where the suffix that matches starts, or -1. */
export function suffixStart(pattern: string, text: string, longest: boolean): number {
  for (let i = 0; i <= text.length; i++) {
    const at = longest ? i : text.length - i
    if (matches(pattern, text.slice(at))) return at
  }
  return -1
}

/** ${x/p/r} and its kin: where matches are, longest at each place. */
export function replaceMatches(
  pattern: string,
  text: string,
  how: '/' | '//' | '/#' | '/%',
  replacement: (match: string) => string,
): string {
  if (pattern === '') return how === '/#' ? replacement('') + text : how === '/%' ? text + replacement('') : text
  if (how === '/#') {
    const n = prefixLength(pattern, text, true)
    return n < 0 ? text : replacement(text.slice(0, n)) + text.slice(n)
  }
  if (how === '/%') {
    const at = suffixStart(pattern, text, true)
    return at < 0 ? text : text.slice(0, at) + replacement(text.slice(at))
  }
  let out = ''
  let i = 0
  while (i < text.length) {
    const n = prefixLength(pattern, text.slice(i), true)
    if (n <= 0) {
      out += text[i++]
      continue
    }
    out += replacement(text.slice(i, i + n))
    i += n
    if (how === '/') break
  }
  return out + text.slice(i)
}
