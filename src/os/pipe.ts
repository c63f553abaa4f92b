// pipe(7): 64 KiB of bytes between two ends. What programs write beyond it is kept, and the writer waits at its next pause
// (Process.debt), so that a program that does not look at write's result loses nothing and still feels the pressure.
import { concatBytes, NO_BYTES } from './bytes.ts'
import type { Process } from './process.ts'

export const PIPE_CAPACITY = 65536

export class Pipe {
  private chunks: Uint8Array[] = []
  size = 0
  readers = 0
  writers = 0
  /** Processes to wake at the next change of either end. */
  readonly waiters = new Set<Process>()

  get readable(): boolean {
    return this.size > 0 || this.writers === 0
  }

  get writable(): boolean {
    return this.size < PIPE_CAPACITY || this.readers === 0
  }

  push(data: Uint8Array): void {
    if (data.length === 0) return
    this.chunks.push(data)
    this.size += data.length
  }

  /** All bytes there are, unread. */
  peek(): Uint8Array {
    if (this.chunks.length === 0) return NO_BYTES
    if (this.chunks.length > 1) this.chunks = [concatBytes(this.chunks)]
    return this.chunks[0]!
  }

  /** Take up to `asked` bytes off the front, never more than a pipe holds. */
  take(asked: number): Uint8Array {
    const max = Math.min(asked, PIPE_CAPACITY)
    const first = this.chunks[0]
    if (first === undefined) return NO_BYTES
    if (first.length <= max && (this.chunks.length === 1 || first.length === max)) {
      this.chunks.shift()
      this.size -= first.length
      return first
    }
    const all = this.peek()
    const out = all.subarray(0, max)
    this.chunks = all.length > max ? [all.subarray(max)] : []
    this.size -= out.length
    return out
  }
}
