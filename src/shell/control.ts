// How commands leave their place: thrown inside the interpreter only, and always caught by it.
import type { Wait } from '../uapi/program.ts'

/** What every step of the interpreter is: it may wait, and it gives a value. */
export type Run<T> = Generator<Wait, T, void>

/** break N, continue N. */
export class LoopExit {
  readonly kind: 'break' | 'continue'
  levels: number

  constructor(kind: 'break' | 'continue', levels: number) {
    this.kind = kind
    this.levels = levels
  }
}

/** return N: from a function or a sourced file. */
export class FunctionReturn {
  readonly status: number

  constructor(status: number) {
    this.status = status
  }
}

/** exit N, set -e, a fatal error: the shell process ends. */
export class ShellExit {
  readonly status: number

  constructor(status: number) {
    this.status = status
  }
}

/** An expansion failed (the message is out already): the rest of the line is dropped. */
export class Discard {
  readonly status: number

  constructor(status: number) {
    this.status = status
  }
}

/** The process has become another program (exec): nothing of the shell runs any more. */
export class Replaced {
  readonly status: number

  constructor(status: number) {
    this.status = status
  }
}
