// Sets of bytes: the character classes of the C locale, and their spelling as a JS character class.
// Read first: regex.ts, tr.ts.

const CLASSES: Readonly<Record<string, RegExp>> = Object.freeze({
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
})

/** Which of the 256 bytes are in. */
export type ByteSet = readonly boolean[]

/** The characters of [:name:] in order; null when there is no such class. */
export function classMembers(name: string): readonly string[] | null {
  const re = Object.hasOwn(CLASSES, name) ? CLASSES[name]! : null
  if (re === null) return null
  return Array.from({ length: 128 }, (_, i) => String.fromCharCode(i)).filter((c) => re.test(c))
}

export function setOf(chars: Iterable<string>, fold = false): boolean[] {
  const set = new Array<boolean>(256).fill(false)
  for (const c of chars) {
    set[c.charCodeAt(0) & 255] = true
    if (fold && /[A-Za-z]/.test(c)) set[c.charCodeAt(0) ^ 32] = true
  }
  return set
}

function hex(n: number): string {
  const c = String.fromCharCode(n)
  return /[A-Za-z0-9 ]/.test(c) ? c : `\\x${n.toString(16).padStart(2, '0')}`
}

/** The set as JS source. */
export function setSource(set: ByteSet): string {
  let out = ''
  let count = 0
  for (let i = 0; i < 256; i++) {
    if (set[i] !== true) continue
    let end = i
    while (set[end + 1] === true) end++
    out += end > i + 1 ? `${hex(i)}-${hex(end)}` : end > i ? hex(i) + hex(end) : hex(i)
    count += end - i + 1
    i = end
  }
  return count === 256 ? '[^]' : count === 1 ? out : `[${out}]`
}
