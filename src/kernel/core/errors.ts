// How a kernel function refuses a request: thrown inside a transaction, answered as a Refusal, never seen outside. No Error:
// nobody reads its stack, and taking one costs more than most requests.
import type { Errno } from '../../lib/errno.ts'

/** @internal */
export class KernelError {
  readonly errno: Errno
  readonly extack: string | null
  constructor(errno: Errno, extack: string | null = null) {
    this.errno = errno
    this.extack = extack
  }
}
