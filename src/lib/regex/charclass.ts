// Sets of bytes: the character classes of the C locale.
// Read first: regex.ts.

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
