// sed's script language: GNU sed 4.9's commands and its complaints, which count the characters read so far.
// Read first: sed_script.ts. Refused by name: e and s///e.

import { sedEscape } from '../../lib/regex/sed_escape.ts'
import { ToolExit } from '../lib/exit.ts'
import { refuse } from '../lib/refuse.ts'
import { BLANK, type ScriptOptions, ScriptReader } from './sed_reader.ts'
import type { Address, Command, RangeEnd, Script, Substitution } from './sed_script.ts'
import { replacementParts, unescapeText } from './sed_text.ts'

/** One -e or the text of one -f. */
export interface Piece {
  readonly text: string
  /** Null for -e. */
  readonly file: string | null
}

export class SedParser extends ScriptReader {
  private readonly pieces: Piece[]
  private readonly commands: Command[] = []
  private readonly blocks: { readonly index: number; readonly where: string }[] = []
  private readonly labels = new Map<string, number>()

  constructor(pieces: readonly Piece[], options: ScriptOptions) {
    super(options)
    this.pieces = [...pieces]
  }

  parse(): Script {
    const first = this.pieces[0]?.text ?? ''
    const quiet = first === '#n' || first.startsWith('#n\n')
    for (let p = this.pieces.shift(); p !== undefined; p = this.pieces.shift()) {
      this.src = p.text
      this.at = 0
      this.file = p.file
      if (p.file === null) this.expression++
      this.statements()
    }
    const open = this.blocks[0]
    if (open !== undefined) throw new ToolExit(`sed: ${open.where}: unmatched \`{'\n`, 1)
    for (const c of this.commands) this.link(c)
    return { commands: this.commands, quiet }
  }

  private link(c: Command): void {
    if (!'btT'.includes(c.name) || c.text === '') return
    const target = this.labels.get(c.text)
    if (target === undefined) throw new ToolExit(`sed: can't find label for jump to \`${c.text}'\n`, 4)
    c.target = target
  }

  private statements(): void {
    for (;;) {
      this.skipBlanks(/[ \t\n\v\f\r;]/)
      if (this.at >= this.src.length) return
      this.statement()
    }
  }

  private statement(): void {
    const from = this.address()
    const to = from === null ? null : this.rangeEnd()
    this.skipBlanks(BLANK)
    let negated = false
    while (this.src[this.at] === '!') {
      this.at++
      if (negated) this.bad("multiple `!'s")
      negated = true
      this.skipBlanks(BLANK)
    }
    const name = this.src[this.at]
    if (name === undefined) this.bad('missing command')
    this.at++
    const zero = from?.kind === 'line' && from.n === 0
    if (zero && to?.kind !== 'regex') this.bad('invalid usage of line address 0')
    this.command(name, from, to, negated)
  }

  private add(
    c: Partial<Command> & { readonly name: string },
    from: Address | null,
    to: RangeEnd | null,
    negated: boolean,
  ): void {
    this.commands.push({ text: '', number: -1, substitution: null, map: null, target: -1, ...c, from, to, negated })
  }

  private end(): void {
    this.skipBlanks(/[ \t\r]/)
    const c = this.src[this.at]
    if (c === undefined || c === '}' || c === '#') return
    this.at++
    if (c !== '\n' && c !== ';') this.bad('extra characters after command')
  }

  private command(name: string, from: Address | null, to: RangeEnd | null, negated: boolean): void {
    const simple = (extra: Partial<Command> = {}): void => this.add({ name, ...extra }, from, to, negated)
    switch (name) {
      case '#':
        if (from !== null) this.bad("comments don't accept any addresses")
        this.line()
        return
      case '{':
        this.blocks.unshift({ index: this.commands.length, where: this.where(0) })
        return simple()
      case '}':
        return this.closeBlock(from)
      case ':':
        return this.label(from)
      case 'b':
      case 't':
      case 'T':
        return simple({ text: this.word(/^[^;\s}]*/) })
      case 'a':
      case 'i':
      case 'c':
        return simple({ text: this.text() })
      case 'r':
      case 'R':
      case 'w':
      case 'W': {
        const text = this.fileName()
        if (this.o.sandbox) this.bad('e/r/w commands disabled in sandbox mode')
        return simple({ text })
      }
      case 'e':
        if (this.o.sandbox) this.bad('e/r/w commands disabled in sandbox mode')
        return refuse('sed', 'command e', 1)
      case 'q':
      case 'Q':
      case 'l':
      case 'L': {
        if (to !== null && name.toLowerCase() === 'q') this.bad('command only uses one address')
        this.skipBlanks(/[ \t]/)
        const number = this.number()
        this.end()
        return simple({ number })
      }
      case 's':
        return simple({ substitution: this.substitution() })
      case 'y':
        return simple({ map: this.transliteration() })
      case 'v':
        return this.version()
      default:
        if (!'=dDFgGhHnNpPxz'.includes(name)) this.bad(`unknown command: \`${name}'`)
        this.end()
        return simple()
    }
  }

  private line(): string {
    const end = this.src.indexOf('\n', this.at)
    const text = this.src.slice(this.at, end < 0 ? this.src.length : end)
    this.at = end < 0 ? this.src.length : end + 1
    return text
  }

  private closeBlock(from: Address | null): void {
    const open = this.blocks.shift()
    if (open === undefined) this.bad("unexpected `}'")
    if (from !== null) this.bad("} doesn't want any addresses")
    this.commands[open.index]!.target = this.commands.length
    this.end()
  }

  private word(pattern = /^[^;\s]*/): string {
    this.skipBlanks(/[ \t]/)
    const m = pattern.exec(this.src.slice(this.at))!
    this.at += m[0].length
    return m[0]
  }

  private label(from: Address | null): void {
    if (from !== null) this.bad(": doesn't want any addresses")
    const name = this.word()
    if (name === '') this.bad('":" lacks a label')
    this.labels.set(name, this.commands.length)
  }

  private fileName(): string {
    this.skipBlanks(/[ \t]/)
    const name = this.line()
    if (name === '') this.bad('missing filename in r/R/w/W commands')
    return name
  }

  private version(): void {
    const wanted = this.word()
    const [major = 0, minor = 0] = wanted.split('.').map(Number)
    if (major > 4 || (major === 4 && minor > 9)) this.bad('expected newer version of sed')
    this.end()
  }

  /** The text of a, i, c: on the same line (GNU) or after a backslash and newline. */
  private text(): string {
    this.skipBlanks(/[ \t]/)
    if (this.at >= this.src.length) this.bad("expected \\ after `a', `c' or `i'")
    if (this.src[this.at] === '\\') {
      this.at++
      const m = /^[ \t]*\n/.exec(this.src.slice(this.at))
      if (m !== null) this.at += m[0].length
      else if (this.at >= this.src.length && !this.continued()) return ''
    }
    let raw = ''
    for (;;) {
      const c = this.src[this.at++]
      if (c === undefined || c === '\n') break
      raw += c
      if (c !== '\\') continue
      const next = this.src[this.at++]
      if (next !== undefined) raw += next
      else if (!this.continued()) break
      else raw += '\n'
    }
    this.at = Math.min(this.at, this.src.length)
    return `${unescapeText(raw)}\n`
  }

  /** -e 'a\' -e 'text': the next piece goes on. */
  private continued(): boolean {
    const next = this.pieces.shift()
    if (next === undefined) return false
    this.src = next.text
    this.at = 0
    if (next.file === null) this.expression++
    return true
  }

  private substitution(): Substitution {
    const delimiter = this.src[this.at++]
    const source = delimiter === undefined || /[\n\\]/.test(delimiter) ? null : this.slash(delimiter, 'pattern')
    const text = source === null ? null : this.slash(delimiter!, 'replacement')
    if (source === null || text === null) {
      this.at = Math.min(this.at, this.src.length)
      this.bad("unterminated `s' command")
    }
    const f = this.flags()
    const regex = this.regex(source, f.icase, f.multiline)
    const { parts, groups } = replacementParts(text)
    if (regex !== null && groups > regex.groups) this.bad(`invalid reference \\${groups} on \`s' command's RHS`)
    return { regex, parts, global: f.global, print: f.print, nth: f.nth, file: f.file }
  }

  private flags(): {
    icase: boolean
    multiline: boolean
    global: boolean
    print: boolean
    nth: number
    file: string | null
  } {
    const f = { icase: false, multiline: false, global: false, print: false, nth: 0, file: null as string | null }
    for (;;) {
      const c = this.src[this.at]
      if (c === undefined || c === '}' || c === '#') return f
      this.at++
      if (c === '\n' || c === ';') return f
      if (c === ' ' || c === '\t' || c === '\r') continue
      if (c === 'i' || c === 'I') f.icase = true
      else if (c === 'm' || c === 'M') f.multiline = true
      else if (c === 'g' || c === 'p') {
        const key = c === 'g' ? 'global' : 'print'
        if (f[key]) this.bad(`multiple \`${c}' options to \`s' command`)
        f[key] = true
      } else if (/\d/.test(c)) {
        this.at--
        const n = this.number()
        if (f.nth > 0) this.bad("multiple number options to `s' command")
        if (n === 0) this.bad("number option to `s' command may not be zero")
        f.nth = n
      } else if (c === 'w') {
        f.file = this.fileName()
        if (this.o.sandbox) this.bad('e/r/w commands disabled in sandbox mode')
        return f
      } else if (c === 'e') refuse('sed', 'flag e of s', 1)
      else this.bad("unknown option to `s'")
    }
  }

  private transliteration(): ReadonlyMap<string, string> {
    const delimiter = this.src[this.at++]
    const one = delimiter === undefined ? null : this.slash(delimiter, 'y')
    const two = one === null ? null : this.slash(delimiter!, 'y')
    if (one === null || two === null) {
      this.at = Math.min(this.at, this.src.length)
      this.bad("unterminated `y' command")
    }
    const from = characters(one)
    const to = characters(two)
    if (from.length !== to.length) this.bad("strings for `y' command are different lengths")
    this.end()
    return new Map(from.map((c, i) => [c, to[i]!]))
  }
}

function characters(text: string): string[] {
  const out: string[] = []
  for (let i = 0; i < text.length; i++) {
    const e = text[i] === '\\' ? sedEscape(text, i + 1) : null
    if (e !== null) {
      out.push(e.char)
      i += e.length
    } else if (text[i] === '\\' && i + 1 < text.length) out.push(text[++i]!)
    else out.push(text[i]!)
  }
  return out
}
