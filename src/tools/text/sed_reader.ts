// What sed's parser reads with: the place in the script, errors with it, addresses, delimited text.
// Read first: sed_script.ts, sed_parse.ts.
import { compileRegex, type Meter, type Regex } from '../../lib/regex/regex.ts'
import { ToolExit } from '../lib/exit.ts'
import type { Address, RangeEnd } from './sed_script.ts'

export interface ScriptOptions {
  readonly extended: boolean
  readonly sandbox: boolean
  /** -z: lines end in NUL, and M looks at those ends. */
  readonly nulData: boolean
  /** Pays for matching. */
  readonly meter: Meter
}

export const BLANK = /[ \t\n\v\f\r]/

export class ScriptReader {
  protected readonly o: ScriptOptions
  protected src = ''
  protected at = 0
  protected expression = 0
  protected file: string | null = null

  constructor(o: ScriptOptions) {
    this.o = o
  }

  protected where(char: number): string {
    if (this.file === null) return `-e expression #${this.expression}, char ${char}`
    return `file ${this.file} line ${this.src.slice(0, Math.max(0, this.at - 1)).split('\n').length}`
  }

  protected bad(text: string): never {
    throw new ToolExit(`sed: ${this.where(this.at)}: ${text}\n`, 1)
  }

  protected skipBlanks(pattern: RegExp): void {
    while (this.at < this.src.length && pattern.test(this.src[this.at]!)) this.at++
  }

  protected regex(source: string, icase: boolean, multiline: boolean): Regex | null {
    if (source === '') return null
    const syntax = this.o.extended ? 'extended' : 'basic'
    const options = { syntax, dialect: 'sed', icase, multiline: multiline && !this.o.nulData } as const
    const r = compileRegex(source, options, this.o.meter)
    if (r.ok) return r.regex
    if (r.error.startsWith('character class syntax')) throw new ToolExit(`sed: ${r.error}\n`, 4)
    this.bad(r.error)
  }

  protected number(): number {
    const m = /^\d+/.exec(this.src.slice(this.at))
    if (m === null) return -1
    this.at += m[0].length
    return Number(m[0])
  }

  protected address(): Address | null {
    const c = this.src[this.at]
    if (c === undefined) return null
    if (c === '$') {
      this.at++
      return { kind: 'last' }
    }
    if (/\d/.test(c)) {
      const n = this.number()
      this.skipBlanks(/[ \t]/)
      if (this.src[this.at] !== '~') return { kind: 'line', n }
      this.at++
      this.skipBlanks(/[ \t]/)
      const step = Math.max(0, this.number())
      return step === 0 ? { kind: 'line', n } : { kind: 'step', first: n, step }
    }
    if (c !== '/' && c !== '\\') return null
    this.at++
    const delimiter = c === '/' ? '/' : this.src[this.at++]
    const source = delimiter === undefined ? null : this.slash(delimiter, 'address')
    if (source === null) this.bad('unterminated address regex')
    let flags = ''
    for (let f = this.src[this.at]; f === 'I' || f === 'M'; f = this.src[this.at]) {
      flags += f
      this.at++
    }
    return { kind: 'regex', regex: this.regex(source, flags.includes('I'), flags.includes('M')) }
  }

  protected rangeEnd(): RangeEnd | null {
    this.skipBlanks(/[ \t]/)
    if (this.src[this.at] !== ',') return null
    this.at++
    this.skipBlanks(/[ \t]/)
    const c = this.src[this.at]
    if (c === '+' || c === '~') {
      this.at++
      const n = this.number()
      if (n < 0) this.bad('expected number')
      return { kind: c === '+' ? 'plus' : 'multiple', n }
    }
    const end = this.address()
    if (end !== null) return end
    if (c !== undefined) this.at++
    this.bad("unexpected `,'")
  }

  /** Up to the delimiter, which a backslash keeps; a bracket expression of a pattern may hold it. Null when it is missing. */
  protected slash(delimiter: string, what: 'address' | 'pattern' | 'replacement' | 'y'): string | null {
    let out = ''
    while (this.at < this.src.length) {
      const c = this.src[this.at++]!
      if (c === delimiter) return out
      if (c === '\n' && what === 'address') return null
      if (c === '[' && (what === 'address' || what === 'pattern') && delimiter !== '[') {
        const m = /^\^?\]?(?:\[:[a-z]*:\]|\[\.[^\]]*\.\]|\[=[^\]]*=\]|[^\]])*\]/.exec(this.src.slice(this.at))
        if (m === null) {
          this.at = this.src.length
          return null
        }
        out += c + m[0]
        this.at += m[0].length
        continue
      }
      if (c !== '\\') {
        out += c
        continue
      }
      const next = this.src[this.at++]
      if (next === undefined) {
        this.at = this.src.length
        return null
      }
      out += next === delimiter && (what !== 'replacement' || next !== '&') ? next : `\\${next}`
    }
    return null
  }
}
