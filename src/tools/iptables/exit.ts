// How the iptables programs end: xtables_error() from deep inside a parser, with the text and status of libxtables.
// Read first: xtables_error, exit_tryhelp (libxtables/xtables.c, iptables/xshared.c).
import { unreachable } from '../../lib/never.ts'
import { ToolExit } from '../lib/exit.ts'

export const VERSION = '1.8.9'

/** enum xtables_exittype: OTHER_PROBLEM 1, PARAMETER_PROBLEM 2, VERSION_PROBLEM 3, RESOURCE_PROBLEM 4. */
export type ProblemKind = 'other' | 'parameter' | 'version'

/**
 * xtables_error(kind, text): ends the program. Not a ToolExit, since values and extensions throw it, which know neither the program's name
 * nor the line: problemText() adds them where it is caught. @internal
 */
export class XtProblem extends Error {
  readonly kind: ProblemKind
  readonly text: string
  constructor(kind: ProblemKind, text: string) {
    super(text)
    this.kind = kind
    this.text = text
  }
}

/** A host name has to be asked of a name server first; then the command is read again. @internal */
export class NameNeeded extends Error {
  readonly host: string
  constructor(host: string) {
    super(host)
    this.host = host
  }
}

export function problem(text: string): never {
  throw new XtProblem('parameter', text)
}

export function otherProblem(text: string): never {
  throw new XtProblem('other', text)
}

/** The lines below a wrong use; `line` is iptables-restore's, -1 when there is none. */
function hint(prog: string, line: number): string {
  const where = line === -1 ? '' : `Error occurred at line: ${line}\n`
  return `${where}Try \`${prog} -h' or '${prog} --help' for more information.\n`
}

/** exit_tryhelp(PARAMETER_PROBLEM), after `text`. */
export function tryHelp(prog: string, line: number, text: string): never {
  throw new ToolExit(text + hint(prog, line), 2)
}

/** basic_exit_err: what stands on stderr, and the exit status. */
export function problemText(
  prog: string,
  line: number,
  p: XtProblem,
): { readonly text: string; readonly code: number } {
  const head = `${prog} v${VERSION} (legacy): ${p.text}\n`
  switch (p.kind) {
    case 'other':
      return { text: head, code: 1 }
    case 'parameter':
      return { text: head + hint(prog, line), code: 2 }
    case 'version':
      return { text: `${head}Perhaps ${prog} or your kernel needs to be upgraded.\n`, code: 3 }
    default:
      return unreachable(p.kind)
  }
}
