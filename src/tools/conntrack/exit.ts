// How conntrack gives up (exit_error, exit_tryhelp of src/conntrack.c): a message, and an exit code by its kind.

export const PROGRAM = 'conntrack'
export const VERSION = '1.4.7'
/** What stands before every message. */
export const BANNER = `${PROGRAM} v${VERSION} (conntrack-tools): `

const OTHER_PROBLEM = 1
const PARAMETER_PROBLEM = 2

export class CtExit extends Error {
  readonly text: string
  readonly code: number

  constructor(text: string, code: number) {
    super(text)
    this.text = text
    this.code = code
  }
}

/** exit_error(PARAMETER_PROBLEM, …) */
export function problem(text: string): never {
  const hint = `Try \`${PROGRAM} -h' or '${PROGRAM} --help' for more information.\n`
  throw new CtExit(`${BANNER}${text}\n${hint}`, PARAMETER_PROBLEM)
}

/** exit_error(OTHER_PROBLEM, …) */
export function other(text: string): never {
  throw new CtExit(`${BANNER}${text}\n`, OTHER_PROBLEM)
}

/** What the real program has and netsim has not. */
export function notModelled(what: string): never {
  throw new CtExit(`${PROGRAM}: ${what} is not modelled by netsim\n`, PARAMETER_PROBLEM)
}
