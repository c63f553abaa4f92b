// How text tools read: lines of a descriptor or of several files, waiting where nothing is there yet.
// Read first: uapi/program.ts (Main as a generator).
import { strerror } from '../../lib/errno.ts'
import type { Sys, Wait } from '../../uapi/program.ts'
import { joinBytes, NO_BYTES, textOf } from '../lib/bytes.ts'

const NEWLINE = 10

/** The next bytes of a descriptor; null at the end of file or on an error. */
export function* readChunk(sys: Sys, fd: number): Generator<Wait, Uint8Array | null, void> {
  for (;;) {
    const r = sys.read(fd)
    if (r.ok) return r.value.length === 0 ? null : r.value
    if (r.errno !== 'EAGAIN') return null
    yield { readable: [fd] }
  }
}

/** Everything up to the end of file. */
export function* readAll(sys: Sys, fd: number): Generator<Wait, Uint8Array, void> {
  let all = NO_BYTES
  for (;;) {
    const chunk = yield* readChunk(sys, fd)
    if (chunk === null) return all
    all = joinBytes(all, chunk)
  }
}

/** Lines of one descriptor. */
export class LineReader {
  private readonly sys: Sys
  private readonly fd: number
  private rest: Uint8Array = NO_BYTES
  private at = 0
  private ended = false
  private readonly separator: number
  /** False once a last line without its newline was given. */
  complete = true

  constructor(sys: Sys, fd: number, separator = NEWLINE) {
    this.sys = sys
    this.fd = fd
    this.separator = separator
  }

  /** The next line without its newline, or null at the end. */
  *next(): Generator<Wait, string | null, void> {
    for (;;) {
      const end = this.rest.indexOf(this.separator, this.at)
      if (end >= 0) {
        const line = textOf(this.rest.subarray(this.at, end))
        this.at = end + 1
        return line
      }
      if (this.ended) {
        if (this.at >= this.rest.length) return null
        const line = textOf(this.rest.subarray(this.at))
        this.at = this.rest.length
        this.complete = false
        return line
      }
      const chunk = yield* readChunk(this.sys, this.fd)
      this.rest = chunk === null ? this.rest.subarray(this.at) : joinBytes(this.rest.subarray(this.at), chunk)
      this.at = 0
      if (chunk === null) this.ended = true
    }
  }
}

/** Open an operand ("-" is standard input); a failure is reported as coreutils words it, and null. */
export function openInput(sys: Sys, prog: string, name: string, words = (n: string, e: string): string => `${n}: ${e}`): number | null {
  if (name === '-') return 0
  const r = sys.open(name, 'read')
  if (r.ok) {
    const s = sys.stat(name)
    if (!s.ok || s.value.type !== 'directory') return r.value
    sys.close(r.value)
    sys.write(2, `${prog}: ${words(name, strerror('EISDIR'))}\n`)
    return null
  }
  sys.write(2, `${prog}: ${words(name, strerror(r.errno))}\n`)
  return null
}

/** Close what openInput opened. */
export function closeInput(sys: Sys, fd: number): void {
  if (fd !== 0) sys.close(fd)
}
