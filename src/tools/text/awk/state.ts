// What a running awk holds: variables, the current record and its fields. Read first: awk/value.ts.
import type { Meter } from '../../../lib/regex/regex.ts'
import { RegexCache, splitFields } from './record.ts'
import { AwkArray, Cell, Input, toNumber, toText, type Value } from './value.ts'

/** A run-time error: the text after "awk: run time error: ". */
export class AwkError extends Error {}

/** An error that ends the program with its own text after "awk: ". */
export class AwkFatal extends Error {}

const MAX_FIELD = 32767

export class State {
  readonly globals = new Map<string, Cell>()
  readonly regexes: RegexCache
  private text = ''
  private fields: Value[] = []
  /** Are `fields` those of `text`? And the other way round? */
  private split = true
  private joined = true
  private zero: Value = undefined
  /** srand: the last seed, and the generator's state. */
  seed: number
  random: number

  /** `meter` pays for matching. */
  constructor(seed: number, meter: Meter) {
    this.regexes = new RegexCache(meter)
    this.seed = seed
    this.random = seed
    const initial: Record<string, Value> = {
      FS: ' ',
      OFS: ' ',
      RS: '\n',
      ORS: '\n',
      SUBSEP: '\x1c',
      CONVFMT: '%.6g',
      OFMT: '%.6g',
      NR: 0,
      FNR: 0,
      RSTART: 0,
      RLENGTH: -1,
      FILENAME: '',
    }
    for (const [name, value] of Object.entries(initial)) this.global(name).value = value
    this.global('ENVIRON').array = new AwkArray()
    this.global('ARGV').array = new AwkArray()
  }

  global(name: string): Cell {
    let cell = this.globals.get(name)
    if (cell === undefined) {
      cell = new Cell()
      this.globals.set(name, cell)
    }
    return cell
  }

  str(name: string): string {
    return this.text_(this.global(name).value)
  }

  /** A value as text. */
  text_(v: Value): string {
    if (typeof v === 'string') return v
    const format = this.globals.get('CONVFMT')!.value
    return toText(v, typeof format === 'string' ? format : '%.6g')
  }

  setRecord(text: string): void {
    this.text = text
    this.zero = new Input(text)
    this.split = false
    this.joined = true
  }

  private divide(): void {
    if (this.split) return
    this.split = true
    this.fields = splitFields(this.record(), this.str('FS'), this.regexes, this.str('RS') === '').map(
      (f) => new Input(f),
    )
  }

  private record(): string {
    if (!this.joined) {
      this.text = this.fields.map((f) => this.text_(f)).join(this.str('OFS'))
      this.zero = new Input(this.text)
      this.joined = true
    }
    return this.text
  }

  get nf(): number {
    this.divide()
    return this.fields.length
  }

  set nf(n: number) {
    this.divide()
    if (n < 0 || n > MAX_FIELD) throw new AwkFatal(`program limit exceeded: maximum number of fields size=${MAX_FIELD}`)
    while (this.fields.length < n) this.fields.push('')
    this.fields.length = n
    this.joined = false
  }

  field(index: number): Value {
    const i = Math.trunc(index)
    if (i < 0) throw new AwkError(`negative field index $${i}`)
    if (i === 0) {
      this.record()
      return this.zero
    }
    this.divide()
    return this.fields[i - 1]
  }

  setField(index: number, value: Value): void {
    const i = Math.trunc(index)
    if (i < 0) throw new AwkError(`negative field index $${i}`)
    if (i === 0) {
      this.setRecord(this.text_(value))
      return
    }
    if (i > this.nf) this.nf = i
    this.fields[i - 1] = value
    this.joined = false
  }

  getGlobal(name: string): Value {
    return name === 'NF' ? this.nf : this.global(name).value
  }

  setGlobal(name: string, value: Value): void {
    if (name === 'NF') this.nf = Math.trunc(toNumber(value))
    else {
      // The record is divided by the FS that was valid when it was read.
      if (name === 'FS' || name === 'RS') this.divide()
      if (name === 'OFS') this.record()
      this.global(name).value = value
    }
  }

  add(name: string, n: number): void {
    const cell = this.global(name)
    cell.value = toNumber(cell.value) + n
  }

  /** Uniform in [0, 1): mulberry32 over the seed. */
  rand(): number {
    this.random = (this.random + 0x6d2b79f5) | 0
    let t = Math.imul(this.random ^ (this.random >>> 15), 1 | this.random)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
