// Output of the text tools: bytes held as stdio holds them, and waiting while a pipe is full.
// Read first: uapi/program.ts (Sys.write), bytestring.ts.
import type { Errno } from '../../lib/errno.ts'
import type { Sys, Wait } from '../../uapi/program.ts'
import { rawBytes } from './bytestring.ts'

const BUFFER = 4096
/** After so many bytes a writer waits until its descriptor takes more: a program that only writes lets its reader run. */
const TURN = 16384

export class Output {
  private readonly sys: Sys
  readonly fd: number
  private held = ''
  private lines: boolean
  private sinceWait = 0
  /** Set when a write failed: nothing more can be written (a closed pipe ends the program by SIGPIPE). */
  failed: Errno | null = null

  constructor(sys: Sys, fd = 1, lineBuffered = sys.isatty(fd)) {
    this.sys = sys
    this.fd = fd
    this.lines = lineBuffered
  }

  lineBuffered(): void {
    this.lines = true
  }

  add(bytes: string): void {
    this.held += bytes
  }

  /** Is it time to flush? */
  get due(): boolean {
    return this.held.length >= BUFFER || (this.lines && this.held.includes('\n'))
  }

  *flush(): Generator<Wait, void, void> {
    if (this.held === '' || this.failed !== null) return
    let left = rawBytes(this.held)
    this.held = ''
    while (left.length > 0) {
      const w = this.sys.write(this.fd, left)
      if (w.ok) {
        this.sinceWait += w.value
        left = left.subarray(w.value)
      } else if (w.errno === 'EAGAIN') yield { writable: [this.fd] }
      else {
        this.failed = w.errno
        return
      }
    }
    if (this.sinceWait < TURN) return
    this.sinceWait = 0
    yield { writable: [this.fd] }
  }
}
