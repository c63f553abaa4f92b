// -m u32 (extensions/libxt_u32.c).
import type { MatchU32, U32Test } from '../../../uapi/xt.ts'
import type { Extension, OptionCall } from '../extension.ts'
import { strtoul } from '../number.ts'
import { DataDraft, type Mutable } from './draft.ts'

const HELP = `u32 match options:
[!] --u32 tests
		tests := location "=" value | tests "&&" location "=" value
		value := range | value "," range
		range := number | number ":" number
		location := number | location operator number
		operator := "&" | "<<" | ">>" | "@"
`

/** XT_U32_MAXSIZE: of tests, of numbers in a location, of ranges. */
const MOST = 10

type Location = U32Test['location'][number]
type Span = U32Test['values'][number]

/** The program's text, read from left to right. */
class Reader {
  private readonly call: OptionCall
  private readonly text: string
  private at = 0

  constructor(call: OptionCall) {
    this.call = call
    this.text = call.arg
  }

  tests(): readonly U32Test[] {
    const tests: U32Test[] = []
    for (;;) {
      const location = this.location()
      const { values, last } = this.values()
      tests.push(Object.freeze({ location: Object.freeze(location), values: Object.freeze(values) }))
      // one test more than the kernel takes goes through here when another "&&" follows
      if (tests.length > MOST) this.problem('too many "&&"s')
      if (last) return Object.freeze(tests)
    }
  }

  private location(): Location[] {
    const out: Location[] = []
    for (;;) {
      this.skipBlanks()
      if (this.peek() === '') this.call.problem('u32: abrupt end of input after location specifier')
      if (this.peek() === '=') {
        if (out.length === 0) this.problem('location spec missing')
        this.at++
        return out
      }
      const op = out.length === 0 ? 'at' : this.operator()
      out.push({ op, number: this.number() })
      if (out.length > MOST) this.problem('too many operators')
    }
  }

  private operator(): Location['op'] {
    const c = this.peek()
    switch (c) {
      case '&':
        this.at++
        return 'and'
      case '@':
        this.at++
        return 'at'
      case '<':
      case '>':
        this.at++
        if (this.peek() !== c) this.problem(`a second '${c}' was expected`)
        this.at++
        return c === '<' ? 'lsh' : 'rsh'
      default:
        return this.problem('operator expected')
    }
  }

  private values(): { readonly values: Span[]; readonly last: boolean } {
    const values: Span[] = []
    for (;;) {
      this.skipBlanks()
      const c = this.peek()
      if (c === '') {
        if (values.length === 0) this.call.problem('u32: test ended with no value specified')
        return { values, last: true }
      }
      if (c === '&') {
        this.at++
        if (this.peek() !== '&') this.problem("a second '&' was expected")
        if (values.length === 0) this.problem('value spec missing')
        this.at++
        return { values, last: false }
      }
      values.push(this.span(values.length > 0))
      if (values.length > MOST) this.problem('too many ","s')
    }
  }

  private span(comma: boolean): Span {
    if (comma) {
      if (this.peek() !== ',') this.problem('expected "," or "&&"')
      this.at++
    }
    const min = this.number()
    this.skipBlanks()
    if (this.peek() !== ':') return { min, max: min }
    this.at++
    return { min, max: this.number() }
  }

  private number(): number {
    const n = strtoul(this.text.slice(this.at))
    if (n === null || n.value > 0xffffffff) return this.problem('not a number or out of range')
    this.at = this.text.length - n.rest.length
    return n.value
  }

  private peek(): string {
    return this.text.charAt(this.at)
  }

  private skipBlanks(): void {
    while (/\s/.test(this.peek())) this.at++
  }

  private problem(what: string): never {
    return this.call.problem(`u32: at char ${this.at}: ${what}`)
  }
}

function set(info: Mutable<MatchU32>, call: OptionCall): void {
  info.tests = new Reader(call).tests()
  info.invert = call.invert
}

const SIGNS = Object.freeze({ at: '@', and: '&', lsh: '<<', rsh: '>>' })
const hex = (n: number): string => `0x${n.toString(16)}`

function testText({ location, values }: U32Test): string {
  const place = location.map(({ op, number }, i) => (i === 0 ? '' : SIGNS[op]) + hex(number)).join('')
  return `${place}=${values.map(({ min, max }) => (min === max ? hex(min) : `${hex(min)}:${hex(max)}`)).join(',')}`
}

function dump(m: MatchU32): string {
  return `"${m.tests.map(testText).join('&&')}"`
}

export const u32Extension: Extension<MatchU32> = Object.freeze({
  name: 'u32',
  options: Object.freeze([{ name: 'u32', type: 'string', mand: true, invert: true }] as const),
  help: HELP,
  begin: () => new DataDraft<MatchU32>({ name: 'u32', tests: [], invert: false }, set),
  print: (m) => `u32${m.invert ? ' !' : ''} ${dump(m)}`,
  save: (m) => `${m.invert ? '! ' : ''}--u32 ${dump(m)}`,
} satisfies Extension<MatchU32>)
