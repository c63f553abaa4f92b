// How text tools read: lines of a descriptor or of several files, waiting where nothing is there yet.
// Read first: uapi/program.ts (Main as a generator), bytestring.ts.
import { strerror } from '../../lib/errno.ts'
import type { Sys, Wait } from '../../uapi/program.ts'
import { latin1 } from '../lib/bytes.ts'
import type { Output } from './output.ts'

/** The next bytes of a descriptor; null at the end of file or on an error. */
export function* readChunk(sys: Sys, fd: number): Generator<Wait, Uint8Array | null, void> {
  for (;;) {
    const r = sys.read(fd)
    if (r.ok) return r.value.length === 0 ? null : r.value
    if (r.errno !== 'EAGAIN') return null
    yield { readable: [fd] }
  }
}

/** Everything up to the end of file, as a byte string. */
export function* readAll(sys: Sys, fd: number): Generator<Wait, string, void> {
  const parts: string[] = []
  let size = 0
  for (;;) {
    const chunk = yield* readChunk(sys, fd)
    if (chunk === null) return parts.join('')
    size += chunk.length
    sys.hold(size)
    parts.push(latin1(chunk))
  }
}

/** Lines of one descriptor, as byte strings. */
export class LineReader {
  private readonly sys: Sys
  readonly fd: number
  private rest = ''
  private at = 0
  /** Chunks behind `rest` in which no separator was seen: a long line is put together once. */
  private behind: string[] = []
  private behindSize = 0
  private ended = false
  private readonly separator: string
  /** False once a last line without its newline was given. */
  complete = true

  constructor(sys: Sys, fd: number, separator = '\n') {
    this.sys = sys
    this.fd = fd
    this.separator = separator
  }

  /** The next line without its newline, or null at the end. */
  *next(): Generator<Wait, string | null, void> {
    this.sys.charge()
    let end = this.rest.indexOf(this.separator, this.at)
    while (end < 0 && !this.ended) {
      const chunk = yield* readChunk(this.sys, this.fd)
      if (chunk === null) this.ended = true
      else end = this.append(latin1(chunk))
    }
    this.settle()
    if (end >= 0) {
      const line = this.rest.slice(this.at, end)
      this.at = end + 1
      return line
    }
    if (this.at >= this.rest.length) return null
    const line = this.rest.slice(this.at)
    this.at = this.rest.length
    this.complete = false
    return line
  }

  /** Hold one more chunk; where the first separator in it will be once it is settled, or -1. */
  private append(text: string): number {
    const found = text.indexOf(this.separator)
    const end = found < 0 ? -1 : this.rest.length - this.at + this.behindSize + found
    this.behind.push(text)
    this.behindSize += text.length
    this.sys.hold(this.rest.length + this.behindSize)
    return end
  }

  /** One text again. */
  private settle(): void {
    if (this.behind.length === 0) return
    this.rest = this.rest.slice(this.at) + this.behind.join('')
    this.at = 0
    this.behind = []
    this.behindSize = 0
  }

  /** Add the next chunk to what is held; false at the end of file. */
  *more(): Generator<Wait, boolean, void> {
    if (this.ended) return false
    const chunk = yield* readChunk(this.sys, this.fd)
    if (chunk === null) this.ended = true
    else this.append(latin1(chunk))
    this.settle()
    this.sys.charge(this.rest.length >> 8)
    return !this.ended
  }

  /** What is held and not yet given. */
  get held(): string {
    return this.rest.slice(this.at)
  }

  /** Give the first n held bytes. */
  take(n: number): string {
    const text = this.rest.slice(this.at, this.at + n)
    this.at += n
    return text
  }
}

/** All lines of a descriptor. */
export function* readLines(sys: Sys, fd: number, separator = '\n'): Generator<Wait, string[], void> {
  const reader = new LineReader(sys, fd, separator)
  const lines: string[] = []
  for (let line = yield* reader.next(); line !== null; line = yield* reader.next()) lines.push(line)
  return lines
}

type Words = (name: string, error: string) => string

/**
 * Open an operand ("-" is standard input); a failure is reported as coreutils words it, and null.
 * What was printed so far comes out first, as error(3) has it.
 */
export function* openInput(
  sys: Sys,
  prog: string,
  name: string,
  out: Output | null = null,
  words: Words = (n, e) => `${n}: ${e}`,
): Generator<Wait, number | null, void> {
  if (name === '-') return 0
  const r = sys.open(name, 'read')
  const stat = sys.stat(name)
  const directory = stat.ok && stat.value.type === 'directory'
  if (r.ok && !directory) return r.value
  if (r.ok) sys.close(r.value)
  if (out !== null) yield* out.flush()
  sys.write(2, `${prog}: ${words(name, strerror(directory || r.ok ? 'EISDIR' : r.errno))}\n`)
  return null
}

/** Close what openInput opened. */
export function closeInput(sys: Sys, fd: number): void {
  if (fd !== 0) sys.close(fd)
}
