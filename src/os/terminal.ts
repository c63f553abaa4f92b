// A terminal of the host: collects what processes write to stdout and stderr, apart and in the order of writing.
import { LimitError } from '../lib/errors.ts'
import { concatBytes, toBytes, toText } from './bytes.ts'

export interface TerminalChunk {
  /** 1 stdout, 2 stderr. */
  readonly stream: 1 | 2
  readonly data: string | Uint8Array
}

function join(chunks: readonly TerminalChunk[]): string {
  if (chunks.every((c) => typeof c.data === 'string')) return chunks.map((c) => c.data as string).join('')
  return toText(concatBytes(chunks.map((c) => toBytes(c.data))))
}

export class Terminal {
  /** In the order of writing. */
  chunks: TerminalChunk[] = []
  private bytes = 0
  private readonly limit: number
  /** isatty(3) for the descriptors that lead here. */
  readonly tty: boolean

  constructor(limit: number, tty: boolean) {
    this.limit = limit
    this.tty = tty
  }

  write(stream: 1 | 2, data: string | Uint8Array): void {
    this.bytes += data.length
    if (this.bytes > this.limit) throw new LimitError('output', this.limit, `more than ${this.limit} bytes of output`)
    this.chunks.push({ stream, data })
  }

  get stdout(): string {
    return join(this.chunks.filter((c) => c.stream === 1))
  }

  get stderr(): string {
    return join(this.chunks.filter((c) => c.stream === 2))
  }

  /** Both streams as a real terminal would show them. */
  get text(): string {
    return join(this.chunks)
  }

  /** What was written since the last call, and forget it. */
  drain(): readonly TerminalChunk[] {
    const out = this.chunks
    this.chunks = []
    return out
  }
}
