// pipe(7): 64 KiB of bytes between two ends. What programs write beyond it is kept, and the writer waits at its next pause
// (Process.debt), so that a program that does not look at write's result loses nothing and still feels the pressure.
import { concatBytes, NO_BYTES } from './bytes.ts'
import type { Process } from './process.ts'

export const PIPE_CAPACITY = 65536
const PAGE = 4096

export class Pipe {
  private chunks: Uint8Array[] = []
  /** Chunks before this one are taken. */
  private head = 0
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

  /** The front of what a reader could take now, unread: a page at least, when there is so much. */
  peek(): Uint8Array {
    const first = this.chunks[this.head]
    if (first !== undefined && first.length >= PAGE) return first.subarray(0, PIPE_CAPACITY)
    const parts = this.front(PIPE_CAPACITY)
    if (parts.length === 0) return NO_BYTES
    if (parts.length === 1) return parts[0]!
    // Kept joined: who looks and takes little, as `read` does, looks again.
    const joined = concatBytes(parts)
    this.drop(joined.length)
    this.putBack(joined)
    return joined
  }

  /** Take up to `asked` bytes off the front, never more than a pipe holds. */
  take(asked: number): Uint8Array {
    const parts = this.front(Math.min(asked, PIPE_CAPACITY))
    if (parts.length === 0) return NO_BYTES
    const out = concatBytes(parts)
    this.drop(out.length)
    return out
  }

  /** Up to `max` bytes at the front, as the chunks they are in. */
  private front(max: number): Uint8Array[] {
    const parts: Uint8Array[] = []
    let left = max
    for (let i = this.head; left > 0 && i < this.chunks.length; i++) {
      const chunk = this.chunks[i]!
      parts.push(chunk.length > left ? chunk.subarray(0, left) : chunk)
      left -= chunk.length
    }
    return parts
  }

  private drop(n: number): void {
    this.size -= n
    let left = n
    while (left > 0) {
      const chunk = this.chunks[this.head]!
      if (chunk.length > left) this.chunks[this.head] = chunk.subarray(left)
      else this.head++
      left -= chunk.length
    }
    if (this.head === this.chunks.length) {
      this.chunks = []
      this.head = 0
    } else if (this.head > 1024 && this.head * 2 > this.chunks.length) {
      this.chunks = this.chunks.slice(this.head)
      this.head = 0
    }
  }

  private putBack(data: Uint8Array): void {
    if (this.head > 0) this.chunks[--this.head] = data
    else this.chunks.unshift(data)
    this.size += data.length
  }
}
