// Where expansions put their results: fields that are split by IFS and globbed, or one string or pattern.
// Read first: expand.ts.
import { escapePattern } from '../lib/pattern.ts'

export interface Sink {
  /** Unquoted text of the source: not split, but its pattern characters count. */
  literal(text: string): void
  /** Text that stands for itself. */
  quoted(text: string): void
  /** The result of an unquoted expansion: split, pattern characters count. */
  value(text: string): void
  /** "$@": every element a field of its own; unquoted: each split as well. */
  list(values: readonly string[], quoted: boolean): void
}

export interface Field {
  text: string
  /** The same as a pattern: quoted characters are protected. */
  pattern: string
}

/** Who pays for the fields: the run's limit of steps. */
export interface Meter {
  charge(steps?: number): void
}

const MAGIC = /[*?[\]]|[!+@]\(/

/** Fields of a command's words. */
export class FieldSink implements Sink {
  readonly fields: Field[] = []
  private current: Field | null = null
  private readonly ifs: string
  /** A field was ended by IFS white space, so one more delimiter belongs to the same gap. */
  private gap = false
  private readonly meter: Meter

  constructor(ifs: string, meter: Meter) {
    this.ifs = ifs
    this.meter = meter
  }

  private get field(): Field {
    this.gap = false
    return (this.current ??= { text: '', pattern: '' })
  }

  literal(text: string): void {
    if (text === '') return
    const f = this.field
    f.text += text
    f.pattern += text
  }

  quoted(text: string): void {
    const f = this.field
    f.text += text
    f.pattern += MAGIC.test(text) || /[\\()|]/.test(text) ? escapePattern(text) : text
  }

  value(text: string): void {
    if (this.ifs === '') {
      if (text !== '') this.add(text)
      return
    }
    let run = ''
    for (const c of text) {
      if (!this.ifs.includes(c)) {
        run += c
        continue
      }
      if (run !== '') this.add(run)
      run = ''
      this.delimiter(c)
    }
    if (run !== '') this.add(run)
  }

  private add(text: string): void {
    const f = this.field
    f.text += text
    f.pattern += text.includes('\\') ? text.replaceAll('\\', '\\\\') : text
  }

  private delimiter(c: string): void {
    const white = c === ' ' || c === '\t' || c === '\n'
    if (this.current !== null) {
      this.end()
      this.gap = white
    } else if (!white) {
      if (this.gap) this.gap = false
      else this.fields.push({ text: '', pattern: '' })
    }
  }

  list(values: readonly string[], quoted: boolean): void {
    for (const [i, v] of values.entries()) {
      if (i > 0) this.end()
      if (quoted) this.quoted(v)
      else this.value(v)
    }
  }

  /** The field under way is complete. */
  end(): void {
    if (this.current === null) return
    this.meter.charge()
    this.fields.push(this.current)
    this.current = null
  }
}

/** One string, and the same as a pattern: assignments, redirections, case, [[ ]]. */
export class TextSink implements Sink {
  private readonly parts: { readonly text: string; readonly quoted: boolean }[] = []

  /** Made when somebody asks: most texts are never patterns. */
  get text(): string {
    return this.parts.map((p) => p.text).join('')
  }
  get pattern(): string {
    return this.parts.map((p) => (p.quoted ? escapePattern(p.text) : p.text)).join('')
  }
  /** Regular expression: quoted text stands for itself. */
  get regex(): string {
    return this.parts.map((p) => (p.quoted ? p.text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : p.text)).join('')
  }

  literal(text: string): void {
    this.parts.push({ text, quoted: false })
  }
  quoted(text: string): void {
    this.parts.push({ text, quoted: true })
  }
  value(text: string): void {
    this.parts.push({ text, quoted: false })
  }
  list(values: readonly string[], quoted: boolean): void {
    this.parts.push({ text: values.join(' '), quoted })
  }
}
