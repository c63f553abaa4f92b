// The input of sed: the lines of all its files as one stream, or of each file apart (-s, -i).
// Read first: input.ts.
import { strerror } from '../../lib/errno.ts'
import type { Sys, Wait } from '../../uapi/program.ts'
import { ToolExit } from '../lib/exit.ts'
import { LineReader } from './input.ts'

export interface Line {
  readonly text: string
  /** False for a last line without its newline. */
  readonly complete: boolean
}

export class SedInput {
  private readonly sys: Sys
  private readonly files: readonly string[]
  private readonly separator: string
  private readonly separate: boolean
  private next = 0
  private reader: LineReader | null = null
  /** One line read ahead, to know the last one. */
  private ahead: (Line & { readonly file: string }) | null = null
  private opened = '-'
  file = '-'
  number = 0
  failed = false
  /** Called when a file of -i begins. */
  onFile: ((name: string) => void) | null = null

  constructor(sys: Sys, files: readonly string[], separator: string, separate: boolean) {
    this.sys = sys
    this.files = files
    this.separator = separator
    this.separate = separate
  }

  private open(): boolean {
    while (this.next < this.files.length) {
      const name = this.files[this.next++]!
      const fd = name === '-' ? ({ ok: true, value: 0 } as const) : this.sys.open(name, 'read')
      const stat = name === '-' ? null : this.sys.stat(name)
      if (stat?.ok === true && stat.value.type === 'directory') {
        if (fd.ok) this.sys.close(fd.value)
        const text =
          this.onFile === null ? `read error on ${name}: Is a directory` : `couldn't edit ${name}: not a regular file`
        throw new ToolExit(`sed: ${text}\n`, 4)
      }
      if (fd.ok) {
        this.reader = new LineReader(this.sys, fd.value, this.separator)
        this.opened = name
        return true
      }
      this.sys.write(2, `sed: can't read ${name}: ${strerror(fd.errno)}\n`)
      this.failed = true
    }
    return false
  }

  private *fetch(): Generator<Wait, (Line & { readonly file: string }) | null, void> {
    for (;;) {
      if (this.reader === null) {
        if (!this.open()) return null
        if (this.separate) this.onFile?.(this.opened)
      }
      const reader: LineReader = this.reader!
      const text = yield* reader.next()
      if (text !== null) return { text, complete: reader.complete, file: this.opened }
      if (reader.fd !== 0) this.sys.close(reader.fd)
      this.reader = null
    }
  }

  *line(): Generator<Wait, Line | null, void> {
    const line = this.ahead ?? (yield* this.fetch())
    this.ahead = null
    if (line === null) return null
    if (this.separate && line.file !== this.file && this.number > 0) this.number = 0
    this.file = line.file
    this.number++
    return line
  }

  /** Is the line that was given the last one (of its file with -s and -i)? */
  *last(): Generator<Wait, boolean, void> {
    if (this.separate) return yield* this.lastOfFile()
    this.ahead ??= yield* this.fetch()
    return this.ahead === null
  }

  private *lastOfFile(): Generator<Wait, boolean, void> {
    const { reader } = this
    if (reader === null) return true
    while (reader.held === '') if (!(yield* reader.more())) break
    return reader.held === ''
  }

  /** Is there nothing more at all? */
  *exhausted(): Generator<Wait, boolean, void> {
    if (!(yield* this.last())) return false
    return !this.separate || this.next >= this.files.length
  }
}
