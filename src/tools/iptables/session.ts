// What one run of an iptables program keeps: its process, names, output, and what is made once for all lines of a file.
import type { Main, Sys, Wait } from '../../uapi/program.ts'
import { flush, openStdout, print, type Stdout } from '../lib/bytes.ts'
import { exitStatus } from '../lib/exit.ts'
import { problemText, XtProblem } from './exit.ts'
import { EntryIndex } from './getopt.ts'
import { HostNames } from './names.ts'

export class Session {
  readonly sys: Sys
  /** xt_params->program_name: what messages begin with, whatever argv[0] is. */
  readonly prog: string
  readonly names: HostNames
  readonly index = new EntryIndex()
  /** iptables-restore's line, -1 elsewhere. */
  line = -1
  private readonly stdout: Stdout

  constructor(sys: Sys, prog: string) {
    this.sys = sys
    this.prog = prog
    this.names = new HostNames(sys)
    this.stdout = openStdout(sys)
  }

  /** stdout is buffered, as stdio does: when both go to one file, stderr is there first. */
  print(text: string): void {
    print(this.sys, this.stdout, text)
  }

  flush(): void {
    flush(this.sys, this.stdout)
  }

  error(text: string): void {
    this.sys.write(2, text)
  }
}

/** A program: `body` may end by throwing XtProblem or ToolExit. */
export function program(
  prog: string,
  body: (session: Session, argv: readonly string[]) => number | Generator<Wait, number, void>,
): Main {
  return function* (sys, argv) {
    const session = new Session(sys, prog)
    let code: number
    try {
      const result = body(session, argv)
      code = typeof result === 'number' ? result : yield* result
    } catch (e) {
      code = endOf(session, e)
    }
    session.flush()
    return code
  }
}

function endOf(session: Session, e: unknown): number {
  if (e instanceof XtProblem) {
    const { text, code } = problemText(session.prog, session.line, e)
    session.error(text)
    return code
  }
  return exitStatus(session.sys, e)
}
