// How a tool ends from deep inside a parser: what exit(3) after a message is to the real one.
// A tool whose words or status depend on more than the place that throws has a class beside this one, or derived from it, and says why.
import type { Sys } from '../../uapi/program.ts'

/** Thrown to end a program: `text` goes to `fd` and `status` is the exit status. Never leaves the tool. @internal */
export class ToolExit {
  readonly text: string
  readonly status: number
  readonly fd: 1 | 2
  constructor(text: string, status: number, fd: 1 | 2 = 2) {
    this.text = text
    this.status = status
    this.fd = fd
  }
}

/** For the catch of a tool's main function: what was thrown is said, and the exit status given. Anything else goes on. */
export function exitStatus(sys: Sys, thrown: unknown): number {
  if (!(thrown instanceof ToolExit)) throw thrown
  if (thrown.text !== '') sys.write(thrown.fd, thrown.text)
  return thrown.status
}
