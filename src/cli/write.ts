// Writing to the standard streams of the real process.
import { writeSync } from 'node:fs'

/** Synchronously, so that the two streams keep their order; a full pipe is waited for. */
export function write(fd: 1 | 2, data: string | Uint8Array): void {
  let bytes = typeof data === 'string' ? Buffer.from(data) : data
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(fd, bytes))
    } catch (e) {
      const code = (e as NodeJS.ErrnoException).code
      if (code === 'EPIPE') process.exit(141)
      if (code !== 'EAGAIN') throw e
    }
  }
}
