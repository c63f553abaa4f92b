// getopt_long(3) of glibc: short and long options, abbreviations, permutation, and its error texts.
// Read first: getopt(3). Leaves out getopt_long_only and W;.

export interface LongOption {
  readonly name: string
  readonly arg: 'none' | 'required' | 'optional'
  /** What the item carries as `opt`: usually the equivalent short letter. */
  readonly opt: string
}

/** One option in order. `error` is set instead of a usable option: the text glibc writes to stderr, with its newline. */
export interface OptionItem {
  readonly opt: string
  readonly arg: string | null
  readonly error: string | null
}

export interface ParsedOptions {
  readonly items: readonly OptionItem[]
  /** The operands, in order. */
  readonly rest: readonly string[]
}

interface Cursor {
  readonly prog: string
  readonly args: readonly string[]
  next: number
  readonly items: OptionItem[]
}

/** `short` is getopt's option string; a leading '+' stops at the first operand. */
export function getopt(argv: readonly string[], short: string, long: readonly LongOption[] = []): ParsedOptions {
  const posix = short.startsWith('+')
  const c: Cursor = { prog: argv[0] ?? '', args: argv, next: 1, items: [] }
  const rest: string[] = []
  while (c.next < argv.length) {
    const word = argv[c.next++]!
    if (word === '--') {
      rest.push(...argv.slice(c.next))
      break
    }
    if (word.startsWith('--') && long.length > 0) longOption(c, word.slice(2), long)
    else if (word.length > 1 && word.startsWith('-')) shortOptions(c, word, posix ? short.slice(1) : short)
    else {
      rest.push(word)
      if (posix) {
        rest.push(...argv.slice(c.next))
        break
      }
    }
  }
  return { items: c.items, rest }
}

function problem(c: Cursor, text: string): void {
  c.items.push({ opt: '?', arg: null, error: `${c.prog}: ${text}\n` })
}

function shortOptions(c: Cursor, word: string, short: string): void {
  for (let i = 1; i < word.length; i++) {
    const letter = word[i]!
    const at = letter === ':' || letter === ';' ? -1 : short.indexOf(letter)
    if (at < 0) {
      problem(c, `invalid option -- '${letter}'`)
      continue
    }
    if (short[at + 1] !== ':') {
      c.items.push({ opt: letter, arg: null, error: null })
      continue
    }
    const glued = word.slice(i + 1)
    if (glued !== '') c.items.push({ opt: letter, arg: glued, error: null })
    else if (short[at + 2] === ':') c.items.push({ opt: letter, arg: null, error: null })
    else if (c.next < c.args.length) c.items.push({ opt: letter, arg: c.args[c.next++]!, error: null })
    else problem(c, `option requires an argument -- '${letter}'`)
    return
  }
}

function longOption(c: Cursor, text: string, long: readonly LongOption[]): void {
  const eq = text.indexOf('=')
  const name = eq < 0 ? text : text.slice(0, eq)
  const value = eq < 0 ? null : text.slice(eq + 1)
  const exact = long.find((o) => o.name === name)
  const close = exact === undefined ? long.filter((o) => o.name.startsWith(name)) : [exact]
  const found = close[0]
  if (found === undefined) {
    problem(c, `unrecognized option '--${text}'`)
    return
  }
  if (close.some((o) => o.opt !== found.opt || o.arg !== found.arg)) {
    problem(c, `option '--${text}' is ambiguous; possibilities:${close.map((o) => ` '--${o.name}'`).join('')}`)
    return
  }
  if (found.arg === 'none' && value !== null) {
    problem(c, `option '--${found.name}' doesn't allow an argument`)
    return
  }
  if (found.arg !== 'required' || value !== null) {
    c.items.push({ opt: found.opt, arg: value, error: null })
    return
  }
  if (c.next >= c.args.length) {
    problem(c, `option '--${found.name}' requires an argument`)
    return
  }
  c.items.push({ opt: found.opt, arg: c.args[c.next++]!, error: null })
}
