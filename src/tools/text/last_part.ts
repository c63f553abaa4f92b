// The end of an input that goes by: what tail shows and head -n -N holds back, in as many chunks as that needs.
// Read first: head_tail.ts.
import { latin1 } from '../lib/bytes.ts'

export class LastPart {
  private readonly unit: 'lines' | 'bytes'
  private readonly n: number
  private readonly separator: number
  private chunks: Uint8Array[] = []
  /** Lines that end in each chunk, or its bytes. */
  private counts: number[] = []
  private total = 0
  private head = 0
  /** Bytes that are held. */
  size = 0

  constructor(unit: 'lines' | 'bytes', n: number, separator: string) {
    this.unit = unit
    this.n = n
    this.separator = separator.charCodeAt(0)
  }

  /** Take the next chunk; gives those that are surely not of the last part any more. */
  add(chunk: Uint8Array): readonly Uint8Array[] {
    const count = this.unit === 'bytes' ? chunk.length : occurrences(chunk, this.separator)
    this.chunks.push(chunk)
    this.counts.push(count)
    this.total += count
    this.size += chunk.length
    const gone: Uint8Array[] = []
    // One more line than asked: the last one's end may be the end of the input.
    while (this.total - this.counts[this.head]! > this.n) {
      gone.push(this.chunks[this.head]!)
      this.total -= this.counts[this.head]!
      this.size -= this.chunks[this.head]!.length
      this.head++
    }
    if (this.head > 64 && this.head * 2 > this.chunks.length) {
      this.chunks = this.chunks.slice(this.head)
      this.counts = this.counts.slice(this.head)
      this.head = 0
    }
    return gone
  }

  /** What is held: all of the last part, and perhaps something before it. */
  text(): string {
    return this.chunks.slice(this.head).map(latin1).join('')
  }
}

export function occurrences(bytes: Uint8Array, value: number): number {
  let n = 0
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === value) n++
  return n
}
