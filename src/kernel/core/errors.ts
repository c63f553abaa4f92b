// How a kernel function refuses a request: thrown inside a transaction, answered as a Refusal, never seen outside.
import type { Errno } from '../../lib/errno.ts'

/** @internal */
export class KernelError extends Error {
  readonly errno: Errno
  readonly extack: string | null
  constructor(errno: Errno, extack: string | null = null) {
    super(extack ?? errno)
    this.errno = errno
    this.extack = extack
  }
}
