// How ipset ends: a message and an exit code by its kind (default_custom_error, default_standard_error of lib/ipset.c).
import { ToolExit } from '../lib/exit.ts'
import { refuse } from '../lib/refuse.ts'

export const PROGRAM = 'ipset'
export const VERSION = '7.17'

const PARAMETER_PROBLEM = 2
const OTHER_PROBLEM = 1

/** custom_error(IPSET_PARAMETER_PROBLEM, …) */
export function problem(text: string): never {
  throw new ToolExit(
    `${PROGRAM} v${VERSION}: ${text}\nTry \`${PROGRAM} help' for more information.\n`,
    PARAMETER_PROBLEM,
  )
}

/** custom_error(IPSET_OTHER_PROBLEM, …) */
export function other(text: string): never {
  throw new ToolExit(`${PROGRAM} v${VERSION}: ${text}\n`, OTHER_PROBLEM)
}

/**
 * ipset_err: what the library reports, one error after another; `line` is that of a file that is restored, 0 without. With a line only the
 * last is left: its number is written over what was there.
 */
export function failed(line: number, ...texts: readonly string[]): never {
  const shown = line === 0 ? texts : [`Error in line ${line}: ${texts.at(-1) ?? ''}`]
  throw new ToolExit(`${PROGRAM} v${VERSION}: ${shown.map((t) => `${t}\n`).join('')}`, OTHER_PROBLEM)
}

/** What the real program has and netsim has not. */
export function notModelled(what: string): never {
  refuse(PROGRAM, what, PARAMETER_PROBLEM)
}
