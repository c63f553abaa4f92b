// How conntrack gives up (exit_error, exit_tryhelp of src/conntrack.c): a message, and an exit code by its kind.
import { ToolExit } from '../lib/exit.ts'
import { refuse } from '../lib/refuse.ts'

export const PROGRAM = 'conntrack'
export const VERSION = '1.4.7'
/** What stands before every message. */
export const BANNER = `${PROGRAM} v${VERSION} (conntrack-tools): `

const OTHER_PROBLEM = 1
const PARAMETER_PROBLEM = 2

/** exit_error(PARAMETER_PROBLEM, …) */
export function problem(text: string): never {
  const hint = `Try \`${PROGRAM} -h' or '${PROGRAM} --help' for more information.\n`
  throw new ToolExit(`${BANNER}${text}\n${hint}`, PARAMETER_PROBLEM)
}

/** exit_error(OTHER_PROBLEM, …) */
export function other(text: string): never {
  throw new ToolExit(`${BANNER}${text}\n`, OTHER_PROBLEM)
}

/** What the real program has and netsim has not. */
export function notModelled(what: string): never {
  refuse(PROGRAM, what, PARAMETER_PROBLEM)
}
